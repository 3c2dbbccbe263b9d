"""Tables of inputs: rows from dicts, files and data frames, and a run of a pipeline for each."""

from __future__ import annotations

import contextlib
import csv
import json
import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from daggr_fn import texts
from daggr_fn.errors import InvalidInputError, NotReusable, RowFailed, did_you_mean, listed, shorten
from daggr_fn.execution.kept_runs import forget
from daggr_fn.execution.memory import memory
from daggr_fn.execution.side_by_side import Planned, SideBySide, aside_by_side
from daggr_fn.execution.workers import allowed_workers
from daggr_fn.kinds import MISSING
from daggr_fn.values import class_of, is_mapping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from daggr_fn.expressions import InputPort
    from daggr_fn.graph import Graph
    from daggr_fn.plan import Plan
    from daggr_fn.runs import Run

OnError = Literal["raise", "keep"]


@dataclass(frozen=True)
class Row:
    """One row of a table.

    Attributes:
        number: Its number; the first is 1.
        where: The row in words: `row 3 (inputs.csv:4)`.
        inputs: The inputs by name, of the inputs' types.
    """

    number: int
    where: str
    inputs: dict[str, Any]


@dataclass
class Table:
    """The rows of a pipeline, ready to be run.

    Args:
        graph: The pipeline's graph.
        rows: The rows; every input in them is looked at before anything runs.
        plan: Makes a plan of a row's inputs and of the scope under which its run is kept.
        scope: Under which all that the runs finish is kept, until the whole table has succeeded; empty to keep nothing.

    Raises:
        InvalidInputError: A row has an input that is unknown, missing or of the wrong type.
    """

    graph: Graph
    rows: list[Row]
    plan: Callable[[Mapping[str, Any], str], Plan]
    scope: str = ""
    scopes: dict[int, str] = field(init=False, default_factory=dict[int, str])

    def __post_init__(self) -> None:
        for row in self.rows:
            try:
                self.plan(row.inputs, "")
            except InvalidInputError as error:
                raise InvalidInputError(f"{row.where}: {error}") from error
        if self.scope:
            self.scopes = scopes_of(self.graph, self.rows, self.scope)

    def run(self, limit: int | None, on_error: OnError) -> list[Run[Any]]:
        """Run every row.

        Returns:
            A run for each row, in order.

        Raises:
            RowFailed: A row failed, and `on_error` is `"raise"`. Those that had begun were carried to their end.
        """
        _check_on_error(on_error)
        runs: dict[int, Run[Any]] = {}
        going = SideBySide(self.planned(), places(limit))
        with contextlib.closing(iter(going)) as ended:
            for number, run in ended:
                runs[number] = run
                if on_error == "raise" and not run.ok:
                    going.stop()
        return self._all(runs, on_error)

    async def arun(self, limit: int | None, on_error: OnError) -> list[Run[Any]]:
        """The same in the caller's event loop."""
        _check_on_error(on_error)
        runs: dict[int, Run[Any]] = {}

        def heard(number: int, run: Run[Any]) -> bool:
            runs[number] = run
            return run.ok or on_error == "keep"

        await aside_by_side(self.planned(), places(limit), heard)
        return self._all(runs, on_error)

    def planned(self, rows: Iterable[Row] | None = None) -> Iterator[Planned]:
        """The runs to come: those of some rows, or of all."""
        for row in self.rows if rows is None else rows:
            yield row.number, self._planner(row)

    def _planner(self, row: Row) -> Callable[[], Plan]:
        return lambda: self.plan(row.inputs, self.scopes.get(row.number, ""))

    def _all(self, runs: Mapping[int, Run[Any]], on_error: OnError) -> list[Run[Any]]:
        bad = [row for row in self.rows if row.number in runs and not runs[row.number].ok]
        if bad and on_error == "raise":
            raise _failure(bad[0], runs)
        if not bad:
            for scope in self.scopes.values():
                forget(scope)
        return [runs[row.number] for row in self.rows]


def _failure(row: Row, runs: Mapping[int, Run[Any]]) -> RowFailed:
    run = runs[row.number]
    try:
        run.raise_for_status()
    except Exception as error:  # noqa: BLE001  # what the user's own conditions and texts raise is among them
        return RowFailed(row.where, row.number, runs, error)
    raise AssertionError(f"{row.where} has not failed")


def _check_on_error(on_error: object) -> None:
    if on_error not in ("raise", "keep"):
        raise ValueError(f"on_error={on_error!r}{did_you_mean(on_error, ('raise', 'keep'))}; valid are 'raise', 'keep'")


def places(limit: int | None) -> int:
    """How many rows go on at once: as many as there are workers, where nothing is said.

    Raises:
        ValueError: The limit is no whole number above 0.
    """
    if limit is None:
        return allowed_workers()
    if type(limit) is not int or limit < 1:
        raise ValueError(f"limit={limit!r}: how many rows go on at once is a whole number of at least 1")
    return limit


def scopes_of(graph: Graph, rows: Iterable[Row], scope: str) -> dict[int, str]:
    """A scope for each row, the same wherever the row stands; rows that are alike have one each."""
    seen: Counter[str] = Counter()
    found: dict[int, str] = {}
    for row in rows:
        shown = {name: value for name, value in row.inputs.items() if not graph.inputs[name].secret}
        try:
            digest = memory().digest(shown)
        except (NotReusable, OSError):
            digest = f"row {row.number}"
        seen[digest] += 1
        found[row.number] = f"{scope}#{digest}#{seen[digest]}"
    return found


