"""The plan of a run: what takes part, what is reused, and why; and the keys by which results are remembered."""

from __future__ import annotations

from daggr_fn.plan.plan import Mark, Plan, PlannedStep, Settings

__all__ = ["Mark", "Plan", "PlannedStep", "Settings"]
