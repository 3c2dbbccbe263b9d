"""Values that are one thing to look at: numbers, yes and no, days, colours, choices, and nothing."""

from __future__ import annotations

import datetime
import re
import zoneinfo
from typing import Any

from daggr_fn.canvas.views.context import Context, Unfit, ViewModel, is_a
from daggr_fn.canvas.views.safe import clean, number_words, words
from daggr_fn.canvas.views.texts import text
from daggr_fn.values import is_sequence

_COLOR = re.compile(r"#[0-9a-f]{3,8}|(rgb|hsl)a?\([\d\s.,%/-]{1,60}\)|[a-z]{3,24}", re.IGNORECASE)


def none(_value: Any = None, _ctx: Context | None = None) -> ViewModel:
    """The value `None`."""
    return {"view": "none"}


def number(value: Any, ctx: Context) -> ViewModel:
    """A number, with thin gaps in large ones."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        value = _of_numpy(value)
    vm: ViewModel = {"view": "number", "text": number_words(value), "raw": words(value)}
    low, high = ctx.option("minimum"), ctx.option("maximum")
    if type(ctx.component).__name__ == "Slider" and low is not None and high is not None and high > low:
        vm["share"] = min(1.0, max(0.0, (value - low) / (high - low))) if value == value else 0  # noqa: PLR0124  # NaN
    return vm


def _of_numpy(value: Any) -> int | float:
    item = getattr(value, "item", None)
    found = item() if item is not None and getattr(value, "ndim", 1) == 0 else value
    if isinstance(found, bool) or not isinstance(found, (int, float)):
        raise Unfit
    return found


def yes_or_no(value: Any, _ctx: Context) -> ViewModel:
    """A truth value."""
    if not isinstance(value, bool):
        raise Unfit
    return {"view": "bool", "value": value}


def color(value: Any, ctx: Context) -> ViewModel:
    """A colour, as a swatch beside its text; what is no colour of CSS is text."""
    if not isinstance(value, str) or not _COLOR.fullmatch(value.strip()):
        return text(value, ctx)
    return {"view": "color", "text": value.strip()}


def date(value: Any, ctx: Context) -> ViewModel:
    """A day, a time of day, or both."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str, datetime.date, datetime.time)):
        raise Unfit
    if isinstance(value, str):
        return {"view": "date", "text": clean(words(value))}
    if isinstance(value, (int, float)):
        zone = ctx.option("timezone")
        try:
            value = datetime.datetime.fromtimestamp(value, zoneinfo.ZoneInfo(zone) if zone else datetime.timezone.utc)
        except (ValueError, OverflowError, OSError, KeyError):
            raise Unfit from None
    return {"view": "date", "text": _day(value, ctx), "iso": value.isoformat()}


def _day(value: datetime.date | datetime.time, ctx: Context) -> str:
    if not isinstance(value, datetime.datetime):
        return value.isoformat()
    if not ctx.option("include_time", True):
        return value.date().isoformat()
    zone = f" {value.tzname()}" if value.tzinfo is not None else ""
    return value.replace(tzinfo=None).isoformat(" ", "seconds") + zone


def duration(value: datetime.timedelta, _ctx: Context) -> ViewModel:
    """How long something took."""
    return {"view": "text", "text": str(value)}


def choice(value: Any, ctx: Context) -> ViewModel:
    """One of some choices by its name, or several."""
    names = {_hashable(one[1]): words(str(one[0])) for one in ctx.option("choices", []) if is_sequence(one)}
    if is_sequence(value) or is_a(value, (set, frozenset)):
        chosen = [names.get(_hashable(one)) or clean(words(one)) for one in list(value)[:200]]
        return {"view": "choices", "names": chosen}
    return text(names.get(_hashable(value)) or value, ctx)


def _hashable(value: Any) -> Any:
    try:
        hash(value)
    except TypeError:
        return words(value)
    return value
