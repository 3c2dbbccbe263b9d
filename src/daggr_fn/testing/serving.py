"""Real Gradio apps on this machine, for the time of a test."""

from __future__ import annotations

import inspect
import socket
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from daggr_fn.annotations import media_name
from daggr_fn.components import component_for
from daggr_fn.errors import WiringError, shorten
from daggr_fn.kinds import MISSING, Call, NodeKind, Parameter
from daggr_fn.nodes.local_app import is_app
from daggr_fn.places import calling_place
from daggr_fn.testing.fakes import kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

_HOST = "127.0.0.1"


@contextmanager
def served(app: Any) -> Generator[str, None, None]:
    """The address of an app, or of one made of a function.

    Args:
        app: A Gradio app (`gr.Blocks`, `gr.Interface`), or a function, whose endpoint has its name.

    Raises:
        WiringError: It is neither.
    """
    blocks = app if is_app(app) else app_of(app)
    _, url, _ = blocks.launch(
        server_name=_HOST, server_port=_free_port(), prevent_thread_lock=True, quiet=True, share=False,
        inbrowser=False, show_error=True, ssr_mode=False,
    )  # fmt: skip
    try:
        yield str(url).rstrip("/")
    finally:
        blocks.close(verbose=False)


def app_of(function: Callable[..., Any]) -> Any:
    """A Gradio app with one endpoint, named like the function, with components made of its annotations."""
    import gradio

    kind = kind_of(function)
    if kind.is_async or any(one.many for one in kind.spec().parameters.values()):
        raise WiringError(
            f"{shorten(function)} is async or takes any number of arguments: what would its components be?",
            here=calling_place(),
            instead="a plain function with annotated parameters, or a gr.Interface",
        )
    spec = kind.spec()
    inputs = [_input(one) for one in spec.parameters.values()]
    outputs = [port.component or component_for(port.annotation, label=name) for name, port in spec.outputs.items()]
    return gradio.Interface(_of_places(kind), inputs, outputs, api_name=kind.name, flagging_mode="never")


def _input(parameter: Parameter) -> Any:
    if parameter.component is not None:
        return parameter.component
    # A picture comes as a file too: the function's annotation says what it is converted to.
    annotation = Path if media_name(parameter.annotation) else parameter.annotation
    default = None if parameter.default is MISSING else parameter.default
    return component_for(annotation, default, label=parameter.name)


def _of_places(kind: NodeKind) -> Callable[..., Any]:
    """The node as a function of values by place, as Gradio calls it."""
    spec = kind.spec()

    def call(*values: Any) -> Any:
        value = kind.call(dict(zip(spec.parameters, values, strict=True)), Call(kind.name))
        if not spec.record:
            return value
        return tuple(value[name] if spec.record == "key" else getattr(value, name) for name in spec.outputs)

    by_place = inspect.Parameter.POSITIONAL_OR_KEYWORD
    named = [inspect.Parameter(name, by_place) for name in spec.parameters]
    call.__signature__ = inspect.Signature(named)  # type: ignore[attr-defined]  # Gradio names the parameters by it
    return call


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])
