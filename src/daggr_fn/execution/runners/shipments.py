"""What is sent to a Dask cluster, and what it takes to send it again when the cluster has lost it.

Dask makes a value again that was lost with its worker, from what its scheduler knows of the call. It can't where a
large argument lay on a worker that is gone: this program has put it there, and has to do so again.
"""

from __future__ import annotations

import dataclasses
import logging
import threading
import time
import uuid
import weakref
from typing import TYPE_CHECKING, Any

from daggr_fn.execution.runners.cluster_side import make_call
from daggr_fn.execution.runners.pickles import dumps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from daggr_fn.execution.runners.parcels import Parcel

logger = logging.getLogger("daggr_fn")

LOST = ("cancelled", "lost")
"""What Dask says of a future whose value it can't make."""
_LARGE_PARCEL = 1 << 20
_SECONDS_UNTIL_NOTICED = (0.1, 0.5, 2.0)


class Shipment:
    """A call for a cluster.

    Holds neither its value nor those of the calls that it takes values of: a cluster forgets what no `Kept` holds.

    Args:
        parcel: The call.
        inputs: The inputs in it, which are packed again when it is sent again: large ones are not kept twice.
        takes: The calls whose values fill the slots of the inputs.
    """

    def __init__(self, parcel: Parcel, inputs: dict[str, Any], takes: Sequence[Shipment]) -> None:
        self._is_large = len(parcel.inputs) > _LARGE_PARCEL
        self._packed: Parcel | None = parcel
        self._empty = dataclasses.replace(parcel, inputs=b"") if self._is_large else parcel
        self._inputs = inputs if self._is_large else {}
        self._takes = takes
        self._lock = threading.Lock()
        self._sent: weakref.ref[Any] | None = None

    def send(self, client: Any, topic: str, key: str, values: Sequence[Any]) -> Any:
        """Hand the call over; the future of its value.

        Args:
            client: Of the cluster.
            topic: Where it says things.
            key: What the cluster calls it.
            values: The futures of the values that it takes.
        """
        parcel: Any = self._packed or dataclasses.replace(self._empty, inputs=dumps(self._inputs))
        if self._is_large:
            self._packed = None
            parcel = _laid_out(client, parcel)
        future = client.submit(make_call, parcel, topic, key, *values, key=key, pure=False, retries=0)
        self._sent = weakref.ref(future)
        return future

    def found(self, client: Any, topic: str) -> Any:
        """The future of the value, made again if the cluster has lost it."""
        with self._lock:
            future = None if self._sent is None else self._sent()
            if future is None or future.status in LOST:
                logger.warning("the value of step %s was lost with its worker; it is made again", self._empty.step)
                values = [one.found(client, topic) for one in self._takes]
                future = self.send(client, topic, f"{self._empty.step}-{uuid.uuid4().hex}", values)
            return future


def _laid_out(client: Any, parcel: Parcel) -> Any:
    """A large parcel on a worker; one that has died may be chosen for it, until the scheduler notices that."""
    for seconds in _SECONDS_UNTIL_NOTICED:
        try:
            return client.scatter(parcel, hash=False)
        except OSError:
            time.sleep(seconds)
    return client.scatter(parcel, hash=False)


class Kept:
    """A value on a cluster, which is held there for as long as this is."""

    __slots__ = ("_future", "shipment")

    def __init__(self, shipment: Shipment, future: Any) -> None:
        self.shipment = shipment
        self._future = future

    def future(self, client: Any, topic: str) -> Any:
        """The future of the value, made again if the cluster has lost it."""
        if self._future.status in LOST:
            self._future = self.shipment.found(client, topic)
        return self._future
