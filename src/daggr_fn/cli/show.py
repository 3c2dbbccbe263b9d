"""`daggr-fn show app.py`: the canvas of a pipeline, which follows the file as it changes."""

from __future__ import annotations

import contextlib
import logging
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from daggr_fn.cli.browsers import open_in_browser
from daggr_fn.cli.consoles import say
from daggr_fn.cli.failures import FileFailed, readable
from daggr_fn.cli.loading import target_of
from daggr_fn.errors import DaggrError

if TYPE_CHECKING:
    from daggr_fn.cli.program import Program
    from daggr_fn.pipelines import Pipeline
    from daggr_fn.server.site import Site

logger = logging.getLogger("daggr_fn")

_LOOK_MS = 1000


def show(
    file: Annotated[str, typer.Argument(metavar="FILE[:PIPELINE]", help="The Python file, and the pipeline in it.")],
    host: Annotated[
        str | None, typer.Option(help="The address to listen on; 127.0.0.1, this machine only, by default.")
    ] = None,
    port: Annotated[int | None, typer.Option(help="The port; by default the next free one from 7860 on.")] = None,
    browser: Annotated[
        bool | None, typer.Option("--open/--no-open", help="Open it in the browser; by default in a terminal only.")
    ] = None,
    theme: Annotated[str, typer.Option(help="light, dark or system.")] = "system",
    reload: Annotated[bool, typer.Option("--reload/--no-reload", help="Follow the file as it changes.")] = True,
) -> None:
    """Show the canvas of a pipeline in the browser. Ctrl-C ends it.

    When the file, or a module of yours that it imports, changes, the open pages show the new pipeline, with the sheet
    and its results as they were. A mistake in the file is shown on the page until it is mended.
    """
    from daggr_fn.cli.program import Program

    sys.dont_write_bytecode = True  # two changes within a second would be one for Python's cache of bytecode
    program = Program(target_of(file))
    with readable():
        pipeline, trouble = _first(program, reload=reload)
        site, handle = _serve(pipeline, host, port, theme, program)
    site.trouble = trouble
    say(f"{site.key} is at {handle.url}  (Ctrl-C ends it)")
    if sys.stderr.isatty() if browser is None else browser:
        open_in_browser(handle.url)
    with handle, contextlib.suppress(KeyboardInterrupt):
        if reload:
            _follow(program, site)
        else:
            handle.block()


def _first(program: Program, *, reload: bool) -> tuple[Pipeline[Any, Any] | None, str]:
    """The pipeline, or what is wrong with the file, which is waited for to be mended."""
    from daggr_fn.cli.program import trouble_text

    try:
        return program.load(), ""
    except (FileFailed, DaggrError) as error:
        if not reload:
            raise
        say(trouble_text(error))
        return None, trouble_text(error)


def _serve(
    pipeline: Pipeline[Any, Any] | None, host: str | None, port: int | None, theme: str, program: Program
) -> tuple[Site, Any]:
    from daggr_fn.server.making import make_site
    from daggr_fn.server.ports import wanted_host
    from daggr_fn.server.showing import listen

    bound = wanted_host(host)
    site = make_site(pipeline, bound, {"theme": theme}, name=program.name)
    return site, listen(site, bound, port)


def _follow(program: Program, site: Site) -> None:
    """Load the file again whenever it changes, until Ctrl-C."""
    import watchfiles

    while True:
        folders = program.folders
        # What changed before the watch began, and on disks that tell of no change, is found by looking now and then.
        for _ in watchfiles.watch(
            *folders, recursive=False, step=20, rust_timeout=_LOOK_MS, yield_on_timeout=True, raise_interrupt=True
        ):
            if program.changed:
                _renew(program, site)
            if program.folders != folders:
                break


def _renew(program: Program, site: Site) -> None:
    from daggr_fn.cli.program import trouble_text
    from daggr_fn.server.engine import engine

    try:
        pipeline = program.load()
    except (FileFailed, DaggrError, typer.BadParameter) as error:
        trouble = trouble_text(error)
        say(trouble)
        engine().soon(site.complain, trouble)
        return
    engine().soon(site.renew, pipeline)
    say(f"{pipeline.name} was loaded again")
