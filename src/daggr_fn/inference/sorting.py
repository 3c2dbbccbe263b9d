"""From what huggingface_hub and its HTTP library raise to errors in our own words."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from daggr_fn.gradio_http.json_types import is_mapping, is_sequence
from daggr_fn.gradio_http.tokens import user_token
from daggr_fn.inference.errors import (
    ModelAuthError,
    ModelBusyError,
    ModelCreditError,
    ModelError,
    ModelInputError,
    ModelLoadingError,
    ModelNotFoundError,
    ModelProtocolError,
    ModelServerError,
    ModelStreamError,
    ModelTimeoutError,
    ModelUnreachableError,
)
from daggr_fn.retries import retry_after

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

_MOST_TEXT = 400
_BILLING = "https://huggingface.co/settings/billing"
_TOKENS = "https://huggingface.co/settings/tokens"


@dataclass(frozen=True)
class Where:
    """The model that is called, and by whom it is served; for messages."""

    model: str
    provider: str = ""

    def __str__(self) -> str:
        return f"{self.model} ({self.provider})" if self.provider else self.model

    @property
    def names(self) -> dict[str, Any]:
        return {"model": self.model, "provider": self.provider}


@contextlib.contextmanager
def sorted_errors(where: Where) -> Generator[None, None, None]:
    """Raise what the libraries raise as a `ModelError`; what is none of theirs goes on as it is."""
    try:
        yield
    except ModelError:
        raise
    except Exception as error:  # the libraries raise whatever an answer that they don't expect leads to
        error.args = tuple(without_token(one) for one in error.args)
        found = sorted_error(error, where)
        if found is None:
            raise
        raise found from error


def sorted_error(error: Exception, where: Where) -> ModelError | None:
    """The error in our own words; `None` for one that is not about the model."""
    from huggingface_hub.errors import HfHubHTTPError, InferenceTimeoutError, OfflineModeIsEnabled, TextGenerationError

    if isinstance(error, HfHubHTTPError):
        said = _said(error.response) or str(error.server_message or "").strip()[:_MOST_TEXT]
        return status_error(error.response.status_code, said, error.response.headers, where)
    if isinstance(error, InferenceTimeoutError) or _is(error, "TimeoutException"):
        return ModelTimeoutError(f"{where} did not answer in time; try again, or another provider", **where.names)
    if isinstance(error, TimeoutError):  # a provider's job that was not done in time
        return ModelTimeoutError(f"{where} was not done in time: {error}", **where.names)
    if isinstance(error, TextGenerationError):
        return _generation_error(error, where)
    if isinstance(error, ImportError):
        return ModelError(f"{where}: {error}. It is part of `pip install daggr_fn[models]`", **where.names)
    if isinstance(error, OfflineModeIsEnabled) or _is(error, "TransportError"):
        if _is(error, "RemoteProtocolError") or _is(error, "ReadError"):
            return ModelStreamError(f"the connection to {where} broke: {error}", **where.names)
        return ModelUnreachableError(f"{where} can't be reached: {str(error) or type(error).__name__}", **where.names)
    if _is(error.__context__, "HTTPStatusError"):  # huggingface_hub stumbled over the text of an error
        response: Any = getattr(error.__context__, "response", None)
        return status_error(response.status_code, _said(response), response.headers, where)
    if isinstance(error, (ValueError, LookupError, TypeError, AttributeError, RuntimeError, OSError)):
        return ModelProtocolError(f"{where} answered in a way that is not understood: {error}", **where.names)
    return None


def status_error(status: int, said: str, headers: Mapping[str, str], where: Where) -> ModelError:
    """The error for an HTTP status that is not a success."""
    told = f": {without_token(said)}" if said else ""
    wait = retry_after(headers)
    patience = f"; it asks to wait {wait:.0f} s" if wait is not None else ""
    names = where.names
    if status == 401:
        hint = f"a token is needed, and a valid one: `hf auth login`, or HF_TOKEN (see {_TOKENS})"
        return ModelAuthError(f"{where} does not know who calls (HTTP 401){told}; {hint}", **names)
    if status == 403:
        hint = f"the token must permit calls to inference providers ({_TOKENS}); a gated model wants its terms accepted"
        return ModelAuthError(f"{where} does not let this token in (HTTP 403){told}; {hint}", **names)
    if status == 402:
        hint = f"buy some at {_BILLING}, or use another provider"
        return ModelCreditError(f"{where}: the credits are used up (HTTP 402){told}; {hint}", **names)
    if status == 404:
        return ModelNotFoundError(f"{where} is not served there (HTTP 404){told}", **names)
    if status == 429:
        hint = "make fewer calls at once with limit="
        return ModelBusyError(
            f"{where}: too many requests (HTTP 429){told}{patience}; {hint}", **names, retry_after=wait
        )
    if status == 503:
        wait = wait if wait is not None else _estimated(said)
        patience = f"; it should take {wait:.0f} s" if wait is not None else ""
        return ModelLoadingError(
            f"{where} is not ready (HTTP 503){told}{patience}; try again", **names, retry_after=wait
        )
    if status in {408, 504}:
        return ModelTimeoutError(f"{where} did not answer its own proxy in time (HTTP {status}){told}", **names)
    if status in {400, 409, 413, 415, 422}:
        return ModelInputError(f"{where} refuses the inputs (HTTP {status}){told}", **names)
    if status >= 500:
        return ModelServerError(f"the server of {where} failed (HTTP {status}){told}", **names, retry_after=wait)
    return ModelProtocolError(f"{where} answered HTTP {status}{told}", **names)


def _said(response: Any) -> str:
    """What the server itself said, short: addresses and request ids are left to the chained error."""
    try:
        body: Any = response.json()
    except (ValueError, RuntimeError):  # no JSON; or a stream that nobody read
        return ""
    text = _message_in(body)
    if is_mapping(body) and "estimated_time" in body:
        text = f"{text} (estimated_time: {body['estimated_time']})"
    return text.strip()[:_MOST_TEXT]


def _message_in(body: Any) -> str:
    """The message in the forms that providers use: a text, `error`, `error.message`, `detail`, a list of them."""
    if isinstance(body, str):
        return body
    if is_sequence(body):
        return "; ".join(filter(None, map(_message_in, body)))
    if is_mapping(body):
        for key in ("error", "message", "detail", "msg", "errors"):
            if body.get(key):
                return _message_in(body[key])
        return json.dumps(body)
    return ""


def without_token(said: Any) -> Any:
    """A text, or JSON, without the user's token, which some servers repeat when they refuse it."""
    if is_mapping(said):
        return {key: without_token(one) for key, one in said.items()}
    if is_sequence(said):
        return [without_token(one) for one in said]
    token = user_token() if isinstance(said, str) else None
    return said.replace(token, "hf_***") if token else said


def _estimated(said: str) -> float | None:
    """The time to load that hf-inference names in its answer, in seconds."""
    _, found, rest = said.partition("estimated_time: ")
    try:
        return float(rest.partition(")")[0]) if found else None
    except ValueError:
        return None


def _generation_error(error: Exception, where: Where) -> ModelError:
    """What a text generation server, or a stream, says instead of a token."""
    from huggingface_hub.errors import IncompleteGenerationError, OverloadedError, ValidationError

    said = _message_in(error.args[0] if error.args else "") or type(error).__name__
    if isinstance(error, OverloadedError):
        return ModelBusyError(f"{where} has too much to do: {said}", **where.names)
    if isinstance(error, ValidationError):
        return ModelInputError(f"{where} refuses the inputs: {said}", **where.names)
    if isinstance(error, IncompleteGenerationError):
        return ModelStreamError(f"the answer of {where} broke off: {said}", **where.names)
    return ModelServerError(f"{where} failed: {said}", **where.names)


def _is(error: BaseException | None, name: str) -> bool:
    """By name, since huggingface_hub's HTTP library is httpx or httpx2, by its version."""
    return any(base.__name__ == name for base in type(error).__mro__)
