"""Apps and models say whether another try makes sense, and when: `retries=` obeys."""

from __future__ import annotations

import pytest

from daggr_fn import Retry, events, model, pipeline, space
from daggr_fn.gradio_http.errors import (
    SpaceAppError,
    SpaceBusyError,
    SpaceConnectionLostError,
    SpaceServerError,
    SpaceTimeoutError,
)
from daggr_fn.inference.errors import ModelBusyError, ModelInputError
from tests.models.conftest import world  # noqa: F401  # a fixture
from tests.models.server import Reply, as_json
from tests.spaces.stubs import serving
from tests.spaces.test_failures import app_answers


def refusing(times, status, headers):
    """An app whose first calls are refused."""
    calls = []

    def call(request):
        calls.append(1)
        if len(calls) <= times:
            request.say(status, {"detail": "not now"}, headers)
        else:
            request.say(200, {"event_id": "e1"})

    return {**app_answers(), "/gradio_api/call/work": call}, calls


def waits(run):
    return [event for event in run.events if isinstance(event, events.StepRetrying)]


def test_an_app_that_says_when_to_come_back_is_called_again_then(run_pipeline):
    answers, calls = refusing(2, 429, {"Retry-After": "0.05"})
    with serving(answers) as app:
        work = space(app.url, "/work", retries=Retry(3, wait=0.001, jitter=0), cache=False)

        @pipeline
        def p(amount: int = 1):
            return work(amount=amount)

        run = run_pipeline(p)
    assert run.value == "done"
    assert len(calls) == 3
    assert [(type(event.error), event.delay) for event in waits(run)] == [(SpaceBusyError, 0.05)] * 2
    assert waits(run)[0].error.retry_after == 0.05


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        pytest.param({"call": lambda r: r.hang_up()}, SpaceConnectionLostError, id="dropped"),
        pytest.param({"data": lambda r: r.hang_up()}, SpaceConnectionLostError, id="dropped while it listened"),
        pytest.param({"call": lambda r: r.say(500, {"detail": "oh"})}, SpaceServerError, id="500"),
        pytest.param({"call": lambda r: r.say(502, b"")}, SpaceServerError, id="502"),
        pytest.param({"call": lambda r: r.say(503, b"")}, SpaceBusyError, id="503"),
        pytest.param({"call": lambda r: r.say(504, b"")}, SpaceTimeoutError, id="504"),
        pytest.param({"call": lambda r: r.say(429, b"")}, SpaceBusyError, id="429"),
        pytest.param(
            {
                "data": lambda r: r.events(
                    {"msg": "process_completed", "event_id": "e1", "success": False, "output": {}}
                )
            },
            SpaceAppError,
            id="the app's function",
        ),
    ],
)
def test_with_a_number_of_retries_alone_what_may_pass_is_tried_again(trouble, error, run_pipeline):
    (route, answer), *_ = trouble.items()
    answers, asked = app_answers(), []
    path = {"call": "/gradio_api/call/work", "data": "/gradio_api/queue/data"}[route]
    well = answers[path]

    def once(request):
        asked.append(1)
        (answer if len(asked) == 1 else well)(request)

    with serving({**answers, path: once}) as app:
        work = space(app.url, "/work", retries=Retry(3, wait=0), cache=False)

        @pipeline
        def p(amount: int = 1):
            return work(amount=amount)

        run = run_pipeline(p)
    assert run.value == "done"
    assert [type(event.error) for event in waits(run)] == [error]


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 422])
def test_an_app_that_refuses_for_good_is_not_called_again(status, run_pipeline):
    answers, calls = refusing(9, status, {})
    with serving(answers) as app:
        work = space(app.url, "/work", retries=Retry(3, wait=0), cache=False)

        @pipeline
        def p(amount: int = 1):
            return work(amount=amount)

        run = run_pipeline(p)
    assert not run.ok
    assert waits(run) == []
    assert len(calls) == 1 + (status == 404)  # the app may have moved: its description is asked for anew, once


def draw_pipeline(retries):
    draw = model("artists/flux", outputs={"image": None}, retries=retries, cache=False)

    @pipeline
    def p(topic: str = "cats"):
        return draw(prompt=topic)

    return p


def test_a_model_that_is_busy_is_called_again_when_it_said(world):  # noqa: F811
    world.fails["artists/flux"] = as_json({"error": "slow down"}, 429, Retry_After="0.05")
    heard = []
    for event in draw_pipeline(Retry(1, wait=0.001, jitter=0)).stream():
        heard.append(event)
        if isinstance(event, events.StepRetrying):
            del world.fails["artists/flux"]
    (wait,) = [event for event in heard if isinstance(event, events.StepRetrying)]
    assert (type(wait.error), wait.delay) == (ModelBusyError, 0.05)
    assert heard[-1].status == "done"


def test_a_model_that_refuses_the_inputs_is_called_once(world, run_pipeline):  # noqa: F811
    world.fails["artists/flux"] = Reply(b"no", 422)
    run = run_pipeline(draw_pipeline(5))
    assert isinstance(run.failures[0].__cause__, ModelInputError)
    assert run.steps["flux"].attempts == 1
