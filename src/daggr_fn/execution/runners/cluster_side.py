"""What is done on the workers of a Dask cluster: a call is made there, and a receipt written of what came of it."""

from __future__ import annotations

import contextlib
import functools
from dataclasses import dataclass
from typing import Any

from daggr_fn.errors import WorkerLost
from daggr_fn.execution.runners.outcomes import Failure, failure_of, unpicklable_result
from daggr_fn.execution.runners.parcels import Message, Parcel, carry_out
from daggr_fn.execution.runners.pickles import CantTravel, dumps, dumps_up_to
from daggr_fn.execution.runners.stops import Stopped, Stops
from daggr_fn.held import sized
from daggr_fn.values import class_of

MOST_INLINE = 64 * 1024
"""How many bytes a value may have, pickled, to be sent to the caller with its receipt."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the caller is told of the value of a call.

    Attributes:
        data: The value, pickled, where it is small, or the failure; else `None`: the value stays where it is.
        kind: The name of its class.
        size: About how many bytes it is.
        length: How many items it has, where it can be mapped over.
    """

    data: bytes | None
    kind: str = ""
    size: int = 0
    length: int | None = None


def make_call(parcel: Parcel, topic: str, call: str, *held: Any) -> Any:
    """Make a call on this worker, and tell the caller what it says; its value, or a `Failure`.

    Args:
        parcel: The call.
        topic: Where its caller listens.
        call: What the cluster calls this call.
        held: The values that its inputs refer to.

    Raises:
        Reschedule: Nobody waits for the call any more, so that Dask drops what came of it; or somebody does again.
    """
    from distributed import Reschedule, get_worker

    worker: Any = get_worker()
    _watch(worker)

    def tell(message: Message) -> bool:
        with contextlib.suppress(CantTravel):  # a partial value that can't travel is not shown
            worker.log_event(topic, {"call": call, "message": dumps(message)})
        return _is_wanted(worker, call)

    lost = next((value for value in held if isinstance(value, Failure)), None)
    if lost is not None:
        message = f"an input of step {parcel.step!r} was lost with its worker, and making it again failed"
        return failure_of(WorkerLost(f"{message}: {lost.words}"))
    guard = functools.partial(_STOPS.carry_out, call, functools.partial(_is_wanted, worker, call))
    try:
        return carry_out(parcel, tell, *held, guard=guard)
    except Stopped:
        raise Reschedule from None


_STOPS = Stops()
_WATCHER = "daggr_fn"


def _is_wanted(worker: Any, call: str) -> bool:
    task = worker.state.tasks.get(call)
    return task is not None and task.state != "cancelled"


def _watch(worker: Any) -> None:
    """Have the calls of a worker stopped that are taken back: it goes on with them otherwise, and drops the value."""
    if _WATCHER in worker.plugins:
        return
    from distributed.diagnostics.plugin import WorkerPlugin

    class Watcher(WorkerPlugin):
        def setup(self, worker: Any) -> None:
            self.worker = worker
            for name in _STOPS.names():  # begun before there was a watcher
                self.look(name)

        def transition(self, key: Any, start: str, finish: str, **_more: Any) -> None:
            if _STOPS.goes_on(key):
                self.look(key)

        def look(self, name: str) -> None:
            task = self.worker.state.tasks.get(name)  # none for the calls of another worker in this process
            if task is not None and task.state == "cancelled":
                _STOPS.stop(name)

    worker.loop.add_callback(worker.plugin_add, Watcher(), name=_WATCHER)


def receipt_of(value: Any, step: str) -> Receipt:
    """The receipt of a call's value; the value itself stays on this worker where it is large."""
    if isinstance(value, Failure):
        return Receipt(dumps(value))
    try:
        data = dumps_up_to(MOST_INLINE, value)
    except CantTravel as error:
        return Receipt(dumps(failure_of(unpicklable_result(step, error))))
    if data is not None:
        return Receipt(data)
    import dask.sizeof

    sizeof: Any = dask.sizeof.sizeof  # has no types
    return Receipt(None, class_of(value).__qualname__, max(MOST_INLINE, int(sizeof(value))), sized(value))
