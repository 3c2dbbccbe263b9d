"""The values of inputs from words, by annotation: those of a command line, and the cells of a table."""

from __future__ import annotations

import collections.abc
import enum
import inspect
import json
import types
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin

from daggr_fn.annotations import bare, describe, enum_values, media_name, record_fields
from daggr_fn.errors import did_you_mean, listed

if TYPE_CHECKING:
    from daggr_fn.expressions import InputPort

Parse = Callable[[str], Any]
_LISTS = (list, tuple, set, frozenset, collections.abc.Sequence, collections.abc.Iterable)
_TRUTHS = {"true": True, "false": False}
_ARTICLES = {int: "a whole number", float: "a number", bool: "true or false"}


def is_list(annotation: Any) -> bool:
    """Whether an option may be given again for each item."""
    annotation = _without_none(annotation)
    return (get_origin(annotation) or annotation) in _LISTS and record_fields(annotation) is None


def is_flag(annotation: Any) -> bool:
    """Whether an option is a pair of flags."""
    return _without_none(annotation) is bool


def wants_whole(annotation: Any) -> bool:
    """Whether values are whole numbers, or nothing."""
    return _without_none(annotation) is int


def item_of(annotation: Any) -> Any:
    """The annotation of one item of a list; `Any` where it says nothing."""
    args = get_args(_without_none(annotation))
    return args[0] if args else Any


def collection_of(annotation: Any) -> Callable[[list[Any]], Any]:
    """What makes the items given into the collection that an annotation names."""
    cls = get_origin(_without_none(annotation)) or _without_none(annotation)
    return cls if cls in (tuple, set, frozenset) else list


def parser_of(annotation: Any, choices: dict[str, Any] | None = None) -> tuple[Parse, str]:
    """What makes one word into a value, and the words for it in the help. It raises `ValueError` for other words.

    Args:
        annotation: What the value is to be.
        choices: The only values there are, by what is written for them; by default those of a `Literal` or `Enum`.
    """
    annotation = _without_none(annotation)
    choices = choices or choices_of(annotation)
    if choices:
        return _choice_parser(choices), "|".join(choices)
    if get_origin(annotation) in (Union, types.UnionType):
        return _union_parser(annotation), describe(annotation).replace(" | ", "|")
    if annotation in (int, float, bool):
        return _number_parser(annotation), annotation.__name__
    if _is_json(annotation):
        return _json_parser(annotation), "json"
    return (Path, "path") if _is_file(annotation) else (str, "text")


def _is_file(annotation: Any) -> bool:
    if not isinstance(annotation, type):
        return False
    cls: Any = annotation
    return issubclass(cls, Path) or cls is bytes or media_name(cls) != ""


def choices_of(annotation: Any) -> dict[str, Any]:
    """The values of a `Literal` or `Enum` by what is written for them; empty for anything else."""
    values = enum_values(annotation)
    if values is None:
        return {}
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return {str(member.value): member for member in annotation}
    return {str(value): value for value in values}


def _without_none(annotation: Any) -> Any:
    annotation = bare(annotation)
    if get_origin(annotation) in (Union, types.UnionType):
        args = [one for one in get_args(annotation) if one is not type(None)]
        return bare(args[0]) if len(args) == 1 else annotation
    return annotation


def _choice_parser(choices: dict[str, Any]) -> Parse:
    def parse(text: str) -> Any:
        if text in choices:
            return choices[text]
        raise ValueError(f"{text!r} is none of {listed(choices)}{did_you_mean(text, choices)}")

    return parse


def _number_parser(number: Any) -> Parse:
    def parse(text: str) -> Any:
        try:
            return _TRUTHS[text.strip().lower()] if number is bool else number(text)
        except (ValueError, KeyError):
            raise ValueError(f"{text!r} is not {_ARTICLES[number]}") from None

    return parse


def _union_parser(annotation: Any) -> Parse:
    """The first member that takes the text; `str`, which takes everything, last."""
    members = sorted(get_args(annotation), key=lambda one: one is str)
    parsers = [parser_of(one)[0] for one in members if one is not type(None)]

    def parse(text: str) -> Any:
        for one in parsers:
            try:
                return one(text)
            except ValueError:
                continue
        raise ValueError(f"{text!r} is no {describe(annotation)}")

    return parse


def _is_json(annotation: Any) -> bool:
    cls = get_origin(annotation) or annotation
    mapping = isinstance(cls, type) and issubclass(cls, collections.abc.Mapping)
    return mapping or record_fields(annotation) is not None or is_list(annotation)


def _json_parser(annotation: Any) -> Parse:
    record = record_fields(annotation)
    fields = listed(record[1]) if record is not None else ""
    builds = record is not None and record[0] == "attribute"

    def parse(text: str) -> Any:
        try:
            value = json.loads(text)
        except ValueError as error:
            raise ValueError(f"{text!r} is no JSON text: {error}") from None
        if not builds or not isinstance(value, dict):
            return value
        try:
            return annotation(**value)
        except TypeError as error:
            raise ValueError(f"{error}; the fields of {describe(annotation)} are {fields}") from None

    return parse


_TOLD_BY_DEFAULT: tuple[Any, ...] = (bool, int, float, str, list, dict)
_COMPONENT_TYPES: dict[str, Any] = {"number": float, "integer": int, "boolean": bool}


def known_annotation(port: InputPort) -> Any:
    """The annotation of an input, or what the default or the component tells where there is none."""
    if port.annotation is not Any and port.annotation is not inspect.Parameter.empty:
        return port.annotation
    default: object = port.default
    if type(default) in _TOLD_BY_DEFAULT:
        return type(default)
    if port.component is None:
        return Any
    return _COMPONENT_TYPES.get(str(port.component.api_info().get("type")), Any)


def component_choices(port: InputPort) -> dict[str, Any] | None:
    """The choices of a dropdown or radio, where nothing else may be given."""
    choices = getattr(port.component, "choices", None)
    if not choices or getattr(port.component, "allow_custom_value", False):
        return None
    pairs: list[tuple[Any, Any]] = [one if type(one) in (tuple, list) else (one, one) for one in choices]
    return {str(value): value for _, value in pairs}
