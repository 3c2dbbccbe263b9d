"""HTTP to an app: one client per event loop and app, with timeouts, and errors in our own words.

The clients of a loop are closed when the loop ends: each is held by an asynchronous generator, which every loop that is
ended properly (`asyncio.run`, `anyio.run`) closes last of all.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, Generator, Mapping
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from daggr_fn.gradio_http.errors import (
    SpaceAuthError,
    SpaceConnectionLostError,
    SpaceNotFoundError,
    SpaceProtocolError,
    SpaceTimeoutError,
    SpaceUnreachableError,
    status_error,
)
from daggr_fn.gradio_http.json_types import is_mapping, is_sequence

if TYPE_CHECKING:
    import httpx

    from daggr_fn.gradio_http.hosts import Address

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 60.0
SILENCE_SECONDS = 90.0
"""How long a stream of events may be silent; an app sends a heartbeat every 15 s."""

_USER_AGENT = "daggr_fn"
_GET_ATTEMPTS = 3

_Clients = dict["Address", tuple["httpx.AsyncClient", AsyncGenerator["httpx.AsyncClient", None]]]
_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, _Clients] = WeakKeyDictionary()


def timeouts(read: float = ANSWER_SECONDS) -> httpx.Timeout:
    """Seconds for each phase of a request; waiting for a free connection has no limit of its own."""
    import httpx

    return httpx.Timeout(connect=CONNECT_SECONDS, read=read, write=ANSWER_SECONDS, pool=None)


async def client_for(address: Address) -> httpx.AsyncClient:
    """The running loop's client for an app; signed in when the app has a login."""
    clients = _clients.setdefault(asyncio.get_running_loop(), {})
    held = clients.get(address)
    if held is not None:
        return held[0]
    holder = _held_client(address)
    client = await anext(holder)
    if address in clients:  # another call opened one while this one signed in
        await holder.aclose()
        return clients[address][0]
    clients[address] = (client, holder)
    return client


async def _held_client(address: Address) -> AsyncGenerator[httpx.AsyncClient, None]:
    import httpx

    limits = httpx.Limits(max_connections=None, max_keepalive_connections=64, keepalive_expiry=30)
    client = httpx.AsyncClient(
        timeout=timeouts(),
        limits=limits,
        follow_redirects=True,
        headers={"user-agent": _USER_AGENT},
        event_hooks={"request": [address.sign_async]},
    )
    try:
        if address.login is not None:
            with sorted_errors(address.space):
                check_login(await client.post(address.url + "login", data=login_form(address)), address)
        yield client
    finally:
        with contextlib.suppress(KeyError):
            _clients.get(asyncio.get_running_loop(), {}).pop(address)
        await client.aclose()


@contextlib.contextmanager
def sync_client(address: Address) -> Generator[httpx.Client, None, None]:
    """A client for the questions that are asked while a pipeline is traced."""
    import httpx

    with httpx.Client(
        timeout=timeouts(),
        follow_redirects=True,
        headers={"user-agent": _USER_AGENT},
        event_hooks={"request": [address.sign]},
    ) as client:
        if address.login is not None:
            with sorted_errors(address.space):
                check_login(client.post(address.url + "login", data=login_form(address)), address)
        yield client


def login_form(address: Address) -> dict[str, str]:
    """What `POST /login` of an app with `launch(auth=...)` wants."""
    name, password = address.login or ("", "")
    return {"username": name, "password": password}


def check_login(response: httpx.Response, address: Address) -> None:
    """Raise `SpaceAuthError` unless the app took the login."""
    if not response.is_success:
        name = login_form(address)["username"]
        raise SpaceAuthError(
            f"{address.space} does not take the password of {name!r} (HTTP {response.status_code})", space=address.space
        )


@contextlib.contextmanager
def sorted_errors(space: str, endpoint: str = "") -> Generator[None, None, None]:
    """Turn httpx's errors into ours. What is raised before a request was sent is a `SpaceUnreachableError`."""
    import httpx

    where, names = f"{space} {endpoint}".strip(), {"space": space, "endpoint": endpoint}
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise SpaceUnreachableError(f"{where} can't be reached: {_words(error)}", **names) from error
    except httpx.TimeoutException as error:
        raise SpaceTimeoutError(f"{where} has been silent for too long ({type(error).__name__})", **names) from error
    except httpx.TooManyRedirects as error:
        raise SpaceNotFoundError(f"{where} redirects in a circle", **names) from error
    except httpx.TransportError as error:
        lost = f"the connection to {where} broke: {_words(error)}"
        raise SpaceConnectionLostError(lost, **names) from error
    except httpx.InvalidURL as error:
        raise SpaceNotFoundError(f"{where} is no address: {error}", **names) from error


def expect_success(response: httpx.Response, space: str, endpoint: str = "") -> None:
    """Raise the error that fits a status which is no success. The body must have been read."""
    if not response.is_success:
        headers = response.headers
        raise status_error(response.status_code, _said(response), space=space, endpoint=endpoint, headers=headers)


def json_of(response: httpx.Response, space: str) -> Any:
    """The JSON of a response; what is none is no Gradio app."""
    try:
        return response.json()
    except ValueError as error:
        kind = response.headers.get("content-type", "nothing")
        raise SpaceProtocolError(
            f"{space} answers {response.url.path} with {kind} and not with JSON: it is no Gradio app (any more)",
            space=space,
        ) from error


def get_again(client: httpx.Client, url: str, **options: Any) -> httpx.Response:
    """GET, asked again when the connection fails: a GET changes nothing."""
    import httpx

    for attempt in range(_GET_ATTEMPTS):
        try:
            return client.get(url, **options)
        except httpx.ConnectError:
            raise  # nobody listens there: asking at once again is of no use
        except httpx.TransportError:
            if attempt == _GET_ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__


def _said(response: httpx.Response) -> str:
    """What a refusal says, without its HTML."""
    try:
        body: Any = response.json()
    except ValueError:
        return "" if "html" in response.headers.get("content-type", "") else response.text
    detail = body.get("detail", body) if is_mapping(body) else body
    if is_mapping(detail):
        detail = detail.get("error") or detail.get("message") or detail
    if is_sequence(detail):  # a validator of the app names the parameters that it refuses
        detail = "; ".join(_refusal(item) for item in detail if is_mapping(item) and not item.get("is_valid")) or detail
    return detail if isinstance(detail, str) else json.dumps(detail)


def _refusal(item: Mapping[str, Any]) -> str:
    return f"{item.get('parameter_name', '')} {item.get('message') or item.get('msg', '')}".strip()
