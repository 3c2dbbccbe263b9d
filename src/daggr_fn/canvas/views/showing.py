"""`view`: a value that a step returned as the small JSON that the page draws it from."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

from daggr_fn.annotations import is_class, is_component, media_name, metadata
from daggr_fn.canvas.views.catalogue import catalogue, shown_by
from daggr_fn.canvas.views.context import Context, Unfit, ViewModel
from daggr_fn.canvas.views.plain import plain
from daggr_fn.canvas.views.safe import words
from daggr_fn.values import ItemList, class_of

if TYPE_CHECKING:
    from daggr_fn.canvas.links import Links

logger = logging.getLogger("daggr_fn")


def view(
    value: Any, component: Any = None, annotation: Any = Any, *, links: Links, label: str | None = None
) -> ViewModel:
    """A value as a view model: `{"view": kind, ...}`, small and JSON-safe, whatever the value is.

    A value that its component does not show is shown by its own type. What can't be shown at all becomes
    `{"view": "error", "reason": ...}`; nothing is raised.

    Args:
        value: What a step returned for an output.
        component: The Gradio component of the output (or an `ItemList`), `None` for none.
        annotation: The type of the output, where it is known.
        links: Gives addresses for files, and for the whole of what is shown in part.
        label: What the output is called, where the component does not say.
    """
    component = component if component is not None else _component_in(annotation)
    name = _label_of(component) or label or "Result"
    ctx = Context(links, component, name)
    vm = _part(value, ctx)
    vm.setdefault("name", name)
    vm.setdefault("label", None if _hides_its_label(component) else name)
    return _checked(vm)


def view_kind(component: Any = None, annotation: Any = Any) -> str:
    """The `view` that values of an output will most likely have, before there is one; `any` where it can't be told."""
    if component is not None:
        found = shown_by(component, COMPONENTS)
        return found.view if found else "any"
    if is_class(annotation) and media_name(annotation):
        return "image"
    return {str: "text", bool: "bool", int: "number", float: "number", list: "json", dict: "json"}.get(
        annotation, "any"
    )


def _component_in(annotation: Any) -> Any:
    return next((one for one in metadata(annotation) if is_component(one) or isinstance(one, ItemList)), None)


def _hides_its_label(component: Any) -> bool:
    """Whether the user said `show_label=False`: HTML and Markdown have that by default, and a label for programs."""
    given: list[dict[str, Any]] = getattr(component, "_constructor_args", None) or [{}]
    return given[0].get("show_label") is False


def _label_of(component: Any) -> str | None:
    found = getattr(component, "label", None)
    return words(found, 120) if isinstance(found, str) and found else None


def _part(value: Any, ctx: Context) -> ViewModel:
    try:
        return _shown(value, ctx)
    except LookupError as error:
        return {"view": "error", "reason": words(str(error.args[0]) if error.args else "It is not there any more.")}
    except Unfit:
        return {
            "view": "object",
            "type": class_of(value).__qualname__,
            "module": class_of(value).__module__,
            "text": words(value),
        }
    except Exception as error:  # one broken value must break one result, never the page
        logger.debug("a value of type %s can't be shown", class_of(value).__qualname__, exc_info=True)
        what = f"{class_of(error).__name__}: {words(str(error))}"
        reason = f"A value of type {class_of(value).__qualname__} can't be shown: {what}"
        return {"view": "error", "reason": reason}


def _shown(value: Any, ctx: Context) -> ViewModel:
    found = shown_by(ctx.component, COMPONENTS) if ctx.component is not None and value is not None else None
    if found is None or found.make is None:
        return _plain(value, ctx)
    try:
        return found.make(value, ctx)
    except Unfit:
        return _plain(value, ctx)
    except (TypeError, ValueError, KeyError, AttributeError):  # of another shape than the component's
        logger.debug("%s does not show a %s", type(ctx.component).__name__, class_of(value).__qualname__, exc_info=True)
        return _plain(value, ctx)


def _checked(vm: ViewModel) -> ViewModel:
    """The view model, if it can be sent; a NaN that got into it is found here, not in the browser."""
    try:
        json.dumps(vm, allow_nan=False).encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        logger.debug("a view model can't be sent", exc_info=True)
        return {
            "view": "error",
            "reason": f"This value can't be sent to the page: {error}",
            "name": vm["name"],
            "label": vm["label"],
        }
    return vm


_plain = plain(_part)
COMPONENTS = catalogue(_part)
"""How each of Gradio's components shows a value, by the name of its class."""
