"""Lazy expressions: what stands on an edge of the graph until a run can work it out.

An expression is evaluated against the `Cells` of a run. A cell holds the value of one call of a step: of the step, or
of one of its items. An expression that depends on `each` has *axes*: for each level of nesting, the lists that are
mapped over (several when they zip). An `index` has one number per axis.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, Union

from daggr_fn.annotations import describe, item_annotation, part_annotation
from daggr_fn.errors import InvalidInputError, shorten
from daggr_fn.values import Failed, class_of

Index = tuple[int, ...]
Key = Any  # a step, or (step, *index) for an item, or (step, ..., *index) for the items below an index
Axes = tuple[tuple["Item", ...], ...]


class StepLike(Protocol):
    """What expressions need to know of a step."""

    name: str
    axes: Axes


def cell(step: Any, index: Index) -> Key:
    """The key of one call of a step."""
    return (step, *index) if index else step


def group(step: Any, index: Index) -> Key:
    """The key of all calls of a mapped step below an index."""
    return (step, ..., *index)


class Missing:
    """Stands in a cell that never gets a value: its step failed, or it was skipped.

    Attributes:
        failure: The error that began it; `None` when the step was skipped for another reason.
        step: The step where it began.
        reason: In words.
    """

    __slots__ = ("failure", "reason", "step")

    def __init__(self, step: str, failure: BaseException | None, reason: str) -> None:
        self.step = step
        self.failure = failure
        self.reason = reason


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


class InputPort:
    """An input of a pipeline: its name, type, component and default."""

    __slots__ = ("annotation", "card", "component", "default", "name", "secret")

    def __init__(
        self, name: str, annotation: Any, default: Any, *, component: Any = None, card: str = "", secret: bool = False
    ) -> None:
        self.name = name
        self.annotation = annotation
        self.default = default
        self.component = component
        self.card = card
        self.secret = secret

    def __repr__(self) -> str:
        return f"<input {self.name}: {describe(self.annotation)}>"


class Expression:
    """The base of all lazy expressions."""

    __slots__ = ("annotation", "axes")
    axes: Axes
    annotation: Any

    @property
    def label(self) -> str:
        """The expression in words of the user's program: `script.lines`."""
        raise NotImplementedError

    @property
    def code(self) -> str:
        """The expression as it could stand in the body."""
        return self.label

    def parts(self) -> Iterable[Expression]:
        """The expressions that this one is made of."""
        return ()

    def rebuilt(self, change: Callable[[Expression], Expression]) -> Expression:
        """This expression with `change` applied to its parts."""
        return self

    def keys(self, index: Index, levels: int = 0) -> Iterator[Key]:
        """The cells that must have ended before the expression can be evaluated at an index.

        Args:
            index: The item's index; with `levels`, the index above the gathered levels.
            levels: How many of the innermost axes are gathered.
        """
        for part in self.parts():
            depth = len(part.axes)
            yield from part.keys(index[:depth], max(0, depth - len(index)))

    def value(self, cells: Cells, index: Index) -> Any:
        """The value at an index, when nothing of it is missing; not a copy (see `copied`)."""
        raise NotImplementedError

    def absent(self, cells: Cells, index: Index) -> Missing | None:
        """Why there will be no value at an index, or `None`."""
        for part in self.parts():
            missing = part.absent(cells, index[: len(part.axes)])
            if missing is not None:
                return missing
        return None

    def unmapped(self, cells: Cells, index: Index) -> Missing | None:
        """Why not even the items below an index are known, or `None`."""
        for part in self.parts():
            depth = len(part.axes)
            missing = part.unmapped(cells, index) if depth > len(index) else part.absent(cells, index[:depth])
            if missing is not None:
                return missing
        return None

    def count(self, cells: Cells, index: Index) -> int:
        """The number of items of the axis below an index."""
        item = self.axes[len(index)][0]
        return len(item.listed(cells, index[: len(item.of.axes)]))

    def digest(self, digests: Digests, index: Index) -> str:
        """The digest of the value at an index."""
        return digests.of_value(self, index)

    def walk(self) -> Iterator[Expression]:
        """This expression and all below it."""
        stack: list[Expression] = [self]
        while stack:
            expression = stack.pop()
            yield expression
            stack.extend(expression.parts())

    def steps(self) -> Iterator[Any]:
        """The steps whose outputs are part of this expression."""
        return (expression.step for expression in self.walk() if isinstance(expression, Output))


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

    def keys(self, index: Index, levels: int = 0) -> Iterator[Key]:
        yield group(self.step, index) if levels else cell(self.step, index)

    def value(self, cells: Cells, index: Index) -> Any:
        return cells.values[(self.step, *index) if index else self.step]

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

    def digest(self, digests: Digests, index: Index) -> str:
        if self.port and isinstance(self.of, Output):
            return digests.of_part(self.of.step, index, self.key)
        return digests.of_value(self, index)


