"""What the Hub on localhost says of models: their tasks, who serves them, under which names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

SHA = "5" * 40


@dataclass
class Model:
    """A model on the Hub.

    Attributes:
        served: The task that each provider serves it for; `None` when the Hub does not say.
    """

    id: str
    pipeline_tag: str | None = None
    served: dict[str, str] | None = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    sha: str = SHA

    def to_json(self) -> dict[str, Any]:
        data: dict[str, Any] = {"id": self.id, "_id": "1", "sha": self.sha, "tags": list(self.tags), "private": False}
        if self.pipeline_tag:
            data["pipeline_tag"] = self.pipeline_tag
        if self.served is not None:
            data["inferenceProviderMapping"] = {
                provider: {"status": "live", "providerId": f"at-{provider}/{self.id}", "task": task}
                for provider, task in self.served.items()
            }
        return data


def at_hf_inference(task: str) -> Model:
    """The model that stands for a task in these tests: `models/<task>`."""
    return Model(f"models/{task}", task, {"hf-inference": task}, tags=(task,))


CHATS = (
    Model("meta/talker", "text-generation", {"together": "conversational", "groq": "conversational"}),
    Model("meta/talker-2", "text-generation", {"hf-inference": "conversational"}, tags=("conversational",)),
    Model("meta/looker", "image-text-to-text", {"together": "conversational"}),
    Model("meta/unmapped", "text-generation", None, tags=("conversational",)),
)
OTHERS = (
    Model("meta/completer", "text-generation", {"together": "text-generation"}),
    Model("artists/flux", "text-to-image", {"together": "text-to-image", "fal-ai": "text-to-image"}),
    Model("artists/queued", "image-to-image", {"fal-ai": "image-to-image"}),
    Model("artists/copied", "text-to-image", {"replicate": "text-to-image"}),
    Model("speakers/parrot", "text-to-speech", {"fal-ai": "text-to-speech"}),
    Model("speakers/ear", "automatic-speech-recognition", {"fal-ai": "automatic-speech-recognition"}),
    Model("films/reel", "text-to-video", {"novita": "text-to-video"}),
    Model("films/still", "image-to-video", {"fal-ai": "image-to-video"}),
    Model("lost/nobody", "text-to-image", {}),
    Model("lost/unmapped", "fill-mask", None),
    Model("lost/untagged", None, None),
    Model("lost/strange", "telepathy", {"together": "telepathy"}),
)
