"""The slots of a page, filled when they are first seen: widgets of inputs, answers, editors of lists, heavy results."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from daggr_fn.annotations import item_annotation
from daggr_fn.canvas.fields import part_of, with_part
from daggr_fn.canvas.heavy import fill_heavy
from daggr_fn.canvas.widgets import Field, Widget, widget
from daggr_fn.canvas.widgets.rows import item_list
from daggr_fn.components import component_for
from daggr_fn.kinds import MISSING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from daggr_fn.canvas.page import Page

logger = logging.getLogger("daggr_fn")


class Filling:
    """Fills the slots of one page, and keeps what is in them up to date."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.widgets: dict[str, Widget] = {}
        self.answers: dict[str, Widget] = {}
        self._filled: set[str] = set()
        self._editors: dict[str, Callable[[Any, bool], None]] = {}
        self._fillers: dict[str, Callable[[str], None]] = {
            "field": self._field,
            "ask": self._ask,
            "edit": self._edit,
            "out": self._out,
        }

    def fill(self, slots: Iterable[str]) -> None:
        """Fill slots that came into view."""
        for slot in slots:
            root = self._page.element.roots.get(slot)
            if root is None or slot in self._filled:
                continue
            self._filled.add(slot)
            sort, _, name = slot.partition("-")
            with root:
                self._fillers[sort](name)

    def follow(self, patch: Mapping[str, Any]) -> None:
        """Show what changed on the sheet in the slots that are filled."""
        for name in patch.get("inputs", {}):
            for full, made in self.widgets.items():
                if full == name or full.startswith(f"{name}."):
                    made.show(self._value(full))
        for step, facts in patch.get("cards", {}).items():
            if "question" in facts:  # only then: somebody may be typing the answer
                self._refresh(f"ask-{step}")
            if not facts.keys().isdisjoint(("rev", "edited", "version")):
                self._show_results(step)

    def _show_results(self, step: str) -> None:
        """Show what a step has now in the slots of its outputs."""
        graph = self._page.sheet.graph
        for port in graph.steps[step].spec.outputs if step in graph.steps else ():
            if f"edit-{step}.{port}" in self._editors:
                self._edit(f"{step}.{port}")
            else:
                self._refresh(f"edit-{step}.{port}")
            self._refresh(f"out-{step}.{port}")

    def _refresh(self, slot: str) -> None:
        if slot in self._filled:
            self._filled.discard(slot)
            self._page.element.roots[slot].clear()
            self.fill([slot])

    def _field(self, name: str) -> None:
        one = self._page.drawing.fields[name]
        sheet = self._page.sheet

        def change(value: Any) -> None:
            sheet.set_input(one.input, with_part(one, self._whole(one.input), value))

        self.widgets[name] = widget(
            Field(
                name=name,
                label=one.label,
                component=one.component,
                annotation=one.annotation,
                value=self._value(name),
                change=change,
                links=self._page.context.links,
                uploads=self._page.uploads,
                take_upload=self._page.take_upload,
                secret=one.secret,
            )
        )

    def _whole(self, name: str) -> Any:
        try:
            return self._page.sheet.input_value(name)
        except LookupError:  # a secret, or an input that has no value yet
            return MISSING

    def _value(self, name: str) -> Any:
        one = self._page.drawing.fields[name]
        value = part_of(one, self._whole(one.input))
        return None if value is MISSING else value

    def _ask(self, step: str) -> None:
        asked = self._page.sheet.question(step)
        if asked is None or asked.sort != "ask":
            return
        component = asked.component if asked.component is not None else component_for(type(asked.value), asked.value)
        self.answers[step] = widget(
            Field(
                name=step,
                label=getattr(component, "label", None) or "Your answer",
                component=component,
                annotation=Any,
                value=asked.value if asked.value is not None else getattr(component, "value", None),
                change=lambda _value: None,
                links=self._page.context.links,
                uploads=self._page.uploads,
                take_upload=self._page.take_upload,
            )
        )

    def _edit(self, name: str) -> None:
        step, _, port = name.rpartition(".")
        sheet, graph = self._page.sheet, self._page.sheet.graph
        output = graph.steps[step].spec.outputs[port]
        try:
            rows = sheet.value(step, port)
        except LookupError:
            return
        edited, slot = port in (sheet.state_of(step).get("edited") or ()), f"edit-{name}"
        if slot in self._editors:
            self._editors[slot](rows, edited)
            return
        self._editors[slot] = item_list(
            output.component,
            item_annotation(output.annotation),
            rows,
            label=port,
            edited=edited,
            change=lambda new: sheet.edit_items(step, port, new),
            undo=lambda: sheet.edit_items(step, port, None),
        )

    def _out(self, name: str) -> None:
        step, _, port = name.rpartition(".")
        fill_heavy(self._page, step, port)
