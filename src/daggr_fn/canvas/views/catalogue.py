"""The table of Gradio's components: what the value of an output with each becomes on the page.

docs/components.md has the same table in words; a test compares it, and both with the Gradio that is installed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from daggr_fn.canvas.views import media, plots, scored, singles, tables, texts
from daggr_fn.canvas.views.context import entries
from daggr_fn.canvas.views.plain import Show, data
from daggr_fn.values import class_of, is_mapping

if TYPE_CHECKING:
    from daggr_fn.canvas.views.context import Context, ViewModel


@dataclass(frozen=True)
class Shown:
    """How one component shows a value.

    Attributes:
        view: The view model's `view` for the values that the component is made for; `any` by the value's own type.
        make: Makes it; `None` by the value's own type.
        words: What is seen, for the docs.
    """

    view: str
    make: Show | None
    words: str


def catalogue(show: Show) -> dict[str, Shown]:
    """The table, by the names of the components' classes; `show` makes the view models of parts."""
    return {**_words(), **_values(), **_media(show), **_data(), **_controls()}


def _words() -> dict[str, Shown]:
    text = Shown("text", texts.text, "text with its line breaks; a password as dots")
    return {
        "Textbox": text,
        "TextArea": text,
        "SimpleTextbox": text,
        "Markdown": Shown("markdown", texts.markdown, "formatted text; HTML in it is cleaned"),
        "HTML": Shown("html", texts.html, "cleaned HTML; a page with scripts or styles in a frame of its own"),
        "Code": Shown("code", texts.code, "code in one width, coloured a little, to copy"),
        "Dialogue": Shown("dialogue", texts.dialogue, "lines with their speakers, or the joined text"),
        "Label": Shown("label", scored.label, "bars with shares, best first"),
        "HighlightedText": Shown("highlight", scored.highlight, "text with marked parts and a legend"),
    }


def _values() -> dict[str, Shown]:
    chosen = Shown("choices", singles.choice, "the name of what is chosen, or of each")
    number = Shown("number", singles.number, "the number")
    return {
        "Number": number,
        "Slider": Shown("number", singles.number, "the number, and where it lies between the bounds"),
        "Timer": number,
        "Checkbox": Shown("bool", singles.yes_or_no, "yes or no"),
        "CheckboxGroup": chosen,
        "Radio": chosen,
        "Dropdown": chosen,
        "SimpleDropdown": chosen,
        "ColorPicker": Shown("color", singles.color, "a swatch beside its text"),
        "DateTime": Shown("date", singles.date, "the day and the time"),
    }


def _media(show: Show) -> dict[str, Shown]:
    image = Shown("image", media.image, "the picture; full size on a click")
    edited = Shown("image", media.edited, "the picture with all layers, and how many there are")
    audio = Shown("audio", media.audio, "a player with the shape of the sound")
    video = Shown("video", media.video, "a player")
    files = Shown("files", media.files, "name and size of each file, to download")
    return {
        "Image": image,
        "SimpleImage": image,
        "ImageEditor": edited,
        "ImageMask": edited,
        "Paint": edited,
        "Sketchpad": edited,
        "ImageSlider": Shown("compare", media.compare, "two pictures with a slider between"),
        "AnnotatedImage": Shown("annotated", media.annotated, "the picture with its regions, and a legend"),
        "Gallery": Shown("gallery", media.gallery, "small pictures; full size on a click, with arrow keys"),
        "Audio": audio,
        "Microphone": audio,
        "Video": video,
        "PlayableVideo": video,
        "File": files,
        "Files": files,
        "UploadButton": files,
        "DownloadButton": files,
        "Model3D": Shown("model3d", media.model3d, "a scene to turn around (GLB, GLTF, STL), else a file"),
        "Chatbot": Shown("chat", scored.chat(show), "bubbles, with what is sent in them"),
        "MultimodalTextbox": Shown("several", _multimodal(show), "the text, and the files under it"),
    }


def _data() -> dict[str, Shown]:
    table = Shown("table", tables.table, "a table with a head that stays, 100 rows at a time, and as CSV")
    chart = Shown("plot", plots.native, "a chart; the columns and sums are the component's")
    return {
        "Dataframe": table,
        "List": table,
        "Matrix": table,
        "Numpy": table,
        "Dataset": Shown("json", data, "the example that was chosen, as data"),
        "JSON": Shown("json", data, "a tree that folds"),
        "ParamViewer": Shown("json", data, "the parameters, as a tree"),
        "FileExplorer": Shown("json", data, "the chosen paths, as a list; the files themselves stay where they are"),
        "Plot": Shown(
            "plot",
            plots.plot,
            "matplotlib as a picture; plotly live; bokeh in a frame; altair as a picture, or in a frame when asked",
        ),
        "BarPlot": chart,
        "LinePlot": chart,
        "ScatterPlot": chart,
        "NativePlot": chart,
        "ItemList": Shown("table", tables.item_list, "a table that can be edited"),
    }


def _controls() -> dict[str, Shown]:
    """What holds a value but shows none: it is shown by its own type."""
    kept = Shown("any", None, "its value, by the value's own type")
    button = Shown("text", texts.text, "its label, as text: there is nothing to press in a result")
    buttons = ("Button", "ClearButton", "DeepLinkButton", "DuplicateButton", "LoginButton")
    kept_too = ("State", "BrowserState", "Fallback", "Navbar", "WorkflowCanvas")
    return {**dict.fromkeys(kept_too, kept), **dict.fromkeys(buttons, button)}


def _multimodal(show: Show) -> Show:
    def make(value: Any, ctx: Context) -> ViewModel:
        if not is_mapping(value):
            return texts.text(value, ctx)
        parts = [texts.text(value.get("text") or "", ctx.inside())] if value.get("text") else []
        parts += [show(one, ctx.inside()) for one in entries(value, "files")[:100]]
        return {"view": "several", "parts": parts} if parts else {"view": "none"}

    return make


def shown_by(component: Any, table: dict[str, Shown]) -> Shown | None:
    """How a component shows values: its own row, or that of the nearest class that it is made of."""
    return next((table[cls.__name__] for cls in class_of(component).__mro__ if cls.__name__ in table), None)
