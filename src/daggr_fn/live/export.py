"""All that a sheet shows as one zip file: a folder for each step, media as files, other values as JSON or text."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from daggr_fn.media import converter, form_of, suffix_of
from daggr_fn.runs import plain
from daggr_fn.values import class_of, is_mapping, is_named_tuple, is_sequence

if TYPE_CHECKING:
    from daggr_fn.live.sheet import OpenSheet


def write_zip(sheet: OpenSheet, file: IO[bytes]) -> None:
    """Write the results that the cards of a sheet show, and its inputs.

    Args:
        sheet: The sheet. Secrets are left out.
        file: Where to write.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        names = _Names(archive)
        for step in sheet.graph.steps.values():
            for port in step.spec.outputs:
                try:
                    value = sheet.value(step.name, port)
                except LookupError:
                    continue
                names.add(f"{step.name}/{port}", value)
        archive.writestr("inputs.json", json.dumps(_inputs(sheet), indent=2, ensure_ascii=False))


def _inputs(sheet: OpenSheet) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in sheet.graph.inputs:
        try:
            found[name] = plain(sheet.input_value(name))
        except LookupError:  # a secret
            continue
    return found


class _Names:
    """Names for values in an archive."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def add(self, name: str, value: Any) -> None:
        """Add a value: media and tables as files, a list with such in it as a folder, else JSON, or text."""
        content = _as_file(value)
        if isinstance(value, Path):
            if value.is_file():
                self._archive.write(value, f"{name}{value.suffix}")
        elif content is not None:
            suffix, data = content
            self._archive.writestr(f"{name}{suffix}", data)
        elif _has_files(value):
            for key, item in _parts(value):
                self.add(f"{name}/{key}", item)
        elif isinstance(value, str):
            self._archive.writestr(f"{name}.txt", value)
        else:
            listed = value.tolist() if form_of(value) == "array" else value
            self._archive.writestr(f"{name}.json", json.dumps(plain(listed), indent=2, ensure_ascii=False))


def _as_file(value: Any) -> tuple[str, bytes] | None:
    """The ending and content of the file that a value is by its nature; `None` where there is no such file."""
    if isinstance(value, bytes):
        return suffix_of(value), value
    form = form_of(value)
    if form == "image" or (form == "array" and str(value.dtype) == "uint8"):
        to_bytes = converter(bytes)
        assert to_bytes is not None
        try:
            return ".png", to_bytes(value, Path)
        except Exception:  # noqa: BLE001  # an array that is no picture, a mode that PNG hasn't: Pillow raises many things
            return None
    if class_of(value).__module__.partition(".")[0] == "pandas" and hasattr(value, "to_csv"):
        return ".csv", value.to_csv(index=False).encode()
    return None


def _has_files(value: Any) -> bool:
    if isinstance(value, Path) or _as_file(value) is not None:
        return True
    return any(_has_files(item) for _, item in _parts(value))


def _parts(value: Any) -> list[tuple[Any, Any]]:
    """What is in a mapping by its keys, in a record by its fields, in a list by numbers from 1 on."""
    if is_mapping(value):
        return list(value.items())
    if is_named_tuple(value):
        return list(zip(value._fields, value, strict=True))
    return [(number, item) for number, item in enumerate(value, 1)] if is_sequence(value) else []
