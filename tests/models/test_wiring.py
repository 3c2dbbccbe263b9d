"""What is found before anything is sent: names, tasks, providers, parameters, values; with and without a network."""

from __future__ import annotations

import pytest

from daggr_fn.errors import MissingParameterError, UnknownParameterError, WiringError
from daggr_fn.inference import catalog
from daggr_fn.inference.errors import (
    ModelAuthError,
    ModelNotFoundError,
    ModelTaskError,
    ModelUnreachableError,
)
from daggr_fn.nodes.model import ModelKind
from tests.models.conftest import forget
from tests.models.server import Reply, as_json


def test_making_a_node_asks_nobody(world):
    assert ModelKind("artists/flux.1-dev:together").name == "flux_1_dev"
    assert ModelKind("meta/talker", name="given").name == "given"
    assert ModelKind("http://127.0.0.1:9/v1").name == "model"
    assert not world.requests


def test_a_model_is_asked_about_once(world):
    for _ in range(3):
        kind = ModelKind("artists/flux")
        kind.spec()
        kind.identity()
    assert len(world.asked("/api/models")) == 1


def test_a_misspelt_model_is_named_with_the_right_one(world):
    with pytest.raises(
        ModelNotFoundError, match=r"no model meta/talkr on the Hub; did you mean 'meta/talker'\?"
    ) as caught:
        ModelKind("meta/talkr").spec()
    assert isinstance(caught.value, ValueError)
    with pytest.raises(ModelNotFoundError, match=r"did you mean 'artists/flux'\?"):
        ModelKind("artist/flux").spec()


def test_without_a_token_a_private_model_may_be_meant(world, monkeypatch):
    monkeypatch.delenv("HF_TOKEN")
    with pytest.raises(ModelNotFoundError, match="a private one needs a token"):
        ModelKind("nobody/nothing").spec()


@pytest.mark.parametrize("name", ["", "a b", "meta/talker/x", "meta/talker:", ":together", "ftp://x"])
def test_what_names_no_model_is_refused_at_once(name):
    with pytest.raises(WiringError, match="names no model"):
        ModelKind(name)


def test_an_address_with_a_password_is_refused_and_not_repeated():
    with pytest.raises(WiringError, match="can't hold a user name") as caught:
        ModelKind("https://me:secret@host.test/v1")
    assert "secret" not in str(caught.value)


def test_the_page_of_a_model_is_its_name():
    assert ModelKind("https://huggingface.co/artists/flux").name == "flux"
    assert ModelKind("models/artists/flux").name == "flux"


def test_a_misspelt_provider_is_named_with_the_right_one(world):
    with pytest.raises(WiringError, match=r"no inference provider 'togehter'; did you mean 'together'\?"):
        ModelKind("artists/flux:togehter").spec()


def test_a_provider_that_does_not_serve_the_model_is_named_with_those_who_do(world):
    with pytest.raises(ModelTaskError, match="nscale does not serve artists/flux") as caught:
        ModelKind("artists/flux:nscale").spec()
    assert "together (text-to-image), fal-ai (text-to-image)" in str(caught.value)
    assert isinstance(caught.value, ValueError)


def test_a_model_that_nobody_serves_is_said(world):
    with pytest.raises(ModelTaskError, match="no inference provider serves lost/nobody"):
        ModelKind("lost/nobody").spec()


def test_a_task_that_is_unknown_is_asked_for(world):
    with pytest.raises(ModelTaskError, match=r"the task of lost/untagged is not known .*say which with task="):
        ModelKind("lost/untagged").spec()
    assert ModelKind("lost/untagged", "fill-mask").spec().doc == "fill-mask by lost/untagged"
    assert ModelKind("lost/unmapped").spec().doc == "fill-mask by lost/unmapped"
    with pytest.raises(ModelTaskError, match="for any task that is known here"):
        ModelKind("lost/strange").spec()
    with pytest.raises(ModelTaskError, match="telepathy, which is not known here"):
        ModelKind("lost/strange:together").spec()
    with pytest.raises(ModelTaskError, match=r"the task of the model at http://host\.test/x is not known"):
        ModelKind("http://host.test/x").spec()


def test_a_misspelt_parameter_is_named_with_the_right_ones(world):
    with pytest.raises(UnknownParameterError, match=r"no parameter 'promt'; did you mean 'prompt'\?") as caught:
        ModelKind("artists/flux").bind((), {"promt": "a cat"})
    assert "'negative_prompt'" in str(caught.value)


