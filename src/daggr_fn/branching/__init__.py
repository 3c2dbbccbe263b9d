"""Branches: values that one of several sides gives, the guards that let only the taken side run, and what is forgiven.

A `Branch` stands where the sides meet. A step that nobody but one side needs gets a `Guard`: the run knows guards and
skipped steps, and nothing of conditions, choices or backups.
"""

from __future__ import annotations

from daggr_fn.branching.branches import OTHERWISE, Branch, Fallback, Guard, Guarded, constant, has_branches, presence
from daggr_fn.branching.excuses import STRICT, Ways, excuses_of, forgiven
from daggr_fn.branching.guards import guards_of

__all__ = [
    "OTHERWISE",
    "STRICT",
    "Branch",
    "Fallback",
    "Guard",
    "Guarded",
    "Ways",
    "constant",
    "excuses_of",
    "forgiven",
    "guards_of",
    "has_branches",
    "presence",
]
