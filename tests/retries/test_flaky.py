"""Servers that fail, hang and hang up: every item comes out right, and nothing that succeeded was asked for twice."""

from __future__ import annotations

import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from daggr_fn import Retry, StepTimeout, each, events, gather, node, pipeline, space
from daggr_fn.gradio_http.errors import SpaceAppError, SpaceConnectionLostError
from tests.retries.flaky_server import flaky_server

ROOT = Path(__file__).parents[2]
ITEMS = list(range(500))


def test_five_hundred_requests_of_a_flaky_server(run_pipeline):
    with flaky_server() as server:

        @node(retries=Retry(12, wait=0.01), timeout=3)
        def double(value: int) -> int:
            request = urllib.request.Request(f"{server.url}{value}", method="POST")
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    return int(answer.read())
            except urllib.error.HTTPError as error:
                error.close()  # it holds the connection, and the run holds it
                raise

        @pipeline
        def p(values: list):
            return gather(double(each(values)))

        run = run_pipeline(p, ITEMS)
        assert run.value == [2 * value for value in ITEMS]
        assert server.done == {f"/{value}": 1 for value in ITEMS}
        assert run.steps["double"].attempts == server.asked > 500
        failed = {type(event.error).__name__ for event in run.events if isinstance(event, events.StepRetrying)}
        assert failed >= {"HTTPError", "StepTimeout"}
        assert failed & {"RemoteDisconnected", "ConnectionResetError", "URLError"}


@pytest.fixture
def flaky_space():
    command = [sys.executable, "-m", "tests.retries.flaky_app"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().strip()
        process.stdin.close()


def test_five_hundred_calls_of_a_flaky_app(flaky_space, run_pipeline):
    double = space(flaky_space, "/double", limit=16, timeout=8, retries=Retry(12, wait=0.05))
    done = space(flaky_space, "/done", cache=False)

    @pipeline
    def p(values: list):
        return gather(double(value=each(values)))

    run = run_pipeline(p, ITEMS)
    assert run.value == [2 * value for value in ITEMS]
    assert done() == {str(value): 1 for value in ITEMS}
    failed = {type(event.error) for event in run.events if isinstance(event, events.StepRetrying)}
    assert failed == {SpaceAppError, SpaceConnectionLostError, StepTimeout}


def test_an_apps_own_error_fails_at_once_where_other_errors_are_named(flaky_space, run_pipeline):
    double = space(flaky_space, "/double", retries=Retry(5, wait=0, on=SpaceConnectionLostError), cache=False)

    @pipeline
    def p(values: list):
        return gather(double(value=each(values)), errors="skip")

    run = run_pipeline(p, list(range(6)))
    assert [type(item.error) for item in run.steps["double"].items.values() if item.error] == [SpaceAppError]
    assert run.steps["double"].retries == 0
