"""`daggr-fn demo`: two Gradio apps on this machine, a pipeline through them, twice, and its canvas."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import sys
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated, Any

import typer

from daggr_fn import files
from daggr_fn.cli.bars import Bars
from daggr_fn.cli.consoles import console, say
from daggr_fn.cli.demo_canvas import show_canvas, somebody_is_there
from daggr_fn.cli.failures import FAILED, readable
from daggr_fn.cli.lines import Lines
from daggr_fn.cli.loading import load
from daggr_fn.cli.reports import show_failures
from daggr_fn.cli.watching import watched
from daggr_fn.tables import duration

if TYPE_CHECKING:
    from collections.abc import Generator

    from daggr_fn.runs import Run

PROGRAM = "savanna.py"
APPS = ("apps.draw", "apps.cut_out")


def demo(
    fresh: Annotated[bool, typer.Option("--fresh", help="Run every step anew the first time.")] = False,
    show: Annotated[
        bool | None,
        typer.Option(
            "--show/--no-show",
            help="Show the canvas until Ctrl-C; by default in a terminal, and elsewhere for a moment.",
        ),
    ] = None,
    traceback: Annotated[bool, typer.Option("--traceback", help="Show whole tracebacks.")] = False,
) -> None:
    """Run an example through two Gradio apps on this machine, twice, and show its canvas.

    The second time every paid step is reused. The canvas stays until Ctrl-C.

    It uses no network. The pictures and what is remembered lie under DAGGR_FN_HOME, so the next demo reuses them too.
    """
    if importlib.util.find_spec("gradio") is None:
        say('The demo serves two Gradio apps, and Gradio is not installed:  pip install "daggr_fn[gradio]"')
        raise typer.Exit(FAILED)
    with readable(full=traceback), _quiet_gradio():
        say("Starting two Gradio apps on this machine (loading Gradio takes a few seconds).")
        program = load(examples_folder() / PROGRAM)
        with _served():
            _run_twice(program.savanna, fresh=fresh)
            if show is not False:
                show_canvas(program.savanna, stays=somebody_is_there() if show is None else show)


def examples_folder() -> Path:
    """The folder of the examples: in the installed package, or in the checkout.

    Raises:
        typer.BadParameter: There is none.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "examples", package.parents[1] / "examples"):
        if (folder / PROGRAM).is_file():
            return folder
    raise typer.BadParameter(f"the examples are not installed beside {package}")


@contextlib.contextmanager
def _quiet_gradio() -> Generator[None, None, None]:
    """Gradio asks nothing of its makers' servers while the demo runs."""
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    yield


@contextlib.contextmanager
def _served() -> Generator[None, None, None]:
    """The two apps that the loaded program uses, served until the demo ends."""
    from daggr_fn.nodes.local_app import local_app

    apps: list[Any] = [sys.modules[name].__dict__["app"] for name in APPS]
    try:
        for app in apps:
            served = local_app(app).live(lambda _: None, Event())
            say(f"  {app.title}: {served.address.url}")
        yield
    finally:
        for app in apps:
            app.close(verbose=False)


def _run_twice(pipeline: Any, *, fresh: bool) -> None:
    say(f"\n{pipeline.name}: draws {len(pipeline.inputs['animals'].default)} animals, cuts them out, makes a poster.\n")
    first = _run(pipeline.options(fresh=fresh))
    say("\nThe same once more: what was paid for is reused.\n")
    second = _run(pipeline)
    say(f"The first time took {duration(first.seconds)}, the second {duration(second.seconds)}; {_saved(second)}.\n")
    for picture in second.outputs["pictures"]:
        sys.stdout.write(f"{picture}\n")
    sys.stdout.write(f"{second.outputs['poster']}\n")
    sys.stdout.flush()
    say(f"\nAll of it lies in {files.home()}. The program: {examples_folder() / PROGRAM}")


def _run(pipeline: Any) -> Run[Any]:
    plan = pipeline.plan()
    run = watched(plan, [Bars(plan.graph) if sys.stderr.isatty() else Lines(plan.graph)], keeps=True)
    console().print(run)
    if not run.ok:
        show_failures(run, full=False, resume="")
        raise typer.Exit(FAILED)
    return run


def _saved(run: Run[Any]) -> str:
    reused = sum(1 for event in run.events if event.kind == "reused")
    saved = sum(record.saved for record in run.steps.values())
    return f"{reused} calls of the apps were reused, which saved {duration(saved)} of their time"
