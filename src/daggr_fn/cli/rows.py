"""`daggr-fn run app.py --rows inputs.csv --out results.jsonl`: a run for each row, and a line for each that ended."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from daggr_fn.cli.consoles import say
from daggr_fn.cli.counting import counting
from daggr_fn.cli.failures import FAILED, INTERRUPTED
from daggr_fn.errors import InvalidInputError, WiringError
from daggr_fn.execution.kept_runs import forget
from daggr_fn.execution.side_by_side import SideBySide
from daggr_fn.rows import Row, Table, places, rows_of
from daggr_fn.runs import plain
from daggr_fn.values import is_mapping

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping

    from daggr_fn.pipelines import Pipeline
    from daggr_fn.runs import Run

Line = dict[str, Any]


@dataclass(frozen=True)
class RowsJob:
    """What is asked for.

    Attributes:
        file: Where the rows are.
        out: Where a line is written for each row; standard output when it is `None`.
        limit: How many rows go on at once.
        keep_going: Whether rows are begun after one has failed.
        resume: Whether rows that are done in `out` are left alone, and what others finished is taken.
        scope: Under which unfinished rows are kept.
        common: The inputs that every row has which says nothing else.
        secrets: The values of the secret inputs.
        again: The command that goes on from where this one stops.
    """

    file: str
    out: str | None
    limit: int | None
    keep_going: bool
    resume: bool
    scope: str
    common: Mapping[str, Any]
    secrets: Mapping[str, Any]
    again: str


def run_rows(pipeline: Pipeline[Any, Any], job: RowsJob, write: Callable[[str], Any]) -> None:
    """Run a pipeline once per row.

    Args:
        pipeline: The pipeline.
        job: What is asked for.
        write: Writes to standard output.

    Raises:
        typer.BadParameter: A row, or a file, is not what it should be.
        typer.Exit: A row failed, or somebody pressed Ctrl-C.
    """
    table = _table(pipeline, job)
    shown = {row.number: _shown(pipeline, row) for row in table.rows}
    done = _done_before(job, table.rows, shown)
    todo = [row for row in table.rows if row.number not in done]
    if not job.resume:
        for scope in table.scopes.values():
            forget(scope)
    going = SideBySide(table.planned(todo), places(job.limit))
    failed: list[str] = []
    try:
        with (
            _lines_to(job, done, write) as add,
            counting(len(table.rows), len(done)) as counted,
            closing(iter(going)) as ended,
        ):
            for number, run in ended:
                add(_line(number, shown[number], run))
                counted(run.ok)
                if run.ok:
                    forget(table.scopes[number])
                    continue
                failed.append(f"row {number}: {_why(run)}")
                if not job.keep_going:
                    going.stop()
    except KeyboardInterrupt:
        say(f"\nInterrupted. What finished is kept. Go on from here:  {job.again}")
        raise typer.Exit(INTERRUPTED) from None
    _tell(failed, job)


_MOST_FAILURES = 5


def _tell(failed: list[str], job: RowsJob) -> None:
    if not failed:
        return
    for told in failed[:_MOST_FAILURES]:
        say(f"\n{told}")
    if len(failed) > _MOST_FAILURES:
        say(f"\n... and {len(failed) - _MOST_FAILURES} more failures.")
    if not job.keep_going:
        say("\nNo further row was begun; --keep-going goes on.")
    say(f"\nWhat finished is kept. Go on from here:  {job.again}")
    raise typer.Exit(FAILED)


def _table(pipeline: Pipeline[Any, Any], job: RowsJob) -> Table:
    graph = pipeline.dag
    try:
        rows = rows_of(graph, job.file)
        for row in rows:
            for name in row.inputs:
                if graph.inputs[name].secret:
                    what = f"the column {name!r} is a secret, and a table can be read by others: set {name.upper()}"
                    raise InvalidInputError(f"{what} in the environment")  # noqa: TRY301  # told as the others are
        whole = [replace(row, inputs={**job.common, **job.secrets, **row.inputs}) for row in rows]
        return Table(graph, whole, pipeline._row_plan, job.scope)
    except (InvalidInputError, WiringError, OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(str(error), param_hint="--rows") from error


def _shown(pipeline: Pipeline[Any, Any], row: Row) -> dict[str, Any]:
    return {name: plain(value) for name, value in row.inputs.items() if not pipeline.inputs[name].secret}


def _line(number: int, inputs: Mapping[str, Any], run: Run[Any]) -> Line:
    line: Line = {"row": number, "inputs": inputs, "status": run.status, "seconds": round(run.seconds, 6)}
    if run.ok:
        return {**line, "outputs": run.to_dict()["outputs"]}
    return {**line, "error": _why(run)}


def _why(run: Run[Any]) -> str:
    try:
        run.raise_for_status()
    except Exception as error:  # noqa: BLE001  # what the user's own conditions and texts raise is among them
        said = (run.why_no_result or str(error)).splitlines()
        return "\n".join(line for line in said if not line.startswith("  again "))
    return ""


# ---- the file of results


def _done_before(job: RowsJob, rows: Iterable[Row], shown: Mapping[int, Mapping[str, Any]]) -> dict[int, Line]:
    """The lines of rows that are done already, by the row's number now."""
    path = Path(job.out) if job.out is not None else None
    if path is None or not path.exists() or not path.stat().st_size:
        return {}
    if not job.resume:
        raise typer.BadParameter(f"{path} is there already; --resume goes on with it", param_hint="--out")
    known: dict[str, list[Line]] = defaultdict(list)
    for line in _read(path):
        if line.get("status") == "done":
            known[_key(line.get("inputs"))].append(line)
    done: dict[int, Line] = {}
    for row in rows:
        same = known.get(_key(shown[row.number]))
        if same:
            done[row.number] = {**same.pop(0), "row": row.number}
    return done


def _key(inputs: object) -> str:
    return json.dumps(inputs, sort_keys=True)


def _read(path: Path) -> list[Line]:
    """The lines of a file of results; one that a killed process left half-written at its end counts as none."""
    texts = path.read_text(encoding="utf-8").split("\n")
    lines: list[Line] = []
    for number, text in enumerate(texts, 1):
        try:
            line: Any = json.loads(text) if text else {}
        except ValueError:
            if number == len(texts):
                break
            line = None
        if not is_mapping(line):
            what = f"{path}:{number} is no line of results, and is not written over"
            raise typer.BadParameter(what, param_hint="--out")
        lines.append(line)
    return lines


@contextmanager
def _lines_to(
    job: RowsJob, done: Mapping[int, Line], write: Callable[[str], Any]
) -> Generator[Callable[[Line], Any], None, None]:
    """Writes each line at once; the file begins with those of the rows that were done before."""

    def text_of(line: Line) -> str:
        return json.dumps(line, ensure_ascii=False) + "\n"

    if job.out is None:
        yield lambda line: write(text_of(line))
        return
    path = Path(job.out)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text("".join(text_of(line) for line in done.values()), encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise typer.BadParameter(f"{path} can't be written: {error.strerror}", param_hint="--out") from error
    with path.open("a", encoding="utf-8") as file:

        def append(line: Line) -> None:
            file.write(text_of(line))
            file.flush()

        yield append
