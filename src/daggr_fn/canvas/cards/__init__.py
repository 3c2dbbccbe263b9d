"""The cards and wires of a pipeline, as plain data made of its graph."""

from __future__ import annotations

from daggr_fn.canvas.cards.describe import describe
from daggr_fn.canvas.cards.shapes import Card, Description, End, InPort, Kind, Link, OutPort, Result, Side, Tab, Wire

__all__ = [
    "Card",
    "Description",
    "End",
    "InPort",
    "Kind",
    "Link",
    "OutPort",
    "Result",
    "Side",
    "Tab",
    "Wire",
    "describe",
]
