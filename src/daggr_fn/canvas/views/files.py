"""Files as the page refers to them: addresses, sizes, and what is only in memory written once to a kept file."""

from __future__ import annotations

import hashlib
import io
import mimetypes
from pathlib import Path
from typing import Any

from daggr_fn.annotations import media_name
from daggr_fn.canvas.views.context import Context, Unfit, ViewModel, is_a
from daggr_fn.files import is_kept, keep_bytes, kept_ok
from daggr_fn.media import suffix_of
from daggr_fn.values import class_of, is_mapping

PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".bmp", ".svg", ".ico"})
OTHER_PICTURES = frozenset({".tif", ".tiff", ".ppm", ".pgm", ".tga", ".jp2"})
"""Pictures that browsers don't show; Pillow does."""
SOUNDS = frozenset({".wav", ".mp3", ".ogg", ".oga", ".opus", ".flac", ".m4a", ".aac", ".weba"})
VIDEOS = frozenset({".mp4", ".webm", ".mov", ".m4v", ".ogv", ".mkv", ".avi"})
MODELS = frozenset({".glb", ".gltf", ".obj", ".stl", ".ply", ".splat"})

_written: dict[str, Path] = {}
_MOST_REMEMBERED = 2_000


def file_of(value: Any) -> Path:
    """The file that a value is.

    A text is a file only where it names a kept one: what a step returned may be any text.

    Raises:
        Unfit: It is none.
        LookupError: It is one that is not there any more.
    """
    if is_mapping(value) and isinstance(value.get("path"), (str, Path)):
        value = value["path"]
    if isinstance(value, str):
        if not is_kept(value):
            raise Unfit
        value = Path(value)
    if not isinstance(value, Path):
        raise Unfit
    if not value.exists():
        raise LookupError(f"The file {value.name} is not there any more.")
    return value


def is_file(value: Any) -> bool:
    """Whether a value is a file, whether it is there or not."""
    return isinstance(value, Path)


def address(path: Path, ctx: Context, name: str | None = None) -> ViewModel:
    """Where a file is fetched from, what it is called, and its size in bytes."""
    return {"src": ctx.links.file(path, name), "file": name or path.name, "bytes": path.stat().st_size}


def media_type(path: Path) -> str:
    """The type of a file by its name."""
    return mimetypes.guess_type(path.name)[0] or "application/octet-stream"


def is_picture(value: Any) -> bool:
    """Whether a value is a picture that is shown as one: a file, a Pillow picture, or an array like one."""
    if isinstance(value, Path):
        return value.suffix.lower() in PICTURES | OTHER_PICTURES
    form = media_name(class_of(value))
    return form == "image" or (form == "array" and _like_a_picture(value))


def _like_a_picture(array: Any) -> bool:
    if str(array.dtype) != "uint8" or array.ndim not in (2, 3) or min(array.shape[:2]) < 8:
        return False
    return array.ndim == 2 or array.shape[2] in (3, 4)


def picture_file(value: Any) -> Path:
    """The file of a picture; one in memory is written once.

    Raises:
        Unfit: It is no picture.
        LookupError: Its file is not there any more.
    """
    form = media_name(class_of(value))
    if form == "image":
        return _once(value.tobytes(), f"{value.mode}{value.size}", lambda: _png(value))
    if form == "array":
        return _once(value.tobytes(), f"{value.dtype}{value.shape}", lambda: _png(_pillow(value)))
    if isinstance(value, (bytes, bytearray)):
        suffix = suffix_of(bytes(value[:64]))
        if suffix not in PICTURES:
            raise Unfit
        return keep_bytes(bytes(value), f"image{suffix}")
    path = file_of(value)
    return _shown_picture(path)


def _shown_picture(path: Path) -> Path:
    if path.suffix.lower() not in OTHER_PICTURES:
        return path
    from PIL import Image

    with Image.open(path) as opened:
        opened.load()
        return picture_file(opened.copy())


def _pillow(array: Any) -> Any:
    """An array as Gradio takes one: floats are from 0 to 1, booleans a mask."""
    from PIL import Image

    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.dtype.kind == "f":
        array = (array.clip(0, 1) * 255).astype("uint8")
    elif array.dtype.kind == "b":
        array = array.astype("uint8") * 255
    elif array.dtype.kind in "iu":
        array = array.clip(0, 255).astype("uint8")
    if array.ndim not in (2, 3):
        raise Unfit
    return Image.fromarray(array)


def _png(picture: Any) -> bytes:
    buffer = io.BytesIO()
    if picture.mode not in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"):
        picture = picture.convert("RGBA" if "A" in picture.getbands() else "RGB")
    picture.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def _once(data: bytes, shape: str, encode: Any) -> Path:
    """The kept file of data that was written before, by the digest of the data: encoding costs more than that."""
    digest = hashlib.sha256(data).hexdigest() + shape
    known = _written.get(digest)
    if known is not None and kept_ok(known):
        return known
    kept = keep_bytes(encode(), "image.png")
    if len(_written) >= _MOST_REMEMBERED:
        _written.clear()
    _written[digest] = kept
    return kept


def sound_file(value: Any) -> Path:
    """The file of a sound; `(rate, samples)` and bytes are written once.

    Raises:
        Unfit: It is no sound.
        LookupError: Its file is not there any more.
    """
    if is_a(value, tuple) and len(value) == 2 and media_name(class_of(value[1])) == "array":
        rate, samples = value
        return keep_bytes(_wav(int(rate), samples), "sound.wav")
    if isinstance(value, (bytes, bytearray)):
        suffix = suffix_of(bytes(value[:64]))
        if suffix not in SOUNDS:
            raise Unfit
        return keep_bytes(bytes(value), f"sound{suffix}")
    return file_of(value)


def _wav(rate: int, samples: Any) -> bytes:
    """Samples as 16-bit WAV: floats are from -1 to 1, channels are columns, as in Gradio."""
    import wave

    if samples.dtype.kind == "f":
        samples = samples.clip(-1, 1) * 32767
    elif str(samples.dtype) == "int32":
        samples = samples >> 16
    elif str(samples.dtype) == "uint8":
        samples = (samples.astype("int16") - 128) << 8
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as opened:
        opened.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        opened.setsampwidth(2)
        opened.setframerate(rate)
        opened.writeframes(samples.astype("<i2").tobytes())
    return buffer.getvalue()
