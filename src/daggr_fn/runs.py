"""The result of a run: what its events add up to."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import functools
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeVar

from daggr_fn import events
from daggr_fn.errors import RunCancelled, StepFailed, shorten
from daggr_fn.loaded import class_if_loaded
from daggr_fn.values import is_mapping, is_named_tuple, is_sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rich.table import Table

R_co = TypeVar("R_co", covariant=True)
Status = Literal["waiting", "running", "done", "reused", "skipped", "failed", "cancelled"]


@dataclass(slots=True)
class StepRecord:
    """What became of a step, or of one item of it.

    Attributes:
        value: Its value, for `done` and `reused`; `<let go>` where it is not there any more.
        seconds: How long its call took, all attempts together.
        saved: How long the reused result once took to make.
        reason: Why it was reused or skipped, or why its result was not stored.
        why: The `error` in words, without the run's secrets.
        runner: Where it was called, when that was not a thread of this process.
        items: For a mapped step, the records of its items by index.
    """

    name: str
    index: tuple[int, ...] = ()
    status: Status = "waiting"
    value: Any = None
    seconds: float = 0.0
    saved: float = 0.0
    attempts: int = 0
    reason: str = ""
    error: BaseException | None = None
    why: str = ""
    runner: str = ""
    items: dict[tuple[int, ...], StepRecord] = field(default_factory=dict["tuple[int, ...]", "StepRecord"])

    @property
    def retries(self) -> int:
        """How many calls were made again; of a mapped step those of all items."""
        if self.items:
            return sum(item.retries for item in self.items.values())
        return max(0, self.attempts - 1)

    def to_dict(self) -> dict[str, Any]:
        """The record as plain data, with short forms of values and errors."""
        data: dict[str, Any] = {
            "name": self.name,
            "status": self.status,
            "value": plain(self.value),
            "seconds": round(self.seconds, 6),
            "attempts": self.attempts,
            "reason": self.reason,
            "error": self.why or None,
        }
        if self.runner:
            data["runner"] = self.runner
        if self.items:
            data["items"] = [{"index": list(index), **item.to_dict()} for index, item in sorted(self.items.items())]
        return data


class Log(Protocol):
    """What is kept of what a run said."""

    @property
    def said(self) -> list[events.Event]: ...
    @property
    def last(self) -> events.Event: ...


class Run(Generic[R_co]):
    """One run of a pipeline.

    Attributes:
        failures: The errors of all steps that failed, first one first.
        error: What keeps the values of the steps from making what the body returns, where no step failed: a `switch`
            without a side for its key, a part that a value does not have.
    """

    def __init__(
        self,
        pipeline: str,
        steps: Mapping[str, int],
        log: Log,
        failures: list[StepFailed],
        result: Callable[[], Any],
        outputs: Callable[[], dict[str, Any]],
    ) -> None:
        self.pipeline = pipeline
        self._log = log
        self.failures = failures
        self.timed_out = False
        self.error: Exception | None = None
        self._step_names = steps
        self._result = result
        self._outputs = outputs
        for failure in failures:
            failure.run = self

    @property
    def events(self) -> list[events.Event]:
        """What the run said: everything of `p.run()`, else how each call went."""
        return self._log.said

    @property
    def status(self) -> Literal["done", "failed", "cancelled"]:
        """How the run ended."""
        last = self._log.last
        return last.status if isinstance(last, events.RunEnded) else "cancelled"

    @property
    def ok(self) -> bool:
        """Whether the run has a value."""
        return self.status == "done"

    @property
    def seconds(self) -> float:
        """How long the run took."""
        last = self._log.last
        return last.seconds if isinstance(last, events.RunEnded) else 0.0

    @property
    def value(self) -> R_co:
        """What the body returned, with values in place of ports.

        Raises:
            StepFailed: A step failed; `failures` has all of them.
            RunCancelled: The run was cancelled.
            Exception: No step failed, and what the body returns can't be made of their values: `error`.
        """
        self.raise_for_status()
        return self._result()  # type: ignore[no-any-return]

    def raise_for_status(self) -> None:
        """Raise what the run ended with, if it has no value."""
        if self.failures and self.status != "done":
            raise self.failures[0]
        if self.error is not None:
            raise self.error
        if self.status == "cancelled":
            why = "it took longer than its timeout" if self.timed_out else "somebody asked for it"
            raise RunCancelled(f"the run of {self.pipeline} was cancelled: {why}")

    @property
    def outputs(self) -> dict[str, Any]:
        """The pipeline's outputs by name; of a failed run those that are there."""
        return self._outputs()

    @functools.cached_property
    def steps(self) -> dict[str, StepRecord]:
        """What became of each step, by name."""
        return fold(self._step_names, self.events)

    def to_dict(self) -> dict[str, Any]:
        """The run as plain data."""
        return {
            "pipeline": self.pipeline,
            "status": self.status,
            "seconds": round(self.seconds, 6),
            "outputs": {name: plain(value) for name, value in self.outputs.items()},
            "steps": [record.to_dict() for record in self.steps.values()],
            "failures": [*map(str, self.failures), *([self.why_no_result] if self.error is not None else [])],
        }

    @property
    def why_no_result(self) -> str:
        """The `error` in words; empty when there is none."""
        error = self.error
        return f"{self.pipeline} has no result: {type(error).__name__}: {error}" if error is not None else ""

    def to_json(self) -> str:
        """The run as JSON text; values that JSON doesn't know in a short printable form."""
        return json.dumps(self.to_dict(), indent=2)

    def __rich__(self) -> Table:
        from daggr_fn.tables import run_table

        return run_table(self)

    def __str__(self) -> str:
        from daggr_fn.tables import as_text

        return as_text(self)

    def __repr__(self) -> str:
        return f"<run of {self.pipeline}: {self.status} in {self.seconds:.2f} s>"

    def _repr_html_(self) -> str:
        from daggr_fn.tables import as_html

        return as_html(self)


