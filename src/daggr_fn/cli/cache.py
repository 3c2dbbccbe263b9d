"""`daggr-fn cache`: how much is remembered, and how to forget it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from daggr_fn.cli.consoles import console, say
from daggr_fn.errors import did_you_mean, listed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from daggr_fn.execution.memo import Usage

cache_app = typer.Typer(
    help="Say how much is remembered, and forget it.",
    invoke_without_command=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@cache_app.callback()
def cache(ctx: typer.Context) -> None:
    """Say how much is remembered, and forget it."""
    if ctx.invoked_subcommand is None:
        size()


@cache_app.command()
def size() -> None:
    """Say where the remembered results are, and how large they are for each pipeline and step."""
    from daggr_fn import files
    from daggr_fn.execution.memo import usage

    found = usage()
    out = console(results=True)
    out.print(f"{files.home()}: {_count(found.entries)}, {human_size(found.size)}", soft_wrap=True, markup=False)
    if found.entries:
        out.print(_table(found))


@cache_app.command()
def clear(
    pipeline: Annotated[Optional[str], typer.Option(help="Only the results of this pipeline.")] = None,  # noqa: UP045
    step: Annotated[Optional[str], typer.Option(help="Only the results of this step.")] = None,  # noqa: UP045
    older_than: Annotated[
        Optional[str],  # noqa: UP045  # typer on 3.10
        typer.Option(metavar="span", help="Only what was made longer ago: 30m, 12h, 7d, 2w."),
    ] = None,
) -> None:
    """Forget remembered results: all, or those of a pipeline, a step, or an age."""
    from daggr_fn.execution.memo import clear as forget
    from daggr_fn.execution.memo import usage

    age = None if older_than is None else span_of(older_than)
    found = usage()
    _refuse_unknown(pipeline, found.pipelines, "pipeline")
    _refuse_unknown(step, {name for _, name in found.steps}, "step")
    removed = forget(pipeline, step, age)
    freed = max(0, found.size - usage().size)
    say(f"Forgot {_count(removed)}, {human_size(freed)}.")


def span_of(text: str) -> timedelta:
    """A span such as `7d` or `90m`.

    Raises:
        typer.BadParameter: It is none.
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smhdw])\w*\s*", text)
    if found is None:
        raise typer.BadParameter(f"{text!r} is no span of time: write 30m, 12h, 7d or 2w", param_hint="--older-than")
    return timedelta(**{_UNITS[found[2]]: float(found[1])})


def human_size(count: int) -> str:
    """A number of bytes for people, in powers of 1000: `1.4 MB`."""
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" or size >= 100 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def _refuse_unknown(name: str | None, known: Iterable[str], what: str) -> None:
    names = sorted(known)
    if name is not None and names and name not in names:
        near = did_you_mean(name, names)
        raise typer.BadParameter(f"nothing is remembered of a {what} {name!r}{near}; there is {listed(names)}")


def _count(entries: int) -> str:
    return f"{entries} result{'' if entries == 1 else 's'}"


def _table(found: Usage) -> object:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("pipeline", "step", "results", "size"):
        table.add_column(column, justify="right" if column in ("results", "size") else "left")
    for (pipeline, step), share in sorted(found.steps.items()):
        table.add_row(pipeline, step, str(share.entries), human_size(share.size))
    return table
