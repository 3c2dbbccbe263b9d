"""`daggr-fn graph app.py`: the graph of a pipeline, as a mermaid flowchart or as JSON."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer

from daggr_fn.cli.consoles import only_results
from daggr_fn.cli.failures import readable
from daggr_fn.cli.loading import chosen, load, target_of


class Format(str, Enum):
    """How a graph is written."""

    mermaid = "mermaid"
    json = "json"


def graph(
    file: Annotated[str, typer.Argument(metavar="FILE[:PIPELINE]", help="The Python file, and the pipeline in it.")],
    form: Annotated[Format, typer.Option("--format", help="How the graph is written.")] = Format.mermaid,
    traceback: Annotated[bool, typer.Option("--traceback", help="Show whole tracebacks.")] = False,
) -> None:
    """Write the graph of a pipeline to standard output. Nothing runs."""
    with readable(full=traceback):
        target = target_of(file)
        with only_results(wanted=True) as results:
            _, pipeline = chosen(target, load(target.file))
            text = pipeline.to_mermaid() if form is Format.mermaid else pipeline.dag.to_json()
            results.write(text + "\n")
