"""A run that somebody watches: each event is handed on as it comes, in the thread that waits."""

from __future__ import annotations

import contextlib
import queue
from typing import TYPE_CHECKING, Any, Protocol

from daggr_fn.events import RunEnded
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


def watched(plan: Plan, watchers: Iterable[Watcher], *, keeps: bool) -> Run[Any]:
    """Run a plan, and tell watchers of its events. At Ctrl-C the run is cancelled, and remote apps are told so.

    Args:
        plan: What to do.
        watchers: Who is told.
        keeps: Whether the values of all steps are kept, and not only what the pipeline returns.

    Raises:
        KeyboardInterrupt: At Ctrl-C.
    """
    said: queue.SimpleQueue[Event] = queue.SimpleQueue()
    execution = Execution(plan, keeps=keeps, listen=said.put)
    with contextlib.ExitStack() as entered:
        listening = [entered.enter_context(watcher) for watcher in watchers]
        try:
            execution.start()
            ended = False
            while not ended:
                event = said.get()
                ended = isinstance(event, RunEnded)
                for watcher in listening:
                    watcher.hear(event)
            execution.done.wait()
        except BaseException:
            execution.cancel()
            execution.host.ended.wait(_SECONDS_FOR_REMOTES if execution.host.started else 0)
            raise
    return run_of(execution)
