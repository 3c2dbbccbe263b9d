"""What a run menu says: for each step what would happen, why, and how long it took before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from daggr_fn.live.memory import Results
    from daggr_fn.plan import Plan, PlannedStep


class Times:
    """How long the steps took: a whole step, or the mean of its items."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}

    def note(self, step: str, seconds: float) -> None:
        """A call took so long; items that come one by one change the mean slowly."""
        before = self._seconds.get(step)
        self._seconds[step] = seconds if before is None else before * 0.7 + seconds * 0.3

    def of(self, step: str) -> float | None:
        """Seconds of one call; `None` when it never ran here."""
        return self._seconds.get(step)


def told_plan(plan: Plan, times: Times, replaced: Collection[str]) -> dict[str, Any]:
    """A plan for people.

    Args:
        plan: The plan.
        times: How long steps took.
        replaced: The steps whose edited items the run would replace.

    Returns:
        `steps`: for each `step`, `mark` (`run`, `reuse`, `skip`, `depends`), `reason`, and where they are known
        `seconds` (that it would take), `saves`, `items`, `reused_items`; `seconds` and `saves`: their sums; `counts`
        by mark; `replaces`: the steps whose edits are replaced.
    """
    steps = plan.graph.steps
    rows = [
        _row(planned, None if steps[name].asks_people else times.of(name))  # nobody knows how long a person takes
        for name, planned in plan.steps.items()
        if _takes_part(plan, name)
    ]
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["mark"]] = counts.get(row["mark"], 0) + 1
    return {
        "steps": rows,
        "seconds": round(sum(row.get("seconds", 0.0) for row in rows), 3),
        "saves": round(sum(row.get("saves", 0.0) for row in rows), 3),
        "counts": counts,
        "replaces": sorted(replaced),
    }


def _takes_part(plan: Plan, name: str) -> bool:
    wanted = plan.wanted()
    return wanted is None or name in wanted


def _row(planned: PlannedStep, once: float | None) -> dict[str, Any]:
    """A row of a step, of which one call takes so many seconds."""
    row: dict[str, Any] = {"step": planned.step, "mark": planned.mark, "reason": planned.reason}
    items, reused = planned.items, planned.reused_items or 0
    if items is not None:
        row |= {"items": items, "reused_items": reused}
    if once is None:
        return row
    if planned.mark in ("run", "depends"):
        row["seconds"] = round(once * (1 if items is None else items - reused), 3)
    if planned.mark == "reuse" or reused:
        row["saves"] = round(once * (1 if items is None else reused), 3)
    return row


def known_times(results: Results, steps: Mapping[str, Any]) -> Times:
    """How long the steps of a sheet took, as far as it shows results of them."""
    times = Times()
    for name in steps:
        for seconds in results.seconds(name):
            times.note(name, seconds)
    return times
