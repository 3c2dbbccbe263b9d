"""Results that need an element of NiceGUI's: interactive plots and 3D models."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from daggr_fn.canvas.page import Page


def fill_heavy(page: Page, step: str, port: str) -> None:
    """Fill the slot of a result."""
