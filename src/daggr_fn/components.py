"""The one table between Python types and Gradio components, in both directions.

gradio is imported only when a component is made; a component that a user gives has paid for that already.
"""

from __future__ import annotations

import datetime
import enum
import functools
import types
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin

from daggr_fn.annotations import bare, enum_values, media_name
from daggr_fn.media import reads_files
from daggr_fn.values import class_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from daggr_fn.expressions import InputPort

_TYPES: dict[str, Any] = {
    "Textbox": str,
    "Text": str,
    "TextArea": str,
    "Markdown": str,
    "HTML": str,
    "Code": str,
    "ColorPicker": str,
    "Number": int | float,  # a whole number where its value, step or precision is one
    "Slider": int | float,
    "Checkbox": bool,
    "Image": Path,
    "Audio": Path,
    "Video": Path,
    "Model3D": Path,
    "File": Path,
}


def component_type(component: Any) -> Any:
    """The Python type of a component's values; `Any` where it has no single one.

    Args:
        component: A Gradio component, or `None`.
    """
    name = type(component).__name__
    found = _TYPES.get(name, Any)
    if name == "File" and getattr(component, "file_count", "single") != "single":
        return list[Path]
    if name == "Number" and getattr(component, "precision", None) == 0:
        return int
    return found


def component_for(annotation: Any, default: Any = None, label: str | None = None) -> Any:
    """A Gradio component for values of a type.

    Args:
        annotation: `str` becomes a Textbox, `int` and `float` a Number, `bool` a Checkbox, a `Literal` or `Enum` a
            Dropdown, `Path` and `bytes` a File, `PIL.Image.Image` and `numpy.ndarray` an Image, `datetime` and `date` a
            DateTime, a pandas `DataFrame` a Dataframe, `list` and `dict` JSON, a list of `Literal` a CheckboxGroup, a
            list of files or pictures a File or a Gallery; everything else, and what is not known, JSON for containers
            and a Textbox else.
        default: The value that it begins with.
        label: Its label.
    """
    import gradio

    annotation = without_none(bare(annotation))
    value = default.value if isinstance(default, enum.Enum) else default
    choices = enum_values(annotation)
    if choices is not None:
        return gradio.Dropdown(choices, value=value, label=label)
    inner = get_args(annotation)[0] if get_origin(annotation) is list else Any
    if enum_values(inner) is not None:
        return gradio.CheckboxGroup(enum_values(inner), value=value, label=label)
    if reads_files(inner):  # never as JSON: a text that somebody enters must not name a file of this machine
        return _several_files(gradio, inner, label)
    if isinstance(annotation, types.UnionType) or get_origin(annotation) is Union:
        files = reads_files(annotation)
        return (gradio.File if files else _maker(gradio, Any, value))(value=None if files else value, label=label)
    make = _maker(gradio, annotation, value)
    return make(value=value, label=label)


def without_none(annotation: Any) -> Any:
    """The type of an annotation that allows `None` besides."""
    known = [one for one in get_args(annotation) if one is not type(None)]
    optional = get_origin(annotation) in (Union, types.UnionType) and len(known) == 1
    return bare(known[0]) if optional else annotation


def _several_files(gradio: Any, inner: Any, label: str | None) -> Any:
    if media_name(bare(inner)):
        return gradio.Gallery(label=label)
    return gradio.File(file_count="multiple", label=label)


def _maker(gradio: Any, annotation: Any, value: Any) -> Callable[..., Any]:
    cls: Any = get_origin(annotation) or annotation
    if cls is Any or not isinstance(cls, type):
        cls = class_of(value)
    if media_name(cls):
        return gradio.Image  # type: ignore[no-any-return]
    if (cls.__module__.partition(".")[0], cls.__name__) == ("pandas", "DataFrame"):
        return gradio.Dataframe  # type: ignore[no-any-return]
    kinds: list[tuple[Any, Any]] = [
        (datetime.datetime, functools.partial(gradio.DateTime, type="datetime")),
        (datetime.date, functools.partial(gradio.DateTime, type="datetime", include_time=False)),
        (bool, gradio.Checkbox),
        (int, functools.partial(gradio.Number, precision=0)),
        (float, gradio.Number),
        ((Path, bytes), gradio.File),
        ((list, dict, tuple, set), gradio.JSON),
    ]
    return next((make for kind, make in kinds if issubclass(cls, kind)), gradio.Textbox)  # type: ignore[no-any-return]


def input_component(port: InputPort) -> Any:
    """The component that stands for an input: the one it was given, else one made from its type and default."""
    if port.component is not None:
        return port.component
    shown = issubclass(class_of(port.default), (str, int, float, bool, list, dict, enum.Enum))
    return component_for(
        port.annotation, port.default if shown else None, label=port.name.replace("_", " ").capitalize()
    )
