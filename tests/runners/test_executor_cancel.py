"""Executors of the user's: what a cancelled run leaves in them."""

from __future__ import annotations

import threading
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path

from daggr_fn import each, gather, node, pipeline


@node
def plus(x: int) -> int:
    return x + 1


def test_what_waits_is_dropped_and_what_has_begun_goes_on_to_its_end():
    begun, ended, began, go = [], [], threading.Event(), threading.Event()

    @node
    def slow(x: int) -> int:
        begun.append(x)
        began.set()
        go.wait()
        ended.append(x)
        return x

    with ThreadPoolExecutor(1) as executor:

        @pipeline(runner=executor)
        def p(xs: list[int]):
            return gather(slow(each(xs)))

        stream = p.stream([1, 2, 3])
        next(stream)
        began.wait()
        stream.close()
        go.set()
    assert begun == ended
    assert len(begun) == 1


def test_what_was_sent_last_is_cancelled_first_so_that_it_does_not_begin_in_the_place_of_what_ends():
    sent, cancelled, arrived = [], [], threading.Condition()

    def wait_for(number):
        with arrived:
            return arrived.wait_for(lambda: len(sent) >= number, 60)

    class Noting(Future):
        def cancel(self):
            cancelled.append(self)
            return super().cancel()

    class Waiting(Executor):
        """Has everything wait."""

        def submit(self, function, /, *args, **kwargs):
            with arrived:
                sent.append(Noting())
                arrived.notify_all()
                return sent[-1]

    @node
    def after(x: int) -> int:
        wait_for(x)
        return x

    @pipeline
    def p(xs: list[int]):
        return gather(plus.options(runner=Waiting())(after(each(xs))))

    stream = p.stream(list(range(8)))
    next(stream)
    assert wait_for(8)
    stream.close()
    assert cancelled == sent[::-1]


def test_a_generator_in_a_thread_ends_at_its_next_value(tmp_path):
    go = threading.Event()

    @node
    def endless(folder: Path):
        try:
            yield 0
            go.wait()
            while True:
                yield 1
        finally:
            (folder / "stopped").touch()

    with ThreadPoolExecutor(1) as executor:

        @pipeline(runner=executor)
        def p(folder: Path):
            return endless(folder)

        stream = p.stream(tmp_path)
        next(event for event in stream if event.kind == "partial")
        stream.close()
        go.set()
    assert (tmp_path / "stopped").exists()
