"""Nodes called as plain functions, as in a unit test."""

from pathlib import Path
from typing import NamedTuple

from daggr_fn import node


class Parts(NamedTuple):
    left: str
    right: str


@node
def split(text: str, at: int = 1) -> Parts:
    """Split a text."""
    return Parts(text[:at], text[at:])


@node
def save(text: str, *more: str, folder: Path = Path(), **names: int) -> Path:
    return folder / text


def test_split() -> None:
    parts = split("abc", at=2)
    left, right = split("abc")
    assert parts.left == "ab"
    assert left + right == "abc"
    assert save("a", "b", "c", folder=Path("x"), one=1).name == "a"
    trial: Parts = split.test(text="abc")
    assert trial.right
