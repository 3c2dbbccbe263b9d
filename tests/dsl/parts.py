"""Records and nodes that several of these tests make pipelines of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, TypedDict

from daggr_fn import node


class Sizes(NamedTuple):
    width: int
    height: int


class Line(TypedDict):
    text: str
    voice: str


@dataclass
class Style:
    name: str
    seed: int = 0


@node
def plus(x: int, y: int = 1) -> int:
    """Add two numbers."""
    return x + y


@node
def keep(x):
    return x
