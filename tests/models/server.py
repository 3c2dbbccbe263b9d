"""A server on localhost that speaks as the Hub, Hugging Face's router and the providers' own hosts do.

The host that a request was meant for is in its `x-orig-host` header (see `redirect`).
"""

from __future__ import annotations

import contextlib
import copy
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.models.answers import ANSWERS, FLAC, MP4, body_of, picture, text_of
from tests.models.hub import CHATS, OTHERS, Model, at_hf_inference


@dataclass
class Seen:
    """A request that came in."""

    method: str
    host: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Reply:
    """What is sent back; a stream is a list of its pieces, and `cut` breaks the connection after them."""

    body: bytes | list[bytes] = b""
    status: int = 200
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False


def as_json(said: Any, status: int = 200, **headers: str) -> Reply:
    return Reply(json.dumps(said).encode(), status, headers={k.replace("_", "-"): v for k, v in headers.items()})


class Providers:
    """What the server knows, what it was asked, and how it is told to fail.

    Attributes:
        fails: By the model's id: what is sent in place of its answer.
        says: The pieces of text that a chat answers with.
        files: What lies at paths of this server: content and type.
        held: While it is clear, answers of models wait for it.
        began: Set when a chat's first piece of text is out.
        finish: While it is clear, streams don't end.
    """

    def __init__(self) -> None:
        known = [*CHATS, *OTHERS, *(at_hf_inference(task) for task in (*ANSWERS, "tabular-regression"))]
        self.models: dict[str, Model] = {model.id: copy.deepcopy(model) for model in known}
        self.fails: dict[str, Reply] = {}
        self.says = ["Hel", "lo", "!"]
        self.chat: Callable[[Seen], Reply] = self.chat_stream
        self.held = threading.Event()
        self.held.set()
        self.began = threading.Event()
        self.finish = threading.Event()
        self.finish.set()
        self.requests: list[Seen] = []
        self.files: dict[str, tuple[bytes, str]] = {}
        self.url = ""

    def asked(self, what: str = "") -> list[Seen]:
        """The requests whose host and path hold a text."""
        return [seen for seen in self.requests if what in seen.host + seen.path]

    def answer(self, seen: Seen) -> Reply:
        self.requests.append(seen)
        path = urlsplit(seen.path)
        if path.path.startswith("/api/"):
            return self.hub(path.path, parse_qs(path.query))
        if path.path in self.files:
            body, content_type = self.files[path.path]
            return Reply(body, content_type=content_type)
        self.held.wait(30)
        for model, reply in self.fails.items():
            if model in seen.path or model.encode() in seen.body:
                return reply
        if path.path.endswith("/chat/completions"):
            return self.chat(seen)
        if "/hf-inference/models/" in path.path or seen.host == "":
            return self.hf_inference(path.path)
        if "/fal-ai/" in path.path and seen.host == ROUTER:
            return FAL[path.path.partition("/at-fal-ai/")[2]]
        return PROVIDERS[f"{seen.host}{path.path}".partition("/at-")[0]]

    def hub(self, path: str, query: dict[str, list[str]]) -> Reply:
        name = path.removeprefix("/api/models").strip("/")
        if not path.startswith("/api/models"):
            return as_json({})
        if not name:
            found = [m for m in self.models if m.startswith(query.get("author", [""])[0])]
            return as_json([{"id": m} for m in found if query.get("search", [""])[0] in m])
        if "hub" in self.fails:
            return self.fails["hub"]
        if name not in self.models:
            return as_json({"error": "Repository not found"}, 404, X_Error_Code="RepoNotFound")
        return as_json(self.models[name].to_json())

    def hf_inference(self, path: str) -> Reply:
        task = path.partition("/models/models/")[2].partition("/")[0]
        if task == "tabular-regression":
            return as_json([1.5, 2.5])
        body, content_type = body_of(task)
        return Reply(body, content_type=content_type)

    def chat_stream(self, seen: Seen) -> Reply:
        return Reply([*(delta({"content": piece}) for piece in self.says), delta({}, "stop"), b"data: [DONE]\n\n"])


def delta(said: dict[str, Any], finish: str | None = None) -> bytes:
    """One event of a chat's stream, as OpenAI's API has it."""
    choice = {"index": 0, "delta": {"role": "assistant", **said}, "finish_reason": finish}
    text = json.dumps({"id": "1", "object": "chat.completion.chunk", "choices": [choice]})
    return f"data: {text}\n\n".encode()


ROUTER = "router.huggingface.co"
PROVIDERS = {
    f"{ROUTER}/together/v1/completions": as_json({"choices": [{"text": "the end", "finish_reason": "stop"}]}),
    f"{ROUTER}/together/v1/images/generations": as_json({"data": [{"b64_json": text_of(picture())}]}),
    f"{ROUTER}/replicate/v1/models": as_json({"output": "https://replicate.delivery/x/out.webp"}),
    f"{ROUTER}/novita/v3/hf": as_json({"video": {"video_url": "https://fal.media/film"}}),
    "replicate.delivery/x/out.webp": Reply(picture("WEBP"), content_type="image/webp"),
    "fal.media/speech": Reply(FLAC, content_type="audio/flac"),
    "fal.media/film": Reply(MP4, content_type="video/mp4"),
    "fal.media/picture": Reply(picture("JPEG"), content_type="image/jpeg"),
}


class Handler(BaseHTTPRequestHandler):
    """Answers with what `providers` says; each server has a class with its own."""

    protocol_version = "HTTP/1.1"
    providers: Providers

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.send(self.providers.answer(Seen(self.command, headers.get("x-orig-host", ""), self.path, headers, body)))

    do_POST = do_GET  # noqa: N815  # http.server's name

    def send(self, reply: Reply) -> None:
        pieces = reply.body if isinstance(reply.body, list) else None
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type if pieces is None else "text/event-stream")
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if pieces is None:
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(bytes(reply.body))
        else:
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.send_pieces(pieces, cut=reply.cut)

    def send_pieces(self, pieces: list[bytes], *, cut: bool) -> None:
        for piece in pieces:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.flush()
            self.providers.began.set()
        if cut:
            self.close_connection = True
        else:
            self.providers.finish.wait(30)
            self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *args: object) -> None:
        pass


JOB = as_json(
    {"request_id": "1", "status": "IN_QUEUE", "response_url": "https://queue.fal.run/at-fal-ai/job/requests/1"}
)
FAL = {
    "artists/queued": JOB,
    "films/still": JOB,
    "job/requests/1/status": as_json({"status": "COMPLETED"}),
    "job/requests/1": as_json(
        {"images": [{"url": "https://fal.media/picture"}], "video": {"url": "https://fal.media/film"}}
    ),
    "speakers/parrot": as_json({"audio": {"url": "https://fal.media/speech"}}),
    "speakers/ear": as_json({"text": "hello"}),
}


class Server(ThreadingHTTPServer):
    request_queue_size = 128  # many calls begin at once

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is what some tests are about; whatever else goes wrong shows there."""


@contextlib.contextmanager
def running(providers: Providers) -> Iterator[Providers]:
    """The server, and its address in `providers.url`."""
    handler = type("ItsHandler", (Handler,), {"providers": providers})
    with Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        providers.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield providers
        finally:
            providers.held.set()
            providers.finish.set()
            server.shutdown()
            thread.join()
