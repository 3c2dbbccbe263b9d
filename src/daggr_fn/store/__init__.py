"""Sheets in a database: inputs, results with their history, views, runs. Knows nothing of pages, and runs nothing."""

from __future__ import annotations

from daggr_fn.store.records import (
    Glance,
    RunHead,
    RunInfo,
    SheetInfo,
    SheetNotFound,
    Status,
    StoredResult,
    StoreError,
    Version,
)
from daggr_fn.store.store import Store

__all__ = [
    "Glance",
    "RunHead",
    "RunInfo",
    "SheetInfo",
    "SheetNotFound",
    "Status",
    "Store",
    "StoreError",
    "StoredResult",
    "Version",
]
