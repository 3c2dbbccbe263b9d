"""The table: which component becomes which widget."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nicegui import json, ui
from nicegui.elements.mixins.disableable_element import DisableableElement

from daggr_fn.canvas.widgets import choices, dates, explorer, lines, media, multimodal, rows, sketching, texts
from daggr_fn.canvas.widgets.field import Field, Widget

if TYPE_CHECKING:
    from collections.abc import Callable

    from nicegui.element import Element

logger = logging.getLogger("daggr_fn")


@dataclass(frozen=True)
class Taken:
    """How one component takes a value.

    Attributes:
        make: Makes the widget.
        words: What it is, for the docs.
        gives: What a function gets of it where its annotation says nothing else, for the docs.
    """

    make: Callable[[Field], Widget]
    words: str
    gives: str


_LINES = Taken(texts.text, "a line, or several that grow with the text; a password masked", "`str`")
_FILES = Taken(media.files, "files, a folder: chosen, dropped, pasted", "`Path`, or a list of them")
_DRAWING = Taken(sketching.sketch, "a drawing on a picture or an empty page", "its parts as `Path`s")
_PICTURE = Taken(media.media("image"), "a picture: chosen, dropped, pasted, of the camera", "`Path`")
_SOUND = Taken(media.media("audio"), "a sound: chosen, dropped, recorded", "`Path`")
_FILM = Taken(media.media("video"), "a film: chosen, dropped, recorded", "`Path`")
_FRAME = Taken(
    rows.data_frame, "a table: cells with types, rows added and removed", "a `DataFrame`, or as `type=` says"
)
_ONE_OF = Taken(choices.dropdown, "a list to pick one or several of, searched when it is long", "the value")
_DATA = Taken(texts.json_text, "JSON as text, checked while it is typed", "lists, dicts and what is in them")
_NOTHING = Taken(texts.kept, "nothing to enter: its value is shown, and passed on", "the component's value")

WIDGETS: dict[str, Taken] = {
    "Textbox": _LINES,
    "TextArea": _LINES,
    "SimpleTextbox": _LINES,
    "Markdown": _LINES,
    "HTML": _LINES,
    "Code": Taken(texts.code, "an editor with the language's colours", "`str`"),
    "Number": Taken(texts.number, "a number between its bounds, by steps", "`int` where it is whole, else `float`"),
    "Timer": Taken(texts.number, "its seconds", "`float`"),
    "Slider": Taken(texts.slider, "a slider, and its number to type", "`int` where its steps are whole, else `float`"),
    "Checkbox": Taken(choices.checkbox, "a box to tick", "`bool`"),
    "CheckboxGroup": Taken(choices.checkbox_group, "boxes to tick", "the list of values"),
    "Radio": Taken(choices.radio, "one of a few, all of them seen", "the value"),
    "Dropdown": _ONE_OF,
    "SimpleDropdown": _ONE_OF,
    "Dataset": Taken(choices.dataset, "one of its examples", "the example, its index, or both, as `type=` says"),
    "ColorPicker": Taken(texts.color, "a colour, typed or picked", "`str`"),
    "DateTime": Taken(dates.date_time, "a day and a time", "a timestamp, `datetime`, `date` or `str`"),
    "Image": _PICTURE,
    "SimpleImage": _PICTURE,
    "ImageEditor": _DRAWING,
    "ImageMask": _DRAWING,
    "Paint": _DRAWING,
    "Sketchpad": _DRAWING,
    "ImageSlider": Taken(media.two_pictures, "two pictures", "a tuple of two `Path`s"),
    "Gallery": Taken(media.gallery, "several pictures: chosen, dropped, pasted", "a list of `Path`s"),
    "Audio": _SOUND,
    "Microphone": _SOUND,
    "Video": _FILM,
    "PlayableVideo": _FILM,
    "Model3D": Taken(media.media("model3d"), "a 3D model: chosen, dropped", "`Path`"),
    "File": _FILES,
    "Files": _FILES,
    "UploadButton": _FILES,
    "FileExplorer": Taken(explorer.explorer, "files of the server's folder, and no other", "`Path`s"),
    "MultimodalTextbox": Taken(multimodal.multimodal, "text, and files beside it", '`{"text", "files"}`'),
    "Dataframe": _FRAME,
    "List": _FRAME,
    "Matrix": _FRAME,
    "Numpy": _FRAME,
    "JSON": _DATA,
    "State": _DATA,
    "BrowserState": _DATA,
    "Label": _DATA,
    "ParamViewer": _DATA,
    "Fallback": _DATA,
    "Chatbot": Taken(lines.chat, "a table of messages: who says it, and what", 'a list of `{"role", "content"}`'),
    "Dialogue": Taken(lines.dialogue, "a table of lines: who speaks, and what", 'a list of `{"speaker", "text"}`'),
    "HighlightedText": Taken(lines.highlighted, "a table of the text's parts and their labels", "a list of pairs"),
    **dict.fromkeys(("AnnotatedImage", "Plot", "BarPlot", "LinePlot", "ScatterPlot", "NativePlot"), _NOTHING),
    **dict.fromkeys(("Button", "ClearButton", "DownloadButton", "DuplicateButton", "LoginButton"), _NOTHING),
    **dict.fromkeys(("DeepLinkButton", "Navbar", "WorkflowCanvas"), _NOTHING),
}
"""By the name of the component's class; a subclass is found by that of its base."""


def widget(what: Field) -> Widget:
    """The widget of a field, made where NiceGUI's elements go now; one that can't be made says so in its place."""
    names = [cls.__name__ for cls in type(what.component).__mro__]
    taken = next((WIDGETS[name] for name in names if name in WIDGETS), _DATA)
    with ui.element("div").classes("df-widget") as root:
        try:
            made = taken.make(what)
            _check(root)
        except Exception as error:  # whatever a component or a value does, it breaks its own field and not the page
            logger.warning("the widget of %s can't be made: %s", what.name, error, exc_info=True)
            root.clear()
            return Widget(_broken(what, error), _ignore)
    if what.fixed:
        _freeze(root)
    return Widget(made.element, _careful(what, made), made.value)


def _check(root: Element) -> None:
    """See that a widget can be sent, before it is sent together with the rest of the page."""
    for element in root.descendants():
        json.dumps(element._to_dict())


def _freeze(root: Element) -> None:
    for element in root.descendants():
        if isinstance(element, DisableableElement):
            element.disable()
        else:
            element._props["fixed"] = True


def _careful(what: Field, made: Widget) -> Callable[[Any], None]:
    """A widget's `show` that says it when a value can't be shown, and stays as it is."""

    def show(value: Any) -> None:
        try:
            made.show(value)
        except Exception as error:  # a value of whatever kind: the other fields go on
            logger.warning("the value of %s can't be shown: %s", what.name, error, exc_info=True)

    return show


def _broken(what: Field, error: Exception) -> Element:
    with ui.element("div").classes("note n-failed") as root:
        ui.label(f"{what.label} can't be shown: {type(error).__name__}: {error}").classes("grow")
    return root


def _ignore(_value: Any) -> None:
    """A field that can't be shown shows nothing else either."""
