"""Where a server listens: the address it was told, else the next port that is free."""

from __future__ import annotations

import os
import socket

from daggr_fn.errors import DaggrError

FIRST_PORT = 7860
_PORTS_TRIED = 200


def wanted_host(host: str | None) -> str:
    """What to bind to: what was asked for, else `GRADIO_SERVER_NAME`, else this machine only."""
    return host or os.environ.get("GRADIO_SERVER_NAME") or "127.0.0.1"


def listening(host: str, port: int | None) -> socket.socket:
    """A socket that listens.

    Args:
        host: What to bind to.
        port: The port, 0 for any; by default `GRADIO_SERVER_PORT`, else the first free one from 7860 on.

    Raises:
        DaggrError: The port is taken, or the host is not this machine's.
    """
    wanted = _wanted_port(port)
    if wanted is not None:
        try:
            return _bound(host, wanted)
        except OSError as error:
            raise DaggrError(
                f"can't listen on {host}:{wanted}: {error.strerror or error}. Without port= it is the next free one "
                f"from {FIRST_PORT} on"
            ) from error
    last: OSError | None = None
    for tried in range(FIRST_PORT, FIRST_PORT + _PORTS_TRIED):
        try:
            return _bound(host, tried)
        except OSError as error:
            last = error
            if isinstance(error, socket.gaierror):
                break
    raise DaggrError(f"can't listen on {host}, from port {FIRST_PORT} on: {last}") from last


def _wanted_port(port: int | None) -> int | None:
    if port is not None:
        return port
    text = os.environ.get("GRADIO_SERVER_PORT", "")
    if not text:
        return None
    try:
        return int(text)
    except ValueError:
        raise DaggrError(f"GRADIO_SERVER_PORT={text!r} is no port") from None


def _bound(host: str, port: int) -> socket.socket:
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port that was left just now is free
        made.bind(address)
        made.listen(128)
    except BaseException:
        made.close()
        raise
    return made


def url_of(host: str, port: int, root: str = "") -> str:
    """The address to open on this machine."""
    shown = "127.0.0.1" if host in ("0.0.0.0", "") else "[::1]" if host == "::" else host  # noqa: S104  # not bound to
    if ":" in shown and not shown.startswith("["):
        shown = f"[{shown}]"
    return f"http://{shown}:{port}{root}/"
