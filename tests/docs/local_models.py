"""The models that the docs use, hosted on localhost: `tests/models` has the server; here is what it says."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

from tests.models.hub import Model
from tests.models.redirect import redirected
from tests.models.server import Providers, Reply, Seen, as_json, delta, running

if TYPE_CHECKING:
    from collections.abc import Iterator

TALKER = "meta-llama/Llama-3.3-70B-Instruct"
MODELS = (
    Model(TALKER, "text-generation", {"groq": "conversational", "together": "conversational"}),
    Model("Qwen/Qwen3-VL-30B-A3B-Instruct", "image-text-to-text", {"novita": "conversational"}),
    Model("black-forest-labs/FLUX.1-schnell", "text-to-image", {"together": "text-to-image"}),
    Model("deepset/roberta-base-squad2", "question-answering", {"hf-inference": "question-answering"}),
)
RECIPE = {"title": "Tomato soup", "minutes": 25, "steps": ["Chop the tomatoes.", "Cook them."]}


@contextlib.contextmanager
def running_models() -> Iterator[str]:
    """The URL of a server that is the Hub and all providers at once: what `MODELS_AT` is set to."""
    providers = Providers()
    providers.models |= {model.id: model for model in MODELS}
    providers.chat = chat
    providers.fails["deepset/roberta-base-squad2"] = as_json({"answer": "Clara", "score": 0.9, "start": 11, "end": 16})
    with running(providers) as running_now:
        yield running_now.url


@contextlib.contextmanager
def models_at(url: str) -> Iterator[None]:
    """Within this, models are asked for at a server of `running_models`."""
    with redirected(url):
        yield


def chat(seen: Seen) -> Reply:
    """A recipe where one is asked for as JSON, else a short answer in a few pieces."""
    asked = seen.json
    if asked.get("response_format"):
        words = [json.dumps(RECIPE)]
    elif isinstance(asked["messages"][-1]["content"], list):
        words = ["A ", "red ", "square."]
    else:
        words = ["Cats ", "nap ", "better."]
    return Reply([*(delta({"content": word}) for word in words), delta({}, "stop"), b"data: [DONE]\n\n"])
