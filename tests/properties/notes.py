"""What the functions of random programs tell of their calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

CALLS: list[tuple[object, ...]] = []


TRIES: Counter[tuple[object, ...]] = Counter()


def note(*what: object) -> None:
    CALLS.append(what)


def tried(*what: object) -> int:
    """How often this has been tried before."""
    TRIES[what] += 1
    return TRIES[what] - 1


def forget() -> None:
    CALLS.clear()
    TRIES.clear()


def heard(call: Callable[[], T]) -> tuple[T, Counter[tuple[object, ...]]]:
    """What a call returns, and the calls of functions that it made."""
    forget()
    value = call()
    made = Counter(CALLS)
    forget()
    return value, made
