"""What the store says of sheets, runs, versions and results: plain data, no rows of the database, no values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from daggr_fn.errors import DaggrError
from daggr_fn.remembered import Entry

if TYPE_CHECKING:
    from collections.abc import Mapping

Status = Literal["done", "failed", "skipped", "cancelled"]
RunStatus = Literal["running", "done", "failed", "cancelled", "interrupted"]


class SheetNotFound(DaggrError, LookupError):
    """There is no such sheet, or it is another user's: both say the same, so that nobody learns which ids exist."""


class StoreError(DaggrError):
    """The database of sheets can't be used as it is. The message says why."""


@dataclass(frozen=True, slots=True)
class SheetInfo:
    """A sheet, without what is on it.

    Attributes:
        id: Unguessable, and good in a URL.
        user: Whose it is; empty where nobody signs in.
        pipeline: What the pipeline's sheets are stored under: its `persist_key`, else its name.
        name: What its user calls it.
        created: When it was made, in seconds since the epoch.
        changed: When something on it was changed last, in seconds since the epoch.
    """

    id: str
    user: str
    pipeline: str
    name: str
    created: float
    changed: float


@dataclass(frozen=True, slots=True)
class StoredResult(Entry):
    """One result on a sheet: of a step, or of one item of it. Its value is only read by `Store.load`.

    Attributes:
        id: Its number in the store.
        run: The run that made it.
        step: The name of the step.
        index: The indices of the item, outermost map first; empty for a step that is not mapped.
        number: The number of the version of the step that it belongs to, from 1.
        status: How it ended.
        reason: Why the plan ran it.
        note: Why its value is not kept; empty when it is, or when there is none.
        error: What failed, in words, as `Store.add_result` was given it.
        content: Where its value lies in the store; `None` when there is none.
    """

    id: int
    run: str
    step: str
    index: tuple[int, ...]
    number: int
    status: Status
    reason: str = ""
    note: str = ""
    error: Mapping[str, Any] | None = None
    content: str | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """What one run made of one step: the history that a card leafs through.

    Attributes:
        id: Its number in the store.
        step: The name of the step.
        number: 1 is the oldest version of the step.
        run: The run that made it.
        created: When its first result came, in seconds since the epoch.
        seconds: How long its calls took together.
        status: `failed` when an item failed; else `done` when any is done.
        inputs: The sheet's inputs when the run began: where the value of each lies in the store (`Store.content`).
            An input that isn't here was at its default.
        results: What was made or reused for it, by the indices of the item; `()` for a step that is not mapped.
        selected: Whether it was chosen on the sheet, instead of the newest.
    """

    id: int
    step: str
    number: int
    run: str
    created: float
    seconds: float
    status: Status
    inputs: Mapping[str, str] = field(default_factory=dict[str, str])
    results: Mapping[tuple[int, ...], StoredResult] = field(default_factory=dict[tuple[int, ...], StoredResult])
    selected: bool = False


@dataclass(frozen=True, slots=True)
class RunHead:
    """A run, without what it is to do and has done.

    Attributes:
        number: Its number in the store: a later run has a greater one.
        run: Its id.
        status: How it stands.
        owner: The server that it belongs to.
        is_mine: Whether that is the one that asks.
        created: When it began, in seconds since the epoch.
        seconds: How long it took; `None` while it runs, and when it was interrupted.
    """

    number: int
    run: str
    status: RunStatus
    owner: str
    is_mine: bool
    created: float
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Glance:
    """What is on a sheet, as far as that tells whether somebody has changed it.

    Attributes:
        info: The sheet.
        inputs: Where the value of each input that is set lies in the store (`Store.content`).
        settings: All its settings.
        selected: By step the version, by its number in the store, that was chosen instead of the newest.
        runs: Its newest runs, and those that were asked for, oldest first.
    """

    info: SheetInfo
    inputs: Mapping[str, str]
    settings: Mapping[str, Any]
    selected: Mapping[str, int]
    runs: tuple[RunHead, ...]


@dataclass(frozen=True, slots=True)
class RunInfo:
    """One run on a sheet.

    Attributes:
        run: Its id, as `Store.begin_run` was given it.
        how: What was asked for: `all`, or `to`, `this`, `from` and a step.
        steps: The steps that it was to run.
        done: Those of them that it finished or reused. Until the run ended, no mapped step is among them: nobody knows
            how many items were to come.
        status: How it stands; `interrupted` when its server was gone before it ended.
        created: When it began, in seconds since the epoch.
        seconds: How long it took; `None` while it runs, and when it was interrupted.
    """

    run: str
    how: str
    steps: tuple[str, ...]
    done: tuple[str, ...]
    status: RunStatus
    created: float
    seconds: float | None
