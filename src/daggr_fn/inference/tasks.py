"""The tasks that hosted models serve: one row each, with the method of huggingface_hub's client and its result.

The parameters are those of the method itself (see `parameters`), so a row says only what the method can't.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from daggr_fn.errors import did_you_mean, listed
from daggr_fn.inference import results
from daggr_fn.inference.errors import ModelTaskError

if TYPE_CHECKING:
    from daggr_fn.inference.results import Unwrap

CHAT = "conversational"
Records = list[dict[str, Any]]
Numbers = list[float]


@dataclass(frozen=True, slots=True)
class Task:
    """What one kind of model does.

    Attributes:
        name: The Hub's word for it.
        method: The method of `huggingface_hub.AsyncInferenceClient`.
        returns: The natural type of the result.
        unwrap: Makes the natural value of what the method returns.
    """

    name: str
    method: str
    returns: Any
    unwrap: Unwrap


_ROWS = (
    Task("audio-classification", "audio_classification", Records, results.plain),
    Task("audio-to-audio", "audio_to_audio", Records, results.plain),
    Task("automatic-speech-recognition", "automatic_speech_recognition", str, results.field("text")),
    Task(CHAT, "chat_completion", str, results.plain),
    Task("document-question-answering", "document_question_answering", Records, results.plain),
    Task("feature-extraction", "feature_extraction", Any, results.array),
    Task("fill-mask", "fill_mask", Records, results.plain),
    Task("image-classification", "image_classification", Records, results.plain),
    Task("image-segmentation", "image_segmentation", Records, results.plain),
    Task("image-to-image", "image_to_image", Path, results.plain),
    Task("image-to-text", "image_to_text", str, results.field("generated_text", "image_to_text_output_generated_text")),
    Task("image-to-video", "image_to_video", Path, results.plain),
    Task("object-detection", "object_detection", Records, results.plain),
    Task("question-answering", "question_answering", Any, results.plain),
    Task("sentence-similarity", "sentence_similarity", Numbers, results.numbers),
    Task("summarization", "summarization", str, results.field("summary_text")),
    Task("table-question-answering", "table_question_answering", dict[str, Any], results.plain),
    Task("tabular-classification", "tabular_classification", list[Any], results.numbers),
    Task("tabular-regression", "tabular_regression", Numbers, results.numbers),
    Task("text-classification", "text_classification", Records, results.plain),
    Task("text-generation", "text_generation", str, results.as_it_is),
    Task("text-to-image", "text_to_image", Path, results.plain),
    Task("text-to-speech", "text_to_speech", Path, results.plain),
    Task("text-to-video", "text_to_video", Path, results.plain),
    Task("token-classification", "token_classification", Records, results.plain),
    Task("translation", "translation", str, results.field("translation_text")),
    Task("visual-question-answering", "visual_question_answering", Records, results.plain),
    Task("zero-shot-classification", "zero_shot_classification", Records, results.plain),
    Task("zero-shot-image-classification", "zero_shot_image_classification", Records, results.plain),
)
TASKS = {task.name: task for task in _ROWS}

NO_TASKS = frozenset({"close", "get_endpoint_info", "health_check"})
"""Methods of the client that call no model."""

_OTHER_NAMES = {
    "chat": CHAT,
    "chat-completion": CHAT,
    "image-text-to-text": CHAT,
    "text2text-generation": "text-generation",
    "ner": "token-classification",
    "sentiment-analysis": "text-classification",
}


def find_task(name: str) -> Task | None:
    """The task of a name as the Hub, the client or people write it."""
    plain = name.strip().lower().replace("_", "-").replace(" ", "-")
    return TASKS.get(_OTHER_NAMES.get(plain, plain))


def task_named(name: str, model: str) -> Task:
    """The task that a user asks for.

    Raises:
        ModelTaskError: There is none of that name; says which there are.
    """
    found = find_task(name)
    if found is None:
        near = did_you_mean(name, [*TASKS, *_OTHER_NAMES])
        raise ModelTaskError(f"{model}: there is no task {name!r}{near}", model=model, notes={"valid": listed(TASKS)})
    return found
