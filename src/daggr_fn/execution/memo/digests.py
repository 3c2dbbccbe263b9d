"""Digests of values: equal values have equal digests, in every process, whatever the order of a set or a dict.

Containers, records and files are encoded here; all else goes through joblib's hasher, whose parts come back here.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import os
import pathlib
import pickle
import sys
import types
from enum import Enum
from typing import TYPE_CHECKING, Any, cast

from daggr_fn.errors import NotReusable
from daggr_fn.execution.memo.origin import is_component, is_users_type, node_kind, type_of
from daggr_fn.files import file_digest
from daggr_fn.loaded import class_if_loaded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from joblib.hashing import Hasher

_LONG = 4096
_FUNCTIONS = (
    types.FunctionType,
    types.MethodType,
    types.BuiltinFunctionType,
    functools.partial,
    staticmethod,
    classmethod,
    property,
    type(functools.lru_cache(lambda: None)),
)


class Encoder:
    """Writes values as bytes that are equal for equal values.

    Args:
        code: What stands for a function, a class or a node found in a value.
        on_type: Told of the class of each of the user's objects found in a value.
    """

    def __init__(self, code: Callable[[Any], str], on_type: Callable[[type], None] | None = None) -> None:
        self._code = code
        self._on_type = on_type
        self._inside: dict[int, int] = {}
        self._path: list[object] = []

    def digest(self, value: Any) -> str:
        """The sha256 of the encoded value.

        Raises:
            NotReusable: A part of it can't be hashed; says which, and where in the value it is.
        """
        return hashlib.sha256(self.encode(value)).hexdigest()

    def encode(self, value: Any) -> bytes:
        """The value as bytes.

        Raises:
            NotReusable: See `digest`.
        """
        try:
            return self._encode(value)
        except RecursionError as error:
            raise NotReusable(f"a value of type {type(value).__name__} is nested too deeply to be hashed") from error
        except NotReusable as error:
            raise self._located(error) from error.__cause__
        finally:
            self._inside.clear()
            self._path.clear()

    def _located(self, error: NotReusable) -> NotReusable:
        where = "".join(str(part) for part in reversed(self._path))
        return NotReusable(f"{error} (at value{where})" if where else str(error))

    def _encode(self, value: Any) -> bytes:
        kind: Any = type(value)  # pyright: ignore[reportUnknownVariableType]  # no call here: this is the hot path
        plain = _PLAIN.get(kind)
        if plain is not None:
            return plain(value)
        mark = id(value)
        depth = self._inside.get(mark)
        if depth is not None:  # a value that holds itself
            return b"^%d;" % (len(self._inside) - depth)
        self._inside[mark] = len(self._inside)
        own = _CONTAINERS.get(kind)
        encoded = own(self, value) if own is not None else self._other(value)
        del self._inside[mark]
        return encoded

    def _sequence(self, tag: bytes, values: Iterable[Any]) -> bytes:
        index = 0
        parts: list[bytes] = []
        try:
            for index, value in enumerate(values):  # noqa: B007  # told when a part fails
                parts.append(self._encode(value))
        except NotReusable:
            self._path.append(f"[{index}]")
            raise
        return b"%s%d;%s" % (tag, len(parts), b"".join(parts))

    def _mapping(self, tag: bytes, items: Iterable[tuple[Any, Any]]) -> bytes:
        key: Any = None
        parts: list[bytes] = []
        try:
            for key, value in items:
                name = self._encode(key)
                parts.append(b"%d:%s%s" % (len(name), name, self._encode(value)))
        except NotReusable:
            self._path.append(f"[{key!r}]")
            raise
        parts.sort()
        return b"%s%d;%s" % (tag, len(parts), b"".join(parts))

    def _set(self, tag: bytes, values: Iterable[Any]) -> bytes:
        parts = sorted(self._encode(value) for value in values)
        return b"%s%d;%s" % (tag, len(parts), b"".join(parts))

    def _fields(self, value: Any, names: Iterable[str]) -> bytes:
        kind = type_of(value)
        name = ""
        parts: list[bytes] = []
        try:
            for name in names:
                if hasattr(value, name):
                    parts.append(_text(name) + self._encode(getattr(value, name)))
        except NotReusable:
            self._path.append(f".{name}")
            raise
        return b"%s%d;%s" % (self.type_name(kind), len(parts), b"".join(parts))

    def type_name(self, kind: type) -> bytes:
        """What stands for the class of an object: the user's own by name alone, wherever the module is called from."""
        if not is_users_type(kind):
            return _text(f"{kind.__module__}.{kind.__qualname__}")
        if self._on_type is not None:
            self._on_type(kind)
        return _text(kind.__qualname__)

    def _other(self, value: Any) -> bytes:
        kind = type_of(value)
        if is_a(value, Enum):
            return b"E" + self.type_name(kind) + _text(value.name or repr(value.value))
        if isinstance(value, pathlib.PurePath):
            return _path_bytes(value)
        if is_a(value, tuple) and hasattr(value, "_fields"):
            return b"N" + self._fields(value, value._fields)
        if is_a(value, (set, frozenset)):
            return b"U" + self.type_name(kind) + self._set(b"e", value)
        if is_a(value, (type, *_FUNCTIONS)):
            return b"C" + _text(self._code(value))
        if is_a(value, types.ModuleType):
            return b"M" + _text(value.__name__)
        fields: dict[str, Any] | None = getattr(kind, "__dataclass_fields__", None)
        if fields is not None:
            return b"R" + self._fields(value, [field.name for field in dataclasses.fields(value)])
        if is_component(value):
            return b"G" + _text(type(value).__qualname__)
        if node_kind(value) is not None:
            return b"C" + _text(self._code(value))
        return _picture(value) or self._opaque(value)

    def _opaque(self, value: Any) -> bytes:
        kind = type_of(value)
        hasher: Any = _hasher_class("numpy" in sys.modules)(self)
        try:
            return b"O%s" % str(hasher.hash(_in_row_order(value))).encode()
        except (NotReusable, RecursionError):
            raise
        except Exception as error:  # a `__reduce__` of anyone's may raise anything
            told = str(error).split("\n", 1)[0]
            raise NotReusable(f"a value of type {_name_of(kind)} can't be hashed: {told}") from error


