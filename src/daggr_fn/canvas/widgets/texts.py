"""Widgets for texts, numbers, colours and times."""

from __future__ import annotations

import json
from typing import Any

from nicegui import ui

from daggr_fn.canvas.widgets.field import Field, Widget, at_once, named, quiet
from daggr_fn.errors import shorten
from daggr_fn.values import class_of

_LOOK = "outlined dense hide-bottom-space"
_LANGUAGES: dict[str, Any] = {
    "python": "Python",
    "javascript": "JavaScript",
    "json": "JSON",
    "html": "HTML",
    "css": "CSS",
    "sql": "SQL",
    "markdown": "Markdown",
    "yaml": "YAML",
    "typescript": "TypeScript",
    "shell": "Shell",
    "r": "R",
}
_PAUSE = "debounce=250"  # ms after the last key; leaving the field tells at once


class SecretInput(ui.input):
    """A masked line: what is typed goes to the server, and never back to any browser."""

    def _value_to_model_value(self, value: Any) -> Any:
        return ""


def text(what: Field) -> Widget:
    """One line, or several that grow with the text."""
    if what.secret:
        return secret(what)
    lines, most = int(what.of("lines", 1)), int(what.of("max_lines", 20) or 20)
    sort = str(what.of("type", "text"))

    def change(event: Any) -> None:
        what.change(event.value or "")

    kwargs: dict[str, Any] = {
        "value": _as_text(what.value),
        "placeholder": what.of("placeholder"),
        "on_change": change,
    }
    element: Any
    if sort == "text" and (lines > 1 or most > 1):
        element = ui.textarea(**kwargs).props("autogrow").classes("df-area")
        element.style(f"--lines: {max(lines, 1)}; --most: {max(most, lines)}")
    else:
        element = ui.input(**kwargs, password=sort == "password", password_toggle_button=sort == "password")
        if sort == "email":
            element.props("type=email")
    if what.of("max_length"):
        element._props["maxlength"] = int(what.of("max_length"))
    if what.of("rtl", default=False):
        element._props["dir"] = "rtl"
    element.props(f"{_LOOK} {_PAUSE}")
    return Widget(named(element, what), quiet(element, _as_text), lambda: element.value or "")


def secret(what: Field) -> Widget:
    """A masked line. Whether there is a value is all that it tells."""
    element = SecretInput(password=True, on_change=lambda event: what.change(event.value or ""))
    element.props(f"{_LOOK} {_PAUSE} autocomplete=off")
    element._props["placeholder"] = "Set. Type to replace it" if what.is_set else "Not set"

    def show(_value: Any) -> None:
        """Nothing that anybody typed is shown."""

    return Widget(named(element, what), show, lambda: element.value or "")


def number(what: Field) -> Widget:
    """A number, whole where its component or type says so."""
    precision = what.of("precision")
    whole = precision == 0 or what.annotation is int

    def natural(value: Any) -> Any:
        if value is None:
            return None
        if whole:
            return round(value)
        return float(value) if what.annotation is float else value

    element = ui.number(
        value=what.value,
        min=what.of("minimum"),
        max=what.of("maximum"),
        step=what.of("step") or (1 if whole else None),
        precision=0 if whole else precision,
        placeholder=what.of("placeholder"),
        on_change=lambda event: what.change(natural(event.value)),
    ).props(f"{_LOOK} {_PAUSE}")
    element._props["step"] = what.of("step") or (1 if whole else "any")
    return Widget(named(element, what), quiet(element), lambda: natural(element.value))


