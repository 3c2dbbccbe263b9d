"""What the syntax check knows about a value without running anything."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from daggr_fn.places import Place


class Kind(Enum):
    """What an expression provably is; `UNKNOWN` is never reported."""

    UNKNOWN = "unknown"
    PORT = "port"
    RECORD = "record"  # a step of several outputs: it unpacks, a port does not
    TEXT = "text"  # a string that holds a port: an f-string, `str(port)`
    ITEMS = "items"  # a plain list, tuple, set or dict written out in the body
    NODE = "node"  # a node or pipeline that was not called
    LAZY = "lazy"  # each, gather, apply, ...
    THING = "thing"  # any other Python object that a name stands for
    HELPER = "helper"  # a function defined inside the body


@dataclass(frozen=True, slots=True)
class Value:
    """One value of the body.

    Attributes:
        made: Where a port was made.
        thing: The Python object of a `NODE`, `LAZY` or `THING`; the definition of a `HELPER`; a port's node.
        element: What every item of `ITEMS` is, when all are alike.
        holds_port: Whether one of `ITEMS` is a port.
        is_dict: Whether `ITEMS` were written as a dict.
        draws: The frozen calls (`random.random()`) that the value was made from, as indices into `Reader.draws`.
        solid: Whether a `TEXT` begins and ends with text of its own that is not blank, so that `strip()` is harmless.
    """

    kind: Kind
    made: Place | None = None
    thing: object = None
    element: Value | None = None
    holds_port: bool = False
    is_dict: bool = False
    draws: frozenset[int] = frozenset()
    solid: tuple[bool, bool] = (False, False)

    @property
    def is_port(self) -> bool:
        return self.kind in {Kind.PORT, Kind.RECORD}

    @property
    def is_lazy(self) -> bool:
        """Whether the value is only known in a run."""
        return self.kind in {Kind.PORT, Kind.RECORD, Kind.TEXT}


UNKNOWN = Value(Kind.UNKNOWN)


def drawn(draws: frozenset[int]) -> Value:
    """A plain value that was made from frozen calls."""
    return Value(Kind.UNKNOWN, draws=draws) if draws else UNKNOWN


def either(one: Value, other: Value) -> Value:
    """What is certain about a value that is one or the other."""
    if one == other:
        return one
    draws = one.draws & other.draws
    if one.is_port and other.is_port:
        kind = Kind.PORT if one.kind is other.kind is Kind.PORT else Kind.RECORD
        return Value(kind, one.made, draws=draws)
    if one.kind is other.kind and one.kind is Kind.TEXT:
        return replace(one, solid=(False, False), draws=draws)
    return drawn(draws)


def joined(one: dict[str, Value], other: dict[str, Value]) -> dict[str, Value]:
    """The names after two ways through the body have met again."""
    return {name: either(one.get(name, UNKNOWN), other.get(name, UNKNOWN)) for name in {*one, *other}}
