"""The memory of results that runs of this process share."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from daggr_fn import files

if TYPE_CHECKING:
    from pathlib import Path

    from daggr_fn.remembered import Remembered


def memory() -> Remembered:
    """The memory under `DAGGR_FN_HOME`, as it is set now."""
    return _memory(files.home())


@functools.lru_cache(maxsize=8)
def _memory(home: Path) -> Remembered:
    from daggr_fn.execution.memo import Memo

    return Memo(home)
