"""Nodes that wait for a person: approve a value, choose one of several, or give one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from daggr_fn.errors import InvalidInputError, StepSkipped, WiringError, listed, shorten
from daggr_fn.kinds import MISSING, Identity, NodeSpec, OutputPort, Parameter, Question

if TYPE_CHECKING:
    from daggr_fn.kinds import Call

Sort = Literal["approve", "choose", "ask"]
_NAMES: dict[Sort, str] = {"approve": "approve", "choose": "choose_one", "ask": "ask"}
_INPUTS: dict[Sort, str] = {"approve": "value", "choose": "options", "ask": "value"}


class AskKind:
    """A node whose value is a person's answer.

    Args:
        sort: What is asked.
        annotation: The type of the answer, as far as it is known.
        component: The Gradio component that takes it.
        note: A text beside the question.
    """

    label = "person"
    is_async = False
    remembers = False
    calls_sources = False
    asks_people = True

    def __init__(self, sort: Sort, annotation: Any, component: Any = None, note: str = "") -> None:
        self.name = _NAMES[sort]
        self._sort: Sort = sort
        self._component = component
        self._note = note
        parameter = Parameter(_INPUTS[sort], default=None if sort == "ask" else MISSING)
        output = OutputPort("output", annotation, component)
        self._spec = NodeSpec(self.name, {parameter.name: parameter}, {"output": output}, returns=annotation, asks=sort)

    def spec(self) -> NodeSpec:
        """See `NodeKind.spec`."""
        return self._spec

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """See `NodeKind.bind`."""
        names = list(self._spec.parameters)
        bound = {**dict(zip(names, args, strict=False)), **kwargs}
        if len(args) > len(names) or bound.keys() - set(names):
            raise WiringError(f"{self.name} takes {listed(names)}")
        return bound

    def check(self, parameter: str, value: Any) -> None:
        """See `NodeKind.check`: a person may be asked about any value."""

    def identity(self) -> Identity:
        """See `NodeKind.identity`."""
        return Identity(("person", self.name))

    def call(self, inputs: dict[str, Any], call: Call) -> Any:
        """Ask, and wait for the answer.

        Raises:
            StepSkipped: The value was not approved.
            InvalidInputError: The answer is none of the options.
            Unanswered: Nobody is there to answer.
        """
        given = inputs.get(_INPUTS[self._sort])
        options = _options(given) if self._sort == "choose" else ()
        value = None if self._sort == "choose" else given
        answer = call.ask(Question(call.step, call.index, self._sort, value, options, self._component, self._note))
        if self._sort == "approve":
            if isinstance(answer, str):  # "no" is true in Python, and means the opposite
                raise InvalidInputError(f"{call.step} was answered {shorten(answer)}; there are True and False")
            if not answer:
                raise StepSkipped(f"{call.step} was refused")
            return value
        if self._sort == "choose" and answer not in options:
            raise InvalidInputError(f"{call.step} was answered {shorten(answer)}; there are {listed(options)}")
        return call.postprocessed(answer)


def _options(given: Any) -> tuple[Any, ...]:
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise InvalidInputError(f"choose_one(...) needs a list of options, and got {shorten(given)}")
    return tuple(given)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]  # of any items
