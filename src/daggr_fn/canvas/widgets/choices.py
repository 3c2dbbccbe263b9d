"""Widgets for what can be picked: one of several, several, yes or no."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any, NamedTuple

from nicegui import ui

from daggr_fn.annotations import enum_values
from daggr_fn.canvas.views.context import is_a
from daggr_fn.canvas.widgets.field import Field, Widget, at_once, named, quiet

LIST_LOOK = "outlined dense hide-bottom-space options-dense transition-duration=0"
"""How a list that opens looks. It opens and closes at once: Quasar takes the focus back to it when its transition ends,
and what somebody types elsewhere by then would be lost."""


def dropdown(what: Field) -> Widget:
    """One or several of a list, which can be searched; also others, where the component allows them."""
    options, several = _options(what), bool(what.of("multiselect", default=False))
    free = bool(what.of("allow_custom_value", default=False))
    told = _told(what, options)

    def shown(value: Any) -> Any:
        return _known(told.shown(value), options, several=several, free=free)

    def picked(event: Any) -> None:
        seen: list[Any] = element._props["options"]
        if len(options) > len(seen):  # a word of somebody's own, which is an option from now on
            element.update()
        what.change(told.natural(event.value))

    element: Any = ui.select(
        options,
        value=shown(what.value),
        multiple=several,
        with_input=len(options) > 8 or free,
        clearable=several,
        new_value_mode="add-unique" if free else None,
        key_generator=str if free else None,
        on_change=picked,
    ).props(LIST_LOOK + (" use-chips" if several else ""))
    if several and what.of("max_choices"):
        element._props["max-values"] = int(what.of("max_choices"))
    return Widget(named(at_once(element), what), quiet(element, shown), lambda: told.natural(element.value))


def dataset(what: Field) -> Widget:
    """One of the examples of a data set."""
    samples: list[Any] = list(what.of("raw_samples", what.of("samples", [])) or [])
    kind = str(what.of("type", "values"))
    told = what.of("sample_labels") or [", ".join(map(str, one)) for one in samples]

    def natural(place: int | None) -> Any:
        if place is None or kind == "index":
            return place
        return samples[place] if kind == "values" else (place, samples[place])

    def shown(value: Any) -> int | None:
        return next((place for place in range(len(samples)) if natural(place) == value), None)

    element = ui.select(
        {place: str(words) for place, words in enumerate(told)},
        value=shown(what.value),
        clearable=True,
        on_change=lambda event: what.change(natural(event.value)),
    ).props(LIST_LOOK)
    return Widget(named(at_once(element), what), quiet(element, shown), lambda: natural(element.value))


def radio(what: Field) -> Widget:
    """One of a few, all of them seen."""
    options = _options(what)
    told = _told(what, options)

    def shown(value: Any) -> Any:
        return _known(told.shown(value), options)

    element = ui.radio(
        options, value=shown(what.value), on_change=lambda event: what.change(told.natural(event.value))
    ).props("dense")
    element._props["role"] = "radiogroup"
    return Widget(named(at_once(element), what), quiet(element, shown), lambda: told.natural(element.value))


def checkbox(what: Field) -> Widget:
    """Yes or no."""
    element = ui.checkbox("Yes", value=bool(what.value), on_change=lambda event: what.change(bool(event.value)))
    element.props("dense")
    return Widget(named(at_once(element), what), quiet(element, bool), lambda: bool(element.value))


def checkbox_group(what: Field) -> Widget:
    """Several of a few, all of them seen."""
    options = _options(what)
    told = _told(what, options)
    boxes: dict[Any, Any] = {}
    held: list[Any] = _known(told.shown(what.value), options, several=True)

    def value() -> Any:
        return told.natural(list(held))

    def change(_event: Any) -> None:
        held[:] = [one for one, box in boxes.items() if box.value]
        what.change(value())

    with ui.element("div").classes("df-boxes") as root:
        for one, label in options.items():
            boxes[one] = at_once(ui.checkbox(label, value=one in held, on_change=change).props("dense"))
    root._props["role"] = "group"
    shows = {one: quiet(box, bool) for one, box in boxes.items()}

    def show(new: Any) -> None:
        held[:] = _known(told.shown(new), options, several=True)
        for one, set_box in shows.items():
            set_box(one in held)

    return Widget(named(root, what), show, value)


def _as_it_is(value: Any) -> Any:
    return value


class _Told(NamedTuple):
    """How a pick is told to the pipeline, and what is shown of that."""

    natural: Callable[[Any], Any]
    shown: Callable[[Any], Any]


def _told(what: Field, options: dict[Any, str]) -> _Told:
    """By its value; with the component's `type="index"` by its place."""
    if what.of("type") != "index":
        return _Told(_as_it_is, _as_it_is)
    order = list(options)

    def natural(value: Any) -> Any:
        if is_a(value, list):
            return [order.index(one) for one in value if one in options]
        return order.index(value) if value in options else None

    def shown(value: Any) -> Any:
        if is_a(value, (list, tuple)):
            return [shown(one) for one in value]
        return order[value] if isinstance(value, int) and 0 <= value < len(order) else value

    return _Told(natural, shown)


def _options(what: Field) -> dict[Any, str]:
    """What can be picked, each value with its name."""
    found: dict[Any, str] = {}
    choices = what.of("choices") or enum_values(what.annotation) or ()
    for choice in choices:
        name, value = choice if is_a(choice, (tuple, list)) and len(choice) == 2 else (choice, choice)
        found[value.value if isinstance(value, enum.Enum) else value] = str(name)
    return found


def _known(value: Any, options: dict[Any, str], *, several: bool = False, free: bool = False) -> Any:
    """The value as far as it can be picked."""
    if several:
        held = value if is_a(value, (list, tuple, set)) else [] if value is None else [value]
        return [one for one in held if free or one in options]
    value = value.value if isinstance(value, enum.Enum) else value
    if value in options:
        return value
    if free and value is not None:
        options[value] = str(value)
        return value
    return None
