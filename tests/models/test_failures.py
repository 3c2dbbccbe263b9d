"""What goes wrong with a model, in words that say what to do."""

from __future__ import annotations

import socket
import time
import traceback
from email.utils import formatdate

import pytest

from daggr_fn import model, pipeline
from daggr_fn.inference import client, files
from daggr_fn.inference.errors import (
    ModelAuthError,
    ModelBusyError,
    ModelCreditError,
    ModelInputError,
    ModelLoadingError,
    ModelNotFoundError,
    ModelProtocolError,
    ModelServerError,
    ModelStreamError,
    ModelTimeoutError,
    ModelUnreachableError,
)
from daggr_fn.kinds import Call
from daggr_fn.nodes.model import ModelKind
from tests.models.server import Reply, as_json, delta
from tests.readers import failing

CHAT, DRAW = ("meta/talker", "Hi"), ("artists/flux", "a cat")
SAID = {"error": {"message": "the provider's words"}}


@pytest.mark.parametrize("model", [CHAT, DRAW], ids=["chat", "picture"])
@pytest.mark.parametrize(
    ("status", "error", "hint", "retryable"),
    [
        (400, ModelInputError, "refuses the inputs", False),
        (401, ModelAuthError, "hf auth login", False),
        (402, ModelCreditError, "https://huggingface.co/settings/billing", False),
        (403, ModelAuthError, "the token must permit calls to inference providers", False),
        (404, ModelNotFoundError, "is not served there", False),
        (418, ModelProtocolError, "HTTP 418", False),
        (422, ModelInputError, "refuses the inputs", False),
        (429, ModelBusyError, "fewer calls at once with limit=", True),
        (500, ModelServerError, "the server of", True),
        (502, ModelServerError, "HTTP 502", True),
        (503, ModelLoadingError, "is not ready", True),
        (504, ModelTimeoutError, "did not answer its own proxy", True),
    ],
)
def test_a_status_says_what_to_do(ask, world, model, status, error, hint, retryable):
    world.fails[model[0]] = as_json(SAID, status)
    with pytest.raises(error, match="the provider's words") as caught:
        ask(*model)
    text = str(caught.value)
    assert hint in text
    assert model[0] in text
    assert "hf_secret" not in text
    assert caught.value.retryable is retryable
    assert caught.value.model == model[0]
    assert caught.value.__cause__ is not None


def test_too_many_requests_say_how_long_to_wait(ask, world):
    world.fails["meta/talker"] = as_json(SAID, 429, Retry_After="7")
    with pytest.raises(ModelBusyError, match="it asks to wait 7 s") as caught:
        ask(*CHAT)
    assert caught.value.retry_after == 7
    world.fails["meta/talker"] = as_json(SAID, 429, Retry_After=formatdate(time.time() + 60, usegmt=True))
    with pytest.raises(ModelBusyError) as caught:
        ask(*CHAT)
    assert 50 < caught.value.retry_after <= 60
    world.fails["meta/talker"] = as_json(SAID, 429, Retry_After="soon")
    with pytest.raises(ModelBusyError) as caught:
        ask(*CHAT)
    assert caught.value.retry_after is None


def test_a_model_that_loads_says_how_long_it_takes(ask, world):
    loading = {"error": "Model models/text-to-image is currently loading", "estimated_time": 20.5}
    world.fails["models/text-to-image"] = as_json(loading, 503)
    with pytest.raises(ModelLoadingError, match="currently loading") as caught:
        ask("models/text-to-image", "a cat")
    assert caught.value.retry_after == 20.5


@pytest.mark.parametrize(
    "said",
    [b"plain words", b'"words"', b'{"detail": [{"msg": "words"}]}', b'{"message": "words"}', b'{"x": "words"}', b""],
)
def test_a_provider_may_say_it_in_any_form(ask, world, said):
    world.fails["artists/flux"] = Reply(said, 400)
    with pytest.raises(ModelInputError) as caught:
        ask(*DRAW)
    assert ("words" in str(caught.value)) is bool(said)


def test_a_stream_that_breaks_is_no_answer(ask, world):
    world.chat = lambda _: Reply([delta({"content": "Hel"})], cut=True)
    with pytest.raises(ModelStreamError) as caught:
        ask(*CHAT)
    assert caught.value.retryable


