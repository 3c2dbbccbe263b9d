"""Widgets for what can be picked: one of several, several, yes or no."""

from __future__ import annotations

import enum
from typing import Any

from nicegui import ui

from daggr_fn.annotations import enum_values
from daggr_fn.canvas.widgets.field import Field, Widget, named, quiet

_LOOK = "outlined dense hide-bottom-space options-dense"


def dropdown(what: Field) -> Widget:
    """One or several of a list, which can be searched; also others, where the component allows them."""
    options, several = _options(what), bool(what.of("multiselect", default=False))
    free = bool(what.of("allow_custom_value", default=False))

    def change(event: Any) -> None:
        what.change(event.value)

    element = ui.select(
        options,
        value=_known(what.value, options, several=several, free=free),
        multiple=several,
        with_input=len(options) > 8 or free,
        clearable=several,
        new_value_mode="add-unique" if free else None,
        on_change=change,
    ).props(_LOOK + (" use-chips" if several else ""))
    if several and what.of("max_choices"):
        element._props["max-values"] = int(what.of("max_choices"))

    def shown(value: Any) -> Any:
        return _known(value, options, several=several, free=free)

    return Widget(named(element, what), quiet(element, shown), lambda: element.value)


def radio(what: Field) -> Widget:
    """One of a few, all of them seen."""
    options = _options(what)
    element = ui.radio(options, value=_known(what.value, options), on_change=lambda event: what.change(event.value))
    element.props("dense")
    return Widget(named(element, what), quiet(element, lambda value: _known(value, options)), lambda: element.value)


def checkbox(what: Field) -> Widget:
    """Yes or no."""
    element = ui.checkbox("Yes", value=bool(what.value), on_change=lambda event: what.change(bool(event.value)))
    element.props("dense")
    return Widget(named(element, what), quiet(element, bool), lambda: bool(element.value))


def checkbox_group(what: Field) -> Widget:
    """Several of a few, all of them seen."""
    options = _options(what)
    boxes: dict[Any, Any] = {}
    held = list(what.value or [])

    def change(_event: Any) -> None:
        held[:] = [value for value, box in boxes.items() if box.value]
        what.change(list(held))

    with ui.element("div").classes("df-boxes") as root:
        for value, label in options.items():
            boxes[value] = ui.checkbox(label, value=value in held, on_change=change).props("dense")
    root._props["role"] = "group"
    shows = {value: quiet(box, bool) for value, box in boxes.items()}

    def show(value: Any) -> None:
        held[:] = list(value or [])
        for one, set_box in shows.items():
            set_box(one in held)

    return Widget(named(root, what), show, lambda: list(held))


def _options(what: Field) -> dict[Any, str]:
    """What can be picked, each value with its name."""
    found: dict[Any, str] = {}
    choices = what.of("choices") or enum_values(what.annotation) or ()
    for choice in choices:
        name, value = choice if isinstance(choice, (tuple, list)) and len(choice) == 2 else (choice, choice)
        found[value.value if isinstance(value, enum.Enum) else value] = str(name)
    return found


def _known(value: Any, options: dict[Any, str], *, several: bool = False, free: bool = False) -> Any:
    """The value as far as it can be picked."""
    if several:
        held = value if isinstance(value, (list, tuple, set)) else [] if value is None else [value]
        return [one for one in held if free or one in options]
    value = value.value if isinstance(value, enum.Enum) else value
    if value in options:
        return value
    if free and value is not None:
        options[value] = str(value)
        return value
    return None
