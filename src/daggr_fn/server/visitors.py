"""Users: who a request is from.

Three ways: one user named `local`, for a server on one's own machine; a user per browser, known by a signed cookie; or
what a function of the app around says.
"""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Literal, Protocol

from daggr_fn.errors import DaggrError
from daggr_fn.files import home
from daggr_fn.foreign_paths import LOCAL
from daggr_fn.server.origins import is_loopback

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

    Users = Literal["local", "browser"] | Callable[[HTTPConnection], str | None]

logger = logging.getLogger("daggr_fn")

COOKIE = "daggr_fn_user"
_YEAR_SECONDS = 365 * 24 * 3600


@dataclass(frozen=True)
class Visitor:
    """Who a request is from.

    Attributes:
        user: The user; `None` for nobody, who gets nothing.
        cookie: The `Set-Cookie` header that a page is answered with, so that the user is known for another year.
        is_new: Whether the user was made for this request.
    """

    user: str | None
    cookie: str = ""
    is_new: bool = False


class Visitors(Protocol):
    """Tells who a request is from."""

    def visitor(self, connection: HTTPConnection) -> Visitor: ...


class OneUser:
    """Everybody is the same user: whoever can reach a server on this machine's loopback."""

    def visitor(self, connection: HTTPConnection) -> Visitor:
        return Visitor(LOCAL)


class ToldUsers:
    """The app around knows its users."""

    def __init__(self, tell: Callable[[HTTPConnection], str | None]) -> None:
        self._tell = tell

    def visitor(self, connection: HTTPConnection) -> Visitor:
        user = self._tell(connection)
        if user == LOCAL:  # who is called so does not own the machine
            user = f"{LOCAL} of the app"
        return Visitor(str(user) if user else None)


class BrowserUsers:
    """A user per browser, by a random number in a cookie that is signed with a key of this machine.

    Args:
        key: What cookies are signed with.
        framed: Whether pages of other sites may show the canvas in a frame, where browsers send stricter cookies to
            nobody: then, over HTTPS, it is a cookie of its own for each of these sites.
    """

    def __init__(self, key: bytes, *, framed: bool = False) -> None:
        from itsdangerous import Signer

        self._signer = Signer(key, salt="daggr_fn user")
        self._framed = framed

    def visitor(self, connection: HTTPConnection) -> Visitor:
        user = self._signed(connection.cookies.get(COOKIE, ""))
        if user:
            return Visitor(user, self._cookie(user, connection))
        user = f"browser-{secrets.token_urlsafe(16)}"
        return Visitor(user, self._cookie(user, connection), is_new=True)

    def _signed(self, text: str) -> str | None:
        from itsdangerous import BadSignature

        try:
            return self._signer.unsign(text).decode()
        except (BadSignature, UnicodeDecodeError):
            return None

    def _cookie(self, user: str, connection: HTTPConnection) -> str:
        jar: SimpleCookie = SimpleCookie()
        jar[COOKIE] = self._signer.sign(user).decode()
        jar[COOKIE].update({"path": "/", "max-age": str(_YEAR_SECONDS), "samesite": "lax"})
        jar[COOKIE]["httponly"] = True
        secure = _is_secure(connection)
        if secure:
            jar[COOKIE]["secure"] = True
        if secure and self._framed:
            jar[COOKIE]["samesite"] = "none"
            return jar[COOKIE].OutputString() + "; Partitioned"
        return jar[COOKIE].OutputString()


def _is_secure(connection: HTTPConnection) -> bool:
    forwarded = connection.headers.get("x-forwarded-proto", "").partition(",")[0].strip()
    return (forwarded or connection.url.scheme) in ("https", "wss")


def visitors_of(users: Users | None, bound: str | None, *, framed: bool = False) -> Visitors:
    """What tells who a request is from.

    Args:
        users: What the user of the library asked for; by default one user on the loopback, else one per browser.
        bound: What the server is bound to; `None` when that is an app's matter.
        framed: Whether pages of other sites show it in frames.

    Raises:
        DaggrError: `users` is none of these.
    """
    if users is None:
        users = "local" if bound is not None and is_loopback(bound) else "browser"
    if callable(users):
        return ToldUsers(users)
    if users == "local":
        return OneUser()
    if users == "browser":
        return BrowserUsers(server_key(), framed=framed)
    raise DaggrError(f'users={users!r} is none of "local", "browser" and a function of the request')


def server_key() -> bytes:
    """The key that cookies are signed with: kept under `home()` for its owner only, so that users stay who they are."""
    file = home() / "server.key"
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        made = file.with_name(f".server.key.{secrets.token_hex(8)}")
        if not file.exists():
            descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as opened:
                opened.write(secrets.token_bytes(32))
            with contextlib.suppress(FileExistsError):
                os.link(made, file)  # never half-written, and the first of several processes wins
            made.unlink()
        found = file.read_bytes()
        if len(found) >= 32:
            return found
    logger.warning("users are known until the server ends only: %s can't be written", file)
    return secrets.token_bytes(32)
