"""Notes: what something remote said of itself, kept for when it can't be asked."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import tempfile
from typing import TYPE_CHECKING, Any, TypeVar

from daggr_fn.files.digests import home

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

logger = logging.getLogger("daggr_fn")

T = TypeVar("T")


class Note:
    """A small JSON file under `home()`, which is replaced whole. A damaged one counts as none.

    Args:
        folder: The sort of things that notes are kept of: `spaces`.
        subject: What this one is of.
        schema: The form of its data; a note of another form counts as none.
    """

    def __init__(self, folder: str, subject: str, schema: int) -> None:
        self._folder = folder
        self._subject = subject
        self._schema = schema

    @property
    def _file(self) -> Path:
        return home() / self._folder / f"{hashlib.sha256(self._subject.encode()).hexdigest()[:32]}.json"

    def write(self, data: Mapping[str, Any]) -> None:
        """Keep data; a disk that takes none is told in the log."""
        try:
            _replace(self._file, json.dumps({"schema": self._schema, "subject": self._subject, **data}))
        except OSError as error:
            logger.warning("the description of %s could not be stored: %s", self._subject, error)

    def read(self, take: Callable[[Any], T]) -> T | None:
        """What `take` makes of the data; `None` where there is none that can be read."""
        try:
            data: Any = json.loads(self._file.read_text(encoding="utf-8"))
            if data["schema"] != self._schema or data["subject"] != self._subject:
                return None
            return take(data)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            logger.warning("the stored description of %s is damaged: %s", self._subject, error)
            return None


def _replace(file: Path, text: str) -> None:
    """Write a file so that a reader sees the old one or the new one, and never a part."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=file.parent, suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as opened:
            opened.write(text)
        os.replace(temporary, file)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
