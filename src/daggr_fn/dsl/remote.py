"""`space()`: a node that is an endpoint of a Gradio app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daggr_fn.dsl.node import NodeOptions, Outputs, RemoteNode, changed_options
from daggr_fn.kinds import Options

if TYPE_CHECKING:
    from typing_extensions import Unpack


def space(
    app: str | object,
    endpoint: str | None = None,
    /,
    *,
    outputs: Outputs | None = None,
    **options: Unpack[NodeOptions],
) -> RemoteNode:
    """Make a node of an endpoint of a Gradio app.

    The app's API is asked for when the node is first traced or called, and remembered, so that a pipeline can be
    traced offline. Results are reused for the same request, unless `cache=False`.

    Args:
        app: A Space ("owner/name"), the address of an app ("https://..."), or a local Gradio app object, which is
            served on localhost when it is first needed.
        endpoint: The endpoint ("/generate_image"); may be left out when the app has just one.
        outputs: A name for each value that the endpoint returns, in order, with the component that shows it or `None`
            for a value that is not shown. Values without a name are dropped.
        **options: See `NodeOptions`.

    Raises:
        WiringError: An option is unknown.
    """
    from daggr_fn.nodes.space import SpaceKind  # brings asyncio and the HTTP client

    name = options.pop("name", None)
    return RemoteNode(SpaceKind(app, endpoint, outputs=outputs, name=name), changed_options(Options(), options))
