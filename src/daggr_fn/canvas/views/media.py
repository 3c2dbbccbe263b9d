"""Media: pictures, sounds, films, 3D models, and other files."""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Any

from daggr_fn.canvas.views.context import MOST_DEEP, ROW_LIMIT, Context, Unfit, ViewModel, entries, is_a
from daggr_fn.canvas.views.files import MODELS, SOUNDS, VIDEOS, address, file_of, is_picture, picture_file, sound_file
from daggr_fn.canvas.views.safe import TIMES, clean, count_words, words
from daggr_fn.values import is_mapping, is_sequence

_DRAWN_MODELS = frozenset({".glb", ".gltf", ".stl"})


def image(value: Any, ctx: Context) -> ViewModel:
    """A picture, with its size where the file tells it, so that its place is kept before it is loaded."""
    path = picture_file(value)
    vm: ViewModel = {"view": "image", **address(path, ctx, _named(path, ctx))}
    vm.update(_size(path))
    alt = ctx.option("alt_text")
    if isinstance(alt, str):
        vm["alt"] = alt
    height = ctx.option("height")
    if isinstance(height, int):
        vm["most"] = height
    return vm


def _named(path: Path, ctx: Context) -> str:
    """Files that we wrote ourselves are called like the output."""
    return ctx.file_name(path.suffix) if path.stem in ("image", "sound") else path.name


def _size(path: Path) -> ViewModel:
    if path.suffix.lower() == ".svg":
        return {}
    from PIL import Image

    try:
        with Image.open(path) as opened:  # reads the head of the file only
            width, height = opened.size
            turned = opened.getexif().get(0x0112, 1) >= 5  # Exif's orientation: on its side
    except Exception:  # noqa: BLE001  # a broken picture raises many things; the browser shows that it is broken
        return {}
    width, height = (height, width) if turned else (width, height)
    return {"width": width, "height": height, "note": f"{width} {TIMES} {height}"}


def audio(value: Any, ctx: Context) -> ViewModel:
    """A sound; its length is told before it is loaded where that is cheap."""
    path = sound_file(value)
    vm: ViewModel = {"view": "audio", **address(path, ctx, _named(path, ctx))}
    if path.suffix.lower() == ".wav":
        vm.update(_seconds(path))
    if ctx.option("loop", False):
        vm["loop"] = True
    return vm


def _seconds(path: Path) -> ViewModel:
    try:
        with wave.open(str(path), "rb") as opened:
            return {"seconds": round(opened.getnframes() / opened.getframerate(), 2)}
    except (wave.Error, EOFError, ZeroDivisionError):  # a WAV that is not plain PCM
        return {}


def video(value: Any, ctx: Context) -> ViewModel:
    """A film."""
    if is_mapping(value) and "video" in value:
        value = value["video"]
    if is_a(value, tuple) and value:
        value = value[0]
    vm: ViewModel = {"view": "video", **address(file_of(value), ctx)}
    for option in ("loop", "autoplay"):
        if ctx.option(option, False):
            vm[option] = True
    return vm


def model3d(value: Any, ctx: Context) -> ViewModel:
    """A 3D model, drawn by an element in a slot; formats that it does not know are files."""
    path = file_of(value)
    suffix = path.suffix.lower()
    if suffix not in _DRAWN_MODELS:
        return files(path, ctx)
    return {"view": "model3d", "slot": True, "format": suffix[1:], "note": suffix[1:].upper(), **address(path, ctx)}


def files(value: Any, ctx: Context) -> ViewModel:
    """Files to download; of a folder, the files in it."""
    found = _each_file(value)
    shown: list[ViewModel] = []
    for path, name in found[:ROW_LIMIT]:
        shown.append({"error": f"{name} is not there any more"} if path is None else address(path, ctx, name))
    return {"view": "files", "files": shown, "count": len(found)}


def _each_file(value: Any) -> list[tuple[Path | None, str]]:
    if isinstance(value, (bytes, bytearray)):
        from daggr_fn.files import keep_bytes
        from daggr_fn.media import suffix_of

        kept = keep_bytes(bytes(value), f"file{suffix_of(bytes(value[:64]))}")
        return [(kept, kept.name)]
    if is_sequence(value):
        return [one for part in value for one in _each_file(part)]
    if isinstance(value, Path) and not value.exists():
        return [(None, value.name)]
    path = file_of(value)
    if not path.is_dir():
        return [(path, path.name)]
    inside = sorted(one for one in path.rglob("*") if one.is_file() and not one.is_symlink())
    return [(one, one.relative_to(path).as_posix()) for one in inside[:10_000]]


