"""Whose code it is: the user's own counts by its content, everyone else's by its name."""

from __future__ import annotations

import functools
import inspect
import sys
from typing import TYPE_CHECKING, Any

from daggr_fn.places import is_users

if TYPE_CHECKING:
    import types


def is_users_module(module: types.ModuleType) -> bool:
    """Whether a module is the user's own."""
    return _is_users_namespace(vars(module))


def is_users_type(kind: type) -> bool:
    """Whether a class is the user's own."""
    if not kind.__flags__ & _HEAP_TYPE:
        return False
    name = kind.__module__
    module = sys.modules.get(name)
    if name == "__main__" or module is None:
        return True
    return _is_users_namespace(vars(module))


_HEAP_TYPE = 1 << 9
"""CPython's Py_TPFLAGS_HEAPTYPE: the class was made by a `class` statement, not in C."""


def _is_users_namespace(namespace: dict[str, Any]) -> bool:
    file = namespace.get("__file__")
    if file:
        return _is_users_file(file)
    return namespace.get("__spec__") is None  # a notebook, `exec`; what is built in has a spec and no file


@functools.lru_cache(maxsize=4096)
def _is_users_file(file: str) -> bool:
    return is_users(file)


def is_users_code(code: types.CodeType) -> bool:
    """Whether a code object was compiled from the user's own source."""
    return _is_users_file(code.co_filename)


def type_of(value: object) -> type[Any]:
    """`type(value)`; of an `Any` type checkers take that for a class that they know nothing of."""
    return type(value)


def is_component(value: Any) -> bool:
    """Whether a value is a Gradio component or progress bar, told without importing Gradio."""
    return any(kind.__module__.partition(".")[0] == "gradio" for kind in type(value).__mro__)


def node_kind(value: Any) -> Any:
    """The kind of a node of ours, `None` for anything else. Asks no attribute of objects that make up answers."""
    if inspect.getattr_static(value, "kind", None) is None:
        return None
    kind = getattr(value, "kind", None)
    return kind if callable(getattr(type_of(kind), "identity", None)) else None
