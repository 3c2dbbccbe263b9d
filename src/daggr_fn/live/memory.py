"""The memory of a sheet: every result that was made on it, then what the process remembers of Spaces and models.

What can't be stored is held for as long as the server lives, and reused as long.
"""

from __future__ import annotations

import contextlib
import threading
import uuid
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from daggr_fn.errors import NotReusable
from daggr_fn.remembered import Entry
from daggr_fn.store import SheetNotFound, StoredResult

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import timedelta

    from daggr_fn.expressions import Index
    from daggr_fn.kinds import Identity, Options
    from daggr_fn.remembered import About, Remembered
    from daggr_fn.store import Store, Version

_MOST_KNOWN = 50_000
_MOST_HELD = 1_000


@dataclass(frozen=True, slots=True)
class Held(Entry):
    """A result that could not be stored.

    Attributes:
        number: The version of the step that it belongs to.
        note: Why it is not stored.
    """

    number: int = 0
    note: str = ""


Known = StoredResult | Held


class Results:
    """The results of one sheet by key, and by step and index those that can't be stored. Any thread may ask.

    Args:
        store: Where they are.
        sheet: The sheet's id.
        general: What the process remembers; it also makes digests and keys.
    """

    def __init__(self, store: Store, sheet: str, general: Remembered) -> None:
        self.store = store
        self.sheet = sheet
        self.general = general
        self._lock = threading.Lock()
        self._there = {hash(key) for key in store.keys(sheet)}  # most of what a run looks for is not there
        self._known: OrderedDict[str, Known | None] = OrderedDict()
        self._held: OrderedDict[tuple[str, Index], tuple[Held, Any]] = OrderedDict()
        self._shown: dict[str, dict[Index, Known]] = {}
        self._chosen: set[str] = set()
        self._numbers: dict[str, list[int]] = {}
        self._kept: dict[tuple[str, str, Index], Known] = {}
        self._made_of: dict[tuple[str, Index], tuple[float, Mapping[str, str]]] = {}

    # ---- what the cards show

    def show(self, step: str, index: Index, known: Known) -> None:
        """The card of a step shows this result from now on."""
        with self._lock:
            self._chosen.discard(step)
            self._shown.setdefault(step, {})[index] = known
            number, newest = self._numbers.get(step, [0, 0])
            shown = max(number, known.number) if index else known.number  # items of several runs: the last of these
            self._numbers[step] = [shown, max(newest, known.number)]

    def show_kept(self, run: str, step: str, index: Index) -> None:
        """The card of a step shows what the run has just kept."""
        known = self._kept.pop((run, step, index), None)
        if known is not None:
            self.show(step, index, known)

    def show_again(self, step: str, version: Version, newest: int) -> None:
        """The card of a step shows what a version has, and nothing else; its newest version has this number."""
        self.know(version.results.values())
        with self._lock:
            self._shown[step] = {
                one.index: self._held_for(one) or one for one in version.results.values() if one.status == "done"
            }
            self._numbers[step] = [version.number, max(version.number, newest)]
            (self._chosen.add if version.selected else self._chosen.discard)(step)

    def _held_for(self, result: StoredResult) -> Held | None:
        """What a result of the store is while its value is held here."""
        held, _ = self._held.get((result.step, result.index), (None, None))
        return held if held is not None and result.note and held.number == result.number else None

    def is_chosen(self, step: str) -> bool:
        """Whether the card of a step shows a version that people went back to."""
        return step in self._chosen

    def leave_chosen(self, step: str) -> None:
        """The version that people went back to gives way to another one, here and in the store."""
        with self._lock:
            if step not in self._chosen:
                return
            self._chosen.discard(step)
        with contextlib.suppress(SheetNotFound):  # it was deleted: nobody will ask what it showed
            self.store.select(self.sheet, step, None)

    def begin_items(self, step: str) -> None:
        """The items of a step come anew."""
        with self._lock:
            self._chosen.discard(step)
            self._shown[step] = {}
            self._numbers[step] = [0, self._numbers.get(step, [0, 0])[1]]

    def show_items(self, step: str, items: Mapping[Index, Known]) -> None:
        """The card of a mapped step shows these items from now on, and no others."""
        with self._lock:
            number, newest = self._numbers.get(step, [0, 0])
            shown = max((known.number for known in items.values()), default=number)
            self._shown[step] = dict(items)
            self._numbers[step] = [shown, max(shown, newest)]

    def hide(self, step: str, index: Index, number: int) -> None:
        """A version of a step has no value: it failed."""
        with self._lock:
            self._chosen.discard(step)
            self._shown.get(step, {}).pop(index, None)
            self._numbers[step] = [number, max(number, self._numbers.get(step, [0, 0])[1])]

    def shown(self, step: str, index: Index = ()) -> Known | None:
        """What the card of a step shows."""
        return self._shown.get(step, {}).get(index)

    def shown_items(self, step: str) -> Mapping[Index, Known]:
        """What the card of a mapped step shows, by the indices of the items."""
        with self._lock:
            return dict(self._shown.get(step, {}))

    def items_of(self, step: str, above: Index = ()) -> list[int]:
        """The numbers of the items below an index of which there is a result to show."""
        depth = len(above)
        with self._lock:
            places = list(self._shown.get(step, ()))
        return sorted({index[depth] for index in places if len(index) > depth and index[:depth] == above})

    def seconds(self, step: str) -> list[float]:
        """How long what the card of a step shows took to make."""
        with self._lock:
            return [known.seconds for known in self._shown.get(step, {}).values()]

    def newest(self, step: str) -> float:
        """When the newest was made of what the card of a step shows, in seconds since the epoch; 0 if it shows none."""
        with self._lock:
            return max((known.created for known in self._shown.get(step, {}).values()), default=0.0)

    def numbers(self, step: str) -> list[int] | None:
        """The number of the version that a step shows, and of its newest."""
        with self._lock:
            found = self._numbers.get(step)
            return list(found) if found is not None else None

    def note_newest(self, step: str, number: int) -> None:
        """There is a version of a step."""
        with self._lock:
            shown, newest = self._numbers.get(step, [number, 0])
            self._numbers[step] = [shown, max(newest, number)]

    def note(self, step: str, index: Index) -> str:
        """Why what a card shows is not kept, if it isn't."""
        known = self.shown(step, index)
        return known.note if known is not None else ""

    def made_of(self, step: str, index: Index) -> list[tuple[float, Mapping[str, str]]]:
        """When the last result of a step was made in this process, and from which key parts."""
        found = self._made_of.get((step, index)) or self._made_of.get((step, ()))
        return [found] if found is not None else []

    # ---- what is remembered

    def know(self, results: Iterable[StoredResult]) -> None:
        """Results that were read already: they need not be looked for."""
        for result in results:
            if result.key and result.status == "done" and not result.note:
                self._note(result.key, result)

    def forget(self) -> None:
        """Which version counts may have changed: ask the store again."""
        with self._lock:
            held = {entry.key: entry for entry, _ in self._held.values() if entry.key}
            self._known.clear()
            self._known.update(held)
        self.learn_keys()

    def learn_keys(self) -> None:
        """Others may have made results: there are more keys to be looked for."""
        there = {hash(key) for key in self.store.keys(self.sheet)}
        with self._lock:
            self._there |= there

    def look(self, key: str, max_age: timedelta | None = None) -> Known | None:
        """The result under a key: of the selected version, else the newest."""
        if not key:
            return None
        with self._lock:
            if key in self._known and max_age is None:
                self._known.move_to_end(key)
                return self._known[key]
            if hash(key) not in self._there:
                return None
        found = self.store.look(self.sheet, key, max_age)
        if max_age is None:
            self._note(key, found)
        return found

    def load(self, entry: Entry, returns: Any = None) -> Any:
        """The value of an entry.

        Raises:
            LookupError: It isn't kept, or can't be read any more; the words are for people.
        """
        if isinstance(entry, Held):
            with self._lock:
                for held, value in self._held.values():
                    if held is entry:
                        return value
            raise LookupError(entry.note or "this value was held by a server that has been stopped since")
        if isinstance(entry, StoredResult):
            return self.store.load(entry, returns)
        return self.general.load(entry, returns)

    @property
    def are_kept(self) -> bool:
        """Whether the store has them all."""
        with self._lock:
            return not self._held

    def held(self, step: str, index: Index) -> Held | None:
        """The newest result of a step or item, if it couldn't be stored."""
        with self._lock:
            found = self._held.get((step, index))
        return found[0] if found is not None else None

    def keep(  # what the store asks for
        self, run: str, key: str, value: Any, about: About, returns: Any = None, *, reason: str = ""
    ) -> Known:
        """Keep a result of a run: in the store, else in the process, and then its `note` says why."""
        digest, parts, note = "", dict[str, str](), ""
        try:
            digest, parts = self.general.digest(value), self._parts(value, about)
        except (NotReusable, OSError) as error:
            note = str(error)
        stored = self.store.add_result(
            self.sheet, run, about.step, index=about.index, key=key if digest else "", digest=digest, parts=parts,
            value=value, returns=returns, seconds=about.seconds, reason=reason,
        )  # fmt: skip
        if len(about.index) == 0 or about.index[-1] == 0:  # of items the first one tells enough
            self._made_of[about.step, about.index] = stored.created, about.key_parts
        if stored.note:
            # The digest of what nobody else can have is its own: what follows is reused while this server lives.
            digest = digest or f"held {uuid.uuid4().hex}"
            held = Held(key, digest, parts, about.seconds, stored.created, stored.number, stored.note or note)
            self._kept[run, about.step, about.index] = held
            return self._hold(held, about, value)
        with self._lock:
            self._let_go(about.step, about.index)
        if stored.key:
            self._note(key, stored)
        self._kept[run, about.step, about.index] = stored
        return stored

    def _hold(self, held: Held, about: About, value: Any) -> Held:
        with self._lock:
            self._let_go(about.step, about.index)
            self._held[about.step, about.index] = held, value
            while len(self._held) > _MOST_HELD:
                self._let_go(*next(iter(self._held)))
        if held.key:
            self._note(held.key, held)
        return held

    def _let_go(self, step: str, index: Index) -> None:
        """A value is not held any more: nothing can be made of it, so nobody is to find it."""
        held, _ = self._held.pop((step, index), (None, None))
        if held is not None and self._known.get(held.key) is held:
            del self._known[held.key]

    def _note(self, key: str, found: Known | None) -> None:
        with self._lock:
            self._known[key] = found
            if found is not None:
                self._there.add(hash(key))
            self._known.move_to_end(key)
            while len(self._known) > _MOST_KNOWN:
                self._known.popitem(last=False)

    def _parts(self, value: Any, about: About) -> dict[str, str]:
        if about.record == "attribute":
            return {port: self.general.digest(getattr(value, port)) for port in about.ports}
        if about.record == "key":
            return {port: self.general.digest(value[port]) for port in about.ports}
        return {}


