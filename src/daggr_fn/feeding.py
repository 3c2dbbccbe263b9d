"""The inputs of a run: the arguments of a pipeline's call by input, of the right type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daggr_fn.annotations import assignable, describe, enum_values
from daggr_fn.errors import InvalidInputError, did_you_mean, listed, shorten
from daggr_fn.expressions import InputPort, copied
from daggr_fn.kinds import MISSING
from daggr_fn.media import converter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from daggr_fn.graph import Graph


def bound_inputs(graph: Graph, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[InputPort, Any]:
    """The value of each input.

    Raises:
        InvalidInputError: An input is unknown, missing, given twice or of a type it can't take.
    """
    names = list(graph.inputs)
    if len(args) > len(names):
        raise InvalidInputError(f"{graph.name} has {len(names)} inputs and was given {len(args)}: {listed(names)}")
    given = dict(zip(names, args, strict=False))
    for name, value in kwargs.items():
        if name not in graph.inputs:
            near = did_you_mean(name, names)
            raise InvalidInputError(f"{graph.name} has no input {name!r}{near}\n  valid    {listed(names)}")
        if name in given:
            raise InvalidInputError(f"{graph.name} was given {name!r} twice")
        given[name] = value
    missing = [name for name, port in graph.inputs.items() if name not in given and port.default is MISSING]
    if missing:
        raise InvalidInputError(f"{graph.name} needs {listed(missing)}\n  valid    {listed(names)}")
    return {port: _value(graph, port, given) for port in graph.inputs.values()}


class NotTaken:
    """Stands for a value that an input is not to have.

    Attributes:
        error: Says why.
    """

    __slots__ = ("error",)

    def __init__(self, error: InvalidInputError) -> None:
        self.error = error


class SomeInputs(dict[InputPort, Any]):
    """The values of those inputs that have one. Who asks for another hears that it is needed."""

    def __missing__(self, port: InputPort) -> Any:
        raise InvalidInputError(f"the input {port.name!r} has no value yet")


def known_inputs(graph: Graph, given: Mapping[str, Any]) -> tuple[SomeInputs, dict[str, InvalidInputError]]:
    """The values of the inputs that have one, and by name why those have none that were given what they can't take.

    Names that are no input of the graph (an earlier version of the pipeline had them) are left out.
    """
    known, refused = SomeInputs(), dict[str, InvalidInputError]()
    for name, port in graph.inputs.items():
        if name not in given and port.default is MISSING:
            continue
        try:
            known[port] = _value(graph, port, given)
        except InvalidInputError as error:
            refused[name] = error
    return known, refused


def _value(graph: Graph, port: InputPort, given: Mapping[str, Any]) -> Any:
    target = f"{graph.name}({port.name}: {describe(port.annotation)})"
    if port.name not in given:
        return (
            copied(_converted(target, port, port.default, shorten(port.default))) if port.default is not None else None
        )
    value = given[port.name]
    if isinstance(value, NotTaken):
        raise value.error
    return fitted(target, port, value, "<secret>" if port.secret else shorten(value))


def fitted(target: str, port: InputPort, value: Any, shown: str) -> Any:
    """A value in the form that an input's annotation names.

    Args:
        target: The input in words: `podcast(topic: str)`.
        port: The input.
        value: The value.
        shown: The value, as it may be told.

    Raises:
        InvalidInputError: The input can't take it.
    """
    valid = enum_values(port.annotation)
    if valid is not None and value not in valid and getattr(value, "value", value) not in valid:
        near = "" if port.secret else did_you_mean(value, map(str, valid))
        raise InvalidInputError(f"{target.partition(':')[0]}) can't be {shown}{near}\n  valid    {listed(valid)}")
    value = _converted(target, port, value, shown)
    if not assignable(type(value), port.annotation) and valid is None:
        raise InvalidInputError(f"{target} was given {shown}")
    return value


def _converted(target: str, port: InputPort, value: Any, shown: str) -> Any:
    """The value in the form that its annotation names, where that needs no new file."""
    convert = converter(port.annotation)
    if convert is None or not isinstance(value, (str, dict, list, int)):
        return value
    try:
        return convert(value, _no_new_file)
    except (ValueError, TypeError, OSError) as error:
        raise InvalidInputError(f"{target} can't take {shown}: {error}") from error


def _no_new_file(suffix: str) -> Path:
    raise ValueError(f"it would take a new file ({suffix}) to convert it")


def refuse_unknown_answers(graph: Graph, answers: Mapping[str, Any]) -> None:
    """Refuse answers to what nobody asks.

    Raises:
        InvalidInputError: There is no such step, or it asks nobody.
    """
    asking = asking_steps(graph)
    for said in answers:
        name = said.partition("[")[0]
        if name in asking:
            continue
        what = f"no step of {graph.name} named {name!r} asks a person{did_you_mean(name, asking)}"
        raise InvalidInputError(f"{what}\n  valid    {listed(asking) if asking else 'none'}")


def asking_steps(graph: Graph) -> list[str]:
    """The names of the steps that ask a person; of one that takes turns those within a turn: `essay/ok`."""
    found: list[str] = []
    for name, step in graph.steps.items():
        within: Iterable[str] = getattr(step.kind, "asking", ())
        found += [f"{name}/{one}" for one in within]
        if not within and step.asks_people:
            found.append(name)
    return found


def picked_variants(graph: Graph, choose: Mapping[str, str]) -> dict[InputPort, Any]:
    """The variant of each choice, by what `options(choose=...)` says; the first by default.

    Raises:
        InvalidInputError: There is no such choice, or no such variant.
    """
    for name, variant in choose.items():
        if name not in graph.choices:
            near = did_you_mean(name, graph.choices)
            raise InvalidInputError(f"{graph.name} has no choice {name!r}{near}\n  valid    {listed(graph.choices)}")
        valid = enum_values(graph.choices[name].annotation) or []
        if variant not in valid:
            near = did_you_mean(variant, valid)
            raise InvalidInputError(f"the choice {name!r} has no variant {variant!r}{near}\n  valid    {listed(valid)}")
    return {port: choose.get(name, port.default) for name, port in graph.choices.items()}
