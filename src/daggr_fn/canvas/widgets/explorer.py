"""The widget for files that lie on the server."""

from __future__ import annotations

import glob
import os
from pathlib import Path
from typing import Any

from nicegui import ui

from daggr_fn.canvas.views.context import is_a
from daggr_fn.canvas.widgets.choices import LIST_LOOK
from daggr_fn.canvas.widgets.field import Field, Widget, at_once, named, quiet

_MOST = 1000


def explorer(what: Field) -> Widget:
    """One or several files below the component's folder: what lies outside of it is not offered, and not taken."""
    root = Path(what.of("root_dir", ".")).resolve()
    several = what.of("file_count", "multiple") != "single"
    names = _below(root, str(what.of("glob", "**/*")), what.of("ignore_glob"))

    def full(picked: Any) -> Any:
        chosen = [root / name for name in (picked or [] if several else [picked]) if name in names]
        return chosen if several else next(iter(chosen), None)

    def shown(value: Any) -> Any:
        paths = value if is_a(value, (list, tuple)) else [] if value is None else [value]
        found = [os.path.relpath(Path(path).resolve(), root) for path in paths]
        known = [name for name in found if name in names]
        return known if several else next(iter(known), None)

    element = ui.select(
        names,
        value=shown(what.value),
        multiple=several,
        with_input=True,
        clearable=True,
        on_change=lambda event: what.change(full(event.value)),
    ).props(LIST_LOOK + (" use-chips" if several else ""))
    return Widget(named(at_once(element), what), quiet(element, shown), lambda: full(element.value))


def _below(root: Path, pattern: str, ignored: Any) -> list[str]:
    found = sorted(name for name in glob.glob(pattern, root_dir=root, recursive=True) if (root / name).is_file())
    if ignored:
        out = set(glob.glob(str(ignored), root_dir=root, recursive=True))
        found = [name for name in found if name not in out]
    inside = [name for name in found if (root / name).resolve().is_relative_to(root)]
    return inside[:_MOST]
