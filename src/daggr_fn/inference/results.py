"""Natural values out of what huggingface_hub's client returns: texts, records, files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from daggr_fn.errors import shorten
from daggr_fn.gradio_http.json_types import is_mapping, is_sequence
from daggr_fn.media import form_of, suffix_of

NewFile = Callable[[str], Path]
Unwrap = Callable[[Any, NewFile], Any]


def as_it_is(value: Any, _new_file: NewFile) -> Any:
    """A value that is natural already: a text."""
    return value


def numbers(value: Any, _new_file: NewFile) -> list[Any]:
    """A list of numbers or labels. Raises a `ValueError` for anything else: the client returns whatever came."""
    if not is_sequence(value):
        raise ValueError(f"a list was expected, and this came: {shorten(value)}")
    return list(value)


def array(value: Any, _new_file: NewFile) -> Any:
    """An embedding. Raises a `ValueError` for a single value: numpy makes an array without a length of anything."""
    if not getattr(value, "ndim", 1):
        raise ValueError(f"an array was expected, and this came: {value}")
    return value


def field(*names: str) -> Unwrap:
    """The one field of a record that counts, under the first name that the record has."""

    def unwrap(value: Any, _new_file: NewFile) -> Any:
        found = next((value[name] for name in names if is_mapping(value) and value.get(name) is not None), None)
        if found is None:
            raise ValueError(f"the answer has no {names[0]!r}")
        return found

    return unwrap


def plain(value: Any, new_file: NewFile) -> Any:
    """Records as plain dicts of what the server sent; pictures and bytes as files, at any depth."""
    form = form_of(value)
    if form == "image":
        path = new_file(".png")
        value.save(path, "PNG")
        return path
    if form == "bytes":
        return _written(value, new_file)
    if is_mapping(value):
        fields = {key: _field(value, key) for key in value}
        return {key: plain(one, new_file) for key, one in fields.items() if one is not None}
    return [plain(item, new_file) for item in value] if is_sequence(value) else value


def _written(data: bytes, new_file: NewFile) -> Path:
    """The bytes as a file. Raises a `ValueError` for a text: the client takes the page of an error for a film."""
    suffix = suffix_of(data)
    if suffix == ".bin" and _is_text(data):
        raise ValueError(f"a file was expected, and this came: {data[:200].decode(errors='replace')!r}")
    path = new_file(suffix)
    path.write_bytes(data)
    return path


def _is_text(data: bytes) -> bool:
    try:
        return data.decode().isprintable() or data.lstrip()[:1] in {b"<", b"{", b""}
    except UnicodeDecodeError:
        return False


def _field(record: Any, key: str) -> Any:
    """A field of the client's record: it is a dataclass, and behind it a dict that may be older."""
    found: Any = record[key]
    return found if type(record) is dict else getattr(record, key, found)
