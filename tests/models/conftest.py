"""The Hub and the providers on localhost, a token for them, and one way to call a model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import anyio
import pytest
from huggingface_hub.inference._providers import _common, hf_inference

from daggr_fn.inference import catalog, client
from daggr_fn.kinds import Call
from daggr_fn.nodes.model import ModelKind
from tests.models.redirect import redirected
from tests.models.server import Providers, running


@pytest.fixture
def world(monkeypatch):
    """The Hub and the providers, knowing nothing of earlier tests, and a user who is signed in."""
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    forget(monkeypatch)
    with running(Providers()) as providers, redirected(providers.url):
        yield providers


def forget(monkeypatch):
    """As in a new process: nothing is known of any model."""
    monkeypatch.setattr(catalog, "_models", {})
    monkeypatch.setattr(client, "_clients", WeakKeyDictionary())
    _common._fetch_inference_provider_mapping.cache_clear()
    hf_inference._check_supported_task.cache_clear()


@dataclass
class Heard:
    """What one call gave: its value, and what was said on the way."""

    value: Any = None
    partial: list[Any] = field(default_factory=list)


@pytest.fixture
def ask(world, tmp_path):
    """Call a model as a step does: `ask("owner/name", "a prompt", seed=1)`."""

    def ask(model: str | ModelKind, *args: Any, task: str | None = None, outputs: Any = None, **kwargs: Any) -> Heard:
        kind = model if isinstance(model, ModelKind) else ModelKind(model, task, outputs=outputs)
        heard = Heard()
        call = Call("step", on_partial=lambda _, value: heard.partial.append(value), scratch=lambda: tmp_path)
        inputs = kind.bind(args, kwargs)
        for name, value in inputs.items():
            kind.check(name, value)
        heard.value = anyio.run(kind.call, inputs, call)
        return heard

    return ask
