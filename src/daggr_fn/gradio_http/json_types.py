"""What kind of JSON a value is, in a way that type checkers follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard


def is_mapping(value: object) -> TypeGuard[Mapping[str, Any]]:
    """An object of JSON."""
    return isinstance(value, Mapping)


def is_sequence(value: object) -> TypeGuard[Sequence[Any]]:
    """An array of JSON: a list or a tuple."""
    return isinstance(value, (list, tuple))


def is_pair(value: object) -> TypeGuard[Sequence[Any]]:
    """An array of two."""
    return is_sequence(value) and len(value) == 2


def is_collection(value: object) -> TypeGuard[Sequence[Any]]:
    """A list, tuple or set: what is sent as an array."""
    return isinstance(value, (list, tuple, set, frozenset))
