"""The widget for a drawing on a picture: the picture beneath, the drawing as a layer, and both together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nicegui.element import Element

from daggr_fn.canvas.element import STATIC
from daggr_fn.canvas.widgets.field import Field, Widget
from daggr_fn.canvas.widgets.held import held_files
from daggr_fn.media import converter
from daggr_fn.values import is_mapping

_SIZE = (800, 600)


class SketchElement(Element, component=STATIC / "daggr_fn_sketch.js"):
    """Takes a drawing on a picture, or on an empty page."""


def sketch(what: Field) -> Widget:
    """A drawing: `{"background", "layers", "composite"}` as paths, or the one picture where the type is one."""
    return _Sketch(what).widget


class _Sketch:
    """The drawing that a widget holds."""

    def __init__(self, what: Field) -> None:
        self._held: dict[str, Any]
        self._what = what
        self._version = 0  # counted up when the page is to draw another one than it has
        self._single = converter(what.annotation) is not None
        self._held = _drawing(what.value)
        self._element = SketchElement()
        brush, size = what.of("brush"), what.of("canvas_size", _SIZE) or _SIZE
        self._element._props.update(
            label=what.label,
            uploads=what.uploads,
            size=[int(one) for one in size],
            colors=_plain_colors(getattr(brush, "colors", None)),
            brush=_thickness(getattr(brush, "default_size", None)),
        )
        self._draw()
        self._element.on("drawn", lambda event: self._drawn(event.args))
        self._element.on("background", lambda event: self._background(str(event.args["id"])))
        self._element.on("cleared", lambda _event: self._cleared())
        self.widget = Widget(self._element, self.show, self.value)

    def value(self) -> Any:
        """The drawing, as the input takes it."""
        held = self._held
        if not any(held.values()):
            return None
        return held["composite"] or held["background"] if self._single else dict(held)

    def show(self, value: Any) -> None:
        """Show what somebody else drew."""
        if value != self.value():
            self._held = _drawing(value)
            self._draw_another()

    def _drawn(self, sent: Any) -> None:
        layer, composite = self._taken(sent["layer"]), self._taken(sent["composite"])
        self._held = self._held | {"layers": [layer], "composite": composite}
        self._draw()
        self._what.change(self.value())

    def _background(self, upload: str) -> None:
        self._held = _drawing(None) | {"background": self._taken(upload)}
        self._draw_another()
        self._what.change(self.value())

    def _cleared(self) -> None:
        self._held = _drawing(None)
        self._draw()
        self._what.change(None)

    def _taken(self, upload: Any) -> Path | None:
        return Path(self._what.take_upload(str(upload))) if self._what.take_upload is not None else None

    def _draw_another(self) -> None:
        self._version += 1
        self._draw()

    def _draw(self) -> None:
        """Tell the page what lies beneath, and what was drawn on it so far."""
        layers = self._held["layers"]
        self._element._props["version"] = self._version
        self._element._props["url"] = self._url(self._held["background"])
        self._element._props["layer"] = self._url(layers[0] if layers else None)
        self._element.update()

    def _url(self, path: Path | None) -> str:
        return self._what.links.file(path) if path is not None and path.exists() else ""


def _drawing(value: Any) -> dict[str, Any]:
    """A value as the parts of a drawing; one picture is what lies beneath."""
    if is_mapping(value) and "background" in value:
        beneath, both = (next(iter(held_files(value.get(name))), None) for name in ("background", "composite"))
        return {"background": beneath, "layers": held_files(value.get("layers")), "composite": both}
    return {"background": next(iter(held_files(value)), None), "layers": [], "composite": None}


def _plain_colors(colors: Any) -> list[str]:
    return [one for one in colors or () if isinstance(one, str) and one.startswith("#") and len(one) == 7]


def _thickness(size: Any) -> int:
    return size if isinstance(size, int) else 12
