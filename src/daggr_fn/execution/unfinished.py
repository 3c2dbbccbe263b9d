"""The unfinished runs of a pipeline, each with what it has finished kept apart: several may go on at the same time.

A run is known by a file of its own, and held by a lock that dies with its process; so one that was killed is told from
one that goes on.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import uuid
from typing import TYPE_CHECKING

from daggr_fn import files
from daggr_fn.errors import InvalidInputError, did_you_mean, listed
from daggr_fn.execution.kept_runs import forget
from daggr_fn.execution.memo import KeyLock

if TYPE_CHECKING:
    from pathlib import Path

MOST_KEPT = 5
"""How many unfinished runs of a pipeline are kept, beside those that go on."""


class UnfinishedRun:
    """A run that this process carries out.

    Args:
        program: Which pipeline of which program it is.
        name: The name of the run.

    Attributes:
        scope: Under which all that it finishes is kept.
    """

    def __init__(self, program: str, name: str) -> None:
        self.program = program
        self.name = name
        self.scope = _scope(program, name)
        self._lock = _lock(program, name)

    def hold(self) -> bool:
        """Say that it goes on; false when another process carries it out."""
        return self._lock.acquire()

    def failed(self) -> None:
        """It has ended, and may be resumed."""
        self._lock.release()

    def succeeded(self) -> None:
        """It has ended, and nothing of it is kept."""
        _drop(self.program, self.name)
        self._lock.release()

    @property
    def has_others(self) -> bool:
        """Whether there are other unfinished runs of the same pipeline."""
        return any(name != self.name for name in _names(self.program))


def begin(program: str) -> UnfinishedRun:
    """A new run. Of the unfinished ones before it the oldest are forgotten.

    Args:
        program: Which pipeline of which program it is.
    """
    for name in _ended(program)[MOST_KEPT - 1 :]:
        _drop(program, name)
    run = UnfinishedRun(program, uuid.uuid4().hex[:8])
    run.hold()
    path = _folder(program) / run.name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return run


def resume(program: str, name: str | None = None) -> UnfinishedRun:
    """A run that goes on: the one of a name, or the newest that has ended; a new one where there is none.

    Raises:
        InvalidInputError: There is none of the name, or it goes on now.
    """
    if name is None:
        for ended in _ended(program):
            run = UnfinishedRun(program, ended)
            if run.hold():
                return run
        return begin(program)
    known = _names(program)
    if name not in known:
        valid = listed(known) if known else "none"
        raise InvalidInputError(f"there is no unfinished run {name!r}{did_you_mean(name, known)}\n  valid    {valid}")
    run = UnfinishedRun(program, name)
    if not run.hold():
        raise InvalidInputError(f"the run {name} goes on now")
    return run


def _names(program: str) -> list[str]:
    """The unfinished runs, the newest first."""
    with contextlib.suppress(FileNotFoundError):
        found = [(entry.stat().st_mtime_ns, entry.name) for entry in os.scandir(_folder(program))]
        return [name for _, name in sorted(found, reverse=True)]
    return []


def _ended(program: str) -> list[str]:
    """Those that no process carries out."""
    ended: list[str] = []
    for name in _names(program):
        lock = _lock(program, name)
        if lock.acquire():
            lock.release()
            ended.append(name)
    return ended


def _drop(program: str, name: str) -> None:
    forget(_scope(program, name))
    folder = _folder(program)
    with contextlib.suppress(OSError):  # another process does the same; a folder with other runs in it stays
        (folder / name).unlink()
        folder.rmdir()


def _scope(program: str, name: str) -> str:
    return f"{program}#{name}"


def _lock(program: str, name: str) -> KeyLock:
    return KeyLock(hashlib.sha256(f"unfinished {_scope(program, name)}".encode()).hexdigest(), files.home())


def _folder(program: str) -> Path:
    return files.home() / "kept_runs" / f"{hashlib.sha256(program.encode()).hexdigest()[:32]}.runs"
