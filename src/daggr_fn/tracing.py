"""Whether a pipeline's body runs now, and for which trace."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

TRACE: ContextVar[Any] = ContextVar("daggr_fn_trace", default=None)
"""The `dsl.trace.Trace` that node calls make steps of; `None` outside of a body."""
