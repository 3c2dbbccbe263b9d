"""Where values come from: the inputs of a pipeline, the outputs of steps, and parts of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from daggr_fn.annotations import describe, part_annotation
from daggr_fn.errors import InvalidInputError, shorten
from daggr_fn.expressions.base import Axes, Expression
from daggr_fn.expressions.cells import Cells, Digests, Index, Key, Missing, cell, group
from daggr_fn.held import Held
from daggr_fn.values import LET_GO, class_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


class StepLike(Protocol):
    """What expressions need to know of a step."""

    name: str
    axes: Axes


class InputPort:
    """An input of a pipeline: its name, type, component and default.

    Attributes:
        card: The title of the card that it is on, with others.
        asked_by: The step or the group that was given its component, and whose card it is on.
    """

    __slots__ = ("annotation", "asked_by", "card", "component", "default", "name", "secret")

    def __init__(
        self, name: str, annotation: Any, default: Any, *, component: Any = None, card: str = "", secret: bool = False
    ) -> None:
        self.name = name
        self.annotation = annotation
        self.default = default
        self.component = component
        self.card = card
        self.asked_by = ""
        self.secret = secret

    def __repr__(self) -> str:
        return f"<input {self.name}: {describe(self.annotation)}>"


class Input(Expression):
    """The value of a pipeline input."""

    __slots__ = ("port",)

    def __init__(self, port: InputPort) -> None:
        self.port = port
        self.axes = ()
        self.annotation = port.annotation

    @property
    def label(self) -> str:
        return self.port.name

    def keys(self, index: Index, levels: int = 0) -> Iterator[Key]:
        return iter(())

    def value(self, cells: Cells, index: Index) -> Any:
        return cells.inputs[self.port]

    def digest(self, digests: Digests, index: Index) -> str:
        return digests.of_input(self.port)


class Output(Expression):
    """The whole value of a step."""

    __slots__ = ("step",)

    def __init__(self, step: Any, annotation: Any) -> None:
        self.step = step
        self.axes = step.axes
        self.annotation = annotation

    @property
    def label(self) -> str:
        return str(self.step.name)

    @property
    def code(self) -> str:
        return self.step.variable or f"{self.step.spec.name}(...)"

    def own_steps(self) -> Iterable[Any]:
        return (self.step,)

    def keys(self, index: Index, levels: int = 0) -> Iterator[Key]:
        yield group(self.step, index) if levels else cell(self.step, index)

    def value(self, cells: Cells, index: Index) -> Any:
        value = cells.values[(self.step, *index) if index else self.step]
        if value is LET_GO:
            raise AssertionError(f"the value of {self.step.name}{list(index) or ''} was let go, and is needed")
        return value.get() if class_of(value) is Held else value

    def absent(self, cells: Cells, index: Index) -> Missing | None:
        return cells.missing.get(cell(self.step, index)) or self.unmapped(cells, index)

    def unmapped(self, cells: Cells, index: Index) -> Missing | None:
        for depth in range(min(len(index) + 1, len(self.axes))):
            missing = cells.missing.get(group(self.step, index[:depth]))
            if missing is not None:
                return missing
        return cells.missing.get(self.step)

    def count(self, cells: Cells, index: Index) -> int:
        counted = cells.counts.get(group(self.step, index))
        return super().count(cells, index) if counted is None else counted

    def digest(self, digests: Digests, index: Index) -> str:
        return digests.of_cell(self.step, index)


class Part(Expression):
    """A part of a value: `value[key]`, `value.key`, or one output of a step."""

    __slots__ = ("by_attribute", "key", "of", "port")

    def __init__(
        self, of: Expression, key: Any, *, by_attribute: bool = False, port: bool = False, annotation: Any = None
    ) -> None:
        self.of = of
        self.key = key
        self.by_attribute = by_attribute
        self.port = port
        self.axes = of.axes
        self.annotation = part_annotation(of.annotation, key) if annotation is None else annotation

    @property
    def label(self) -> str:
        named = self.by_attribute or self.port
        return f"{self.of.label}.{self.key}" if named else f"{self.of.label}[{self.key!r}]"

    @property
    def code(self) -> str:
        named = self.by_attribute or self.port
        return f"{self.of.code}.{self.key}" if named else f"{self.of.code}[{self.key!r}]"

    def parts(self) -> Iterable[Expression]:
        return (self.of,)

    def rebuilt(self, change: Callable[[Expression], Expression]) -> Expression:
        return Part(
            change(self.of), self.key, by_attribute=self.by_attribute, port=self.port, annotation=self.annotation
        )

    def keys(self, index: Index, levels: int = 0) -> Iterator[Key]:
        return self.of.keys(index, levels)

    def value(self, cells: Cells, index: Index) -> Any:
        whole = self.of.value(cells, index)
        try:
            return getattr(whole, self.key) if self.by_attribute else whole[self.key]
        except (LookupError, AttributeError, TypeError) as error:
            raise InvalidInputError(f"{self.of.label} has no part {self.key!r}: it is {shorten(whole)}") from error

    def absent(self, cells: Cells, index: Index) -> Missing | None:
        return self.of.absent(cells, index)

    def count(self, cells: Cells, index: Index) -> int:
        return self.of.count(cells, index)

    def digest(self, digests: Digests, index: Index) -> str:
        if self.port and isinstance(self.of, Output):
            return digests.of_part(self.of.step, index, self.key)
        return digests.of_value(self, index)


class Concealed(Expression):
    """A value that a secret parameter of a group was given: what it is passed on to treats it as a secret."""

    __slots__ = ("of",)

    def __init__(self, of: Expression) -> None:
        self.of = of
        self.axes = of.axes
        self.annotation = of.annotation

    @property
    def label(self) -> str:
        return "<secret>"

    def parts(self) -> Iterable[Expression]:
        return (self.of,)

    def rebuilt(self, change: Callable[[Expression], Expression]) -> Expression:
        return Concealed(change(self.of))

    def keys(self, index: Index, levels: int = 0) -> Iterator[Key]:
        return self.of.keys(index, levels)

    def value(self, cells: Cells, index: Index) -> Any:
        return self.of.value(cells, index)

    def count(self, cells: Cells, index: Index) -> int:
        return self.of.count(cells, index)
