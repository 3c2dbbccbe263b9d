"""What the functions of `test_sessions` tell of their calls."""

from __future__ import annotations

CALLS: list[tuple[object, ...]] = []


def note(*what: object) -> None:
    CALLS.append(what)
