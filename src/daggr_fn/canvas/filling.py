"""The slots of a page, filled when they are first seen: widgets of inputs, answers, editors of lists, heavy results."""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING, Any

from nicegui import ui

from daggr_fn.annotations import item_annotation
from daggr_fn.canvas.fields import drawn_default, lacking, part_of, with_part
from daggr_fn.canvas.heavy import fill_heavy
from daggr_fn.canvas.widgets import Field, Widget, widget
from daggr_fn.canvas.widgets.items import ItemsEditor
from daggr_fn.components import component_for
from daggr_fn.errors import InvalidInputError
from daggr_fn.kinds import MISSING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Iterable, Mapping

    from daggr_fn.canvas.fields import InputField
    from daggr_fn.canvas.heavy import Drawn
    from daggr_fn.canvas.page import Page
    from daggr_fn.kinds import Question

logger = logging.getLogger("daggr_fn")


class Filling:
    """Fills the slots of one page, and keeps what is in them up to date."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.widgets: dict[str, Widget] = {}
        self.answers: dict[str, tuple[Question, Widget]] = {}
        self._editors: dict[str, ItemsEditor] = {}
        self._filled: set[str] = set()
        self._empty: set[str] = set()
        self._heavy: dict[str, tuple[Any, Drawn | None]] = {}  # of an output: which result is drawn, and by what
        self._fillers: dict[str, Callable[[str], None]] = {
            "field": self._field,
            "ask": self._ask,
            "edit": self._edit,
            "out": self._out,
        }

    def fill(self, slots: Iterable[str]) -> None:
        """Fill slots that came into view."""
        for slot in slots:
            if slot not in self._page.element.roots or slot in self._filled:
                continue
            self._filled.add(slot)
            self._put(slot)

    def _put(self, slot: str) -> None:
        """Put into a slot what belongs there now; why not, where that fails."""
        sort, _, name = slot.partition("-")
        root = self._page.element.roots[slot]
        root.clear()
        with root:
            try:
                self._fillers[sort](name)
            except Exception as error:  # one value breaks one slot, never the page
                logger.exception("%s can't be shown", slot)
                root.clear()
                ui.label(f"This can't be shown: {type(error).__name__}: {error}").classes("note n-failed")
                if sort == "edit":
                    self._empty.add(name)  # the next list may be another matter

    def follow(self, patch: Mapping[str, Any]) -> None:
        """Show what changed on the sheet in the slots that are filled."""
        for name in patch.get("inputs", {}):
            for full, made in self.widgets.items():
                if full == name or full.startswith(f"{name}."):
                    with _apart(full):
                        made.show(self._value(full))
        for step, facts in patch.get("cards", {}).items():
            with _apart(step):
                if "question" in facts and not facts["question"]:
                    self._ask_no_more(step)
                else:
                    self.ask_again(step)
        self._follow_lists(patch.get("cards", {}))
        self.draw_again([step for step, facts in patch.get("cards", {}).items() if "rev" in facts])

    def draw_again(self, steps: Iterable[str]) -> None:
        """Draw what an element of NiceGUI's draws anew, for steps with another result."""
        graph = self._page.sheet.graph
        slots = [
            f"out-{step}.{port}" for step in steps if step in graph.steps for port in graph.steps[step].spec.outputs
        ]
        for slot in self._filled.intersection(slots):
            with _apart(slot):
                self._out(slot.removeprefix("out-"))

    def _follow_lists(self, steps: Collection[str]) -> None:
        for name in [name for name in self._empty if name.rpartition(".")[0] in steps]:
            self._empty.discard(name)
            self._put(f"edit-{name}")
        for name, editor in self._editors.items():
            step, _, port = name.rpartition(".")
            if step in steps:
                with _apart(name), contextlib.suppress(LookupError):  # it has no list now, and its card shows none
                    editor.show(self._page.sheet.value(step, port), edited=self._is_edited(step, port))

    def ask_again(self, step: str) -> None:
        """Put the widget of the question there that is looked at now. One that is there stays, with what is typed."""
        for slot, card in self._asking(step):
            there = self.answers.get(card)
            if (there[0] if there else None) is self._page.results.asking.shown(step):
                continue
            self.answers.pop(card, None)
            self._put(slot)

    def _ask_no_more(self, step: str) -> None:
        """The question was answered; what is asked by now comes with the patch that tells of it.

        What somebody types into it sooner would be gone when the card takes the question away and puts the next there.
        """
        for _, card in self._asking(step):
            self.answers.pop(card, None)

    def _asking(self, step: str) -> list[tuple[str, str]]:
        """The filled slots for questions of a step, each with its card."""
        slots = [(slot, slot.removeprefix("ask-")) for slot in self._filled if slot.startswith("ask-")]
        return [(slot, card) for slot, card in slots if self._page.drawing.shown_step(card) == step]

    # ---- inputs

    def _field(self, name: str) -> None:
        one = self._page.drawing.fields[name]
        sheet = self._page.sheet
        told = sheet.told_input(one.input)
        if not told.get("set") and (drawn := self._drawn(one)) is not MISSING:
            sheet.begin_input(one.input, drawn)

        def change(value: Any) -> None:
            if getattr(one.component, "interactive", None) is False:
                return
            if value is None and not one.part and sheet.graph.inputs[one.input].default in (None, MISSING):
                sheet.clear_input(one.input)  # emptied: it is as if nobody had touched it
            else:
                sheet.set_input(one.input, with_part(one, self._whole(one.input), value))

        self.widgets[name] = widget(
            self._what(
                name=name,
                label=one.label,
                component=one.component,
                annotation=one.annotation,
                value=self._value(name),
                change=change,
                secret=one.secret,
                is_set=bool(told.get("set")),
            )
        )

    def _what(self, **about: Any) -> Field:
        page = self._page
        return Field(
            links=page.context.links,
            uploads=page.uploads,
            take_upload=page.take_upload,
            most_bytes=page.context.most_bytes,
            **about,
        )

    def _drawn(self, one: InputField) -> Any:
        try:
            return drawn_default(one)
        except Exception as error:  # the user's own function: its field begins without
            logger.warning("the default of %s can't be worked out: %s", one.name, error, exc_info=True)
            return MISSING

    def _whole(self, name: str) -> Any:
        try:
            return self._page.sheet.input_value(name)
        except LookupError:  # a secret, or an input that has no value yet
            return MISSING

    def _value(self, name: str) -> Any:
        one = self._page.drawing.fields[name]
        value = part_of(one, self._whole(one.input))
        return None if value is MISSING else value

    def lacking(self, names: Iterable[str]) -> list[str]:
        """The fields without which some inputs have no value."""
        fields = self._page.drawing.fields.values()
        return [
            field
            for name in names
            for field in lacking((one for one in fields if one.input == name), self._whole(name))
        ]

    # ---- questions, lists, results

    def _ask(self, card: str) -> None:
        step = self._page.drawing.shown_step(card)
        asked = self._page.results.asking.shown(step)
        if asked is None or asked.sort != "ask":
            return
        component = asked.component if asked.component is not None else component_for(type(asked.value), asked.value)
        output = next(iter(self._page.sheet.graph.steps[step].spec.outputs.values()))
        what = self._what(
            name=step,
            label=getattr(component, "label", None) or "Your answer",
            component=component,
            annotation=output.annotation if asked.around is None else Any,
            value=asked.value if asked.value is not None else getattr(component, "value", None),
            change=_nothing_yet,
        )
        self.answers[card] = (asked, widget(what))

    def answer(self, card: str, index: tuple[int, ...]) -> Any:
        """What the widget of a question shows.

        Raises:
            LookupError: It is another question's by now.
        """
        asked, made = self.answers.get(card, (None, None))
        if asked is None or made is None or asked.asker[1] != index:
            raise LookupError("That was answered already: look at the next one")
        return made.value()

    def _edit(self, name: str) -> None:
        step, _, port = name.rpartition(".")
        sheet = self._page.sheet
        output = sheet.graph.steps[step].spec.outputs[port]
        try:
            rows = sheet.value(step, port)
        except LookupError:  # it has no list yet, or none any more
            self._empty.add(name)
            return
        picks = [getattr(column, "choices", None) for column in output.component.fields.values()]

        def change(new: Any) -> None:
            try:
                self._page.gate.check_step(step, new, [sheet.value(step, port), picks])
            except InvalidInputError as error:
                self._page.element.toast(str(error), "failed")
                self._editors[name].show(sheet.value(step, port), edited=self._is_edited(step, port))
            else:
                sheet.edit_items(step, port, new)

        self._editors[name] = ItemsEditor(
            output.component,
            item_annotation(output.annotation),
            rows,
            label=getattr(output.component, "label", None) or port,
            edited=self._is_edited(step, port),
            change=change,
            refused=lambda error: self._page.element.toast(f"This line is not taken yet: {error}", "failed"),
            undo=lambda: sheet.edit_items(step, port, None),
        )

    def _is_edited(self, step: str, port: str) -> bool:
        return port in (self._page.sheet.state_of(step).get("edited") or ())

    def _out(self, name: str) -> None:
        step, _, port = name.rpartition(".")
        index = self._page.results.opened.get(step, ())
        result = index, self._page.sheet.state_of(step).get("rev")  # before the value: a newer one is drawn when told
        drawn, there = self._heavy.get(name, (None, None))
        if drawn == result:  # the page had seen it before it was told of it
            return
        root = self._page.element.roots[f"out-{name}"]
        with root:
            made = fill_heavy(self._page, step, port, index, there)
        if made is not there and there is not None:
            root.remove(there.element)
        self._heavy[name] = result, made


@contextlib.contextmanager
def _apart(what: str) -> Generator[None, None, None]:
    """One value that can't be shown breaks what shows it, never the page."""
    try:
        yield
    except Exception:  # values and classes of people's own, which may raise anything
        logger.exception("%s can't be shown", what)


def _nothing_yet(_value: Any) -> None:
    """A question is answered by its button."""
