"""What the plan and the run ask of the memory of results; `execution.memo` is the one on disk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from daggr_fn.kinds import Identity, Options


@dataclass(frozen=True, slots=True)
class Entry:
    """One remembered result, without its value.

    Attributes:
        key: The key it was stored under.
        digest: The digest of its value.
        parts: The digests of the value's ports, for a record.
        seconds: How long it took to make.
        created: When it was stored, in seconds since the epoch.
    """

    key: str
    digest: str
    parts: Mapping[str, str]
    seconds: float
    created: float


@dataclass(frozen=True, slots=True)
class About:
    """What is written beside a result, for people and for `explain`; nothing here decides about reuse.

    Attributes:
        key_parts: The parts that the key was made of: `code`, `node`, and a digest for each input.
        seconds: How long the result took to make.
        shared: Whether the result is of use to other runs than those of the sheet that it was made on.
    """

    pipeline: str
    step: str
    node: str
    index: tuple[int, ...]
    key_parts: Mapping[str, str]
    seconds: float
    ports: tuple[str, ...] = ()
    record: Literal["", "attribute", "key"] = ""
    shared: bool = True


class Remembered(Protocol):
    """What the plan and the run ask of the memory of results; `execution.memo` is the one on disk."""

    def digest(self, value: Any) -> str:
        """The digest of a value: files by content, the rest by joblib's hash. Raises `NotReusable`."""
        ...

    def code(self, identity: Identity, options: Options, name: str) -> tuple[str, str]:
        """`(node, code)`: the digests of what a node is and of its code. Raises `NotReusable`."""
        ...

    def key(self, parts: Mapping[str, str]) -> str:
        """The key made of parts."""
        ...

    def look(self, key: str, max_age: timedelta | None = None) -> Entry | None:
        """The entry under a key without its value; `None` when there is none, or it is damaged or too old."""
        ...

    def load(self, entry: Entry, returns: Any = None) -> Any:
        """The value of an entry, its records as the classes that `returns` names.

        Raises `LookupError` when it is damaged or gone.
        """
        ...

    def save(self, key: str, value: Any, about: About, returns: Any = None) -> Entry:
        """Store a value; `returns` as in `load`. Raises `NotReusable` when it can't be stored."""
        ...

    def history(self, pipeline: str, step: str, index: tuple[int, ...]) -> list[tuple[float, Mapping[str, str]]]:
        """When and from which key parts results of a step were made, newest first."""
        ...
