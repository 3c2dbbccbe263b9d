"""The fields of a pipeline's inputs: what the page is told of each, and what its widget is made for."""

from __future__ import annotations

import dataclasses
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from daggr_fn.annotations import is_component, record_fields
from daggr_fn.components import component_for, input_component, without_none
from daggr_fn.kinds import MISSING
from daggr_fn.values import is_mapping

if TYPE_CHECKING:
    from collections.abc import Iterable

    from daggr_fn.expressions import InputPort
    from daggr_fn.graph import Graph

logger = logging.getLogger("daggr_fn")


@dataclass(frozen=True, slots=True)
class InputField:
    """One field: an input, or a part of one that is a record.

    Attributes:
        name: The input's name; of a part `input.part`.
        input: The input.
        part: The part of it; empty where the field is the whole input.
        record: Of a part, the type of the whole.
        info: A text under the widget.
        labelled: Whether its label is seen.
        visible: Whether it is seen at all.
    """

    name: str
    input: str
    part: str
    record: Any
    label: str
    info: str
    component: Any
    annotation: Any
    secret: bool
    labelled: bool
    visible: bool


def input_fields(graph: Graph) -> dict[str, InputField]:
    """The fields of all inputs, by name."""
    found: dict[str, InputField] = {}
    for port in graph.inputs.values():
        record = record_fields(port.annotation)
        if record is None or port.component is not None:
            found[port.name] = _field(port, "", port.annotation, _component(port))
            continue
        for name, one in record[1].items():
            given = next((extra for extra in one.metadata if is_component(extra)), None)
            component = given if given is not None else component_for(one.annotation, None, _words(name))
            made = _field(port, name, one.annotation, component)
            found[made.name] = made
    return found


def part_of(one: InputField, value: Any) -> Any:
    """The value of a field, of that of its input; where that has none, the part's own default."""
    if not one.part:
        return value
    if value is MISSING:
        return _defaults(one.record).get(one.part, MISSING)
    if is_mapping(value):
        return value.get(one.part, MISSING)
    return getattr(value, one.part, MISSING)


def with_part(one: InputField, value: Any, part: Any) -> Any:
    """The value of an input in which a field has another one.

    Of a record that had no value it is the parts that have one, until all have.
    """
    if not one.part:
        return part
    if value is not MISSING and not is_mapping(value) and value is not None:
        if hasattr(value, "_replace"):
            return value._replace(**{one.part: part})
        return dataclasses.replace(value, **{one.part: part})
    given: Any = value if is_mapping(value) else {}
    parts: dict[str, Any] = {**_defaults(one.record), **given, one.part: part}
    record = record_fields(one.record)
    if record is None or record[0] == "key" or parts.keys() < record[1].keys():
        return parts
    return one.record(**parts)


def lacking(fields: Iterable[InputField], value: Any) -> list[str]:
    """Those of the fields of an input that have no value."""
    return [one.name for one in fields if part_of(one, value) is MISSING]


def drawn_default(one: InputField) -> Any:
    """What a field begins with on a new sheet where its component draws or works that out; `MISSING` where it doesn't.

    Gradio calls such a function when a page is loaded: a random slider, a day that is today.
    """
    attached = getattr(one.component, "load_event_to_attach", None)
    return attached[0]() if attached and not attached[1] and not one.part else MISSING


def _defaults(record: Any) -> dict[str, Any]:
    """The parts of a record type that have a default."""
    if not dataclasses.is_dataclass(record):
        return dict(getattr(record, "_field_defaults", {}))
    found: dict[str, Any] = {}
    for one in dataclasses.fields(record):
        if one.default is not dataclasses.MISSING:
            found[one.name] = one.default
        elif one.default_factory is not dataclasses.MISSING:
            found[one.name] = one.default_factory()
    return found


def _component(port: InputPort) -> Any:
    try:
        return input_component(port)
    except Exception as error:  # noqa: BLE001  # a default that Gradio can't take: the field is made of its type alone
        logger.warning("no component can be made of the default of %s: %s", port.name, error)
        return component_for(port.annotation, None, _words(port.name))


def _field(port: InputPort, part: str, annotation: Any, component: Any) -> InputField:
    return InputField(
        name=f"{port.name}.{part}" if part else port.name,
        input=port.name,
        part=part,
        record=port.annotation if part else None,
        label=getattr(component, "label", None) or _words(part or port.name),
        info=getattr(component, "info", None) or "",
        component=component,
        annotation=without_none(annotation),
        secret=port.secret,
        labelled=getattr(component, "show_label", None) is not False,
        visible=getattr(component, "visible", True) is True,
    )


def _words(name: str) -> str:
    return name[:1].upper() + name[1:].replace("_", " ")
