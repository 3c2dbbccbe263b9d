"""Which values of a run are still needed: one that all its takers are done with is let go.

A taker is done when it has ended well, or was skipped for good. Where it failed, or was cancelled, its inputs stay: a
run that goes on from there, or the step called alone, needs them.

How: a taker that is done with all items below an index puts a mark there. An item is free once the marks at its index
and above are as many as its takers. Everything here is called under the lock of the run's state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from daggr_fn.expressions import Index, Key, cell, group
from daggr_fn.values import LET_GO

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from daggr_fn.execution.state import RunState
    from daggr_fn.graph import Step
    from daggr_fn.takers import Takers


class Needs:
    """Lets values of a run go.

    Args:
        takers: Who takes what.
        state: The cells of the run.
        kept: Steps whose values stay, beside those that the pipeline returns.
        early: Whether a taker may be done before what it takes has ended: values are given, or an earlier run's.
    """

    def __init__(self, takers: Takers, state: RunState, kept: Collection[Step] = (), *, early: bool = False) -> None:
        self._takes = takers.takes
        self._counts = takers.counts
        self._least = takers.least
        self._state = state
        self._kept = kept
        self._early = early
        self._marks: dict[Key, int] = {}
        self._spoiled: set[Key] = set()

    def leave_out(self, steps: Iterable[Step]) -> None:
        """These steps take no part."""
        for step in steps:
            self._early = True
            self._done(step, ())

    def ended(self, step: Step, index: Index) -> None:
        """A call has ended well: it needs nothing any more, and its value may be needed by nobody."""
        for taken, levels in self._takes[step]:
            if levels == len(index):
                self._mark(taken, index)
        if self._early or step not in self._counts:
            self._let_go_if_free(step, index)

    def skipped(self, step: Step, index: Index, *, final: bool) -> None:
        """A call, or all below an index, will not be made."""
        if final:
            self._early |= len(index) < len(step.axes)
            self._done(step, index)
        else:
            self.failed(step, index)

    def failed(self, step: Step, index: Index) -> None:
        """A call has failed: what it and its neighbours in a map take together stays."""
        self._spoiled.update(group(step, index[:depth]) for depth in range(len(index)))

    def map_ended(self, step: Step, index: Index) -> None:
        """All calls below an index have ended."""
        if not self._state.counts[group(step, index)]:
            self._early = True  # an empty map waited for its list alone
        if group(step, index) not in self._spoiled:
            for taken, levels in self._takes[step]:
                if levels == len(index):
                    self._mark(taken, index)

    def _done(self, step: Step, index: Index) -> None:
        for taken, levels in self._takes[step]:
            if levels >= len(index):
                self._mark(taken, index)

    def _mark(self, taken: Step, index: Index) -> None:
        """One more taker is done with all that is below an index."""
        key = (taken, *index) if index else taken
        marks = self._marks[key] = self._marks.get(key, 0) + 1
        if not taken.axes and marks < self._counts[taken]:
            return
        if len(index) == len(taken.axes):
            self._let_go_if_free(taken, index)
        elif marks >= self._least.get((taken, len(index)), 0):
            for below in list(self._below(taken, index)):
                self._let_go_if_free(taken, below)

    def _let_go_if_free(self, step: Step, index: Index) -> None:
        key = cell(step, index)
        if step in self._kept or key not in self._state.values:
            return
        marks = self._marks.get(step, 0)
        for depth in range(1, len(index) + 1):
            marks += self._marks.get((step, *index[:depth]), 0)
        if marks >= self._counts.get(step, 0):
            self._state.values[key] = LET_GO
            if index:
                self._marks.pop(key, None)

    def _below(self, step: Step, index: Index) -> Iterator[Index]:
        if len(index) == len(step.axes):
            yield index
            return
        for i in range(self._state.counts.get(group(step, index), 0)):
            yield from self._below(step, (*index, i))
