"""A value as bytes and back: its files lie in the store of files, its pictures too, its classes are found again.

Reading is unpickling: the store holds trusted code, like joblib's.
"""

from __future__ import annotations

import functools
import importlib
import io
import os
import pickle
import sys
import types
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from daggr_fn import files
from daggr_fn.errors import DaggrError, NotReusable
from daggr_fn.execution.memo.origin import is_users_code, is_users_type
from daggr_fn.loaded import class_if_loaded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_EXACT_AS_PNG = frozenset({"1", "L", "LA", "RGB", "RGBA", "I;16"})
_PLAIN_INFO = (str, int, float, bytes)


@dataclass
class Payload:
    """A pickled value.

    Attributes:
        data: The pickle.
        kept: The kept files and folders that it refers to, relative to the root.
    """

    data: bytes
    kept: list[str]


def to_payload(value: Any, root: Path, returns: Any = None) -> Payload:
    """Pickle a value, keeping the files in it.

    Args:
        value: What to pickle.
        root: The root of the store.
        returns: The annotation of the value, in whose classes are found what no module gives by name.

    Raises:
        NotReusable: It can't be pickled, or a file in it can't be read; says which.
    """
    buffer = io.BytesIO()
    pickler = _Pickler(buffer, root, returns)
    try:
        pickler.dump(value)
    except NotReusable:
        raise
    except (OSError, DaggrError) as error:
        raise NotReusable(f"a file of the result can't be kept: {error}") from error
    except Exception as error:  # a `__reduce__` of anyone's may raise anything
        raise NotReusable(f"a result of type {type(value).__qualname__} can't be stored: {error}") from error
    return Payload(buffer.getvalue(), list(dict.fromkeys(pickler.kept)))


def from_payload(data: bytes, root: Path, returns: Any = None) -> Any:
    """The value of a payload.

    Raises:
        LookupError: A class of it is not to be found any more, or the bytes are damaged.
    """
    try:
        return _Unpickler(io.BytesIO(data), root, returns).load()
    except Exception as error:  # a class that changed, or anyone's `__setstate__`, may raise anything
        raise LookupError(f"a remembered result can't be read: {type(error).__name__}: {error}") from error


class _Pickler(pickle.Pickler):
    def __init__(self, buffer: io.BytesIO, root: Path, returns: Any) -> None:
        super().__init__(buffer, protocol=5)
        self._root = root
        self._returns = returns
        self.kept: list[str] = []

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, Path):
            return self._path(obj)
        if isinstance(obj, type):
            return self._named(obj) if is_users_type(obj) else NotImplemented
        if isinstance(obj, types.FunctionType):
            return self._named(obj) if is_users_code(obj.__code__) else NotImplemented
        image = class_if_loaded("PIL.Image", "Image")
        if image is not None and isinstance(obj, image) and obj.mode in _EXACT_AS_PNG:
            return self._picture(obj)
        return NotImplemented

    def _path(self, path: Path) -> Any:
        if not path.exists():
            return NotImplemented
        kept = files.keep(path, root=self._root)
        return restore_path, (self._relative(kept),)

    def _picture(self, image: Any) -> Any:
        buffer = io.BytesIO()
        image.save(buffer, "PNG", compress_level=1)
        kept = files.keep_bytes(buffer.getvalue(), "image.png", root=self._root)
        info = {name: value for name, value in image.info.items() if isinstance(value, _PLAIN_INFO)}
        return restore_picture, (self._relative(kept), info)

    def _relative(self, kept: Path) -> str:
        relative = kept.relative_to(self._root).as_posix()
        self.kept.append(relative)
        return relative

    def _named(self, thing: Any) -> Any:
        module = sys.modules.get(thing.__module__)
        file = os.path.abspath(getattr(module, "__file__", None) or "")
        try:
            same = find_named(thing.__module__, thing.__qualname__, file, self._returns) is thing
        except LookupError:
            same = False
        if not same:
            raise NotReusable(
                f"{thing.__qualname__} can't be stored: results hold only what a module has by name; "
                "move its definition to the top level of the module"
            )
        return restore_named, (thing.__module__, thing.__qualname__, file)


class _Unpickler(pickle.Unpickler):
    def __init__(self, buffer: io.BytesIO, root: Path, returns: Any) -> None:
        super().__init__(buffer)
        self._own: dict[str, Callable[..., Any]] = {
            "restore_path": root.joinpath,
            "restore_picture": functools.partial(_read_picture, root),
            "restore_named": functools.partial(find_named, returns=returns),
        }

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        if module_name == __name__ and global_name in self._own:
            return self._own[global_name]
        return super().find_class(module_name, global_name)


def restore_path(relative: str) -> Path:
    """Stands in the pickle for a kept file; the unpickler, which knows the root, puts its own in place."""
    raise NotImplementedError(relative)


def restore_picture(relative: str, info: dict[str, Any]) -> Any:
    """Stands in the pickle for a picture; see `restore_path`."""
    raise NotImplementedError(relative, info)


def restore_named(module: str, name: str, file: str) -> Any:
    """Stands in the pickle for a class or function of the user's; see `restore_path`."""
    raise NotImplementedError(module, name, file)


def _read_picture(root: Path, relative: str, info: dict[Any, Any]) -> Any:
    from PIL import Image

    with Image.open(root / relative) as opened:
        image = opened.copy()
    image.info = dict(info)
    return image


def find_named(module_name: str, name: str, file: str, returns: Any = None) -> Any:
    """A class or function of the user's, by the name it had when it was stored.

    A script and the module of the same file are the same: whichever is loaded gives it, so that no script is imported
    a second time.

    Raises:
        LookupError: There is none.
    """
    for kind in _classes(returns):
        if kind.__qualname__ == name and is_users_type(kind):
            return kind
    for module in _candidates(module_name, file):
        found: Any = module
        for part in name.split("."):
            found = getattr(found, part, None)
        if found is not None:
            return found
    raise LookupError(f"{module_name}.{name} is not there any more")


def _candidates(module_name: str, file: str) -> Iterator[types.ModuleType]:
    loaded = [sys.modules.get("__main__"), sys.modules.get(module_name)]
    if not file:
        loaded.reverse()
    for module in loaded:
        if module is not None and _is_of(module, module_name, file):
            yield module
    if file:
        yield from [module for module in sys.modules.copy().values() if _file_of(module) == file]
    if module_name != "__main__":
        try:
            yield importlib.import_module(module_name)
        except ImportError as error:
            raise LookupError(f"the module {module_name} can't be imported") from error


def _is_of(module: types.ModuleType, name: str, file: str) -> bool:
    return _file_of(module) == file if file else module.__name__ == name


def _file_of(module: types.ModuleType) -> str:
    file = getattr(module, "__file__", None)
    return os.path.abspath(file) if isinstance(file, str) else ""


def _classes(annotation: Any, depth: int = 0) -> Iterator[type]:
    """The classes that an annotation names, with those of their fields."""
    if annotation is None or depth > 5:
        return
    if isinstance(annotation, type) and not get_args(annotation):
        yield annotation
        if is_users_type(annotation):
            for inner in _hints(annotation):
                yield from _classes(inner, depth + 1)
    for inner in get_args(annotation):
        yield from _classes(inner, depth + 1)


def _hints(kind: type) -> list[Any]:
    try:
        return list(get_type_hints(kind).values())
    except (NameError, TypeError, AttributeError):
        return []