class Item(Expression):
    """One element of a list that is mapped over: what `each` returns."""

    __slots__ = ("of",)

    def __init__(self, of: Expression) -> None:
        self.of = of
        self.axes = (*of.axes, (self,))
        self.annotation = item_annotation(of.annotation)

    @property
    def label(self) -> str:
        return f"each({self.of.label})"

    @property
    def code(self) -> str:
        return f"each({self.of.code})"

    def parts(self) -> Iterable[Expression]:
        return (self.of,)

    def rebuilt(self, change: Callable[[Expression], Expression]) -> Expression:
        return Item(change(self.of))

    def keys(self, index: Index, levels: int = 0) -> Iterator[Key]:
        if levels:
            return self.of.keys(index, levels - 1)
        return self.of.keys(index[:-1])

    def value(self, cells: Cells, index: Index) -> Any:
        return self.listed(cells, index[:-1])[index[-1]]

    def absent(self, cells: Cells, index: Index) -> Missing | None:
        return self.of.absent(cells, index[: len(self.of.axes)])

    def listed(self, cells: Cells, index: Index) -> Sequence[Any]:
        """The list itself, above the item."""
        value: Any = self.of.value(cells, index)
        kind = class_of(value)
        if kind is list:
            return value  # type: ignore[no-any-return]
        sized = hasattr(value, "__len__") and hasattr(value, "__getitem__")
        if not sized or isinstance(value, (str, bytes, Mapping)):
            what = describe(kind)
            raise InvalidInputError(f"each({self.of.label}) needs a list, and got the {what} {shorten(value)}")
        return value  # type: ignore[no-any-return]

    def count(self, cells: Cells, index: Index) -> int:
        if len(index) < len(self.of.axes):
            return self.of.count(cells, index)
        return len(self.listed(cells, index))


