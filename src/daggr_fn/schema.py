"""A pipeline for other programs: its inputs and outputs as a JSON schema, its graph as a mermaid flowchart."""

from __future__ import annotations

import types
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin

from daggr_fn.annotations import bare, enum_values, media_name, record_fields
from daggr_fn.expressions import Expression, InputPort, Output
from daggr_fn.kinds import MISSING
from daggr_fn.runners import THREAD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from daggr_fn.graph import Graph, Step

_SIMPLE: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    Path: {"type": "string", "format": "path"},
    bytes: {"type": "string", "format": "binary"},
    dict: {"type": "object"},
}


def pipeline_schema(graph: Graph, doc: str) -> dict[str, Any]:
    """The inputs and outputs of a pipeline as JSON schemas."""
    required = [name for name, port in graph.inputs.items() if port.default is MISSING]
    return {
        "title": graph.name,
        "description": doc,
        "inputs": {
            "type": "object",
            "properties": {name: _input_schema(port) for name, port in graph.inputs.items()},
            "required": required,
            "additionalProperties": False,
        },
        "outputs": {
            "type": "object",
            "properties": {name: _output_schema(value) for name, value in graph.outputs.items()},
        },
    }


def _input_schema(port: InputPort) -> dict[str, Any]:
    schema = type_schema(port.annotation)
    if not schema and port.component is not None:
        schema = dict(port.component.api_info())
    label = getattr(port.component, "label", None)
    if label:
        schema["title"] = label
    if port.secret:
        schema["writeOnly"] = True
    elif port.default is not MISSING and (port.default is None or isinstance(port.default, (str, int, float, bool))):
        schema["default"] = port.default
    return schema


def _output_schema(value: Any) -> dict[str, Any]:
    return type_schema(value.annotation) if isinstance(value, Expression) else type_schema(type(value))


def type_schema(annotation: Any) -> dict[str, Any]:
    """The JSON schema of an annotation; empty, which allows everything, when nothing is known."""
    annotation = bare(annotation)
    origin, args = get_origin(annotation), get_args(annotation)
    values = enum_values(annotation)
    if values is not None:
        return {"enum": values}
    if origin in (Union, types.UnionType):
        return {"anyOf": [type_schema(one) for one in args]}
    record = record_fields(annotation)
    if record is not None:
        fields = {name: type_schema(field.annotation) for name, field in record[1].items()}
        return {"type": "object", "properties": fields}
    cls = origin or annotation
    if cls in (list, tuple, set):
        return {"type": "array", "items": type_schema(args[0])} if args else {"type": "array"}
    if isinstance(cls, type) and media_name(cls):
        return dict(_SIMPLE[Path])
    return dict(_SIMPLE.get(cls, {})) if isinstance(cls, type) else {}


def mermaid(graph: Graph) -> str:
    """The graph as a mermaid flowchart: inputs, steps and outputs; mapped steps drawn as stacks."""
    ids = {step: f"s{step.number}" for step in graph.steps.values()}
    lines = ["flowchart LR"]
    lines += [f"  i{number}([{_quoted(name)}])" for number, name in enumerate(graph.inputs)]
    lines += [f"  {ids[step]}{_shape(step)}" for step in graph.steps.values()]
    inputs = {port: f"i{number}" for number, port in enumerate(graph.inputs.values())}
    for step in graph.steps.values():
        for name, edge in step.edges.items():
            lines += [f"  {source} -->|{_quoted(name)}| {ids[step]}" for source in _sources(edge, ids, inputs)]
        lines += [f"  {ids[earlier]} -.-> {ids[step]}" for earlier in step.after]
    for number, (name, value) in enumerate(graph.outputs.items()):
        lines.append(f"  o{number}([{_quoted(name)}])")
        if isinstance(value, Expression):
            lines += [f"  {source} --> o{number}" for source in _sources(value, ids, inputs)]
    return "\n".join(lines)


def _shape(step: Step) -> str:
    runner = step.options.runner
    title = step.title if runner is None or runner is THREAD else f"{step.title} on {runner.name}"
    return f"[[{_quoted(title)}]]" if step.axes else f"[{_quoted(title)}]"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "'") + '"'


def _sources(edge: Expression, ids: dict[Step, str], inputs: dict[InputPort, str]) -> Iterator[str]:
    found: dict[str, None] = {}
    for part in edge.walk():
        if isinstance(part, Output):
            found[ids[part.step]] = None
        elif getattr(part, "port", None) in inputs:
            found[inputs[part.port]] = None  # type: ignore[attr-defined]
    return iter(found)
