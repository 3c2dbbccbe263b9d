"""What a class of the user's is made of, without what Python adds to each class by itself."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Iterator
from typing import Any

_ADDED = frozenset(
    {
        "__module__",
        "__qualname__",
        "__doc__",
        "__dict__",
        "__weakref__",
        "__firstlineno__",
        "__static_attributes__",
        "__abstractmethods__",
        "_abc_impl",
        "__dataclass_fields__",
        "__match_args__",
        "__annotate__",
        "__annotate_func__",
        "__annotations_cache__",
        "__hash__",
        "__slots__",
        "__orig_bases__",
        "__parameters__",
        "__annotations__",
        "_field_defaults",
    }
)


def members(kind: type) -> Iterator[tuple[str, Any]]:
    """The methods and values of a class by name, in order of the names; what a decorator generated is left out.

    The fields of a class are told by one more member, `fields`: names, annotations as text, and default factories.
    """
    yield "__annotations__", _fields(kind)
    for name in sorted(vars(kind)):
        if name in _ADDED:
            continue
        member = vars(kind)[name]
        if not isinstance(member, (types.MemberDescriptorType, types.GetSetDescriptorType)) and not _generated(member):
            yield name, repr(member) if name == "__dataclass_params__" else member


def _generated(member: Any) -> bool:
    """Whether a method was written by `dataclass` or `NamedTuple`, as text without a file."""
    code = getattr(getattr(member, "__func__", member), "__code__", None)
    return code is not None and code.co_filename.startswith("<") and code.co_name.startswith("__")


def _fields(kind: type) -> list[Any]:
    annotations = vars(kind).get("__annotations__", {})
    told: list[Any] = [(name, _annotation(value)) for name, value in annotations.items()]
    for field in vars(kind).get("__dataclass_fields__", {}).values():
        factory = field.default_factory
        told.append((field.name, field.init, field.kw_only, None if factory is dataclasses.MISSING else factory))
        if field.default is not dataclasses.MISSING:
            told.append(field.default)
    return told


def _annotation(value: Any) -> str:
    return value.__qualname__ if isinstance(value, type) else str(value).replace("__main__.", "")
