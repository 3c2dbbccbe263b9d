"""Every task that huggingface_hub's client serves, from a step's inputs to its natural value."""

from __future__ import annotations

import base64
import inspect
import json
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import huggingface_hub
import numpy as np
import pytest
from PIL import Image

from daggr_fn.inference.errors import (
    ModelAuthError,
    ModelBusyError,
    ModelCreditError,
    ModelInputError,
    ModelLoadingError,
    ModelProtocolError,
    ModelStreamError,
    ModelTaskError,
)
from daggr_fn.inference.parameters import EXTRA, parameters_of
from daggr_fn.inference.tasks import CHAT, NO_TASKS, TASKS
from daggr_fn.nodes.model import ModelKind
from tests.models.answers import BOX, FLAC, LABELS, picture
from tests.models.server import Reply, as_json

# Of huggingface_hub itself, when it sends a file to hf-inference.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")

TABLE = {"Repository": ["Transformers"], "Stars": ["36542"]}

# By task: the step's inputs, and what its value is. A file stands for its ending.
CASES: dict[str, tuple[dict[str, Any], Any]] = {
    "audio-classification": ({"audio": "sound.flac", "top_k": 2}, LABELS),
    "audio-to-audio": ({"audio": "sound.flac"}, [{"label": "voice", "blob": ".flac", "content_type": "audio/flac"}]),
    "automatic-speech-recognition": ({"audio": "sound.flac"}, "hello"),
    "document-question-answering": (
        {"image": "picture.png", "question": "Which number?"},
        [{"answer": "us-001", "score": 0.4, "start": 16, "end": 16}],
    ),
    "feature-extraction": ({"text": "hi", "normalize": True}, [[0.5, 1.5], [2.5, 3.5]]),
    "fill-mask": (
        {"text": "I am <mask>", "targets": ["happy"]},
        [{"score": 0.5, "token": 3, "token_str": "happy", "sequence": "I am happy"}],
    ),
    "image-classification": ({"image": "picture.png"}, LABELS),
    "image-segmentation": (
        {"image": "picture.png", "threshold": 0.5},
        [{"label": "cat", "score": 0.8, "mask": ".png"}],
    ),
    "image-to-image": ({"image": "picture.png", "prompt": "as a cat"}, ".png"),
    "image-to-text": ({"image": "picture.png"}, "a red square"),
    "object-detection": ({"image": "picture.png"}, [{"label": "cat", "score": 0.8, "box": BOX}]),
    "question-answering": (
        {"question": "Who?", "context": "My name is Clara"},
        {"answer": "Clara", "score": 0.9, "start": 11, "end": 16},
    ),
    "sentence-similarity": ({"sentence": "a", "other_sentences": ["b", "c"]}, [0.25, 0.75]),
    "summarization": ({"text": "long"}, "short"),
    "table-question-answering": (
        {"table": TABLE, "query": "How many stars?"},
        {"answer": "36542", "coordinates": [[0, 1]], "cells": ["36542"], "aggregator": "NONE"},
    ),
    "tabular-classification": ({"table": TABLE}, ["5", "6"]),
    "text-classification": ({"text": "nice"}, LABELS),
    "text-generation": ({"prompt": "once", "max_new_tokens": 2}, "once upon"),
    "text-to-image": ({"prompt": "a red square", "seed": 3}, ".png"),
    "text-to-speech": ({"text": "hello"}, ".flac"),
    "token-classification": (
        {"text": "Sarah", "aggregation_strategy": "simple"},
        [{"entity_group": "PER", "score": 0.9, "word": "Sarah", "start": 0, "end": 5}],
    ),
    "translation": ({"text": "hello", "src_lang": "en", "tgt_lang": "fr"}, "bonjour"),
    "visual-question-answering": (
        {"image": "picture.png", "question": "What?"},
        [{"answer": "laying down", "score": 0.7}],
    ),
    "zero-shot-classification": ({"text": "meow", "candidate_labels": ["cat", "dog"]}, LABELS),
    "zero-shot-image-classification": ({"image": "picture.png", "candidate_labels": ["cat", "dog"]}, LABELS),
}
ELSEWHERE = {"conversational", "text-to-video", "image-to-video"}  # in test_chat and test_media
NOWHERE = {"tabular-regression"}  # a method of the client that its own table of providers has no row for


