"""`pipefunc` on threads, as many as daggr_fn has; remembered with its disk cache."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import work
from pipefunc import PipeFunc, Pipeline


def chain(length: int = work.CHAIN, *, cache: bool = False) -> list[PipeFunc]:
    steps = [PipeFunc(work.increment, f"n{i + 1}", renames={"x": f"n{i}"}, cache=cache) for i in range(length)]
    return [PipeFunc(work.start, "n0"), *steps]


def mapped() -> list[PipeFunc]:
    return [
        PipeFunc(work.zeros, "x", mapspec="... -> x[i]"),
        PipeFunc(work.increment, "y", mapspec="x[i] -> y[i]"),
        PipeFunc(work.total, "t", renames={"numbers": "y"}),
    ]


def grid() -> list[PipeFunc]:
    return [_cell(i, j) for i in range(work.GRID) for j in range(work.GRID)]


def _cell(i: int, j: int) -> PipeFunc:
    renames: dict[str, str] = {}
    bound: dict[str, int] = {}
    for name, here, there in (("left", j, f"g{i}_{j - 1}"), ("above", i, f"g{i - 1}_{j}")):
        if here:
            renames[name] = there
        else:
            bound[name] = 0
    return PipeFunc(work.combine, f"g{i}_{j}", renames=renames, bound=bound)


def items() -> list[PipeFunc]:
    return [
        PipeFunc(work.items, "i", mapspec="... -> i[k]"),
        PipeFunc(work.item, "y", mapspec="i[k] -> y[k]"),
        PipeFunc(work.total, "t", renames={"numbers": "y"}),
    ]


def _prepared(make: Callable[[], list[PipeFunc]], output: str) -> Callable[[], Callable[[], Any]]:
    def prepare() -> Callable[[], Any]:
        made = Pipeline(make(), validate_type_annotations=False)
        threads = ThreadPoolExecutor(32)

        def run() -> int:
            found = made.map({}, executor=threads, parallel=True, storage="dict", show_progress=False)
            return int(found[output].output)

        return run

    return prepare


def remembered() -> Callable[[], Any]:
    kept = {"cache_dir": tempfile.mkdtemp(prefix="bench-pipefunc-"), "with_lru_cache": False}
    made = Pipeline(chain(work.REMEMBERED, cache=True), cache_type="disk", cache_kwargs=kept)
    return lambda: made.run(f"n{work.REMEMBERED}", kwargs={})


SHAPES = {
    "chain": _prepared(chain, f"n{work.CHAIN}"),
    "map": _prepared(mapped, "t"),
    "grid": _prepared(grid, f"g{work.GRID - 1}_{work.GRID - 1}"),
    "items": _prepared(items, "t"),
    "remembered": remembered,
}
