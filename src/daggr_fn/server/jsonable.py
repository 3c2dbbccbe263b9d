"""Values as JSON for programs: what JSON knows as it is, files and pictures as addresses, the rest in words."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import math
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from daggr_fn.annotations import enum_values
from daggr_fn.errors import InvalidInputError, shorten
from daggr_fn.files import is_kept, keep_bytes
from daggr_fn.media import form_of, reads_files, suffix_of
from daggr_fn.texts import item_of, known_annotation
from daggr_fn.values import class_of, is_mapping, is_named_tuple, is_sequence

if TYPE_CHECKING:
    from collections.abc import Callable

    from daggr_fn.expressions import InputPort
    from daggr_fn.server.visits import Visit

_LONGEST_PATH = 4096
_FILE = re.compile(r"(?:^|/)files/([\w-]{16,64})(?:\?.*)?$")


def to_json(value: Any, address: Callable[[Path], str]) -> Any:
    """A value as JSON.

    Args:
        value: Any value.
        address: Gives the address of a file.
    """
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None  # JSON has no NaN
    if isinstance(value, enum.Enum):
        return to_json(value.value, address)
    if isinstance(value, str):
        return _file(Path(value), address) if is_kept(value) else value
    if isinstance(value, Path):
        return _file(value, address)
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    return _composed(value, address)


def _composed(value: Any, address: Callable[[Path], str]) -> Any:
    if is_mapping(value):
        return {str(key): to_json(item, address) for key, item in value.items()}
    if is_named_tuple(value):
        return {name: to_json(item, address) for name, item in zip(value._fields, value, strict=True)}
    if is_sequence(value) or class_of(value) in (set, frozenset):
        return [to_json(item, address) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return {field.name: to_json(getattr(value, field.name, None), address) for field in fields}
    return _foreign(value, address)


def _foreign(value: Any, address: Callable[[Path], str]) -> Any:
    """Values of other libraries, told by what they can do, so that none of these need be there."""
    form = form_of(value)
    if form == "bytes":
        return _file(keep_bytes(value, f"data{suffix_of(value)}"), address)
    if form == "image":
        import io

        buffer = io.BytesIO()
        value.save(buffer, "PNG")
        return _file(keep_bytes(buffer.getvalue(), "image.png"), address)
    for method in ("tolist", "model_dump"):
        if callable(getattr(value, method, None)):
            return to_json(getattr(value, method)(), address)
    if hasattr(value, "columns") and callable(getattr(value, "to_dict", None)):
        return to_json(value.to_dict("split"), address)
    return shorten(value, 500)


def _file(path: Path, address: Callable[[Path], str]) -> Any:
    try:
        return {"url": address(path), "name": path.name}
    except LookupError as error:
        return {"name": path.name, "missing": str(error)}


def from_json(port: InputPort, value: Any, visit: Visit, sheet: str = "") -> Any:
    """The value of an input, of what a page or a program sent for it.

    A file is sent as `{"upload": id}`, as the address of a file that this server gave out, or as a `data:` URL. A path
    is never taken: whoever reaches the server could have any file of it read.

    Args:
        port: The input.
        value: What was sent.
        visit: Whose request it is.
        sheet: The sheet that uploads are for; empty for a run of the API.

    Raises:
        InvalidInputError: It should be a file, and is none of these; or it names a file of the server's.
    """
    annotation = known_annotation(port)
    if value is None or _is_text(annotation):
        return value
    if not reads_files(annotation):
        refuse_paths(port.name, value)
        return value
    if is_sequence(value):
        return [_sent_file(port, item, visit, sheet) for item in value]
    return _sent_file(port, value, visit, sheet)


def _is_text(annotation: Any) -> bool:
    """Whether a value for it is words, also where they happen to be those of a path."""
    return annotation is str or enum_values(annotation) is not None or item_of(annotation) is str


def refuse_paths(name: str, value: Any) -> None:
    """Refuse a value in which something names a file of the server's.

    Raises:
        InvalidInputError: There is one.
    """
    if isinstance(value, str):
        if os.path.isabs(value) or ("\0" not in value and len(value) < _LONGEST_PATH and os.path.exists(value)):
            raise InvalidInputError(f"{name}: {shorten(value)} is a path on the server, which is not read from there")
    elif is_mapping(value):
        for item in value.values():
            refuse_paths(name, item)
    elif is_sequence(value):
        for item in value:
            refuse_paths(name, item)


def _sent_file(port: InputPort, value: Any, visit: Visit, sheet: str) -> Path:
    site = visit.site
    if is_mapping(value) and "upload" in value:
        try:
            return site.uploads.hand_over(str(value["upload"]), visit.user, sheet)
        except LookupError as error:
            raise InvalidInputError(f"{port.name}: {error}") from error
    sent = value.get("url") if is_mapping(value) else value
    if isinstance(sent, str):
        found = _FILE.search(sent)
        shelved = site.shelf.find(found[1], visit.user) if found else None
        if shelved is not None and shelved.path is not None:
            return shelved.path
        if sent.startswith("data:"):
            return _of_data_url(port, sent)
    raise InvalidInputError(
        f'{port.name} takes a file: POST its bytes to uploads?name=... and send {{"upload": id}}, or send a data: URL. '
        "A path or address of elsewhere is not read"
    )


def _of_data_url(port: InputPort, url: str) -> Path:
    import base64
    import binascii
    import mimetypes

    head, comma, data = url.removeprefix("data:").partition(",")
    media_type, *marks = head.split(";")
    if not comma or "base64" not in marks:
        raise InvalidInputError(f"{port.name}: a data: URL is read in base64 only: data:image/png;base64,...")
    try:
        content = base64.b64decode(data, validate=True)
    except (ValueError, binascii.Error) as error:
        raise InvalidInputError(f"{port.name}: the data: URL can't be read: {error}") from error
    return keep_bytes(content, f"file{mimetypes.guess_extension(media_type) or suffix_of(content)}")
