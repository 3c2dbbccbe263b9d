"""Values by what they are, where no component says how they are shown."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import fractions
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from daggr_fn.annotations import is_component, media_name, record_fields
from daggr_fn.canvas.views import media, plots, singles, tables, texts
from daggr_fn.canvas.views.context import MOST_DEEP, Context, Unfit, ViewModel, is_a
from daggr_fn.canvas.views.files import OTHER_PICTURES, PICTURES, SOUNDS, is_file, is_picture
from daggr_fn.canvas.views.safe import TIMES, Tree, count_words, json_text, words
from daggr_fn.concealing import Hidden
from daggr_fn.values import Failed, class_of, is_mapping, is_named_tuple, is_record, is_sequence

Show = Callable[[Any, Context], ViewModel]
_MOST_PARTS = 20
_TABLES = frozenset({"DataFrame", "Series", "Styler"})


def failure(error: BaseException, where: str = "") -> ViewModel:
    """An exception that is a value: an item that failed in a list that keeps failures."""
    reason = f"{class_of(error).__name__}: {_message(error)}".rstrip(": ")
    return {"view": "error", "reason": words(reason), **({"where": where} if where else {})}


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001  # the exception's own words may raise anything
        return "its message can't be read"


def plain(show: Show) -> Show:
    """The maker for values of any type; `show` makes the view models of their parts."""

    def make(value: Any, ctx: Context) -> ViewModel:
        found = _single(value, ctx)
        if found is None:
            found = _medium(value, ctx)
        if found is None:
            found = _collection(value, ctx, show)
        return found if found is not None else _object(value, ctx)

    return make


def _single(value: Any, ctx: Context) -> ViewModel | None:
    if value is None:
        return singles.none()
    if isinstance(value, Hidden):
        return {"view": "text", "text": "•" * 8, "secret": True}
    if isinstance(value, Failed):
        return failure(value.error, f"{value.step}, item {', '.join(str(one + 1) for one in value.index)}")
    if isinstance(value, BaseException):
        return failure(value)
    if isinstance(value, enum.Enum):
        return {"view": "text", "text": words(value.name), "note": class_of(value).__name__}
    if isinstance(value, bool):
        return singles.yes_or_no(value, ctx)
    if isinstance(value, (int, float)):
        return singles.number(value, ctx)
    if isinstance(value, str):
        return texts.text(value, ctx)
    return _worded(value, ctx)


def _worded(value: Any, ctx: Context) -> ViewModel | None:
    if class_of(value).__name__ in ("NaTType", "NAType"):  # pandas' NaT says that it is a datetime
        return singles.none()
    if isinstance(value, (datetime.date, datetime.time)):
        return singles.date(value, ctx)
    if isinstance(value, (decimal.Decimal, fractions.Fraction, complex, uuid.UUID, datetime.timedelta)):
        return {"view": "text", "text": str(value)}
    if class_of(value).__module__ == "numpy" and getattr(value, "shape", None) == ():
        return _single(value.item(), ctx)
    return None


def _medium(value: Any, ctx: Context) -> ViewModel | None:
    if is_file(value):
        return media.file(value, ctx)
    if isinstance(value, (bytes, bytearray)):
        return _bytes(bytes(value), ctx)
    if plots.library_of(value):
        return plots.plot(value, ctx)
    if _is_sound(value):
        return media.audio(value, ctx)
    if media_name(class_of(value)) == "array":
        return _array(value, ctx)
    if is_picture(value):
        return media.image(value, ctx)
    if class_of(value).__module__.partition(".")[0] in ("pandas", "polars") and class_of(value).__name__ in _TABLES:
        return tables.table(value, ctx)
    return None


def _is_sound(value: Any) -> bool:
    """A rate and samples, as Gradio's Audio gives them."""
    return (
        class_of(value) is tuple
        and len(value) == 2
        and isinstance(value[0], int)
        and media_name(class_of(value[1])) == "array"
    )


def _array(value: Any, ctx: Context) -> ViewModel:
    if is_picture(value):
        return media.image(value, ctx)
    vm = tables.table(value, ctx) if value.ndim == 2 and value.shape[1] <= 50 else _data(value, ctx)
    return {**vm, "note": f"{f' {TIMES} '.join(map(str, value.shape))} {value.dtype}"}


def _bytes(value: bytes, ctx: Context) -> ViewModel:
    for make in (media.image, media.audio, media.files):
        try:
            return make(value, ctx)
        except Unfit:
            continue
    raise Unfit


