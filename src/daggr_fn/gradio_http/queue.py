"""One call of an app's endpoint through its queue: join, listen to the events until the result, cancel.

The call is joined with `POST /call/{endpoint}` (found by name, so that an app which was restarted with other functions
can't be asked for the wrong one) and listened to with `GET /queue/data` (events; `gradio/server_messages.py` lists
them). Each call has a session of its own: a `gr.State` starts anew, so the same request has the same answer.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import anyio

from daggr_fn.gradio_http.connection import SILENCE_SECONDS, expect_success, json_of, sorted_errors, timeouts
from daggr_fn.gradio_http.errors import SpaceConnectionLostError, SpaceProtocolError, app_error
from daggr_fn.gradio_http.json_types import is_mapping

if TYPE_CHECKING:
    import httpx

    from daggr_fn.gradio_http.description import Endpoint
    from daggr_fn.gradio_http.remote import Known

_LISTEN_ATTEMPTS = 3
_CANCEL_SECONDS = 3.0
_GOODBYE_SECONDS = 1.0

Progress = Callable[[float | None, str], None]
Message = Mapping[str, Any]


@dataclass(frozen=True)
class Listener:
    """Who hears what an app says while it works."""

    progress: Progress
    partial: Callable[[list[Any]], None] | None = None


@dataclass
class Submission:
    """One call that an app has taken on, and what is needed to listen to it and to cancel it."""

    client: httpx.AsyncClient
    known: Known
    endpoint: Endpoint
    session: str
    event: str
    over: bool = False

    @property
    def root(self) -> str:
        return api_root(self.known)

    async def result(self, listener: Listener) -> list[Any]:
        """The values that the app sends, states included. Cancels the app's work when it is not waited for any more.

        Raises:
            SpaceError: The app failed, or the connection did.
        """
        try:
            return await self._listen(listener)
        finally:
            if not self.over:
                await self.cancel()

    async def cancel(self) -> None:
        """Tell the app that nobody waits any more; also when this task itself is being cancelled."""
        import httpx

        self.over = True
        body = {"session_hash": self.session, "fn_index": self.endpoint.fn_index, "event_id": self.event}
        with anyio.move_on_after(_CANCEL_SECONDS, shield=True):
            try:
                await self.client.post(self.root + "cancel", json=body)
            except httpx.HTTPError:
                return  # an app that can't be reached can't be told; the error that led here is the one to report

    async def _listen(self, listener: Listener) -> list[Any]:
        space, name = self.known.address.space, self.endpoint.name
        with sorted_errors(space, name):
            response = await self._open_stream()
            try:
                async with aclosing(_messages(response)) as messages:
                    async for message in messages:
                        if message.get("event_id") in {None, self.event}:
                            done = self._hear(message, listener)
                            if done is not None:
                                self.over = True
                                await _read_to_end(messages)
                                return done
            finally:
                await response.aclose()
        raise SpaceConnectionLostError(f"{space} {name} ended its events without a result", space=space, endpoint=name)

    async def _open_stream(self) -> httpx.Response:
        """Open the stream of events. Asked again when no connection is made: the app keeps the events until then."""
        import httpx

        request = self.client.build_request(
            "GET",
            self.root + "queue/data",
            params={"session_hash": self.session},
            timeout=timeouts(read=SILENCE_SECONDS),
        )
        for attempt in range(1, _LISTEN_ATTEMPTS):
            try:
                response = await self.client.send(request, stream=True)
                break
            except httpx.ConnectError:
                await anyio.sleep(0.2 * attempt)
        else:
            response = await self.client.send(request, stream=True)
        if not response.is_success:
            await response.aread()
        expect_success(response, self.known.address.space, self.endpoint.name)
        return response

    def _hear(self, message: Message, listener: Listener) -> list[Any] | None:
        """Pass a message on; the values when it was the last one."""
        kind = message.get("msg")
        if kind == "process_completed":
            return self._completed(message)
        if kind == "process_generating" and listener.partial is not None and message.get("success", True):
            listener.partial(list(message.get("output", {}).get("data") or []))
        elif kind in {"unexpected_error", "Server stopped unexpectedly."}:
            said = str(message.get("message") or kind)
            space, name = self.known.address.space, self.endpoint.name
            raise SpaceConnectionLostError(f"{space} {name} stopped: {said}", space=space, endpoint=name)
        else:
            told = progress_of(message)
            if told is not None:
                listener.progress(*told)
        return None

    def _completed(self, message: Message) -> list[Any]:
        self.over = True
        output: Mapping[str, Any] = message.get("output") or {}
        space, name = self.known.address.space, self.endpoint.name
        if not message.get("success", True):
            title = str(output.get("title") or message.get("title") or "")
            raise app_error(output.get("error"), title, space=space, endpoint=name)
        if "data" not in output:
            raise SpaceConnectionLostError(f"{space} {name} was cancelled by the app", space=space, endpoint=name)
        return list(output["data"])


def api_root(known: Known) -> str:
    """The address that the routes of an app's API hang on, ending in a slash."""
    prefix = known.description.api_prefix.strip("/")
    return known.address.url + (f"{prefix}/" if prefix else "")


