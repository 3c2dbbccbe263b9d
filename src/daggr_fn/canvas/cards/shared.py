"""Which steps share a card: the variants of a choice, a step and its backups; and which card a condition is on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from daggr_fn.branching import OTHERWISE, Branch, Fallback, Guarded
from daggr_fn.expressions import Built, Concealed, Expression, Input, Output, Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from daggr_fn.branching import Guard
    from daggr_fn.expressions import InputPort
    from daggr_fn.graph import Graph, Step


@dataclass
class Alternative:
    """One of those of which one gives the value.

    Attributes:
        name: The variant of a choice; of a backup the step.
        values: What it gives, for each output.
        step: The step that shares the card.
    """

    name: str
    values: list[Expression] = field(default_factory=list[Expression])
    step: Step | None = None


@dataclass
class Shared:
    """A card of alternatives.

    Attributes:
        id: The card's id.
        parent: The group that it is in.
        choice: The choice's own input; `None` for backups.
    """

    id: str
    parent: str | None
    choice: InputPort | None
    alternatives: list[Alternative]

    @property
    def steps(self) -> list[Step]:
        return [one.step for one in self.alternatives if one.step is not None]


@dataclass
class Condition:
    """What decides between sides.

    Attributes:
        step: The step that it is the value of; `None` for one that has a card of its own.
        sides: What each side gives, by name.
        guarded: The steps that only a side needs, by its name.
    """

    id: str
    expression: Expression
    step: Step | None
    sides: dict[str, list[Expression]] = field(default_factory=dict[str, list[Expression]])
    guarded: dict[str, dict[str, Step]] = field(default_factory=dict[str, "dict[str, Step]"])


class Shares:
    """The cards that several steps share, and the conditions of a graph."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._choices = set(graph.choices.values())
        self._taken = {*graph.steps, *graph.groups}
        self._guarded = _guarded_steps(graph)
        self._used_plainly = _used_plainly(graph)
        self.home: dict[Step, Shared] = {}
        self.cards: dict[str, Shared] = {}
        self.conditions: dict[str, Condition] = {}
        self._of_choice: dict[InputPort, Shared] = {}
        self._of_backups: dict[tuple[str, ...], Shared] = {}
        self._of_condition: dict[str, Condition] = {}
        found = list(_branches(graph))
        for branch in found:
            if isinstance(branch, Fallback):
                self._add_backups(branch)
            elif self.choice_of(branch) is not None:
                self._add_choice(branch)
        for branch in found:
            if isinstance(branch, Branch) and self.choice_of(branch) is None:
                self._add_condition(branch)

    def choice_of(self, branch: Guarded) -> InputPort | None:
        """The choice that picks the side of a branch, if one does."""
        decides = getattr(branch, "condition", None)
        return decides.port if isinstance(decides, Input) and decides.port in self._choices else None

    def card_of(self, step: Step) -> str:
        """The card that a step is on."""
        return self.home[step].id if step in self.home else step.name

    def shared_by(self, branch: Guarded) -> Shared | None:
        """The card of a choice or of a step with backups."""
        port = self.choice_of(branch)
        if port is not None:
            return self._of_choice[port]
        return self._of_backups.get(_labels(alternatives_of(branch))) if isinstance(branch, Fallback) else None

    def condition_of(self, branch: Branch) -> Condition:
        """The condition of a `when` or `switch`."""
        return self._of_condition[_key(branch.condition)]

    def unique(self, wanted: str) -> str:
        """An id that no other card has."""
        number, name = 1, wanted
        while name in self._taken:
            number += 1
            name = f"{wanted} ({number})"
        self._taken.add(name)
        return name

    def parent_of(self, name: str) -> str | None:
        """The innermost group that a name is in."""
        name = name.rpartition("/")[0]
        while name and name not in self._graph.groups:
            name = name.rpartition("/")[0]
        return name or None

    # ---- choices and backups

    def _add_choice(self, branch: Guarded) -> None:
        port = self.choice_of(branch)
        assert port is not None  # asked before
        if port not in self._of_choice:
            names = [Alternative(str(side)) for side, _ in branch.sides()]
            self._of_choice[port] = Shared(self.unique(port.name), self.parent_of(port.name), port, names)
            self.cards[self._of_choice[port].id] = self._of_choice[port]
        shared = self._of_choice[port]
        for (_, value), one in zip(branch.sides(), shared.alternatives, strict=True):
            one.values.append(value)
            step = sole_output(value)
            if step is not None:
                self._share(shared, one, step[0])

    def _add_backups(self, branch: Fallback) -> None:
        values = alternatives_of(branch)
        key = _labels(values)
        if key not in self._of_backups:
            steps = [sole_output(value) for value in values]
            parents = {self.parent_of(step.name) for value in values for step in value.steps()}
            parent = parents.pop() if len(parents) == 1 else None
            first = steps[0][0] if steps[0] is not None else None
            own = first is not None and self.parent_of(first.name) == parent and first not in self.home
            name = first.name if first is not None and own else self.unique(f"{values[0].label} or else")
            alternatives = [
                Alternative(step[0].name if step is not None else value.label)
                for step, value in zip(steps, values, strict=True)
            ]
            self._of_backups[key] = self.cards[name] = Shared(name, parent, None, alternatives)
        shared = self._of_backups[key]
        for value, one in zip(values, shared.alternatives, strict=True):
            one.values.append(value)
            step = sole_output(value)
            if step is not None:
                self._share(shared, one, step[0])

    def _share(self, shared: Shared, one: Alternative, step: Step) -> None:
        if step in self.home or step in self._used_plainly or one.step is not None:
            return
        if self.parent_of(step.name) == shared.parent:
            one.step = step
            self.home[step] = shared

    # ---- conditions

    def _add_condition(self, branch: Branch) -> None:
        key = _key(branch.condition)
        if key not in self._of_condition:
            found = sole_output(branch.condition)
            step = found[0] if found is not None and found[0] not in self.home else None
            name = step.name if step is not None else self.unique(branch.label)
            self._of_condition[key] = Condition(name, branch.condition, step)
            self.conditions[key] = self._of_condition[key]
        condition = self._of_condition[key]
        for side, value in branch.sides():
            name = side_name(branch, side)
            condition.sides.setdefault(name, []).append(value)
            steps = self._guarded.get(branch.guard(side), {})
            condition.guarded.setdefault(name, {}).update({step.name: step for step in steps})


