"""The items of a mapped step: a letter for each, counts, and what went wrong with those that failed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from daggr_fn.expressions import Index

LETTERS = {
    "idle": ".",
    "queue": "q",
    "running": "r",
    "wait": "w",
    "done": "d",
    "reused": "u",
    "failed": "f",
    "skipped": "s",
    "cancelled": "c",
}
WORDS = {letter: word for word, letter in LETTERS.items()}
GOING = "qrw"

_MOST_ERRORS = 50
_MOST_TOLD_ONE_BY_ONE = 100


class Items:
    """The items of one mapped step.

    Attributes:
        errors: What went wrong, by the position of the item; of the first ones only.
        seconds: How long the item took, by its position; of few items only.
    """

    __slots__ = ("_counts", "_depth", "_letters", "_moved", "_places", "_whole", "errors", "seconds")

    def __init__(self, depth: int) -> None:
        self.errors: dict[int, dict[str, Any]] = {}
        self.seconds: dict[int, float] = {}
        self._depth = depth
        self._letters: list[str] = []
        self._places: dict[Index, int] = {}
        self._counts: Counter[str] = Counter()
        self._moved: dict[int, None] = {}
        self._whole = True

    def __len__(self) -> int:
        return len(self._letters)

    def expect(self, above: Index, number: int) -> None:
        """So many items are below an index; counted are those of the innermost map."""
        if len(above) + 1 != self._depth:
            return
        for i in range(number):
            self._place((*above, i))
        self._whole = True

    def set(self, index: Index, word: str) -> None:
        """How an item stands now."""
        place, letter = self._place(index), LETTERS[word]
        before = self._letters[place]
        if before != letter:
            self._counts[before] -= 1
            self._counts[letter] += 1
            self._letters[place] = letter
            self._moved[place] = None
        if letter != "f" and self.errors.pop(place, None) is not None:
            self._moved[place] = None

    def fail(self, index: Index, error: dict[str, Any]) -> None:
        """An item failed."""
        self.set(index, "failed")
        place = self._place(index)
        if place in self.errors or len(self.errors) < _MOST_ERRORS:
            self.errors[place] = error
            self._moved[place] = None

    def took(self, index: Index, seconds: float) -> None:
        """How long an item took; kept of as many as a card shows one by one."""
        place = self._place(index)
        if place < _MOST_TOLD_ONE_BY_ONE:
            self.seconds[place] = round(seconds, 2)

    def end(self, going: str) -> None:
        """Nothing goes on any more: what did is what `going` says."""
        for index, place in self._places.items():
            if self._letters[place] in GOING:
                self.set(index, going)

    def count(self, word: str) -> int:
        """How many stand so."""
        return self._counts[LETTERS[word]]

    def indices(self, word: str) -> list[Index]:
        """Which stand so."""
        letter = LETTERS[word]
        return [index for index, place in self._places.items() if self._letters[place] == letter]

    def all_indices(self) -> list[Index]:
        """All items, in order."""
        return list(self._places)

    def index(self, place: int) -> Index:
        """The index of the item at a place. Raises LookupError when there is none."""
        for at, index in enumerate(self._places):
            if at == place:
                return index
        raise LookupError(f"there is no item {place}")

    def error(self, index: Index) -> dict[str, Any] | None:
        """What went wrong with an item, if that is known."""
        return self.errors.get(self._places.get(index, -1))

    def took_seconds(self, index: Index) -> float | None:
        """How long an item took, if that is known."""
        return self.seconds.get(self._places.get(index, -1))

    def word(self, index: Index) -> str:
        """How an item stands."""
        place = self._places.get(index)
        return "idle" if place is None else WORDS[self._letters[place]]

    @property
    def state(self) -> str:
        """How the step as a whole stands."""
        for word in ("wait", "running", "queue"):
            if self.count(word):
                return word
        if self.count("idle"):
            return "running"
        for word in ("failed", "cancelled", "done", "reused", "skipped"):
            if self.count(word):
                return word
        return "done"

    @property
    def changed(self) -> bool:
        """Whether there is something to be sent."""
        return self._whole or bool(self._moved)

    def snapshot(self) -> dict[str, Any]:
        """All that is told: counts, and a letter for each item."""
        told: dict[str, Any] = {**self._counted(), "states": "".join(self._letters)}
        if self._depth > 1:
            told["paths"] = [list(index) for index in self._places]
        if self.errors:
            told["errors"] = {str(place): error for place, error in self.errors.items()}
        if self.seconds:
            told["seconds"] = {str(place): seconds for place, seconds in self.seconds.items()}
        return told

    def patch(self) -> dict[str, Any]:
        """Counts, and the letters of the items that changed (`at`), with their errors and seconds.

        These are put into what was told before. Where many changed it is a snapshot, with `states` in place of `at`.
        An error is gone when its item has another letter than that of a failure.
        """
        moved, whole = list(self._moved), self._whole
        self._moved.clear()
        self._whole = False
        if whole or len(moved) > max(_MOST_TOLD_ONE_BY_ONE, len(self._letters) // 8):
            return self.snapshot()
        told: dict[str, Any] = {**self._counted(), "at": {str(place): self._letters[place] for place in moved}}
        errors = {str(place): self.errors[place] for place in moved if place in self.errors}
        seconds = {str(place): self.seconds[place] for place in moved if place in self.seconds}
        return {**told, **({"errors": errors} if errors else {}), **({"seconds": seconds} if seconds else {})}

    def _place(self, index: Index) -> int:
        place = self._places.get(index)
        if place is None:
            place = self._places[index] = len(self._letters)
            self._letters.append(".")
            self._counts["."] += 1
            self._whole = True
        return place

    def _counted(self) -> dict[str, Any]:
        counts = {WORDS[letter]: number for letter, number in self._counts.items() if number and letter != "."}
        return {"count": len(self._letters), **counts}
