"""Values that lie elsewhere: on the workers of a cluster, until something here needs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from daggr_fn.values import class_of

Path = tuple[tuple[bool, Any], ...]
"""Which part of a value is meant: `(by attribute, key)`, the outermost first."""


class Keeper(Protocol):
    """Where values lie."""

    name: str

    def fetch(self, kept: Any, step: str) -> Any:
        """Bring a value here."""
        ...


class Held:
    """Stands for a step's value that lies on a cluster. Steps that run there get it without its coming here.

    Attributes:
        step: The step that made it.
        keeper: Where it lies.
        future: What the keeper brings it by.
        kind: The name of its class.
        size: About how many bytes it is.
        length: How many items it has, where it can be mapped over; else `None`.
    """

    __slots__ = ("_got", "future", "keeper", "kind", "length", "size", "step")

    def __init__(self, step: str, keeper: Keeper, future: Any, kind: str, size: int, length: int | None) -> None:
        self.step = step
        self.keeper = keeper
        self.future = future
        self.kind = kind
        self.size = size
        self.length = length
        self._got: tuple[Any] | None = None

    def get(self) -> Any:
        """The value itself, which is brought here the first time."""
        if self._got is None:
            self._got = (self.keeper.fetch(self.future, self.step),)
        return self._got[0]

    def __repr__(self) -> str:
        return f"<{self.kind} of {self.size:,} bytes on {self.keeper.name}>"

    def __reduce__(self) -> Any:
        raise TypeError(f"{self!r} lies there; .get() brings it here")


class Reference:
    """A held value, or a part of one, as an argument on its way to a step that runs where it lies.

    Expressions take parts and items of it as of any value; who looks inside gets the value itself brought here.
    """

    __slots__ = ("_held", "_path")

    def __init__(self, held: Held, path: Path = ()) -> None:
        self._held = held
        self._path = path

    def __getitem__(self, key: Any) -> Reference:
        return Reference(self._held, (*self._path, (False, key)))

    def __getattr__(self, name: str) -> Reference:
        if name.startswith("__"):
            raise AttributeError(name)
        return Reference(self._held, (*self._path, (True, name)))

    def __len__(self) -> int:
        if self._path or self._held.length is None:
            return len(value_of(self))
        return self._held.length

    def __iter__(self) -> Iterator[Any]:
        return iter(value_of(self))

    def __bool__(self) -> bool:
        return bool(value_of(self))

    def __eq__(self, other: object) -> bool:
        return bool(value_of(self) == other)

    def __hash__(self) -> int:
        return hash(value_of(self))

    def __str__(self) -> str:
        return str(value_of(self))

    def __format__(self, spec: str) -> str:
        return format(value_of(self), spec)

    def __repr__(self) -> str:
        parts = [f".{key}" if by_attribute else f"[{key!r}]" for by_attribute, key in self._path]
        return f"{self._held!r}{''.join(parts)}"


def value_of(reference: Reference) -> Any:
    """What a reference means, brought here."""
    return part_of(reference._held.get(), reference._path)


def parts_of(reference: Reference) -> tuple[Held, Path]:
    """The held value of a reference, and which part of it is meant."""
    return reference._held, reference._path


def part_of(value: Any, path: Path) -> Any:
    """The part of a value that a path means."""
    for by_attribute, key in path:
        value = getattr(value, key) if by_attribute else value[key]
    return value


def here(value: Any) -> Any:
    """A value as it is, or brought here."""
    return value.get() if class_of(value) is Held else value


def sized(value: Any) -> int | None:
    """How many items a value has that can be mapped over; `None` for others."""
    if isinstance(value, (str, bytes, Mapping)) or not hasattr(class_of(value), "__getitem__"):
        return None
    try:
        return len(value)
    except TypeError:  # a number of numpy's has a `__len__` that raises
        return None


def replaced(value: Any, change: Callable[[Any], Any], kind: Any = Reference) -> Any:
    """A value in whose lists, tuples and dicts `change` was applied to all of a class; the same where none is."""
    found = class_of(value)
    if found is kind:
        return change(value)
    if found in (list, tuple):
        changed: Any = [replaced(item, change, kind) for item in value]
        same = all(a is b for a, b in zip(changed, value, strict=True))
        return value if same else changed if found is list else tuple(changed)
    if found is dict:
        named = {key: replaced(item, change, kind) for key, item in value.items()}
        return value if all(named[key] is item for key, item in value.items()) else named
    return value


class Referring:
    """The cells of a run, with references in place of the values that lie elsewhere (`expressions.Cells`)."""

    def __init__(self, cells: Any) -> None:
        self.inputs: Mapping[Any, Any] = cells.inputs
        self.missing: Mapping[Any, Any] = cells.missing
        self.counts: Mapping[Any, int] = cells.counts
        self.values: Any = _References(cells.values)


class _References:
    def __init__(self, values: Mapping[Any, Any]) -> None:
        self._values = values

    def __getitem__(self, key: Any) -> Any:
        value = self._values[key]
        return Reference(value) if class_of(value) is Held else value
