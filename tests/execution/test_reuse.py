"""What is remembered, end to end: what a run reuses, what it runs anew, and that it is never wrong."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from daggr_fn import StepFailed, apply, each, every_run, gather, new_file, node, pipeline

RAN: list[object] = []


@pytest.fixture(autouse=True)
def nothing_ran():
    RAN.clear()


@node(cache=True)
def double(x):
    RAN.append(x)
    return 2 * x


@node
def today() -> str:
    return TODAY[0]


TODAY = ["monday"]


@node(cache=True)
def shout(text: str) -> str:
    RAN.append(text)
    return text.upper()


def reasons(run):
    return {name: (step.status, step.reason) for name, step in run.steps.items()}


def test_functions_are_not_reused_unless_they_say_so():
    @node
    def plain(x: int) -> int:
        RAN.append(x)
        return x

    @pipeline
    def p(x: int):
        return plain(x)

    p(1)
    p(1)
    assert RAN == [1, 1]


def test_a_reused_step_is_told_in_the_event_the_run_and_the_log(caplog):
    @pipeline
    def p(x: int):
        return double(x)

    assert p(1) == 2
    with caplog.at_level("INFO", "daggr_fn"):
        run = p.run(1)
    assert run.value == 2
    assert RAN == [1]
    assert reasons(run) == {"double": ("reused", "the same request was made before")}
    (event,) = [e for e in run.events if e.kind == "reused"]
    assert event.saved >= 0
    assert "double" in caplog.text


@pytest.mark.parametrize(
    ("node_says", "pipeline_says", "run_says", "reused"),
    [
        (None, None, None, False),
        (True, None, None, True),
        (None, True, None, True),
        (None, None, True, True),
        (True, False, None, True),
        (True, None, False, False),
        (False, True, True, False),
        (None, True, False, False),
        (None, False, True, True),
        (timedelta(days=1), None, None, True),
        (timedelta(0), None, None, False),
    ],
)
def test_who_decides_about_reuse(node_says, pipeline_says, run_says, reused):
    work = node(_counted, cache=node_says)

    @pipeline(cache=pipeline_says)
    def p(x: int):
        return work(x)

    p = p.options(cache=run_says) if run_says is not None else p
    p(1)
    p(1)
    assert len(RAN) == (1 if reused else 2)


def _counted(x: int) -> int:
    RAN.append(x)
    return x


def test_one_one_point_zero_and_true_are_three_values():
    @pipeline
    def p(x):
        return double(x)

    assert [repr(p(x)) for x in (1, 1.0, True)] == ["2", "2.0", "2"]
    assert [repr(x) for x in RAN] == ["1", "1.0", "True"]


def test_fresh_runs_anew_and_stores_what_it_made():
    @pipeline
    def p(x: int):
        return double(double.named("first")(x))

    p(1)
    p.options(fresh=True)(1)
    assert RAN == [1, 2, 1, 2]
    p.options(fresh=["first"])(1)
    assert RAN == [1, 2, 1, 2, 1], "it came to the same value, so what follows is reused"
    p.options(fresh="double")(1)
    assert RAN[5:] == [2]


def test_an_upstream_that_is_not_remembered_counts_by_its_value():
    @pipeline
    def p():
        return shout(today())

    TODAY[0] = "monday"
    assert [p(), p()] == ["MONDAY", "MONDAY"]
    TODAY[0] = "tuesday"
    assert p() == "TUESDAY"
    assert RAN == ["monday", "tuesday"]


def test_a_fresh_upstream_with_a_new_value_is_never_followed_by_an_old_one():
    @node(cache=True)
    def draw() -> str:
        return TODAY[0]

    @pipeline
    def p():
        drawn = draw()
        return drawn, shout(drawn)

    TODAY[0] = "a"
    p()
    TODAY[0] = "b"
    assert p() == ("a", "A")
    assert p.options(fresh=["draw"])() == ("b", "B")


def test_one_row_added_to_a_mapped_list_computes_one():
    @pipeline
    def p(xs: list[int]):
        return gather(double(each(xs)))

    p([1, 2, 3])
    RAN.clear()
    assert p([1, 9, 2, 3]) == [2, 18, 4, 6]
    assert RAN == [9]


def test_an_item_that_comes_twice_is_computed_once():
    @pipeline
    def p(xs: list[int]):
        return gather(double(each(xs)))

    assert p([7] * 20) == [14] * 20
    assert RAN == [7]


def test_a_drawn_value_is_drawn_for_each_call_and_its_result_not_stored():
    numbers = iter(range(100))

    @pipeline
    def p(xs: list[int]):
        return gather(apply(lambda a, b: (a, b), each(xs), every_run(lambda: next(numbers)))), double(
            every_run(lambda: next(numbers))
        )

    p.plan([1, 2])
    first, second = p([1, 2]), p([1, 2])
    drawn = {b for _, b in first[0] + second[0]}
    assert len(drawn) == 4
    assert len(RAN) == 2
    assert p.run([1]).steps["double"].reason.startswith("not remembered: x is drawn anew")


def test_what_cannot_be_hashed_is_not_reused_and_says_so():
    @pipeline
    def p(x):
        return node(_lock_in, cache=True)(x)

    lock = threading.Lock()
    run = p.run(lock)
    assert p.run(lock).steps["_lock_in"].status == "done"
    assert run.steps["_lock_in"].reason.startswith("not remembered: ")
    assert "lock" in run.steps["_lock_in"].reason
    assert len(RAN) == 2


def _lock_in(x):
    RAN.append(x)
    return 1


def test_what_cannot_be_stored_is_returned_and_says_so():
    @pipeline
    def p():
        return node(_open_lock, cache=True)()

    run = p.run()
    assert hasattr(run.value, "acquire")
    assert run.steps["_open_lock"].reason.startswith("not stored: ")


def _open_lock():
    return threading.Lock()


def test_only_successes_are_stored():
    @node(cache=True)
    def fragile(x: int) -> int:
        RAN.append(x)
        return 1 // x

    @pipeline
    def p(x: int):
        return fragile(x)

    for _ in range(2):
        with pytest.raises(StepFailed):
            p(0)
    assert RAN == [0, 0]


def test_closures_and_lambdas_of_one_line_are_told_apart():
    def make(n):
        return node(lambda x: x + n, cache=True), node(lambda x: x * n, cache=True)

    results = set()
    for n in (2, 10):
        add, times = make(n)

        @pipeline
        def p(x: int):
            return add(x), times(x)  # noqa: B023  # traced in this turn

        results.add(p(1))
    assert results == {(3, 2), (11, 10)}


def test_a_default_argument_counts():
    for default in (1, 2):

        def work(x, y=default):
            return x + y

        work = node(work, cache=True)

        @pipeline
        def p(x: int):
            return work(x)  # noqa: B023

        assert p(1) == 1 + default


def test_an_edited_node_helper_or_constant_runs_anew_and_a_comment_does_not(app):
    source = """
    from daggr_fn import node, pipeline
    RAN = []
    RATE = 2

    def helper(x):
        return x * RATE

    @node(cache=True)
    def work(x: int) -> int:
        RAN.append(x)
        return helper(x) + 1

    @pipeline
    def p(x: int):
        return work(x)
    """

    def changed(old, new, *, name="users_app"):
        module = app(source.replace(old, new), name=name)
        return module.p(10), len(module.RAN)

    assert changed("", "") == (21, 1)
    assert changed("", "") == (21, 0)
    assert changed("    RAN.append(x)\n", "    RAN.append(x)  # a comment\n\n") == (21, 0)
    assert changed("helper", "renamed_helper") in [(21, 0), (21, 1)]
    assert changed("", "", name="elsewhere") == (21, 0), "another module"
    assert changed("RATE = 2", "RATE = 3") == (31, 1)
    assert changed("x * RATE", "x - RATE") == (9, 1)
    assert changed("+ 1", "+ 2") == (22, 1)
    assert changed("", "") == (21, 0), "edited back"


def test_a_renamed_node_or_step_is_still_reused(app):
    source = """
    from daggr_fn import node, pipeline
    RAN = []

    @node(cache=True)
    def work(x: int) -> int:
        RAN.append(x)
        return x + 1

    @pipeline
    def p(x: int):
        return work(x)
    """
    assert app(source).p(1) == 2
    renamed = app(source.replace("work", "labour"))
    assert (renamed.p(1), renamed.RAN) == (2, [])
    named = app(source.replace("return work(x)", "return work.named('host')(x)"))
    assert (named.p(1), named.RAN) == (2, [])


def test_a_version_stands_for_the_code(app):
    source = """
    from daggr_fn import node, pipeline

    @node(cache=True, version="1")
    def work(x: int) -> int:
        return x + 1

    @pipeline
    def p(x: int):
        return work(x)
    """
    assert app(source).p(1) == 2
    assert app(source.replace("x + 1", "x + 5")).p(1) == 2, "the version says that nothing changed"
    assert app(source.replace("x + 1", "x + 5").replace('"1"', '"2"')).p(1) == 6


def test_records_and_their_parts_are_remembered():
    @pipeline
    def p(text: str):
        head, tail = split(text)
        return shout(head), shout.named("tail")(tail), split.named("again")(text)

    assert p("a b") == p("a b") == ("A", "B", Halves("a", "b"))
    assert sorted(RAN) == ["a", "a b", "b"]
    RAN.clear()
    assert p("a c") == ("A", "C", Halves("a", "c"))
    assert sorted(RAN) == ["a c", "c"], "the first half is the same"


class Halves(NamedTuple):
    head: str
    tail: str


@node(cache=True)
def split(text: str) -> Halves:
    RAN.append(text)
    return Halves(*text.split())


# ---- files


@node(cache=True)
def read(path: Path) -> str:
    RAN.append(path)
    return path.read_text(encoding="utf-8")


@node(cache=True)
def write(text: str) -> Path:
    RAN.append(text)
    path = new_file(".txt")
    path.write_text(text, encoding="utf-8")
    return path


@node
def spoil(path: Path) -> str:
    path.write_text("spoiled", encoding="utf-8")
    return "spoiled"


def test_a_file_rewritten_under_its_path_is_read_anew(tmp_path):
    @pipeline
    def p(path: Path):
        return read(path)

    file = tmp_path / "a.txt"
    for text in ("one", "two", "one"):
        file.write_text(text, encoding="utf-8")
        assert p(file) == p(str(file)) == text
    assert len(RAN) == 2


def test_a_file_that_a_node_made_is_there_long_after(tmp_path):
    @pipeline
    def p(text: str):
        return write(text)

    made = p("hello")
    assert made.read_text(encoding="utf-8") == "hello"
    again = p("hello")
    assert again.read_text(encoding="utf-8") == "hello"
    assert again.suffix == ".txt"
    assert RAN == ["hello"]


def test_a_file_in_a_temporary_folder_that_is_gone_is_still_there(tmp_path):
    import shutil
    import tempfile

    @pipeline
    def p(text: str):
        return node(_write_elsewhere, cache=True)(text, str(tmp_path))

    made = p("hello")
    folders = [path for path in tmp_path.iterdir() if path.name.startswith("made-")]
    for folder in folders:
        shutil.rmtree(folder)
    assert p("hello").read_text(encoding="utf-8") == "hello"
    assert len(RAN) == 1
    assert tempfile.gettempdir()
    assert made.name == "out.txt"


def _write_elsewhere(text: str, where: str) -> Path:
    import tempfile

    RAN.append(text)
    path = Path(tempfile.mkdtemp(dir=where, prefix="made-")) / "out.txt"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_consumer_that_writes_to_its_input_file_damages_nothing():
    @pipeline
    def p(text: str):
        made = write(text)
        return read(made), spoil(made), made

    for _ in range(2):
        text, spoiled, made = p("hello")
        assert (text, spoiled, made.read_text(encoding="utf-8")) == ("hello", "spoiled", "hello")


def test_a_result_whose_file_somebody_damaged_is_made_anew():
    @pipeline
    def p(text: str):
        return write(text)

    made = p("hello")
    made.chmod(0o644)
    made.write_text("damaged", encoding="utf-8")
    assert p("hello").read_text(encoding="utf-8") == "hello"
    assert RAN == ["hello", "hello"]


def test_every_entry_on_disk_may_be_damaged_without_an_error(home):
    @pipeline
    def p(xs: list[int]):
        return gather(double(each(xs)))

    expected = p([1, 2, 3])
    for path in sorted(home.rglob("*")):
        if path.is_file():
            path.chmod(0o644)
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2] + b"\0junk")
    assert p([1, 2, 3]) == expected
    assert p([1, 2, 3]) == expected


# ---- one computation per key


def test_the_same_request_of_many_runs_at_once_is_computed_once():
    began = threading.Barrier(8)
    go_on = SLOW_GATE
    go_on.clear()

    @pipeline
    def p(x: int):
        return slow_double(x)

    results = []

    def run():
        began.wait(10)
        results.append(p(21))

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    assert SLOW_BEGAN.wait(10)
    go_on.set()
    for thread in threads:
        thread.join(20)
    assert results == [42] * 8
    assert RAN == [21]


SLOW_GATE, SLOW_BEGAN = threading.Event(), threading.Event()


@node(cache=True, version="1")
def slow_double(x: int) -> int:
    RAN.append(x)
    SLOW_BEGAN.set()
    SLOW_GATE.wait(10)
    return 2 * x


def test_who_waits_for_a_computation_that_fails_makes_its_own():
    @pipeline
    def p(xs: list[int]):
        return gather(once_broken(each(xs)), errors="skip")

    RAN.clear()
    assert p([5, 5, 5]) in ([10, 10], [10, 10, 10])
    assert len(RAN) == 2


@node(cache=True, version="1")
def once_broken(x: int) -> int:
    RAN.append(x)
    if len(RAN) == 1:
        raise ConnectionError("down")
    return 2 * x


def test_a_remembered_result_takes_no_place_in_a_limit():
    @pipeline
    def p(x: int):
        return double.options(limit=1)(x)

    p(1)

    @node
    def blocker() -> int:
        return p(1)

    @pipeline
    def outer():
        return blocker()

    assert outer() == 2
    assert RAN == [1]


def test_events_and_json_of_a_reused_run_are_as_whole_as_of_the_first():
    @pipeline
    def p(xs: list[int]):
        return gather(double(each(xs)))

    first, second = p.run([1, 2]), p.run([1, 2])
    assert json.loads(first.to_json())["outputs"] == json.loads(second.to_json())["outputs"]
    assert second.steps["double"].value == [2, 4]
    assert second.steps["double"].status == "reused"


def test_a_plain_call_of_a_remembering_node_remembers_too():
    assert double(4) == double(4) == 8
    assert RAN == [4]
