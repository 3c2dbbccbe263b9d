"""The files of a result: those that a call wrote into its scratch folder are kept, by content, before it goes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from daggr_fn.files import Scratch, keep, map_paths
from daggr_fn.kinds import Call


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
            return _kept_texts(map_paths(value, lambda path: _kept(path, folder)), folder)
        finally:
            self.remove()

    def remove(self) -> None:
        """Remove the folder with all that is in it."""
        if self._scratch is not None:
            self._scratch.close()
            self._scratch = None


def _kept(path: Path, folder: Path) -> Path:
    return keep(path, move=True) if path.is_relative_to(folder) and path.exists() else path


def _kept_texts(value: Any, folder: Path) -> Any:
    """The same for texts: a function may say `str` and return the path of a file that it made with `new_file`."""
    if isinstance(value, str):
        return str(_kept(Path(value), folder)) if value.startswith(str(folder)) else value
    if type(value) is list:
        return [_kept_texts(item, folder) for item in value]
    if type(value) is dict:
        return {key: _kept_texts(item, folder) for key, item in value.items()}
    if type(value) is tuple:
        return tuple(_kept_texts(item, folder) for item in value)
    return value


def call_with_folder(call: Call) -> CallFolder:
    """Give a call its folder."""
    folder = CallFolder()
    call.scratch = folder
    return folder
