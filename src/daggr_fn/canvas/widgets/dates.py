"""The widget for a day, or a moment."""

from __future__ import annotations

import datetime
from typing import Any
from zoneinfo import ZoneInfo

from nicegui import ui

from daggr_fn.annotations import bare
from daggr_fn.canvas.widgets.field import Field, Widget, named, quiet

_KINDS: dict[Any, str] = {
    datetime.datetime: "datetime",
    datetime.date: "date",
    str: "string",
    float: "timestamp",
    int: "timestamp",
}


def date_time(what: Field) -> Widget:
    """A date, with its time where the component wants one; the type of its values is as the annotation says."""
    timed = bool(what.of("include_time", default=True))
    zone = ZoneInfo(str(what.of("timezone"))) if what.of("timezone") else None
    kind = _KINDS.get(bare(what.annotation)) or str(what.of("type", "timestamp"))

    def written(found: datetime.datetime, between: str) -> str:
        plain = found.replace(microsecond=0, tzinfo=None)
        return plain.isoformat(between) if timed else plain.date().isoformat()

    def shown(value: Any) -> str:
        found = moment(value, zone)
        return "" if found is None else written(found, "T")

    def natural(text: str | None) -> Any:
        found = moment(text, zone)
        if found is None or kind == "datetime":
            return found
        if kind == "date":
            return found.date()
        if kind == "timestamp":
            return found.timestamp()
        return written(found, " ")

    element = ui.input(value=shown(what.value), on_change=lambda event: what.change(natural(event.value)))
    element.props(f"outlined dense hide-bottom-space type={'datetime-local' if timed else 'date'} step=1 debounce=250")
    return Widget(
        named(element, what), quiet(element, shown, lambda text: shown(natural(text))), lambda: natural(element.value)
    )


def moment(value: Any, zone: datetime.tzinfo | None = None) -> datetime.datetime | None:
    """The moment that a value says, in a time zone; without one in that of the machine. `None` where it says none.

    Args:
        value: Seconds since 1970, a date, a moment, or a text: ISO 8601, or Gradio's `now` and `now - 2d`.
        zone: The time zone.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return datetime.datetime.fromtimestamp(value, zone)
    if isinstance(value, datetime.datetime):
        return value.astimezone(zone) if zone is not None and value.tzinfo is not None else value
    if isinstance(value, datetime.date):
        return datetime.datetime(value.year, value.month, value.day, tzinfo=zone)
    text = str(value or "").strip()
    if text.startswith("now"):
        return _before_now(text, zone)
    try:
        found = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None or zone is None else found.replace(tzinfo=zone)


def _before_now(text: str, zone: datetime.tzinfo | None) -> datetime.datetime | None:
    units = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
    amount = text[3:].replace("-", " ").strip()
    number, unit = amount[:-1].strip(), amount[-1:]
    now = datetime.datetime.now(zone)
    if not amount:
        return now
    return now - datetime.timedelta(**{units[unit]: int(number)}) if number.isdigit() and unit in units else None
