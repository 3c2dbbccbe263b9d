"""The user's token goes to Hugging Face and nowhere else."""

from __future__ import annotations

import httpx
import pytest

from daggr_fn.gradio_http import remote
from daggr_fn.gradio_http.errors import SpaceAuthError, SpaceNotFoundError
from daggr_fn.gradio_http.hosts import TOKEN_HEADER, Address, is_hugging_face
from daggr_fn.nodes.space import SpaceKind
from tests.spaces.stubs import HubSpaceInfo, app_answers, hub_answers, proxy_to, serving

TOKEN = "hf_right"


@pytest.fixture(autouse=True)
def signed_in(monkeypatch):
    monkeypatch.setenv("HF_TOKEN", TOKEN)


@pytest.mark.parametrize(
    "url",
    [
        "https://huggingface.co",
        "https://huggingface.co/spaces/me/app",
        "https://me-app.hf.space",
        "https://ME-APP.HF.SPACE/config",
        "https://router.huggingface.co/x",
        "https://me-app.hf.space:443/",
    ],
)
def test_hugging_face_is_recognised(url):
    assert is_hugging_face(url)
    assert Address.parse(url).user


@pytest.mark.parametrize(
    "url",
    [
        "http://huggingface.co",
        "http://me-app.hf.space",
        "https://evil-hf.space",
        "https://hf.space.evil.com",
        "https://hf.space",
        "https://huggingface.co.evil.com",
        "https://evilhuggingface.co",
        "https://huggingface.co@evil.com",
        "https://huggingface.co:x@evil.com/",
        "https://evil.com/huggingface.co",
        "https://evil.com#.hf.space",
        "https://evil.com?.hf.space",
        "https://me-app.hf.space:8443",
        "https://127.0.0.1",
        "https://hugg\u0131ngface.co",  # an i without its dot
        "ftp://huggingface.co",
    ],
)
def test_what_only_looks_like_hugging_face_is_not(url):
    assert not is_hugging_face(url)
    request = httpx.Request("GET", url, headers={TOKEN_HEADER: f"Bearer {TOKEN}"})
    Address.parse(url).sign(request)
    assert TOKEN_HEADER not in request.headers


def test_a_redirect_away_from_hugging_face_takes_no_token_along():
    address = Address.parse("https://me-app.hf.space")
    first = httpx.Request("GET", "https://me-app.hf.space/config")
    address.sign(first)
    assert first.headers[TOKEN_HEADER] == f"Bearer {TOKEN}"
    second = httpx.Request("GET", "https://elsewhere.example/config", headers=first.headers)
    address.sign(second)
    assert TOKEN_HEADER not in second.headers


def test_an_app_at_an_address_of_its_own_never_sees_the_token(ask):
    with serving(app_answers()) as app:
        ask(app.url, "/work", 1)
        assert SpaceKind(app.url, "/work").identity().user == ""
    assert len(app.seen) >= 4
    for request in app.seen:
        assert TOKEN not in str(request)


@pytest.fixture
def private_space(behaviours_url, monkeypatch):
    """A Hub of the user's own (`HF_ENDPOINT`), with a private Space on it that wants the token."""
    with (
        serving({"/": proxy_to(behaviours_url, TOKEN)}) as app,
        serving(hub_answers({"me/private": HubSpaceInfo(app.url, private=True)}, TOKEN)) as hub,
    ):
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        yield app


def test_a_private_space_opens_with_the_token(private_space, ask, tmp_path):
    (tmp_path / "x.txt").write_text("x")
    assert ask("me/private", "/add", 1).value == 2
    assert ask("me/private", "/stream", "ab").value == "ab"
    assert ask("me/private", "/make_files", "text").value.file.read_text() == "text"
    assert '"files": [1]' in ask("me/private", "/file_sizes", [tmp_path / "x.txt"], None).value
    assert all(request.headers[TOKEN_HEADER] == f"Bearer {TOKEN}" for request in private_space.seen)


def test_a_private_space_is_unknown_without_the_token(private_space, monkeypatch):
    monkeypatch.delenv("HF_TOKEN")
    with pytest.raises(SpaceNotFoundError, match="a private one needs a token"):
        SpaceKind("me/private", "/add").spec()


def test_a_private_space_at_its_bare_address_does_not_get_the_token(private_space):
    with pytest.raises(SpaceAuthError, match="wants a token"):
        SpaceKind(private_space.url, "/add").spec()


def test_a_private_space_that_redirects_elsewhere_loses_the_token(monkeypatch, ask):
    with serving(app_answers()) as elsewhere:

        def away(request):
            request.say(307, b"", {"location": elsewhere.url + request.path})

        with serving({"/": away}) as app, serving(hub_answers({"me/private": HubSpaceInfo(app.url)})) as hub:
            monkeypatch.setenv("HF_ENDPOINT", hub.url)
            assert ask("me/private", "/work", 1).value == "done"
        assert app.seen[0].headers[TOKEN_HEADER] == f"Bearer {TOKEN}"
        assert all(TOKEN not in str(request) for request in elsewhere.seen)


def test_results_belong_to_the_user_whose_token_made_them(private_space, monkeypatch):
    mine = SpaceKind("me/private", "/add").identity()
    assert mine.user
    assert TOKEN not in str(mine)
    assert SpaceKind("me/private", "/add").identity() == mine
    monkeypatch.setenv("HF_TOKEN", "hf_other")
    assert SpaceKind("me/private", "/add").identity().user not in {"", mine.user}


def test_the_token_is_in_no_file_and_no_log(private_space, ask, home, caplog):
    caplog.set_level("DEBUG", logger="daggr_fn")
    ask("me/private", "/add", 1)
    assert TOKEN not in caplog.text
    assert all(TOKEN.encode() not in file.read_bytes() for file in home.rglob("*") if file.is_file())


def test_a_remembered_address_is_trusted_only_while_the_hub_is_moved(private_space, monkeypatch):
    SpaceKind("me/private", "/add").spec()
    monkeypatch.setattr(remote, "_apps", {})
    monkeypatch.delenv("HF_ENDPOINT")
    stored = remote.remote_app("me/private")._stored()
    assert stored is not None
    assert not stored.address.vouched
    assert stored.address.user == ""
