"""The element that draws the page: a Vue component, whose bundle is made when the package is built."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from nicegui import json, ui
from nicegui.element import Element

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

STATIC = Path(__file__).parent / "static"
BUNDLE = STATIC / "daggr_fn_canvas.js"

if not BUNDLE.exists():
    raise ImportError(
        f"{BUNDLE} is missing: the canvas's page is bundled when the package is built\n"
        "  instead  pip install -e . (which builds it), or python hatch_build.py in a checkout"
    )


class CanvasElement(Element, component=BUNDLE):
    """Draws a pipeline from a description, and changes what it shows by small patches.

    Args:
        graph: The cards, wires and outputs in JSON; they stay as they are while the page is open.
        snapshot: The state of the sheet when the page is opened.
        options: Theme, base address, and what else the page is told once.
        slots: The names of the slots that NiceGUI elements may fill.
        on_act: Called with what a person does: `{"do": "run", ...}`.
    """

    def __init__(
        self,
        graph: str,
        snapshot: Mapping[str, Any],
        options: Mapping[str, Any],
        slots: Iterable[str],
        on_act: Callable[[dict[str, Any]], Any],
    ) -> None:
        super().__init__()
        # Text, which NiceGUI passes on as it is: of a thousand cards it would look at each value, again and again.
        self._props["graph"] = graph
        self._props["snapshot"] = json.dumps(snapshot)
        self._props["options"] = options
        self.on("act", lambda event: on_act(event.args))
        # One root for each slot, there from the start: what comes into it later is drawn alone, and not the whole page.
        self.roots = {name: self._root(name) for name in slots}

    def _root(self, name: str) -> ui.element:
        with self.add_slot(name):
            return ui.element("div")

    def patch(self, change: Mapping[str, Any]) -> None:
        """Change what the page shows."""
        self.run_method("patch", change)

    def answer(self, number: Any, found: Mapping[str, Any]) -> None:
        """Give what the page asked for, under the number that it gave the question."""
        self.run_method("answer", {**found, "number": number})

    def tell(self, what: str, **more: Any) -> None:
        """Have the page do or ask something."""
        self.run_method("tell", {"what": what, **more})

    def toast(self, text: str, kind: str = "") -> None:
        """Say something that passes."""
        self.run_method("toast", text, kind)
