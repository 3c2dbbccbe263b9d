"""The values with a meaning of their own: failed items, item lists, secrets, and values drawn anew."""

from __future__ import annotations

import functools
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, is_dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Failed:
    """Stands for an item that failed in what `gather(x, errors="keep")` returns.

    Attributes:
        error: What the step raised.
        step: The name of the step that failed, which may be an earlier one of the same map.
        index: The indices of the item, outermost map first.
    """

    error: BaseException
    step: str
    index: tuple[int, ...] = ()

    def __repr__(self) -> str:
        return f"Failed({self.step}: {type(self.error).__name__}: {self.error})"


class ItemList:
    """The component of an output that is a list: people can edit its items on the canvas.

    Args:
        fields: A Gradio component for each field of an item.
    """

    def __init__(self, **fields: Any) -> None:
        self.fields = fields

    def __repr__(self) -> str:
        return f"ItemList({', '.join(self.fields)})"


class Secret:
    """Marks an input whose value is never stored, shown, logged or part of a key: `key: Annotated[str, Secret]`."""


class _LetGo:
    """See `LET_GO`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<let go>"

    def __reduce__(self) -> Any:
        return "LET_GO"


LET_GO: Any = _LetGo()
"""Stands for the value of a step that was there, and that nobody needed any more."""


class EveryRun(Generic[T]):
    """A source: a function without arguments that is called for each call of the step it is given to."""

    __slots__ = ("source",)

    def __init__(self, source: Callable[[], T]) -> None:
        self.source = source

    def __repr__(self) -> str:
        return f"every_run({getattr(self.source, '__qualname__', self.source)})"


def every_run(source: Callable[[], T]) -> T:
    """Draw a value anew for each call of a step: `seed=every_run(random.random)`.

    Spaces and models take the bare function (`seed=random.random`); for a Python function a callable is a value like
    any other, and this says that it is meant as a source.

    Args:
        source: A function that needs no argument.
    """
    return EveryRun(source)  # type: ignore[return-value]  # typed as the value that the step gets


@functools.cache
def record_type(fields: tuple[str, ...]) -> type[tuple[Any, ...]]:
    """The NamedTuple class of nodes whose outputs are named by `outputs={...}`; its values can be stored."""
    base: type[tuple[Any, ...]] = namedtuple("Record", fields)  # type: ignore[misc]  # noqa: PYI024  # names of a run
    return type("Record", (base,), {"__slots__": (), "__reduce__": _reduce_record, "__module__": __name__})


def make_record(fields: tuple[str, ...], values: Iterable[Any]) -> tuple[Any, ...]:
    """A record with the given field names and values."""
    return record_type(fields)(*values)


def class_of(value: object) -> Any:
    """The class of a value. As a function, so that it is `Any` to type checkers."""
    return type(value)


def is_sequence(value: Any) -> bool:
    """Whether a value is a list or a tuple. As a function, so that the parts stay `Any` to type checkers."""
    return isinstance(value, (list, tuple))


def is_mapping(value: Any) -> bool:
    """Whether a value is a dict, or like one."""
    return isinstance(value, Mapping)


def is_named_tuple(value: Any) -> bool:
    """Whether a value is an instance of a NamedTuple."""
    return hasattr(value, "_fields") and isinstance(value, tuple)


def is_record(value: Any) -> bool:
    """Whether a value is an instance of a dataclass."""
    return is_dataclass(class_of(value))


def _reduce_record(self: Any) -> Any:
    return make_record, (self._fields, tuple(self))