def slider(what: Field) -> Widget:
    """A slider with its number beside it, which can be typed too. It tells when it is let go."""
    low, high = float(what.of("minimum", 0)), float(what.of("maximum", 100))
    step = float(what.of("step") or (1 if what.annotation is int else (high - low) / 100 or 1))
    whole = step == int(step) and low == int(low)

    def plain(value: Any) -> Any:
        if value is None or value != value:  # noqa: PLR0124  # NaN
            return None
        value = min(max(float(value), low), high)
        return round(value) if whole else round(value, 10)

    def natural(value: Any) -> Any:
        return float(value) if what.annotation is float else value

    first = plain(low) if plain(what.value) is None else plain(what.value)
    with ui.element("div").classes("df-slider") as root:
        bar = ui.slider(min=plain(low), max=plain(high), step=step, value=first)
        figure = ui.number(min=plain(low), max=plain(high), step=step, value=plain(what.value))
        figure.props(f"{_LOOK} {_PAUSE}")
    named(at_once(bar), what)
    figure._props["aria-label"] = f"{what.label}, as a number"
    follow, tidy, turn = quiet(figure, tidied=plain), quiet(figure), quiet(bar)

    def show(value: Any) -> None:
        shown = plain(value)
        turn(plain(low) if shown is None else shown)
        follow(shown)

    def let_go(event: Any) -> None:
        show(event.args)  # where it was on its way is told now and then, and may come after this
        what.change(natural(plain(bar.value)))

    def typed(event: Any) -> None:
        if event.value is not None:
            turn(plain(event.value))
            what.change(natural(plain(event.value)))

    bar.on_value_change(lambda event: follow(plain(event.value)))
    bar.on("change", let_go)
    figure.on_value_change(typed)
    figure.on("blur", lambda: tidy(plain(figure.value)), [])

    return Widget(root, show, lambda: natural(plain(bar.value)))


def color(what: Field) -> Widget:
    """A colour, typed or picked."""
    element = ui.color_input(
        value=_as_text(what.value), on_change=lambda event: what.change(event.value or None), preview=True
    )
    element.props(_LOOK)
    element.button.props(f'aria-label="Pick {what.label}"').classes("df-swatch")
    return Widget(named(element, what), quiet(element, _as_text), lambda: element.value or None)


def code(what: Field) -> Widget:
    """Code, with the colours of its language."""
    element: Any = ui.codemirror(
        _as_text(what.value),
        language=_LANGUAGES.get(str(what.of("language", "")).lower()),
        on_change=lambda event: what.change(event.value),
        line_wrapping=bool(what.of("wrap_lines", default=False)),
    ).classes("df-code")
    element.style(f"--lines: {int(what.of('lines', 5) or 5)}")
    element._props["role"] = "group"
    return Widget(named(element, what), quiet(element, _as_text), lambda: element.value)


def json_text(what: Field) -> Widget:
    """Lists and dicts as JSON; what is none is marked, and is not taken."""
    element = ui.textarea(value=_as_json(what.value), validation={"This is not JSON": _is_json})
    element.props(f"{_LOOK} autogrow {_PAUSE}").classes("mono")

    def change(event: Any) -> None:
        if _is_json(event.value):
            what.change(_from_json(event.value))

    element.on_value_change(change)
    return Widget(named(element, what), quiet(element, _as_json, _tidied_json), lambda: _from_json(element.value))


def kept(what: Field) -> Widget:
    """What takes no input: its value, as far as it can be read."""
    with ui.element("div").classes("df-kept") as root:
        words = ui.label(_in_short(what.value))

    def show(value: Any) -> None:
        words.set_text(_in_short(value))

    return Widget(named(root, what), show, lambda: what.value)


def _in_short(value: Any) -> str:
    return "Nothing to enter" if value is None else shorten(value, 200)


def _as_text(value: Any) -> str:
    return "" if value is None else value if class_of(value) is str else str(value)


def _as_json(value: Any) -> str:
    return "" if value is None else json.dumps(value, indent=2, default=str, ensure_ascii=False)


def _tidied_json(text: Any) -> Any:
    return _as_json(_from_json(text)) if _is_json(text) else text


def _is_json(text: Any) -> bool:
    try:
        _from_json(text)
    except ValueError:
        return False
    return True


def _from_json(text: Any) -> Any:
    return json.loads(text) if text and str(text).strip() else None
