"""`runner="tcp://..."`, or a `distributed.Client`: calls are made by the workers of a Dask cluster.

A large value stays with the worker that made it. What comes here is a receipt: the class, the size, the length; and the
steps that take the value get it from worker to worker. When a worker dies, Dask has the calls made again whose values
it held, or that it was making; `shipments` has those made again that it can't.
"""

from __future__ import annotations

import atexit
import functools
import logging
import threading
import uuid
from typing import TYPE_CHECKING, Any

from daggr_fn.errors import RunnerError, WorkerLost, shorten
from daggr_fn.execution.runners.cluster_side import receipt_of
from daggr_fn.execution.runners.errands import MOST_LOSSES, Errand, lost
from daggr_fn.execution.runners.outcomes import Failure, value_or_raise
from daggr_fn.execution.runners.parcels import Slot
from daggr_fn.execution.runners.pickles import loads
from daggr_fn.execution.runners.shipments import LOST, Kept, Shipment
from daggr_fn.forks import forget_in_child
from daggr_fn.held import Held, Reference, parts_of, replaced, value_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from daggr_fn.runners import Runner

logger = logging.getLogger("daggr_fn")

_CONNECT_SECONDS = 10


class Cluster:
    """Sends errands to a Dask cluster.

    Args:
        name: The scheduler's address.
        client: The user's client; by default one of our own, made at the first call.
    """

    limit = None  # what waits is the cluster's: that is what makes it grow where it can

    def __init__(self, name: str, client: Any = None) -> None:
        self.name = name
        self._given = client
        self._made: Any = None
        self._lock = threading.Lock()
        self._topic = f"daggr_fn-{uuid.uuid4().hex}"
        self._heard: dict[str, Callable[[Any], None]] = {}
        self._subscribed = False

    @property
    def client(self) -> Any:
        """The client, connected.

        Raises:
            RunnerError: Nobody answers at the address.
        """
        with self._lock:
            client = self._given or self._made or self._connected()
            if not self._subscribed:
                client.subscribe_topic(self._topic, self._hear)
                self._subscribed = True
            return client

    def _connected(self) -> Any:
        import distributed

        new_client: Any = distributed.Client  # has few types

        try:
            self._made = new_client(self.name, set_as_default=False, timeout=_CONNECT_SECONDS)
        except (OSError, ValueError) as error:
            instead = "is a `dask scheduler` running there?"
            raise RunnerError(f"no Dask scheduler answers at {self.name}: {shorten(error)}; {instead}") from error
        return self._made

    def _hear(self, event: tuple[Any, Any]) -> None:
        """A call says something; called on the client's own loop, so this only passes it on."""
        call, message = event[1]["call"], event[1]["message"]
        tell = self._heard.get(call)
        if tell is not None:
            tell(loads(message))

    # ---- the way of an errand

    def send(self, errand: Errand) -> Callable[[], None]:
        """See `Backend`."""
        flight = _Flight(self, errand)
        flight.begin()
        return flight.cancel

    def fetch(self, kept: Kept, step: str) -> Any:
        """See `Keeper`."""
        try:
            found = self._brought(kept)
        except Exception as error:  # the cluster's own, of many classes: the worker and its value are gone for good
            raise WorkerLost(f"{self._stays(step)}: {type(error).__name__}: {error}") from error
        if isinstance(found, Failure):
            how = "it was lost with its worker, and making it again failed"
            raise WorkerLost(f"{self._stays(step)}: {how}: {found.words}")
        return found

    def _stays(self, step: str) -> str:
        return f"the value of step {step!r} can't be brought from the runner {self.name!r}"

    def _brought(self, kept: Kept) -> Any:
        losses = 0
        while True:
            future = kept.future(self.client, self._topic)
            try:
                return future.result()
            except Exception:  # as above
                losses += 1
                if future.status not in LOST or losses > MOST_LOSSES:
                    raise

    def listen(self, call: str, tell: Callable[[Any], None]) -> None:
        """Have what a call says passed on."""
        self._heard[call] = tell

    def leave(self, call: str) -> None:
        """A call has ended."""
        self._heard.pop(call, None)

    @property
    def topic(self) -> str:
        """Where the calls of this cluster say things."""
        return self._topic

    def close(self) -> None:
        """Leave the cluster, at the end of the program; a client of the user's stays theirs."""
        if self._made is not None:
            self._made.close()


