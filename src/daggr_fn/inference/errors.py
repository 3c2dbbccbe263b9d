"""What can go wrong with a hosted model, sorted by what the user can do about it.

`retryable` says whether another try makes sense: the cause passes by itself. A model changes nothing in the world, so
that a second try costs time and money, and does no other harm. Nothing is repeated here on its own.
"""

from __future__ import annotations

from typing import Any, ClassVar

from daggr_fn.errors import DaggrError, WiringError


class ModelError(DaggrError):
    """The base of all errors that a hosted model, or the way to it, causes.

    Attributes:
        model: The model as the user named it, without the provider.
        provider: The provider that was asked, "" when the trouble came before that.
        retry_after: How many seconds the provider asks to wait before another try, if it said so.
    """

    retryable: ClassVar[bool] = False

    def __init__(
        self, message: str, *, model: str = "", provider: str = "", retry_after: float | None = None, **more: Any
    ) -> None:
        super().__init__(message, **more)
        self.model = model
        self.provider = provider
        self.retry_after = retry_after


class ModelNotFoundError(ModelError, WiringError):
    """The Hub knows no such model, or it is private and the token does not open it."""


class ModelTaskError(ModelError, WiringError):
    """No provider, or not the named one, serves the model for this task; or the task has to be said."""


class ModelAuthError(ModelError):
    """There is no token, it is wrong, or it does not permit this."""


class ModelCreditError(ModelError):
    """The user's credits for inference are used up."""


class ModelBusyError(ModelError):
    """Too many requests, or more than the model's server can take now."""

    retryable = True


class ModelLoadingError(ModelError):
    """The model is not ready yet: its server starts, or loads it."""

    retryable = True


class ModelUnreachableError(ModelError):
    """No connection could be made, or it broke before there was an answer."""

    retryable = True


class ModelTimeoutError(ModelError, TimeoutError):
    """There was no answer in time."""

    retryable = True


class ModelStreamError(ModelError):
    """The answer broke off in the middle."""

    retryable = True


class ModelServerError(ModelError):
    """The provider's server failed."""

    retryable = True


class ModelInputError(ModelError):
    """The provider refuses the inputs; the message says why."""


class ModelAnswerError(ModelError):
    """A structured answer does not have the form that was asked for.

    Attributes:
        answer: What the model said.
    """

    retryable = True

    def __init__(self, message: str, *, answer: str = "", **more: Any) -> None:
        super().__init__(message, **more)
        self.answer = answer


class ModelProtocolError(ModelError):
    """The provider answers in a way that is not known here."""
