"""What stands in for nodes: in a test a fake does the work of a Space, model or function, wherever that is used.

The trace, the plan and the calls of nodes ask here. The stand-ins are the process's, since a test's pipeline may be run
from any thread; a run goes on with those that it was planned with, so that no result is looked up for the one and
stored for the other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from daggr_fn.kinds import NodeKind


class StandIn(Protocol):
    """Does the work of a node in its place."""

    def acting_for(self, kind: NodeKind) -> NodeKind:
        """The kind that is described, bound, checked and called in place of one that does the same work."""
        ...

    def describes(self, kind: NodeKind) -> bool:
        """Whether a step traced now has the stand-in's description, and not the node's own."""
        ...


StandIns = Mapping[Any, StandIn]
"""By the work that they do. Replaced whole and never changed, so that who has one keeps it as it was."""

_standing: StandIns = {}
OF_RUN: ContextVar[StandIns | None] = ContextVar("daggr_fn_stand_ins", default=None)
"""The stand-ins of the run that the code which asks is part of; `None` outside of runs."""


def now() -> StandIns:
    """The stand-ins that a plan made here and now has."""
    of_run = OF_RUN.get()
    return _standing if of_run is None else of_run


def stand_in(kind: NodeKind, among: StandIns | None = None) -> StandIn | None:
    """What stands in for a node, if anything does."""
    found = now() if among is None else among
    if not found:
        return None
    own = found.get(work_of(kind))
    below = _below(kind)
    return own if own is not None or below is None else stand_in(below, found)


def acting(kind: NodeKind) -> NodeKind:
    """The kind to describe, bind and call: what stands in for it, or for the node it is made over, else itself."""
    found = stand_in(kind)
    if found is None:
        return kind
    below = _below(kind)
    if below is None or work_of(kind) in now():
        return found.acting_for(kind)
    over: Callable[[NodeKind], NodeKind] = getattr(kind, "over")  # noqa: B009  # what has a node below it has this too
    return over(acting(below))


def _below(kind: NodeKind) -> NodeKind | None:
    """The node that another is made over: it does the work, in another form."""
    return getattr(kind, "below", None)


def all_standing(some: Collection[StandIn]) -> bool:
    """Whether all of some stand-ins still stand in for their nodes."""
    if not some:
        return True
    return {id(one) for one in some} <= {id(one) for one in now().values()}


@contextmanager
def standing_in(kind: NodeKind, by: StandIn) -> Generator[None, None, None]:
    """While it lasts, a stand-in does the work of a node."""
    global _standing  # noqa: PLW0603  # the process's
    work = work_of(kind)
    before = _standing.get(work)
    _standing = {**_standing, work: by}
    try:
        yield
    finally:
        rest = {key: value for key, value in _standing.items() if key != work}
        _standing = rest if before is None else {**rest, work: before}


def work_of(kind: NodeKind) -> Any:
    """What a node does, whatever its outputs are called: copies of a node with other options do the same work."""
    return getattr(kind, "work", None) or ("kind", id(kind))