def side_name(branch: Branch, side: Any) -> str:
    """The name of a side: `then`, `otherwise`, or the value of the key."""
    if side is OTHERWISE:
        return "otherwise"
    return "then" if side is True and branch.words == "when" else str(side)


def sole_output(value: Expression) -> tuple[Step, str | None] | None:
    """The step and output that an expression is nothing but, if it is one; `None` for the whole value of a step."""
    while True:
        if isinstance(value, Output):
            return value.step, None
        if isinstance(value, Part) and value.port and isinstance(value.of, Output):
            return value.of.step, str(value.key)
        if isinstance(value, Concealed):
            value = value.of
        elif isinstance(value, Built) and value.shape == "along":
            value = value.inside[0]
        else:
            return None


def alternatives_of(fallback: Fallback) -> list[Expression]:
    """A first expression and all its backups."""
    first = fallback.first
    return [*(alternatives_of(first) if isinstance(first, Fallback) else [first]), fallback.backup]


def _labels(values: Iterable[Expression]) -> tuple[str, ...]:
    """What tells one set of backups from others; the same for each output of the same steps."""
    outputs = [(value, sole_output(value)) for value in values]
    return tuple(found[0].name if found is not None else value.label for value, found in outputs)


def _key(condition: Expression) -> str:
    found = sole_output(condition)
    return f"{found[0].name} {found[1] or ''}" if found is not None else condition.label


def _roots(graph: Graph) -> Iterator[Expression]:
    for step in graph.steps.values():
        yield from step.edges.values()
    if isinstance(graph.result, Expression):
        yield graph.result


def _branches(graph: Graph) -> Iterator[Guarded]:
    """All choices, conditions and backups, in the order of the body, inner ones before those around them."""
    for root in _roots(graph):
        found: list[Guarded] = []
        stack = [root]
        while stack:
            part = stack.pop()
            if isinstance(part, Guarded):
                found.append(part)
            stack.extend(alternatives_of(part) if isinstance(part, Fallback) else part.parts())
        yield from reversed(found)


def _used_plainly(graph: Graph) -> set[Step]:
    """The steps whose value is used as it is somewhere, and not only as one of several alternatives."""
    found: set[Step] = set()
    for root in _roots(graph):
        stack: list[tuple[Expression, bool]] = [(root, False)]
        while stack:
            part, is_alternative = stack.pop()
            if isinstance(part, Output) and not is_alternative:
                found.add(part.step)
            elif isinstance(part, Fallback):
                stack.extend((one, True) for one in alternatives_of(part))
            elif isinstance(part, Guarded):
                stack.extend((one, False) for one in part.always())
                stack.extend((one, True) for _, one in part.sides())
            else:
                passed_on = is_alternative and sole_output(part) is not None
                stack.extend((one, passed_on and number == 0) for number, one in enumerate(part.parts()))
    return found


def _guarded_steps(graph: Graph) -> Mapping[Guard, dict[Step, None]]:
    found: dict[Guard, dict[Step, None]] = {}
    for step in graph.steps.values():
        for guard in step.guards:
            found.setdefault(guard, {})[step] = None
    return found
