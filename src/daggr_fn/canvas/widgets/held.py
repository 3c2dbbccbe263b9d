"""The files that a value of an input stands for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from daggr_fn.annotations import media_name
from daggr_fn.canvas.views.context import is_a
from daggr_fn.canvas.views.files import picture_file
from daggr_fn.values import class_of, is_mapping


def held_files(value: Any) -> list[Path]:
    """The files of a value: a path, a picture in memory, Gradio's dict for a file, or several of them.

    A gallery's picture with its caption is the picture.
    """
    if value is None:
        return []
    if is_a(value, (list, tuple)) and not _captioned(value):
        return [path for one in value for path in held_files(one)[:1]]
    first: Any = value[0] if is_a(value, (list, tuple)) else value
    path = _file(first)
    return [] if path is None else [path]


def _captioned(value: Any) -> bool:
    is_pair = is_a(value, tuple) and len(value) == 2
    return is_pair and (value[1] is None or isinstance(value[1], str)) and not _names_a_file(value[1])


def _names_a_file(value: Any) -> bool:
    return isinstance(value, str) and bool(Path(value).suffix) and Path(value).exists()


def _file(value: Any) -> Path | None:
    if is_mapping(value):
        named = next((value[key] for key in ("image", "video", "path") if value.get(key)), None)
        return None if named is None else _file(named)
    if media_name(class_of(value)):
        return picture_file(value)
    return Path(value) if isinstance(value, (str, Path)) and str(value) else None
