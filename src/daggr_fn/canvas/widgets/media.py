"""Widgets for files of all sorts, and for drawings: they are sent by HTTP, and named by an id from then on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from nicegui.element import Element

from daggr_fn.canvas.element import STATIC
from daggr_fn.canvas.widgets.field import Field, Widget
from daggr_fn.media import converter

if TYPE_CHECKING:
    from collections.abc import Callable

_SOURCES = {
    "image": ["upload", "webcam", "clipboard"],
    "video": ["upload", "webcam"],
    "audio": ["upload", "microphone"],
}
_ACCEPT = {"image": "image/*", "audio": "audio/*", "video": "video/*", "model3d": ".glb,.gltf,.obj,.stl,.ply,.splat"}


class MediaElement(Element, component=STATIC / "daggr_fn_media.js"):
    """Takes files: chosen, dropped, pasted, or made with camera and microphone."""


class SketchElement(Element, component=STATIC / "daggr_fn_sketch.js"):
    """Takes a drawing on a picture, or on an empty page."""


def media(sort: str) -> Callable[[Field], Widget]:
    """The widget for one sort of medium."""

    def make(what: Field) -> Widget:
        return _Files(what, sort, several=False).widget

    return make


def files(what: Field) -> Widget:
    """One file, or several where the component says so."""
    return _Files(what, "file", several=what.of("file_count", "single") != "single").widget


def several_files(what: Field) -> Widget:
    """Several files of any sort."""
    return _Files(what, "file", several=True).widget


def gallery(what: Field) -> Widget:
    """Several pictures."""
    return _Files(what, "image", several=True).widget


class _Files:
    """The files that a widget holds."""

    def __init__(self, what: Field, sort: str, *, several: bool) -> None:
        self._what = what
        self._several = several
        self._held = _paths(what.value)
        self._element = MediaElement()
        sources = [one for one in what.of("sources", _SOURCES.get(sort, ["upload"])) if one != "webcam-video"]
        self._element._props.update(
            sort=sort,
            label=what.label,
            multiple=several,
            uploads=what.uploads,
            sources=sources or ["upload"],
            accept=_accept(what, sort),
            files=self._shown(),
        )
        self._element.on("uploaded", lambda event: self._add(str(event.args["id"])))
        self._element.on("removed", lambda event: self._remove(int(event.args.get("place", 0))))
        self.widget = Widget(self._element, self.show, self.value)

    def _shown(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for path in self._held:
            size = path.stat().st_size if path.exists() else None
            found.append(
                {"name": path.name, "size": size, "url": self._what.links.file(path) if size is not None else ""}
            )
        return found

    def _add(self, upload: str) -> None:
        if self._what.take_upload is None:
            return
        path = Path(self._what.take_upload(upload))
        self._held = [*self._held, path] if self._several else [path]
        self._tell()

    def _remove(self, place: int) -> None:
        if 0 <= place < len(self._held):
            del self._held[place]
            self._tell()

    def _tell(self) -> None:
        self._draw()
        self._what.change(self.value())

    def _draw(self) -> None:
        self._element._props["files"] = self._shown()
        self._element.update()

    def value(self) -> Any:
        """The files, as the input takes them."""
        if self._several:
            return list(self._held)
        return self._held[0] if self._held else None

    def show(self, value: Any) -> None:
        """Show other files."""
        paths = _paths(value)
        if paths != self._held:
            self._held = paths
            self._draw()


def _paths(value: Any) -> list[Path]:
    found: list[Path] = []
    for one in value if isinstance(value, (list, tuple)) else [value]:
        first = one[0] if isinstance(one, (list, tuple)) and one else one  # a gallery's picture with its caption
        if isinstance(first, (str, Path)) and str(first):
            found.append(Path(first))
    return found


def _accept(what: Field, sort: str) -> str:
    types = what.of("file_types")
    if not types:
        return _ACCEPT.get(sort, "")
    return ",".join(one if one.startswith(".") or "/" in one else f"{one}/*" for one in types)


def sketch(what: Field) -> Widget:
    """A drawing: `{"background", "layers", "composite"}` as paths, or the one picture where the type is one."""
    held: dict[str, Any] = _drawing(what.value)
    element = SketchElement()
    size = what.of("canvas_size", (800, 600)) or (800, 600)
    brush = getattr(what.of("brush"), "colors", None)
    element._props.update(
        label=what.label, uploads=what.uploads, size=list(size), colors=_plain_colors(brush), url=_url(what, held)
    )
    single = converter(what.annotation) is not None

    def value() -> Any:
        if not any(held.values()):
            return None
        return held["composite"] or held["background"] if single else dict(held)

    def taken(upload: Any) -> Path | None:
        return Path(what.take_upload(str(upload))) if what.take_upload is not None else None

    def drawn(event: Any) -> None:
        held["layers"] = [taken(event.args["layer"])]
        held["composite"] = taken(event.args["composite"])
        what.change(value())

    def background(event: Any) -> None:
        held.update(background=taken(event.args["id"]), composite=None)
        redraw()
        what.change(value())

    def cleared(_event: Any) -> None:
        held.update(background=None, layers=[], composite=None)
        redraw()
        what.change(None)

    def redraw() -> None:
        element._props["url"] = _url(what, held)
        element.update()

    def show(new: Any) -> None:
        found = _drawing(new)
        if found != held:
            held.update(found)
            redraw()

    element.on("drawn", drawn)
    element.on("background", background)
    element.on("cleared", cleared)
    return Widget(element, show, value)


def _drawing(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return {
            "background": value.get("background"),
            "layers": value.get("layers") or [],
            "composite": value.get("composite"),
        }
    return {"background": Path(value) if value else None, "layers": [], "composite": None}


def _url(what: Field, held: dict[str, Any]) -> str:
    path = held["background"]
    return what.links.file(Path(path)) if path and Path(path).exists() else ""


def _plain_colors(colors: Any) -> list[str]:
    return [one for one in colors or () if isinstance(one, str) and one.startswith("#") and len(one) == 7]
