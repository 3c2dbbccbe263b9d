"""Who may talk to the server: which names it answers to, and pages of which origins may send it something.

A page on the internet can make a visitor's browser send requests to a server on the visitor's own machine. Two checks
stop that. The `Host` of a request must be a name of this server: a page that made its own name lead here (DNS
rebinding) is refused. And whatever changes something, opens a socket or reads one must come from a page of the server's
own origin.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.datastructures import Headers

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_EVERYWHERE = frozenset({"0.0.0.0", "::", ""})  # noqa: S104  # compared with, not bound to
_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def is_loopback(host: str) -> bool:
    """Whether a name or address means this machine only."""
    return host in LOOPBACK or host.startswith("127.") or host.endswith(".localhost")


def hosts_of(bound: str, allowed: Iterable[str] | None) -> frozenset[str] | None:
    """The names that a server answers to; `None` for any name.

    Args:
        bound: What it is bound to.
        allowed: More names, as the user gave them.
    """
    if bound in _EVERYWHERE:
        return None if allowed is None else frozenset({*LOOPBACK, *map(str.lower, allowed)})
    return frozenset({*LOOPBACK, bound.lower(), *map(str.lower, allowed or ())})


@dataclass(frozen=True)
class Origins:
    """The check.

    Attributes:
        hosts: The names that the server answers to, without ports; `None` for any.
        allowed: Other origins (`https://portal.example.com`) whose pages may talk to it.
    """

    hosts: frozenset[str] | None
    allowed: frozenset[str] = field(default_factory=frozenset[str])

    def refusal(self, headers: Headers, method: str, *, socket: bool) -> str:
        """Why a request is refused; empty when it may pass.

        Args:
            headers: Those of the request.
            method: `GET`, `POST`, ...
            socket: Whether it belongs to a page's socket, which other origins may not even read.
        """
        host = headers.get("host", "")
        if self.hosts is not None and not self._known(_split_host(host)[0]):
            return f"the server does not go by the name {host[:100]!r}; allowed_hosts= of show() takes more names"
        if method in _SAFE and not socket:
            return ""
        origin = headers.get("origin")
        if origin is None:
            site = headers.get("sec-fetch-site", "none")
            return "" if site in ("none", "same-origin") else "a page of another site asked for it"
        if origin in self.allowed or self._own(origin, headers):
            return ""
        return f"a page of {origin[:100]!r} asked for it; allowed_origins= of show() takes more origins"

    def _known(self, name: str) -> bool:
        return self.hosts is None or name in self.hosts or name.endswith(".localhost")

    def _own(self, origin: str, headers: Headers) -> bool:
        """Whether an origin is the server's own, as the browser or a proxy in front of the server knows it."""
        try:
            parts = urlsplit(origin)
            asked = (parts.hostname or "", parts.port or _PORTS.get(parts.scheme))
        except ValueError:
            return False
        # No page can set either header for a socket, nor for another origin without being allowed to first.
        forwarded = headers.get("x-forwarded-host", "").partition(",")[0].strip()
        for name in filter(None, (headers.get("host", ""), forwarded)):
            host, port = _split_host(name)
            if asked == (host, port or _PORTS.get(parts.scheme)):
                return True
        return False


def _split_host(text: str) -> tuple[str, int | None]:
    try:
        parts = urlsplit(f"//{text}")
        return (parts.hostname or "").lower(), parts.port
    except ValueError:
        return "", None
