"""The end of the demo: the canvas of the pipeline that ran, with its results."""

from __future__ import annotations

import importlib.util
import os
import sys
import threading
from typing import TYPE_CHECKING, Any

import typer

from daggr_fn.cli.browsers import open_in_browser
from daggr_fn.cli.consoles import say
from daggr_fn.cli.failures import FAILED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daggr_fn.live import OpenSheet
    from daggr_fn.pipelines import Pipeline

_HOST = "127.0.0.1"
_PAGE_SECONDS = 60.0


def somebody_is_there() -> bool:
    """Whether a person sits at a terminal, who can look at a page and press Ctrl-C."""
    return sys.stdin.isatty() and sys.stderr.isatty() and not os.environ.get("CI")


def show_canvas(pipeline: Pipeline[..., Any], *, stays: bool) -> None:
    """Serve the canvas of a pipeline that ran, with its results on it.

    Args:
        pipeline: The pipeline. It runs once more, on the sheet, where all that was paid for is reused.
        stays: Whether it is there until Ctrl-C; else it is looked at once, and ends.

    Raises:
        typer.Exit: The canvas does not work.
    """
    if importlib.util.find_spec("nicegui") is None or importlib.util.find_spec("sqlalchemy") is None:
        say('\nThe canvas, which the demo ends with, is not installed:  pip install "daggr_fn[gradio,canvas]"')
        return
    from daggr_fn.foreign_paths import LOCAL
    from daggr_fn.server.making import make_site
    from daggr_fn.server.showing import listen

    site = make_site(pipeline, _HOST, {"users": "local"})
    with listen(site, _HOST, None) as handle:
        ended = _run_on(site.sheets.desk.open(pipeline, LOCAL, key=site.key))
        if not stays:
            _look_at(handle.url, ended)
            return
        say(f"\nThe canvas of {pipeline.name} is at {handle.url}  (Ctrl-C ends it)")
        open_in_browser(handle.url)
        handle.block()


def _run_on(sheet: OpenSheet) -> str:
    """Run on a sheet; how that ended."""
    over, states = threading.Event(), [""]

    def hear(patch: Mapping[str, Any]) -> None:
        states.append(patch.get("run", {}).get("state") or states[-1])
        if states[-1] not in ("", "running"):
            over.set()

    unwatch = sheet.watch(hear)
    sheet.run("all")
    over.wait()
    unwatch()
    return states[-1]


def _look_at(url: str, ended: str) -> None:
    import httpx

    answer = httpx.get(url, timeout=_PAGE_SECONDS)
    if answer.status_code != 200 or ended != "done":
        say(f"\nThe canvas does not work: its run ended as {ended}, and {url} answered {answer.status_code}.")
        raise typer.Exit(FAILED)
    say("\nThe canvas works too. In a terminal, or with --show, it stays open:  daggr-fn demo --show")
