"""The browser of whoever sits at the terminal."""

from __future__ import annotations

import os
import sys
import webbrowser


def open_in_browser(url: str) -> None:
    """Open an address in the browser, if there is one with a window: one of text would take the terminal over."""
    if _has_windows():
        webbrowser.open(url)


def _has_windows() -> bool:
    if sys.platform in ("darwin", "win32"):
        return True
    return any(os.environ.get(name) for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"))