def is_a(value: Any, kinds: Any) -> bool:
    """`isinstance` that leaves `Any` what it is for type checkers, which know nothing of the parts of a bare `list`."""
    return isinstance(value, kinds)


def _name_of(kind: type) -> str:
    return (
        kind.__qualname__ if kind.__module__ in {"builtins", "__main__"} else f"{kind.__module__}.{kind.__qualname__}"
    )


def _text(value: str) -> bytes:
    data = value.encode("utf-8", "surrogatepass")
    if len(data) > _LONG:
        return b"S" + hashlib.sha256(data).digest()
    return b"s%d:%s" % (len(data), data)


def _data(value: bytes) -> bytes:
    if len(value) > _LONG:
        return b"B" + hashlib.sha256(value).digest()
    return b"b%d:%s" % (len(value), value)


def _float(value: float) -> bytes:
    return b"fnan;" if value != value else b"f%r;" % value  # noqa: PLR0124  # not a number differs from itself


def _path_bytes(path: pathlib.PurePath) -> bytes:
    """A file by its content and its ending, which says how to read it; a folder by its tree; else the text."""
    try:
        found = os.path.exists(path) and isinstance(path, pathlib.Path)
        digest = file_digest(path) if found else ""
    except OSError as error:
        raise NotReusable(f"the file {path} can't be read: {error.strerror}") from error
    if not found:
        return b"p" + _text(str(path))
    return b"P" + _text(path.suffix.lower() if os.path.isfile(path) else "/") + _text(digest)


def _picture(value: Any) -> bytes | None:
    """A Pillow image by its size, mode, palette and pixels; `None` for what isn't one."""
    image = class_if_loaded("PIL.Image", "Image")
    if image is None or not isinstance(value, image):
        return None
    palette = value.getpalette("RGBA") if value.mode in {"P", "PA"} else None
    rows = (value.mode, value.size, palette, repr(value.info.get("transparency")))
    return b"I" + _text(repr(rows)) + hashlib.sha256(value.tobytes()).digest()


def _in_row_order(value: Any) -> Any:
    """Arrays in the order of C: how one lies in memory changes when it is stored, and is not part of its value."""
    array = class_if_loaded("numpy", "ndarray")
    if array is not None and isinstance(value, array) and not value.flags.c_contiguous:
        return value.copy(order="C")
    return value


@functools.cache
def _hasher_class(with_numpy: bool) -> Callable[[Encoder], Hasher]:
    """Joblib's hasher of one object; all that the object is made of is encoded by the encoder."""
    from joblib import hashing

    base: Any = hashing.NumpyHasher if with_numpy else hashing.Hasher

    class OneObject(base):  # type: ignore[misc]  # joblib has no types
        def __init__(self, encoder: Encoder) -> None:
            base.__init__(self, hash_name="sha256")
            self._encoder = encoder
            self._began = False

        def save(self, obj: Any) -> None:
            if not self._began:
                self._began = True
                base.save(self, obj)
            elif isinstance(obj, type):
                pickle._Pickler.save(self, self._encoder.type_name(obj))  # type: ignore[attr-defined]
            else:
                pickle._Pickler.save(self, self._encoder._encode(obj))  # type: ignore[attr-defined]

        def _batch_setitems(self, items: Iterable[tuple[Any, Any]], *_: Any) -> None:
            pickle._Pickler.save(self, self._encoder._mapping(b"d", items))  # type: ignore[attr-defined]

    return cast("Callable[[Encoder], Hasher]", OneObject)


_PLAIN: dict[type, Callable[[Any], bytes]] = {
    type(None): lambda _: b"n",
    bool: lambda value: b"T" if value else b"F",
    int: lambda value: b"i%x;" % value,
    float: _float,
    complex: lambda value: b"c" + _float(value.real) + _float(value.imag),
    str: _text,
    bytes: _data,
    type(...): lambda _: b".",
}
_CONTAINERS: dict[type, Callable[[Encoder, Any], bytes]] = {
    list: lambda encoder, value: encoder._sequence(b"l", value),
    tuple: lambda encoder, value: encoder._sequence(b"t", value),
    dict: lambda encoder, value: encoder._mapping(b"d", value.items()),
    set: lambda encoder, value: encoder._set(b"e", value),
    frozenset: lambda encoder, value: encoder._set(b"z", value),
}