def test_missing_double_and_too_many_arguments_are_refused(world):
    kind = ModelKind("models/question-answering")
    with pytest.raises(MissingParameterError, match="needs 'context'"):
        kind.bind(("Who?",), {})
    with pytest.raises(UnknownParameterError, match="two values for 'question'"):
        kind.bind(("Who?",), {"question": "Who?", "context": "x"})
    with pytest.raises(UnknownParameterError, match=r"takes 9 arguments, and 10 were given"):
        kind.bind(tuple("0123456789"), {})


@pytest.mark.parametrize(
    ("model", "name", "value", "text"),
    [
        ("artists/flux", "width", "wide", r"width='wide' \(str\) is no int"),
        ("artists/flux", "prompt", 3, "is no str"),
        ("models/text-classification", "function_to_apply", "softmx", r"no choice; did you mean 'softmax'\?"),
        ("models/zero-shot-classification", "candidate_labels", [], "candidate_labels is empty"),
        ("models/zero-shot-classification", "candidate_labels", "cat", r"is no list\[str\]"),
        ("models/image-to-text", "image", "none.png", "names a file that does not exist"),
        ("models/image-to-text", "image", 3, "is no file"),
        ("models/image-to-text", "image", None, "is no file"),
    ],
)
def test_a_value_that_is_bound_to_be_refused_is_refused_here(world, model, name, value, text):
    with pytest.raises(WiringError, match=text):
        ModelKind(model).check(name, value)


def test_values_that_fit_pass(world):
    kind = ModelKind("models/text-to-speech")
    for value in (True, "never", None):
        kind.check("early_stopping", value)
    kind.check("temperature", 1)


def test_a_pipeline_is_traced_offline_from_what_is_remembered(world, monkeypatch, caplog):
    online = ModelKind("artists/flux")
    spec, identity = online.spec(), online.identity()
    forget(monkeypatch)
    world.fails["hub"] = as_json({"error": "down"}, 500)
    offline = ModelKind("artists/flux")
    assert offline.spec().parameters == spec.parameters
    assert offline.identity() == identity
    assert "what the Hub said before is used" in caplog.text


def test_offline_without_anything_remembered_is_said(world, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelUnreachableError, match="can't be reached"):
        ModelKind("artists/flux").spec()


def test_a_damaged_description_is_none(world, home, monkeypatch, caplog):
    ModelKind("artists/flux").spec()
    (file,) = (home / "models").iterdir()
    file.write_text('{"schema": 1')
    forget(monkeypatch)
    world.fails["hub"] = Reply(b"", 503)
    with pytest.raises(catalog.ModelLoadingError):
        ModelKind("artists/flux").spec()
    assert "is damaged" in caplog.text


def test_a_result_belongs_to_the_model_its_revision_the_provider_the_task_and_the_user(world, monkeypatch):
    def identity(*args, **options):
        return ModelKind(*args, **options).identity()

    usual = identity("artists/flux")
    assert usual.what[:5] == ("model", "artists/flux", "auto", "text-to-image", "5" * 40)
    assert "hf_secret" not in str(usual)
    different = [identity("artists/flux:together"), identity("artists/copied"), identity("models/text-to-image")]
    monkeypatch.setenv("HF_TOKEN", "hf_other")
    different.append(identity("artists/flux"))
    world.models["artists/flux"].sha = "6" * 40
    forget(monkeypatch)
    different.append(identity("artists/flux"))
    assert usual not in different
    assert len(set(map(str, different))) == len(different)


def test_without_a_token_nothing_is_sent(ask, world, monkeypatch):
    monkeypatch.delenv("HF_TOKEN")
    with pytest.raises(ModelAuthError, match="sign in with `hf auth login`"):
        ask("meta/talker", "Hi")
    monkeypatch.setenv("HF_TOKEN", "sk-of-somebody-else")
    with pytest.raises(ModelAuthError, match="none of Hugging Face's") as caught:
        ask("artists/flux", "a cat")
    assert "sk-of" not in str(caught.value)
    assert not world.asked("router")


@pytest.mark.parametrize(
    ("model", "is_sent"),
    [
        ("https://mine.eu.endpoints.huggingface.cloud/v1", True),
        ("https://api.stranger.test/v1", False),
        ("https://endpoints.huggingface.cloud.stranger.test/v1", False),
        ("http://mine.endpoints.huggingface.cloud/v1", False),
    ],
)
def test_the_token_goes_to_hugging_face_and_nobody_else(ask, world, model, is_sent):
    assert ask(model, "Hi").value == "Hello!"
    (sent,) = world.requests
    assert ("hf_secret" in str(sent.headers)) is is_sent
    assert bool(ModelKind(model).identity().user) is is_sent
