"""`daggr-fn stubs owner/name`: the real API of a Space or a model, as Python to paste."""

from __future__ import annotations

from typing import Annotated

import typer

from daggr_fn.cli.consoles import only_results
from daggr_fn.cli.failures import readable


def stubs(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A Space or a model on the Hub (owner/name), or an address.")
    ],
    endpoint: Annotated[str | None, typer.Argument(help="The one endpoint of a Space that is wanted.")] = None,
    is_model: Annotated[bool, typer.Option("--model", help="The name is a model's.")] = False,
    task: Annotated[str | None, typer.Option("--task", help="The model's task, where it serves several.")] = None,
    traceback: Annotated[bool, typer.Option("--traceback", help="Show whole tracebacks.")] = False,
) -> None:
    """Write the API of a Space (or, with --model, of a model) as typed functions to standard output."""
    from daggr_fn.dsl.stubs import model_stubs, space_stubs

    with readable(full=traceback), only_results(wanted=True) as results:
        results.write(model_stubs(name, task) if is_model or task else space_stubs(name, endpoint))
