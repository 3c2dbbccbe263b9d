"""What makers of view models have at hand, and how they say that a value is not theirs."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from daggr_fn.canvas.links import Links

ViewModel = dict[str, Any]

TEXT_LIMIT = 2_000
"""Characters of a text that are sent with the page."""
ROW_LIMIT = 100
"""Items of a list, and rows of a table, that are sent with the page."""
MOST_DEEP = 4
"""Values in values that are shown as parts of their own; what lies deeper is shown as data."""


def is_a(value: Any, kinds: Any) -> bool:
    """`isinstance`, as a function, so that what lists and dicts hold stays `Any` to type checkers."""
    return isinstance(value, kinds)


def entries(value: Any, key: str) -> list[Any]:
    """The list under a key of a mapping; empty for none."""
    return list(value.get(key) or [])


class Unfit(Exception):
    """A value is not what a component shows; it is shown by its own type instead."""


@dataclass(frozen=True)
class Context:
    """What a maker knows besides the value.

    Attributes:
        links: Addresses for files and for whole values.
        component: The Gradio component of the output, or `None`.
        name: What the output is called where a name is needed: for a download, or in the label of a button.
        depth: In how many values this one lies.
    """

    links: Links
    component: Any = None
    name: str = "Result"
    depth: int = 0

    def option(self, name: str, default: Any = None) -> Any:
        """An option of the component; the default where it has none."""
        found = getattr(self.component, name, None)
        return default if found is None else found

    def inside(self, component: Any = None, name: str | None = None) -> Context:
        """The context of a part of the value."""
        return dataclasses.replace(self, component=component, name=name or self.name, depth=self.depth + 1)

    def file_name(self, suffix: str) -> str:
        """What a download of the whole value is called."""
        words = "".join(one if one.isalnum() or one in "-_" else " " for one in self.name).split()
        return ("-".join(words)[:60].lower() or "result") + suffix
