"""The fields of a pipeline's inputs: what the page is told of each, and what its widget is made for."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from daggr_fn.annotations import record_fields
from daggr_fn.components import component_for, input_component
from daggr_fn.kinds import MISSING
from daggr_fn.values import is_mapping

if TYPE_CHECKING:
    from daggr_fn.graph import Graph


@dataclass(frozen=True, slots=True)
class InputField:
    """One field: an input, or a part of one that is a record.

    Attributes:
        name: The input's name; of a part `input.part`.
        info: A text under the widget.
    """

    name: str
    input: str
    part: str
    label: str
    info: str
    component: Any
    annotation: Any
    secret: bool
    visible: bool


def input_fields(graph: Graph) -> dict[str, InputField]:
    """The fields of all inputs, by name."""
    found: dict[str, InputField] = {}
    for port in graph.inputs.values():
        record = record_fields(port.annotation)
        if record is None or port.component is not None:
            component = input_component(port)
            found[port.name] = _field(port.name, port.name, "", component, port.annotation, secret=port.secret)
            continue
        for name, one in record[1].items():
            component = next(iter(one.metadata), None) or component_for(one.annotation, None, _words(name))
            full = f"{port.name}.{name}"
            found[full] = _field(full, port.name, name, component, one.annotation, secret=port.secret)
    return found


def part_of(one: InputField, value: Any) -> Any:
    """The value of a field, of that of its input."""
    if not one.part or value is MISSING:
        return value
    if is_mapping(value):
        return value.get(one.part, MISSING)
    return getattr(value, one.part, MISSING)


def with_part(one: InputField, value: Any, part: Any) -> Any:
    """The value of an input in which a field has another one."""
    if not one.part:
        return part
    if is_mapping(value):
        return {**value, one.part: part}
    if hasattr(value, "_replace"):
        return value._replace(**{one.part: part})
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.replace(value, **{one.part: part})
    return {one.part: part}


def _field(name: str, port: str, part: str, component: Any, annotation: Any, *, secret: bool) -> InputField:
    label = getattr(component, "label", None) or _words(part or port)
    info = getattr(component, "info", None) or ""
    visible = getattr(component, "visible", True) is not False
    return InputField(name, port, part, label, info, component, annotation, secret, visible)


def _words(name: str) -> str:
    return name[:1].upper() + name[1:].replace("_", " ")
