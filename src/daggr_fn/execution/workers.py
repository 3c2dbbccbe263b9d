"""The process's workers: daemon threads that share one queue of work.

anyio's own worker threads can't be left behind at Ctrl-C, and a hand-over to them costs twenty times what it costs to
go on in the same thread; so a worker that ends a task does what came out of it itself. Threads are made on demand, up
to `DAGGR_FN_WORKERS` (32); a thread that waits for a pipeline which its node called lends its place to another.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Hashable, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from daggr_fn.execution.lanes import Lanes
from daggr_fn.forks import forget_in_child

if TYPE_CHECKING:
    from collections.abc import Generator

logger = logging.getLogger("daggr_fn")

Work = Callable[[], "Work | None"]
"""A piece of work; it returns what the same thread should go on with, if anything."""

FAIR_SECONDS = 0.005
"""How long a thread follows one chain while others wait: a short run is not starved by long ones."""

IDLE_SECONDS = 5.0


def allowed_workers() -> int:
    """How many threads may work at once: `DAGGR_FN_WORKERS`, by default 32."""
    text = os.environ.get("DAGGR_FN_WORKERS", "32")
    if not text.isdecimal() or int(text) < 1:
        raise ValueError(f"DAGGR_FN_WORKERS is a whole number of at least 1, not {text!r}")
    return int(text)


class Workers:
    """A queue, and the threads that empty it."""

    def __init__(self) -> None:
        self._changed = threading.Condition(threading.Lock())
        self._queue: Lanes[Work] = Lanes()
        self._threads = 0
        self._idle = 0
        self._lent = 0
        self._allowed = 0
        self._summoned = False

    def put(self, owner: Hashable, work: Sequence[Work]) -> None:
        """Have work done: by turns with other owners', and before what else this owner has waiting."""
        with self._changed:
            self._queue.put(owner, work)
            self._summon()

    @contextmanager
    def lent(self) -> Generator[None, None, None]:
        """While a worker waits for others, one more thread may work."""
        self.lend()
        try:
            yield
        finally:
            self.reclaim()

    def lend(self) -> None:
        """One more thread may work, in place of one that waits or was left behind."""
        with self._changed:
            self._lent += 1
            self._summon()

    def reclaim(self) -> None:
        """The thread whose place was lent goes on, or is free again."""
        with self._changed:
            self._lent -= 1

    def _summon(self) -> None:
        """Call one more thread to the queue, unless one is on its way; it calls the next one when it takes work.

        Were all called at once, short work would be done in the time that they take to come, and wait for them.
        """
        if self._summoned or not self._queue:
            return
        if self._idle:
            self._summoned = True
            self._changed.notify()
        elif self._threads < self._limit + self._lent:
            threading.Thread(target=self._work, daemon=True, name="daggr_fn worker").start()
            self._summoned = True
            self._threads += 1

    @property
    def _limit(self) -> int:
        if not self._threads:
            self._allowed = allowed_workers()
        return self._allowed

    def _next(self) -> tuple[Hashable, Work] | None:
        with self._changed:
            if self._threads > self._allowed + self._lent:
                self._threads -= 1
                self._summoned = False  # it may be the one who was called: another is, where there is work
                self._summon()
                return None
            while not self._queue:
                self._summoned = False
                self._idle += 1
                woken = self._changed.wait(IDLE_SECONDS)
                self._idle -= 1
                if not woken and not self._queue:
                    self._threads -= 1
                    return None
            taken = self._queue.take()
            self._summoned = False
            self._summon()
            return taken

    def _work(self) -> None:
        while self._follow_next():
            pass

    def _follow_next(self) -> bool:
        """Do the next work and what it returns, for as long as no other owner is kept waiting; false to end.

        Nothing here keeps work that is done: not an idle thread, nor one that follows a long chain.
        """
        taken = self._next()
        if taken is None:
            return False
        owner, work = taken
        del taken
        following: Work | None = work
        del work
        began = time.perf_counter()
        while following is not None:
            try:
                following = following()
            except BaseException:
                # Nothing that a node does gets here: its errors belong to its run. A bug of ours must not end the
                # thread.
                logger.exception("a worker failed outside of any node")
                break
            if following is not None and self._queue.has_others(owner) and time.perf_counter() - began > FAIR_SECONDS:
                self.put(owner, [following])
                break
        return True


WORKERS = Workers()


def _forget_threads() -> None:
    """A forked child has none of its parent's threads."""
    WORKERS.__init__()  # type: ignore[misc]


forget_in_child(_forget_threads)
