"""Nodes and lazy functions for the tests of the syntax check, which needs to know of an object only what it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType
from typing import Any, NamedTuple


@dataclass
class Known:
    """An object of which the check is told what it is."""

    word: str
    function: Callable[..., Any]

    def __post_init__(self) -> None:
        self.__wrapped__ = self.function
        self.__name__ = self.function.__name__

    def __call__(self, *args: Any, **kwargs: Any) -> Any: ...

    def options(self, **options: Any) -> Known:
        return self


def what_is(thing: object) -> str | None:
    if isinstance(thing, Known):
        return thing.word
    return "lazy" if isinstance(thing, FunctionType) and thing.__module__ == __name__ and thing in _LAZY else None


class Script(NamedTuple):
    lines: list[str]
    html: str
    size: tuple[int, int]


def write(topic: Any = "", seed: Any = 0) -> Script: ...


def _function(name: str) -> Known:
    def function(*args: Any, **kwargs: Any) -> str: ...

    function.__name__ = name
    return Known("node", function)


script = Known("record", write)
write_script = Known("record", write)
speak, join, draw, upload, notify, improve, add = map(
    _function, ("speak", "join", "draw", "upload", "notify", "improve", "add")
)
teaser = Known("pipeline", lambda topic: topic)


def each(xs: Any) -> Any: ...
def gather(x: Any) -> Any: ...
def apply(function: Any, *args: Any) -> Any: ...
def when(condition: Any, then: Any, otherwise: Any) -> Any: ...
def switch(key: Any, cases: Any, default: Any = None) -> Any: ...
def product(*xs: Any) -> Any: ...
def repeat(body: Any, until: Any, max_turns: int) -> Any: ...
def accumulate(step: Any, items: Any, start: Any) -> Any: ...
def every_run(function: Any) -> Any: ...


_LAZY = {each, gather, apply, when, switch, product, repeat, accumulate, every_run}
