"""Who does not wait any more is not worked for: cancelled calls are cancelled in the app."""

from __future__ import annotations

import json
import threading
import uuid

import anyio
import pytest

from daggr_fn.kinds import Call
from daggr_fn.nodes.space import SpaceKind
from tests.spaces.stubs import app_answers, serving


async def until(url: str, name: str, wanted: str) -> str:
    """What became of a call in the app, once it is what is wanted; it is the app's to say, so it is asked."""
    kind = SpaceKind(url, "/status")
    with anyio.move_on_after(20):
        while (said := await kind.call({"name": name}, Call("status"))) != wanted:  # noqa: ASYNC110  # in another process
            await anyio.sleep(0.05)
    return said


def test_a_cancelled_stream_is_closed_in_the_app(behaviours_url):
    name = uuid.uuid4().hex

    async def run():
        begun = anyio.Event()
        call = Call("step", on_partial=lambda *_: begun.set())
        with anyio.fail_after(60):
            async with anyio.create_task_group() as group:
                group.start_soon(SpaceKind(behaviours_url, "/until_cancelled").call, {"name": name}, call)
                await begun.wait()
                group.cancel_scope.cancel()
        return await until(behaviours_url, name, "closed")

    assert anyio.run(run) == "closed"


def test_a_call_that_is_cancelled_in_the_queue_never_runs(behaviours_url):
    names = [uuid.uuid4().hex for _ in range(5)]
    kind = SpaceKind(behaviours_url, "/behind_gate")

    async def run():
        queued = anyio.Event()

        def progress(call, fraction, text):
            if text.startswith("Queue") and call.step == names[4]:
                queued.set()

        with anyio.fail_after(60):
            async with anyio.create_task_group() as group:
                for name in names[:4]:  # as many as the app runs at once
                    group.start_soon(kind.call, {"name": name}, Call(name))
                for name in names[:4]:
                    await until(behaviours_url, name, "running")
                with anyio.CancelScope() as scope:
                    async with anyio.create_task_group() as waiting:
                        waiting.start_soon(kind.call, {"name": names[4]}, Call(names[4], on_progress=progress))
                        await queued.wait()
                        scope.cancel()
                await SpaceKind(behaviours_url, "/open_gate").call({}, Call("open"))
        return [await until(behaviours_url, name, "finished") for name in names[:4]], await SpaceKind(
            behaviours_url, "/status"
        ).call({"name": names[4]}, Call("status"))

    assert anyio.run(run) == (["finished"] * 4, "never ran")


def test_a_timeout_cancels_too(behaviours_url):
    name = uuid.uuid4().hex

    async def run():
        kind = SpaceKind(behaviours_url, "/until_cancelled")
        with anyio.move_on_after(60) as scope:

            def begun(_call, _value):
                scope.deadline = min(scope.deadline, anyio.current_time() + 0.2)

            await kind.call({"name": name}, Call("step", on_partial=begun))
        assert scope.cancelled_caught
        return await until(behaviours_url, name, "closed")

    assert anyio.run(run) == "closed"


def test_a_call_that_is_cancelled_while_it_is_sent_is_taken_back():
    arrived, answer = threading.Event(), threading.Event()

    def slow(request):
        arrived.set()
        answer.wait(30)
        request.say(200, {"event_id": "late"})

    async def run(kind):
        async with anyio.create_task_group() as group:
            group.start_soon(kind.call, {"amount": 1}, Call("step"))
            await anyio.to_thread.run_sync(arrived.wait)
            group.cancel_scope.cancel()
            answer.set()

    with serving(app_answers(call=slow)) as app:
        kind = SpaceKind(app.url, "/work")
        kind.spec()
        anyio.run(run, kind)
        (told,) = [request for request in app.seen if request.path == "/gradio_api/cancel"]
    assert json.loads(told.body)["event_id"] == "late"
    assert json.loads(told.body)["fn_index"] == 0
    assert "/gradio_api/queue/data" not in app.paths()


def test_an_app_that_does_not_listen_does_not_hold_up_the_cancel(monkeypatch):
    from daggr_fn.gradio_http import queue

    monkeypatch.setattr(queue, "_CANCEL_SECONDS", 0.2)
    arrived, over = threading.Event(), threading.Event()

    def silent(request):
        arrived.set()
        over.wait(30)

    async def run(kind):
        with anyio.fail_after(20):
            async with anyio.create_task_group() as group:
                group.start_soon(kind.call, {"amount": 1}, Call("step"))
                await anyio.to_thread.run_sync(arrived.wait)
                group.cancel_scope.cancel()

    with serving(app_answers(data=silent, cancel=lambda request: over.wait(30))) as app:
        kind = SpaceKind(app.url, "/work")
        kind.spec()
        anyio.run(run, kind)
        over.set()


def test_an_error_in_one_call_does_not_disturb_another(behaviours_url):
    async def run():
        results = []

        async def good(number):
            results.append(await SpaceKind(behaviours_url, "/add").call({"first": number}, Call("step")))

        async def bad():
            with pytest.raises(Exception, match="No, not x"):
                await SpaceKind(behaviours_url, "/fail_kindly").call({"text": "x"}, Call("step"))

        async with anyio.create_task_group() as group:
            for number in range(10):
                group.start_soon(good, number)
                group.start_soon(bad)
        return sorted(results)

    assert anyio.run(run) == list(range(1, 11))
