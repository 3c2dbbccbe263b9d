"""The cases: what is measured, against what, with which target."""

from __future__ import annotations

import functools
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import floors
import pipelines
import runners
import work
from measure import Case, Contender, Prepare
from workflows import workflow_cases

from daggr_fn import Pipeline

Peers = Mapping[str, Mapping[str, Prepare]]
"""What each peer can do: by peer and by shape."""

LONG = 10_000


def all_cases(peers: Peers) -> Iterator[Case]:
    """Every case, with the peers that can do it."""
    yield from _overhead(peers)
    yield from _parallel(peers)
    yield _remembered(peers)
    yield from _long()
    yield from _small()
    yield from workflow_cases()
    yield from runners.cases()


def _against(name: str, shape: str, ours: Prepare, floor: Prepare, peers: Peers, **target: Any) -> Case:
    rivals = [Contender(peer, shapes[shape]) for peer, shapes in peers.items() if shape in shapes]
    return Case(
        name,
        (Contender("daggr_fn", ours), Contender("floor", floor), *rivals),
        expected=work.EXPECTED[shape],
        **target,
    )


def _overhead(peers: Peers) -> Iterator[Case]:
    shapes: list[tuple[str, str, Pipeline[[], int], Any]] = [
        (f"chain of {work.CHAIN} no-op steps", "chain", pipelines.chain(work.CHAIN), floors.chain),
        (f"fan-out to {work.FAN} steps, and a list of all", "fan", pipelines.fan(work.FAN), floors.fan),
        (f"map over {work.FAN} items, gathered", "map", pipelines.mapped, floors.mapped),
        (f"grid of {work.GRID} x {work.GRID}", "grid", pipelines.grid, floors.grid),
    ]
    for name, shape, ours, floor in shapes:
        yield _against(name, shape, traced(ours), floors.in_loop(floor), peers, most_of_floor=0.2)


def _parallel(peers: Peers) -> Iterator[Case]:
    name = f"{work.BRANCHES} branches of {work.BRANCH_SECONDS} s"
    floor = floors.in_loop(floors.branches)
    yield _against(name, "branches", traced(pipelines.branches), floor, peers, most_seconds=0.55, rounds=3)
    name = f"{work.ITEMS} items of {work.ITEM_SECONDS * 1000:.0f} ms, 32 at once"
    floor = floors.in_loop(floors.items)
    yield _against(name, "items", traced(pipelines.mapped_items), floor, peers, most_seconds=0.45, rounds=3)
    waits = functools.partial(pipelines.waits, numbers=list(range(1000)))
    yield Case("1000 async items of 0.2 s", (Contender("daggr_fn", lambda: waits),), expected=499_500, rounds=3)


def _remembered(peers: Peers) -> Case:
    name = f"chain of {work.REMEMBERED}, all remembered (floor: joblib.Memory)"
    ours = traced(pipelines.chain(work.REMEMBERED, cache=True))
    return _against(name, "remembered", ours, floors.remembered, peers, most_of_floor=1.0)


def _long() -> Iterator[Case]:
    """Ten thousand steps. The floor is as many steps in ten pipelines, which shows whether cost is linear."""
    for shape, make in (("chain", pipelines.chain), ("fan-out", pipelines.fan)):
        for what, ready in (("trace", _to_trace), ("plan", _to_plan), ("run", _to_run)):
            one = Contender("daggr_fn", functools.partial(_several, ready, make, 1), anew=what == "trace")
            ten = Contender("floor", functools.partial(_several, ready, make, 10), anew=what == "trace")
            limit = 0.5 if what != "run" else None
            yield Case(
                f"{what} a {shape} of {LONG}",
                (one, ten),
                most_seconds=limit,
                most_of_floor=1.5,
                rounds=5,
                collected=True,
            )


Make = Callable[[int], Pipeline[[], int]]


def _several(ready: Callable[[Pipeline[[], int]], Callable[[], object]], make: Make, count: int) -> Callable[[], None]:
    """The work on so many pipelines, which have `LONG` steps together."""
    works = [ready(make(LONG // count)) for _ in range(count)]

    def run() -> None:
        for one in works:
            one()

    return run


def _to_trace(made: Pipeline[[], int]) -> Callable[[], object]:
    return made.check


def _to_plan(made: Pipeline[[], int]) -> Callable[[], object]:
    made.check()
    return lambda: made.plan().steps


def _to_run(made: Pipeline[[], int]) -> Callable[[], object]:
    made.check()
    return made


def _small() -> Iterator[Case]:
    ten = pipelines.chain(9)
    yield Case("a run of 10 steps", (Contender("daggr_fn", traced(ten)),), expected=9, most_seconds=0.001, rounds=200)

    ours, bare = (Contender(name, functools.partial(_python, code)) for name, code in _IMPORTS.items())
    yield Case("python -c 'import daggr_fn'", (ours, bare), most_seconds=0.12, rounds=5)


_IMPORTS = {"daggr_fn": "import daggr_fn", "floor": "pass"}


def traced(made: Pipeline[[], int]) -> Prepare:
    """The pipeline, traced already."""

    def prepare() -> Callable[[], int]:
        made.check()
        return made

    return prepare


def _python(code: str) -> Callable[[], object]:
    return lambda: subprocess.run([sys.executable, "-c", code], check=True)
