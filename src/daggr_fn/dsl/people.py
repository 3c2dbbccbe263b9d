"""`approve`, `choose_one` and `ask`: steps that wait for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, overload

from daggr_fn.annotations import item_annotation
from daggr_fn.components import component_type
from daggr_fn.dsl.conditions import lazy
from daggr_fn.dsl.node import Node
from daggr_fn.kinds import Options
from daggr_fn.nodes.asking import AskKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from daggr_fn.nodes.asking import Sort

T = TypeVar("T")


def approve(value: T, /, *, name: str | None = None, note: str = "") -> T:
    """The value, once a person has approved it; what follows a refusal is skipped.

    Args:
        value: A port.
        name: The step's name; answers are given under it.
        note: A text beside the question.
    """
    return _ask("approve", value, lazy(value).annotation, name, note=note)  # type: ignore[no-any-return]


def choose_one(options: Iterable[T], /, *, name: str | None = None, note: str = "") -> T:
    """The one of several options that a person chose.

    Args:
        options: A port of a list, or a list.
        name: The step's name; answers are given under it.
        note: A text beside the question.
    """
    return _ask("choose", options, item_annotation(lazy(options).annotation), name, note=note)  # type: ignore[no-any-return]


@overload
def ask(component: Any, /, *, value: T, name: str | None = None, note: str = "") -> T: ...
@overload
def ask(component: Any, /, *, name: str | None = None, note: str = "") -> Any: ...
def ask(component: Any, /, *, value: Any = None, name: str | None = None, note: str = "") -> Any:
    """What a person gives.

    Args:
        component: The Gradio component that takes it; its label is the question.
        value: What the component begins with, for a person to change.
        name: The step's name; answers are given under it.
        note: A text beside the question.
    """
    return _ask("ask", value, component_type(component), name, component, note)


def _ask(sort: Sort, value: Any, annotation: Any, name: str | None, component: Any = None, note: str = "") -> Any:
    node: Node[..., Any] = Node(AskKind(sort, annotation, component, note), Options(name=name))
    return node(value)
