"""The queue of work: a lane for each run, of which each is served in turn.

So a short run does not wait behind a long one. Within a run, what came out of a step goes before what was ready
already: an item of a map is carried to its end before the next one begins, and few of them are held in memory.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

T = TypeVar("T")


class Lanes(Generic[T]):
    """A queue of work of several owners. Not safe for threads by itself."""

    def __init__(self) -> None:
        self._lanes: OrderedDict[Hashable, deque[T]] = OrderedDict()

    def put(self, owner: Hashable, work: Sequence[T]) -> None:
        """Add work, in order, before what its owner has in the queue."""
        if not work:
            return
        lane = self._lanes.get(owner)
        if lane is None:
            self._lanes[owner] = deque(work)
        else:
            lane.extendleft(reversed(work))

    def take(self) -> tuple[Hashable, T]:
        """The next piece of work, and its owner, whose next turn comes after that of all others.

        Raises:
            StopIteration: There is none.
        """
        owner = next(iter(self._lanes))
        lane = self._lanes[owner]
        work = lane.popleft()
        if not lane:
            del self._lanes[owner]
        elif len(self._lanes) > 1:
            self._lanes.move_to_end(owner)
        return owner, work

    def has_others(self, owner: Hashable) -> bool:
        """Whether work of another owner waits."""
        return len(self._lanes) > (owner in self._lanes)

    def __bool__(self) -> bool:
        return bool(self._lanes)
