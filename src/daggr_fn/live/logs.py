"""What the code of a step logs and prints while it is called, by step: the last run that calls it counts."""

from __future__ import annotations

import logging
import threading
from collections import deque
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from daggr_fn.kinds import CURRENT_CALL

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST_LINES = 500
_LONGEST_LINE = 2000

HEARD_BY: ContextVar[Logs | None] = ContextVar("daggr_fn_heard_by", default=None)
"""Who hears what is logged within the calls of a run."""


class Logs:
    """The last lines that each step of a sheet logged in the last run that called it.

    Args:
        heard: Told of the step whenever there is another line; from any thread.
    """

    def __init__(self, heard: Callable[[str], None]) -> None:
        self._heard = heard
        self._lines: dict[str, deque[dict[str, Any]]] = {}
        self._counts: dict[str, int] = {}
        self._begun: dict[tuple[str, tuple[int, ...]], str] = {}  # printed, and the line has not ended yet
        self._lock = threading.Lock()
        _Handler.install()

    def begin(self, step: str) -> None:
        """A step runs anew: what it logged before is forgotten."""
        with self._lock:
            self._counts.pop(step, None)
            self._lines.pop(step, None)
            for place in [place for place in self._begun if place[0] == step]:
                del self._begun[place]

    def add(self, step: str, index: tuple[int, ...], level: str, text: str, at: float) -> None:
        """A line was logged."""
        line: dict[str, Any] = {"at": at, "level": level, "text": text[:_LONGEST_LINE]}
        if index:
            line["index"] = list(index)
        with self._lock:
            self._lines.setdefault(step, deque(maxlen=_MOST_LINES)).append(line)
            self._counts[step] = self._counts.get(step, 0) + 1
        self._heard(step)

    def add_printed(self, step: str, index: tuple[int, ...], text: str, at: float) -> None:
        """Something was printed: lines, or a part of one."""
        with self._lock:
            *lines, begun = (self._begun.pop((step, index), "") + text).split("\n")
            if begun:
                self._begun[step, index] = begun.rpartition("\r")[2][:_LONGEST_LINE]
        for line in lines:
            self.add(step, index, "print", line.rstrip("\r").rpartition("\r")[2], at)

    def count(self, step: str) -> int:
        """How many lines a step has logged, with those that were dropped since."""
        return self._counts.get(step, 0)

    def lines(self, step: str) -> list[dict[str, Any]]:
        """The last lines of a step: `at`, `level`, `text`, and for an item its `index`."""
        with self._lock:
            return list(self._lines.get(step, ()))


class _Handler(logging.Handler):
    """Hears every record of the process, and hands on those that are logged within a call on a sheet."""

    _installed: _Handler | None = None

    @classmethod
    def install(cls) -> None:
        if cls._installed is None:
            cls._installed = cls()
        if cls._installed not in logging.getLogger().handlers:  # `logging.config` may have taken it off
            logging.getLogger().addHandler(cls._installed)

    def emit(self, record: logging.LogRecord) -> None:
        logs, call = HEARD_BY.get(), CURRENT_CALL.get()
        if logs is None or call is None:
            return
        try:
            text = self.format(record)
        except Exception:  # noqa: BLE001  # whatever the user's arguments do when they are formatted
            text = str(record.msg)
        logs.add(call.step, call.index, record.levelname.lower(), text, record.created)
