"""What all pages of a pipeline have in common, made once: its cards and wires, and where they lie."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from daggr_fn.canvas.cards import describe
from daggr_fn.canvas.cards.sizes import HEAD
from daggr_fn.canvas.fields import InputField, input_fields
from daggr_fn.canvas.layout import Arrangement, Layout
from daggr_fn.canvas.leaving import Leaving
from daggr_fn.canvas.projecting import Projection

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daggr_fn.canvas.cards import Card, Wire
    from daggr_fn.graph import Graph
    from daggr_fn.pipelines import Pipeline

_MOST_FOLDINGS = 20


class Blueprint:
    """The drawing of a pipeline, without what is on a sheet. It never changes; threads may share it.

    Attributes:
        description: The cards, wires and outputs.
        fields: The fields of the inputs.
        projection: Which cards show which steps.
        leaving: What leaves the groups.
        slots: The slots that NiceGUI elements may fill.
        told: The cards, wires and outputs as the page is told once, in JSON.

    Args:
        pipeline: The pipeline.
    """

    def __init__(self, pipeline: Pipeline[Any, Any]) -> None:
        graph = pipeline.dag
        self.description = describe(graph)
        self.fields = input_fields(graph)
        self.projection = Projection(self.description["cards"])
        self.leaving = Leaving(self.projection.cards, self.description["wires"])
        self.slots = list(dict.fromkeys(slot for card in self.description["cards"] for slot in card["slots"]))
        self.told = json.dumps(self._told(graph.name, pipeline._doc), ensure_ascii=False, separators=(",", ":"))
        self._arranged: dict[frozenset[str], tuple[Arrangement, Layout]] = {}

    def arranged(self, folded: frozenset[str]) -> tuple[Arrangement, Layout]:
        """Where everything lies with some groups folded: to be placed for real sizes, and for the expected ones."""
        found = self._arranged.get(folded)
        if found is None:
            made = Arrangement(self.description["cards"], self.description["wires"], folded)
            found = made, made.place()
            while len(self._arranged) >= _MOST_FOLDINGS:
                self._arranged.pop(next(iter(self._arranged)), None)
            self._arranged[folded] = found
        return found

    def _told(self, name: str, doc: str) -> dict[str, Any]:
        return {
            "name": name,
            "doc": doc,
            "cards": [_said({**card, **self._of_card(card)}) for card in self.description["cards"]],
            "wires": [_said_wire(wire) for wire in self.description["wires"]],
            "outputs": self.description["outputs"],
        }

    def _of_card(self, card: Card) -> dict[str, Any]:
        fields = [self._of_field(self.fields[name], card) for name in card["fields"] if name in self.fields]
        inputs = card["kind"] == "input"
        outs = [{**port, **(_about(self.fields.get(port["name"])) if inputs else {})} for port in card["outs"]]
        return {
            "fields": [one for one in fields if one],
            "ins": [_said(port) for port in card["ins"]],
            "outs": [_said(port) for port in outs],
        }

    def _of_field(self, one: InputField, card: Card) -> dict[str, Any] | None:
        if not one.visible:
            return None
        variant = next((tab["name"] for tab in card["choices"] if one.name in tab["fields"]), None)
        return {"name": one.name, "variant": variant, **_about(one)}


def _said(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts without those that say nothing: of a thousand cards that is half. The page puts them back."""
    return {name: fact for name, fact in facts.items() if fact or (fact == 0 and fact is not False)}


def _said_wire(wire: Wire) -> dict[str, Any]:
    said = _said(wire)
    if wire["of"] == wire["from"]:
        del said["of"]
    return said


def _about(one: InputField | None) -> dict[str, Any]:
    """What the page is told of a field; of a record as a whole, which has none, that there is nothing to see."""
    if one is None or not one.visible:
        return {"unseen": True, "y": HEAD // 2}
    return {"label": one.label, "bare": not one.labelled, "info": one.info, "input": one.input}


_lock = threading.Lock()
_made: WeakKeyDictionary[Graph, Blueprint] = WeakKeyDictionary()


def blueprint_of(pipeline: Pipeline[Any, Any]) -> Blueprint:
    """The blueprint of a pipeline, made when it is first asked for."""
    graph = pipeline.dag
    with _lock:
        if graph not in _made:
            _made[graph] = Blueprint(pipeline)
        return _made[graph]
