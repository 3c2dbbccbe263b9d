"""Apps that fail, vanish, stall or talk nonsense: each has an error of its own, and no call is ever made twice."""

from __future__ import annotations

import copy

import anyio
import pytest

from daggr_fn.gradio_http import connection, remote
from daggr_fn.gradio_http.errors import (
    SignatureChangedError,
    SpaceAuthError,
    SpaceBusyError,
    SpaceConnectionLostError,
    SpaceError,
    SpaceInputError,
    SpaceNotFoundError,
    SpaceProtocolError,
    SpaceServerError,
    SpaceTimeoutError,
    SpaceUnreachableError,
)
from daggr_fn.kinds import Call
from daggr_fn.nodes.space import SpaceKind
from tests.readers import failing
from tests.spaces.stubs import CONFIG, INFO, app_answers, parameter, serving


def test_the_stub_app_works(ask):
    with serving(app_answers()) as app:
        assert ask(app.url, "/work", 1).value == "done"


@pytest.mark.parametrize(
    ("route", "answer", "error", "says"),
    [
        ("config", lambda r: r.say(200, b"<html>", {"content-type": "text/html"}), SpaceProtocolError, "no Gradio app"),
        ("config", lambda r: r.say(200, {"some": "json"}), SpaceProtocolError, "not as a Gradio app"),
        ("config", lambda r: r.say(404, b"<html>"), SpaceNotFoundError, "was not found"),
        ("config", lambda r: r.say(401, {"detail": "who?"}), SpaceAuthError, "user:password@host"),
        ("config", lambda r: r.say(500, {"detail": "oh"}), SpaceServerError, "HTTP 500: oh"),
        (
            "config",
            lambda r: r.say(200, {"version": "3.50.2", "dependencies": []}),
            SpaceProtocolError,
            "Gradio 3.50.2, whose queue speaks 'ws'",
        ),
        ("call", lambda r: r.say(503, {"detail": "Queue is full. Max size is 2"}), SpaceBusyError, "Queue is full"),
        ("call", lambda r: r.say(429, {"detail": "slow down"}), SpaceBusyError, "slow down"),
        ("call", lambda r: r.say(400, {"detail": "bad"}), SpaceInputError, "refuses the values"),
        (
            "call",
            lambda r: r.say(422, {"detail": [{"parameter_name": "amount", "is_valid": False, "message": "too dear"}]}),
            SpaceInputError,
            "amount too dear",
        ),
        ("data", lambda r: r.say(404, {"detail": "gone"}), SpaceNotFoundError, "gone"),
        ("data", lambda r: r.events({"msg": "estimation"}), SpaceConnectionLostError, "ended its events without"),
        ("data", lambda r: r.hang_up(), SpaceConnectionLostError, "the connection to"),
        (
            "data",
            lambda r: r.events({"msg": "unexpected_error", "message": "Server stopped unexpectedly."}),
            SpaceConnectionLostError,
            "Server stopped unexpectedly",
        ),
        (
            "data",
            lambda r: r.events({"msg": "process_completed", "event_id": "e1", "success": True, "output": {}}),
            SpaceConnectionLostError,
            "cancelled by the app",
        ),
    ],
)
def test_trouble_is_sorted(route, answer, error, says, ask):
    with serving(app_answers(**{route: answer})) as app, pytest.raises(error, match=says) as caught:
        ask(app.url, "/work", 1)
    assert caught.value.space == app.url


def test_a_call_whose_fate_is_unknown_is_not_made_again(ask):
    with serving(app_answers(call=lambda request: request.hang_up())) as app:
        with pytest.raises(SpaceConnectionLostError) as caught:
            ask(app.url, "/work", 1)
        assert app.paths("POST") == ["/gradio_api/call/work"]
    assert caught.value.retryable  # where the user says `retries=`


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda request: request.say(500, {"detail": "oh"}), id="a server error"),
        pytest.param(lambda request: request.say(502, b""), id="a proxy's error"),
        pytest.param(lambda request: request.say(503, b""), id="unavailable"),
        pytest.param(lambda request: request.say(200, {}), id="no id"),
        pytest.param(lambda request: request.say(200, b"<html>"), id="no JSON"),
    ],
)
def test_an_answer_that_leaves_it_open_is_not_asked_for_twice(answer, ask):
    with serving(app_answers(call=answer)) as app:
        with pytest.raises(SpaceError):
            ask(app.url, "/work", 1)
        assert app.paths("POST") == ["/gradio_api/call/work"]


def test_when_the_connection_breaks_the_app_is_told_to_stop(ask):
    with serving(app_answers(data=lambda request: request.hang_up())) as app:
        with pytest.raises(SpaceConnectionLostError):
            ask(app.url, "/work", 1)
        assert app.paths("POST") == ["/gradio_api/call/work", "/gradio_api/cancel"]


