"""Undo and redo of what a person changed on a sheet."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

UNSET: Any = object()
"""Stands for a value that was not set."""

_MOST = 200


class Change(NamedTuple):
    """One change.

    Attributes:
        what: `"inputs"` or `"positions"`.
        before: The values before, by name; `UNSET` where there was none.
        after: The values after.
    """

    what: str
    before: dict[str, Any]
    after: dict[str, Any]


class Undoing:
    """The changes that can be taken back, and those that were.

    Args:
        apply: Sets values: what, and by name the values.
    """

    def __init__(self, apply: Callable[[str, dict[str, Any]], object]) -> None:
        self._apply = apply
        self._done: deque[Change] = deque(maxlen=_MOST)
        self._undone: list[Change] = []

    def note(self, change: Change) -> None:
        """A change was made; typing in one field is one change."""
        self._undone.clear()
        last = self._done[-1] if self._done else None
        if last is not None and last.what == change.what == "inputs" and last.after.keys() == change.after.keys():
            change = Change(change.what, last.before, change.after)
            self._done.pop()
        self._done.append(change)

    def note_restored(self, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
        """Inputs are what they were at some time; the sheet has set them already."""
        changed = [name for name in {**before, **now} if before.get(name, UNSET) is not now.get(name, UNSET)]
        if changed:
            was = {name: before.get(name, UNSET) for name in changed}
            self.seal()
            self.note(Change("inputs", was, {name: now.get(name, UNSET) for name in changed}))
            self.seal()

    def seal(self) -> None:
        """What comes is a change of its own, though it may be of the same input."""
        if self._done:
            self._done.append(Change("", {}, {}))

    def undo(self) -> bool:
        """Take the last change back; false when there is none."""
        while self._done and not self._done[-1].what:
            self._done.pop()
        if not self._done:
            return False
        change = self._done.pop()
        self._undone.append(change)
        self._apply(change.what, change.before)
        return True

    def redo(self) -> bool:
        """Make the last change again that was taken back; false when there is none."""
        if not self._undone:
            return False
        change = self._undone.pop()
        self._done.append(change)
        self._apply(change.what, change.after)
        return True
