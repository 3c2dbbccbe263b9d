"""Widgets: what a person changes an input with. One table says which component becomes which."""

from __future__ import annotations

from daggr_fn.canvas.widgets.field import Field, Widget
from daggr_fn.canvas.widgets.table import WIDGETS, widget

__all__ = ["WIDGETS", "Field", "Widget", "widget"]
