"""`model()`: a node that is a model which an inference provider hosts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daggr_fn.dsl.node import NodeOptions, RemoteNode, changed_options
from daggr_fn.kinds import Options

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typing_extensions import Unpack


def model(
    name: str,
    /,
    task: str | None = None,
    *,
    outputs: Mapping[str, Any] | type[Any] | None = None,
    **options: Unpack[NodeOptions],
) -> RemoteNode:
    """Make a node of a hosted model.

    The Hub is asked about the model when the node is first traced or called, and the answer is remembered, so that a
    pipeline can be traced offline. What the provider serves the model for decides the inputs and the output: see the
    guide on models. Results are reused for the same request, unless `cache=False`.

    Args:
        name: A model on the Hub ("owner/name"), with a provider ("owner/name:together") where Hugging Face is not to
            choose one, or the address of an inference server ("http://localhost:8000/v1").
        task: The task ("text-to-image"), where the provider serves the model for several, or for an address.
        outputs: A name for the output, with the component that shows it, or `None` for one that is not shown. For a
            chat, a pydantic model or a JSON schema makes the answer a record of that form.
        **options: See `NodeOptions`.

    Raises:
        WiringError: The name is none of a model, or an option is unknown.
    """
    from daggr_fn.nodes.model import ModelKind

    kind = ModelKind(name, task, outputs=outputs, name=options.get("name"))
    return RemoteNode(kind, changed_options(Options(), options))
