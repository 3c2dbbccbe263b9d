"""What came of a call in another process: its value, or an error with the story of where it was raised."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from typing import Any

from daggr_fn.errors import RAISED_AT, RemoteTraceback, RunnerError
from daggr_fn.execution.runners.pickles import CantTravel, dumps, loads
from daggr_fn.places import Place, is_users


@dataclass(frozen=True, slots=True)
class Failure:
    """An error on its way to the caller.

    Attributes:
        error: The error, pickled; empty where it can't be.
        words: Its class and message.
        story: The traceback, as text.
        raised: The innermost line of it that is the user's own.
    """

    error: bytes
    words: str
    story: str
    raised: Place | None

    def __repr__(self) -> str:
        return f"<failure: {self.words}>"

    def to_error(self) -> BaseException:
        """The error for the caller, with the traceback of the other process as its cause."""
        error = self._loaded()
        innermost = error
        while innermost.__cause__ is not None:  # a `StepFailed` brings its own
            innermost = innermost.__cause__
        innermost.__cause__ = RemoteTraceback(self.story)
        if self.raised is not None:
            setattr(error, RAISED_AT, self.raised)
        return error

    def _loaded(self) -> BaseException:
        if self.error:
            try:
                found = loads(self.error)
            except Exception:  # noqa: BLE001  # an `__init__` of anyone's that doesn't take what it is given
                found = None
            if isinstance(found, BaseException):
                return found
        return RunnerError(f"{self.words} (this error's class can't come back from another process)")


def failure_of(error: BaseException) -> Failure:
    """An error that was raised here, for the caller."""
    words = f"{type(error).__name__}: {error}"
    story = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    try:
        packed = dumps(error)
    except CantTravel:
        packed = b""
    return Failure(packed, words, story, _raised_at(error))


def _raised_at(error: BaseException) -> Place | None:
    found, trace = getattr(error, RAISED_AT, None), error.__traceback__
    while trace is not None:
        if is_users(trace.tb_frame.f_code.co_filename):
            found = Place(trace.tb_frame.f_code.co_filename, trace.tb_lineno)
        trace = trace.tb_next
    return found


def packed(outcome: Any, step: str) -> bytes:
    """A value or a `Failure` as bytes; a value that can't be pickled is a failure."""
    try:
        return dumps(outcome)
    except CantTravel as error:
        return dumps(failure_of(unpicklable_result(step, error)))


def unpicklable_result(step: str, error: CantTravel) -> RunnerError:
    """The error for a result that can't leave its worker."""
    return RunnerError(f"the result of {step} can't leave its worker: {error}")


def value_or_raise(outcome: Any) -> Any:
    """The value of what came back.

    Raises:
        BaseException: What the node raised there.
    """
    if isinstance(outcome, Failure):
        raise outcome.to_error()
    return outcome
