"""What daggr_fn runs in: a notebook, a prompt, or a script."""

from __future__ import annotations

import sys
import threading
from typing import Any


def in_notebook() -> bool:
    """Whether the code is a cell of a notebook, which can show HTML."""
    shell = _ipython()
    return shell is not None and type(shell).__name__ in ("ZMQInteractiveShell", "Shell")  # Shell: Google Colab


def in_prompt() -> bool:
    """Whether somebody types the code, line by line, and goes on after this one."""
    return hasattr(sys, "ps1") or bool(sys.flags.interactive) or _ipython() is not None


def may_block() -> bool:
    """Whether a call that serves should wait until it is interrupted: in a script's main thread."""
    return not in_prompt() and threading.current_thread() is threading.main_thread()


def _ipython() -> Any:
    module = sys.modules.get("IPython")
    found = getattr(module, "get_ipython", None)
    return found() if callable(found) else None