class SheetMemory:
    """What a plan or a run on a sheet remembers; it fulfils `Remembered`.

    Args:
        results: The results of the sheet.
        run: The run that results are made by; empty where nothing runs.
    """

    def __init__(self, results: Results, run: str = "") -> None:
        self.run = run
        self._results = results
        self._general = results.general

    def digest(self, value: Any) -> str:
        """See `Remembered.digest`."""
        return self._general.digest(value)

    def code(self, identity: Identity, options: Options, name: str) -> tuple[str, str]:
        """See `Remembered.code`."""
        return self._general.code(identity, options, name)

    def key(self, parts: Mapping[str, str]) -> str:
        """See `Remembered.key`."""
        return self._general.key(parts)

    def look(self, key: str, max_age: timedelta | None = None) -> Entry | None:
        """See `Remembered.look`: on the sheet, then in the memory of the process."""
        return self._results.look(key, max_age) or self._general.look(key, max_age)

    def load(self, entry: Entry, returns: Any = None) -> Any:
        """See `Remembered.load`."""
        return self._results.load(entry, returns)

    def save(self, key: str, value: Any, about: About, returns: Any = None) -> Entry:
        """See `Remembered.save`: kept on the sheet, and for others where it is of use to them."""
        if about.shared:
            with contextlib.suppress(NotReusable):  # the sheet shows it all the same, and says why
                self._general.save(key, value, about, returns)
        return self._results.keep(self.run, key, value, about, returns)

    def history(self, pipeline: str, step: str, index: tuple[int, ...]) -> list[tuple[float, Mapping[str, str]]]:
        """See `Remembered.history`."""
        return self._results.made_of(step, index) or self._general.history(pipeline, step, index)
