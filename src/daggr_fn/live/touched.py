"""Which steps something was changed of since they ran: what failed or was refused then may go another way now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daggr_fn.expressions import Expression, Input

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from daggr_fn.graph import Graph, Step


class Touched:
    """The steps that were touched.

    Attributes:
        now: How many changes there were so far.

    Args:
        graph: The pipeline's graph.
    """

    def __init__(self, graph: Graph) -> None:
        self.now = 0
        self._by_step: dict[str, dict[str, int]] = {}
        self._graph = graph
        self._takers: dict[str, set[str]] = {}
        for name, step in graph.steps.items():
            for port in _inputs_of(step):
                self._takers.setdefault(port, set()).add(name)

    def inputs(self, names: Iterable[str]) -> None:
        """Inputs or choices were changed."""
        for name in names:
            self._touch(self._graph.behind(self._takers.get(name, ())), name)

    def step(self, name: str) -> None:
        """What a step made was changed."""
        self._touch(self._graph.behind([name]) - {name}, name)

    def _touch(self, steps: Iterable[str], name: str) -> None:
        self.now += 1
        for step in steps:
            self._by_step.setdefault(step, {})[name] = self.now

    def ended(self, names: Iterable[str], then: int) -> None:
        """Steps ran, with all as it was when there had been so many changes."""
        for step in names:
            later = {name: at for name, at in self._by_step.get(step, {}).items() if at > then}
            if later:
                self._by_step[step] = later
            else:
                self._by_step.pop(step, None)

    def why(self, step: str) -> str | None:
        """What was changed, in words; `None` where nothing was."""
        changed = self._by_step.get(step)
        return f"{', '.join(changed)} changed" if changed else None


def _inputs_of(step: Step) -> Iterator[str]:
    expressions: list[Expression] = [*step.edges.values(), *(guard.condition for guard in step.guards)]
    expressions += [item.of for axis in step.axes for item in axis]
    for expression in expressions:
        for part in expression.walk():
            if isinstance(part, Input):
                yield part.port.name
