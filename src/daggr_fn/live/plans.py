"""The plans of a sheet: what a run on it would do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daggr_fn.errors import InvalidInputError, listed
from daggr_fn.expressions import Input
from daggr_fn.feeding import known_inputs, picked_variants
from daggr_fn.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daggr_fn.graph import Graph
    from daggr_fn.plan import Settings
    from daggr_fn.remembered import Remembered


class InputsNeeded(InvalidInputError):
    """A run needs inputs that have no value, or one that they can't take.

    Attributes:
        inputs: Their names.
    """

    def __init__(self, message: str, *inputs: str) -> None:
        super().__init__(message)
        self.inputs = inputs


def sheet_plan(
    graph: Graph, inputs: Mapping[str, Any], choices: Mapping[str, str], settings: Settings, memory: Remembered
) -> Plan:
    """The plan of a run on a sheet; inputs without a value matter only where a step needs them.

    Raises:
        InvalidInputError: Which steps take part hangs on an input without a value.
    """
    known, _ = known_inputs(graph, inputs)
    known.update(picked_variants(graph, valid_choices(graph, choices)))
    return Plan(graph, known, settings, memory)


def valid_choices(graph: Graph, choices: Mapping[str, str]) -> dict[str, str]:
    """The choices that there still are: a sheet may be older than its pipeline."""
    from daggr_fn.annotations import enum_values

    return {
        name: variant
        for name, variant in choices.items()
        if name in graph.choices and variant in (enum_values(graph.choices[name].annotation) or ())
    }


def refuse_without_inputs(plan: Plan, refused: Mapping[str, InvalidInputError]) -> None:
    """See that each input is there that a run needs.

    Raises:
        InputsNeeded: One has no value, or one that it can't take.
    """
    missing: dict[str, None] = {}
    for step in plan.selected:
        if step in plan.given:
            continue
        for edge in step.edges.values():
            for part in edge.walk():
                if isinstance(part, Input) and part.port not in plan.inputs:
                    missing[part.port.name] = None
    for name in missing:
        if name in refused:
            raise InputsNeeded(str(refused[name]), name) from refused[name]
    if missing:
        raise InputsNeeded(f"{plan.graph.name} needs a value for {listed(missing)}", *missing)
