"""The keys of steps: what a step is, its code, and the digests of its input values.

Keys chain: the digest of a remembered value is stored beside it, so that what follows finds its own key without that
value being loaded. A step that ran anew to the same value leaves what follows reused.
"""

from __future__ import annotations

import contextvars
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from daggr_fn.errors import NotReusable
from daggr_fn.expressions import Cells, Expression, Index, InputPort, Key, cell
from daggr_fn.held import here
from daggr_fn.values import is_named_tuple, is_sequence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from daggr_fn.graph import Step
    from daggr_fn.remembered import Entry, Remembered

logger = logging.getLogger("daggr_fn")

_SOURCE = "drawn anew"
_LONGEST_PATH = 1024


class Keys:
    """Makes the keys of a run's or a plan's steps.

    Args:
        memory: What digests values and code.
        cells: What is known so far.
        sources_count: Whether a step with a source has a key at all: on a sheet, and when a failed run is resumed.
        turn: The turn that they are of, if it is one.
    """

    def __init__(self, memory: Remembered, cells: Cells, *, sources_count: bool = False, turn: str = "") -> None:
        self.entries: dict[Key, Entry] = {}
        self._memory = memory
        self._cells = cells
        self._sources_count = sources_count
        self._turn = turn
        self._digests: dict[Any, str] = {}
        self._code: dict[Step, Mapping[str, str]] = {}
        self._fixed: dict[Step, Mapping[str, str]] = {}
        self._context = contextvars.copy_context()  # on whose account: whichever thread works a key out

    def parts(self, step: Step, index: Index) -> dict[str, str]:
        """The parts of a step's key: `node`, `code` and a digest for each argument.

        Raises:
            NotReusable: It has no key; says why.
        """
        if step.sources and not self._sources_count:
            names = ", ".join(step.sources)
            raise NotReusable(f"{names} is drawn anew for each call")
        parts = {**self._code_of(step), **self._fixed_of(step)}
        for name, edge in step.edges.items():
            if name not in step.secrets:
                parts[name] = self._argument(step, name, edge, index[: len(edge.axes)])
        for name in step.sources:
            parts[name] = f"{_SOURCE} {index}"  # equal items draw a value each
        if step.asks_people:  # what a person says to one question is no answer to another one
            which = "" if step.spec.asks == "approve" and not self._turn else f" {index}"
            parts["asked by"] = f"{self._turn}{step.name}{which}"
        return parts

    def _code_of(self, step: Step) -> Mapping[str, str]:
        found = self._code.get(step)
        if found is None:
            identity = self._context.copy().run(step.kind.identity)
            node, code = self._memory.code(identity, step.options, step.spec.name)
            found = self._code[step] = {"node": node, "code": code}
        return found

    def _fixed_of(self, step: Step) -> Mapping[str, str]:
        found = self._fixed.get(step)
        if found is None:
            found = {name: self._memory.digest(_as_file(step, name, value)) for name, value in step.fixed.items()}
            self._fixed[step] = found
        return found

    def _argument(self, step: Step, name: str, edge: Expression, index: Index) -> str:
        parameter = step.spec.parameters.get(name)
        if parameter is not None and parameter.is_file:
            return self._memory.digest(_as_file(step, name, edge.value(self._cells, index)))
        return edge.digest(self, index)

    # ---- what expressions ask (expressions.Digests)

    def of_input(self, port: InputPort) -> str:
        """The digest of an input's value."""
        if port not in self._digests:
            self._digests[port] = self._memory.digest(self._cells.inputs[port])
        return self._digests[port]

    def of_cell(self, step: Any, index: Index) -> str:
        """The digest of a step's value, remembered or worked out."""
        key = cell(step, index)
        entry = self.entries.get(key)
        if entry is not None:
            return entry.digest
        if key not in self._digests:
            self._digests[key] = self._memory.digest(here(self._cells.values[key]))
        return self._digests[key]

    def of_part(self, step: Any, index: Index, port: str) -> str:
        """The digest of one output of a step."""
        key = cell(step, index)
        entry = self.entries.get(key)
        if entry is not None and port in entry.parts:
            return entry.parts[port]
        if (key, port) not in self._digests:
            value = here(self._cells.values[key])
            part = value[port] if step.spec.record == "key" else getattr(value, port)
            self._digests[key, port] = self._memory.digest(part)
        return self._digests[key, port]

    def of_value(self, expression: Expression, index: Index) -> str:
        """The digest of an expression's value."""
        return self._memory.digest(expression.value(self._cells, index))

    def of_constant(self, value: Any) -> str:
        """The digest of a fixed part of an expression."""
        return self._memory.digest(value)

    def combine(self, parts: Sequence[str]) -> str:
        """One digest of several."""
        return self._memory.key({str(i): part for i, part in enumerate(parts)})

    def count(self, expression: Expression, index: Index) -> int:
        """The number of items below an index."""
        return expression.count(self._cells, index)

    def is_missing(self, expression: Expression, index: Index) -> bool:
        """Whether there is no value at an index."""
        return bool(self._cells.missing) and expression.absent(self._cells, index) is not None


def _names_a_file(text: str) -> bool:
    return len(text) < _LONGEST_PATH and os.sep in text and "\n" not in text and os.path.isfile(text)


def _as_file(step: Step, name: str, value: Any) -> Any:
    """A text that names a file, where the parameter takes files: what counts is the file's content."""
    parameter = step.spec.parameters.get(name)
    if parameter is None or not parameter.is_file:
        if isinstance(value, str) and _names_a_file(value):
            logger.warning(
                "%s(%s) was given the name of a file as a text: its result is reused also when the file has changed; "
                "annotate %s: Path, and the file's content counts",
                *(step.name, name, name),
            )
        return value
    if isinstance(value, str):
        return Path(value) if os.path.exists(value) else value
    if is_sequence(value) and not is_named_tuple(value):
        return [_as_file(step, name, item) for item in value]
    return value
