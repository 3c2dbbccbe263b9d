"""When a failed call is made again, and how long that waits: the policy, on tenacity's wait strategies.

Nothing here waits. What carries tasks out asks for a delay, and has the task called again after it.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from tenacity import RetryCallState

Wait = float | timedelta | Callable[["RetryCallState"], float]
"""How long to wait: always the same (seconds), or a wait strategy of tenacity, or any function like one."""

On = type[BaseException] | tuple[type[BaseException], ...] | Callable[[BaseException], bool] | None
"""Which failures: classes of errors, a function of the error, or those that another try may mend."""

FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 60.0

_chance = random.Random()  # noqa: S311  # of its own, so that a program that seeds `random` draws what it would have drawn


@dataclass(frozen=True, slots=True)
class Retry:
    """What to do when a call fails: `retries=Retry(5, wait=2)`; `retries=5` is `Retry(5)`.

    Attributes:
        times: How many times a call is made again, after the first.
        wait: Seconds (or a timedelta) before each of them, or a wait strategy of tenacity, for example
            `tenacity.wait_exponential(max=10)`. By default 0.5 s, then twice as long each time, up to a minute. Where a
            failure says when to come back (`retry_after`, from a server's `Retry-After`) the wait is at least that.
        jitter: Up to so many seconds more (or a timedelta), at random, so that items that failed together don't come
            back together. By default as much as half of the wait.
        on: Classes of errors, or a function of the error that says whether to try again. By default every exception,
            except those that say of themselves that another try is of no use (`error.retryable` is false).

    Raises:
        ValueError: A number is negative, or of the wrong type.
        TypeError: `on` or `wait` is something else.
    """

    times: int = 3
    wait: Wait | None = None
    jitter: float | timedelta | None = None
    on: On = None

    def __post_init__(self) -> None:
        if type(self.times) is not int or self.times < 0:
            raise ValueError(f"the number of retries is a whole number of at least 0, not {self.times!r}")
        if self.wait is not None and not callable(self.wait):
            _seconds(self.wait, "wait")
        if self.jitter is not None:
            _seconds(self.jitter, "jitter")
        if not _tells_errors(self.on):
            raise TypeError(f"on= takes classes of errors or a function of the error, not {self.on!r}")

    def delay(self, attempt: int, error: BaseException) -> float | None:
        """The seconds to wait before a call is made again; `None` when it is not.

        Args:
            attempt: Which attempt has failed, from 1 on.
            error: What it failed with.
        """
        if attempt > self.times or not isinstance(error, Exception) or not self._is_for(error):
            return None
        wait = self._wait(attempt, error)
        jitter = wait / 2 if self.jitter is None else _seconds(self.jitter, "jitter")
        return max(wait, asked_to_wait(error)) + _chance.uniform(0, jitter)

    def _is_for(self, error: Exception) -> bool:
        on = self.on
        if on is None:
            return getattr(error, "retryable", True) is not False
        if isinstance(on, (type, tuple)):
            return isinstance(error, on)
        return bool(on(error))

    def _wait(self, attempt: int, error: Exception) -> float:
        if self.wait is not None and not callable(self.wait):
            return _seconds(self.wait, "wait")
        import tenacity

        state = tenacity.RetryCallState(tenacity.Retrying(), None, (), {})
        state.attempt_number = attempt
        state.set_exception((type(error), error, error.__traceback__))
        strategy = self.wait or tenacity.wait_exponential(FIRST_WAIT_SECONDS, max=LONGEST_WAIT_SECONDS)
        return max(0.0, float(strategy(state)))


def asked_to_wait(error: BaseException) -> float:
    """How many seconds an error asks to wait before another try; 0 when it doesn't say."""
    asked = getattr(error, "retry_after", None)
    return float(asked) if isinstance(asked, (int, float)) and 0 < asked < math.inf else 0.0


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The `Retry-After` header in seconds: RFC 9110 has it as a number or as a date."""
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        from email.utils import parsedate_to_datetime

        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (TypeError, ValueError):
        return None


def _tells_errors(on: object) -> bool:
    """Whether it is what `on=` takes."""
    if isinstance(on, type):
        return issubclass(on, BaseException)
    if isinstance(on, tuple):
        classes = cast("tuple[object, ...]", on)
        return bool(classes) and all(isinstance(one, type) and issubclass(one, BaseException) for one in classes)
    return on is None or callable(on)


def _seconds(value: object, what: str) -> float:
    seconds = value.total_seconds() if isinstance(value, timedelta) else value
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 <= seconds < math.inf:
        raise ValueError(f"{what}= is a number of seconds of at least 0, or a timedelta, not {value!r}")
    return float(seconds)
