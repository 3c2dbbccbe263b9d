"""Apps and models say whether another try makes sense, and when: `retries=` obeys."""

from __future__ import annotations

import pytest

from daggr_fn import Retry, events, model, pipeline, space
from daggr_fn.gradio_http.errors import SpaceBusyError
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


def test_an_app_that_says_when_to_come_back_is_called_again_then():
    answers, calls = refusing(2, 429, {"Retry-After": "0.05"})
    with serving(answers) as app:
        work = space(app.url, "/work", retries=Retry(3, wait=0.001, jitter=0), cache=False)

        @pipeline
        def p(amount: int = 1):
            return work(amount=amount)

        run = p.run()
    assert run.value == "done"
    assert len(calls) == 3
    assert [(type(event.error), event.delay) for event in waits(run)] == [(SpaceBusyError, 0.05)] * 2
    assert waits(run)[0].error.retry_after == 0.05


@pytest.mark.parametrize("status", [400, 401, 500])
def test_an_app_that_refuses_for_good_is_called_once(status):
    answers, calls = refusing(1, status, {})
    with serving(answers) as app:
        work = space(app.url, "/work", retries=Retry(3, wait=0), cache=False)

        @pipeline
        def p(amount: int = 1):
            return work(amount=amount)

        assert not p.run().ok
    assert len(calls) == 1


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


def test_a_model_that_refuses_the_inputs_is_called_once(world):  # noqa: F811
    world.fails["artists/flux"] = Reply(b"no", 422)
    run = draw_pipeline(5).run()
    assert isinstance(run.failures[0].__cause__, ModelInputError)
    assert run.steps["flux"].attempts == 1
