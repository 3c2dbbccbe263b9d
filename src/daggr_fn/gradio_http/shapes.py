"""Natural values in the form that a component's data model has (`gradio/components/*.py`, `data_model`)."""

from __future__ import annotations

import datetime
import enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from daggr_fn.gradio_http.description import type_of
from daggr_fn.gradio_http.json_types import is_collection, is_mapping, is_pair, is_sequence
from daggr_fn.gradio_http.transfer import is_file_data
from daggr_fn.media import form_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from daggr_fn.gradio_http.description import ApiParameter

_VIDEO = (".mp4", ".webm", ".mov", ".avi", ".mkv", ".ogv")


class FileValue(NamedTuple):
    """A value that stands for a file: a path, an address, a picture, sound, bytes."""

    value: Any


def plain(value: Any) -> Any:
    """A value without the wrappers that JSON has no word for: enums and numpy's numbers."""
    if isinstance(value, enum.Enum):
        return plain(value.value)
    if type(value).__module__ == "numpy" and getattr(value, "ndim", None) == 0:
        return value.item()
    return value


def is_sound(value: Any) -> bool:
    """Whether a value is sound in memory: `(samples per second, array)`."""
    return is_pair(value) and not isinstance(value, list) and isinstance(value[0], int) and form_of(value[1]) == "array"


def shaped(parameter: ApiParameter, value: Any) -> Any:
    """The value in the form of the component's data model, with `FileValue`s where files go."""
    if value is None:
        return None
    shape = _SHAPES.get(parameter.component)
    if shape is not None:
        return shape(value)
    if parameter.component == "dataframe":
        return _table(parameter, value)
    if parameter.takes_files:
        return _file_or_files(parameter, value)
    if "video" in (parameter.schema.get("properties") or {}):  # Gradio 4 and 5
        return value if is_mapping(value) else {"video": FileValue(value), "subtitles": None}
    return value


def _file_or_files(parameter: ApiParameter, value: Any) -> Any:
    if type_of(parameter.schema) != "array":
        return FileValue(value)
    many: Sequence[Any] = value if is_collection(value) and not is_sound(value) else [value]
    files: list[FileValue] = []
    for one in many:
        folder = Path(one) if isinstance(one, (str, Path)) else None
        if folder is not None and parameter.props.get("file_count") == "directory" and folder.is_dir():
            files.extend(FileValue(path) for path in sorted(folder.rglob("*")) if path.is_file())
        else:
            files.append(FileValue(one))
    return files


def _gallery(value: Any) -> Any:
    items: Sequence[Any] = value if is_sequence(value) else [value]
    return [_gallery_item(item) for item in items]


def _gallery_item(item: Any) -> Any:
    if is_mapping(item) and not is_file_data(item):
        return {key: FileValue(part) if key in {"image", "video"} else part for key, part in item.items()}
    media, caption = item if is_pair(item) else (item, None)
    is_video = isinstance(media, (str, Path)) and str(media).lower().endswith(_VIDEO)
    return {"video" if is_video else "image": FileValue(media), "caption": caption}


def _multimodal(value: Any) -> Any:
    if isinstance(value, str):
        return {"text": value, "files": []}
    if is_mapping(value) and not is_file_data(value):
        text, files = value.get("text", ""), value.get("files")
    elif is_pair(value):
        text, files = value
    else:
        text, files = "", [value]
    many: Sequence[Any] = files if is_sequence(files) else [files] if files else []
    return {"text": text, "files": [FileValue(one) for one in many]}


def _editor(value: Any) -> Any:
    if not is_mapping(value) or is_file_data(value):
        return {"background": FileValue(value), "layers": [], "composite": FileValue(value)}
    layers: Sequence[Any] = value.get("layers") or ()
    background, composite = value.get("background"), value.get("composite")
    return {
        "background": FileValue(background),
        "layers": [FileValue(one) for one in layers],
        "composite": FileValue(composite if composite is not None else background),
    }


def _annotated(value: Any) -> Any:
    picture: Any = value
    marks: Sequence[Any] = ()
    if is_mapping(value) and not is_file_data(value):
        picture, marks = value.get("image"), value.get("annotations") or ()
    elif is_pair(value):
        picture, marks = value
    return {"image": FileValue(picture), "annotations": [_annotation(mark) for mark in marks]}


def _annotation(mark: Any) -> Any:
    mask, label = (mark["image"], mark["label"]) if is_mapping(mark) else mark
    return {"image": FileValue(mask), "label": label}


def _image_pair(value: Any) -> Any:
    pair: Sequence[Any] = value if is_sequence(value) else [value, value]
    return [FileValue(one) for one in pair]


def _table(parameter: ApiParameter, value: Any) -> Any:
    if is_mapping(value):
        return value
    if hasattr(value, "columns") and hasattr(value, "notna"):  # pandas and what looks like it
        table: Any = value.astype(object)
        cells: list[list[Any]] = table.where(value.notna(), None).to_numpy().tolist()
        return {"headers": [str(name) for name in value.columns], "data": [[_cell(c) for c in row] for row in cells]}
    given: Sequence[Any] = value.tolist() if form_of(value) == "array" else value
    rows: list[list[Any]] = [[_cell(c) for c in row] if is_sequence(row) else [_cell(row)] for row in given]
    headers = [str(header) for header in parameter.props.get("headers") or ()]
    width = max((len(row) for row in rows), default=len(headers))
    headers = [*headers, *(str(number + 1) for number in range(len(headers), width))][:width]
    return {"headers": headers, "data": rows}


def _cell(value: Any) -> Any:
    return str(value) if isinstance(value, (datetime.date, datetime.timedelta)) else plain(value)


def _moment(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return f"{value.isoformat()} 00:00:00" if isinstance(value, datetime.date) else value


def _highlighted(value: Any) -> Any:
    if not is_sequence(value):
        return value
    return [{"token": one[0], "class_or_confidence": one[1]} if is_pair(one) else one for one in value]


def _messages(value: Any) -> Any:
    return [_message(one) for one in value] if is_sequence(value) else value


def _message(value: Any) -> Any:
    """A chat message; `content` may be a text, a file, or a list of both."""
    if not is_mapping(value) or "content" not in value:
        return value
    content = value["content"]
    parts: Sequence[Any] = content if is_sequence(content) else [content]
    return {**value, "content": [_message_part(part) for part in parts]}


def _message_part(part: Any) -> Any:
    if isinstance(part, str):
        return {"type": "text", "text": part}
    if isinstance(part, Path) or form_of(part) == "image" or is_file_data(part):
        return {"type": "file", "file": FileValue(part)}
    if is_mapping(part) and part.get("path"):  # as gr.Chatbot's own functions write a file
        return {"type": "file", "file": FileValue(part["path"]), "alt_text": part.get("alt_text")}
    return part


_SHAPES: dict[str, Callable[[Any], Any]] = {
    "gallery": _gallery,
    "multimodaltextbox": _multimodal,
    "imageeditor": _editor,
    "annotatedimage": _annotated,
    "imageslider": _image_pair,
    "datetime": _moment,
    "highlightedtext": _highlighted,
    "chatbot": _messages,
}
