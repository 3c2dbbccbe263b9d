"""How large the memory of results is, and how it is made smaller. Several processes may do so at once."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import time
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from daggr_fn.execution.memo import histories
from daggr_fn.execution.memo.store import Store
from daggr_fn.files import home, pinned
from daggr_fn.files.folders import listed, remove

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

logger = logging.getLogger("daggr_fn")

DEFAULT_LIMIT = "10GB"
_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_YOUNG_SECONDS = 3600.0
_SECONDS_BETWEEN = 600.0


@dataclass(frozen=True)
class Share:
    """What a pipeline, or a step of it, has in the store: how many entries, of how many bytes with their files."""

    entries: int = 0
    size: int = 0

    def with_entry(self, size: int) -> Share:
        """The share with one more entry of that size."""
        return Share(self.entries + 1, self.size + size)


@dataclass(frozen=True)
class Usage:
    """What the store holds.

    Attributes:
        entries: How many results.
        result_bytes: The size of the results without their files.
        file_bytes: The size of the kept files; one that several results refer to counts once.
        pipelines: The share of each pipeline.
        steps: The share of each step, by pipeline and step.
    """

    entries: int = 0
    result_bytes: int = 0
    file_bytes: int = 0
    pipelines: dict[str, Share] = field(default_factory=dict[str, Share])
    steps: dict[tuple[str, str], Share] = field(default_factory=dict[tuple[str, str], Share])

    @property
    def size(self) -> int:
        """All bytes."""
        return self.result_bytes + self.file_bytes


@dataclass(frozen=True)
class _Found:
    """One entry on disk, as upkeep sees it."""

    key: str
    size: int
    created: float
    used: float
    pipeline: str
    step: str
    files: tuple[str, ...]


def usage(root: Path | None = None) -> Usage:
    """What the store holds, per pipeline and step."""
    base = root or home()
    pipelines: dict[str, Share] = defaultdict(Share)
    steps: dict[tuple[str, str], Share] = defaultdict(Share)
    sizes: dict[str, int] = {}
    entries = list(_entries(base))
    for entry in entries:
        for file in entry.files:
            sizes.setdefault(file, _size(base / file))
        size = entry.size + sum(sizes[file] for file in entry.files)
        pipelines[entry.pipeline] = pipelines[entry.pipeline].with_entry(size)
        steps[entry.pipeline, entry.step] = steps[entry.pipeline, entry.step].with_entry(size)
    file_bytes = sum(_size(folder) for folder in _kept_folders(base))
    return Usage(len(entries), sum(entry.size for entry in entries), file_bytes, dict(pipelines), dict(steps))


def clear(
    pipeline: str | None = None,
    step: str | None = None,
    older_than: timedelta | None = None,
    root: Path | None = None,
) -> int:
    """Remove results, and the files that nothing refers to any more; says how many results.

    Args:
        pipeline: Only those of this pipeline.
        step: Only those of this step.
        older_than: Only those that were made longer ago.
        root: The root of the store; `home()` by default.
    """
    base = root or home()
    store = Store(base)
    removed = 0
    steps: set[tuple[str, str]] = set()
    for entry in list(_entries(base)):
        if pipeline not in {None, entry.pipeline} or step not in {None, entry.step}:
            continue
        if older_than is not None and time.time() - entry.created <= older_than.total_seconds():
            continue
        store.clear(entry.key)
        removed += 1
        steps.add((entry.pipeline, entry.step))
    if older_than is None:
        for one in steps:
            histories.forget(base, *one)
    sweep(base)
    return removed


def shrink(limit_bytes: int, root: Path | None = None) -> int:
    """Remove the results that were not used for longest until the store is no larger than a limit; says how many.

    Args:
        limit_bytes: The limit for results and files together.
        root: The root of the store; `home()` by default.
    """
    base = root or home()
    store = Store(base)
    entries = sorted(_entries(base), key=lambda entry: entry.used)
    referrers: dict[str, int] = defaultdict(int)
    sizes: dict[str, int] = {}
    for entry in entries:
        for file in entry.files:
            referrers[file] += 1
            sizes.setdefault(file, _size(base / file))
    total = sum(entry.size for entry in entries) + sum(sizes.values())
    removed = 0
    for entry in entries:
        if total <= limit_bytes:
            break
        store.clear(entry.key)
        removed += 1
        total -= entry.size
        for file in entry.files:
            referrers[file] -= 1
            if not referrers[file]:
                total -= sizes[file]
    if removed:
        logger.info(
            "removed %d remembered results that were not used for longest: the limit is %d", removed, limit_bytes
        )
    sweep(base)
    return removed


def sweep(root: Path) -> None:
    """Remove files, scratch folders, locks and halves of entries that nothing refers to, and that are not young."""
    files = {file for entry in _entries(root) for file in entry.files} | pinned(root)
    referred = {str((root / file).parent) for file in files}
    referred |= {str(root.joinpath(*Path(file).parts[:3])) for file in files}
    for folder in _kept_folders(root):
        if str(folder) not in referred and _is_old(folder):
            _take_away(folder, root)
    for left in [*listed(root / "files" / "incoming"), *listed(root / "files" / "trash")]:
        if _is_old(left):
            remove(left)
    for folder in _entry_folders(root):
        if not (folder / "output.pkl").exists() and _is_old(folder):
            remove(folder)
    for path in [*(root / "locks").glob("*/*.lock"), *(root / "scratch").glob("*.lock")]:
        if _is_old(path):
            _remove_unused_lock(path)


def parse_size(text: str) -> int:
    """A size such as `10GB`, `500 MB` or `1048576`, in bytes.

    Raises:
        ValueError: It is none.
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)I?B?\s*", text.upper())
    if found is None:
        raise ValueError(f"{text!r} is no size: write it like '10GB', '500MB' or a number of bytes")
    return int(float(found[1]) * _UNITS[found[2]])


