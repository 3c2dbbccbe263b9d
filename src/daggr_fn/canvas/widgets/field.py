"""A field: what a widget is made for, and the widget as the page holds it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from nicegui.element import Element

    from daggr_fn.canvas.links import Links

Change = Callable[[Any], None]


@dataclass(slots=True)
class Field:
    """What a widget is made for.

    Attributes:
        name: The input's name, which is part of what people who cannot see are told.
        label: What stands above it.
        component: The Gradio component that says how it is to be.
        annotation: The type of its values.
        value: What it begins with.
        change: Called with a new value.
        links: Addresses for files.
        uploads: The address that takes files.
        take_upload: The kept file that an upload's id stands for.
        most_bytes: How large a file may be; 0 where that is not known.
        secret: Whether what is typed is never shown.
        is_set: Whether a secret has a value.
    """

    name: str
    label: str
    component: Any
    annotation: Any
    value: Any
    change: Change
    links: Links
    uploads: str = ""
    take_upload: Callable[[str], Any] | None = None
    most_bytes: int = 0
    secret: bool = False
    is_set: bool = False

    @property
    def fixed(self) -> bool:
        """Whether it only shows its value: the component says that nobody may change it."""
        return getattr(self.component, "interactive", None) is False

    def of(self, option: str, default: Any = None) -> Any:
        """An option of the component; the default where it has none, or says nothing."""
        found = getattr(self.component, option, None)
        return default if found is None else found


class Show(Protocol):
    """Shows a value that somebody else set."""

    def __call__(self, value: Any, /) -> None: ...


@dataclass(slots=True)
class Widget:
    """A widget on a page.

    Attributes:
        element: The NiceGUI element.
        show: Shows a value without telling of a change.
        value: What it shows now, as a value of the input; for questions, which are answered by a button.
    """

    element: Element
    show: Show
    value: Callable[[], Any] = field(default=lambda: None)


def quiet(
    element: Any,
    to_shown: Callable[[Any], Any] = lambda value: value,
    tidied: Callable[[Any], Any] = lambda typed: typed,
) -> Show:
    """A `show` that sets an element's value without its change handlers hearing of it.

    Args:
        element: The element.
        to_shown: How it shows a value.
        tidied: How it shows the value that stands for what was typed. This comes back to whoever types, who is not to
            find another text below the cursor.
    """

    def show(value: Any) -> None:
        shown = to_shown(value)
        if shown in (element.value, tidied(element.value)):
            return
        handlers, element._change_handlers = element._change_handlers, []
        try:
            element.value = shown
        finally:
            element._change_handlers = handlers

    return show


def at_once(element: Any) -> Any:
    """Have the page show what a person picks before the server has answered.

    On a slow line the next pick would be made from what was there before, and the first one would be lost. It is what
    NiceGUI does with `LOOPBACK = False`, which leaves it to the element to hold its value; Quasar's selections don't.
    """
    element.LOOPBACK = element._props["loopback"] = False
    element.on("update:model-value", js_handler="(value) => (element.props['model-value'] = value)")
    return element


def named(element: Any, what: Field) -> Any:
    """Say what the widget is for, to people who cannot see the label above it."""
    element._props["aria-label"] = what.label
    return element
