"""An HTTP server that fails one call in five, hangs one in twenty and drops one connection in fifteen."""

from __future__ import annotations

import collections
import contextlib
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class FlakyServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/"
        self.done: collections.Counter[str] = collections.Counter()
        self.asked = 0
        self.released = threading.Event()
        self.lock = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    server: FlakyServer

    def do_POST(self) -> None:
        server = self.server
        with server.lock:
            server.asked += 1
            number = server.asked
        if number % 5 == 0:
            self.send_error(503)
        elif number % 20 == 7:
            server.released.wait(60)
            self.close_connection = True
        elif number % 15 == 4:
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
        else:
            with server.lock:
                server.done[self.path] += 1
            self.send_response(200)
            self.end_headers()
            self.wfile.write(str(int(self.path[1:]) * 2).encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name that http.server gives it
        """Say nothing."""

    def handle(self) -> None:
        with contextlib.suppress(OSError):  # one of the two sides has closed the connection
            super().handle()


@contextlib.contextmanager
def flaky_server() -> Iterator[FlakyServer]:
    with FlakyServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.released.set()
            server.shutdown()
            thread.join()