async def submit(client: httpx.AsyncClient, known: Known, endpoint: Endpoint, data: list[Any]) -> Submission:
    """Join the queue of an endpoint.

    A join is sent once: when its fate is unknown nobody may send it again. When this task is cancelled meanwhile, the
    answer is still waited for, for a moment, so that the app can be told.

    Raises:
        SpaceUnreachableError: Nothing was sent.
        SpaceError: The app does not take the call.
    """
    session = secrets.token_hex(12)
    body = json.dumps({"data": data, "session_hash": session}, allow_nan=False)
    sending = asyncio.ensure_future(
        client.post(f"{api_root(known)}call{endpoint.name}", content=body, headers={"content-type": "application/json"})
    )
    space = known.address.space
    try:
        with sorted_errors(space, endpoint.name):
            response = await asyncio.shield(sending)
    except asyncio.CancelledError:
        await _take_back(sending, client, known, endpoint, session)
        raise
    expect_success(response, space, endpoint.name)
    event = json_of(response, space).get("event_id")
    if not isinstance(event, str):
        raise SpaceProtocolError(
            f"{space} {endpoint.name} took the call without an id for it", space=space, endpoint=endpoint.name
        )
    return Submission(client, known, endpoint, session, event)


async def _take_back(
    sending: asyncio.Future[httpx.Response], client: httpx.AsyncClient, known: Known, endpoint: Endpoint, session: str
) -> None:
    """Cancel a join that is on its way."""
    with anyio.move_on_after(_CANCEL_SECONDS, shield=True):
        await asyncio.wait([sending])
    if not sending.done():
        sending.cancel()
        return
    if sending.cancelled() or sending.exception() is not None or not sending.result().is_success:
        return
    event = sending.result().json().get("event_id")
    await Submission(client, known, endpoint, session, str(event)).cancel()


async def _messages(response: httpx.Response) -> AsyncGenerator[Message, None]:
    async for line in response.aiter_lines():
        if line.startswith("data:"):
            message = json.loads(line[5:])
            if is_mapping(message):
                yield message


async def _read_to_end(messages: AsyncIterator[Message]) -> None:
    """Let the app say goodbye, so that the connection can be used again."""
    with anyio.move_on_after(_GOODBYE_SECONDS):
        async for _ in messages:
            pass


def progress_of(message: Message) -> tuple[float | None, str] | None:
    """How far a call is, from one message: a fraction or `None`, and a text; `None` when it tells nothing."""
    match message.get("msg"):
        case "estimation":
            return None, _place_in_queue(message)
        case "process_starts":
            eta = message.get("eta")
            return None, f"Running, about {eta:.0f} s" if isinstance(eta, (int, float)) and eta >= 1 else "Running"
        case "log":
            return None, str(message.get("log") or "")
        case "progress":
            told: Sequence[Any] = message.get("progress_data") or ()
            units = [unit for unit in told if is_mapping(unit)]
            return _fraction_of(units), _text_of(units)
        case _:
            return None


def _place_in_queue(message: Message) -> str:
    rank, size, eta = message.get("rank"), message.get("queue_size"), message.get("rank_eta")
    if rank is None:
        return "Queued"
    place = f"Queue {int(rank) + 1} of {max(int(size or 0), int(rank) + 1)}"
    return f"{place}, about {eta:.0f} s" if isinstance(eta, (int, float)) and eta >= 1 else place


def _fraction_of(units: list[Message]) -> float | None:
    """The outermost of nested progress bars, moved on by what the inner ones have done of its current unit."""
    if not units:
        return None
    unit = units[0]
    fraction, index, length = unit.get("progress"), unit.get("index"), unit.get("length")
    if fraction is None and index is not None and length:
        inner = _fraction_of(units[1:]) or 0.0
        fraction = (float(index) + inner) / float(length)
    return None if fraction is None else min(1.0, max(0.0, float(fraction)))


def _text_of(units: list[Message]) -> str:
    words = [str(unit["desc"]) for unit in units if unit.get("desc")]
    if words:
        return ", ".join(words)
    counted = [
        f"{unit['index']}/{unit['length']}" for unit in units if unit.get("length") and unit.get("index") is not None
    ]
    return ", ".join(counted)
