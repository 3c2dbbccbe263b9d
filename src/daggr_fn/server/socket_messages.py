"""What comes in over a page's socket is looked at before NiceGUI acts on it.

NiceGUI takes a message for the page that the message names. Here a message counts only when it has the form that the
page sends, when it comes over that page's own socket, and when that socket is the same user's and at the same address
as the page. Anything else is dropped: no page of NiceGUI's sends it.
"""

from __future__ import annotations

import functools
import inspect
import logging
from typing import TYPE_CHECKING, Any

from daggr_fn.values import is_mapping

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from daggr_fn.server.visits import Visit

logger = logging.getLogger("daggr_fn")

MOST_BYTES = 1_000_000
"""How large a message may be: as the socket's own limit. Files come as uploads."""

_FORMS: Mapping[str, Mapping[str, type | tuple[type, ...]]] = {
    "handshake": {"client_id": str, "tab_id": str, "document_id": str},
    "event": {"client_id": str, "id": int, "listener_id": str, "args": list},
    "javascript_response": {"client_id": str, "request_id": str},
    "ack": {"client_id": str, "next_message_id": int},
    "log": {"client_id": str, "level": str, "message": str},
}
"""The messages of NiceGUI's page (`nicegui.js`), and the fields that its handlers read without looking."""


def check_messages() -> None:
    """Put the checks in front of NiceGUI's handlers; done once, when the engine starts."""
    from nicegui import core

    sio: Any = core.sio  # its library has no types
    handlers: dict[str, Callable[..., Any]] = sio.handlers["/"]
    for name, form in _FORMS.items():
        handlers[name] = functools.partial(_checked, name, form, handlers[name])
    handlers["connect"] = functools.partial(_connected, handlers["connect"])


async def _checked(
    name: str, form: Mapping[str, type | tuple[type, ...]], handler: Callable[..., Any], sid: str, *arguments: Any
) -> Any:
    message: Any = arguments[0] if len(arguments) == 1 else None
    if not is_mapping(message) or not _has(message, form):
        logger.debug("a malformed %r message was dropped", name)
        return False
    if not _may(name, sid, message["client_id"]):
        logger.warning("a %r message for a page that is not the sender's was dropped", name)
        return False
    try:
        result = handler(sid, message)
        return await result if inspect.isawaitable(result) else result
    except Exception:  # whatever a message makes NiceGUI's handlers raise ends that message only
        logger.warning("a %r message could not be handled", name, exc_info=True)
        return False


def _has(message: Mapping[Any, Any], form: Mapping[str, type | tuple[type, ...]]) -> bool:
    return all(isinstance(message.get(name), kind) for name, kind in form.items())


def _may(name: str, sid: str, client_id: str) -> bool:
    from nicegui import core

    if name == "handshake":
        return _is_owner(sid, client_id)
    sio: Any = core.sio
    return client_id in sio.rooms(sid)  # which the handshake put it in


async def _connected(handler: Callable[..., Any], sid: str, environ: dict[str, Any], *rest: Any) -> Any:
    """The first message of a socket, whose address may say which page it is for: as a handshake does.

    Raises:
        ConnectionRefusedError: There is no such page of this user; in words at which NiceGUI's page loads itself anew.
    """
    from urllib.parse import parse_qs

    from socketio.exceptions import (  # pyright: ignore[reportMissingTypeStubs]
        ConnectionRefusedError as Refused,
    )

    query = parse_qs(environ.get("QUERY_STRING", ""))
    client_id = query.get("client_id", [""])[0]
    complete = all(query.get(name) for name in ("client_id", "tab_id", "document_id"))
    if query.get("implicit_handshake") == ["true"] and not (complete and _is_owner(sid, client_id)):
        raise Refused("Implicit handshake failed")
    return await handler(sid, environ, *rest)


def _is_owner(sid: str, client_id: str) -> bool:
    """Whether a socket is from the user whose page it names, at the address of that page."""
    from nicegui import Client, core

    client = Client.instances.get(client_id)
    if client is None:
        return False
    sio: Any = core.sio
    environ: dict[str, Any] = sio.get_environ(sid) or {}
    socket: Visit | None = environ.get("asgi.scope", {}).get("daggr_fn")
    page: Visit | None = client.request.scope.get("daggr_fn")
    return socket is not None and page is not None and (socket.site, socket.user) == (page.site, page.user)
