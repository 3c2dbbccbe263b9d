"""Steps that got another name: their history goes on under the new one.

The key of a result says which node made it, with which code and of which inputs, and not what the step is called. So
what a step without a history would reuse of a step that is gone is its own history.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from daggr_fn.store import StoredResult
from daggr_fn.values import class_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from daggr_fn.plan import Plan


def renamed_steps(plan: Plan, known: Collection[str]) -> dict[str, str]:
    """The new names of steps by the old ones, where there is no doubt.

    Args:
        plan: What a run of everything would do now.
        known: The steps that the sheet has a history of.
    """
    found: dict[str, set[str]] = {}
    for key, entry in plan.entries.items():
        step = key[0].name if class_of(key) is tuple else key.name
        if isinstance(entry, StoredResult) and entry.step not in plan.graph.steps and step not in known:
            found.setdefault(entry.step, set()).add(step)
    alike = [new for candidates in found.values() for new in candidates]
    return {
        old: new for old, candidates in found.items() for new in candidates if len(candidates) == alike.count(new) == 1
    }
