"""Pages of other sites, and names that are made to lead here, get nothing."""

from __future__ import annotations

import pytest
from websockets.exceptions import InvalidStatus

from tests.server.pages import shout
from tests.server.wire import page_of, socket

EVIL = "https://evil.example"


@pytest.fixture
def url(serve):
    return serve(shout).url


def port_of(url):
    return url.rstrip("/").rpartition(":")[2]


@pytest.mark.parametrize("name", ["evil.example", "evil.example:7860", "127.0.0.1.evil.example", "localhost.evil", ""])
@pytest.mark.parametrize("path", ["", "api/schema", "files/x", "_nicegui_ws/socket.io/?EIO=4&transport=polling"])
def test_a_name_that_was_made_to_lead_here_is_refused(url, client, name, path):
    answer = client.get(url + path, headers={"host": name})
    assert answer.status_code == 403
    assert "allowed_hosts" in answer.json()["error"]["message"]


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST:1", "127.0.0.1:99", "[::1]:7860", "podcast.localhost"])
def test_the_names_of_this_machine_are_answered(url, client, name):
    assert client.get(url + "api/schema", headers={"host": name}).status_code == 200


def test_more_names_and_all_names_can_be_allowed(serve, client):
    named = serve(shout, allowed_hosts=["canvas.example"]).url
    assert client.get(named, headers={"host": "canvas.example"}).status_code == 200
    assert client.get(named, headers={"host": "other.example"}).status_code == 403
    everywhere = serve(shout, "0.0.0.0").url
    assert client.get(everywhere, headers={"host": "other.example"}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": EVIL},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"origin": "http://[::bad"},
        {"origin": ""},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
    ids=str,
)
def test_another_sites_page_can_neither_run_nor_upload_nor_read_a_socket(url, client, headers):
    assert client.post(url + "api/run", json={}, headers=headers).status_code == 403
    assert client.post(url + "uploads?name=x", content=b"x", headers=headers).status_code == 403
    polling = url + "_nicegui_ws/socket.io/?EIO=4&transport=polling"
    assert client.get(polling, headers=headers).status_code == 403
    assert client.post(polling, content="40", headers=headers).status_code == 403


def test_another_sites_page_gets_no_websocket(url):
    client_id, _ = page_of(url)
    with pytest.raises(InvalidStatus) as refused, socket(url, client_id, headers={"Origin": EVIL}):
        pass
    assert refused.value.response.status_code == 403
    with socket(url, client_id, headers={"Origin": url.rstrip("/")}) as own:
        own.until("40")


def test_no_answer_lets_another_site_read_it(url, client):
    for path in ("", "api/schema", "files/x"):
        headers = client.get(url + path, headers={"origin": EVIL}).headers
        assert not [name for name in headers if name.startswith("access-control")]
        assert headers["cross-origin-resource-policy"] == "same-origin"
    asked = {"origin": EVIL, "access-control-request-method": "POST"}
    answer = client.options(url + "api/run", headers=asked)
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_the_servers_own_pages_may(url, client):
    own = f"http://localhost:{port_of(url)}"
    headers = {"host": f"localhost:{port_of(url)}", "origin": own}
    assert client.post(url + "api/run", json={}, headers=headers).status_code == 200
    assert client.post(url + "api/run", json={}, headers={"sec-fetch-site": "same-origin"}).status_code == 200
    assert client.post(url + "api/run", json={}).status_code == 200  # a program


def test_a_proxys_name_is_the_servers_own(url, client):
    headers = {"origin": "https://canvas.example", "x-forwarded-host": "canvas.example"}
    assert client.post(url + "api/run", json={}, headers=headers).status_code == 200
    headers["origin"] = EVIL
    assert client.post(url + "api/run", json={}, headers=headers).status_code == 403


def test_another_origin_can_be_allowed(serve, client):
    url = serve(shout, allowed_origins=["https://portal.example/"]).url
    assert client.post(url + "api/run", json={}, headers={"origin": "https://portal.example"}).status_code == 200
    assert client.post(url + "api/run", json={}, headers={"origin": EVIL}).status_code == 403


def test_who_may_frame_the_page(serve, client, monkeypatch):
    def ancestors(**options):
        policy = client.get(serve(shout, **options).url).headers["content-security-policy"]
        return policy.partition("frame-ancestors ")[2]

    assert ancestors() == "'self'"
    assert ancestors(frame_ancestors="'self' https://wiki.example") == "'self' https://wiki.example"
    monkeypatch.setenv("SPACE_ID", "ada/podcast")
    assert "https://huggingface.co" in ancestors()


def test_the_page_says_what_it_may_load(url, client):
    headers = client.get(url).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "object-src 'none'" in policy
    assert "connect-src 'self' data: blob:;" in policy
