"""The commands of `daggr-fn`, put together."""

from __future__ import annotations

from typing import Annotated

import typer

from daggr_fn.cli.cache import cache_app
from daggr_fn.cli.check import check
from daggr_fn.cli.demo import demo
from daggr_fn.cli.graph import graph
from daggr_fn.cli.run import PASS_ON, run
from daggr_fn.cli.show import show
from daggr_fn.cli.stubs import stubs

app = typer.Typer(
    name="daggr-fn",
    help="AI workflows as plain Python function calls.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _say_version(wanted: bool) -> None:
    if wanted:
        import importlib.metadata

        typer.echo(f"daggr-fn {importlib.metadata.version('daggr_fn')}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", help="Say the version.", callback=_say_version, is_eager=True)
    ] = False,
) -> None:
    """AI workflows as plain Python function calls."""


app.command(context_settings=PASS_ON)(run)
app.command()(show)
app.command()(check)
app.command()(graph)
app.command()(stubs)
app.add_typer(cache_app, name="cache")
app.command()(demo)
