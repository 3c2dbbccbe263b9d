"""Where the value of an expression comes from: which ports of which cards."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from daggr_fn.branching import Branch, Fallback, Guarded
from daggr_fn.canvas.cards.shared import alternatives_of, side_name, sole_output
from daggr_fn.expressions import Built, Expression, Gathered, Input, Item, Output, Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from daggr_fn.canvas.cards.inputs import InputCards
    from daggr_fn.canvas.cards.shared import Shares


class Source(NamedTuple):
    """A port that a value comes from; `each`: a value comes once per item."""

    card: str
    port: str
    each: bool


class Sources:
    """Finds the ports that expressions are made of."""

    def __init__(self, shares: Shares, inputs: InputCards) -> None:
        self._shares = shares
        self._inputs = inputs

    def of(self, expression: Expression) -> list[Source]:
        """The ports that an expression is made of, in the order in which it names them, each once."""
        found: dict[tuple[str, str], Source] = {}
        for source in self._walk(expression):
            found.setdefault((source.card, source.port), source)
        return list(found.values())

    def _walk(self, expression: Expression) -> Iterator[Source]:
        stack: list[tuple[Expression, bool | None]] = [(expression, None)]
        while stack:
            part, each = stack.pop()
            here = self._port_of(part)
            if here is not None:
                yield Source(*here, each=bool(part.axes) if each is None else each)
            elif isinstance(part, Branch):
                yield from self._of_sides(part, each)
            elif isinstance(part, (Item, Gathered)):
                stack.append((part.of, isinstance(part, Item) if each is None else each))
            elif isinstance(part, Built) and part.shape == "along":
                stack.append((part.inside[0], each))
            else:
                stack.extend((below, each) for below in reversed(list(part.parts())))

    def _port_of(self, part: Expression) -> tuple[str, str] | None:
        if isinstance(part, Guarded):
            shared = self._shares.shared_by(part)
            return (shared.id, self.port_name(part)) if shared is not None else None
        if isinstance(part, Input):
            return self._inputs.port_of(part.port, None)
        if isinstance(part, Part) and isinstance(part.of, Input):
            return self._inputs.port_of(part.of.port, part.key)
        if isinstance(part, Output) or (isinstance(part, Part) and part.port and isinstance(part.of, Output)):
            output = sole_output(part)
            assert output is not None  # it is one
            return self._shares.card_of(output[0]), self.port_name(part)
        return None

    def port_name(self, value: Expression) -> str:
        """The name of the port that a value is given by; where several steps share a card, as the first names it."""
        output = sole_output(self.first_of(value))
        if output is None:
            return "output"
        step, port = output
        return port or next(iter(step.spec.outputs), "output")

    def first_of(self, value: Expression) -> Expression:
        """The first of the alternatives that give a value; a value that has none is its own."""
        while isinstance(value, Guarded):
            sides = [side for _, side in value.sides()]
            value = alternatives_of(value)[0] if isinstance(value, Fallback) else sides[0]
        return value

    def _of_sides(self, branch: Branch, each: bool | None) -> Iterator[Source]:
        """The ports that the sides of a condition come from; a side that is a fixed value comes from the condition."""
        condition = self._shares.condition_of(branch)
        fixed = Source(condition.id, "", bool(branch.condition.axes))
        for side, value in branch.sides():
            found = self.of(value)
            for source in found or [fixed._replace(port=side_name(branch, side))]:
                yield source if each is None else source._replace(each=each)