class Gathered(Expression):
    """The list that a map makes again, in order: what `gather` returns."""

    __slots__ = ("errors", "levels", "of")

    def __init__(self, of: Expression, errors: str, levels: int) -> None:
        self.of = of
        self.errors = errors
        self.levels = levels
        self.axes = of.axes[: len(of.axes) - levels]
        item: Any = of.annotation if errors != "keep" else Union[of.annotation, Failed]  # noqa: UP007  # of values
        self.annotation = list[item]

    @property
    def label(self) -> str:
        return f"gather({self.of.label})"

    @property
    def code(self) -> str:
        return f"gather({self.of.code})"

    def parts(self) -> Iterable[Expression]:
        return (self.of,)

    def rebuilt(self, change: Callable[[Expression], Expression]) -> Expression:
        return Gathered(change(self.of), self.errors, self.levels)

    def keys(self, index: Index, levels: int = 0) -> Iterator[Key]:
        return self.of.keys(index, levels + self.levels)

    def _below(self, cells: Cells, index: Index) -> Iterator[tuple[Index, Missing | None]]:
        """All items below an index, in order, each with why it is missing; where a whole map is, once for it."""
        stack = [index]
        while stack:
            at = stack.pop()
            if len(at) == len(self.of.axes):
                yield at, self.of.absent(cells, at) if cells.missing else None
                continue
            unmapped = self.of.unmapped(cells, at) if cells.missing else None
            if unmapped is None:
                stack.extend((*at, i) for i in reversed(range(self.of.count(cells, at))))
            else:
                yield at, unmapped

    def value(self, cells: Cells, index: Index) -> Any:
        found: list[Any] = []
        for at, missing in self._below(cells, index):
            if missing is None:
                found.append(self.of.value(cells, at))
            elif missing.failure is not None and self.errors == "keep":
                found.append(Failed(missing.failure, missing.step, at))
        return found

    def absent(self, cells: Cells, index: Index) -> Missing | None:
        if not cells.missing:
            return None
        unmapped = self.of.unmapped(cells, index)
        if unmapped is not None or self.errors != "raise":
            return unmapped
        for _, missing in self._below(cells, index):
            if missing is not None and missing.failure is not None:
                return missing
        return None

    def unmapped(self, cells: Cells, index: Index) -> Missing | None:
        return self.of.unmapped(cells, index)

    def count(self, cells: Cells, index: Index) -> int:
        return self.of.count(cells, index)

    def digest(self, digests: Digests, index: Index) -> str:
        if self.errors == "keep":
            return digests.of_value(self, index)
        found = ["gathered"]
        stack = [index]
        while stack:
            at = stack.pop()
            if len(at) == len(self.of.axes):
                if not digests.is_missing(self.of, at):
                    found.append(self.of.digest(digests, at))
            else:
                stack.extend((*at, i) for i in reversed(range(digests.count(self.of, at))))
        return digests.combine(found)


class Built(Expression):
    """A list, tuple, dict or dataclass with expressions inside.

    Args:
        inside: The expressions, in the order in which `build` takes their values.
        build: Makes the container of the values.
        shape: What the container is besides those values, for its digest.
        words: Its label; by default those of the expressions inside.
    """

    __slots__ = ("build", "inside", "shape", "words")

    def __init__(
        self,
        inside: Sequence[Expression],
        build: Callable[[Sequence[Any]], Any],
        shape: Any,
        annotation: Any = Any,
        words: str = "",
    ) -> None:
        self.inside = tuple(inside)
        self.build = build
        self.shape = shape
        self.words = words
        self.axes = zipped_axes(part.axes for part in self.inside)
        self.annotation = annotation

    @property
    def label(self) -> str:
        return self.words or ", ".join(part.label for part in self.inside)

    def parts(self) -> Iterable[Expression]:
        return self.inside

    def rebuilt(self, change: Callable[[Expression], Expression]) -> Expression:
        return Built([change(part) for part in self.inside], self.build, self.shape, self.annotation, self.words)

    def value(self, cells: Cells, index: Index) -> Any:
        return self.build([part.value(cells, index[: len(part.axes)]) for part in self.inside])

    def digest(self, digests: Digests, index: Index) -> str:
        inside = [part.digest(digests, index[: len(part.axes)]) for part in self.inside]
        return digests.combine([digests.of_constant(self.shape), *inside])


def zipped_axes(many: Iterable[Axes]) -> Axes:
    """The axes of what is made of several expressions: level by level, each mapped list once."""
    found = [axes for axes in many if axes]
    if len(found) <= 1:
        return found[0] if found else ()
    levels: list[tuple[Item, ...]] = []
    for level in range(max(map(len, found))):
        items = {id(item): item for axes in found if len(axes) > level for item in axes[level]}
        levels.append(tuple(items.values()))
    return tuple(levels)


def copied(value: Any) -> Any:
    """A copy of lists, dicts and sets, inside each other too; everything else is passed on as it is."""
    kind = class_of(value)
    if kind is list:
        return [copied(item) for item in value]
    if kind is dict:
        return {key: copied(item) for key, item in value.items()}
    if kind is set:
        return set(value)
    if kind is tuple and any(type(item) in _CONTAINERS for item in value):
        return tuple(copied(item) for item in value)
    return value


_CONTAINERS = (list, dict, set, tuple)