def file(value: Any, ctx: Context) -> ViewModel:
    """A file by what its name says it is: a picture, a sound, a film, a 3D model, or a file to download."""
    path = file_of(value)
    suffix = path.suffix.lower()
    if path.is_dir():
        return files(path, ctx)
    if is_picture(path):
        return image(path, ctx)
    if suffix in SOUNDS:
        return audio(path, ctx)
    if suffix in VIDEOS:
        return video(path, ctx)
    return model3d(path, ctx) if suffix in MODELS else files(path, ctx)


def gallery(value: Any, ctx: Context) -> ViewModel:
    """Pictures and films side by side, each perhaps with its words."""
    if not is_sequence(value):
        raise Unfit
    items = [_gallery_item(part, ctx.inside()) for part in value[:ROW_LIMIT]]
    vm: ViewModel = {"view": "gallery", "items": items, "count": len(value), "note": count_words(len(value))}
    columns, fit = ctx.option("columns"), ctx.option("object_fit")
    if isinstance(columns, int) and columns > 0:
        vm["columns"] = min(columns, 6)
    if fit in ("contain", "cover", "fill", "none", "scale-down"):
        vm["fit"] = fit
    return vm


def _gallery_item(part: Any, ctx: Context) -> ViewModel:
    caption = None
    if is_a(part, tuple) and len(part) == 2:
        part, caption = part
    elif is_mapping(part) and ("image" in part or "video" in part):
        part, caption = part.get("image") or part.get("video"), part.get("caption")
    try:
        is_film = isinstance(part, Path) and part.suffix.lower() in VIDEOS
        vm = video(part, ctx) if is_film else image(part, ctx)
    except LookupError as error:
        vm = {"view": "error", "reason": str(error.args[0])}
    return {**vm, "caption": clean(words(caption))} if caption else vm


def compare(value: Any, ctx: Context) -> ViewModel:
    """Two pictures, one over the other, with a slider between."""
    if not is_sequence(value) or len(value) != 2 or any(part is None for part in value):
        raise Unfit
    before, after = (image(part, ctx.inside()) for part in value)
    return {"view": "compare", "before": before, "after": after, "position": ctx.option("slider_position", 50)}


def edited(value: Any, ctx: Context) -> ViewModel:
    """What an image editor made: the picture with all its layers."""
    if not is_mapping(value):
        return image(value, ctx)
    found = value.get("composite")
    layers = entries(value, "layers")
    whole = found if found is not None else value.get("background")
    if whole is None:
        return {"view": "none"}
    vm = image(whole, ctx)
    if layers and ctx.depth < MOST_DEEP:
        vm["note"] = f"{vm.get('note', '')}, {len(layers)} layer{'s' * (len(layers) != 1)}".lstrip(", ")
    return vm


def annotated(value: Any, ctx: Context) -> ViewModel:
    """A picture with named regions on it: boxes in its pixels, and masks."""
    if is_mapping(value):
        value = (value.get("image"), [(one.get("image"), one.get("label")) for one in entries(value, "annotations")])
    if not is_sequence(value) or len(value) != 2:
        raise Unfit
    picture, regions = value
    colors = ctx.option("color_map", {})
    shapes = [_shape(shape, str(label), colors, number, ctx) for number, (shape, label) in enumerate(regions)]
    return {"view": "annotated", "image": image(picture, ctx.inside()), "shapes": shapes[:200]}


def _shape(shape: Any, label: str, colors: dict[str, str], number: int, ctx: Context) -> ViewModel:
    vm: ViewModel = {"label": words(label, 80), "color": colors.get(label), "tone": number % 8}
    if is_sequence(shape) and len(shape) == 4:
        return {**vm, "box": [float(edge) for edge in shape]}
    if isinstance(shape, (str, Path)):
        return {**vm, "mask": address(file_of(shape), ctx)["src"], "painted": True}
    return {**vm, "mask": address(picture_file(_mask(shape)), ctx)["src"]}


def _mask(array: Any) -> Any:
    """A mask as a picture that is seen through where the mask is off: the browser paints it in the region's colour."""
    import numpy
    from PIL import Image

    off: Any = numpy.asarray(array)
    strength = (off.astype("float64").clip(0, 1) * 255).astype("uint8")
    channels = [numpy.full_like(strength, 255)] * 3
    return Image.fromarray(numpy.stack([*channels, strength], axis=-1))
