"""The table: which component becomes which widget."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from nicegui import ui

from daggr_fn.canvas.widgets import choices, explorer, media, multimodal, rows, texts
from daggr_fn.canvas.widgets.field import Field, Widget

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger("daggr_fn")

WIDGETS: dict[str, Callable[[Field], Widget]] = {
    "Textbox": texts.text,
    "Number": texts.number,
    "Slider": texts.slider,
    "ColorPicker": texts.color,
    "Code": texts.code,
    "DateTime": texts.date_time,
    "Markdown": texts.text,
    "HTML": texts.text,
    "JSON": texts.json_text,
    "Dropdown": choices.dropdown,
    "Radio": choices.radio,
    "Checkbox": choices.checkbox,
    "CheckboxGroup": choices.checkbox_group,
    "Image": media.media("image"),
    "Audio": media.media("audio"),
    "Video": media.media("video"),
    "Model3D": media.media("model3d"),
    "File": media.files,
    "UploadButton": media.files,
    "Gallery": media.gallery,
    "ImageEditor": media.sketch,
    "Dataframe": rows.data_frame,
    "MultimodalTextbox": multimodal.multimodal,
    "FileExplorer": explorer.explorer,
    "Dialogue": texts.json_text,
    "Chatbot": texts.json_text,
}
"""By the name of the component's class; a subclass is found by that of its base."""


def widget(what: Field) -> Widget:
    """The widget of a field, made where NiceGUI's elements go now; one that can't be made says so in its place."""
    names = [cls.__name__ for cls in type(what.component).__mro__]
    make = next((WIDGETS[name] for name in names if name in WIDGETS), texts.json_text)
    try:
        return make(what)
    except Exception as error:  # whatever a component or a value does, it breaks its own field and not the page
        logger.warning("the widget of %s can't be made: %s", what.name, error, exc_info=True)
        return _broken(what, error)


def _broken(what: Field, error: Exception) -> Widget:
    with ui.element("div").classes("note n-failed") as root:
        ui.label(f"{what.label} can't be shown: {type(error).__name__}: {error}").classes("grow")

    def show(_value: Any) -> None:
        return None

    return Widget(root, show)
