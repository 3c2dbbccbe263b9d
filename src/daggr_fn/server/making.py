"""A pipeline's site, from the options of `show()` and `mount()`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, TypedDict

from daggr_fn.errors import DaggrError, did_you_mean, listed
from daggr_fn.server.canvas_pages import build_canvas, prepare_canvas
from daggr_fn.server.origins import Origins, hosts_of
from daggr_fn.server.sheet_books import sheet_book
from daggr_fn.server.site import Site
from daggr_fn.server.uploads import sweep
from daggr_fn.server.visitors import visitors_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from daggr_fn.pipelines import Pipeline
    from daggr_fn.server.visitors import Users
    from daggr_fn.server.visits import Build

THEMES = ("light", "dark", "system")
_HUGGING_FACE = "https://huggingface.co https://*.hf.space"
_NOTEBOOKS = "http://localhost:* http://127.0.0.1:* https://localhost:* vscode-webview:"


class SiteOptions(TypedDict, total=False):
    """What `show()` and `mount()` share.

    Attributes:
        theme: `"light"`, `"dark"` or `"system"`.
        persist: Whether sheets are kept on disk.
        persist_key: What the sheets are kept under; by default the pipeline's name.
        users: `"local"`: everybody is one user. `"browser"`: each browser is one. Or a function that tells the user of
            a request, `None` for nobody. By default `"local"` on the loopback, else `"browser"`.
        allowed_origins: Other origins whose pages may talk to the server: `["https://portal.example.com"]`.
        allowed_hosts: More names that the server answers to.
        frame_ancestors: Who may show the canvas in a frame, as in a Content-Security-Policy; by default its own origin,
            in a notebook also the notebook's, and on a Hugging Face Space also Hugging Face.
        root_path: The path under which a proxy shows the server, where the proxy doesn't say so itself.
    """

    theme: str
    persist: bool
    persist_key: str | None
    users: Users | None
    allowed_origins: Sequence[str]
    allowed_hosts: Sequence[str] | None
    frame_ancestors: str | None
    root_path: str


def make_site(
    pipeline: Pipeline[Any, Any] | None,
    bound: str | None,
    options: SiteOptions,
    *,
    name: str = "",
    build: Build | None = None,
) -> Site:
    """A site for a pipeline.

    Args:
        pipeline: The pipeline; `None` while its file can't be loaded.
        bound: What the server is bound to; `None` when that is an app's matter.
        options: What the user asked for.
        name: What its sheets are kept under while there is no pipeline.
        build: What builds its pages; by default the canvas.

    Raises:
        DaggrError: An option has no such value.
    """
    _check(options)
    sweep()
    ancestors = options.get("frame_ancestors") or _ancestors()
    hosts = options.get("allowed_hosts")
    return Site(
        pipeline=pipeline,
        key=options.get("persist_key") or (pipeline.name if pipeline is not None else name),
        build=build or build_canvas,
        prepare=None if build is not None else prepare_canvas,
        sheets=sheet_book(persist=options.get("persist", True)),
        visitors=visitors_of(options.get("users"), bound, framed="http" in ancestors),
        origins=Origins(
            (None if hosts is None else frozenset(hosts)) if bound is None else hosts_of(bound, hosts),
            frozenset(origin.rstrip("/") for origin in options.get("allowed_origins", ())),
        ),
        root=_root(options.get("root_path") or os.environ.get("GRADIO_ROOT_PATH", "") if bound is not None else ""),
        theme=options.get("theme", "system"),
        ancestors=ancestors,
        keyed=bool(options.get("persist_key")),
    )


def _check(options: SiteOptions) -> None:
    valid = SiteOptions.__annotations__
    for name in options:
        if name not in valid:
            raise DaggrError(f"there is no option {name!r}{did_you_mean(name, valid)}; there are {listed(valid)}")
    theme = options.get("theme", "system")
    if theme not in THEMES:
        raise DaggrError(f"theme={theme!r} is none of {listed(THEMES)}{did_you_mean(theme, THEMES)}")


def _root(path: str) -> str:
    return f"/{path.strip('/')}" if path.strip("/") and "://" not in path else ""


def _ancestors() -> str:
    from daggr_fn.server.surroundings import in_notebook

    parts = ["'self'"]
    if in_notebook():
        parts.append(_NOTEBOOKS)
    if os.environ.get("SPACE_ID"):
        parts.append(_HUGGING_FACE)
    return " ".join(parts)
