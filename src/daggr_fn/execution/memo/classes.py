"""What a class of the user's is made of, without what Python adds to each class by itself."""

from __future__ import annotations

import dataclasses
import types
from typing import TYPE_CHECKING, Any

from daggr_fn.execution.memo.origin import is_users_code

if TYPE_CHECKING:
    from collections.abc import Iterator

_DESCRIPTORS = (types.MemberDescriptorType, types.GetSetDescriptorType)
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
        "__dataclass_params__",
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
    """The methods and values of a class by name, in order of the names; what a decorator generated is left out."""
    for name in sorted(vars(kind)):
        if name in _ADDED:
            continue
        member = vars(kind)[name]
        if not isinstance(member, _DESCRIPTORS) and not (name.startswith("__") and _generated(member)):
            yield name, member


def _generated(member: Any) -> bool:
    """Whether a method was written by `dataclass` or `NamedTuple`, as text without a file, or comes from a library."""
    code = getattr(getattr(member, "__func__", member), "__code__", None)
    if code is None:
        return False
    return not is_users_code(code) or (code.co_filename.startswith("<") and code.co_name.startswith("__"))


def fields_of(kind: type) -> list[Any]:
    """The fields of a class: names, annotations as text, defaults, and what `dataclass` was told."""
    annotations = vars(kind).get("__annotations__", {})
    told: list[Any] = [(name, _annotation(value)) for name, value in annotations.items()]
    for field in vars(kind).get("__dataclass_fields__", {}).values():
        factory = field.default_factory
        told.append((field.name, field.init, field.kw_only, None if factory is dataclasses.MISSING else factory))
        if field.default is not dataclasses.MISSING:
            told.append(field.default)
    return [*told, repr(vars(kind).get("__dataclass_params__"))]


def _annotation(value: Any) -> str:
    return value.__qualname__ if isinstance(value, type) else str(value).replace("__main__.", "")
