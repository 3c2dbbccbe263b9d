"""Whose Hugging Face token is used: that of the person for whom something runs, else this machine's."""

from __future__ import annotations

import contextlib
import hashlib
import os
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from daggr_fn.errors import DaggrError
from daggr_fn.values import is_mapping

if TYPE_CHECKING:
    from collections.abc import Generator

    import httpx

HUB = "huggingface.co"
_WHO_SECONDS = 15.0
_TOKENS = f"https://{HUB}/settings/tokens"
_signed_in: ContextVar[str | None] = ContextVar("daggr_fn_signed_in", default=None)


class SignInRefused(DaggrError):
    """Nobody could be signed in; the message says why, and never has the token."""


@dataclass(frozen=True)
class Account:
    """A person at Hugging Face.

    Attributes:
        name: The user name.
        full_name: As they write it themselves.
        token: What calls for this person carry.
    """

    name: str
    full_name: str
    token: str = field(repr=False)


def hub_endpoint() -> str:
    """The address of the Hub; `HF_ENDPOINT` moves it."""
    return os.environ.get("HF_ENDPOINT", "").rstrip("/") or f"https://{HUB}"


def user_token() -> str | None:
    """The token of who signed in on the page, for what runs for them; else from `HF_TOKEN` or `hf auth login`."""
    import huggingface_hub

    return _signed_in.get() or huggingface_hub.get_token()


@contextlib.contextmanager
def acting_for(account: Account | None) -> Generator[None]:
    """What is planned and begun within this uses the token of an account; without one, what was used before."""
    if account is None:
        yield
        return
    before = _signed_in.set(account.token)
    try:
        yield
    finally:
        _signed_in.reset(before)


def fingerprint(secret: str) -> str:
    """A short digest that stands for a secret in keys."""
    return hashlib.sha256(f"daggr_fn user {secret}".encode()).hexdigest()[:16]


def ask_who(token: str) -> Account:
    """Ask the Hub whose token it is. Blocks, at most some seconds.

    By a request of our own: huggingface_hub's `whoami` waits for ever, and says of a wrong token which of this
    machine's it is. The route is the one that it asks, `/api/whoami-v2`.

    Raises:
        SignInRefused: The Hub does not know it, or can't be asked.
    """
    import httpx

    token = token.strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise SignInRefused(f"a token is one word, such as hf_abc...: {_TOKENS} lists yours")
    endpoint = hub_endpoint()
    try:
        headers = {"authorization": f"Bearer {token}"}
        answer = httpx.get(f"{endpoint}/api/whoami-v2", headers=headers, timeout=_WHO_SECONDS)
    except httpx.HTTPError as error:
        raise SignInRefused(f"{endpoint} can't be asked whose token it is: {error}") from error
    return _account(answer, endpoint, token)


def _account(answer: httpx.Response, endpoint: str, token: str) -> Account:
    if answer.status_code in (401, 403):
        raise SignInRefused(f"Hugging Face does not know this token: {_TOKENS} lists yours")
    if answer.status_code == 429:
        raise SignInRefused("Hugging Face was asked too often: try again in some minutes")
    try:
        said: Any = answer.json() if answer.is_success else None
    except ValueError:
        said = None
    if not is_mapping(said) or not isinstance(said.get("name"), str):
        raise SignInRefused(f"{endpoint} does not say whose token it is (HTTP {answer.status_code})")
    name = str(said["name"])
    return Account(name, str(said.get("fullname") or name), token)
