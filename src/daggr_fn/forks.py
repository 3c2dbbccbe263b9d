"""What a forked child has not: its parent's threads and connections. A lock that one of them held is held for ever."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def forget_in_child(forget: Callable[[], None]) -> None:
    """Have a forked child forget something before it does anything else; nothing where processes don't fork."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=forget)
