"""What a digest of code was made from, watched cheaply: whether any of it changed since."""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any

from daggr_fn.execution.memo.digests import Encoder
from daggr_fn.execution.memo.origin import type_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

GONE: Any = object()
"""Stands for a name that is not there."""

_UNCHANGING = (type(None), bool, int, float, complex, str, bytes, type(...), types.BuiltinFunctionType)


class Watch:
    """Notes what was read; `is_fresh` compares by identity, and by content what can change in place."""

    def __init__(self) -> None:
        self._names: list[tuple[Mapping[str, Any], str, Any]] = []
        self._types: list[tuple[Mapping[str, Any], str, type]] = []
        self._functions: list[tuple[types.FunctionType, types.CodeType, Any, Any]] = []
        self._cells: list[tuple[types.CellType, Any]] = []
        self._volatile: list[tuple[Callable[[], object], object]] = []

    def name(self, namespace: Mapping[str, Any], name: str, value: Any) -> None:
        """A name must go on standing for this very object."""
        self._names.append((namespace, name, value))

    def type_of(self, namespace: Mapping[str, Any], name: str, value: Any) -> None:
        """A name must go on standing for an object of this type."""
        kind = type_of(value)
        self._types.append((namespace, name, kind))

    def load(self, namespace: Mapping[str, Any]) -> None:
        """The module with these globals must not be reloaded."""
        self._names.append((namespace, "__spec__", namespace.get("__spec__", GONE)))

    def function(self, function: types.FunctionType) -> None:
        """A function must keep its code and its defaults."""
        self._functions.append((function, function.__code__, function.__defaults__, function.__kwdefaults__))

    def cell(self, cell: types.CellType) -> None:
        """A closure cell must go on holding this very object."""
        self._cells.append((cell, _content(cell)))

    def value(self, value: Any, encoded: bytes) -> None:
        """A value that can change in place must keep its content."""
        if not _never_changes(value):
            self._volatile.append((lambda: _plainly(value), _plainly(value) if encoded else b""))

    def volatile(self, read: Callable[[], object]) -> None:
        """What `read` returns must stay the same."""
        self._volatile.append((read, read()))

    def is_fresh(self) -> bool:
        """Whether all is as it was."""
        for namespace, name, value in self._names:
            if namespace.get(name, GONE) is not value:
                return False
        for namespace, name, kind in self._types:
            if type(namespace.get(name, GONE)) is not kind:
                return False
        for function, code, defaults, named in self._functions:
            if function.__code__ is not code or function.__defaults__ is not defaults:
                return False
            if function.__kwdefaults__ is not named:
                return False
        for cell, content in self._cells:
            if _content(cell) is not content:
                return False
        return all(read() == before for read, before in self._volatile)


def _content(cell: types.CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return GONE


def _never_changes(value: Any) -> bool:
    kind = type_of(value)
    if kind in _UNCHANGING or isinstance(value, (types.FunctionType, type)):  # functions are watched by themselves
        return True
    return kind in {tuple, frozenset} and all(map(_never_changes, value))


def _plainly(value: Any) -> bytes:
    """The content of a value, with functions and classes by identity: what they do is watched elsewhere."""
    return Encoder(lambda thing: str(id(thing))).encode(value)
