"""The branches: values that one of several sides gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Union

from daggr_fn.errors import InvalidInputError, StepStopped, did_you_mean, listed, shorten
from daggr_fn.expressions import Built, Cells, Expression, Index, Missing, zipped_axes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


class _Otherwise:
    def __repr__(self) -> str:
        return "otherwise"


OTHERWISE: Any = _Otherwise()
"""The side that is taken when no other is."""


_NO_SIDE: Any = object()  # `None` may be the key of a side


class Guard:
    """The condition under which a step runs: that one side of a branch is taken.

    The branches that one `when` or `choice` makes, one for each output, have equal guards: what is needed by the same
    side of two of them is needed by that side only.

    Attributes:
        condition: The expression that decides.
        wants_failure: Whether it asks if the condition failed, and not for its value.
    """

    __slots__ = ("_by_inputs", "_holds", "_key", "_reason", "condition", "wants_failure")

    def __init__(
        self,
        condition: Expression,
        holds: Callable[[Cells, Index], bool],
        reason: Callable[[], str],
        key: Any,
        *,
        wants_failure: bool = False,
    ) -> None:
        self.condition = condition
        self._key = key
        self.wants_failure = wants_failure
        self._holds = holds
        self._reason = reason
        self._by_inputs: bool | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Guard) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def reason(self) -> str:
        """Why the step is skipped when the condition does not hold."""
        return self._reason()  # steps get their names after the branch was made

    @property
    def by_inputs(self) -> bool:
        """Whether inputs and choices alone decide, before anything runs."""
        if self._by_inputs is None:
            self._by_inputs = not self.condition.axes and not any(self.condition.steps())
        return self._by_inputs

    def holds(self, cells: Cells, index: Index) -> bool:
        """Whether the side is taken, once the condition has ended."""
        return self._holds(cells, index[: len(self.condition.axes)])


def presence(of: Expression) -> Guard:
    """The guard of what runs for each value that there is, without taking it."""
    return Guard(of, lambda _cells, _index: True, lambda: f"{of.label} is missing", ("presence", of))


class Guarded(Expression):
    """The base of expressions with sides of which one is taken.

    Attributes:
        family: The same object for all branches that one call in the body made.
    """

    __slots__ = ("_guards", "family")
    family: object

    def sides(self) -> Iterable[tuple[Any, Expression]]:
        """The sides, each with what tells it from the others."""
        raise NotImplementedError

    def always(self) -> Iterable[Expression]:
        """What is needed whichever side is taken."""
        raise NotImplementedError

    def guard(self, side: Any) -> Guard:
        """The guard of what only one side needs; the same object each time."""
        if side not in self._guards:
            self._guards[side] = self._new_guard(side)
        return self._guards[side]

    def _new_guard(self, side: Any) -> Guard:
        raise NotImplementedError

    _guards: dict[Any, Guard]


class Branch(Guarded):
    """The value of the side that a condition takes.

    Args:
        condition: What decides.
        choose: From the condition's value to the side.
        sides: An expression for each side; `OTHERWISE` among them is taken when no other is.
        words: What is done with the condition: `when`; empty where the condition is a choice and says enough.
        family: See `Guarded`.
    """

    __slots__ = ("_by_side", "choose", "condition", "words")

    def __init__(
        self,
        condition: Expression,
        choose: Callable[[Any], Any],
        sides: Mapping[Any, Expression],
        words: str,
        family: object,
    ) -> None:
        self.family = family
        self.condition = condition
        self.choose = choose
        self._by_side: dict[Any, Expression] = dict(sides)
        self.words = words
        self.axes = zipped_axes([condition.axes, *(side.axes for side in sides.values())])
        self.annotation = _common([side.annotation for side in sides.values()])
        self._guards = {}

    @property
    def label(self) -> str:
        return f"{self.words}({self.condition.label})" if self.words else self.condition.label

    def sides(self) -> Iterable[tuple[Any, Expression]]:
        return self._by_side.items()

    def always(self) -> Iterable[Expression]:
        return (self.condition,)

    def parts(self) -> Iterable[Expression]:
        return (self.condition, *self._by_side.values())

    def rebuilt(self, change: Callable[[Expression], Expression]) -> Expression:
        sides = {side: change(expression) for side, expression in self._by_side.items()}
        return Branch(change(self.condition), self.choose, sides, self.words, self.family)

    def side(self, name: Any) -> Expression:
        """The expression of one side."""
        return self._by_side[name]

    def side_for(self, value: Any) -> Any:
        """The side that a value of the condition takes; `_NO_SIDE` when there is none for it.

        Raises:
            InvalidInputError: The value doesn't say: an array is neither true nor false.
        """
        try:
            side = self.choose(value)
        except Exception as error:  # whatever the `__bool__` of a user's value raises
            raise InvalidInputError(
                f"{self.label}: {self.condition.label} is {shorten(value)}, which decides for no side: {error}\n"
                f"  instead  a step that returns True or False"
            ) from error
        if _hashed(side) and side in self._by_side:
            return side
        return OTHERWISE if OTHERWISE in self._by_side else _NO_SIDE

    def taken(self, cells: Cells, index: Index) -> Any:
        """The side that is taken.

        Raises:
            InvalidInputError: The condition has a value that no side is for, or that decides for none.
        """
        value = self.condition.value(cells, index[: len(self.condition.axes)])
        side = self.side_for(value)
        if side is not _NO_SIDE:
            return side
        near = did_you_mean(value, map(str, self._by_side))
        raise InvalidInputError(
            f"{self.label}: {self.condition.label} is {shorten(value)}, for which there is no side{near}\n"
            f"  valid    {listed(self._by_side)}"
        )

    def unmapped(self, cells: Cells, index: Index) -> Missing | None:
        if len(self.condition.axes) > len(index):
            return self.condition.unmapped(cells, index)
        missing = self.condition.absent(cells, index[: len(self.condition.axes)])
        if missing is not None:
            return missing
        side = self._by_side[self.taken(cells, index)]
        return side.unmapped(cells, index) if len(side.axes) > len(index) else None

    def value(self, cells: Cells, index: Index) -> Any:
        side = self._by_side[self.taken(cells, index)]
        return side.value(cells, index[: len(side.axes)])

    def absent(self, cells: Cells, index: Index) -> Missing | None:
        missing = self.condition.absent(cells, index[: len(self.condition.axes)])
        if missing is not None:
            return missing
        side = self._by_side[self.taken(cells, index)]
        return side.absent(cells, index[: len(side.axes)])

    def _new_guard(self, side: Any) -> Guard:
        def holds(cells: Cells, index: Index) -> bool:
            return bool(self.side_for(self.condition.value(cells, index)) == side)

        names = {True: "then", OTHERWISE: "otherwise"} if self.words == "when" else {OTHERWISE: "default"}
        name = names.get(side) or repr(side)
        reason = f"took another side than {name}"
        return Guard(self.condition, holds, lambda: f"{self.label} {reason}", (self.family, side))


class Fallback(Guarded):
    """The value of a first expression, or of a backup where the first failed.

    Args:
        first: What is tried.
        backup: What stands in for it.
        handles: Whether a failure is one that the backup is for.
        family: See `Guarded`.
    """

    __slots__ = ("backup", "first", "handles")

    def __init__(
        self, first: Expression, backup: Expression, handles: Callable[[BaseException], bool], family: object
    ) -> None:
        self.family = family
        self.first = first
        self.backup = backup
        self.handles = handles
        self.axes = zipped_axes([first.axes, backup.axes])
        self.annotation = _common([first.annotation, backup.annotation])
        self._guards = {}

    @property
    def label(self) -> str:
        return f"{self.first.label} or else {self.backup.label}"

    @property
    def code(self) -> str:
        first, backup = self.first.code, self.backup.code
        return first if first.isidentifier() else f"{first.partition('(')[0]}.or_else({backup.partition('(')[0]})(...)"

    def sides(self) -> Iterable[tuple[Any, Expression]]:
        return (("backup", self.backup),)

    def always(self) -> Iterable[Expression]:
        return (self.first,)

    def parts(self) -> Iterable[Expression]:
        return (self.first, self.backup)

    def rebuilt(self, change: Callable[[Expression], Expression]) -> Expression:
        return Fallback(change(self.first), change(self.backup), self.handles, self.family)

    def failed(self, cells: Cells, index: Index) -> bool:
        """Whether the first failed, in a way that the backup is for."""
        return self._stands_in(self.first.absent(cells, index[: len(self.first.axes)]))

    def _stands_in(self, missing: Missing | None) -> bool:
        failure = missing.failure if missing is not None else None
        return failure is not None and not isinstance(failure, StepStopped) and self.handles(failure)

    def unmapped(self, cells: Cells, index: Index) -> Missing | None:
        missing = self.first.unmapped(cells, index) if len(self.first.axes) > len(index) else None
        if not self._stands_in(missing):
            return missing
        return self.backup.unmapped(cells, index) if len(self.backup.axes) > len(index) else None

    def value(self, cells: Cells, index: Index) -> Any:
        side = self.backup if self.failed(cells, index) else self.first
        return side.value(cells, index[: len(side.axes)])

    def absent(self, cells: Cells, index: Index) -> Missing | None:
        side = self.backup if self.failed(cells, index) else self.first
        return side.absent(cells, index[: len(side.axes)])

    def _new_guard(self, side: Any) -> Guard:
        return Guard(
            self.first, self.failed, lambda: f"{self.first.label} did not fail", (self.family, side), wants_failure=True
        )


def has_branches(expression: Expression) -> bool:
    """Whether an expression takes sides."""
    return any(isinstance(part, Guarded) for part in expression.walk())


def constant(value: Any) -> Expression:
    """The expression of a value that is known."""
    return Built([], lambda _: value, ("constant", value), type(value), shorten(value, 30))


def _common(annotations: list[Any]) -> Any:
    known = [annotation for annotation in dict.fromkeys(map(_hashable, annotations)) if annotation is not Any]
    if len(known) < len(set(map(_hashable, annotations))) or not known:
        return Any
    return known[0] if len(known) == 1 else Union[tuple(known)]  # noqa: UP007  # made of values


def _hashable(annotation: Any) -> Any:
    return annotation if _hashed(annotation) else Any


def _hashed(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True
