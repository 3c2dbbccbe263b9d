"""How a value is expected to be shown, by its component or type, and how much room that takes."""

from __future__ import annotations

import types
from typing import Any, Union, get_args, get_origin

from daggr_fn.annotations import bare, enum_values, media_name, record_fields
from daggr_fn.values import ItemList

_VIEWS = {
    "Textbox": "text",
    "Markdown": "markdown",
    "HTML": "html",
    "Image": "image",
    "ImageEditor": "image",
    "Video": "video",
    "Audio": "audio",
    "File": "file",
    "UploadButton": "file",
    "DownloadButton": "file",
    "FileExplorer": "files",
    "Gallery": "gallery",
    "JSON": "json",
    "ParamViewer": "json",
    "Dataframe": "table",
    "Dataset": "table",
    "Label": "label",
    "HighlightedText": "highlight",
    "Code": "code",
    "Chatbot": "chat",
    "Plot": "plot",
    "NativePlot": "plot",
    "Model3D": "model3d",
    "Number": "number",
    "Slider": "slider",
    "ColorPicker": "color",
    "AnnotatedImage": "annotated",
    "ImageSlider": "compare",
}
_CLASSES: dict[str, str] = {
    "builtins.str": "text",
    "builtins.bool": "text",
    "builtins.int": "number",
    "builtins.float": "number",
    "builtins.bytes": "file",
    "builtins.list": "json",
    "builtins.tuple": "json",
    "builtins.set": "json",
    "builtins.dict": "json",
    "builtins.NoneType": "none",
    "pathlib.Path": "file",
    "pandas.core.frame.DataFrame": "table",
    "pandas.DataFrame": "table",
    "matplotlib.figure.Figure": "plot",
    "plotly.graph_objs._figure.Figure": "plot",
}
_HEIGHTS = {
    "text": 96,
    "markdown": 160,
    "html": 160,
    "image": 208,
    "video": 280,
    "audio": 44,
    "file": 44,
    "files": 96,
    "gallery": 240,
    "json": 128,
    "table": 224,
    "label": 112,
    "highlight": 112,
    "code": 160,
    "chat": 240,
    "plot": 288,
    "model3d": 288,
    "number": 28,
    "color": 28,
    "slider": 28,
    "annotated": 240,
    "compare": 208,
    "none": 28,
}
_WIDE = frozenset({"table", "code", "plot", "model3d", "video", "gallery", "json", "chat", "compare", "annotated"})
_NARROW = frozenset({"audio", "file", "number", "slider", "color", "none"})
_FIELDS = {
    "Image": 128,
    "ImageEditor": 320,
    "Video": 128,
    "Audio": 64,
    "File": 64,
    "UploadButton": 64,
    "Gallery": 160,
    "Dataframe": 224,
    "Code": 160,
    "JSON": 96,
    "Chatbot": 240,
    "MultimodalTextbox": 64,
    "Model3D": 128,
    "FileExplorer": 160,
}
_CONTROL = 32
_LINE = 20
_UNIONS: tuple[Any, ...] = (Union, types.UnionType)
_LISTS = (list, tuple, set, frozenset)
HEAVY = frozenset({"plot", "model3d"})
"""The views that are drawn by elements of their own, which are made when they are first seen."""


def expected_view(component: Any, annotation: Any) -> str:
    """The view of a value's component, else of its type; `"text"` where neither says anything."""
    if isinstance(component, ItemList):
        return "table"
    if component is None:
        return _view_of_type(annotation)
    found = next((_VIEWS[cls.__name__] for cls in type(component).__mro__ if cls.__name__ in _VIEWS), "text")
    return "files" if found == "file" and getattr(component, "file_count", "single") != "single" else found


def _view_of_type(annotation: Any) -> str:
    annotation = bare(annotation)
    if type(None) in get_args(annotation) and get_origin(annotation) is not None:
        known = [one for one in get_args(annotation) if one is not type(None)]
        return _view_of_type(known[0]) if len(known) == 1 else "text"
    if enum_values(annotation) is not None:
        return "text"
    if record_fields(annotation) is not None:
        return "json"
    cls = type(None) if annotation is None else get_origin(annotation) or annotation
    if not isinstance(cls, type):
        return "text"
    if media_name(cls):
        return "image"
    names = (f"{base.__module__}.{base.__qualname__}" for base in cls.__mro__)
    return next((_CLASSES[name] for name in names if name in _CLASSES), "text")


def view_height(view: str) -> int:
    """The room that a view takes with its label, in pixels."""
    return _LINE + _HEIGHTS.get(view, _HEIGHTS["text"])


def view_width(view: str) -> int:
    """The width of a card that shows a view, in pixels."""
    return 480 if view in _WIDE else 240 if view in _NARROW else 280


def field_height(component: Any, annotation: Any = Any) -> int:
    """The room that an input's widget takes with its label, in pixels."""
    names = [cls.__name__ for cls in type(component).__mro__]
    height = next((_FIELDS[name] for name in names if name in _FIELDS), _CONTROL)
    lines = getattr(component, "lines", 1)
    if isinstance(lines, int) and lines > 1:
        height = max(height, 12 + _LINE * lines)
    if "Radio" in names or "CheckboxGroup" in names:
        height = max(height, 24 * ((len(getattr(component, "choices", ())) + 2) // 3))
    if component is None:
        cls = get_origin(bare(annotation)) or bare(annotation)
        height = 96 if cls in {list, dict} else 64 if _view_of_type(annotation) in {"file", "image"} else _CONTROL
    return _LINE + height


def field_width(component: Any) -> int:
    """The width of a card with an input's widget on it, in pixels."""
    names = {cls.__name__ for cls in type(component).__mro__}
    if names & {"Dataframe", "Code", "ImageEditor", "Chatbot"}:
        return 480
    lines = getattr(component, "lines", 1)
    return 280 if isinstance(lines, int) and lines > 2 else 240


def is_list(annotation: Any) -> bool:
    """Whether values of an annotation are known to be lists."""
    annotation = bare(annotation)
    if get_origin(annotation) in _UNIONS:
        return any(is_list(one) for one in get_args(annotation))
    cls = get_origin(annotation) or annotation
    return isinstance(cls, type) and issubclass(cls, _LISTS) and record_fields(annotation) is None
