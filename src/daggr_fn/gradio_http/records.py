"""The record that a node with several outputs returns: a NamedTuple that can be stored and loaded again."""

from __future__ import annotations

import functools
import keyword
import re
from collections import namedtuple
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@functools.cache
def record_class(name: str, fields: tuple[str, ...]) -> Any:
    """The NamedTuple class for some ports; the same class for the same words."""
    # Its fields are only known when the app has been asked, so there is no class statement for it.
    base: Any = namedtuple(name, fields)  # type: ignore[misc]  # noqa: PYI024  # pyright: ignore[reportUntypedNamedTuple]
    members = {"__slots__": (), "__reduce__": _reduce, "__module__": __name__, "__qualname__": name}
    return type(name, (base,), members)


def load_record(name: str, fields: tuple[str, ...], values: Sequence[Any]) -> Any:
    """Make a record again from what was stored."""
    return record_class(name, fields)(*values)


def _reduce(self: Any) -> tuple[Any, ...]:
    return load_record, (type(self).__name__, self._fields, tuple(self))


def port_names(labels: Iterable[str]) -> list[str]:
    """Names for ports out of the labels that an app shows: valid in Python, and each once."""
    names: list[str] = []
    for number, label in enumerate(labels, start=1):
        name = slug(label) or f"output_{number}"
        taken, extra = name, 1
        while taken in names:
            extra += 1
            taken = f"{name}_{extra}"
        names.append(taken)
    return names


def slug(text: str) -> str:
    """A Python name out of a text: `Final image` becomes `final_image`; "" when nothing is left."""
    name = re.sub(r"\W+", "_", text.strip().lower(), flags=re.ASCII).strip("_")
    if name[:1].isdigit():
        name = f"output_{name}"
    return f"{name}_" if keyword.iskeyword(name) or name in {"count", "index"} else name
