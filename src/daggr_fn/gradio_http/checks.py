"""A value against what an app says of its parameter, before anything is sent.

The app checks too, but late, after the queue, and often without telling why.
"""

from __future__ import annotations

import datetime
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from daggr_fn.errors import WiringError, did_you_mean, shorten
from daggr_fn.gradio_http.description import type_of
from daggr_fn.gradio_http.json_types import is_collection, is_mapping, is_pair, is_sequence
from daggr_fn.gradio_http.shapes import plain
from daggr_fn.gradio_http.transfer import is_file_data
from daggr_fn.media import form_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from daggr_fn.gradio_http.description import ApiParameter

_SHOWN_CHOICES = 20


def check_value(where: str, parameter: ApiParameter, value: Any) -> None:
    """Raise when the app is bound to refuse a value.

    Args:
        where: The app and the endpoint, for the message.
        parameter: The parameter that it is for.
        value: Any value; `None` passes, since only the app knows what it makes of it.

    Raises:
        WiringError: It has the wrong type, is out of bounds or no choice, or names a file that is not there.
    """
    value = plain(value)
    if value is None:
        return
    choices = _choices(parameter)
    kind = type_of(parameter.schema)
    if parameter.takes_files:
        _check_files(where, parameter, value)
    elif choices and not parameter.props.get("allow_custom_value"):
        _check_choices(where, parameter, value, choices)
    elif kind in {"number", "integer"}:
        _check_number(where, parameter, value)
    elif kind == "boolean" and not isinstance(value, bool):
        _refuse(where, parameter, value, "wants True or False", instead=_as_bool(value))
    elif kind == "string":
        _check_text(where, parameter, value)


def _refuse(
    where: str, parameter: ApiParameter, value: Any, why: str, *, instead: str | None = None, **notes: str
) -> None:
    given = f"{parameter.name}={shorten(value)}"
    told = f"{parameter.name}={instead}" if instead is not None else None
    raise WiringError(f"{where}: {given} ({type(value).__name__}): the parameter {why}", instead=told, notes=notes)


def _check_number(where: str, parameter: ApiParameter, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        _refuse(where, parameter, value, "wants a number", instead=_as_number(value))
    if not math.isfinite(value):
        _refuse(where, parameter, value, "wants a finite number")
    low, high = parameter.props.get("minimum"), parameter.props.get("maximum")
    if (low is not None and value < low) or (high is not None and value > high):
        _refuse(where, parameter, value, _bounds(low, high))
    if type_of(parameter.schema) == "integer" and value != int(value):
        _refuse(where, parameter, value, "wants a whole number", instead=str(round(value)))


def _bounds(low: Any, high: Any) -> str:
    if low is None:
        return f"is at most {high}"
    return f"is at least {low}" if high is None else f"is between {low} and {high}"


def _check_text(where: str, parameter: ApiParameter, value: Any) -> None:
    if parameter.component == "datetime" and isinstance(value, (int, float, datetime.date)):
        return
    if not isinstance(value, str):
        hint = repr(str(value)) if isinstance(value, (int, float, Path)) else None
        _refuse(where, parameter, value, "wants a text", instead=hint)
    text = str(value)
    limit = parameter.props.get("max_length")
    if isinstance(limit, int) and len(text) > limit:
        _refuse(where, parameter, value, f"takes at most {limit} characters, and this has {len(text)}")


def _choices(parameter: ApiParameter) -> list[tuple[str, Any]]:
    """The choices as (label, value); empty when there are none."""
    told = parameter.props.get("choices")
    if is_sequence(told) and parameter.component in {"dropdown", "radio", "checkboxgroup"}:
        return [(str(c[0]), c[1]) if is_pair(c) else (str(c), c) for c in told]
    items = parameter.schema.get("items")
    enum: Sequence[Any] = parameter.schema.get("enum") or (items.get("enum") if is_mapping(items) else None) or ()
    return [(str(value), value) for value in enum]


def _check_choices(where: str, parameter: ApiParameter, value: Any, choices: list[tuple[str, Any]]) -> None:
    many = type_of(parameter.schema) == "array" or bool(parameter.props.get("multiselect"))
    if many and not is_collection(value):
        _refuse(where, parameter, value, "wants a list of choices", instead=f"[{value!r}]")
    given: Sequence[Any] = value if many else [value]
    picked = [plain(one) for one in given]
    valid = [choice for _, choice in choices]
    for one in picked:
        if any(_same(one, choice) for choice in valid):
            continue
        by_label = [choice for label, choice in choices if label == one]
        if by_label:
            _refuse(where, parameter, one, "wants the value of a choice, not its label", instead=repr(by_label[0]))
        names = ", ".join(repr(choice) for choice in valid[:_SHOWN_CHOICES])
        more = f" and {len(valid) - _SHOWN_CHOICES} more" if len(valid) > _SHOWN_CHOICES else ""
        near = did_you_mean(one, [choice for choice in valid if isinstance(choice, str)])
        _refuse(where, parameter, one, f"is one of {names}{more}{near}")
    limit = parameter.props.get("max_choices")
    if many and isinstance(limit, int) and len(picked) > limit:
        _refuse(where, parameter, value, f"takes at most {limit} choices, and these are {len(picked)}")


def _same(value: Any, choice: Any) -> bool:
    """Equality as JSON sees it: `True` is not 1, and 1 is 1.0."""
    if isinstance(value, bool) or isinstance(choice, bool):
        return value is choice
    return bool(value == choice)


def _check_files(where: str, parameter: ApiParameter, value: Any) -> None:
    many = type_of(parameter.schema) == "array"
    is_list = is_collection(value) and not isinstance(value, tuple)
    if is_list and not many:
        _refuse(where, parameter, value, "takes one file, not a list")
    files: Sequence[Any] = value if is_list else [value]
    for one in files:
        if isinstance(one, str) and one.startswith(("http://", "https://")):
            continue
        if isinstance(one, (str, Path)):
            _check_path(where, parameter, Path(one))
        elif not (form_of(one) or is_file_data(one) or isinstance(one, (bytes, tuple)) or one is None):
            _refuse(where, parameter, one, "wants a file: a path, an address, a picture, sound or bytes")


def _check_path(where: str, parameter: ApiParameter, path: Path) -> None:
    if path.is_file() or (path.is_dir() and parameter.props.get("file_count") == "directory"):
        return
    if path.is_dir():
        _refuse(where, parameter, str(path), "wants a file, and this is a folder")
    siblings = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    near = did_you_mean(path.name, siblings)
    _refuse(where, parameter, str(path), f"names a file that does not exist (looked in {path.parent.resolve()}){near}")


def _as_number(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(int(value))
    try:
        return repr(int(value)) if float(value).is_integer() and "." not in str(value) else repr(float(value))
    except (TypeError, ValueError, OverflowError):
        return None


def _as_bool(value: Any) -> str | None:
    words = {"true": "True", "1": "True", "yes": "True", "false": "False", "0": "False", "no": "False"}
    return words.get(str(value).strip().lower())
