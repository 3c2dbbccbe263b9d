"""What comes in over a socket may be large, malformed or made up: it is refused without harm."""

from __future__ import annotations

import json

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from tests.server.pages import presses, shout
from tests.server.wire import page_of, press_of, socket


@pytest.fixture
def page(serve):
    """The address of a server, a page on it that goes on, and its event."""
    url = serve(shout).url
    client_id, answer = page_of(url)
    press = {"client_id": client_id, **press_of(answer.text)}
    with socket(url, client_id) as own:
        own.until("40")
        yield url, own, press


def still_works(url, own, press):
    before = presses[0]["times"]
    own.asks("event", press)
    assert presses[0]["times"] == before + 1
    assert httpx.get(url + "api/schema").status_code == 200


@pytest.mark.parametrize("size", [1_100_000, 30_000_000])
def test_a_message_of_more_than_a_megabyte_ends_its_own_connection_only(page, size):
    url, own, press = page
    other, _ = page_of(url)
    with socket(url, other) as sender:
        sender.until("40")
        with pytest.raises(ConnectionClosed):
            sender.floods(json.dumps(["event", "x" * size]))
    still_works(url, own, press)


def test_a_large_message_by_polling_is_refused(page, client):
    url, own, press = page
    address = url + "_nicegui_ws/socket.io/?EIO=4&transport=polling"
    sid = json.loads(client.get(address).text[1:])["sid"]
    answer = client.post(f"{address}&sid={sid}", content="4" + "x" * 2_000_000)
    assert answer.status_code >= 400
    still_works(url, own, press)


@pytest.mark.parametrize(
    "message",
    [
        None,
        [],
        "text",
        7,
        {},
        {"client_id": None},
        {"client_id": ["x"], "id": 4, "listener_id": "x", "args": []},
        {"id": 4, "listener_id": "x", "args": []},
        {"client_id": "CLIENT", "id": "4", "listener_id": "x", "args": []},
        {"client_id": "CLIENT", "id": 4, "listener_id": "made-up", "args": []},
        {"client_id": "CLIENT", "id": 999_999, "listener_id": "x", "args": []},
        {"client_id": "CLIENT", "id": 4, "listener_id": "x", "args": {"0": 1}},
        {"client_id": "CLIENT", "id": 4, "listener_id": "x", "args": ["{not json"]},
        {"client_id": "CLIENT", "id": 4, "listener_id": "x", "args": [7, {}, None]},
        {"client_id": "made-up", "id": 4, "listener_id": "x", "args": []},
    ],
    ids=str,
)
@pytest.mark.parametrize("name", ["event", "handshake", "javascript_response", "ack", "log", "unknown"])
def test_a_malformed_message_does_nothing(page, name, message):
    url, own, press = page
    if isinstance(message, dict) and message.get("client_id") == "CLIENT":
        message = {**message, "client_id": press["client_id"]}
    own.say(name, message)
    own.say(name)
    own.say(name, message, message)
    still_works(url, own, press)


@pytest.mark.parametrize(
    "frame", ["", "9", "4", "42", "42[", "42{}", "42[]", "42[7,{}]", "45-1[]", '451-["event"]', "41", "6", b"\x00\xff"]
)
def test_a_frame_that_is_no_message_ends_its_own_connection_at_most(page, frame):
    url, own, press = page
    other, _ = page_of(url)
    with socket(url, other) as sender:
        sender.until("40")
        sender.raw(frame)
    still_works(url, own, press)


def test_deep_json_does_nothing(page):
    url, own, press = page
    other, _ = page_of(url)
    with socket(url, other) as sender:
        sender.until("40")
        sender.raw('42["event",' + "[" * 100_000 + "]" * 100_000 + "]")
    still_works(url, own, press)


def test_a_lost_or_forged_page_id_is_refused(page):
    url, own, press = page
    with socket(url, "00000000-0000-4000-8000-000000000000") as stranger:
        assert stranger.until("40", "44").startswith("44")
    with socket(url, None, implicit_handshake="true") as stranger:
        assert stranger.until("40", "44").startswith("44")
    with socket(url) as stranger:  # a socket of no page, which then names one that is taken
        stranger.until("40")
        told = {"client_id": press["client_id"], "tab_id": "mine", "document_id": "mine"}
        assert stranger.asks("handshake", told) == [False]
    still_works(url, own, press)


def test_the_socket_of_another_server_of_this_process_gets_no_page(serve, page):
    url, own, press = page
    elsewhere = serve(shout).url
    with socket(elsewhere, press["client_id"]) as stranger:
        assert stranger.until("40", "44").startswith("44")
    still_works(url, own, press)
