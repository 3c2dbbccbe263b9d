"""Nodes that call another node several times: until it is good, or over the items of a list.

Each turn is a run of its own inside the call, visible as an item of the step and remembered like one; the graph stays
a DAG.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from daggr_fn.errors import WiringError, listed
from daggr_fn.kinds import Identity, NodeSpec, OutputPort, Parameter
from daggr_fn.values import make_record

if TYPE_CHECKING:
    from daggr_fn.kinds import Call

PlanOf = Callable[[Mapping[str, Any]], Any]
"""The plan of one turn, for its inputs."""


class Body:
    """What is repeated: a node or a pipeline.

    Attributes:
        parameters: Its parameters.
        outputs: The names of its outputs, and how one is taken from its value; empty when the value is the output.
        plan: Makes the plan of one turn.
        identity: What it is, for the keys of results.
        asks_people: Whether a step of it asks a person.
    """

    def __init__(
        self,
        name: str,
        parameters: Mapping[str, Parameter],
        outputs: Mapping[str, Callable[[Any], Any]],
        plan: PlanOf,
        identity: Identity,
        returns: Any,
        *,
        asks_people: bool = False,
    ) -> None:
        self.name = name
        self.parameters = parameters
        self.outputs = outputs
        self.plan = plan
        self.identity = identity
        self.returns = returns
        self.asks_people = asks_people


class _OverTurns:
    """What the two kinds have in common."""

    label = "repeat"
    is_async = False
    remembers = False
    calls_sources = False

    name: str
    _spec: NodeSpec

    def spec(self) -> NodeSpec:
        """See `NodeKind.spec`."""
        return self._spec

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """See `NodeKind.bind`."""
        names = list(self._spec.parameters)
        if len(args) > len(names):
            raise WiringError(f"{self.name} takes {len(names)} arguments, and {len(args)} were given")
        bound = {**dict(zip(names, args, strict=False)), **kwargs}
        unknown = [name for name in bound if name not in names]
        missing = [name for name, one in self._spec.parameters.items() if one.required and name not in bound]
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
        self.name = body.name
        self._body = body
        self.asks_people = body.asks_people
        self._until = until
        self._max_turns = max_turns
        types = {"value": body.returns, "turns": int, "finished": bool}
        outputs = {name: OutputPort(name, types[name]) for name in self.FIELDS}
        self._spec = NodeSpec(self.name, body.parameters, outputs, "attribute")

    def identity(self) -> Identity:
        """See `NodeKind.identity`."""
        body = self._body.identity
        return Identity(("repeat", str(self._max_turns), *body.what), (*body.code, self._until), body.user)

    def call(self, inputs: dict[str, Any], call: Call) -> Any:
        """Take turns: the outputs of one replace the inputs of the same name, the rest stays."""
        current = dict(inputs)
        for turn in range(self._max_turns):
            value = call.turn(turn, self._body.plan(current))
            finished = bool(self._until(value))
            if finished or turn + 1 == self._max_turns or call.cancelled:
                return make_record(self.FIELDS, (call.postprocessed(value), turn + 1, finished))
            current |= self._replaced(value)
        raise AssertionError("max_turns is at least 1")

    def _replaced(self, value: Any) -> dict[str, Any]:
        if not self._body.outputs:
            return {next(iter(self._body.parameters)): value}
        return {name: take(value) for name, take in self._body.outputs.items() if name in self._body.parameters}


class AccumulateKind(_OverTurns):
    """A node that calls a body with what came of the item before and the next item: the fold.

    The value is a record of the last value and of all of them, in order.
    """

    FIELDS = ("value", "results")

    def __init__(self, body: Body) -> None:
        self.name = body.name
        self._body = body
        self.asks_people = body.asks_people
        parameters = {"items": Parameter("items"), "start": Parameter("start", body.returns)}
        outputs = {
            "value": OutputPort("value", body.returns),
            "results": OutputPort("results", list[body.returns]),  # type: ignore[name-defined]  # made of a value
        }
        self._spec = NodeSpec(self.name, parameters, outputs, "attribute")

    def identity(self) -> Identity:
        """See `NodeKind.identity`."""
        body = self._body.identity
        return Identity(("accumulate", *body.what), body.code, body.user)

    def call(self, inputs: dict[str, Any], call: Call) -> Any:
        """Take a turn for each item."""
        items: Sequence[Any] = inputs["items"]
        so_far, item_name = list(self._body.parameters)[:2]
        value = inputs["start"]
        results: list[Any] = []
        for turn, item in enumerate(items):
            value = call.turn(turn, self._body.plan({so_far: value, item_name: item}))
            results.append(value)
        return make_record(self.FIELDS, (call.postprocessed(value), results))
