"""Threads that do one thing after the other, so that who asks for it need not wait."""

from __future__ import annotations

import logging
import queue
import threading
from typing import TYPE_CHECKING

from daggr_fn.clock import CLOCK

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger("daggr_fn")


class Chores:
    """A daemon thread, made on first use, that calls functions in the order in which they came.

    Args:
        name: What the thread is called.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._queue: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False

    def do(self, chore: Callable[[], None]) -> None:
        """Have a function called; what it raises is logged."""
        with self._lock:
            if self._closed:
                return
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, daemon=True, name=self._name)
                self._thread.start()
        self._queue.put(chore)

    def close(self) -> None:
        """Do what is queued, and no more."""
        with self._lock:
            self._closed = True
            thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            if thread is not threading.current_thread():
                thread.join()

    def _work(self) -> None:
        while (chore := self._queue.get()) is not None:
            try:
                chore()
            except Exception:  # one chore that fails must not end all others
                logger.exception("a sheet could not be brought up to date")
            chore = None  # an idle thread keeps nothing alive


class Soon:
    """A chore that is asked for often and done once for many: after a pause, or when it has waited long enough.

    Args:
        chores: Where it is done.
        chore: What is to be done.
        pause: Seconds without another call before it is done.
    """

    def __init__(self, chores: Chores, chore: Callable[[], None], pause: float = 0.0) -> None:
        self._chores = chores
        self._chore = chore
        self._pause = pause
        self._lock = threading.Lock()
        self._asked = False

    def ask(self) -> None:
        """Have it done soon, once."""
        with self._lock:
            if self._asked:
                return
            self._asked = True
        if self._pause:
            CLOCK.after(self._pause, self._queue)
        else:
            self._queue()

    def _queue(self) -> None:
        self._chores.do(self._do)

    def _do(self) -> None:
        with self._lock:
            self._asked = False
        self._chore()
