"""Spaces by name: where they run, whether they are awake, what happens offline."""

from __future__ import annotations

import json

import anyio
import pytest

from daggr_fn.gradio_http import hub, remote
from daggr_fn.gradio_http.errors import (
    SpaceAsleepError,
    SpaceBrokenError,
    SpaceBuildingError,
    SpaceNotFoundError,
    SpaceProtocolError,
    SpaceUnreachableError,
)
from daggr_fn.kinds import Call
from daggr_fn.nodes.space import SpaceKind
from tests.spaces.stubs import HubSpaceInfo, app_answers, hub_answers, serving


@pytest.fixture
def app():
    with serving(app_answers()) as found:
        yield found


@pytest.fixture
def space(app):
    return HubSpaceInfo(app.url)


@pytest.fixture
def the_hub(space, monkeypatch):
    with serving(hub_answers({"me/worker": space})) as found:
        monkeypatch.setenv("HF_ENDPOINT", found.url)
        monkeypatch.setattr(hub, "POLL_SECONDS", 0.01)
        yield found


def test_a_space_is_found_by_its_name_and_called(the_hub, ask):
    assert ask("me/worker", "/work", 1).value == "done"
    kind = SpaceKind("me/worker", "/work")
    assert kind.spec().link == f"{the_hub.url}/spaces/me/worker"


def test_the_hub_is_asked_once_in_a_while_and_not_for_each_call(the_hub, ask):
    for _ in range(3):
        assert ask("me/worker", "/work", 1).value == "done"
    assert the_hub.paths().count("/api/spaces/me/worker") == 1


def test_a_misspelt_space_is_named_with_the_right_one(the_hub):
    with pytest.raises(
        SpaceNotFoundError, match=r"no Space me/wroker on the Hub; did you mean 'me/worker'\?.*needs a token"
    ):
        SpaceKind("me/wroker", "/work").spec()


@pytest.mark.parametrize(
    ("stage", "error", "says"),
    [
        ("PAUSED", SpaceAsleepError, "is paused: its owner can restart it"),
        ("STOPPED", SpaceAsleepError, "is stopped"),
        ("BUILD_ERROR", SpaceBrokenError, "failed to build"),
        ("RUNTIME_ERROR", SpaceBrokenError, "crashed when it started"),
        ("NO_APP_FILE", SpaceBrokenError, "has no app file"),
    ],
)
def test_a_space_that_can_not_run_says_why(stage, error, says, the_hub, space):
    space.stages = [stage]
    with pytest.raises(error, match=says) as caught:
        SpaceKind("me/worker", "/work").spec()
    assert f"{the_hub.url}/spaces/me/worker" in str(caught.value)
    assert caught.value.space == "me/worker"


def test_a_sleeping_space_is_woken_up_and_waited_for(the_hub, space, app, ask, monkeypatch):
    kind = SpaceKind("me/worker", "/work")
    kind.spec()
    monkeypatch.setattr(remote, "FRESH_SECONDS", 0.0)
    space.stages = ["SLEEPING", "APP_STARTING", "RUNNING"]
    heard = ask(kind, None, 1)
    assert heard.value == "done"
    words = [text for _, text in heard.progress]
    assert "the Space me/worker was asleep and wakes up" in words
    assert "the Space me/worker is starting" in words
    assert "/" in app.paths("GET")  # the knock that woke it up


def test_a_space_that_builds_for_too_long_is_given_up(the_hub, space, monkeypatch):
    monkeypatch.setattr(hub, "WAKE_SECONDS", 0.05)
    space.stages = ["BUILDING"]
    with pytest.raises(SpaceBuildingError, match="is being built, and did not get ready") as caught:
        SpaceKind("me/worker", "/work").spec()
    assert caught.value.retryable


def test_a_space_that_moved_is_followed(the_hub, space, ask):
    kind = SpaceKind("me/worker", "/work")
    kind.spec()
    space.host = "http://127.0.0.1:9"
    remote.remote_app("me/worker")._known = None
    with pytest.raises(SpaceUnreachableError):
        ask(kind, None, 1)
    with serving(app_answers()) as new:
        space.host = new.url
        assert ask(kind, None, 1).value == "done"


def test_a_space_that_went_away_after_it_was_asked_is_asked_for_again(the_hub, space, ask):
    with serving(app_answers()) as old:
        space.host = old.url
        kind = SpaceKind("me/worker", "/work")
        kind.spec()
    with serving(app_answers()) as new:
        space.host = new.url
        assert ask(kind, None, 1).value == "done"


def test_a_space_without_gradio_is_refused(the_hub, space):
    space.sdk = "static"
    with pytest.raises(SpaceProtocolError, match="made with static"):
        SpaceKind("me/worker", "/work").spec()


def test_the_revision_is_part_of_the_identity(the_hub, space, monkeypatch):
    kind = SpaceKind("me/worker", "/work")
    before = kind.identity()
    assert before.what == ("space", "me/worker", "/work", "a" * 40, "output")
    space.sha = "b" * 40
    assert kind.identity() == before  # asked a moment ago
    monkeypatch.setattr(remote, "FRESH_SECONDS", 0.0)
    assert kind.identity().what[3] == "b" * 40


def test_an_app_at_an_address_is_identified_by_its_description(app):
    what = SpaceKind(app.url, "/work").identity().what
    assert what[:3] == ("space", app.url, "/work")
    assert len(what[3]) == 32
    assert SpaceKind(app.url, "/work", outputs={"x": None}).identity().what != what


def test_offline_a_pipeline_can_be_wired_and_a_call_says_what_is_wrong(the_hub, space, app, monkeypatch, caplog):
    kind = SpaceKind("me/worker", "/work")
    before = kind.spec(), kind.identity()
    monkeypatch.setattr(remote, "_apps", {})  # another process, later
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    later = SpaceKind("me/worker", "/work")
    assert later.bind((1,), {}) == {"amount": 1}
    after = later.spec(), later.identity()
    assert after[0].parameters == before[0].parameters
    assert after[0].outputs == before[0].outputs
    assert after[1] == before[1]
    assert "what it said before is used" in caplog.text
    with pytest.raises(SpaceUnreachableError, match="the Hub can't be asked about me/worker"):
        anyio.run(later.call, {"amount": 1}, Call("step"))


def test_a_damaged_description_on_disk_is_asked_for_again(the_hub, space, home, monkeypatch):
    SpaceKind("me/worker", "/work").spec()
    (file,) = (home / "spaces").iterdir()
    for damage in (b"", b"{", b'{"schema": 1}', b"[]", file.read_bytes()[:100]):
        file.write_bytes(damage)
        monkeypatch.setattr(remote, "_apps", {})
        assert list(SpaceKind("me/worker", "/work").spec().parameters) == ["amount"]
        file.write_bytes(damage)
        monkeypatch.setattr(remote, "_apps", {})
        monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
        with pytest.raises(SpaceUnreachableError):
            SpaceKind("me/worker", "/work").spec()
        monkeypatch.setenv("HF_ENDPOINT", the_hub.url)


def test_what_is_remembered_of_a_space_is_one_small_file(the_hub, space, home):
    SpaceKind("me/worker", "/work").spec()
    (file,) = (home / "spaces").iterdir()
    data = json.loads(file.read_text())
    assert data["subject"] == "me/worker"
    assert data["sha"] == "a" * 40
