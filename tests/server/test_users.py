"""Whose is what: one user on one's own machine, one per browser elsewhere, or whom the app around knows."""

from __future__ import annotations

import os
import stat

import httpx
import pytest

from daggr_fn.server.visitors import COOKIE, server_key
from tests.server.pages import contexts, presses, shout
from tests.server.wire import page_of, press_of, socket


def cookie_of(answer):
    return answer.headers["set-cookie"].partition(";")[0]


def test_on_the_loopback_everybody_is_one_user_without_a_cookie(serve, client):
    answer = client.get(serve(shout).url)
    assert "set-cookie" not in answer.headers
    assert contexts[0].user == "local"


def test_elsewhere_each_browser_is_a_user_and_stays_who_it_is(serve, browser):
    handle = serve(shout, "0.0.0.0")
    for _ in range(2):
        context = browser.new_context()
        page = context.new_page()
        for _ in range(2):
            page.goto(handle.url)
            page.get_by_text("press", exact=True).click()
            page.get_by_text("pressed 1").wait_for()
        [cookie] = context.cookies()
        assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"]) == (COOKIE, True, "Lax")
        context.close()
    first, again, second, _ = [one.user for one in contexts]
    assert first == again
    assert first != second
    assert first.startswith("browser-")


def test_a_user_is_the_same_after_the_server_was_started_anew(serve):
    first = serve(shout, users="browser")
    cookie = cookie_of(httpx.get(first.url))
    first.close()
    httpx.get(serve(shout, users="browser").url, headers={"cookie": cookie})
    assert contexts[0].user == contexts[1].user


def test_the_key_that_signs_users_is_for_its_owner_only(home):
    assert server_key() == server_key()
    assert stat.S_IMODE(os.stat(home / "server.key").st_mode) == 0o600


@pytest.mark.parametrize("forged", ["{cookie}x", COOKIE + "=browser-x", COOKIE + "=local.xxxx", COOKIE + "=."])
def test_a_forged_cookie_is_a_new_user(serve, forged):
    url = serve(shout, users="browser").url
    cookie = cookie_of(httpx.get(url))
    answer = httpx.get(url, headers={"cookie": forged.format(cookie=cookie)})
    assert "set-cookie" in answer.headers
    assert len({one.user for one in contexts}) == 2


def test_a_cookie_is_for_https_only_where_that_is_spoken(serve, client):
    url = serve(shout, users="browser", frame_ancestors="https://wiki.example").url
    assert "Secure" not in client.get(url).headers["set-cookie"]
    with httpx.Client() as other:
        over_https = other.get(url, headers={"x-forwarded-proto": "https"}).headers["set-cookie"]
    assert "Secure" in over_https
    assert "SameSite=none" in over_https
    assert "Partitioned" in over_https


def test_the_app_around_may_know_its_users(serve, client):
    url = serve(shout, users=lambda request: request.headers.get("x-user")).url
    assert client.get(url).status_code == 401
    assert client.post(url + "api/run", json={}).json()["error"]["type"] == "NotSignedIn"
    client.get(url, headers={"x-user": "ada"})
    assert contexts[0].user == "ada"


def test_a_sheet_of_another_user_is_not_there(serve, store):
    url = serve(shout, users=lambda request: request.headers.get("x-user")).url
    mine = store.make_sheet("ada", "shout", "Mine").id
    whispers = store.make_sheet("ada", "Whisper it", "Of another pipeline").id

    def status(user, sheet):
        return httpx.get(url, params={"sheet": sheet}, headers={"x-user": user}).status_code

    assert status("ada", mine) == 200
    assert contexts[-1].sheet == mine
    assert status("eve", mine) == 404
    assert status("ada", whispers) == 404
    assert status("ada", "made-up") == 404
    assert status("ada", "' OR 1=1 --") == 404


def test_another_users_page_cannot_be_talked_to(serve):
    url = serve(shout, users=lambda request: request.headers.get("x-user")).url
    ada, eve = {"x-user": "ada"}, {"x-user": "eve"}
    page, _ = page_of(url, headers=ada)
    with socket(url, page, headers=eve) as stranger:
        assert stranger.until("40", "44").startswith("44")
    with socket(url, page, headers=ada) as own:
        assert own.until("40", "44").startswith("40")


def test_a_socket_speaks_for_its_own_page_only(serve, client):
    url = serve(shout).url
    mine, _ = page_of(url)
    other, answer = page_of(url)
    press = {"client_id": other, **press_of(answer.text)}
    with socket(url, mine) as stranger, socket(url, other) as own:
        stranger.until("40")
        own.until("40")
        assert stranger.asks("event", press) == [False]
        assert presses[1]["times"] == 0
        own.asks("event", press)
        assert presses[1]["times"] == 1


def test_who_comes_back_is_known_for_another_year(serve, client):
    url = serve(shout, users="browser").url
    first = client.get(url).headers["set-cookie"]
    again = client.get(url).headers["set-cookie"]
    assert again == first
    assert "Max-Age=31536000" in again
    assert "set-cookie" not in client.get(f"{url}favicon.ico").headers
