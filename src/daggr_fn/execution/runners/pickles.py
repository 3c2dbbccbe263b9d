"""Functions and values as bytes, for other processes: by cloudpickle, and with words for what can't go.

What a module has by name is found there by name, so that its state (a loaded model, say) lasts from call to call; what
the program itself defines, lambdas and closures go by value. A component is only for people, and stays behind.
"""

from __future__ import annotations

import importlib.machinery
import io
import pickle
import sys
import threading
import types
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import cloudpickle

from daggr_fn.annotations import is_component
from daggr_fn.errors import shorten
from daggr_fn.forks import forget_in_child
from daggr_fn.values import class_of, is_mapping, is_record, is_sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEEPEST = 5


class CantTravel(Exception):  # no error of users': it becomes one, with the step's name
    """A value can't be pickled; the message says which part of it."""


def dumps(value: Any) -> bytes:
    """A value as bytes.

    Raises:
        CantTravel: A part of it can't be pickled.
    """
    buffer = io.BytesIO()
    try:
        _Pickler(buffer, protocol=5).dump(value)
    except Exception as error:  # a `__reduce__` of anyone's may raise anything
        raise CantTravel(told(value, error)) from error
    return buffer.getvalue()


def dumps_up_to(size: int, value: Any) -> bytes | None:
    """A value as bytes, or `None` when they are more than so many; not all are made then.

    Raises:
        CantTravel: A part of it can't be pickled.
    """
    buffer = _Bounded(size)
    try:
        _Pickler(buffer, protocol=5).dump(value)
    except _TooMuch:
        return None
    except Exception as error:  # a `__reduce__` of anyone's may raise anything
        raise CantTravel(told(value, error)) from error
    return bytes(buffer.data)


class _TooMuch(Exception):  # no error: the bytes are not wanted
    """There is more to be written than was allowed."""


class _Bounded:
    """A file that takes so many bytes and no more."""

    def __init__(self, size: int) -> None:
        self.data = bytearray()
        self._size = size

    def write(self, data: Any) -> int:
        if len(self.data) + len(data) > self._size:
            raise _TooMuch
        self.data += data
        return len(data)


def loads(data: bytes) -> Any:
    """The value of bytes that `dumps` made."""
    return pickle.loads(data)


_cloudpickle: Any = cloudpickle  # has no types
_Base: Any = _cloudpickle.Pickler


class _Pickler(_Base):  # type: ignore[misc]
    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, (types.FunctionType, type)):
            _send_whole_if_unfindable(obj.__module__)
        if isinstance(obj, types.FunctionType) or getattr(class_of(obj), "_is_daggr_fn_node", False):
            found = _name_of(obj)
            if found is not None:
                return named, found
        if is_component(obj):
            return _nothing, ()
        return _Base.reducer_override(self, obj)


def _name_of(thing: Any) -> tuple[str, str, bool] | None:
    """Where a node, or the function of a node, is found by name in another process; `None` where it is not."""
    module, path = getattr(thing, "__module__", None), getattr(thing, "__qualname__", None)
    if not isinstance(module, str) or not isinstance(path, str) or _goes_by_value(module):
        return None
    try:
        found = _walk(module, path)
    except (KeyError, AttributeError):
        return None
    if found is thing:
        return (module, path, False) if not isinstance(thing, types.FunctionType) else None
    is_function = getattr(getattr(found, "kind", None), "function", None) is thing
    return (module, path, True) if is_function else None


def _goes_by_value(module: str) -> bool:
    by_value: set[str] = _cloudpickle.list_registry_pickle_by_value()
    return module == "__main__" or any(module == one or module.startswith(f"{one}.") for one in by_value)


_looked_for: set[str] = set()
_looking = threading.Lock()


def _send_whole_if_unfindable(name: Any) -> None:
    """What an import in another process would not find goes by value, or would run: a module that is still at work."""
    if name in _looked_for or not isinstance(name, str):
        return
    with _looking:
        module = sys.modules.get(name)
        file = getattr(module, "__file__", None)
        if module is None or file is None or name == "__main__":
            return
        at_work = getattr(module.__spec__, "_initializing", False)  # it calls pipelines while it is imported
        if at_work or _found_at(name) != file:
            _cloudpickle.register_pickle_by_value(module)
        _looked_for.add(name)


def _found_at(module: str) -> str | None:
    """The file that an import of a module finds."""
    parent = sys.modules.get(module.rpartition(".")[0])
    found = importlib.machinery.PathFinder.find_spec(module, getattr(parent, "__path__", None))
    return found.origin if found is not None else None


def _forget_lock() -> None:
    """A thread of the parent process may have held the lock; it is not in the forked child."""
    global _looking  # noqa: PLW0603  # one lock for the process
    _looking = threading.Lock()


forget_in_child(_forget_lock)


def _walk(module: str, path: str) -> Any:
    found: Any = sys.modules[module]
    for name in path.split("."):
        found = getattr(found, name)
    return found


def named(module: str, path: str, of_node: bool) -> Any:
    """What a module has by name; of a node, its function."""
    __import__(module)
    found = _walk(module, path)
    return found.kind.function if of_node else found


def _nothing() -> None:
    """What stands for a component elsewhere."""


def told(value: Any, error: BaseException) -> str:
    """What of a value can't be pickled, in words."""
    path, part = _culprit(value)
    where = f"{path} is " if path else ""
    return f"{where}a {class_of(part).__qualname__}, which can't be pickled ({type(error).__name__}: {error})"


def _culprit(value: Any) -> tuple[str, Any]:
    """The innermost part of a value that can't be pickled, and the way to it."""
    path = ""
    for _ in range(_DEEPEST):
        for name, part in _parts(value):
            if not _travels(part):
                path, value = path + name, part
                break
        else:
            break
    return path.removeprefix(".kind.function").lstrip("."), value


def _travels(value: Any) -> bool:
    try:
        _Pickler(io.BytesIO(), protocol=5).dump(value)
    except Exception:  # noqa: BLE001  # a `__reduce__` of anyone's may raise anything
        return False
    return True


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, types.FunctionType):
        yield from _parts_of_function(value)
    elif is_mapping(value):
        yield from ((f"[{shorten(key, 30)}]", item) for key, item in value.items())
    elif is_sequence(value):
        yield from ((f"[{i}]", item) for i, item in enumerate(value))
    elif is_record(value):
        yield from ((f".{one.name}", getattr(value, one.name)) for one in fields(value))
    elif hasattr(value, "__dict__"):
        yield from _attributes(value)


def _attributes(value: object) -> Iterator[tuple[str, Any]]:
    return ((f".{name}", item) for name, item in vars(value).items())


def _parts_of_function(function: types.FunctionType) -> Iterator[tuple[str, Any]]:
    code = function.__code__
    for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=False):
        yield f".{name}", cell.cell_contents
    for name in code.co_names:
        if name in function.__globals__:
            yield f".{name}", function.__globals__[name]
    yield from ((f".{name}", one) for name, one in (function.__kwdefaults__ or {}).items())
    for i, default in enumerate(function.__defaults__ or ()):
        yield f".<default {i}>", default
