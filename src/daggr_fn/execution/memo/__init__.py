"""The memory of results: keys, digests, and the store on disk."""

from __future__ import annotations

from daggr_fn.execution.memo.locks import KeyLock
from daggr_fn.execution.memo.memory import Memo
from daggr_fn.execution.memo.upkeep import Usage, clear, shrink, usage

__all__ = ["KeyLock", "Memo", "Usage", "clear", "shrink", "usage"]