def is_due(root: Path) -> bool:
    """Whether no process looked after the store in the last ten minutes; if so, this one is taken to do it now."""
    marker = root / "upkeep"
    try:
        if time.time() - marker.stat().st_mtime < _SECONDS_BETWEEN:
            return False
    except OSError:
        pass
    marker.touch()
    return True


def tidy(root: Path) -> None:
    """Hold the limit that `DAGGR_FN_CACHE_SIZE` sets."""
    said = os.environ.get("DAGGR_FN_CACHE_SIZE", DEFAULT_LIMIT)
    try:
        limit = parse_size(said)
    except ValueError as error:
        logger.warning("DAGGR_FN_CACHE_SIZE: %s; %s is used", error, DEFAULT_LIMIT)
        limit = parse_size(DEFAULT_LIMIT)
    shrink(limit, root)


def _entry_folders(root: Path) -> Iterator[Path]:
    for prefix in listed(root / "results" / "joblib"):
        yield from (folder for folder in listed(prefix) if len(folder.name) == 64)


def _entries(root: Path) -> Iterator[_Found]:
    for folder in _entry_folders(root):
        try:
            state = (folder / "output.pkl").stat()
        except OSError:  # the half of an entry, or someone removes it just now
            continue
        said: dict[str, Any] = {}
        with contextlib.suppress(OSError, ValueError):
            said = json.loads((folder / "metadata.json").read_bytes())
        yield _Found(
            folder.name,
            state.st_size,
            float(said.get("created", state.st_mtime)),
            max(state.st_atime, state.st_mtime),
            str(said.get("pipeline", "")),
            str(said.get("step", "")),
            tuple(said.get("files", ())),
        )


def _kept_folders(root: Path) -> Iterator[Path]:
    for prefix in listed(root / "files"):
        if len(prefix.name) == 2:
            yield from listed(prefix)


def _size(path: Path) -> int:
    try:
        if not path.is_dir():
            return path.stat().st_size
        return sum(found.lstat().st_size for found in path.rglob("*") if not found.is_dir())
    except OSError:
        return 0


def _is_old(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime > _YOUNG_SECONDS
    except OSError:
        return False


def _take_away(folder: Path, root: Path) -> None:
    """Remove a kept folder unless someone began to use it just now: who does touches it and looks for it after."""
    trash = root / "files" / "trash" / uuid.uuid4().hex
    trash.parent.mkdir(exist_ok=True)
    try:
        os.rename(folder, trash)
    except OSError:
        return
    if not _is_old(trash):
        with contextlib.suppress(OSError):  # it was stored anew meanwhile
            os.rename(trash, folder)
    remove(trash)


def _remove_unused_lock(path: Path) -> None:
    """Remove the lock of a process that is gone, and the scratch folder that it guarded."""
    from filelock import FileLock, Timeout

    lock = FileLock(path, thread_local=False)
    try:
        lock.acquire(timeout=0)  # pyright: ignore[reportUnknownMemberType]
    except Timeout:
        return
    remove(path.with_suffix(""))
    remove(path)
    lock.release()
