"""Pins: what refers to kept files besides the memory of results.

They are told on disk, so that the upkeep of any process knows them without the database that they belong to.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from daggr_fn.files.folders import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_OWNER = "owner"


class Pins:
    """The pins of one owner: a small file for each value, which names the kept files that the value refers to.

    Args:
        root: The root of the store of files.
        name: The owner's, unique under that root.
        lives_while: A file without which the owner is gone, and its pins with it; `None` for one that stays.
    """

    def __init__(self, root: Path, name: str, lives_while: Path | None = None) -> None:
        self._folder = root / "pins" / name
        self._lives_while = lives_while

    def add(self, value: str, kept: Iterable[str]) -> None:
        """Hold kept files, named relative to the root, as long as a value refers to them."""
        owner = self._folder / _OWNER
        if not owner.exists():
            _replace(owner, json.dumps(str(self._lives_while) if self._lives_while else None))
        _replace(self._folder / value, json.dumps(list(kept)))

    def has(self, value: str) -> bool:
        return (self._folder / value).exists()

    def remove(self, value: str) -> None:
        """Let go of the files of a value."""
        with contextlib.suppress(OSError):
            (self._folder / value).unlink()

    def older_than(self, seconds: float) -> list[str]:
        """The values whose pins were written longer ago."""
        before = time.time() - seconds
        return [path.name for path in _values(self._folder) if _written(path) < before]


def pinned(root: Path) -> set[str]:
    """The kept files and folders that are pinned, relative to the root. The pins of owners that are gone go too."""
    found: set[str] = set()
    for folder in listed(root / "pins"):
        if _is_gone(folder):
            for path in [*_values(folder), folder / _OWNER]:
                path.unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # a new pin came meanwhile
                folder.rmdir()
            continue
        for path in _values(folder):
            with contextlib.suppress(FileNotFoundError):  # its value was removed just now
                found.update(json.loads(path.read_bytes()))
    return found


def _is_gone(folder: Path) -> bool:
    try:
        lives_while = json.loads((folder / _OWNER).read_bytes())
    except (OSError, ValueError):
        return False
    return lives_while is not None and not os.path.exists(lives_while)


def _values(folder: Path) -> Iterator[Path]:
    return (path for path in listed(folder) if path.name != _OWNER and not path.name.startswith("."))


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return time.time()


def _replace(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    incoming = path.with_name(f".{uuid.uuid4().hex}")
    incoming.write_text(text)
    os.replace(incoming, path)
