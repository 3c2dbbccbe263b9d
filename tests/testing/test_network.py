"""Where the network is forbidden, this machine is reached and no other, and the error names the host."""

from __future__ import annotations

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from daggr_fn import StepFailed, model, node, pipeline, space
from daggr_fn.inference.errors import ModelError
from daggr_fn.testing.network import NetworkForbiddenError, is_local


@pytest.fixture
def server():
    class Server(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        yield serving.server_port
        serving.shutdown()
        thread.join()


@pytest.mark.no_network
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_this_machine_is_reached(server, host):
    assert httpx.get(f"http://{host}:{server}", trust_env=False).status_code == 204


@pytest.mark.no_network
def test_another_host_is_named_in_the_error():
    with pytest.raises(NetworkForbiddenError, match=r"no network: example\.org, port 443 was asked for"):
        httpx.get("https://example.org", trust_env=False)


@pytest.mark.no_network
def test_an_address_without_a_name_is_refused_too():
    with socket.socket() as plain, pytest.raises(NetworkForbiddenError, match=r"192\.0\.2\.1, port 80"):
        plain.connect(("192.0.2.1", 80))
    with socket.socket(type=socket.SOCK_DGRAM) as plain, pytest.raises(NetworkForbiddenError, match=r"192\.0\.2\.1"):
        plain.sendto(b"?", ("192.0.2.1", 53))


@pytest.mark.no_network
def test_a_node_is_stopped_in_its_worker_thread():
    @node
    def fetch() -> int:
        return httpx.get("https://example.org", trust_env=False).status_code

    @pipeline
    def p():
        return fetch()

    with pytest.raises(StepFailed, match=r"NetworkForbiddenError: no network: example\.org"):
        p()


@pytest.mark.no_network
@pytest.mark.parametrize("remote", [space("https://example.org", "/draw"), model("nobody/never-asked")])
def test_a_space_or_model_that_nobody_fakes_is_named(remote, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with pytest.raises((NetworkForbiddenError, ModelError), match=r"no network: (example\.org|huggingface\.co)"):
        remote(prompt="hi")


@pytest.mark.parametrize(
    "host",
    [
        None,
        "",
        "localhost",
        "LOCALHOST.",
        "app.localhost",
        "127.3.2.1",
        "::1",
        "::ffff:127.0.0.1",
        "0.0.0.0",
        b"localhost",
    ],
)
def test_names_and_addresses_of_this_machine_are_local(host):
    assert is_local(host)


@pytest.mark.parametrize(
    "host", ["example.org", "localhost.example.org", "192.168.0.1", "fe80::1%eth0", b"example.org"]
)
def test_names_and_addresses_of_others_are_not(host):
    assert not is_local(host)
