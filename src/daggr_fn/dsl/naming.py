"""Names: of a pipeline's steps, and of its outputs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from daggr_fn.branching import Branch, Fallback
from daggr_fn.branching.branches import Guarded
from daggr_fn.dsl.binding import to_expression
from daggr_fn.expressions import Expression, Gathered, Input, Output
from daggr_fn.ports import Port
from daggr_fn.values import class_of, is_mapping, is_named_tuple

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from daggr_fn.graph import Step


def name_steps(steps: Sequence[Step], given: Collection[str]) -> None:
    """Give each step its name: the one given, else its variable where a node is called more than once, else the node's.

    Args:
        steps: All steps, each under the name of its node.
        given: The names that steps were given.
    """
    taken = set(given)
    calls = Counter(step.name for step in steps if step.options.name is None)
    variables = Counter((_group_of(step), step.variable) for step in steps)
    numbers: Counter[str] = Counter()
    for step in steps:
        if step.options.name is not None:
            continue
        node_name = step.name
        unclear = calls[node_name] > 1 or step.spec.anonymous
        if unclear and step.variable and variables[_group_of(step), step.variable] == 1:
            candidate = _group_of(step) + step.variable
            if candidate not in taken and candidate not in calls:
                step.name = candidate
                taken.add(candidate)
                continue
        step.name = _numbered(node_name, numbers, taken)
        taken.add(step.name)


def _numbered(node_name: str, numbers: Counter[str], taken: set[str]) -> str:
    """The node's name, with a number from the second step on, that no other step has."""
    while True:
        numbers[node_name] += 1
        number = numbers[node_name]
        name = node_name if number == 1 else f"{node_name}_{number}"
        if name not in taken:
            return name


def _group_of(step: Step) -> str:
    return step.name[: len(step.name) - len(step.spec.name)]


def name_outputs(result: Any) -> dict[str, Any]:
    """The outputs of a pipeline by name: as the dict or NamedTuple says, else by their steps."""
    named: list[tuple[Any, Any]]
    if is_mapping(result):
        named = list(result.items())
    elif is_named_tuple(result):
        named = list(zip(result._fields, result, strict=True))
    elif isinstance(result, Port) and result._spec is not None and result._spec.record:
        named = [(name, getattr(result, name)) for name in result._spec.outputs]
    elif class_of(result) is tuple:
        named = [("", value) for value in result]
    else:
        named = [("", result)] if result is not None else []
    outputs: dict[str, Any] = {}
    for given, value in named:
        name = str(given) or _output_name(to_expression(value))
        number = 1
        while (name if number == 1 else f"{name}_{number}") in outputs:
            number += 1
        outputs[name if number == 1 else f"{name}_{number}"] = to_expression(value)
    return outputs


def _output_name(value: Any) -> str:
    if not isinstance(value, Expression):
        return "output"
    if isinstance(value, Gathered):
        return _output_name(value.of)
    if isinstance(value, Guarded):
        return _guarded_name(value)
    plain = isinstance(value, (Output, Input)) or getattr(value, "port", False)
    step = next(value.steps(), None)
    if step is not None and getattr(step.kind, "takes_turns", False) and getattr(value, "key", "") == "value":
        return str(step.name)  # the value of its last turn stands for the step
    return value.label if plain else (step.name if step is not None else "output")


def _guarded_name(value: Guarded) -> str:
    """The name of what one of several sides gives: none of them says what it is, but a choice has a name of its own."""
    if isinstance(value, Fallback):
        return _output_name(value.first)
    return value.label if isinstance(value, Branch) and not value.words else "output"
