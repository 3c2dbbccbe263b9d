"""Open sheets: the one truth that all their pages show, and the runs that go on on them. Knows nothing of pages."""

from __future__ import annotations

from daggr_fn.live.desk import Desk
from daggr_fn.live.sheet import OpenSheet

__all__ = ["Desk", "OpenSheet"]
