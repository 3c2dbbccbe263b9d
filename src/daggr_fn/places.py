"""Places in the user's code: where a node was called, a port was made, a value was misused."""

from __future__ import annotations

import functools
import linecache
import os
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import FrameType

_PACKAGE = os.path.dirname(os.path.abspath(__file__)) + os.sep


@dataclass(frozen=True, slots=True)
class Place:
    """A file and a line of the user's code."""

    file: str
    line: int

    @property
    def source(self) -> str:
        """The text of the line, or "" when the file can't be read (a notebook cell that is gone, `exec`)."""
        return linecache.getline(self.file, self.line).strip()

    def __str__(self) -> str:
        return f"{_short(self.file)}:{self.line}"

    def quoted(self) -> str:
        """The place with its source line: `app.py:76:  f"a {draw} b"`."""
        source = self.source
        return f"{self}:  {source}" if source else str(self)


NOWHERE = Place("<unknown>", 0)


def calling_place() -> Place:
    """The innermost line on the call stack that is not daggr_fn's own."""
    return place_of(calling_frame())


def place_of(frame: FrameType | None) -> Place:
    """The line that a frame has reached."""
    return NOWHERE if frame is None else Place(frame.f_code.co_filename, frame.f_lineno)


def calling_frame() -> FrameType | None:
    """The innermost frame on the call stack that is not daggr_fn's own."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame = frame.f_back
    return frame


def defined_at(function: Any) -> Place:
    """The line of a function's `def`, below its decorators."""
    code = function.__code__
    for line in range(code.co_firstlineno, code.co_firstlineno + _MAX_DECORATOR_LINES):
        if Place(code.co_filename, line).source.startswith(("def ", "async def ")):
            return Place(code.co_filename, line)
    return Place(code.co_filename, code.co_firstlineno)


_MAX_DECORATOR_LINES = 100


def _short(file: str) -> str:
    """The path from the current folder where that is shorter, as tracebacks of test runners show it."""
    if file.startswith("<"):
        return file
    try:
        relative = os.path.relpath(file)
    except ValueError:  # another drive on Windows
        return file
    return Path(file).name if relative.startswith("..") else relative


def is_users(file: str) -> bool:
    """Whether a file holds the user's own code: not daggr_fn's, the standard library's or an installed package's."""
    if file.startswith((_PACKAGE, "<frozen")):
        return False
    return not file.startswith(_library_folders()) and f"{os.sep}site-packages{os.sep}" not in file


@functools.cache
def _library_folders() -> tuple[str, ...]:
    paths = sysconfig.get_paths()
    return tuple({os.path.join(paths[name], "") for name in ("stdlib", "platstdlib", "purelib", "platlib")})