def _collection(value: Any, ctx: Context, show: Show) -> ViewModel | None:
    if is_record(value) or is_named_tuple(value) or is_mapping(value):
        return _record(value, ctx, show)
    if not is_sequence(value):
        return _data(value, ctx) if is_a(value, (set, frozenset, range)) else None
    if value and all(_is_file_picture(one) for one in value):
        return media.gallery(value, ctx)
    if value and all(is_file(one) and one.suffix.lower() not in SOUNDS for one in value):
        return media.files(value, ctx)
    if tables.same_records(value):
        return tables.table(value, ctx)
    if ctx.depth < MOST_DEEP and 0 < len(value) <= _MOST_PARTS and any(_shows_itself(one) for one in value):
        return _several([(str(number + 1), one, None) for number, one in enumerate(value)], ctx, show)
    return _data(value, ctx)


def _is_file_picture(value: Any) -> bool:
    if isinstance(value, Path):
        return value.suffix.lower() in PICTURES | OTHER_PICTURES
    return is_picture(value)


def _record(value: Any, ctx: Context, show: Show) -> ViewModel:
    """A value with named parts: each on its own where one of them is a medium or has a component, else data."""
    named = _named_parts(value)
    rich = any(component is not None or _shows_itself(part) for _, part, component in named)
    if rich and 0 < len(named) <= _MOST_PARTS and ctx.depth < MOST_DEEP:
        return _several(named, ctx, show)
    return _data(value, ctx)


def _named_parts(value: Any) -> list[tuple[str, Any, Any]]:
    if is_mapping(value):
        return [(words(key, 80), part, None) for key, part in value.items()]
    annotated = record_fields(class_of(value))
    fields = annotated[1] if annotated else {}
    names = value._fields if is_named_tuple(value) else [one.name for one in dataclasses.fields(value) if one.repr]
    return [(name, getattr(value, name, None), _component(fields, name)) for name in names]


def _component(fields: dict[str, Any], name: str) -> Any:
    return next((one for one in fields[name].metadata if is_component(one)), None) if name in fields else None


def _shows_itself(value: Any) -> bool:
    """Whether a value is more than data: it is to be seen or heard."""
    if isinstance(value, (str, int, float, type(None))):
        return False
    kind = class_of(value)
    return (
        isinstance(value, (Path, bytes, bytearray, BaseException, Failed))
        or media_name(kind) == "image"
        or (is_sequence(value) and 0 < len(value) <= 100 and all(map(is_file, value)))
        or (kind.__module__.partition(".")[0] in ("pandas", "polars") and kind.__name__ in _TABLES)
        or (media_name(kind) == "array" and is_picture(value))
        or bool(plots.library_of(value))
    )


def _several(parts: list[tuple[str, Any, Any]], ctx: Context, show: Show) -> ViewModel:
    shown = [show(part, ctx.inside(component, name)) for name, part, component in parts]
    for vm, (name, _, component) in zip(shown, parts, strict=True):
        vm.setdefault("label", getattr(component, "label", None) or name.replace("_", " ").capitalize())
        vm.setdefault("name", vm["label"])
    return {"view": "several", "parts": shown}


def _data(value: Any, ctx: Context) -> ViewModel:
    return data(value, ctx)


def data(value: Any, ctx: Context) -> ViewModel:
    """A value as a tree that folds."""

    def src(path: Path) -> str | None:
        try:
            return ctx.links.file(path)
        except LookupError:
            return None

    tree = Tree(src)
    vm: ViewModel = {"view": "json", "value": tree.node(value), "open": bool(ctx.option("open", False))}
    size = len(value) if is_a(value, (list, tuple, set, frozenset, dict)) and not is_named_tuple(value) else None
    if size is not None:
        vm["note"] = _counted(size, "entries" if is_mapping(value) else "items")
    if tree.cut:
        vm["cut"] = True
    return {**vm, "more": ctx.links.text(lambda: json_text(value), ctx.file_name(".json"), "application/json")}


def _counted(size: int, things: str) -> str:
    one = {"entries": "entry", "items": "item"}
    return f"{count_words(size)} {one[things] if size == 1 else things}"


def _object(value: Any, ctx: Context) -> ViewModel:
    """A value that JSON has no word for: its type, and its own words for itself."""
    kind = class_of(value)
    if callable(getattr(value, "_repr_html_", None)):
        try:
            return {**texts.html(value._repr_html_(), ctx), "type": kind.__name__}
        except Exception:  # noqa: BLE001, S110  # a notebook's view that fails is no loss: the value's words are shown
            pass
    told = words(value, 2_000)
    return {
        "view": "object",
        "type": kind.__qualname__,
        "module": kind.__module__,
        "text": "" if " object at 0x" in told else told,
    }
