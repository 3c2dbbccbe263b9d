"""A Hub on localhost that knows a few Spaces by name, each a Gradio app in a process of its own.

python -m tests.docs.local_spaces MODULE      serves `MODULE.app` until its input ends, and says its URL
"""

from __future__ import annotations

import contextlib
import importlib
import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parents[2]

# The Spaces that the README and the docs use, and the modules whose `app` answers for them.
STAND_INS = {
    "hf-applications/Z-Image-Turbo": "examples.apps.draw",
    "hf-applications/background-removal": "examples.apps.cut_out",
}


@contextlib.contextmanager
def running_apps() -> Iterator[dict[str, str]]:
    """The stand-ins' URLs by the names of the Spaces."""
    with contextlib.ExitStack() as opened:
        servers = {name: opened.enter_context(serving(module)) for name, module in STAND_INS.items()}
        yield {name: first_line(server) for name, server in servers.items()}


def serving(module: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.docs.local_spaces", module]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def first_line(server: subprocess.Popen[str]) -> str:
    assert server.stdout is not None
    line = server.stdout.readline().strip()
    assert line, f"{server.args} ended without a URL"
    return line


def serve(module: str) -> None:
    app = importlib.import_module(module).app
    _, url, _ = app.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True)
    sys.stdout.write(url.rstrip("/") + "\n")
    sys.stdout.flush()
    sys.stdin.read()
    app.close(verbose=False)


@contextlib.contextmanager
def running_hub(urls: Mapping[str, str]) -> Iterator[str]:
    """The URL of a Hub that knows these Spaces: what `HF_ENDPOINT` is set to."""

    class Hub(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0].removeprefix("/api/spaces").strip("/")
            if not path:
                self.answer(200, [{"id": name} for name in urls])
            elif path in urls:
                self.answer(200, space_info(path, urls[path]))
            else:
                self.answer(404, {"error": "Repository not found"})

        def answer(self, status: int, said: object) -> None:
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if status == 404:
                self.send_header("X-Error-Code", "RepoNotFound")  # what huggingface_hub tells the 404s apart by
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


if __name__ == "__main__":
    serve(sys.argv[1])
