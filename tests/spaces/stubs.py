"""Real HTTP servers that say what a test wants: a Hub, a proxy before an app, an app that misbehaves."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from daggr_fn.gradio_http.hosts import TOKEN_HEADER


@dataclass
class Seen:
    """One request that a server got."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Server:
    """A server on localhost: `answers` maps the beginning of a path to a function of the handler."""

    answers: dict[str, Callable[[Handler], None]] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    url: str = ""

    def paths(self, method: str = "") -> list[str]:
        return [request.path.partition("?")[0] for request in self.seen if method in {"", request.method}]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    stub: Server
    body: bytes = b""

    def handle_any(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {key.lower(): value for key, value in self.headers.items()}
        self.stub.seen.append(Seen(self.command, self.path, headers, self.body))
        found = [start for start in self.stub.answers if self.path.startswith(start)]
        if found:
            self.stub.answers[max(found, key=len)](self)
        else:
            self.say(404, {"detail": "Not Found"})

    do_GET = do_POST = do_HEAD = handle_any  # noqa: N815  # the names that http.server wants

    def say(self, status: int, content: Any, headers: dict[str, str] | None = None) -> None:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for key, value in {
            "content-type": "application/json",
            "content-length": str(len(body)),
            **(headers or {}),
        }.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body)

    def hang_up(self) -> None:
        """End the connection without an answer."""
        self.close_connection = True
        self.connection.close()

    def events(self, *messages: dict[str, Any]) -> None:
        """Server-sent events, and the end of the stream."""
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        for message in messages:
            self.wfile.write(f"data: {json.dumps(message)}\n\n".encode())
            self.wfile.flush()
        self.close_connection = True

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@contextlib.contextmanager
def serving(answers: dict[str, Callable[[Handler], None]]) -> Iterator[Server]:
    stub = Server(answers)
    handler = type("StubHandler", (Handler,), {"stub": stub})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients that hang up are part of the tests
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        stub.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield stub
        finally:
            server.shutdown()
            thread.join()


@dataclass
class HubSpaceInfo:
    """What the Hub says of one Space; `stages` are said one after the other, the last one for ever."""

    host: str
    stages: list[str] = field(default_factory=lambda: ["RUNNING"])
    sha: str = "a" * 40
    private: bool = False
    sdk: str = "gradio"


def hub_answers(spaces: dict[str, HubSpaceInfo], token: str = "hf_right") -> dict[str, Callable[[Handler], None]]:
    """The Hub's routes that concern Spaces."""

    def answer(request: Handler) -> None:
        name = request.path.partition("?")[0].removeprefix("/api/spaces").strip("/")
        if not name:
            request.say(200, [{"id": found} for found in spaces])
            return
        space = spaces.get(name)
        if space is None or (space.private and request.headers.get("authorization") != f"Bearer {token}"):
            request.say(404, {"error": "Repository not found"}, {"X-Error-Code": "RepoNotFound"})
            return
        stage = space.stages.pop(0) if len(space.stages) > 1 else space.stages[0]
        request.say(200, {
            "id": name, "sha": space.sha, "host": space.host, "subdomain": name.replace("/", "-").lower(),
            "private": space.private, "sdk": space.sdk, "runtime": {"stage": stage, "hardware": {}},
        })  # fmt: skip

    return {"/api/spaces": answer}


def proxy_to(url: str, token: str | None = None) -> Callable[[Handler], None]:
    """Passes requests on to an app, and its events back as they come; refuses who has not the token."""

    def answer(request: Handler) -> None:
        if token is not None and request.headers.get(TOKEN_HEADER) != f"Bearer {token}":
            request.say(401, {"error": "Sorry, you need a token"})
            return
        headers = {
            key: value for key, value in request.headers.items() if key.lower() not in {"host", "content-length"}
        }
        asked = httpx.stream(request.command, url + request.path, content=request.body, headers=headers, timeout=60)
        with asked as response:
            request.send_response(response.status_code)
            request.send_header("content-type", response.headers.get("content-type", ""))
            request.send_header("connection", "close")
            request.end_headers()
            for chunk in response.iter_raw():
                request.wfile.write(chunk)
                request.wfile.flush()
        request.close_connection = True

    return answer


CONFIG: dict[str, Any] = {
    "version": "6.31.0",
    "protocol": "sse_v3",
    "api_prefix": "/gradio_api",
    "components": [
        {"id": 1, "type": "number", "props": {}, "skip_api": False},
        {"id": 2, "type": "textbox", "props": {}, "skip_api": False},
    ],
    "dependencies": [{"id": 0, "api_name": "work", "inputs": [1], "outputs": [2]}],
}


def parameter(name: str, kind: str = "number", *, default: Any = None) -> dict[str, Any]:
    return {
        "parameter_name": name,
        "label": name,
        "parameter_has_default": default is not None,
        "parameter_default": default,
        "type": {"type": kind},
    }


INFO: dict[str, Any] = {
    "named_endpoints": {
        "/work": {"parameters": [parameter("amount")], "returns": [{"label": "Said", "type": {"type": "string"}}]}
    }
}


def app_answers(**changes: Callable[[Handler], None]) -> dict[str, Callable[[Handler], None]]:
    """An app with one endpoint `/work(amount)`, which says "done"; any of its routes may be replaced."""
    done = {"msg": "process_completed", "event_id": "e1", "success": True, "output": {"data": ["done"]}}
    routes: dict[str, Callable[[Handler], None]] = {
        "config": lambda request: request.say(200, CONFIG),
        "info": lambda request: request.say(200, INFO),
        "call": lambda request: request.say(200, {"event_id": "e1"}),
        "data": lambda request: request.events(done, {"msg": "close_stream"}),
        "cancel": lambda request: request.say(200, {"success": True}),
        **changes,
    }
    paths = {
        "config": "/config",
        "info": "/gradio_api/info",
        "call": "/gradio_api/call/work",
        "data": "/gradio_api/queue/data",
        "cancel": "/gradio_api/cancel",
    }
    return {paths[name]: answer for name, answer in routes.items()}
