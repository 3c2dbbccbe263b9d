"""What may stand on an edge: the checks that arguments of nodes and of groups share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daggr_fn.annotations import assignable, describe, is_listlike
from daggr_fn.errors import TypeMismatchError, WiringError
from daggr_fn.expressions import Expression, Gathered, Item, Output

if TYPE_CHECKING:
    from daggr_fn.kinds import NodeSpec, Parameter


def check_edge(spec: NodeSpec, parameter: Parameter | None, edge: Expression) -> None:
    """Refuse an edge whose type can never match the parameter.

    Raises:
        TypeMismatchError: It can't; says what to write instead.
    """
    if parameter is None or parameter.many or assignable(edge.annotation, parameter.annotation):
        return
    wanted, given = describe(parameter.annotation), describe(edge.annotation)
    target = f"{spec.name}({parameter.name}: {wanted})"
    if is_listlike(parameter.annotation) and not isinstance(edge, Gathered) and edge.axes:
        raise TypeMismatchError(f"{target} got one item of a map, a {given}", instead=f"gather({edge.code})")
    if isinstance(edge, Output) and edge.step.spec.record:
        valid = ", ".join(f"{edge.code}.{name}" for name in edge.step.spec.outputs)
        raise TypeMismatchError(f"{target} got all outputs of {edge.label}", instead=f"one of {valid}")
    instead = None
    if is_listlike(edge.annotation) and assignable(Item(edge).annotation, parameter.annotation):
        instead = f"each({edge.code}), to map {spec.name} over the list"
    raise TypeMismatchError(
        f"{edge.label} is {given}, and {target} wants {wanted}",
        instead=instead or f"apply(..., {edge.code}) to convert it",
    )


def refuse_uncalled(value: Any, parameter: str) -> None:
    """Refuse a node that was passed without being called.

    Raises:
        WiringError: It is one.
    """
    if getattr(value, "_is_daggr_fn_node", False):
        raise WiringError(
            f"{parameter}={value.name}: {value.name} is a node, and not a step of one", instead=f"{value.name}(...)"
        )
