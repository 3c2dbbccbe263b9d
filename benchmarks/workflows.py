"""The cases of real workflows: choices, conditions, groups over many items with their memory, many runs at once."""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import anyio
import anyio.to_thread
import work
from measure import Case, Contender, Prepare
from pipelines import chain, increment, items, start, total

from daggr_fn import Pipeline, choice, each, gather, node, pipeline, when

CHOICES = 1000
CONDITIONS = 1000
GROUP = 20
RUNS, STEPS = 100, 10
WEIGHT = 500_000
"""The bytes of each value where memory is measured."""


def workflow_cases() -> Iterator[Case]:
    """Every case of this file."""
    yield _choices()
    yield _conditions()
    yield from _groups()
    yield from _side_by_side()


# ---- what only one side of is taken


def _choices() -> Case:
    """A choice is gone once a run is planned: what is left of it is the plan's work."""

    @pipeline(name="choices")
    def chosen() -> int:
        x = start()
        for number in range(CHOICES):
            x = choice(increment, decrement, name=f"choice {number}")(x)
        return x

    floor = chain(CHOICES)
    return Case(
        f"chain of {CHOICES} choices of two (floor: the chain without)",
        (Contender("daggr_fn", _ready(chosen, chosen)), Contender("floor", _ready(floor, floor))),
        expected=CHOICES,
        most_of_floor=3,
    )


def _conditions() -> Case:
    """The floor takes the same steps as the condition makes necessary, on the same items, without asking."""

    @pipeline(name="conditions")
    def conditional() -> int:
        x = each(many())
        return total(gather(when(is_even(x), increment(x), decrement(x))))

    @pipeline(name="no conditions")
    def straight() -> int:
        x = each(many())
        is_even(x)
        return total(gather(increment(x)))

    return Case(
        f"when() for each of {CONDITIONS} items (floor: the steps that it takes)",
        (Contender("daggr_fn", _ready(conditional, conditional)), Contender("floor", _ready(straight, straight))),
        most_of_floor=2,
    )


@node
def decrement(x: int) -> int:
    return x - 1


@node
def is_even(x: int) -> bool:
    return x % 2 == 0


@node
def many() -> list[int]:
    return list(range(CONDITIONS))


# ---- a group over many items


def _groups() -> Iterator[Case]:
    """The floor of the time is a bare hand-over per step, as of the other shapes; of the memory, a thread per item."""

    @pipeline(name="group")
    def group(x: int) -> int:
        for _ in range(GROUP):
            x = increment(x)
        return x

    @pipeline(name="groups")
    def grouped() -> int:
        return total(gather(group(each(items()))))

    heavy = _heavy_pipeline()
    name = f"group of {GROUP} steps over {work.ITEMS} items"
    yield Case(
        name,
        (
            Contender("daggr_fn", _ready(grouped, grouped)),
            Contender("floor", lambda: functools.partial(anyio.run, _bare_group)),
        ),
        expected=_GROUPED,
        most_of_floor=0.4,
    )
    yield Case(
        f"{name}, {WEIGHT / 1e6:g} MB a step: peak (floor: 32 threads)",
        (Contender("daggr_fn", _ready(heavy, heavy)), Contender("floor", lambda: _bare_heavy)),
        expected=work.ITEMS * WEIGHT,
        most_of_floor=2,
        gauge="megabytes",
        rounds=3,
    )


_GROUPED = sum(range(work.ITEMS)) + GROUP * work.ITEMS


async def _bare_group() -> int:
    found = 0
    for item in await anyio.to_thread.run_sync(work.items):
        x = item
        for _ in range(GROUP):
            x = await anyio.to_thread.run_sync(work.increment, x)
        found += x
    return found


def _heavy_pipeline() -> Pipeline[[], int]:
    changed, weighed = node(_changed), node(len)

    @pipeline(name="heavy group")
    def group(x: int) -> int:
        content = changed(b"", x)
        for _ in range(GROUP - 2):
            content = changed(content, x)
        return weighed(content)

    @pipeline(name="heavy groups")
    def heavy() -> int:
        return total(gather(group(each(items()))))

    return heavy


def _changed(_content: bytes, _item: int) -> bytes:
    time.sleep(0.0005)  # so that all threads are at it
    return bytes(WEIGHT)


def _bare_heavy() -> int:
    def group(item: int) -> int:
        content = b""
        for _ in range(GROUP - 1):
            content = _changed(content, item)
        return len(content)

    with ThreadPoolExecutor(32) as threads:
        return sum(threads.map(group, work.items()))


# ---- many runs of one process


def _side_by_side() -> Iterator[Case]:
    """The floors hand each step to a thread, run by run: of anyio for those in a loop, of a shared pool for threads."""
    ten = chain(STEPS - 1)
    name = f"{RUNS} runs of {STEPS} steps side by side"
    expected = RUNS * (STEPS - 1)
    loops = (
        _ready(ten, lambda: asyncio.run(_gathered(ten.acall))),
        _ready(ten, lambda: asyncio.run(_gathered(_bare_run))),
    )
    yield _against(f"{name}, gather of acall", *loops, expected)
    threads = _ready(ten, lambda: _in_threads(ten)), _ready(ten, _bare_threads)
    yield _against(f"{name}, a thread each", *threads, expected)


def _against(name: str, ours: Prepare, floor: Prepare, expected: int) -> Case:
    contenders = Contender("daggr_fn", ours), Contender("floor", floor)
    return Case(name, contenders, expected=expected, most_of_floor=1)


def _ready(made: Pipeline[[], int], function: Callable[[], int]) -> Prepare:
    """A function that runs a pipeline, which is traced before."""

    def prepare() -> Callable[[], int]:
        made.check()
        return function

    return prepare


async def _gathered(run: Callable[[], Awaitable[int]]) -> int:
    return sum(await asyncio.gather(*(run() for _ in range(RUNS))))


async def _bare_run() -> int:
    x = await anyio.to_thread.run_sync(work.start)
    for _ in range(STEPS - 1):
        x = await anyio.to_thread.run_sync(work.increment, x)
    return x


def _in_threads(run: Callable[[], int]) -> int:
    with ThreadPoolExecutor(RUNS) as threads:
        return sum(threads.map(lambda _: run(), range(RUNS)))


def _bare_threads() -> int:
    with ThreadPoolExecutor(32) as workers:

        def run() -> int:
            x = workers.submit(work.start).result()
            for _ in range(STEPS - 1):
                x = workers.submit(work.increment, x).result()
            return x

        return _in_threads(run)
