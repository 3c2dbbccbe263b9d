"""From which key parts the results of a step were made: for people who ask why it runs anew.

One small file for each step, a line for each result. Nothing here decides about reuse, so a line that a crash cut is
left out.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_LARGEST = 512 * 1024
_MOST_SHOWN = 50


def note(root: Path, about: Mapping[str, Any]) -> None:
    """Add a line for a result that was just stored."""
    path = _file(root, about["pipeline"], about["step"])
    row = {"at": about["created"], "index": list(about["index"]), "key_parts": dict(about["key_parts"])}
    line = json.dumps(row) + "\n"
    try:
        file = open(path, "ab")  # noqa: SIM115
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = open(path, "ab")  # noqa: SIM115
    with file:
        size = file.tell()
        file.write(("\n" * (size > 0 and _ends_open(path)) + line).encode())
    if size > _LARGEST:
        _shorten(path)


def read(root: Path, pipeline: str, step: str, index: tuple[int, ...]) -> list[tuple[float, Mapping[str, str]]]:
    """When and from which key parts results of a step were made, newest first."""
    found: list[tuple[float, Mapping[str, str]]] = []
    try:
        lines = _file(root, pipeline, step).read_bytes().splitlines()
    except OSError:
        return []
    for line in reversed(lines):
        with contextlib.suppress(ValueError, KeyError, TypeError):
            row = json.loads(line)
            if tuple(row["index"]) == index:
                found.append((float(row["at"]), dict(row["key_parts"])))
        if len(found) >= _MOST_SHOWN:
            break
    return found


def forget(root: Path, pipeline: str, step: str) -> None:
    """Remove what is known of a step."""
    with contextlib.suppress(OSError):
        _file(root, pipeline, step).unlink()


def _file(root: Path, pipeline: str, step: str) -> Path:
    name = hashlib.sha256(f"{pipeline}\0{step}".encode()).hexdigest()[:32]
    return root / "history" / f"{name}.jsonl"


def _ends_open(path: Path) -> bool:
    """Whether a crash left the last line without its end."""
    with open(path, "rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"


def _shorten(path: Path) -> None:
    """Leave the newer half. A line that another process adds at this moment may be lost, which harms nothing."""
    lines = path.read_bytes().splitlines(keepends=True)
    aside = path.with_suffix(f".{uuid.uuid4().hex}")
    aside.write_bytes(b"".join(lines[len(lines) // 2 :]))
    os.replace(aside, path)
