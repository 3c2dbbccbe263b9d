"""Natural types: a picture, an array, bytes and a file are the same medium, converted where they meet.

A value stays what its producer made until a consumer's annotation asks for another form.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import io
import types
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Union, get_args, get_origin

from daggr_fn.annotations import bare, is_class, media_name
from daggr_fn.values import class_of, is_named_tuple, is_sequence

NewFile = Callable[[str], Path]
Converter = Callable[[Any, NewFile], Any]


def converter(annotation: Any) -> Converter | None:
    """The function that makes values fit an annotation, or `None` when every value is passed as it is."""
    try:
        return _cached_converter(annotation)
    except TypeError:  # an annotation that can't be hashed (Annotated with a list in it)
        return _find_converter(annotation)


def _find_converter(annotation: Any) -> Converter | None:
    annotation = bare(annotation)
    origin, args = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        return _first_that_converts([converter(one) for one in args])
    if origin in (list, tuple) and args:
        inner = converter(args[0])
        return None if inner is None else functools.partial(_convert_items, inner)
    if not is_class(annotation):
        return None
    if issubclass(annotation, enum.Enum):
        return functools.partial(_to_enum, annotation)
    if dataclasses.is_dataclass(annotation):
        return functools.partial(_to_dataclass, annotation)
    return _MEDIA.get(media_name(annotation)) or _FORMS.get(annotation)


_cached_converter = functools.lru_cache(maxsize=4096)(_find_converter)


def _first_that_converts(converters: Iterable[Converter | None]) -> Converter | None:
    return next((one for one in converters if one is not None), None)


def _convert_items(inner: Converter, value: Any, new_file: NewFile) -> Any:
    if not is_sequence(value) or is_named_tuple(value):
        return value
    return type(value)(inner(item, new_file) for item in value)


def _to_enum(cls: Any, value: Any, _new_file: NewFile) -> Any:
    return value if value is None or isinstance(value, cls) else cls(value)


def _to_dataclass(cls: Any, value: Any, _new_file: NewFile) -> Any:
    return cls(**value) if isinstance(value, dict) else value


def form_of(value: Any) -> str:
    """What form of a medium a value has: `"path"`, `"text"`, `"bytes"`, `"image"`, `"array"`, or `""` for none."""
    if isinstance(value, Path):
        return "path"
    if isinstance(value, str):
        return "text"
    if isinstance(value, bytes):
        return "bytes"
    return media_name(class_of(value))


def _to_path(value: Any, new_file: NewFile) -> Any:
    match form_of(value):
        case "text":
            return Path(value)
        case "bytes":
            path = new_file(suffix_of(value))
            path.write_bytes(value)
            return path
        case "image" | "array":
            path = new_file(".png")
            _to_image(value, new_file).save(path)
            return path
        case _:
            return value


def _to_image(value: Any, _new_file: NewFile) -> Any:
    from PIL import Image

    match form_of(value):
        case "text" | "path":
            image = Image.open(value)
            image.load()
            return image
        case "bytes":
            return Image.open(io.BytesIO(value))
        case "array":
            return Image.fromarray(value)
        case _:
            return value


def _to_array(value: Any, new_file: NewFile) -> Any:
    if form_of(value) in ("text", "path") and str(value).endswith((".npy", ".npz")):
        import numpy

        return numpy.load(value)
    if form_of(value) in ("text", "path", "image", "bytes"):
        import numpy

        return numpy.asarray(_to_image(value, new_file))
    return value


def _to_bytes(value: Any, new_file: NewFile) -> Any:
    match form_of(value):
        case "text" | "path":
            return Path(value).read_bytes()
        case "image":
            buffer = io.BytesIO()
            value.save(buffer, "PNG")
            return buffer.getvalue()
        case "array":
            return _to_bytes(_to_image(value, new_file), new_file)
        case _:
            return value


def _to_text(value: Any, _new_file: NewFile) -> Any:
    return str(value) if isinstance(value, Path) else value


_MEDIA: dict[str, Converter] = {"image": _to_image, "array": _to_array}
_FORMS: dict[Any, Converter] = {Path: _to_path, bytes: _to_bytes, str: _to_text}

_SIGNATURES = (
    (b"\x89PNG\r\n", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"GIF8", ".gif"),
    (b"%PDF", ".pdf"),
    (b"ID3", ".mp3"),
    (b"II*\x00", ".tiff"),
    (b"MM\x00*", ".tiff"),
    (b"glTF", ".glb"),
    (b"OggS", ".ogg"),
    (b"fLaC", ".flac"),
    (b"\x1aE\xdf\xa3", ".webm"),
)
_BRANDS = {
    b"M4A ": ".m4a",
    b"M4B ": ".m4a",
    b"qt  ": ".mov",
    b"avif": ".avif",
    b"heic": ".heic",
    b"mif1": ".heif",
}
"""What else begins as an MP4 does (ISO 14496-12)."""


def suffix_of(data: bytes) -> str:
    """The ending for a file with this content, from its first bytes (magic numbers); `.bin` when unknown."""
    for signature, suffix in _SIGNATURES:
        if data.startswith(signature):
            return suffix
    if data[:4] == b"RIFF":
        return {b"WAVE": ".wav", b"WEBP": ".webp", b"AVI ": ".avi"}.get(data[8:12], ".bin")
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12], ".mp4")
    return _suffix_of_frames(data)


def _suffix_of_frames(data: bytes) -> str:
    """The ending of sound in frames without a header: a synchronisation word, then the layer (ISO 11172-3, 13818-7)."""
    if len(data) < 2 or data[0] != 0xFF:
        return ".bin"
    if data[1] & 0xE6 == 0xE2:  # MPEG 1, 2 or 2.5, layer III: speech at 24 kHz and below is MPEG 2
        return ".mp3"
    return ".aac" if data[1] & 0xF6 == 0xF0 else ".bin"


def reads_files(annotation: Any) -> bool:
    """Whether a `str` given for this annotation names a file."""
    annotation = bare(annotation)
    if get_origin(annotation) in (Union, types.UnionType, list, tuple):
        return any(reads_files(one) for one in get_args(annotation)) and str not in get_args(annotation)
    return is_class(annotation) and (
        issubclass(annotation, Path) or annotation is bytes or media_name(annotation) != ""
    )
