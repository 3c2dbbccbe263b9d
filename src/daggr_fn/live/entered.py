"""The values of a sheet's inputs: kept in the store, but for secrets, which only this process ever has."""

from __future__ import annotations

import logging
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from daggr_fn.errors import InvalidInputError, NotReusable, did_you_mean, listed, shorten
from daggr_fn.feeding import NotTaken, known_inputs
from daggr_fn.foreign_paths import Gate
from daggr_fn.kinds import MISSING
from daggr_fn.live.undoing import UNSET
from daggr_fn.values import is_mapping, is_named_tuple, is_sequence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daggr_fn.expressions import InputPort
    from daggr_fn.graph import Graph
    from daggr_fn.store import Store

logger = logging.getLogger("daggr_fn")

_LONGEST_TEXT = 100_000
_MOST_PARTS = 2_000


class Entered:
    """What people entered into the inputs of a sheet.

    Attributes:
        values: The values that were set, by name, secrets too.
        notes: What is to be said of an input: why its value is refused, can't be kept or can't be read any more.

    Args:
        store: Where they are kept.
        sheet: The sheet's id.
        graph: The pipeline's graph.
        user: Whose sheet it is.
    """

    def __init__(self, store: Store, sheet: str, graph: Graph, user: str = "") -> None:
        self._store = store
        self._sheet = sheet
        self._graph = graph
        self._gate = Gate(graph, user)
        self.values: dict[str, Any] = {}
        self.notes: dict[str, str] = {}
        self._contents: dict[str, str] = {}
        self.reload()

    @property
    def _ports(self) -> Mapping[str, InputPort]:
        return self._graph.inputs

    def reload(self) -> set[str]:
        """Read what the store has; secrets stay. The names of the inputs that are others now."""
        before, contents = self.values, self._contents
        types = {name: port.annotation for name, port in self._ports.items()}
        secrets = {name: value for name, value in before.items() if self._ports[name].secret}
        self._contents = dict(self._store.glance(self._sheet).inputs)
        stored = self._store.inputs(self._sheet, types)
        self.values = {name: value for name, value in stored.items() if name in self._ports} | secrets
        self.notes = dict(self._store.input_notes(self._sheet, types))
        self.check()
        both = before.keys() & self.values.keys()
        same = {name: before[name] for name in both if contents.get(name) == self._contents.get(name)}
        self.values |= same
        return (before.keys() | self.values.keys()) - same.keys()

    def take_in(self, contents: Mapping[str, str]) -> list[str]:
        """Take in what others have set; the names of those inputs.

        Args:
            contents: By input where its value lies in the store; those that aren't here are at their defaults.
        """
        changed = [name for name in self._ports if contents.get(name) != self._contents.get(name)]
        self._contents = dict(contents)
        for name in changed:
            self.notes.pop(name, None)
            self.values.pop(name, None)
            if name not in contents:
                continue
            try:
                self.values[name] = self._store.content(contents[name], self._ports[name].annotation)
            except LookupError as error:
                self.notes[name] = str(error)
            self.check(name)
        return changed

    def set(self, name: str, value: Any) -> Any:
        """Set an input, or with `UNSET` put it back to its default; what it was before.

        Raises:
            InvalidInputError: There is no such input.
        """
        port = self._ports.get(name)
        if port is None:
            near = did_you_mean(name, self._ports)
            raise InvalidInputError(f"{self._graph.name} has no input {name!r}{near}\n  valid    {listed(self._ports)}")
        before = self.values.get(name, UNSET)
        self.notes.pop(name, None)
        if value is UNSET:
            self.values.pop(name, None)
            self._clear(name)
            return before
        self.values[name] = value
        if not port.secret:
            try:
                self._contents[name] = self._store.set_input(self._sheet, name, value, port.annotation)
            except NotReusable as error:
                self._clear(name)
                self.notes[name] = f"not kept when the server ends: {error}"
        self.check(name)
        return before

    def _clear(self, name: str) -> None:
        self._store.clear_input(self._sheet, name)
        self._contents.pop(name, None)

    @property
    def are_kept(self) -> bool:
        """Whether the store has them all: not so secrets, and values that can't be stored."""
        return self.values.keys() <= self._contents.keys()

    def check(self, name: str | None = None) -> dict[str, InvalidInputError]:
        """The inputs whose values are refused; it is noted why."""
        _, refused = known_inputs(self._graph, self.given)
        for refused_name, error in refused.items():
            if name in (None, refused_name):
                self.notes[refused_name] = str(error)
        return refused

    @property
    def given(self) -> dict[str, Any]:
        """What a plan is given: the values, but for those that this user may not send."""
        return {name: self._taken(name, value) for name, value in self.values.items()}

    def _taken(self, name: str, value: Any) -> Any:
        try:
            self._gate.check_input(name, value)
        except InvalidInputError as error:
            return NotTaken(error)
        return value

    def told(self, name: str) -> Any:
        """An input in JSON: `value` (its own, or the default), `file` with its name, or `text` of what JSON hasn't.

        Also `set` where somebody set it, `secret`, and `note`.
        """
        port = self._ports[name]
        told: dict[str, Any] = {}
        value = self.values.get(name, MISSING)
        if value is not MISSING:
            told["set"] = True
        if port.secret:
            return {**told, "secret": True}
        value = port.default if value is MISSING else value
        if value is not MISSING:
            told |= told_value(value)
        if name in self.notes:
            told["note"] = self.notes[name]
        return told


def told_value(value: Any) -> dict[str, Any]:
    """A value in JSON."""
    if isinstance(value, Path):
        return {"file": value.name}
    try:
        return {"value": _plain(value, [_MOST_PARTS])}
    except ValueError:
        return {"text": shorten(value, 200)}


def _plain(value: Any, left: list[int]) -> Any:
    left[0] -= 1
    if left[0] < 0:
        raise ValueError("too big")
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("JSON has no such number")
        return value
    if isinstance(value, str):
        if len(value) > _LONGEST_TEXT:
            raise ValueError("too long")
        return str(value)
    if isinstance(value, Path):
        return {"file": value.name}
    if is_sequence(value) and not is_named_tuple(value):
        return [_plain(item, left) for item in value]
    if is_mapping(value) and all(isinstance(key, str) for key in value):
        return {key: _plain(item, left) for key, item in value.items()}
    raise ValueError("JSON has no such value")