def test_a_stream_that_ends_too_soon_is_no_answer(ask, world):
    world.chat = lambda _: Reply([delta({"content": "Hel"}), b"data: [DONE]\n\n"])
    with pytest.raises(ModelStreamError, match="broke off after 3 characters"):
        ask(*CHAT)
    world.chat = lambda _: as_json({"choices": [{"message": {"content": "Hello"}}]})
    with pytest.raises(ModelStreamError, match="broke off before it began"):
        ask(*CHAT)


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"error": {"message": "out of memory"}}, ModelServerError),
        ({"error": "out of memory", "error_type": "overloaded"}, ModelBusyError),
        ({"error": "out of memory", "error_type": "validation"}, ModelInputError),
        ({"error": "out of memory", "error_type": "incomplete_generation"}, ModelStreamError),
    ],
)
def test_an_error_in_a_stream_is_told(ask, world, said, error):
    world.chat = lambda _: Reply([delta({"content": "Hel"}), b"data: " + as_json(said).body + b"\n\n"])
    with pytest.raises(error, match="out of memory"):
        ask(*CHAT)


def test_a_stream_of_something_else_is_not_understood(ask, world):
    world.chat = lambda _: Reply([b"data: <html>\n\n"])
    with pytest.raises(ModelProtocolError, match="is not understood"):
        ask(*CHAT)


def test_an_answer_of_another_form_is_not_understood(ask, world):
    world.fails["models/translation"] = as_json([{"text": "bonjour"}])
    with pytest.raises(ModelProtocolError, match="the answer has no 'translation_text'"):
        ask("models/translation", "hello")
    world.fails["models/text-to-image"] = Reply(b"no picture")
    with pytest.raises(ModelProtocolError, match="cannot identify image"):
        ask("models/text-to-image", "a cat")


@pytest.mark.parametrize("model", [CHAT, DRAW], ids=["chat", "picture"])
def test_silence_is_a_timeout(ask, world, monkeypatch, model):
    monkeypatch.setattr(client, "SILENCE_SECONDS", 0.2)
    world.held.clear()
    with pytest.raises(ModelTimeoutError, match="did not answer in time") as caught:
        ask(*model)
    assert isinstance(caught.value, TimeoutError)
    assert caught.value.retryable


def test_a_job_that_never_ends_is_a_timeout(ask, world, monkeypatch):
    monkeypatch.setattr(client, "CALL_SECONDS", 0.2)
    monkeypatch.setattr(client, "SILENCE_SECONDS", 30.0)
    world.finish.clear()
    world.chat = lambda _: Reply([delta({"content": "Hel"})])
    with pytest.raises(ModelTimeoutError, match="took longer than 0 s"):
        ask(*CHAT)


def test_nobody_there_is_unreachable(ask):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
        with pytest.raises(ModelUnreachableError, match="can't be reached") as caught:
            ask(url, "Hi")
    assert caught.value.retryable


def test_a_picture_that_can_not_be_fetched_is_said(ask, world, monkeypatch):
    monkeypatch.setattr(files, "FETCH_SECONDS", 5.0)
    world.files["/photo"] = b"", "image/png"
    with pytest.raises(ModelInputError, match="/none can't be fetched") as caught:
        ask("models/image-to-text", f"{world.url}/none?signed=secret")
    assert "signed" not in str(caught.value)


def test_the_hubs_refusal_of_a_provider_is_told_before_anything_is_sent(ask, world):
    world.models["artists/flux"].served["together"] = "text-to-video"
    kind_task = "text-to-image"
    world.models["artists/flux"].served.pop("fal-ai")
    with pytest.raises(ValueError, match="serves artists/flux"):
        ask("artists/flux", "a cat", task=kind_task)
    assert not world.asked("router")


def test_a_token_that_the_provider_repeats_is_not_told(world, caplog, home):
    world.fails["artists/flux"] = as_json({"error": "hf_secret is no token of ours"}, 401)
    world.fails["meta/talker"] = Reply([b'data: {"error": {"message": "hf_secret is no token of ours"}}\n\n'])
    draw, talk = model("artists/flux"), model("meta/talker")

    @pipeline
    def p():
        return draw(prompt="a cat"), talk(prompt="Hi")

    with caplog.at_level("DEBUG"):
        run = p.run()
    assert len(run.failures) == 2
    for failure in run.failures:
        told = "".join(traceback.format_exception(failure)) + repr(failure.__cause__)
        assert "hf_*** is no token of ours" in told
        assert "hf_secret" not in told
    assert "hf_secret" not in caplog.text + str(run) + repr(run.events)
    assert not [file for file in home.rglob("*") if file.is_file() and b"hf_secret" in file.read_bytes()]


def test_an_answer_that_fails_leaves_nothing_open_that_reads_it(world):
    world.fails["meta/talker"] = Reply([b'data: {"error": {"message": "no more"}}\n\n'])
    kind = ModelKind("meta/talker", None)
    error, left = failing(kind.call, kind.bind(("Hi",), {}), Call("step"))
    assert "no more" in str(error)
    assert left == []
