"""Classes of libraries that are not imported to find out what a value is: who has one of theirs has loaded them."""

from __future__ import annotations

import sys
from typing import Any


def class_if_loaded(module: str, name: str) -> type[Any] | None:
    """A class of a module; `None` as long as the module is not loaded, or another thread is still at it.

    Args:
        module: The module that defines the class, by its whole name.
        name: The class.
    """
    return getattr(sys.modules.get(module), name, None)