def fold(steps: Mapping[str, int], said: list[events.Event]) -> dict[str, StepRecord]:
    """The records that events add up to.

    Args:
        steps: The names of all steps, with the number of maps that each is inside of.
        said: The events, in order.
    """
    records = {name: StepRecord(name) for name in steps}
    for event in said:
        if isinstance(event, events.StepEvent):
            record = _record_of(records, steps, event)
            apply = _APPLY.get(type(event))
            if apply is not None:
                apply(record, event)
    for name, depth in steps.items():
        if depth:
            _sum_up(records[name])
    return records


def _record_of(records: dict[str, StepRecord], steps: Mapping[str, int], event: events.StepEvent) -> StepRecord:
    record = records[event.step]
    if not event.index or len(event.index) < steps[event.step]:
        return record
    depth = steps[event.step]
    for upto in dict.fromkeys((depth, len(event.index))):  # a turn is an item of the item that takes it
        if upto:
            index = event.index[:upto]
            record = record.items.setdefault(index, StepRecord(event.step, index))
    return record


def _started(record: StepRecord, event: Any) -> None:
    record.status = "running"
    record.attempts = event.attempt
    record.runner = event.runner


def _finished(record: StepRecord, event: Any) -> None:
    record.status, record.value, record.reason = "done", event.value, event.note
    record.attempts = event.attempt
    record.seconds += event.seconds


def _reused(record: StepRecord, event: Any) -> None:
    record.status, record.value, record.reason, record.saved = "reused", event.value, event.reason, event.saved


def _skipped(record: StepRecord, event: Any) -> None:
    record.status, record.reason = "skipped", event.reason


def _errored(record: StepRecord, event: Any) -> None:
    record.status, record.error, record.why = "failed", event.error, event.why
    record.attempts = event.attempt
    record.seconds += event.seconds


def _retrying(record: StepRecord, event: Any) -> None:
    record.status = "waiting"
    record.attempts = event.attempt
    record.seconds += event.seconds


def _cancelled(record: StepRecord, event: Any) -> None:
    record.status = "cancelled"
    for turn in record.items.values():
        if turn.status in ("waiting", "running"):
            _cancelled(turn, event)


def _map_finished(record: StepRecord, event: Any) -> None:
    if not event.index and record.status == "waiting":
        record.status = "done"


_APPLY: Mapping[type[events.Event], Callable[[StepRecord, Any], None]] = {
    events.StepStarted: _started,
    events.StepFinished: _finished,
    events.StepReused: _reused,
    events.StepSkipped: _skipped,
    events.StepErrored: _errored,
    events.StepRetrying: _retrying,
    events.StepCancelled: _cancelled,
    events.MapFinished: _map_finished,
}

_WORST_LAST: tuple[Status, ...] = ("skipped", "reused", "done", "running", "cancelled", "failed")


def _sum_up(record: StepRecord) -> None:
    """What a mapped step is as a whole, from its items."""
    items = record.items.values()
    if not items:
        return
    found = {item.status for item in items}
    for status in _WORST_LAST:
        if status in found:
            record.status = status
    record.seconds = sum(item.seconds for item in items)
    record.saved = sum(item.saved for item in items)
    record.attempts = sum(item.attempts for item in items)
    record.runner = next((item.runner for item in items if item.runner), "")
    failed = next((item for item in items if item.error is not None), record)
    record.error, record.why = failed.error, failed.why
    record.value = _nested([(index, item.value) for index, item in sorted(record.items.items())])


def _nested(values: list[tuple[tuple[int, ...], Any]]) -> list[Any]:
    found: dict[int, Any] = {}
    for index, value in values:
        if len(index) == 1:
            found[index[0]] = value
        else:
            found.setdefault(index[0], []).append((index[1:], value))
    deep = bool(values) and len(values[0][0]) > 1
    return [_nested(value) if deep else value for value in found.values()]


def plain(value: Any) -> Any:
    """A value for JSON: as it is where JSON knows it, records by their fields, a path as text, else short."""
    if isinstance(value, enum.Enum):
        return plain(value.value)
    if value is None or isinstance(value, (str, int, bool)):
        return value
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else repr(value)  # noqa: PLR0124  # NaN
    if is_mapping(value):
        return {str(key): plain(item) for key, item in value.items()}
    if is_named_tuple(value):
        return {name: plain(item) for name, item in zip(value._fields, value, strict=True)}
    if is_sequence(value):
        return [plain(item) for item in value]
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return {field.name: plain(getattr(value, field.name, None)) for field in fields}
    model = class_if_loaded("pydantic.main", "BaseModel")
    if model is not None and isinstance(value, model):
        made: Any = value
        return plain(made.model_dump())
    return str(value) if hasattr(value, "__fspath__") else shorten(value, 200)
