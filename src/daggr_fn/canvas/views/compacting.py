"""One item of a mapped step: its view model made so small that many fit on a card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daggr_fn.canvas.views.context import is_a
from daggr_fn.canvas.views.safe import words
from daggr_fn.canvas.views.showing import view

if TYPE_CHECKING:
    from collections.abc import Callable

    from daggr_fn.canvas.links import Links
    from daggr_fn.canvas.views.context import ViewModel

_LINE = 80
_KEPT = {
    "image": ("src", "file", "width", "height", "alt"),
    "audio": ("src", "file", "seconds"),
    "video": ("src", "file"),
    "color": ("text",),
    "number": ("text",),
    "bool": ("value",),
    "none": (),
    "error": ("reason",),
}


class _FilesOnly:
    """Whole texts are not offered for items; their step's card has them when one is opened."""

    def __init__(self, links: Links) -> None:
        self.file = links.file

    def text(self, make: Callable[[], str], name: str, media_type: str) -> str:
        return ""


def compact(value: Any, component: Any = None, annotation: Any = Any, *, links: Links) -> ViewModel:
    """An item's value as one line, a small picture, or a player; never over a kilobyte, never an exception.

    Args:
        value: What the step returned for the item.
        component: The Gradio component of the output, or `None`.
        annotation: The type of the output, where it is known.
        links: Gives addresses for files.
    """
    return shortened(view(value, component, annotation, links=_FilesOnly(links)))


def shortened(vm: ViewModel) -> ViewModel:
    """A view model as one for an item."""
    kind = str(vm["view"])
    if kind in ("annotated", "compare"):
        vm, kind = vm["image"] if kind == "annotated" else vm["after"], "image"
    if kind == "gallery" and vm["items"] and vm["items"][0]["view"] == "image":
        return {**shortened(vm["items"][0]), "of": vm["count"]}
    if kind in _KEPT:
        return {"view": kind, **{key: vm[key] for key in _KEPT[kind] if key in vm}}
    return {"view": "text", "text": " ".join(_line(kind, vm).split())[:_LINE]}


def _line(kind: str, vm: ViewModel) -> str:
    lines: dict[str, Callable[[], str]] = {
        "markdown": lambda: _without_tags(vm["html"]),
        "html": lambda: _without_tags(vm.get("html") or "A page"),
        "choices": lambda: ", ".join(vm["names"]),
        "files": lambda: ", ".join(one.get("file", "gone") for one in vm["files"][:3]),
        "model3d": lambda: vm["file"],
        "table": lambda: f"{vm['note']} table",
        "label": lambda: "  ".join(f"{one['name']} {one.get('text', '')}" for one in vm["bars"][:2]),
        "highlight": lambda: "".join(part for part, _ in vm["parts"][:40]),
        "chat": lambda: f"{vm['count']} messages",
        "dialogue": lambda: f"{vm['count']} lines",
        "plot": lambda: "A plot",
        "several": lambda: ", ".join(_told(part) for part in vm["parts"][:3]),
        "json": lambda: _told_tree(vm["value"]),
        "object": lambda: vm["text"] or f"A {vm['type']}",
    }
    return lines.get(kind, lambda: str(vm.get("text", kind)))()


def _told(part: ViewModel) -> str:
    short = shortened(part)
    return str(short.get("text", short.get("file", short["view"])))


def _told_tree(node: Any, depth: int = 0) -> str:
    if not is_a(node, dict):
        return words(node, 40) if isinstance(node, str) else str(node).lower() if isinstance(node, bool) else str(node)
    found: dict[str, Any] = node
    if "t" in found:
        return str(found["t"])
    if depth > 2:
        return "…"
    if "a" in found:
        return f"[{', '.join(_told_tree(one, depth + 1) for one in found['a'][:5])}]"
    return ", ".join(f"{key}: {_told_tree(one, depth + 1)}" for key, one in found["o"][:5])


def _without_tags(html: str) -> str:
    import re
    from html import unescape

    return unescape(re.sub(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", " ", html[:5_000], flags=re.DOTALL | re.IGNORECASE))