# Parameters of the methods that a step has no input for: `n` is a map, and its text is always streamed, as a text.
ALWAYS_DECIDED = {"self", "model", "kwargs"}
DECIDED_HERE = {
    CHAT: ALWAYS_DECIDED | {"n", "stream", "stream_options"},
    "text-generation": ALWAYS_DECIDED | {"stream", "details", "decoder_input_details"},
}


def further(method: inspect.Signature) -> set[str]:
    """Where a method takes more by keyword, `extra_body` has it, as where it has that of its own."""
    return {EXTRA} if "kwargs" in method.parameters else set()


def example(annotation: Any, number: int) -> Any:
    """A value of a type, with a number in it where it can have one."""
    kinds = [one for one in get_args(annotation) or (annotation,) if one is not type(None)]
    for kind in kinds:
        if get_origin(kind) is Literal:
            return get_args(kind)[-1]
        if get_origin(kind) is list:
            return [example(get_args(kind)[0], number)]
    known = {bool: True, int: number, float: number + 0.5, str: f"v{number}"}
    return next((known[kind] for kind in kinds if kind in known), {"x": number})


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "picture.png").write_bytes(picture())
    (tmp_path / "sound.flac").write_bytes(FLAC)


def shown(value: Any) -> Any:
    """The value with the endings of its files in their place, which must be there."""
    if isinstance(value, Path):
        assert value.stat().st_size
        return value.suffix
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, dict):
        assert type(value) is dict
        return {key: shown(item) for key, item in value.items()}
    return [shown(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("task", CASES)
def test_a_task_takes_its_inputs_and_has_a_natural_value(ask, files, task):
    inputs, value = CASES[task]
    assert shown(ask(f"models/{task}", **inputs).value) == value


@pytest.mark.parametrize("task", CASES)
def test_a_server_at_an_address_is_asked_for_the_task_that_is_said(ask, files, world, task):
    inputs, value = CASES[task]
    assert shown(ask(f"{world.url}/models/models/{task}/x", task=task, **inputs).value) == value
    assert not world.asked("/api/models")


def test_every_method_of_the_client_is_a_task():
    methods = {
        name
        for name, method in inspect.getmembers(huggingface_hub.AsyncInferenceClient, inspect.iscoroutinefunction)
        if not name.startswith("_")
    }
    assert methods - NO_TASKS == {task.method for task in TASKS.values()}
    assert set(CASES) | ELSEWHERE | NOWHERE == set(TASKS)


@pytest.mark.parametrize("task", TASKS)
def test_every_parameter_of_the_clients_method_is_an_input(world, task):
    """A new huggingface_hub shows here what is missing."""
    method = inspect.signature(getattr(huggingface_hub.AsyncInferenceClient, TASKS[task].method))
    inputs = parameters_of(TASKS[task])
    chat = {"prompt", "system", "image", "images"} if task == CHAT else set()
    assert set(inputs) - chat == (set(method.parameters) - DECIDED_HERE.get(task, ALWAYS_DECIDED)) | further(method)
    for name in set(inputs) & set(method.parameters):
        default = method.parameters[name].default
        assert inputs[name].required is (default is inspect.Parameter.empty and name != "messages"), name


@pytest.mark.parametrize("task", CASES)
def test_every_input_arrives(ask, files, world, task):
    """Each with a value that no other has, which is then in the request."""
    inputs = {}
    for number, (name, parameter) in enumerate(parameters_of(TASKS[task]).items()):
        if name in CASES[task][0] and parameter.required:
            inputs[name] = CASES[task][0][name]
        elif name != EXTRA:
            inputs[name] = example(parameter.annotation, 7000 + number)
    world.fails[f"models/{task}"] = Reply(b"stop here", 400)
    with pytest.raises(ModelInputError):
        ask(f"models/{task}", **inputs)
    sent = world.requests[-1]
    optional = {name: value for name, value in inputs.items() if name not in CASES[task][0]}
    assert [name for name, value in optional.items() if not holds(sent.json, value)] == []


def holds(sent: Any, value: Any) -> bool:
    """Whether a value is somewhere in what was sent."""
    parts = sent.values() if isinstance(sent, dict) else sent if isinstance(sent, list) else ()
    return sent == value or any(holds(part, value) for part in parts)


def test_what_the_client_can_ask_nobody_for_is_said_when_it_is_wired(world):
    with pytest.raises(ModelTaskError, match="can't ask hf-inference for tabular-regression"):
        ModelKind("models/tabular-regression:hf-inference").spec()


def test_several_inputs_arrive_together(ask, files, world):
    ask("models/question-answering", "Who?", "My name is Clara", top_k=1)
    assert world.requests[-1].json == {
        "inputs": {"question": "Who?", "context": "My name is Clara"},
        "parameters": {"top_k": 1},
    }
    ask("models/zero-shot-classification", "meow", ["cat", "dog"])
    assert world.requests[-1].json["parameters"] == {"candidate_labels": ["cat", "dog"], "multi_label": False}
    ask("models/sentence-similarity", "a", ["b", "c"])
    assert world.requests[-1].json["inputs"] == {"source_sentence": "a", "sentences": ["b", "c"]}
    ask("models/image-to-image", "picture.png", "as a cat", extra_body={"strength": 0.5})
    sent = world.requests[-1].json
    assert sent["parameters"] == {"prompt": "as a cat", "strength": 0.5}
    assert base64.b64decode(sent["inputs"]) == picture()


@pytest.mark.parametrize(
    "form",
    [Path, str, lambda path: path.read_bytes(), Image.open, lambda path: np.asarray(Image.open(path))],
    ids=["path", "text", "bytes", "picture", "array"],
)
def test_a_picture_may_have_any_form(ask, files, world, tmp_path, form):
    assert ask("models/image-to-text", form(tmp_path / "picture.png")).value == "a red square"
    sent = world.requests[-1]
    assert sent.headers["content-type"] == "image/png"
    assert sent.body.startswith(b"\x89PNG")


def test_a_picture_at_an_address_is_fetched_without_the_token(ask, files, world):
    world.files["/photo"] = picture("JPEG"), "image/jpeg"
    ask("models/image-to-text", f"{world.url}/photo?signed=secret")
    fetched, sent = world.asked("/photo")[0], world.requests[-1]
    assert "authorization" not in fetched.headers
    assert sent.headers["content-type"] == "image/jpeg"


def test_a_task_may_be_written_as_people_write_it(world):
    assert ModelKind("models/fill-mask", "fill_mask").spec().doc == "fill-mask by models/fill-mask"
    assert ModelKind("models/token-classification", "NER").spec().doc.startswith("token-classification")
    with pytest.raises(ModelTaskError, match=r"no task 'txt-to-image'; did you mean 'text-to-image'\?"):
        ModelKind("artists/flux", "txt-to-image").spec()


def test_records_are_plain_json(ask, files):
    value = ask("models/object-detection", "picture.png").value
    assert json.loads(json.dumps(value)) == value
    assert type(value[0]["box"]) is dict


ODD = {"nothing": as_json(None), "a text": as_json("words"), "a page": Reply(b"<html>", content_type="text/html")}


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("task", CASES)
def test_an_answer_that_is_none_of_the_tasks_is_not_taken_for_one(ask, files, world, task, odd):
    world.fails[f"models/{task}"] = ODD[odd]
    with pytest.raises(ModelProtocolError, match="is not understood"):
        ask(f"models/{task}", **CASES[task][0])


REFUSALS = {
    401: (ModelAuthError, None),
    402: (ModelCreditError, None),
    422: (ModelInputError, None),
    429: (ModelBusyError, 7),
    503: (ModelLoadingError, 7),
}


@pytest.mark.parametrize("task", CASES)
def test_every_task_tells_why_it_is_refused(ask, files, world, task):
    for status, (error, retry_after) in REFUSALS.items():
        world.fails[f"models/{task}"] = as_json({"error": "the provider's words"}, status, Retry_After="7")
        with pytest.raises(error, match="the provider's words") as caught:
            ask(f"models/{task}", **CASES[task][0])
        assert caught.value.retry_after == retry_after
    world.fails[f"models/{task}"] = Reply([b'{"cut'], cut=True)
    with pytest.raises(ModelStreamError, match="broke"):
        ask(f"models/{task}", **CASES[task][0])
