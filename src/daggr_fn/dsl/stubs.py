"""A remote's real API as Python: functions without body to paste into a program, one for each endpoint."""

from __future__ import annotations

import keyword
import math
from typing import TYPE_CHECKING, Any

from daggr_fn.annotations import assignable, describe
from daggr_fn.dsl.hosted import model
from daggr_fn.dsl.remote import space
from daggr_fn.gradio_http.records import slug
from daggr_fn.kinds import MISSING, Parameter
from daggr_fn.values import is_mapping, is_sequence

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from daggr_fn.dsl.node import RemoteNode

_TYPING = ("Any", "Literal")
_WIDTH = 100


def space_stubs(name: str, endpoint: str | None = None) -> str:
    """The endpoints of a Space (or of an app at an address) as typed functions.

    Args:
        name: `owner/name`, or an address.
        endpoint: The one that is wanted; by default all.

    Raises:
        WiringError: There is no such endpoint.
        SpaceError: The app can't be asked.
    """
    from daggr_fn.gradio_http.description import type_of
    from daggr_fn.gradio_http.remote import remote_app

    endpoints = remote_app(name).known().description.endpoints
    found = [endpoint] if endpoint else list(endpoints)
    stubs: list[str] = []
    for one in found:
        # Endpoints are named after the app where their own names say nothing, which several would be.
        node = space(name, one) if len(found) == 1 else space(name, one, name=slug(one.replace("/", " ")) or "app")
        described = endpoints.get(f"/{one.lstrip('/')}")
        lists = (
            {one.name for one in described.parameters if type_of(one.schema) == "array"} if described else set[str]()
        )
        stubs.append(_stub(f"@space({_quoted(name)}, {_quoted(one)}).typed", node, lists))
    return _module("space", stubs)


def model_stubs(name: str, task: str | None = None) -> str:
    """A hosted model as a typed function.

    Args:
        name: `owner/name` or `owner/name:provider`, or an address.
        task: The task, where it is not the one that the provider names.

    Raises:
        ModelError: There is no such model, nobody serves it so, or the Hub can't be asked.
    """
    more = f", task={_quoted(task)}" if task else ""
    return _module("model", [_stub(f"@model({_quoted(name)}{more}).typed", model(name, task), {"images"})])


def _module(factory: str, stubs: list[str]) -> str:
    text = "\n\n\n".join(stubs)
    typing = [name for name in _TYPING if f"{name}[" in text or f" {name}" in text or f"[{name}" in text]
    if "(NamedTuple)" in text:
        typing.append("NamedTuple")
    lines = ["from pathlib import Path"] if "Path" in text else []
    if typing:
        lines.append(f"from typing import {', '.join(sorted(typing))}")
    return "\n".join([*lines, *([""] if lines else []), f"from daggr_fn import {factory}", "", "", text, ""])


def _stub(decorator: str, node: RemoteNode, lists: AbstractSet[str]) -> str:
    """The function; `lists` names the parameters that take several files."""
    spec = node.spec
    parameters = [
        _parameter(one, lists) for one in spec.parameters.values() if one.name.isidentifier() and _is_shown(one)
    ]
    returns = "None"
    before = ""
    if len(spec.outputs) > 1:
        returns = "".join(word.capitalize() for word in spec.name.split("_")) + "Outputs"
        fields = [f"    {name}: {describe(port.annotation)}" for name, port in spec.outputs.items()]
        before = "\n".join([f"class {returns}(NamedTuple):", *fields, "", "", ""])
    elif spec.outputs:
        (port,) = spec.outputs.values()
        returns = describe(port.annotation) if port.shown else "Any"
    head = f"def {spec.name}({', '.join(_in_order(parameters))}) -> {returns}:"
    if len(head) > _WIDTH:
        rows = "".join(f"    {row},\n" if row != "*" else "    *,\n" for row in _in_order(parameters))
        head = f"def {spec.name}(\n{rows}) -> {returns}:"
    doc = " ".join(spec.doc.split()).replace("\\", "").replace('"""', "'''")
    # A body of `...` would be an error to mypy, which wants functions to return what they say.
    return "\n".join(
        [f"{before}{decorator}", head, *([f'    """{doc}"""'] if doc else []), "    raise NotImplementedError"]
    )


def _parameter(one: Parameter, lists: AbstractSet[str]) -> str:
    annotation = describe(one.annotation)
    if one.is_file:
        annotation = "list[Path]" if one.name in lists else "Path"
    if one.default is MISSING:
        return f"{one.name}: {annotation}"
    if one.default is None and (one.is_file or not assignable(type(None), one.annotation)):
        annotation += " | None"
    return f"{one.name}: {annotation} = {one.default!r}"


def _is_shown(one: Parameter) -> bool:
    """Whether the parameter can be written down; what is left out keeps the remote's own default."""
    return not keyword.iskeyword(one.name) and (one.default is MISSING or _is_plain(one.default))


def _is_plain(value: Any) -> bool:
    if is_mapping(value):
        return all(_is_plain(one) for one in (*value, *value.values()))
    if is_sequence(value):
        return not isinstance(value, tuple) and all(_is_plain(one) for one in value)
    return value is None or isinstance(value, (str, bool, int)) or (isinstance(value, float) and math.isfinite(value))


def _in_order(parameters: list[str]) -> list[str]:
    """Python wants those without default first, unless all after a star are named."""
    has_default = [" = " in one for one in parameters]
    mixed = any(has_default[i] and not has_default[i + 1] for i in range(len(parameters) - 1))
    return ["*", *parameters] if mixed else parameters


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
