"""The cells of a run: what is known of each call of a step, and what digests ask of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from daggr_fn.values import class_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from daggr_fn.expressions.base import Expression
    from daggr_fn.expressions.sources import InputPort

Index = tuple[int, ...]
Key = Any  # a step, or (step, *index) for an item, or (step, ..., *index) for the items below an index


def cell(step: Any, index: Index) -> Key:
    """The key of one call of a step."""
    return (step, *index) if index else step


def step_of(key: Key) -> Any:
    """The step that a cell is of."""
    return key[0] if class_of(key) is tuple else key


def group(step: Any, index: Index) -> Key:
    """The key of all calls of a mapped step below an index."""
    return (step, ..., *index)


def is_group(key: Key) -> bool:
    """Whether a key is that of all calls below an index."""
    return class_of(key) is tuple and ... in key


class Missing:
    """Stands in a cell that never gets a value: its step failed, or it was skipped.

    Attributes:
        failure: The error that began it; `None` when the step was skipped for another reason.
        step: The step where it began.
        reason: In words.
        final: Whether a run that goes on from this one would skip it too, as what decided that has ended.
        refused: Whether a person said no: a run that goes on skips it too, unless they say otherwise now.
    """

    __slots__ = ("failure", "final", "reason", "refused", "step")

    def __init__(
        self, step: str, failure: BaseException | None, reason: str, *, final: bool = False, refused: bool = False
    ) -> None:
        self.step = step
        self.failure = failure
        self.reason = reason
        self.final = final
        self.refused = refused


class Cells(Protocol):
    """What a run knows so far."""

    @property
    def inputs(self) -> Mapping[Any, Any]: ...
    @property
    def values(self) -> Mapping[Key, Any]: ...
    @property
    def missing(self) -> Mapping[Key, Missing]: ...
    @property
    def counts(self) -> Mapping[Key, int]: ...


class Digests(Protocol):
    """How the digests of values are known, without the values where they are remembered."""

    def of_input(self, port: InputPort) -> str: ...
    def of_cell(self, step: Any, index: Index) -> str: ...
    def of_part(self, step: Any, index: Index, port: str) -> str: ...
    def of_value(self, expression: Expression, index: Index) -> str: ...
    def combine(self, parts: Sequence[str]) -> str: ...
    def of_constant(self, value: Any) -> str: ...
    def count(self, expression: Expression, index: Index) -> int: ...
    def is_missing(self, expression: Expression, index: Index) -> bool: ...
