"""What can go wrong with a Space, sorted by what the user can do about it.

`retryable` says whether another try makes sense: the cause may pass by itself. Whether a call may be made twice is the
user's word (`retries=`): the HTTP client never repeats a call of the app on its own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from daggr_fn.errors import DaggrError
from daggr_fn.retries import retry_after

if TYPE_CHECKING:
    from collections.abc import Mapping


class SpaceError(DaggrError):
    """The base of all errors that a Space, or the way to it, causes.

    Attributes:
        space: The Space as the user named it: `owner/name` or an address, never with a password.
        endpoint: The endpoint that was called, "" when the trouble came before that.
        retry_after: How many seconds the app asks to wait before another try, if it said so.
    """

    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, space: str = "", endpoint: str = "") -> None:
        super().__init__(message)
        self.space = space
        self.endpoint = endpoint
        self.retry_after: float | None = None


class SpaceNotFoundError(SpaceError):
    """The Hub knows no such Space, or the address answers, but not as a Gradio app."""


class SpaceUnreachableError(SpaceError):
    """No connection could be made; nothing was sent."""

    retryable = True


class SpaceConnectionLostError(SpaceError):
    """The connection broke while the app was at work: nobody knows whether it finished."""

    retryable = True


class SpaceAsleepError(SpaceError):
    """The Space is paused or stopped, and only its owner can start it."""


class SpaceBuildingError(SpaceError):
    """The Space is being built, or wakes up, and took longer than we wait."""

    retryable = True


class SpaceBrokenError(SpaceError):
    """The Space failed to build or to start; its owner has to mend it."""


class SpaceBusyError(SpaceError):
    """The app's queue is full, or it has had too many requests."""

    retryable = True


class SpaceQuotaError(SpaceError):
    """The quota of the user (or of everybody without a token) is used up, ZeroGPU's for example."""


class SpaceAuthError(SpaceError):
    """The Space is private or gated, or the app asks for a user name and password."""


class SignatureChangedError(SpaceError):
    """The app is not what it was when the pipeline was traced: a parameter or an output came, went or changed."""


class SpaceTimeoutError(SpaceError, TimeoutError):
    """The app said nothing at all, not even that it lives, for longer than we wait."""

    retryable = True


class SpaceProtocolError(SpaceError):
    """The app answers in a way that is not known here: a very old Gradio, or not Gradio at all."""


class SpaceServerError(SpaceError):
    """The app's server, or a proxy before it, failed (HTTP 5xx)."""

    retryable = True


class SpaceAppError(SpaceError):
    """The app's own function raised; the message is the app's.

    Attributes:
        title: The title that the app gave the error.
    """

    retryable = True

    def __init__(self, message: str, *, space: str = "", endpoint: str = "", title: str = "") -> None:
        super().__init__(message, space=space, endpoint=endpoint)
        self.title = title


class SpaceInputError(SpaceAppError):
    """The app refuses the values before its function runs (HTTP 400 or 422); the message says which."""

    retryable = False


_QUOTA = re.compile(r"gpu quota|zerogpu|quota (?:is )?exceeded|exceeded your .*quota", re.IGNORECASE)
_SILENT = "the app raised an error and keeps its text to itself (the app's author can tell more with show_error=True)"


def app_error(text: str | None, title: str, *, space: str, endpoint: str) -> SpaceError:
    """The error for what an app says went wrong: a quota, or its own function."""
    said = (text or "").strip()
    if _QUOTA.search(f"{title} {said}"):
        hint = "sign in with `hf auth login` (or HF_TOKEN) for a larger quota, wait, or duplicate the Space"
        return SpaceQuotaError(f"{space} {endpoint}: {said or title}; {hint}", space=space, endpoint=endpoint)
    return SpaceAppError(f"{space} {endpoint}: {said or _SILENT}", space=space, endpoint=endpoint, title=title)


def status_error(
    status: int, text: str, *, space: str, endpoint: str = "", headers: Mapping[str, str] | None = None
) -> SpaceError:
    """The error for an HTTP status that is not a success."""
    said = f": {text.strip()[:300]}" if text.strip() else ""
    where = f"{space} {endpoint}".strip()
    names = {"space": space, "endpoint": endpoint}
    if status in {401, 403}:
        return SpaceAuthError(
            f"{where} refuses us (HTTP {status}). A private or gated Space wants a token that may read it "
            "(`hf auth login`, or HF_TOKEN); an app with a user name and password wants them in its address: "
            f"https://user:password@host{said}",
            **names,
        )
    if status == 404:
        return SpaceNotFoundError(f"{where} was not found (HTTP 404){said}", **names)
    if status in {429, 503}:
        wait = retry_after(headers or {})
        patience = f"; it asks to wait {wait:.0f} s" if wait is not None else ""
        busy = SpaceBusyError(f"{where} takes no more calls just now (HTTP {status}){said}{patience}", **names)
        busy.retry_after = wait
        return busy
    if status == 504:
        return SpaceTimeoutError(f"{where} did not answer its own proxy in time (HTTP 504){said}", **names)
    if status in {400, 422}:
        return SpaceInputError(f"{where} refuses the values (HTTP {status}){said}", **names)
    if status >= 500:
        return SpaceServerError(f"{where} answered HTTP {status}{said}", **names)
    return SpaceProtocolError(f"{where} answered HTTP {status}{said}", **names)