def test_a_silent_app_is_a_timeout(ask, monkeypatch):
    import threading

    from daggr_fn.gradio_http import queue

    monkeypatch.setattr(queue, "SILENCE_SECONDS", 0.2)
    over = threading.Event()
    with serving(app_answers(data=lambda request: over.wait(30))) as app:
        with pytest.raises(SpaceTimeoutError, match="silent for too long") as caught:
            ask(app.url, "/work", 1)
        over.set()
    assert isinstance(caught.value, TimeoutError)


def test_a_get_is_asked_again_when_the_connection_breaks(ask):
    tries = []

    def config(request):
        tries.append(request)
        if len(tries) == 1:
            request.hang_up()
        else:
            request.say(200, CONFIG)

    with serving(app_answers(config=config)) as app:
        assert ask(app.url, "/work", 1).value == "done"
    assert len(tries) == 2


def test_an_app_that_is_gone_is_unreachable(ask):
    with serving(app_answers()) as app:
        kind = SpaceKind(app.url, "/work")
        kind.spec()
    with pytest.raises(SpaceUnreachableError) as caught:
        ask(kind, None, 1)
    assert caught.value.retryable


CHANGES = [
    (lambda info: info["named_endpoints"].pop("/work"), "has no endpoint '/work' any more"),
    (lambda info: info["named_endpoints"]["/work"].update(parameters=[parameter("amounts")]), "'amount' is gone"),
    (
        lambda info: info["named_endpoints"]["/work"].update(parameters=[parameter("amount", "string")]),
        "takes string now",
    ),
    (
        lambda info: info["named_endpoints"]["/work"]["parameters"].append(parameter("more")),
        "parameter 'more' is required now",
    ),
    (lambda info: info["named_endpoints"]["/work"].update(returns=[]), "returns 0 values now, and 1 are used"),
]


@pytest.mark.parametrize(("change", "says"), CHANGES)
def test_an_app_that_changed_its_signature_says_what_changed(change, says, ask, monkeypatch):
    config, info = copy.deepcopy(CONFIG), copy.deepcopy(INFO)
    config["dependencies"][0]["inputs"] = [1, 2]
    answers = app_answers(config=lambda r: r.say(200, config), info=lambda r: r.say(200, info))
    with serving(answers) as app:
        kind = SpaceKind(app.url, "/work", outputs={"said": None})
        inputs = kind.bind((1,), {})
        change(info)
        monkeypatch.setattr(remote, "FRESH_SECONDS", 0.0)
        with pytest.raises(SignatureChangedError, match=says):
            anyio.run(kind.call, inputs, Call("step"))
        assert "/gradio_api/call/work" not in app.paths()


def test_a_change_that_does_not_concern_the_call_is_no_trouble(monkeypatch):
    config, info = copy.deepcopy(CONFIG), copy.deepcopy(INFO)
    config["dependencies"][0]["inputs"] = [1, 2]
    answers = app_answers(config=lambda r: r.say(200, config), info=lambda r: r.say(200, info))
    with serving(answers) as app:
        kind = SpaceKind(app.url, "/work")
        inputs = kind.bind((1,), {})
        info["named_endpoints"]["/work"]["parameters"].append(parameter("more", "string", default="x"))
        monkeypatch.setattr(remote, "FRESH_SECONDS", 0.0)
        assert anyio.run(kind.call, inputs, Call("step")) == "done"
        sent = next(request for request in app.seen if request.path == "/gradio_api/call/work")
        assert b'"data": [1, "x"]' in sent.body


def test_clients_are_closed_with_their_loop():
    with serving(app_answers()) as app:
        kind = SpaceKind(app.url, "/work")
        before = open_clients()
        for _ in range(3):
            anyio.run(kind.call, {"amount": 1}, Call("step"))
        assert open_clients() == before


def open_clients() -> int:
    """How many there are in all loops; the process's own loop, on which runs of other tests call apps, keeps some."""
    return sum(map(len, connection._clients.values()))


def test_messages_of_other_calls_are_not_heard(ask):
    other = {"msg": "process_completed", "event_id": "e2", "success": True, "output": {"data": ["other"]}}
    mine = {**other, "event_id": "e1", "output": {"data": ["mine"]}}
    with serving(app_answers(data=lambda request: request.events(other, {"msg": "heartbeat"}, mine))) as app:
        assert ask(app.url, "/work", 1).value == "mine"


def test_a_call_that_fails_leaves_nothing_open_that_reads_its_events():
    failed = {"msg": "process_completed", "event_id": "e1", "success": False, "output": {"error": "no more"}}
    with serving(app_answers(data=lambda request: request.events(failed, {"msg": "close_stream"}))) as app:
        kind = SpaceKind(app.url, "/work")
        error, left = failing(kind.call, kind.bind((1,), {}), Call("step"))
    assert "no more" in str(error)
    assert left == []
