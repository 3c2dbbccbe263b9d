"""What comes after the request: some providers queue a job, and keep the file that it made at an address.

huggingface_hub asks for both in a worker thread with the one HTTP client that it shares. That waits without an end,
takes the page of an error for the result, and goes on when nobody waits any more: a thread that asks for ever keeps the
process from ending. So while a call is watched, that client's requests in its context have timeouts, raise for errors,
and end with the call. Requests of others go through the same client untouched.
"""

from __future__ import annotations

import contextlib
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from daggr_fn.inference.errors import ModelServerError, ModelTimeoutError

if TYPE_CHECKING:
    from collections.abc import Generator

    from daggr_fn.inference.sorting import Where

_ROUTER = "router.huggingface.co"
_ERRORS = 400
_JOB: ContextVar[_Job | None] = ContextVar("daggr_fn_model_job", default=None)


@dataclass
class _Job:
    """One call of a model.

    Attributes:
        silence: How many seconds its server may say nothing.
        is_over: Whether nobody waits for it any more.
    """

    where: Where
    silence: float
    is_over: bool = False


@contextlib.contextmanager
def watched(where: Where, silence: float) -> Generator[None, None, None]:
    """While it lasts, what huggingface_hub asks in this context is the model's job; afterwards it asks no more.

    Args:
        where: The model, for messages.
        silence: How many seconds a server may say nothing.
    """
    import huggingface_hub

    hooks = huggingface_hub.get_session().event_hooks
    for kind, hook in (("request", _before), ("response", _after)):
        if hook not in hooks[kind]:
            hooks[kind].append(hook)
    job = _Job(where, silence)
    token = _JOB.set(job)
    try:
        yield
    finally:
        job.is_over = True
        _JOB.reset(token)


def _before(request: Any) -> None:
    """Before a request is sent.

    Raises:
        ModelTimeoutError: Nobody waits for its answer.
    """
    job = _JOB.get()
    if job is None:
        return
    if job.is_over:
        raise ModelTimeoutError(f"nobody waits for {job.where} any more", **job.where.names)
    given = request.extensions.get("timeout") or dict.fromkeys(("connect", "read", "write", "pool"))
    limits = {kind: job.silence if seconds is None else seconds for kind, seconds in given.items()}
    request.extensions = {**request.extensions, "timeout": limits}


def _after(response: Any) -> None:
    """When an answer has begun.

    Raises:
        HfHubHTTPError: The provider refuses to tell of the job; says why.
        ModelServerError: The file that it made is not at the address that it gave.
    """
    from huggingface_hub import utils

    job = _JOB.get()
    if job is None or response.status_code < _ERRORS:
        return
    response.read()
    host = response.request.url.host
    if host == _ROUTER:
        utils.hf_raise_for_status(response)  # type: ignore[attr-defined]  # it is public, and not exported by name
    raise ModelServerError(
        f"what {job.where} made can't be fetched from {host} (HTTP {response.status_code}); try again",
        **job.where.names,
    )
