"""Maps: one item of a list, and the list that is made of items again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Union

from daggr_fn.annotations import describe, item_annotation
from daggr_fn.errors import InvalidInputError, shorten
from daggr_fn.expressions.base import Expression
from daggr_fn.values import Failed, class_of

if TYPE_CHECKING:
    from daggr_fn.expressions.cells import Cells, Digests, Index, Key, Missing


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
