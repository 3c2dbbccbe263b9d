"""Natural values to what a Gradio app reads, and what it sends to natural values.

Files are paths, pictures, arrays or bytes on this side, and never Gradio's file dicts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio.to_thread

from daggr_fn.errors import InvalidInputError, shorten
from daggr_fn.gradio_http.json_types import is_collection, is_mapping, is_sequence
from daggr_fn.gradio_http.shapes import FileValue, is_sound, plain, shaped
from daggr_fn.gradio_http.transfer import Transfer, file_data, is_file_data
from daggr_fn.media import converter, form_of

if TYPE_CHECKING:
    from daggr_fn.gradio_http.description import ApiParameter

NewFile = Callable[[str], Path]


async def to_wire(parameter: ApiParameter, value: Any, transfer: Transfer, new_file: NewFile) -> Any:
    """A value as the app reads it; files in it are uploaded.

    Args:
        parameter: The parameter that it is for.
        value: A value that `checks.check_value` has let through.
        transfer: Uploads files.
        new_file: Makes the path of a file with an ending, for pictures and sound that are in memory.

    Raises:
        InvalidInputError: The value can't be sent.
    """
    sent = await _send(shaped(parameter, plain(value)), transfer, new_file)
    try:
        json.dumps(sent, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InvalidInputError(
            f"{parameter.name}={shorten(value)} can't be sent to {transfer.space}: {error}"
        ) from error
    return sent


async def from_wire(value: Any, transfer: Transfer) -> Any:
    """What an app sent, as natural values; its files are downloaded."""
    files = list(_files_in(value))
    paths = {id(data): await transfer.download(data) for data in files}
    return natural(value, lambda data: paths[id(data)])


def from_wire_unfetched(value: Any, transfer: Transfer) -> Any:
    """What an app sent on the way to its result: as `from_wire`, with the addresses of files in place of files."""
    return natural(value, transfer.address_of)


def natural(value: Any, file_of: Callable[[Mapping[str, Any]], Any]) -> Any:
    """JSON from an app with its files, galleries and updates replaced by plain values."""
    if is_mapping(value):
        return _natural_mapping(value, file_of)
    if is_sequence(value):
        return [natural(part, file_of) for part in value]
    return value


def _natural_mapping(value: Mapping[str, Any], file_of: Callable[[Mapping[str, Any]], Any]) -> Any:
    if value.get("__type__") == "update":
        return natural(value.get("value"), file_of)
    if is_file_data(value):
        return file_of(value)
    if is_mapping(value.get("meta")) and value["meta"].get("_type") == "gradio.FileData":
        return None  # an empty picture
    for media in ("image", "video"):
        if set(value) == {media, "caption"} and is_file_data(value[media]):
            path = file_of(value[media])
            return (path, value["caption"]) if value["caption"] else path
    if set(value) == {"video", "subtitles"}:
        return natural(value["video"], file_of)
    if set(value) == {"headers", "data", "metadata"}:
        return {"headers": value["headers"], "data": value["data"]}
    if set(value) == {"token", "class_or_confidence"}:
        return value["token"], value["class_or_confidence"]
    if set(value) == {"background", "layers", "composite", "id"}:
        value = {key: part for key, part in value.items() if key != "id"}
    return {key: natural(part, file_of) for key, part in value.items()}


def _files_in(value: Any) -> Iterator[Mapping[str, Any]]:
    if is_mapping(value):
        mapping = value
        if is_file_data(mapping):
            yield mapping
        elif mapping.get("__type__") == "update":
            yield from _files_in(mapping.get("value"))
        elif set(mapping) == {"video", "subtitles"}:
            yield from _files_in(mapping["video"])
        else:
            for part in mapping.values():
                yield from _files_in(part)
    elif is_sequence(value):
        for part in value:
            yield from _files_in(part)


async def _send(value: Any, transfer: Transfer, new_file: NewFile) -> Any:
    """Upload the files in a shaped value."""
    if isinstance(value, FileValue):
        return await _send_file(value.value, transfer, new_file)
    if isinstance(value, Path) or form_of(value) == "image":
        return await _send_file(value, transfer, new_file)
    if is_mapping(value):
        mapping = value
        if is_file_data(mapping):
            return dict(mapping)
        return {key: await _send(plain(part), transfer, new_file) for key, part in mapping.items()}
    if is_collection(value):
        return [await _send(plain(part), transfer, new_file) for part in value]
    if form_of(value) == "array":
        return value.tolist()
    return value


async def _send_file(value: Any, transfer: Transfer, new_file: NewFile) -> Any:
    if value is None or is_file_data(value):
        return value
    if isinstance(value, str) and value.startswith(("http://", "https://")):
        return file_data(value, Path(value.partition("?")[0]).name)
    if isinstance(value, (str, Path)):
        return await transfer.upload(Path(value))
    return await transfer.upload(await anyio.to_thread.run_sync(_write, value, new_file))


def _write(value: Any, new_file: NewFile) -> Path:
    """Write what is in memory to a file."""
    if is_sound(value):
        rate, samples = value
        return _write_sound(rate, samples, new_file(".wav"))
    to_path = converter(Path)
    path = to_path(value, new_file) if to_path is not None else value
    if not isinstance(path, Path):
        raise InvalidInputError(f"{shorten(value)} is no file, picture, sound or bytes")
    return path


def _write_sound(rate: int, samples: Any, path: Path) -> Path:
    """Write samples as 16-bit WAV: floats are from -1 to 1, as everywhere in Gradio; channels are columns."""
    import wave

    import numpy

    array: Any = numpy.asarray(samples)
    if array.dtype.kind == "f":
        array = array.clip(-1, 1) * 32767
    elif array.dtype == numpy.int32:
        array = array >> 16
    elif array.dtype == numpy.uint8:
        array = (array.astype(numpy.int16) - 128) << 8
    with wave.open(str(path), "wb") as opened:
        opened.setnchannels(1 if array.ndim == 1 else array.shape[1])
        opened.setsampwidth(2)
        opened.setframerate(rate)
        opened.writeframes(array.astype("<i2").tobytes())
    return path
