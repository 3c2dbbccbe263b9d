"""A provider that queues a job is asked for it until it is done, or nobody waits: with timeouts, and errors told."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import threading

import huggingface_hub
import pytest

from daggr_fn import StepTimeout, model, pipeline
from daggr_fn.inference import client
from daggr_fn.inference.errors import (
    ModelAuthError,
    ModelBusyError,
    ModelCreditError,
    ModelError,
    ModelInputError,
    ModelProtocolError,
    ModelServerError,
    ModelTimeoutError,
)
from tests.house.source import ROOT
from tests.models.answers import picture
from tests.models.server import FAL, PROVIDERS, Reply, as_json

STATUS, RESULT = "job/requests/1/status", "job/requests/1"


@pytest.fixture
def edit(ask, tmp_path):
    """Ask for a picture that waits in a queue."""
    (tmp_path / "in.png").write_bytes(picture())
    return lambda: ask("artists/queued", tmp_path / "in.png", "as a cat").value


@pytest.mark.parametrize("asked", [STATUS, RESULT])
@pytest.mark.parametrize(
    ("status", "error", "retry_after"),
    [
        (401, ModelAuthError, None),
        (402, ModelCreditError, None),
        (422, ModelInputError, None),
        (429, ModelBusyError, 7),
        (500, ModelServerError, 7),
    ],
)
def test_what_is_said_of_a_job_that_failed_is_told(edit, monkeypatch, asked, status, error, retry_after):
    said = as_json({"detail": [{"msg": "an unsafe picture"}]}, status, Retry_After="7")
    monkeypatch.setitem(FAL, asked, said)
    with pytest.raises(error, match="an unsafe picture") as caught:
        edit()
    assert caught.value.retry_after == retry_after
    assert caught.value.provider == "fal-ai"


def test_a_file_that_is_not_there_any_more_is_the_providers_fault(edit, monkeypatch):
    monkeypatch.setitem(PROVIDERS, "fal.media/picture", Reply(b"<html>gone</html>", 404, "text/html"))
    with pytest.raises(ModelServerError, match=r"can't be fetched from fal\.media \(HTTP 404\)") as caught:
        edit()
    assert caught.value.retryable


def test_the_page_of_an_error_is_not_taken_for_a_film(ask, monkeypatch):
    monkeypatch.setitem(PROVIDERS, "fal.media/film", Reply(b"<html>sorry</html>", 200, "text/html"))
    with pytest.raises(ModelProtocolError, match="a file was expected, and this came: '<html>sorry"):
        ask("films/reel", "a cat")


def test_a_provider_that_falls_silent_about_its_job_is_a_timeout(edit, world, monkeypatch):
    monkeypatch.setattr(client, "SILENCE_SECONDS", 0.2)
    answer = world.answer

    def silent_about_jobs(seen):
        if "/requests/1" in seen.path:
            world.finish.wait(30)
        return answer(seen)

    world.finish.clear()
    monkeypatch.setattr(world, "answer", silent_about_jobs)
    with pytest.raises(ModelTimeoutError, match="did not answer in time"):
        edit()


class Endless:
    """A job that is never done: says how often it was asked for."""

    def __init__(self, world, monkeypatch):
        self.asked = threading.Semaphore(0)
        monkeypatch.setitem(FAL, STATUS, as_json({"status": "IN_PROGRESS"}))
        answer = world.answer

        def counted(seen):
            if "/status" in seen.path:
                self.asked.release()
            return answer(seen)

        monkeypatch.setattr(world, "answer", counted)


def test_a_job_that_nobody_waits_for_is_not_asked_for_any_more(world, monkeypatch, tmp_path):
    (tmp_path / "in.png").write_bytes(picture())
    endless = Endless(world, monkeypatch)
    edit = model("artists/queued", timeout=1.0, cache=False)

    @pipeline
    def p(image: str) -> object:
        return edit(image=image, prompt="as a cat")

    run = p.run(str(tmp_path / "in.png"))
    assert isinstance(run.failures[0].__cause__, StepTimeout)
    while endless.asked.acquire(timeout=2.0):  # four times as long as huggingface_hub waits between
        pass
    assert not any(thread.name.startswith("asyncio_") and is_asking(thread) for thread in threading.enumerate())


def is_asking(thread):
    frame = sys._current_frames().get(thread.ident)
    while frame is not None:
        if frame.f_code.co_name == "get_response":
            return True
        frame = frame.f_back
    return False


def test_others_requests_through_the_shared_client_are_left_alone(edit, world):
    edit()
    session = huggingface_hub.get_session()
    assert session.get(f"{world.url}/api/models/nobody/nothing").status_code == 404  # no error is raised for them
    edit()
    assert all(len(hooks) == len(set(hooks)) for hooks in session.event_hooks.values())


def test_a_process_ends_though_a_job_never_does(world, monkeypatch, tmp_path):
    (tmp_path / "in.png").write_bytes(picture())
    monkeypatch.setitem(FAL, STATUS, as_json({"status": "IN_PROGRESS"}))
    script = f"""
        from daggr_fn import model, pipeline
        from tests.models.redirect import redirected

        edit = model("artists/queued", timeout=1.0, cache=False)

        @pipeline
        def p(image: str) -> object:
            return edit(image=image, prompt="as a cat")

        there = redirected({world.url!r})
        there.__enter__()  # for as long as the process lives
        print(p.run("in.png").failures[0].__cause__)
    """
    file = tmp_path / "script.py"
    file.write_text(textwrap.dedent(script), encoding="utf-8")
    env = {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "HF_TOKEN": "hf_secret", "DAGGR_FN_HOME": str(tmp_path / "home")}
    done = subprocess.run(
        [sys.executable, str(file)], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "took longer than 1 s" in done.stdout


def test_every_error_of_a_job_is_a_model_error(edit, monkeypatch):
    for said in (Reply(b"<html>"), Reply(b""), as_json([]), as_json({"images": []}), Reply([b"{"], cut=True)):
        monkeypatch.setitem(FAL, RESULT, said)
        with pytest.raises(ModelError):
            edit()
