"""The files of a result: those that a call wrote into its scratch folder are kept, by content, before it goes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from daggr_fn.files import Scratch, keep, map_paths

if TYPE_CHECKING:
    from daggr_fn.kinds import Call
from daggr_fn.values import class_of, is_named_tuple


class CallFolder:
    """The scratch folder of one call, made when it is asked for."""

    __slots__ = ("_scratch",)

    def __init__(self) -> None:
        self._scratch: Scratch | None = None

    def __call__(self) -> Path:
        if self._scratch is None:
            self._scratch = Scratch()
        return self._scratch.folder

    def kept(self, value: Any) -> Any:
        """The value with the files that it holds of this folder kept; all others are gone after this."""
        if self._scratch is None:
            return value
        folder = self._scratch.folder
        try:
            keeper = _Keeper(folder)
            return keeper.texts(map_paths(value, keeper.path))
        finally:
            self.remove()

    def remove(self) -> None:
        """Remove the folder with all that is in it."""
        if self._scratch is not None:
            self._scratch.close()
            self._scratch = None


class _Keeper:
    """Keeps the files of a folder, each once: a value may hold one file in several places."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: dict[Path, Path] = {}

    def path(self, path: Path) -> Path:
        """Where a file is kept; the same path for files that are not of the folder."""
        if path not in self._kept:
            ours = path.is_relative_to(self._folder) and path.exists()
            self._kept[path] = keep(path, move=True) if ours else path
        return self._kept[path]

    def texts(self, value: Any) -> Any:
        """The same for texts: a function may say `str` and return the path of a file that it made with `new_file`."""
        if isinstance(value, str):
            return str(self.path(Path(value))) if value.startswith(str(self._folder)) else value
        kind = class_of(value)
        if kind is list:
            return [self.texts(item) for item in value]
        if kind is dict:
            return {key: self.texts(item) for key, item in value.items()}
        if kind is tuple:
            return tuple(self.texts(item) for item in value)
        if is_named_tuple(value):
            return value._make(self.texts(item) for item in value)
        return value


def call_with_folder(call: Call) -> CallFolder:
    """Give a call its folder."""
    folder = CallFolder()
    call.scratch = folder
    return folder
