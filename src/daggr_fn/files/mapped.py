"""The paths inside a value: found in its lists, tuples, dicts, sets and dataclasses, and replaced."""

from __future__ import annotations

import copy
import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_PLAIN = frozenset({type(None), bool, int, float, str, bytes})


def map_paths(value: T, change: Callable[[Path], Path]) -> T:
    """The value with `change` applied to each `pathlib.Path` in it; the very same object when nothing changed.

    Looks into lists, tuples, named tuples, dicts, sets and dataclasses. `__post_init__` does not run again.
    """
    return _mapped(value, change, set())  # type: ignore[no-any-return]  # the same type as it came in


def _mapped(value: Any, change: Callable[[Path], Path], inside: set[int]) -> Any:
    if type(value) in _PLAIN or id(value) in inside:
        return value
    if _is_a(value, Path):
        return change(value)
    if not _is_a(value, (list, tuple, dict, set, frozenset)) and not _is_record(value):
        return value
    inside.add(id(value))
    try:
        return _rebuilt(value, lambda part: _mapped(part, change, inside))
    finally:
        inside.discard(id(value))


def _is_a(value: Any, kinds: Any) -> bool:
    """`isinstance` that leaves `Any` what it is for type checkers, which know nothing of the parts of a bare `list`."""
    return isinstance(value, kinds)


def _type_of(value: object) -> Any:
    return type(value)


def _is_record(value: Any) -> bool:
    return dataclasses.is_dataclass(value) and not isinstance(value, type)


def _rebuilt(value: Any, each: Callable[[Any], Any]) -> Any:
    if _is_a(value, dict):
        return _rebuilt_dict(value, each)
    if _is_a(value, (list, tuple, set, frozenset)):
        old: list[Any] = list(value)
        new: list[Any] = [each(part) for part in old]
        if all(a is b for a, b in zip(old, new, strict=True)):
            return value
        return _like(value, new)
    changed: dict[str, Any] = {}
    for field in dataclasses.fields(value):
        if hasattr(value, field.name):
            before = getattr(value, field.name)
            after = each(before)
            if after is not before:
                changed[field.name] = after
    if not changed:
        return value
    twin = copy.copy(value)
    for name, part in changed.items():
        object.__setattr__(twin, name, part)  # frozen dataclasses too
    return twin


def _rebuilt_dict(value: dict[Any, Any], each: Callable[[Any], Any]) -> Any:
    new = {each(key): each(part) for key, part in value.items()}
    same = (
        all(a is b and value[a] is new[b] for a, b in zip(value, new, strict=True)) if len(new) == len(value) else False
    )
    if same:
        return value
    if _type_of(value) is dict:
        return new
    twin: Any = copy.copy(value)
    twin.clear()
    twin.update(new)
    return twin


def _like(value: Any, parts: list[Any]) -> Any:
    kind: Any = _type_of(value)
    if hasattr(kind, "_make"):  # a named tuple
        return kind._make(parts)
    if not _is_a(value, list):
        return kind(parts)
    twin: Any = copy.copy(value)
    twin[:] = parts
    return twin
