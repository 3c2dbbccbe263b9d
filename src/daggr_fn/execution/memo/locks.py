"""One computation of a key at a time, between all processes that share a store."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from daggr_fn.files import home

if TYPE_CHECKING:
    from pathlib import Path

    from filelock import FileLock


class KeyLock:
    """The right to compute a key, held by a lock of the operating system that dies with the process.

    May be released by another thread than the one that acquired it. The file is removed while the lock is still held;
    who waits for a file that is gone tries anew (filelock compares the inodes).

    Args:
        key: The key.
        root: The root of the store; `home()` by default.
    """

    def __init__(self, key: str, root: Path | None = None) -> None:
        self._path = (root or home()) / "locks" / key[:2] / f"{key}.lock"
        self._lock: FileLock | None = None

    def acquire(self) -> bool:
        """Take the lock if it is free, without waiting; says whether it is held now.

        Raises:
            RuntimeError: This object holds it already.
        """
        from filelock import FileLock, Timeout

        if self._lock is not None:
            raise RuntimeError("this lock is held already")
        self._path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._path, thread_local=False)
        try:
            lock.acquire(timeout=0)  # pyright: ignore[reportUnknownMemberType]
        except Timeout:
            return False
        self._lock = lock
        return True

    def release(self) -> None:
        """Give the lock back; does nothing when it isn't held."""
        lock, self._lock = self._lock, None
        if lock is not None:
            with contextlib.suppress(OSError):  # Windows removes no open file; an upkeep will
                self._path.unlink()
            lock.release()
