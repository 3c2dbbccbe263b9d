"""Widgets for texts, numbers, colours and times."""

from __future__ import annotations

import datetime
import json
from typing import Any

from nicegui import ui

from daggr_fn.canvas.widgets.field import Field, Widget, named, quiet
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


def text(what: Field) -> Widget:
    """One line, or several that grow with the text."""
    lines, most = int(what.of("lines", 1)), int(what.of("max_lines", 20) or 20)
    password = what.secret or what.of("type") == "password"
    shown = _as_text(what.value)
    kwargs: dict[str, Any] = {
        "value": shown,
        "placeholder": what.of("placeholder"),
        "on_change": lambda event: what.change(event.value or ""),
    }
    element: Any
    if password:
        element = ui.input(password=True, password_toggle_button=True, **kwargs)
    elif (lines > 1 or most > 1) and what.of("type", "text") == "text":
        element = ui.textarea(**kwargs).props("autogrow").style(f"--lines: {max(lines, 1)}; --most: {most}")
    else:
        element = ui.input(**kwargs)
    if what.of("max_length"):
        element._props["maxlength"] = int(what.of("max_length"))
    element.props(f"{_LOOK} {_PAUSE}")
    return Widget(named(element, what), quiet(element, _as_text), lambda: element.value or "")


def number(what: Field) -> Widget:
    """A number, whole where its component or type says so."""
    whole = what.of("precision") == 0 or what.annotation is int

    def change(event: Any) -> None:
        what.change(None if event.value is None else int(event.value) if whole else event.value)

    element = ui.number(
        value=what.value,
        min=what.of("minimum"),
        max=what.of("maximum"),
        step=what.of("step") or (1 if whole else None),
        precision=0 if whole else what.of("precision"),
        placeholder=what.of("placeholder"),
        on_change=change,
    ).props(f"{_LOOK} {_PAUSE}")
    return Widget(named(element, what), quiet(element), lambda: element.value)


def slider(what: Field) -> Widget:
    """A slider with its number beside it, which can be typed too. It tells when it is let go."""
    low, high = float(what.of("minimum", 0)), float(what.of("maximum", 100))
    step = float(what.of("step") or (1 if what.annotation is int else (high - low) / 100 or 1))
    whole = step == int(step) and low == int(low)

    def plain(value: Any) -> Any:
        return None if value is None else int(value) if whole else round(float(value), 10)

    with ui.element("div").classes("df-slider") as root:
        bar = ui.slider(min=plain(low), max=plain(high), step=plain(step), value=plain(what.value) or plain(low))
        figure = ui.number(min=plain(low), max=plain(high), step=plain(step), value=bar.value).props(
            f"{_LOOK} {_PAUSE}"
        )
    named(bar, what)
    figure._props["aria-label"] = f"{what.label}, as a number"
    follow, turn = quiet(figure), quiet(bar)

    def let_go(_event: Any = None) -> None:
        what.change(plain(bar.value))

    def typed(event: Any) -> None:
        if event.value is not None:
            turn(plain(event.value))
            what.change(plain(event.value))

    bar.on_value_change(lambda event: follow(plain(event.value)))
    bar.on("change", let_go)
    figure.on_value_change(typed)

    def show(value: Any) -> None:
        turn(plain(value))
        follow(plain(value))

    return Widget(root, show, lambda: plain(bar.value))


def color(what: Field) -> Widget:
    """A colour, typed or picked."""
    element = ui.color_input(value=what.value or "", on_change=lambda event: what.change(event.value)).props(_LOOK)
    return Widget(named(element, what), quiet(element), lambda: element.value)


def code(what: Field) -> Widget:
    """Code, with the colours of its language."""
    languages = {
        "python": "Python",
        "javascript": "JavaScript",
        "json": "JSON",
        "html": "HTML",
        "css": "CSS",
        "sql": "SQL",
    }
    languages |= {"markdown": "Markdown", "yaml": "YAML", "typescript": "TypeScript", "shell": "Shell", "r": "R"}
    element: Any = ui.codemirror(
        _as_text(what.value),
        language=_LANGUAGES.get(str(what.of("language", "")).lower()),
        on_change=lambda event: what.change(event.value),
        line_wrapping=bool(what.of("wrap_lines", default=False)),
    ).classes("df-code")
    return Widget(named(element, what), quiet(element, _as_text), lambda: element.value)


def json_text(what: Field) -> Widget:
    """Lists and dicts as JSON; what is none is marked, and is not taken."""
    element = ui.textarea(value=_as_json(what.value), validation={"This is not JSON": _is_json})
    element.props(f"{_LOOK} autogrow {_PAUSE}").classes("mono")

    def change(event: Any) -> None:
        if _is_json(event.value):
            what.change(_from_json(event.value))

    element.on_value_change(change)
    return Widget(named(element, what), quiet(element, _as_json), lambda: _from_json(element.value))


def date_time(what: Field) -> Widget:
    """A date, with its time where the component wants one."""
    timed = bool(what.of("include_time", default=True))
    kind = str(what.of("type", "timestamp"))

    def shown(value: Any) -> str:
        moment = _moment(value)
        return "" if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%S" if timed else "%Y-%m-%d")

    def natural(text: str | None) -> Any:
        moment = _moment(text)
        if moment is None or kind == "datetime":
            return moment
        if kind == "timestamp":
            return moment.timestamp()
        return moment.strftime("%Y-%m-%d %H:%M:%S" if timed else "%Y-%m-%d")

    element = ui.input(value=shown(what.value), on_change=lambda event: what.change(natural(event.value)))
    element.props(f"{_LOOK} type={'datetime-local' if timed else 'date'} step=1 {_PAUSE}")
    return Widget(named(element, what), quiet(element, shown), lambda: natural(element.value))


def _moment(value: Any) -> datetime.datetime | None:
    if isinstance(value, (int, float)):
        return datetime.datetime.fromtimestamp(value)  # noqa: DTZ006  # in the time zone of the person who looks
    if isinstance(value, datetime.datetime):
        return value
    if isinstance(value, datetime.date):
        return datetime.datetime(value.year, value.month, value.day)  # noqa: DTZ001  # a date has no time zone
    try:
        return datetime.datetime.fromisoformat(str(value)) if value else None
    except ValueError:
        return None


def _as_text(value: Any) -> str:
    return "" if value is None else value if class_of(value) is str else str(value)


def _as_json(value: Any) -> str:
    return "" if value is None else json.dumps(value, indent=2, default=str, ensure_ascii=False)


def _is_json(text: Any) -> bool:
    try:
        _from_json(text)
    except ValueError:
        return False
    return True


def _from_json(text: Any) -> Any:
    return json.loads(text) if text and str(text).strip() else None
