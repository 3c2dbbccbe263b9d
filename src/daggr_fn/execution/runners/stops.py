"""Calls that can be stopped from another thread, by an exception that is raised where they are.

`PyThreadState_SetAsyncExc` has a thread raise an exception at its next step in Python. A thread of a pool makes other
calls later, so it is asked for under a lock, while the call goes on, at most once; and taken back when the call has
ended before it was raised. https://docs.python.org/3/c-api/init.html#c.PyThreadState_SetAsyncExc
"""

from __future__ import annotations

import ctypes
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from daggr_fn.kinds import Call


class Stopped(BaseException):
    """Nobody waits for the call any more. No `Exception`: what a function forgives of those is not meant."""


@dataclass(slots=True, eq=False)
class _Going:
    """A call that goes on.

    Attributes:
        thread: The thread that makes it; `None` where an exception is no way to end it: an event loop is told instead.
    """

    call: Call
    thread: int | None
    stopped: bool = False


class Stops:
    """The calls of this process that go on and can be stopped, by name."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._going: dict[str, _Going] = {}

    def carry_out(
        self, name: str, wanted: Callable[[], bool], call: Call, is_async: bool, make: Callable[[], Any]
    ) -> Any:
        """Make a call in this thread that can be stopped.

        Args:
            name: What it is stopped by.
            wanted: Whether somebody waits for it; asked once, when it can be stopped from then on.
            call: Told when it is stopped.
            is_async: Whether an event loop runs in it, which `call` tells to end it.
            make: Makes the call.

        Raises:
            Stopped: Nobody waits for it any more, whatever became of it.
        """
        going = _Going(call, None if is_async else threading.get_ident())
        try:
            try:
                with self._lock:
                    self._going[name] = going
                if not wanted():
                    raise Stopped  # as if it had been stopped a moment later
                value = make()
            finally:
                self._end(name, going)
        except BaseException:
            self._end(name, going)  # again: the exception may have come in the middle of the first time
            if going.stopped:
                raise Stopped from None
            raise
        if going.stopped:
            raise Stopped
        return value

    def goes_on(self, name: str) -> bool:
        """Whether a call of this name goes on."""
        return name in self._going

    def names(self) -> list[str]:
        """The names of the calls that go on."""
        with self._lock:
            return list(self._going)

    def stop(self, name: str) -> None:
        """Have a call end, with all runs that it waits for; nothing if it has ended."""
        with self._lock:
            going = self._going.get(name)
            if going is None or going.stopped:
                return
            going.stopped = True
            if going.thread is not None:
                _raise_in(going.thread, Stopped)
        going.call.cancel()

    def _end(self, name: str, going: _Going) -> None:
        with self._lock:
            if self._going.pop(name, None) is not None and going.thread is not None:
                _raise_in(going.thread, None)  # what was asked for and not raised yet is not for the next call


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    what = None if error is None else ctypes.py_object(error)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), what)
