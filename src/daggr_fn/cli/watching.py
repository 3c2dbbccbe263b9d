"""A run that somebody watches: each event is handed on as it comes, in the thread that waits."""

from __future__ import annotations

import contextlib
import queue
from typing import TYPE_CHECKING, Any, Protocol

from daggr_fn.execution.entries import run_of
from daggr_fn.execution.execution import Execution

if TYPE_CHECKING:
    from collections.abc import Iterable

    from daggr_fn.events import Event
    from daggr_fn.plan import Plan
    from daggr_fn.runs import Run

_SECONDS_FOR_REMOTES = 1.0


class Watcher(contextlib.AbstractContextManager["Watcher"], Protocol):
    """Shows people what a run says; it is entered before the run and left after it."""

    def hear(self, event: Event) -> None:
        """Take note of one event."""
        ...


def watched(plan: Plan, watchers: Iterable[Watcher]) -> Run[Any]:
    """Run a plan, and tell watchers of its events. At Ctrl-C the run is cancelled, and remote apps are told so.

    Raises:
        KeyboardInterrupt: At Ctrl-C.
    """
    poked: queue.SimpleQueue[None] = queue.SimpleQueue()
    execution = Execution(plan, listen=lambda: poked.put(None))
    heard = 0
    with contextlib.ExitStack() as entered:
        listening = [entered.enter_context(watcher) for watcher in watchers]
        try:
            execution.start()
            while not (execution.done.is_set() and heard == len(execution.events)):
                poked.get()
                for event in execution.events[heard : len(execution.events)]:
                    heard += 1
                    for watcher in listening:
                        watcher.hear(event)
        except BaseException:
            execution.cancel()
            execution.host.ended.wait(_SECONDS_FOR_REMOTES if execution.host.started else 0)
            raise
    return run_of(execution)
