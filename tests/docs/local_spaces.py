"""A Hub on localhost that knows a few Spaces by name, each a Gradio app in this process."""

from __future__ import annotations

import contextlib
import importlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# The Spaces that the README and the docs use, and the modules whose `app` answers for them.
STAND_INS = {
    "hf-applications/Z-Image-Turbo": "examples.apps.draw",
    "hf-applications/background-removal": "examples.apps.cut_out",
}


@contextlib.contextmanager
def running_apps() -> Iterator[dict[str, str]]:
    """The stand-ins' URLs by the names of the Spaces."""
    with contextlib.ExitStack() as opened:
        urls = {}
        for name, module in STAND_INS.items():
            app = importlib.import_module(module).app
            _, url, _ = app.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True)
            opened.callback(app.close, verbose=False)
            urls[name] = url.rstrip("/")
        yield urls


@contextlib.contextmanager
def running_hub(urls: Mapping[str, str]) -> Iterator[str]:
    """The URL of a Hub that knows these Spaces: what `HF_ENDPOINT` is set to."""

    class Hub(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.partition("?")[0].removeprefix("/api/spaces/")
            known = name in urls
            body = json.dumps(space_info(name, urls[name]) if known else {"error": "Repository not found"}).encode()
            self.send_response(200 if known else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Hub) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def space_info(name: str, url: str) -> dict[str, object]:
    """What the Hub says of a Space that runs."""
    return {
        "id": name,
        "sha": "0" * 40,
        "host": url,
        "subdomain": name.replace("/", "-").lower(),
        "private": False,
        "sdk": "gradio",
        "runtime": {"stage": "RUNNING", "hardware": {"current": "cpu-basic", "requested": "cpu-basic"}},
    }
