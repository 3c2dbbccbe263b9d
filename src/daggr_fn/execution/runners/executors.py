"""`runner=executor`: calls are made by a `concurrent.futures.Executor` of the user's."""

from __future__ import annotations

import concurrent.futures
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, Any

from daggr_fn.errors import RunnerError, WorkerLost
from daggr_fn.execution.runners.outcomes import packed, value_or_raise
from daggr_fn.execution.runners.parcels import Message, Parcel, carry_out
from daggr_fn.execution.runners.pickles import loads

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from daggr_fn.execution.runners.errands import Errand


class ExecutorBackend:
    """Sends errands to an executor. Its threads call the node as the run's own would; others get bytes.

    What a call in another process says while it goes on is not heard, since executors have no way for it.
    """

    limit = None

    def __init__(self, name: str, executor: Executor) -> None:
        self.name = name
        self._executor = executor
        self._in_threads = isinstance(executor, ThreadPoolExecutor) and not _interpreters(executor)

    def send(self, errand: Errand) -> Callable[[], Any]:
        """See `Backend`."""
        try:
            if self._in_threads:
                future: Future[Any] = self._executor.submit(_call_here, errand)
            else:
                future = self._executor.submit(made_elsewhere, errand.packed(self.name))
        except (RuntimeError, BrokenProcessPool) as error:  # it was shut down, or broke before
            raise RunnerError(f"the runner {self.name!r} takes no more calls: {error}") from error
        future.add_done_callback(lambda done: errand.ended(lambda: self._value(errand, done)))
        return future.cancel

    def _value(self, errand: Errand, future: Future[Any]) -> Any:
        try:
            found = future.result()
        except CancelledError as error:
            raise RunnerError(f"{errand.step} was cancelled on the runner {self.name!r}") from error
        except concurrent.futures.BrokenExecutor as error:
            message = f"the runner {self.name!r} broke while step {errand.step!r} was in it: {error}"
            raise WorkerLost(f"{message}; runner='process' would call it again in a new process") from error
        return found if self._in_threads else value_or_raise(loads(found))


def _interpreters(executor: Executor) -> bool:
    """Whether an executor's threads are interpreters of their own, which share no objects (Python 3.14)."""
    kind = getattr(concurrent.futures, "InterpreterPoolExecutor", None)
    return kind is not None and isinstance(executor, kind)


def _call_here(errand: Errand) -> Any:
    errand.tell(("began", None, None))
    return errand.call()


def made_elsewhere(parcel: Parcel) -> bytes:
    """Make a call in the process of an executor; its outcome, as bytes."""
    return packed(carry_out(parcel, _unheard), parcel.step)


def _unheard(_message: Message) -> None:
    """Nobody hears what the call says."""
