"""What the code of a step prints while it is called: lines of its logs too, while runs of sheets go on."""

from __future__ import annotations

import sys
import threading
import time
from typing import Any

from daggr_fn.kinds import CURRENT_CALL
from daggr_fn.live.logs import HEARD_BY


class _Heard:
    """Standard output that hands on everything, and then says who printed.

    Args:
        out: Where it goes, as without this.
    """

    def __init__(self, out: Any) -> None:
        self.out = out

    def write(self, text: str) -> Any:
        """Write to where it goes; what is printed within a call on a sheet is heard there."""
        written = self.out.write(text)
        logs, call = HEARD_BY.get(), CURRENT_CALL.get()
        if logs is not None and call is not None:
            logs.add_printed(call.step, call.index, text, time.time())
        return written

    def writelines(self, lines: Any) -> None:
        """Write each."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.out, name)


_lock = threading.Lock()
_going: set[str] = set()


def hear_prints(run: str) -> None:
    """From now on what calls print is heard, until this run and all others have ended."""
    with _lock:
        _going.add(run)
        if sys.stdout is not None and not isinstance(sys.stdout, _Heard):
            sys.stdout = _Heard(sys.stdout)  # it does all that the other one does


def leave_prints(run: str) -> None:
    """A run has ended. Standard output that somebody else has put there meanwhile stays."""
    with _lock:
        _going.discard(run)
        if not _going and isinstance(sys.stdout, _Heard):
            sys.stdout = sys.stdout.out
