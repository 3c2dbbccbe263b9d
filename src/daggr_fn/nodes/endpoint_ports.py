"""The parameters and outputs of an app's endpoint, as a node has them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from daggr_fn.errors import WiringError, listed
from daggr_fn.gradio_http.description import holds_files, is_file_schema, type_of
from daggr_fn.gradio_http.records import port_names
from daggr_fn.kinds import MISSING, OutputPort, Parameter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daggr_fn.gradio_http.description import ApiParameter, ApiReturn, Endpoint

_TYPES: dict[Any, Any] = {"string": str, "boolean": bool, "integer": int, "number": float}


def parameter_of(parameter: ApiParameter) -> Parameter:
    """A parameter as a node has it."""
    annotation = Any if parameter.takes_files else _TYPES.get(type_of(parameter.schema), Any)
    if parameter.component == "datetime":
        annotation = Any
    default = parameter.default if parameter.has_default else MISSING
    return Parameter(parameter.name, annotation, default, is_file=parameter.takes_files)


def ports_of(endpoint: Endpoint, named: Mapping[str, Any] | None, where: str) -> dict[str, OutputPort]:
    """The outputs: those that the user named, in the order of the returns; else by the labels of these.

    Args:
        endpoint: The endpoint.
        named: What the user gave as outputs.
        where: The endpoint, for messages.

    Raises:
        WiringError: The endpoint has fewer returns than outputs are named.
    """
    returns = endpoint.returns
    if named:
        if len(named) > len(returns):
            labels = [f"{item.label or 'output'} ({item.component})" for item in returns]
            raise WiringError(
                f"{where} returns {len(returns)} values, and {len(named)} outputs are named",
                notes={"outputs": listed(named), "returns": listed(labels)},
            )
        return {name: _port(name, item, shown) for (name, shown), item in zip(named.items(), returns, strict=False)}
    if len(returns) < 2:
        return {"output": _port("output", returns[0], MISSING) if returns else OutputPort("output", shown=False)}
    names = port_names(item.label for item in returns)
    return {name: _port(name, item, MISSING) for name, item in zip(names, returns, strict=True)}


def _port(name: str, item: ApiReturn, shown: Any) -> OutputPort:
    """An output; `shown` is what the user gave for it, `MISSING` for nothing."""
    annotation = _natural_type(item)
    if shown is MISSING:
        return OutputPort(name, annotation)
    if shown is None:
        return OutputPort(name, annotation, shown=False)
    if isinstance(shown, type) or hasattr(shown, "__origin__"):
        return OutputPort(name, shown)
    return OutputPort(name, annotation, component=shown)


def _natural_type(item: ApiReturn) -> Any:
    if is_file_schema(item.schema):
        return Path
    if holds_files(item.schema):
        return list[Path]
    return {"string": str, "boolean": bool}.get(type_of(item.schema), Any)
