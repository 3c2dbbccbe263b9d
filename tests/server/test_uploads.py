"""Files come in over HTTP: limited while they come, for a sheet of the sender's own, and handed over once."""

from __future__ import annotations

import contextlib
import hashlib

import httpx
import pytest

from daggr_fn.files import is_kept
from tests.server.pages import contexts, shout


@pytest.fixture
def place(serve, store, monkeypatch):
    """Sends uploads to a sheet of ada's on a server that takes 100 kB."""
    monkeypatch.setenv("DAGGR_FN_MAX_UPLOAD", "100kB")
    url = serve(shout, users=lambda request: request.headers.get("x-user")).url
    sheet = store.make_sheet("ada", "shout", "Sheet").id
    httpx.get(url, headers={"x-user": "ada"})

    def send(content, name="cat.png", user="ada", to=sheet, **headers):
        address = f"{url}uploads/{to}"
        return httpx.post(address, params={"name": name}, content=content, headers={"x-user": user, **headers})

    send.sheet, send.url = sheet, url
    return send


def test_a_file_comes_in_whole_and_is_handed_over_once(place):
    data = bytes(range(256)) * 300
    answer = place(data).json()
    assert (answer["name"], answer["size"]) == ("cat.png", len(data))
    context = contexts[0]
    path = context.uploaded(answer["id"], place.sheet)
    assert path.read_bytes() == data
    assert path.name == "cat.png"
    assert is_kept(path)
    assert path.parent.name == hashlib.sha256(data).hexdigest()
    with pytest.raises(LookupError, match="was used"):
        context.uploaded(answer["id"], place.sheet)


def test_an_upload_is_its_senders_and_its_sheets_own(place):
    number = place(b"x").json()["id"]
    context = contexts[0]
    httpx.get(place.url, headers={"x-user": "eve"})
    for wrong, sheet in ((contexts[1], place.sheet), (context, "other"), (context, "")):
        with pytest.raises(LookupError, match="not yours"):
            wrong.uploaded(number, sheet)
    with pytest.raises(LookupError):
        context.uploaded("made-up", place.sheet)
    assert context.uploaded(number, place.sheet).read_bytes() == b"x"


def test_a_sheet_of_somebody_else_takes_nothing(place, home):
    for user, sheet in (("eve", place.sheet), ("ada", "made-up")):
        assert place(b"x", user=user, to=sheet).status_code == 404
    assert not (home / "files").exists()


def test_a_file_that_says_that_it_is_too_large_is_refused_at_once(place):
    answer = place(b"x" * 102_401)
    assert answer.status_code == 413
    assert "102,400 bytes (DAGGR_FN_MAX_UPLOAD)" in answer.json()["error"]["message"]
    assert place(b"x" * 102_400).status_code == 200


def test_a_file_that_does_not_say_so_is_cut_off(place, home):
    sent = []

    def endless():
        while len(sent) < 10_000:
            sent.append(1)
            yield b"x" * 1000

    with contextlib.suppress(httpx.WriteError):  # the server hung up before all was sent, which is as good
        assert place(endless()).status_code == 413
    assert list((home / "uploads").iterdir()) == []
    assert not (home / "files").exists()


def test_a_file_whose_sender_hangs_up_leaves_nothing(place, home):
    def broken():
        yield b"x" * 1000
        raise RuntimeError("the cable")

    with pytest.raises(RuntimeError, match="the cable"):
        place(broken())
    assert place(b"y").status_code == 200
    assert list((home / "uploads").iterdir()) == []


def test_a_day_has_a_quota_for_each_user(place, store):
    answers = [place(bytes([number]) * 102_400).status_code for number in range(11)]
    assert answers == [200] * 10 + [429]
    eves = store.make_sheet("eve", "shout", "Sheet").id
    assert place(b"x", user="eve", to=eves).status_code == 200


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../evil.txt", "evil.txt"),
        ("C:\\windows\\evil.exe", "evil.exe"),
        ("/etc/passwd", "passwd"),
        ("..", "file"),
        ("", "file"),
        ("a\x00b\nc.txt", "a_b_c.txt"),
        ("käse <1>.png", "käse _1_.png"),
        ("x" * 300 + ".png", "x" * 80 + ".png"),
        (".bashrc", "bashrc"),
    ],
)
def test_a_name_becomes_a_plain_one(place, name, kept):
    assert place(b"x", name=name).json()["name"] == kept


def test_a_content_length_that_is_no_number_does_no_harm(place):
    import socket
    from urllib.parse import urlsplit

    parts = urlsplit(place.url)
    for length in ("-5", "abc", "1e3", "٣"):
        with socket.create_connection((parts.hostname, parts.port), timeout=10) as sock:
            head = f"POST /uploads/{place.sheet} HTTP/1.1\r\nHost: {parts.netloc}\r\nX-User: ada\r\n"
            sock.sendall(f"{head}Content-Length: {length}\r\n\r\nx".encode())
            assert b" 400 " in sock.recv(1000).partition(b"\r\n")[0]
    assert place(b"x").status_code == 200
