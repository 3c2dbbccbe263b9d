"""A call of a node on its way to another process, and how it is made there."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import functools
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import anyio

from daggr_fn.execution.results import CallFolder
from daggr_fn.execution.runners.outcomes import failure_of
from daggr_fn.execution.runners.pickles import loads
from daggr_fn.execution.runners.stops import Stopped
from daggr_fn.expressions import copied
from daggr_fn.held import Path, part_of, replaced
from daggr_fn.kinds import CURRENT_CALL, Call

if TYPE_CHECKING:
    from daggr_fn.kinds import NodeKind

Message = tuple[str, Any, Any]
"""`("began", None, None)`, `("progress", fraction, text)` or `("partial", value, None)`."""
Tell = Callable[[Message], Any]
"""Told what a call says; it returns false when nobody waits for the call any more."""
Guard = Callable[[Call, bool, Callable[[], Any]], Any]
"""Has a call made: the call, whether an event loop runs in it, and what makes it."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One call of a node, for another process.

    Attributes:
        code: The node with what is done before and after its call, pickled; the same bytes for all calls of a step.
        inputs: The inputs, pickled, with a `Slot` for each value that lies there already.
        step: The step's name.
        home: Where files are kept; the folder has to be the same there.
        sender: The process that sends it.
    """

    code: bytes
    inputs: bytes
    step: str
    index: tuple[int, ...]
    attempt: int
    home: str
    sender: int

    def __repr__(self) -> str:  # no inputs: a cluster's logs show it, and they may be secret
        return f"<a call of {self.step}>"


@dataclass(frozen=True, slots=True)
class Slot:
    """Stands in the inputs for a part of a value that lies on the cluster."""

    number: int
    path: Path


@dataclass(frozen=True, slots=True)
class Code:
    """What a step does, without its inputs."""

    kind: NodeKind
    preprocess: Callable[[dict[str, Any]], dict[str, Any]] | None
    postprocess: Callable[..., Any] | None


def _unguarded(_call: Call, _is_async: bool, make: Callable[[], Any]) -> Any:
    return make()


def carry_out(parcel: Parcel, tell: Tell, *held: Any, guard: Guard = _unguarded) -> Any:
    """Make the call, in this process; its value, or a `Failure`.

    Args:
        parcel: The call.
        tell: Told what the node says while it runs.
        held: The values that the slots stand for.
        guard: What the node is called by.

    Raises:
        Stopped: The guard's: nobody waits for the call any more.
    """
    folder = CallFolder()
    try:
        if parcel.sender != os.getpid():
            os.environ["DAGGR_FN_HOME"] = parcel.home  # where the caller's files are, and what is remembered
        code = _unpacked(parcel.code)
        inputs = copied(replaced(loads(parcel.inputs), lambda slot: part_of(held[slot.number], slot.path), Slot))
        call = Call(parcel.step, parcel.index, attempt=parcel.attempt, postprocess=code.postprocess)
        call.scratch = folder
        call.on_progress = lambda call, fraction, text: _say(call, tell, ("progress", fraction, text))
        call.on_partial = lambda call, value: _say(call, tell, ("partial", value, None))
        tell(("began", None, None))
        make = functools.partial(_called, code, inputs, call)
        return folder.kept(contextvars.Context().run(guard, call, code.kind.is_async, make))
    except Stopped:
        raise
    except BaseException as error:  # noqa: BLE001  # whatever a node raises, SystemExit too, belongs to its step
        return failure_of(error)
    finally:
        folder.remove()


def _say(call: Call, tell: Tell, message: Message) -> None:
    if tell(message) is False:
        call.cancelled = True


def _called(code: Code, inputs: dict[str, Any], call: Call) -> Any:
    CURRENT_CALL.set(call)
    ready = inputs if code.preprocess is None else code.preprocess(inputs)
    if not code.kind.is_async:
        return code.kind.call(ready, call)
    return anyio.run(functools.partial(_awaited, code.kind, ready, call))


async def _awaited(kind: NodeKind, inputs: dict[str, Any], call: Call) -> Any:
    loop = asyncio.get_running_loop()
    with anyio.CancelScope() as scope:

        def stop() -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended since
                loop.call_soon_threadsafe(scope.cancel)

        call.waits_for.append(stop)
        return await kind.call(inputs, call)
    raise Stopped


_unpacking = threading.Lock()
_known: dict[bytes, Code] = {}
_MOST_KNOWN = 256


def _unpacked(data: bytes) -> Code:
    """The code of a step, the same for all its calls, so that what its function keeps in globals lasts."""
    with _unpacking:
        found = _known.get(data)
        if found is None:
            if len(_known) >= _MOST_KNOWN:
                _known.clear()
            found = _known[data] = loads(data)
        return found
