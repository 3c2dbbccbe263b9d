"""A chat with a model: messages out of a prompt, a system text and pictures; the answer as it is written."""

from __future__ import annotations

import base64
import json
import mimetypes
import traceback
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import anyio.to_thread

from daggr_fn.gradio_http.json_types import is_mapping, is_sequence
from daggr_fn.inference.errors import ModelInputError, ModelStreamError
from daggr_fn.inference.files import as_file
from daggr_fn.media import form_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

    from daggr_fn.inference.results import NewFile
    from daggr_fn.inference.sorting import Where

_OURS = ("prompt", "system", "image", "images", "messages")


@dataclass
class Answer:
    """What a model has said so far.

    Attributes:
        calls: The tools that it wants called, by their index.
        finished: Why it stopped, in the provider's word; "" when it did not say.
    """

    text: str = ""
    calls: dict[int, dict[str, str]] = field(default_factory=dict[int, dict[str, str]])
    finished: str = ""

    def tool_calls(self) -> list[dict[str, Any]]:
        """The calls with their arguments taken from JSON, where they are JSON."""
        return [
            {"name": call["name"], "arguments": _from_json(call["arguments"])} for _, call in sorted(self.calls.items())
        ]


async def arguments_of(inputs: Mapping[str, Any], new_file: NewFile) -> dict[str, Any]:
    """The arguments for the client's method out of a step's inputs."""
    given = {name: value for name, value in inputs.items() if name not in _OURS and value is not None}
    given["messages"] = await anyio.to_thread.run_sync(messages_of, inputs, new_file)
    return given


def messages_of(inputs: Mapping[str, Any], new_file: NewFile) -> list[dict[str, Any]]:
    """The messages: the system's, those given, then the prompt with its pictures. Reads the pictures' files."""
    messages: list[dict[str, Any]] = []
    if inputs.get("system") is not None:
        messages.append({"role": "system", "content": inputs["system"]})
    given: Sequence[Mapping[str, Any]] = inputs.get("messages") or ()
    messages.extend({**one, "content": _content(one.get("content"), new_file)} for one in given)
    images = [inputs["image"]] if inputs.get("image") is not None else []
    several = inputs.get("images")
    images += several if is_sequence(several) else [] if several is None else [several]
    prompt = inputs.get("prompt")
    if images:
        parts = [] if prompt is None else [_part(prompt, new_file)]
        messages.append({"role": "user", "content": parts + [_picture(image, new_file) for image in images]})
    elif prompt is not None:
        messages.append({"role": "user", "content": prompt})
    return messages


def _content(content: Any, new_file: NewFile) -> Any:
    if is_sequence(content):
        return [_part(part, new_file) for part in content]
    return content if content is None or isinstance(content, str) else [_part(content, new_file)]


def _part(part: Any, new_file: NewFile) -> Any:
    """A part of a message: a text, a picture in any form, or a part in the provider's own words."""
    if isinstance(part, str):
        return {"type": "text", "text": part}
    return part if is_mapping(part) else _picture(part, new_file)


def _picture(image: Any, new_file: NewFile) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": _as_url(image, new_file)}}


def _as_url(image: Any, new_file: NewFile) -> str:
    if isinstance(image, str) and image.startswith(("http://", "https://", "data:")):
        return image
    if not form_of(image):
        raise ModelInputError(f"a {type(image).__name__} is no picture")
    path = as_file(image, new_file)
    mime = mimetypes.guess_type(path.name)[0] or "image/png"
    return f"data:{mime};base64,{base64.b64encode(path.read_bytes()).decode()}"


async def stream(client: Any, arguments: dict[str, Any], where: Where, heard: Callable[[str], None]) -> Answer:
    """Ask, and take the answer in as it is written.

    Args:
        client: An open client of huggingface_hub.
        arguments: For its `chat_completion`.
        where: The model, for messages.
        heard: Told the text so far, each time that it grows.

    Raises:
        ModelStreamError: The answer broke off before the model said that it had finished.
    """
    answer = Answer()
    with _freeing_readers():
        async for chunk in await client.chat_completion(**arguments, stream=True):
            for choice in chunk.get("choices") or ():
                _take_in(choice, answer, heard)
    if not answer.finished:
        said = f" after {len(answer.text)} characters" if answer.text else " before it began"
        raise ModelStreamError(f"the answer of {where} broke off{said}; try again", **where.names)
    return answer


def _take_in(choice: Mapping[str, Any], answer: Answer, heard: Callable[[str], None]) -> None:
    if choice.get("finish_reason"):
        answer.finished = choice["finish_reason"]
    delta: Mapping[str, Any] = choice.get("delta") or {}
    _add_calls(answer, delta.get("tool_calls") or ())
    if delta.get("content"):
        answer.text += delta["content"]
        heard(answer.text)


@contextmanager
def _freeing_readers() -> Generator[None, None, None]:
    """Frees what reads an answer when it fails.

    The client gives no way to close its readers, and the error's traceback holds them: the garbage collector would end
    them later, in any thread, while this loop ends them too, and Python complains of that on stderr.
    """
    try:
        yield
    except BaseException as error:
        traceback.clear_frames(error.__traceback__)
        raise


def _add_calls(answer: Answer, calls: Any) -> None:
    """Add the pieces of tool calls: a name comes whole, its arguments in pieces of JSON."""
    for position, piece in enumerate([calls] if is_mapping(calls) else calls):
        call = answer.calls.setdefault(piece.get("index") or position, {"name": "", "arguments": ""})
        function: Mapping[str, Any] = piece.get("function") or {}
        call["name"] = function.get("name") or call["name"]
        arguments = function.get("arguments")
        call["arguments"] += arguments if isinstance(arguments, str) else json.dumps(arguments) if arguments else ""


def _from_json(text: str) -> Any:
    try:
        return json.loads(text) if text else {}
    except ValueError:
        return text
