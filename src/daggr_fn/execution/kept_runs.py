"""What a run that may fail has finished, kept on disk until it succeeds: `daggr-fn run --resume` goes on from it.

Each value is stored the moment its step ends, so that a killed process loses nothing, under the key that a remembered
result has, marked with the run's scope. So an edited function or another input runs anew, and the rest is taken.
A journal for each scope lists its keys, to forget them by.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from daggr_fn import files
from daggr_fn.errors import NotReusable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from daggr_fn.remembered import About, Entry, Remembered

logger = logging.getLogger("daggr_fn")


class KeptRun:
    """What the last run of a scope finished.

    Args:
        scope: Which pipeline of which program it is.
        memory: Where values are stored.
        resume: Whether what is kept may be taken.
    """

    def __init__(self, scope: str, memory: Remembered, *, resume: bool) -> None:
        self._scope = scope
        self._memory = memory
        self._resume = resume

    def key(self, parts: Mapping[str, str]) -> str:
        """The key of a value that is kept for this scope."""
        return self._memory.key({**parts, "kept for the run of": self._scope})

    def look(self, parts: Mapping[str, str], returns: Any) -> tuple[Entry, Any] | None:
        """What is kept under the parts of a key."""
        if not self._resume:
            return None
        entry = self._memory.look(self.key(parts))
        if entry is None:
            return None
        try:
            return entry, self._memory.load(entry, returns)
        except LookupError as error:
            logger.info("what a failed run kept can't be used: %s", error)
            return None

    def store(self, value: Any, about: About) -> Entry | None:
        """Keep a value, as far as it can be stored. The journal is written first: nothing is kept that it forgot."""
        key = self.key(about.key_parts)
        path = _journal(self._scope)
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "a", encoding="utf-8") as journal:
            journal.write(f"{key}\t{about.step}\n")
        try:
            return self._memory.save(key, value, replace(about, pipeline=_title(about.pipeline)))
        except NotReusable as error:
            logger.debug("the result of %s is not kept for --resume: %s", about.step, error)
            return None


def forget(scope: str) -> None:
    """Remove what is kept for a scope: its run succeeded, or another one begins."""
    from daggr_fn.execution.memo.store import Store

    path = _journal(scope)
    if not scope or not path.exists():
        return
    store = Store(files.home())
    for line in path.read_text(encoding="utf-8").splitlines():
        store.clear(line.partition("\t")[0])
    with contextlib.suppress(OSError):  # another process forgets it just now
        os.unlink(path)


def _title(pipeline: str) -> str:
    """The name under which people see what is kept in the memory's statistics."""
    return f"{pipeline} (unfinished run)"


def _journal(scope: str) -> Path:
    return files.home() / "kept_runs" / f"{hashlib.sha256(scope.encode()).hexdigest()[:32]}.tsv"
