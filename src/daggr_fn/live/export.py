"""All that a sheet shows as one zip file: a folder for each step, files as they are, other values as JSON or text."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from daggr_fn.runs import plain
from daggr_fn.values import is_mapping, is_sequence

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
        """Add a value: a file, a list with files in it as a folder, else JSON, or text."""
        if isinstance(value, Path):
            if value.is_file():
                self._archive.write(value, f"{name}{value.suffix}")
        elif _has_files(value):
            pairs = value.items() if is_mapping(value) else enumerate(value, 1)
            for key, item in pairs:
                self.add(f"{name}/{key}", item)
        elif isinstance(value, str):
            self._archive.writestr(f"{name}.txt", value)
        else:
            self._archive.writestr(f"{name}.json", json.dumps(plain(value), indent=2, ensure_ascii=False))


def _has_files(value: Any) -> bool:
    if isinstance(value, Path):
        return True
    if is_mapping(value):
        return any(_has_files(item) for item in value.values())
    return is_sequence(value) and any(_has_files(item) for item in value)
