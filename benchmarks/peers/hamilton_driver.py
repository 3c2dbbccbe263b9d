"""`Hamilton`'s driver; its steps are functions of a module, which is written for each shape."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

os.environ["HAMILTON_TELEMETRY_ENABLED"] = "false"

import work
from hamilton import driver


def chain(length: int) -> Iterator[str]:
    yield "def n0() -> int: return work.start()"
    for i in range(length):
        yield f"def n{i + 1}(n{i}: int) -> int: return work.increment(n{i})"


def fan() -> Iterator[str]:
    yield "def x() -> int: return work.start()"
    for i in range(work.FAN):
        yield f"def n{i}(x: int) -> int: return work.increment(x)"
    sources = ", ".join(f"source('n{i}')" for i in range(work.FAN))
    yield f"@inject(numbers=group({sources}))\ndef t(numbers: list[int]) -> int: return work.total(numbers)"


def grid() -> Iterator[str]:
    for i in range(work.GRID):
        for j in range(work.GRID):
            left = f"g{i}_{j - 1}" if j else "0"
            above = f"g{i - 1}_{j}" if i else "0"
            parameters = ", ".join(f"{name}: int" for name in (left, above) if name != "0")
            yield f"def g{i}_{j}({parameters}) -> int: return work.combine({left}, {above})"


def _prepared(lines: Callable[[], Iterator[str]], output: str, *, cache: bool = False) -> Callable[[], Any]:
    def prepare() -> Callable[[], Any]:
        head = "import work\nfrom hamilton.function_modifiers import group, inject, source\n"
        module = ModuleType(f"bench_{output}")
        exec(head + "\n".join(lines()), module.__dict__)  # noqa: S102
        builder = driver.Builder().with_modules(module)
        if cache:
            builder = builder.with_cache(path=tempfile.mkdtemp(prefix="bench-hamilton-"))
        made = builder.build()
        return lambda: made.execute([output])[output]

    return prepare


SHAPES = {
    "chain": _prepared(lambda: chain(work.CHAIN), f"n{work.CHAIN}"),
    "fan": _prepared(fan, "t"),
    "grid": _prepared(grid, f"g{work.GRID - 1}_{work.GRID - 1}"),
    "remembered": _prepared(lambda: chain(work.REMEMBERED), f"n{work.REMEMBERED}", cache=True),
}