# ---- where rows come from


def rows_of(graph: Graph, source: Any) -> list[Row]:
    """The rows of a source: dicts, the path of a CSV or JSONL file, or a pandas DataFrame.

    Raises:
        InvalidInputError: A row or a column is not what the pipeline takes; says which.
    """
    if isinstance(source, (str, os.PathLike)):
        path = Path(os.fspath(source)).expanduser()
        readers = {".csv": _csv_rows, ".jsonl": _jsonl_rows, ".ndjson": _jsonl_rows}
        if path.suffix.lower() not in readers:
            raise InvalidInputError(
                f"{path} is no table of inputs\n  valid    a file that ends in .csv, .jsonl or .ndjson"
            )
        if not path.is_file():
            raise InvalidInputError(f"there is no file {path}")
        return readers[path.suffix.lower()](graph, path)
    if class_of(source).__module__.partition(".")[0] == "pandas":
        return _frame_rows(graph, source)
    if is_mapping(source) or not hasattr(source, "__iter__"):
        what = "one dict" if is_mapping(source) else shorten(source)
        raise InvalidInputError(
            f"rows are a list of dicts, the path of a CSV or JSONL file, or a DataFrame, and not {what}"
        )
    return [_dict_row(graph, number, f"row {number}", row) for number, row in enumerate(source, 1)]


def _dict_row(graph: Graph, number: int, where: str, row: Any) -> Row:
    if not is_mapping(row):
        raise InvalidInputError(f"{where} is {shorten(row)}, and no dict of inputs")
    for name in row:
        _known_input(graph, where, name)
    return Row(number, where, dict(row))


def _known_input(graph: Graph, where: str, name: Any) -> InputPort:
    if name not in graph.inputs:
        near, valid = did_you_mean(name, graph.inputs), listed(graph.inputs)
        raise InvalidInputError(f"{where}: {graph.name} has no input {name!r}{near}\n  valid    {valid}")
    return graph.inputs[name]


def _jsonl_rows(graph: Graph, path: Path) -> list[Row]:
    rows: list[Row] = []
    with open(path, encoding="utf-8-sig") as file:
        for line, text in enumerate(file, 1):
            if not text.strip():
                continue
            where = f"row {len(rows) + 1} ({path.name}:{line})"
            try:
                row = json.loads(text)
            except ValueError as error:
                raise InvalidInputError(f"{where} is no JSON: {error}") from error
            rows.append(_dict_row(graph, len(rows) + 1, where, row))
    return rows


def _csv_rows(graph: Graph, path: Path) -> list[Row]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            header = [name.strip() for name in next(reader, ())]
            _check_header(graph, path, header)
            rows: list[Row] = []
            for cells in reader:
                if cells:
                    where = f"row {len(rows) + 1} ({path.name}:{reader.line_num})"
                    rows.append(Row(len(rows) + 1, where, _cells(graph, where, header, cells)))
        except csv.Error as error:
            raise InvalidInputError(f"{path.name}:{reader.line_num} is no CSV: {error}") from error
    return rows


def _check_header(graph: Graph, path: Path, header: list[str]) -> None:
    for name, count in Counter(header).items():
        _known_input(graph, f"{path.name}, column {name!r}", name)
        if count > 1:
            raise InvalidInputError(f"{path.name} has {count} columns named {name!r}")


def _cells(graph: Graph, where: str, header: list[str], cells: list[str]) -> dict[str, Any]:
    if len(cells) != len(header):
        raise InvalidInputError(
            f"{where} has {len(cells)} cells, and the table has {len(header)} columns: {listed(header)}"
        )
    values = {name: _cell(where, graph.inputs[name], text) for name, text in zip(header, cells, strict=True)}
    return {name: value for name, value in values.items() if value is not MISSING}


def _cell(where: str, port: InputPort, text: str) -> Any:
    """The value of a cell; an empty one is what the input is when it is not given."""
    annotation = texts.known_annotation(port)
    if text == "" and (port.default is not MISSING or annotation is not str):
        return MISSING
    parse, _ = texts.parser_of(annotation, texts.component_choices(port))
    try:
        value = parse(text)
        return texts.collection_of(annotation)(value) if texts.is_list(annotation) else value
    except (ValueError, TypeError) as error:
        told = f"{port.name!r} can't be <secret>" if port.secret else str(error)
        raise InvalidInputError(f"{where}, column {port.name!r}: {told}") from (None if port.secret else error)


def _frame_rows(graph: Graph, frame: Any) -> list[Row]:
    for name in frame.columns:
        _known_input(graph, f"column {name!r}", name)
    records: list[dict[str, Any]] = frame.to_dict("records")
    missing: list[dict[str, bool]] = frame.isna().to_dict("records")
    return [
        Row(number, f"row {number}", _present(graph, record, gaps))
        for number, (record, gaps) in enumerate(zip(records, missing, strict=True), 1)
    ]


def _present(graph: Graph, record: Mapping[str, Any], missing: Mapping[str, bool]) -> dict[str, Any]:
    """A row of a data frame: what is missing there is not given, and whole numbers are whole again."""
    present: dict[str, Any] = {}
    for name, value in record.items():
        if not missing[name]:
            whole = isinstance(value, float) and value.is_integer() and texts.wants_whole(graph.inputs[name].annotation)
            present[name] = int(value) if whole else value
    return present