class _Flight:
    """One errand on a cluster, and its other attempts where workers are lost."""

    def __init__(self, cluster: Cluster, errand: Errand) -> None:
        self._cluster = cluster
        self._errand = errand
        self._lock = threading.Lock()
        self._futures: tuple[Any, ...] = ()
        self._cancelled = False
        self._losses = 0
        self._id = ""
        # Packed once, in the thread of who sends it: what can't be sent is told at once.
        self._takes: list[Kept] = []
        inputs = self._with_slots(errand.inputs)
        self._shipment = Shipment(errand.packed(cluster.name, inputs), inputs, [kept.shipment for kept in self._takes])

    def _with_slots(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """The inputs with slots in place of what lies on this cluster; what lies on another is brought here."""
        numbers: dict[int, int] = {}

        def slot(reference: Reference) -> Any:
            held, path = parts_of(reference)
            if held.keeper is not self._cluster:
                return value_of(reference)
            if id(held) not in numbers:
                numbers[id(held)] = len(self._takes)
                self._takes.append(held.future)
            return Slot(numbers[id(held)], path)

        return replaced(inputs, slot)  # type: ignore[no-any-return]  # a dict, as it was

    def begin(self) -> None:
        """Hand the call over."""
        client, topic = self._cluster.client, self._cluster.topic
        self._id = f"{self._errand.step}-{uuid.uuid4().hex}"
        self._cluster.listen(self._id, self._errand.tell)
        values = [kept.future(client, topic) for kept in self._takes]
        done = self._shipment.send(client, topic, self._id, values)
        receipt = client.submit(receipt_of, done, self._errand.step, key=f"receipt-of-{self._id}", pure=False)
        with self._lock:
            self._futures = (receipt, done)
            cancelled = self._cancelled
        if cancelled:
            self.cancel()
        receipt.add_done_callback(self._ended)

    def cancel(self) -> None:
        """Have the cluster drop the call, and stop it where it is made (`cluster_side`, `stops`)."""
        with self._lock:
            self._cancelled = True
            futures = self._futures
        for future in futures:
            future.cancel()

    def _ended(self, receipt: Any) -> None:
        self._cluster.leave(self._id)
        if receipt.status in LOST and not self._cancelled and self._losses < MOST_LOSSES:
            self._losses += 1  # of what was sent to it, which Dask can't make again
            logger.warning("%s; the call is made again", lost(self._errand.step, self._cluster.name, "its inputs went"))
            self._begin_again()
            return
        self._errand.ended(functools.partial(self._value, receipt))

    def _begin_again(self) -> None:
        try:
            self.begin()
        except Exception as error:  # noqa: BLE001  # no worker is left, or no scheduler: of many classes
            how = f"the call can't be made again: {type(error).__name__}: {error}"
            lost_for_good = WorkerLost(lost(self._errand.step, self._cluster.name, how))
            lost_for_good.__cause__ = error
            self._errand.failed(lost_for_good)

    def _value(self, receipt: Any) -> Any:
        """What the receipt tells of."""
        done = self._futures[1]
        self._futures, self._takes = (), []  # what nobody holds from here on the cluster forgets
        try:
            found = receipt.result()
        except BaseException as error:  # a CancelledError too: the cluster lost the call or its inputs
            raise self._lost(error) from error
        if found.data is not None:
            return value_or_raise(loads(found.data))
        return Held(self._errand.step, self._cluster, Kept(self._shipment, done), found.kind, found.size, found.length)

    def _lost(self, error: BaseException) -> RunnerError:
        name = type(error).__name__
        if self._cancelled:
            return RunnerError(f"{self._errand.step} was cancelled")
        if name in ("KilledWorker", "CancelledError", "FutureCancelledError"):
            return WorkerLost(lost(self._errand.step, self._cluster.name, f"{name}: {error}"))
        message = f"step {self._errand.step!r} could not be called on the runner {self._cluster.name!r}"
        return RunnerError(f"{message}: {name}: {error}; daggr_fn and the program's modules must be installed there")


_clusters: dict[Any, Cluster] = {}
_making = threading.Lock()


def cluster_of(runner: Runner) -> Cluster:
    """The cluster that a runner means; one client for each address in the process."""
    with _making:
        if isinstance(runner.target, str):
            found = _clusters.get(runner.target)
            if found is None:
                found = _clusters[runner.target] = Cluster(runner.name)
            return found
        known: Any = getattr(runner.target, _OURS, None)
        if known is None:
            known = Cluster(runner.name, runner.target)
            setattr(runner.target, _OURS, known)
        return known  # type: ignore[no-any-return]


_OURS = "_daggr_fn_cluster"


@atexit.register
def _leave_all() -> None:
    for cluster in _clusters.values():
        cluster.close()


def _forget_clusters() -> None:
    """A forked child has none of its parent's connections."""
    global _making  # noqa: PLW0603  # one lock for the process
    _making = threading.Lock()
    _clusters.clear()


forget_in_child(_forget_clusters)
