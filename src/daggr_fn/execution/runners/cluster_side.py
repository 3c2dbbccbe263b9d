"""What is done on the workers of a Dask cluster: a call is made there, and a receipt written of what came of it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any

from daggr_fn.execution.runners.outcomes import Failure, failure_of, unpicklable_result
from daggr_fn.execution.runners.parcels import Message, Parcel, carry_out
from daggr_fn.execution.runners.pickles import CantTravel, dumps, dumps_up_to
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
    """
    from distributed import get_worker

    worker: Any = get_worker()

    def tell(message: Message) -> bool:
        with contextlib.suppress(CantTravel):  # a partial value that can't travel is not shown
            worker.log_event(topic, {"call": call, "message": dumps(message)})
        task = worker.state.tasks.get(call)
        return task is not None and task.state != "cancelled"

    return carry_out(parcel, tell, *held)


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
