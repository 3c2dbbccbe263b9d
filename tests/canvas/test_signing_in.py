"""Signing in to Hugging Face on the page: calls are on the person's account, and the token goes nowhere else."""

from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import expect

from daggr_fn import pipeline, space
from daggr_fn.gradio_http import hub, remote
from daggr_fn.gradio_http.hosts import TOKEN_HEADER
from daggr_fn.gradio_http.tokens import SignInRefused, ask_who
from daggr_fn.live import Desk
from daggr_fn.store import Store
from tests.spaces.stubs import HubSpaceInfo, app_answers, hub_answers, serving

ADA, BOB = "hf_adas_own", "hf_bobs_own"
WORK = """
    from daggr_fn import pipeline, space

    work = space("me/worker", "/work")

    @pipeline(name="Work")
    def shown(number: int = 1):
        return work(number)
"""


def who(request):
    people = {f"Bearer {ADA}": ("ada", "Ada Lovelace"), f"Bearer {BOB}": ("bob", "")}
    found = people.get(request.headers.get("authorization"))
    if found is None:
        request.say(401, {"error": "Invalid user token"})
    else:
        request.say(200, {"type": "user", "name": found[0], "fullname": found[1]})


@pytest.fixture
def hugging_face(monkeypatch):
    """A Hub of one's own (`HF_ENDPOINT`) with a Space; gives the Hub and the Space's app."""
    monkeypatch.setattr(remote, "_apps", {})
    with (
        serving(app_answers()) as app,
        serving({**hub_answers({"me/worker": HubSpaceInfo(app.url)}), "/api/whoami-v2": who}) as found,
    ):
        monkeypatch.setattr(hub, "POLL_SECONDS", 0.01)
        monkeypatch.setenv("HF_ENDPOINT", found.url)
        yield found, app


def tokens(app):
    """The tokens that the Space was called with."""
    calls = [one for one in app.seen if "/call/" in one.path]
    return [call.headers.get(TOKEN_HEADER) for call in calls]


def sign_in(c, token):
    c.press("Sign in to Hugging Face")
    c.page.get_by_label("Hugging Face token").fill(token)
    c.press("Sign in")


def test_who_signs_in_calls_on_their_own_account(canvas, hugging_face, context, home, caplog, faults):
    caplog.set_level("DEBUG")
    _, app = hugging_face
    c = canvas(WORK)
    c.run_all()
    c.says("work", "Done")
    assert tokens(app) == [None]
    other = context.new_page()
    other.goto(c.url)
    sign_in(c, ADA)
    for page in (c.page, other):
        expect(page.get_by_role("button", name="Signed in as ada")).to_have_text("AL")
    c.run_all()
    c.until(lambda: len(tokens(app)) == 2)
    assert tokens(app)[1] == f"Bearer {ADA}"
    c.says("work", "Done")
    c.press("Signed in as ada")
    expect(c.page.get_by_text("Ada Lovelace")).to_be_visible()
    c.press("Sign out")
    for page in (c.page, other):
        expect(page.get_by_role("button", name="Sign in to Hugging Face")).to_be_visible()
    c.type("number", "2")
    c.run_all()
    c.until(lambda: len(tokens(app)) == 3)
    assert tokens(app)[2] is None
    c.until(lambda: not c.sheet().going)
    assert ADA not in caplog.text
    assert not [file for file in home.rglob("*") if file.is_file() and ADA.encode() in file.read_bytes()]
    assert ADA not in c.page.content()


def test_a_token_that_nobody_knows_is_refused_in_words(canvas, hugging_face, faults):
    faults.expect("422")
    c = canvas(WORK)
    sign_in(c, "hf_made_up")
    expect(c.page.get_by_role("alert")).to_contain_text("does not know this token")
    c.page.keyboard.press("Escape")
    expect(c.button("Sign in to Hugging Face")).to_be_visible()


def test_each_user_of_a_server_has_an_account_of_their_own(canvas, hugging_face):
    _, app = hugging_face
    c = canvas(WORK, users="browser")
    sign_in(c, ADA)
    expect(c.button("Signed in as ada")).to_be_visible()
    with httpx.Client() as stranger:
        stranger.get(c.url)
        assert stranger.post(f"{c.url}api/run", json={"inputs": {"number": 7}}).json()["status"] == "done"
        assert tokens(app) == [None]
        assert stranger.post(f"{c.url}sign-in", json={"token": BOB}).status_code == 204
        assert stranger.post(f"{c.url}api/run", json={"inputs": {"number": 8}}).json()["status"] == "done"
        assert tokens(app)[1:] == [f"Bearer {BOB}"]
    c.run_all()
    c.says("work", "Done")
    assert tokens(app)[2:] == [f"Bearer {ADA}"]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{}", "application/json", 400),
        (b'{"token": 1}', "application/json", 400),
        (b"not json", "application/json", 400),
        (b'{"token": ""}', "application/json", 422),
        (b'{"token": "two words"}', "application/json", 422),
        (b'{"token": "hf_\\u0131"}', "application/json", 422),
        (b'{"token": "hf_adas_own"}', "text/plain", 415),
        (b'{"token": "' + b"x" * 20_000 + b'"}', "application/json", 413),
    ],
)
def test_what_is_no_token_is_refused(canvas, hugging_face, body, kind, status):
    c = canvas(WORK)
    answer = httpx.post(f"{c.url}sign-in", content=body, headers={"content-type": kind}, timeout=60)
    assert answer.status_code == status
    assert ADA not in answer.text


def test_another_sites_page_signs_nobody_in_or_out(canvas, hugging_face):
    c = canvas(WORK)
    sign_in(c, ADA)
    expect(c.button("Signed in as ada")).to_be_visible()
    headers = {"origin": "https://elsewhere.example"}
    assert httpx.post(f"{c.url}sign-in", json={"token": BOB}, headers=headers, timeout=60).status_code == 403
    assert httpx.post(f"{c.url}sign-out", headers=headers, timeout=60).status_code == 403
    expect(c.button("Signed in as ada")).to_be_visible()


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ((429, {"error": "too many"}), "asked too often"),
        ((500, b"oops"), "does not say whose token it is"),
        ((200, b"<html>"), "does not say whose token it is"),
        ((200, {"name": 1}), "does not say whose token it is"),
    ],
)
def test_a_hub_that_does_not_answer_as_it_should_is_told(monkeypatch, answer, says):
    with serving({"/api/whoami-v2": lambda request: request.say(*answer)}) as found:
        monkeypatch.setenv("HF_ENDPOINT", found.url)
        with pytest.raises(SignInRefused, match=says) as caught:
            ask_who(ADA)
    assert ADA not in str(caught.value)


def test_a_hub_that_is_not_there_is_told(monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    with pytest.raises(SignInRefused, match="can't be asked") as caught:
        ask_who(ADA)
    assert ADA not in f"{caught.value} {caught.value.__cause__}"


def test_what_was_made_on_ones_own_account_goes_on_under_a_steps_new_name(hugging_face):
    def named(step):
        work = space("me/worker", "/work")

        @pipeline(name="Work")
        def shown(number: int = 1):
            return work.named(step)(number)

        return shown

    desk = Desk(Store.in_memory())
    desk.sign_in("local", ADA)
    sheet = desk.open(named("work"), "local")
    sheet.run()
    for run in sheet.going:
        assert run.execution.done.wait(30)
    desk.close()
    again = Desk(sheet.store)
    again.sign_in("local", ADA)
    renamed = again.open(named("labour"), "local", sheet=sheet.info.id)
    assert [one.number for one in renamed.versions("labour")] == [1]
    again.close()
    sheet.store.close()
