"""One call that is to be made elsewhere, and what a runner has to do for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from daggr_fn.errors import RunnerError
from daggr_fn.execution.runners.pickles import CantTravel, dumps

if TYPE_CHECKING:
    from daggr_fn.execution.runners.parcels import Message, Parcel
    from daggr_fn.limits import Limit

MOST_LOSSES = 3
"""How many workers a call may lose before that is its step's failure: what it does may be what kills them."""


@dataclass(frozen=True, slots=True)
class Errand:
    """One call of a node, for a runner.

    Attributes:
        step: The step's name with the item's index.
        parcel: Packs the call for another process; the value of each argument can be changed before.
        call: Makes the call in the thread that calls this.
        inputs: What the node is called with.
        tell: Told what the call says while it goes on; must not block.
        ended: Told once what gives the value, or raises what the node raised; must not block.
    """

    step: str
    parcel: Callable[[bytes], Parcel]
    call: Callable[[], Any]
    inputs: dict[str, Any]
    tell: Callable[[Message], None]
    ended: Callable[[Callable[[], Any]], None]

    def failed(self, error: BaseException) -> None:
        """Tell that there will be no value."""

        def give() -> Any:
            raise error

        self.ended(give)

    def packed(self, runner: str, inputs: dict[str, Any] | None = None) -> Parcel:
        """The call for another process.

        Raises:
            RunnerError: A part of it can't be pickled; says which.
        """
        inputs = self.inputs if inputs is None else inputs
        try:
            return self.parcel(dumps(inputs))
        except CantTravel:
            for name, value in inputs.items():
                _refuse_what_stays(self.step, runner, name, value)
            raise


def _refuse_what_stays(step: str, runner: str, name: str, value: Any) -> None:
    try:
        dumps(value)
    except CantTravel as error:
        message = f"step {step!r} can't go to the runner {runner!r}: its input {name!r} is or holds what stays: {error}"
        raise RunnerError(message) from error


class Backend(Protocol):
    """Carries errands out somewhere.

    Attributes:
        name: What people call it.
        limit: The places in it, where who waits for one should not have begun yet; else `None`.
    """

    name: str

    @property
    def limit(self) -> Limit | None: ...

    def send(self, errand: Errand) -> Callable[[], None]:
        """Have an errand carried out; what cancels it.

        Raises:
            RunnerError: It can't be sent; says why.
        """
        ...


def lost(step: str, runner: str, how: str) -> str:
    """What to say of a worker that is gone."""
    return f"the worker of step {step!r} on the runner {runner!r} was lost: {how}"
