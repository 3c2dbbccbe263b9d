"""Folders that other processes tidy at the same time: what is gone already is no error."""

from __future__ import annotations

import contextlib
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def listed(folder: Path) -> list[Path]:
    """What lies in a folder, in order; nothing where there is none."""
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def remove(path: Path) -> None:
    """Remove a file, or a folder with all it holds; of a link the link."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink()
