"""Where cards and wires are on the canvas: an own layered layout that knows ports, lanes, groups and moved cards."""

from __future__ import annotations

from daggr_fn.canvas.layout.arrangement import Arrangement
from daggr_fn.canvas.layout.shapes import Frame, Layout, Rect, Size, Tile

__all__ = ["Arrangement", "Frame", "Layout", "Rect", "Size", "Tile"]
