"""Uploads: streamed to disk with a limit and a quota, kept by content, and handed over once."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import secrets
import shutil
import tempfile
import threading
import time
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anyio import to_thread

from daggr_fn.errors import DaggrError
from daggr_fn.files import home, keep

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

logger = logging.getLogger("daggr_fn")

DEFAULT_MOST_BYTES = 1 << 30
_QUOTA_UPLOADS = 10  # of the largest size, per user and day
_DAY_SECONDS = 24 * 3600.0
_MOST_TICKETS = 10_000
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


class UploadRefused(DaggrError):
    """A file is not taken.

    Attributes:
        status: The HTTP status that says so.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Uploaded:
    """A file that came in, for whoever sent it."""

    path: Path
    user: str
    sheet: str


def most_bytes() -> int:
    """How large an upload may be: `DAGGR_FN_MAX_UPLOAD` (`200MB`, `2GB`), by default 1 GB."""
    text = os.environ.get("DAGGR_FN_MAX_UPLOAD", "")
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)i?B?\s*", text, re.IGNORECASE)
    if found:
        return int(float(found[1]) * _UNITS[found[2].upper()])
    if text:
        logger.warning("DAGGR_FN_MAX_UPLOAD=%r is no size such as 500MB or 2GB: uploads may have 1 GB", text)
    return DEFAULT_MOST_BYTES


@dataclass
class _Account:
    """What one user has sent within the last day."""

    sent: deque[tuple[float, int]] = field(default_factory=deque[tuple[float, int]])
    coming: int = 0

    def total(self) -> int:
        while self.sent and self.sent[0][0] < time.monotonic() - _DAY_SECONDS:
            self.sent.popleft()
        return self.coming + sum(size for _, size in self.sent)


class Uploads:
    """Takes files in, and hands them over by ids that work once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._accounts: dict[str, _Account] = {}
        self._tickets: OrderedDict[str, Uploaded] = OrderedDict()

    async def take_in(
        self, chunks: AsyncIterator[bytes], name: str, user: str, sheet: str, announced: int = 0
    ) -> dict[str, Any]:
        """Store a file as it comes.

        Args:
            chunks: Its content.
            name: What it is called where it comes from.
            user: Who sends it.
            sheet: The sheet that it is for; empty for a run of the API.
            announced: How many bytes are to come, as far as it was said.

        Returns:
            What the page gets to know: `id`, `name`, `size` in bytes.

        Raises:
            UploadRefused: It is too large, or the user has sent too much, or the disk is full.
        """
        self._admit(user, announced, 0)
        try:
            folder = Path(tempfile.mkdtemp(dir=incoming()))
            try:
                size = await self._receive(chunks, folder / "incoming", user)
                named = folder / plain_name(name)
                os.rename(folder / "incoming", named)
                kept = await to_thread.run_sync(lambda: keep(named, move=True))  # reads it all: its digest
            finally:
                shutil.rmtree(folder, ignore_errors=True)
        except OSError as error:
            logger.warning("an upload could not be stored: %s", error)
            raise UploadRefused(507, f"the server can't store it: {error.strerror}") from error
        return {"id": self._ticket(Uploaded(kept, user, sheet)), "name": kept.name, "size": size}

    async def _receive(self, chunks: AsyncIterator[bytes], target: Path, user: str) -> int:
        with self._lock:
            account = self._accounts.setdefault(user, _Account())
        size = 0
        try:
            with target.open("wb") as file:
                async for chunk in chunks:
                    size += len(chunk)
                    with self._lock:
                        account.coming += len(chunk)
                    self._admit(user, 0, size)
                    file.write(chunk)
        finally:
            with self._lock:
                account.coming -= size
                account.sent.append((time.monotonic(), size))
        return size

    def hand_over(self, number: str, user: str, sheet: str) -> Path:
        """The file of an id, once.

        Raises:
            LookupError: The id is made up, was used, or is another user's or sheet's.
        """
        with self._lock:
            found = self._tickets.get(number)
            if found is None or (found.user, found.sheet) != (user, sheet):
                raise LookupError("there is no such upload: its id is not yours, or was used")
            del self._tickets[number]
        return found.path

    def _ticket(self, uploaded: Uploaded) -> str:
        number = secrets.token_urlsafe(18)
        with self._lock:
            self._tickets[number] = uploaded
            if len(self._tickets) > _MOST_TICKETS:
                self._tickets.popitem(last=False)
        return number

    def _admit(self, user: str, announced: int, size: int) -> None:
        most = most_bytes()
        if max(announced, size) > most:
            raise UploadRefused(413, f"a file may have {most:,} bytes (DAGGR_FN_MAX_UPLOAD), and this one is larger")
        with self._lock:
            account = self._accounts.setdefault(user, _Account())
            if account.total() + announced > most * _QUOTA_UPLOADS:
                raise UploadRefused(429, f"no more than {most * _QUOTA_UPLOADS:,} bytes may be sent in a day")


def plain_name(name: str) -> str:
    """A file's name without folders, odd characters and devices, so that it can be one on any disk."""
    base = name.replace("\\", "/").rpartition("/")[2]
    reduced = re.sub(r"[^\w.()+, -]+", "_", base).strip(" .")
    stem, dot, suffix = reduced.rpartition(".")
    return f"{(stem or suffix)[:80]}{dot}{suffix[:20]}" if stem else (reduced[:80] or "file")


def incoming() -> Path:
    """The folder for what is on its way; what is left in it is swept after a day."""
    folder = home() / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def sweep() -> None:
    """Remove what servers that were killed left half-received, after a day."""
    with contextlib.suppress(OSError):
        for left in incoming().iterdir():
            if left.stat().st_mtime < time.time() - _DAY_SECONDS:
                shutil.rmtree(left, ignore_errors=True)
