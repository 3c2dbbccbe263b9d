"""One body, and all that is said about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """A body, and all that is said about it."""

    name: str
    body: str
    message: str = ""
