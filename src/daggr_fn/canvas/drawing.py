"""What a page is drawn of: cards and wires with their places, and the state of the sheet in the page's terms."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from daggr_fn.canvas.cards import describe
from daggr_fn.canvas.fields import InputField, input_fields
from daggr_fn.canvas.layout import lay_out
from daggr_fn.canvas.projecting import Projection

if TYPE_CHECKING:
    from daggr_fn.live import OpenSheet

Patch = dict[str, Any]


class Drawing:
    """The drawing of a sheet's pipeline.

    Attributes:
        graph: The cards, wires and outputs, as the page is told once.
        fields: The fields of the inputs.
        slots: The slots that NiceGUI elements may fill.
    """

    def __init__(self, sheet: OpenSheet) -> None:
        self.sheet = sheet
        self.description = describe(sheet.graph)
        self.fields = input_fields(sheet.graph)
        self.projection = Projection(self.description["cards"])
        self.sizes: dict[str, tuple[int, int]] = {}
        self.graph = self._graph()
        self.slots = list(dict.fromkeys(slot for card in self.graph["cards"] for slot in card["slots"]))

    def _graph(self) -> dict[str, Any]:
        doc = self.sheet.doc
        return {
            "name": self.sheet.graph.name,
            "doc": doc,
            "cards": [self._card(card) for card in self.description["cards"]],
            "wires": self.description["wires"],
            "outputs": self.description["outputs"],
        }

    def _card(self, card: Any) -> dict[str, Any]:
        fields = [self._told(self.fields[name], card) for name in card["fields"] if name in self.fields]
        outs = [{**port, **_info(self.fields.get(port["name"]))} for port in card["outs"]]
        return {**card, "fields": [one for one in fields if one], "outs": outs if card["kind"] == "input" else card["outs"]}

    def _told(self, one: InputField, card: Any) -> dict[str, Any] | None:
        if not one.visible:
            return None
        variant = next((tab["name"] for tab in card["choices"] if one.name in tab["fields"]), None)
        return {"name": one.name, "label": one.label, "info": one.info, "variant": variant}

    # ---- what changes

    def snapshot(self) -> Patch:
        """All that the page shows at first."""
        found = self.sheet.snapshot()
        return {**self.patch(found), **self.places(), "now": time.time()}

    def patch(self, patch: Patch) -> Patch:
        """A change of the sheet in the page's terms: cards in place of steps."""
        change = {name: value for name, value in patch.items() if name not in ("cards", "positions")}
        if patch.get("cards"):
            choices = self.sheet.choices
            change["cards"] = self.projection.states(patch["cards"], choices)
        if "positions" in patch or "folded" in patch:
            change |= self.places()
        return change

    def places(self) -> Patch:
        """Where everything lies now."""
        found = lay_out(
            self.description["cards"],
            self.description["wires"],
            sizes=self.sizes,
            moved=self.sheet.positions,
            folded=self.sheet.folded,
        )
        return {"places": found.places, "lanes": found.lanes, "frames": found.frames}


def _info(one: InputField | None) -> dict[str, Any]:
    return {} if one is None else {"label": one.label, "info": one.info}
