"""The inputs of a task: the parameters of the client's own method, with their natural types and checks."""

from __future__ import annotations

import functools
import inspect
import sys
import types
from pathlib import Path
from typing import Any, ForwardRef, Literal, Union, get_args, get_origin

from daggr_fn.annotations import assignable, describe
from daggr_fn.errors import TypeMismatchError, WiringError, did_you_mean, listed, shorten
from daggr_fn.gradio_http.json_types import is_mapping, is_sequence
from daggr_fn.inference.errors import ModelTaskError
from daggr_fn.inference.tasks import CHAT, Task
from daggr_fn.kinds import MISSING, Parameter
from daggr_fn.media import form_of

FILES = frozenset({"image", "audio", "images"})
EXTRA = "extra_body"
"""Further parameters that a provider knows, as a dict."""

_OURS = frozenset(
    # What is ours to decide, and `n`: a step has one value, and several answers are a map.
    {"self", "model", "stream", "stream_options", "details", "decoder_input_details", "n", "kwargs"}
)
_SIMPLE = (str, int, float, bool, type(None), dict, list)
_UNIONS = (Union, types.UnionType)


def parameters_of(task: Task) -> dict[str, Parameter]:
    """The inputs of a task by name, in order: a text, a picture and the like first."""
    return dict(_parameters(task.name, task.method))


@functools.cache
def _parameters(task: str, method: str) -> dict[str, Parameter]:
    function, spread = client_method(task, method)
    module = vars(sys.modules[function.__module__])
    found: dict[str, Parameter] = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if name not in _OURS:
            default = MISSING if parameter.default is parameter.empty else parameter.default
            annotation = Any if name in FILES else _natural(parameter.annotation, module)
            found[name] = Parameter(name, annotation, default, is_file=name in FILES)
    if spread:
        found[EXTRA] = Parameter(EXTRA, dict[str, Any] | None, None)
    return {**_chat_inputs(), **{k: v for k, v in found.items() if k != "messages"}} if task == CHAT else found


def client_method(task: str, method: str) -> tuple[Any, bool]:
    """The client's method, and whether it takes further parameters as keywords of their own.

    Raises:
        ModelTaskError: The installed huggingface_hub has no such method.
    """
    import huggingface_hub

    function = getattr(huggingface_hub.AsyncInferenceClient, method, None)
    if function is None:
        version = huggingface_hub.__version__
        raise ModelTaskError(f"huggingface_hub {version} can't do {task}; `pip install -U huggingface_hub`")
    return function, "kwargs" in inspect.signature(function).parameters


def _chat_inputs() -> dict[str, Parameter]:
    text = str | None
    return {
        "prompt": Parameter("prompt", text, None),
        "system": Parameter("system", text, None),
        "image": Parameter("image", Any, None, is_file=True),
        "images": Parameter("images", list[Any] | None, None, is_file=True),
        "messages": Parameter("messages", Any, None),
    }


def _natural(annotation: Any, names: dict[str, Any]) -> Any:
    """An annotation in builtin types alone; `Any` for the client's own classes."""
    if isinstance(annotation, ForwardRef):
        return _natural(names.get(annotation.__forward_arg__, Any), names)
    origin, args = get_origin(annotation), get_args(annotation)
    if origin in _UNIONS:
        parts = [_natural(part, names) for part in args]
        return Any if Any in parts else Union[tuple(parts)]  # noqa: UP007  # of a number of types that is not known here
    if annotation is dict:
        return dict[str, Any]
    if origin is Literal or annotation in _SIMPLE:
        return annotation
    if origin is list and args:
        return list[_natural(args[0], names)]  # type: ignore[misc]
    return annotation if origin is dict else Any


def check_input(where: str, parameter: Parameter, value: Any) -> None:
    """Raise when the model is bound to refuse a value.

    Raises:
        WiringError: It has the wrong type, is no choice, or names a file that is not there.
    """
    if value is None and not parameter.required:
        return
    name = parameter.name
    if parameter.is_file:
        for one in value if name == "images" and is_sequence(value) else [value]:
            _check_file(where, name, one)
    elif name == "messages":
        _check_messages(where, value)
    elif not assignable(type(value), parameter.annotation):
        wanted = describe(parameter.annotation)
        raise TypeMismatchError(f"{where}: {name}={shorten(value)} ({type(value).__name__}) is no {wanted}")
    else:
        _check_choice(where, parameter, value)


def _check_choice(where: str, parameter: Parameter, value: Any) -> None:
    members = get_args(parameter.annotation) if get_origin(parameter.annotation) in _UNIONS else (parameter.annotation,)
    choices = [choice for member in members if get_origin(member) is Literal for choice in get_args(member)]
    if choices and isinstance(value, str) and str not in members and value not in choices:
        near = did_you_mean(value, choices)
        raise WiringError(f"{where}: {parameter.name}={value!r} is no choice{near}", notes={"valid": listed(choices)})
    if parameter.required and is_sequence(value) and not value:
        raise WiringError(f"{where}: {parameter.name} is empty")


def _check_file(where: str, name: str, value: Any) -> None:
    if isinstance(value, str) and value.startswith(("http://", "https://")):
        return
    if isinstance(value, (str, Path)):
        path = Path(value)
        if path.is_file():
            return
        siblings = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
        near = did_you_mean(path.name, siblings)
        raise WiringError(f"{where}: {name}={str(value)!r} names a file that does not exist{near}")
    if not form_of(value):
        raise TypeMismatchError(
            f"{where}: {name}={shorten(value)} ({type(value).__name__}) is no file",
            notes={"valid": "a path, an address, a picture, an array, bytes"},
        )


def _check_messages(where: str, value: Any) -> None:
    if not is_sequence(value) or not all(is_mapping(one) and "role" in one for one in value):
        raise TypeMismatchError(
            f"{where}: messages={shorten(value)} is no list of messages",
            instead='messages=[{"role": "user", "content": "Hello!"}]',
        )
