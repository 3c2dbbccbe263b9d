"""Scratch folders: where a run's nodes write their files before a result keeps them."""

from __future__ import annotations

import shutil
import threading
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from daggr_fn.files.digests import home

if TYPE_CHECKING:
    from types import TracebackType

    from filelock import FileLock
    from typing_extensions import Self


class Scratch:
    """A temporary folder under `home()/scratch/` that is made when it is first asked for, and removed at the end.

    A lock beside it, which dies with the process, tells an upkeep whether it is still in use.

    Args:
        root: The root of the store; `home()` by default.
    """

    def __init__(self, root: Path | None = None) -> None:
        self._root = root
        self._guard = threading.Lock()
        self._folder: Path | None = None
        self._lock: FileLock | None = None

    @property
    def folder(self) -> Path:
        """The folder; it exists."""
        with self._guard:
            if self._folder is None:
                self._folder = self._make()
            return self._folder

    def new_folder(self) -> Path:
        """A fresh folder inside, for one call."""
        inner = self.folder / uuid.uuid4().hex[:12]
        inner.mkdir()
        return inner

    def _make(self) -> Path:
        from filelock import FileLock

        folder = (self._root or home()) / "scratch" / uuid.uuid4().hex
        folder.parent.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(f"{folder}.lock", thread_local=False)
        self._lock.acquire(timeout=0)  # pyright: ignore[reportUnknownMemberType]
        folder.mkdir()
        return folder

    def close(self) -> None:
        """Remove the folder and all it holds. It is made anew when it is asked for again."""
        with self._guard:
            folder, lock, self._folder, self._lock = self._folder, self._lock, None, None
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        if lock is not None:
            Path(lock.lock_file).unlink(missing_ok=True)
            lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
