"""Where the functions of a pipeline are carried out: what `runner=` may say. `execution.runners` does it."""

from __future__ import annotations

import importlib.util
import re
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeGuard, Union

from daggr_fn.errors import WiringError, did_you_mean
from daggr_fn.values import class_of

if TYPE_CHECKING:
    from daggr_fn.places import Place

VALID = "'thread', 'process', a concurrent.futures.Executor, 'tcp://host:8786' (Dask), a distributed.Client"
_ADDRESS = re.compile(r"(tcp|tls|ucx|ws|wss|inproc)://.+")


@dataclass(frozen=True, slots=True)
class Runner:
    """Where functions are carried out.

    Attributes:
        sort: What it is.
        name: The name that people see: `process`, `tcp://10.0.0.5:8786`, `ThreadPoolExecutor`.
        target: The executor, the client, or a cluster's address.
    """

    sort: Literal["thread", "process", "executor", "dask"]
    name: str
    target: Any = None

    def __repr__(self) -> str:
        return f"<runner {self.name}>"

    def __reduce__(self) -> Any:
        # An executor or a client can't go anywhere, and what has arrived at a worker need not go on to another one.
        return Runner, ("thread", "thread")


THREAD = Runner("thread", "thread")
PROCESS = Runner("process", "process")

RunnerOption = Union[Runner, str, Executor, Any]  # noqa: UP007  # a `distributed.Client`, which may not be installed


def read_runner(said: RunnerOption, here: Place | None = None) -> Runner:
    """The runner that an option means.

    Args:
        said: The option's value.
        here: The user's line, for the error.

    Raises:
        WiringError: It is no runner, or one whose library is not installed.
    """
    if isinstance(said, Runner):
        return said
    if isinstance(said, str):
        return _named(said, here)
    if isinstance(said, Executor):
        return Runner("executor", type(said).__name__, said)
    if _is_client(said):
        if said.asynchronous:
            what = f"runner={said!r} is an asynchronous client, which only its own event loop can use"
            raise WiringError(what, here=here, instead="distributed.Client(address)")
        return Runner("dask", _address_of(said), said)
    raise WiringError(f"runner={said!r} is no runner", here=here, notes={"valid": VALID})


def _named(name: str, here: Place | None) -> Runner:
    for known in (THREAD, PROCESS):
        if name == known.name:
            return known
    if _ADDRESS.fullmatch(name) is None:
        near = did_you_mean(name, ("thread", "process"))
        raise WiringError(f"there is no runner {name!r}{near}", here=here, notes={"valid": VALID})
    if importlib.util.find_spec("distributed") is None:
        what = f"runner={name!r} is a Dask cluster, and Dask is not installed"
        raise WiringError(what, here=here, instead='pip install "daggr_fn[dask]"')
    return Runner("dask", name, name)


def _is_client(said: Any) -> TypeGuard[Any]:
    """Whether a value is a `distributed.Client`, found out without importing the library."""
    return any(one.__name__ == "Client" and one.__module__.startswith("distributed.") for one in class_of(said).__mro__)


def _address_of(client: Any) -> str:
    scheduler = client.scheduler
    return str(scheduler.address) if scheduler is not None else "Dask"
