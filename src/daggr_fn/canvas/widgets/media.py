"""Widgets for files of all sorts: they are sent by HTTP, and named by an id from then on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from nicegui.element import Element

from daggr_fn.canvas.element import STATIC
from daggr_fn.canvas.widgets.field import Field, Widget
from daggr_fn.canvas.widgets.held import held_files

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SOURCES = {
    "image": ["upload", "webcam", "clipboard"],
    "video": ["upload", "webcam"],
    "audio": ["upload", "microphone"],
}
_ALL = ["upload", "clipboard"]
_ACCEPT = {"image": "image/*", "audio": "audio/*", "video": "video/*", "model3d": ".glb,.gltf,.obj,.stl,.ply,.splat"}


class MediaElement(Element, component=STATIC / "daggr_fn_media.js"):
    """Takes files: chosen, dropped, pasted, or made with camera and microphone."""


def media(sort: str) -> Callable[[Field], Widget]:
    """The widget for one sort of medium."""

    def make(what: Field) -> Widget:
        return _Files(what, sort, several=False).widget

    return make


def files(what: Field) -> Widget:
    """One file, or several where the component says so, or all of a folder."""
    return _Files(what, "file", several=what.of("file_count", "single") != "single").widget


def several_files(what: Field) -> Widget:
    """Several files of any sort."""
    return _Files(what, "file", several=True).widget


def gallery(what: Field) -> Widget:
    """Several pictures."""
    return _Files(what, "image", several=True).widget


def two_pictures(what: Field) -> Widget:
    """A picture, and another one to compare it with."""
    return _Files(what, "image", several=True, most=2).widget


class _Files:
    """The files that a widget holds."""

    def __init__(self, what: Field, sort: str, *, several: bool, most: int = 0) -> None:
        self._what = what
        self._several = several
        self._most = most
        self._held = held_files(what.value)
        self._element = MediaElement()
        self._element._props.update(
            sort=sort,
            label=what.label,
            multiple=several,
            folder=what.of("file_count") == "directory",
            most=most,
            mostBytes=what.most_bytes,
            uploads=what.uploads,
            sources=list(what.of("sources", _SOURCES.get(sort, _ALL))) or ["upload"],
            accept=_accept(what, sort),
            files=self._shown(),
        )
        self._element.on("uploaded", lambda event: self._add(str(event.args["id"])))
        self._element.on("removed", lambda event: self._remove(event.args))
        self.widget = Widget(self._element, self.show, self.value)

    def _shown(self) -> list[dict[str, Any]]:
        return [self._told(path) for path in self._held]

    def _told(self, path: Path) -> dict[str, Any]:
        try:
            return {"name": path.name, "size": path.stat().st_size, "url": self._what.links.file(path)}
        except (OSError, LookupError):  # it is gone: its name is all that is left of it
            return {"name": path.name, "size": None, "url": ""}

    def _add(self, upload: str) -> None:
        if self._what.take_upload is None:
            return
        path = Path(self._what.take_upload(upload))
        self._held = [*self._held, path] if self._several else [path]
        self._held = self._held[-self._most :] if self._most else self._held
        self._tell()

    def _remove(self, told: Mapping[str, Any]) -> None:
        """Remove the file that a page names; above it there may be fewer now than when that was told."""
        places = range(min(int(told["place"]) + 1, len(self._held)))
        found = [place for place in places if self._held[place].name == told["name"]]
        if found:
            del self._held[found[-1]]
            self._tell()

    def _tell(self) -> None:
        self._draw()
        self._what.change(self.value())

    def _draw(self) -> None:
        self._element._props["files"] = self._shown()
        self._element.update()

    def value(self) -> Any:
        """The files, as the input takes them."""
        if self._most:  # a pair, as the component has it
            return tuple(self._held) if self._held else None
        if self._several:
            return list(self._held)
        return self._held[0] if self._held else None

    def show(self, value: Any) -> None:
        """Show other files."""
        paths = held_files(value)
        if paths != self._held:
            self._held = paths
            self._draw()


def _accept(what: Field, sort: str) -> str:
    types = what.of("file_types")
    if not types:
        return _ACCEPT.get(sort, "")
    return ",".join(one if one.startswith(".") or "/" in one else f"{one}/*" for one in types)
