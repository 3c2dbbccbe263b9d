"""View models: what a step returned as the small JSON that the page draws it from.

Pure: no NiceGUI, no gradio import; heavy libraries are imported where a value of theirs is looked at.
"""

from __future__ import annotations

from daggr_fn.canvas.views.compacting import compact, shortened
from daggr_fn.canvas.views.context import Context, Unfit, ViewModel
from daggr_fn.canvas.views.showing import COMPONENTS, view, view_kind

__all__ = ["COMPONENTS", "Context", "Unfit", "ViewModel", "compact", "shortened", "view", "view_kind"]
