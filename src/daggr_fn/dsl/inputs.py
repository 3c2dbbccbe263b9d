"""The inputs of a pipeline: from its parameters, or grouped by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daggr_fn.annotations import bare, is_component, metadata, record_fields, resolve
from daggr_fn.components import component_type
from daggr_fn.errors import WiringError
from daggr_fn.expressions import Input, InputPort
from daggr_fn.kinds import MISSING
from daggr_fn.places import defined_at
from daggr_fn.ports import Port
from daggr_fn.tracing import TRACE
from daggr_fn.values import Secret, class_of, record_type

if TYPE_CHECKING:
    import inspect
    from collections.abc import Callable, Mapping


def inputs(title: str, /, **components: Any) -> Any:
    """Make inputs that belong together, on one card.

    `p = inputs("Parameters", prompt=gr.Textbox(), steps=gr.Slider(1, 50))`

    Args:
        title: The name of the card.
        components: A Gradio component, or a plain default, for each input.

    Returns:
        A record of ports: `p.prompt`, `p.steps`.
    """
    trace = TRACE.get()
    ports: list[Port] = []
    for name, component in components.items():
        shown = is_component(component)
        default = component.value if shown else component
        annotation = component_type(component) if shown else Any if default is None else class_of(default)
        port = InputPort(name, annotation, default, component=component if shown else None, card=title)
        ports.append(trace.input(port) if trace is not None else Port(Input(port)))
    return record_type(tuple(components))(*ports)


def parameter_inputs(
    function: Callable[..., Any], signature: inspect.Signature, scope: Mapping[str, Any]
) -> list[InputPort]:
    """An input for each parameter of a pipeline's body.

    Raises:
        WiringError: A parameter is `*args` or `**kwargs`, which a canvas can't show.
    """
    hints = resolve(function, scope)
    return [
        _parameter_input(function, parameter, hints.get(parameter.name, Any))
        for parameter in signature.parameters.values()
    ]


def _parameter_input(function: Callable[..., Any], parameter: inspect.Parameter, hint: Any) -> InputPort:
    if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
        raise WiringError(
            f"the parameter {parameter.name!r} of {function.__name__} takes any number of values, and inputs are fixed",
            here=defined_at(function),
            instead=f"a list: {parameter.name}: list[...]",
        )
    extras = metadata(hint)
    components = [extra for extra in extras if is_component(extra)]
    default = MISSING if parameter.default is parameter.empty else parameter.default
    if is_component(default):
        components.append(default)
        default = default.value
    elif default is MISSING and components and components[0].value is not None:
        default = components[0].value
    annotation = bare(hint)
    if annotation is Any and components:
        annotation = component_type(components[0])
    secret = any(extra is Secret or isinstance(extra, Secret) for extra in extras)
    grouped = record_fields(annotation) is not None
    return InputPort(
        parameter.name,
        annotation,
        default,
        component=components[0] if components else None,
        card=parameter.name if grouped else "",
        secret=secret,
    )
