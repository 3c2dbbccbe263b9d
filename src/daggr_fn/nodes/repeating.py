"""Nodes that call another node several times: until it is good, or over the items of a list.

Each turn is a run of its own inside the call, visible as an item of the step and remembered like one; the graph stays
a DAG.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from daggr_fn.errors import WiringError, listed
from daggr_fn.kinds import Identity, NodeSpec, OutputPort, Parameter
from daggr_fn.values import make_record

if TYPE_CHECKING:
    from typing_extensions import Self

    from daggr_fn.foreign_paths import NamedFiles
    from daggr_fn.kinds import Call, NodeKind

PlanOf = Callable[[Mapping[str, Any]], Any]
"""The plan of one turn, for its inputs."""


@dataclass(frozen=True)
class Described:
    """What is known of a body once it is asked.

    Attributes:
        parameters: Its parameters.
        outputs: The names of its outputs, and how one is taken from its value; empty when the value is the output.
        plan: Makes the plan of one turn.
        identity: Tells what it is, for the keys of results.
        returns: The type of its value.
        naming: What of a turn names files for apps: its inputs, and what people answer there.
        asking: The names of its steps that ask a person, also in turns of their own.
    """

    parameters: Mapping[str, Parameter]
    outputs: Mapping[str, Callable[[Any], Any]]
    plan: PlanOf
    identity: Callable[[], Identity]
    returns: Any
    naming: NamedFiles
    asking: tuple[str, ...] = ()


@dataclass(frozen=True)
class Body:
    """What is repeated: a node or a pipeline.

    Attributes:
        describe: Asks it what it is. A fake may stand in for it at one time and not at another.
        kind: The node's kind; `None` for a pipeline.
    """

    name: str
    describe: Callable[[], Described]
    kind: NodeKind | None = None


class _OverTurns:
    """What the two kinds have in common."""

    label = "repeat"
    is_async = False
    remembers = False
    calls_sources = False
    takes_turns = True
    """Only a run can call it."""

    def __init__(self, body: Body) -> None:
        self.name = body.name
        self._body = body

    @property
    def below(self) -> NodeKind | None:
        """The node that does the work: see `stand_ins`."""
        return self._body.kind

    def over(self, _kind: NodeKind) -> Self:
        """Itself: each turn asks what stands in for its node."""
        return self

    def unasked(self) -> Self:
        """Itself, or a copy as long as its node was never asked: so a fake's description ends with the fake."""
        unasked: Callable[[], NodeKind] | None = getattr(self.below, "unasked", None)
        return self if unasked is None or unasked() is self.below else copy.copy(self)

    @property
    def asks_people(self) -> bool:
        """Whether a turn asks a person."""
        return bool(self.asking)

    @property
    def asking(self) -> tuple[str, ...]:
        """The names within a turn of the steps that ask a person."""
        return self._body.describe().asking

    def named_files(self) -> NamedFiles:
        """What of its turns names files for apps: see `foreign_paths`."""
        return self._body.describe().naming

    def spec(self) -> NodeSpec:
        """See `NodeKind.spec`."""
        raise NotImplementedError

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """See `NodeKind.bind`."""
        parameters = self.spec().parameters
        names = list(parameters)
        if len(args) > len(names):
            raise WiringError(f"{self.name} takes {len(names)} arguments, and {len(args)} were given")
        bound = {**dict(zip(names, args, strict=False)), **kwargs}
        unknown = [name for name in bound if name not in names]
        missing = [name for name, one in parameters.items() if one.required and name not in bound]
        if unknown or missing:
            what = f"has no parameter {unknown[0]!r}" if unknown else f"needs {listed(missing)}"
            raise WiringError(f"{self.name} {what}", notes={"valid": listed(names)})
        return bound

    def check(self, parameter: str, value: Any) -> None:
        """See `NodeKind.check`: a turn checks its values itself."""


class RepeatKind(_OverTurns):
    """A node that calls a body until a predicate holds, at most `max_turns` times.

    The value is a record of the body's last value, the number of turns, and whether the predicate held.
    """

    FIELDS = ("value", "turns", "finished")

    def __init__(self, body: Body, until: Callable[[Any], Any], max_turns: int) -> None:
        super().__init__(body)
        self._until = until
        self._max_turns = max_turns

    def spec(self) -> NodeSpec:
        """The body's parameters; the outputs are those of a repetition."""
        body = self._body.describe()
        types = {"value": body.returns, "turns": int, "finished": bool}
        outputs = {name: OutputPort(name, types[name]) for name in self.FIELDS}
        return NodeSpec(self.name, body.parameters, outputs, "attribute")

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """See `NodeKind.bind`. Of a fake of what was never asked nobody knows the parameters: it takes any."""
        parameters = self.spec().parameters
        takes_any = not args and any(one.many for one in parameters.values())
        return dict(kwargs) if takes_any else super().bind(args, kwargs)

    def identity(self) -> Identity:
        """See `NodeKind.identity`."""
        body = self._body.describe().identity()
        return Identity(("repeat", str(self._max_turns), *body.what), (*body.code, self._until), body.user)

    def call(self, inputs: dict[str, Any], call: Call) -> Any:
        """Take turns: the outputs of one replace the inputs of the same name, the rest stays."""
        current, body = dict(inputs), self._body.describe()
        for turn in range(self._max_turns):
            value = call.turn(turn, body.plan(current))
            finished = bool(self._until(value))
            if finished or turn + 1 == self._max_turns or call.cancelled:
                return make_record(self.FIELDS, (call.postprocessed(value), turn + 1, finished))
            current |= _replaced(body, current, value)
        raise AssertionError("max_turns is at least 1")


def _replaced(body: Described, given: Mapping[str, Any], value: Any) -> dict[str, Any]:
    """The inputs of the next turn that a turn's value replaces."""
    if not body.outputs:
        first = next((name for name, one in body.parameters.items() if not one.many), None) or next(iter(given))
        return {first: value}
    return {name: take(value) for name, take in body.outputs.items() if name in body.parameters}


class AccumulateKind(_OverTurns):
    """A node that calls a body with what came of the item before and the next item: the fold.

    The value is a record of the last value and of all of them, in order.
    """

    FIELDS = ("value", "results")

    def spec(self) -> NodeSpec:
        """The items and the start; the outputs are those of a fold."""
        returns = self._body.describe().returns
        parameters = {"items": Parameter("items"), "start": Parameter("start", returns)}
        results = list[returns]  # type: ignore[valid-type]  # made of a value
        outputs = {"value": OutputPort("value", returns), "results": OutputPort("results", results)}
        return NodeSpec(self.name, parameters, outputs, "attribute")

    def named_files(self) -> NamedFiles:
        """See `RepeatKind.named_files`."""
        body = self._body.describe()
        taken = zip(("start", "items"), body.parameters, strict=False)
        inputs = {name: body.naming.inputs[own] for name, own in taken if own in body.naming.inputs}
        return replace(body.naming, inputs=inputs)

    def identity(self) -> Identity:
        """See `NodeKind.identity`."""
        body = self._body.describe().identity()
        return Identity(("accumulate", *body.what), body.code, body.user)

    def call(self, inputs: dict[str, Any], call: Call) -> Any:
        """Take a turn for each item."""
        items: Sequence[Any] = inputs["items"]
        body = self._body.describe()
        so_far, item_name = list(body.parameters)[:2]
        value = inputs["start"]
        results: list[Any] = []
        for turn, item in enumerate(items):
            value = call.turn(turn, body.plan({so_far: value, item_name: item}))
            results.append(value)
        return make_record(self.FIELDS, (call.postprocessed(value), results))
