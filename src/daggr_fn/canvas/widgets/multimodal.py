"""The widget for a text with files."""

from __future__ import annotations

import dataclasses
from typing import Any

from nicegui import ui

from daggr_fn.canvas.widgets import media, texts
from daggr_fn.canvas.widgets.field import Field, Widget
from daggr_fn.values import is_mapping


def multimodal(what: Field) -> Widget:
    """A text, and files beside it: `{"text": ..., "files": [...]}`."""
    held = _parts(what.value)

    def value() -> Any:
        return {"text": written.value(), "files": list(attached.value() or [])}

    def change(_part: Any) -> None:
        what.change(value())

    with ui.element("div").classes("df-boxes") as root:
        written = texts.text(dataclasses.replace(what, value=held["text"], change=change))
        files = dataclasses.replace(what, value=held["files"], change=change, label=f"Files for {what.label}")
        attached = media.several_files(files)

    def show(new: Any) -> None:
        parts = _parts(new)
        written.show(parts["text"])
        attached.show(parts["files"])

    return Widget(root, show, value)


def _parts(value: Any) -> dict[str, Any]:
    if is_mapping(value):
        return {"text": value.get("text") or "", "files": value.get("files") or []}
    return {"text": "" if value is None else str(value), "files": []}
