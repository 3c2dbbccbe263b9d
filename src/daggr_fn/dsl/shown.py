"""Components where a port could be: each is an input of the pipeline."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from daggr_fn.components import component_type
from daggr_fn.expressions import Input, InputPort
from daggr_fn.tracing import TRACE

if TYPE_CHECKING:
    from daggr_fn.kinds import Parameter

LOOSE: dict[int, InputPort] = {}
"""The inputs of wiring at module level, by the id of their component, which lives as long: none is ever dropped."""


def component_input(name: str, component: Any, parameter: Parameter | None) -> InputPort:
    """The input that a component makes which is an argument of a node."""
    annotation = parameter.annotation if parameter is not None else component_type(component)
    return InputPort(name, annotation, getattr(component, "value", None), component=component)


def shown_input(component: Any) -> Input:
    """The input of a component that is no argument by itself: a condition, the side of one, or in a list."""
    trace = TRACE.get()
    if trace is not None:
        return Input(trace.shown(component))
    return Input(LOOSE.setdefault(id(component), labelled_input(component)))


def labelled_input(component: Any) -> InputPort:
    """The input that a component makes where no parameter names it: its label does, else what it is."""
    words = re.sub(r"\W+", "_", getattr(component, "label", None) or "").strip("_").lower()
    return component_input(words if words.isidentifier() else type(component).__name__.lower(), component, None)
