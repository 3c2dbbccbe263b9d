"""`Store`: sheets, their inputs, results and runs, in a database. Threads and processes may share one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import timedelta
    from pathlib import Path

    from typing_extensions import Self

    from daggr_fn.store.records import RunInfo, RunStatus, SheetInfo, Status, StoredResult, Version


class Store:
    """Sheets, their inputs, results and runs, in a database. Threads and processes may share one.

    Each method is one short transaction. A sheet is named by its id; whose it is, only `sheet()` checks.

    Args:
        url: The database, as SQLAlchemy writes it; by default `DAGGR_FN_DATABASE_URL`, else a file of SQLite in `root`.
        root: Where the files of values lie; `files.home()` by default.

    Raises:
        StoreError: It can't be opened, or was written by a newer daggr_fn.
    """

    def __init__(self, url: str | None = None, *, root: Path | None = None) -> None:
        raise NotImplementedError

    @classmethod
    def in_memory(cls) -> Self:
        """A store for `persist=False`: all of it is gone when it is closed, or the process ends."""
        raise NotImplementedError

    def close(self) -> None: ...

    # sheets; every method that is given a sheet raises SheetNotFound when it is gone
    def sheets(self, user: str, pipeline: str) -> list[SheetInfo]:
        """A user's sheets of a pipeline, the one changed last first."""
        raise NotImplementedError

    def make_sheet(self, user: str, pipeline: str, name: str) -> SheetInfo: raise NotImplementedError
    def sheet(self, user: str, sheet: str) -> SheetInfo: raise NotImplementedError
    def rename_sheet(self, sheet: str, name: str) -> None: raise NotImplementedError
    def duplicate_sheet(self, sheet: str, name: str) -> SheetInfo: raise NotImplementedError
    def delete_sheet(self, sheet: str) -> None: raise NotImplementedError

    # inputs
    def inputs(self, sheet: str, types: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The values of the inputs that were set; one that can't be read any more is left out (see `input_notes`)."""
        raise NotImplementedError

    def input_notes(self, sheet: str, types: Mapping[str, Any] | None = None) -> dict[str, str]:
        """Why the value of an input can't be read, for those of which that is so."""
        raise NotImplementedError

    def set_input(self, sheet: str, name: str, value: Any, returns: Any = None) -> None:
        """Raises NotReusable when the value can't be stored. Never give it a secret."""
        raise NotImplementedError

    def clear_input(self, sheet: str, name: str) -> None: raise NotImplementedError

    # settings: JSON. positions, folded and edits are by step: `rename_step` renames in them
    def setting(self, sheet: str, name: str, default: Any = None) -> Any: raise NotImplementedError
    def settings(self, sheet: str) -> dict[str, Any]: raise NotImplementedError
    def set_setting(self, sheet: str, name: str, data: Any) -> None: raise NotImplementedError

    # runs
    def begin_run(self, sheet: str, run: str, steps: Iterable[str], how: str = "all") -> None:
        """Notes the sheet's inputs as they are now: they are the `inputs` of the versions that the run makes."""
        raise NotImplementedError

    def end_run(self, sheet: str, run: str, status: RunStatus, seconds: float) -> None: raise NotImplementedError
    def runs(self, sheet: str, limit: int = 50) -> list[RunInfo]:
        """Newest first."""
        raise NotImplementedError

    def interrupt_dead_runs(self) -> int:
        """Mark the runs of servers that are gone as interrupted; says how many. Call it when a server starts."""
        raise NotImplementedError

    # results
    def add_result(  # noqa: PLR0913
        self,
        sheet: str,
        run: str,
        step: str,
        *,
        index: tuple[int, ...] = (),
        key: str = "",
        digest: str = "",
        parts: Mapping[str, str] | None = None,
        value: Any = None,
        returns: Any = None,
        seconds: float = 0.0,
        reason: str = "",
        status: Status = "done",
        error: Mapping[str, Any] | None = None,
    ) -> StoredResult:
        """One transaction. A value that can't be stored leaves a result with a `note`. The step's selection is undone."""
        raise NotImplementedError

    def add_reuse(self, sheet: str, run: str, reused: Iterable[tuple[str, tuple[int, ...], StoredResult]]) -> None:
        """Note that a run reused results of this sheet: `(step, index, result)` each. Makes no version."""
        raise NotImplementedError

    def look(self, sheet: str, key: str, max_age: timedelta | None = None) -> StoredResult | None:
        """The result under a key whose value can be read: of a selected version, else the newest."""
        raise NotImplementedError

    def load(self, entry: StoredResult, returns: Any = None) -> Any:
        """The value. Raises LookupError, with words for people, when it isn't kept, or can't be read any more."""
        raise NotImplementedError

    def content(self, content: str, returns: Any = None) -> Any:
        """The value of an input of a version (`Version.inputs`). Raises LookupError like `load`."""
        raise NotImplementedError

    def shown(self, sheet: str) -> dict[str, Version]:
        """For each step what its card shows: the selected version, else what its newest run made or reused."""
        raise NotImplementedError

    def versions(self, sheet: str, step: str) -> list[Version]:
        """The history of a step, oldest first."""
        raise NotImplementedError

    def select(self, sheet: str, step: str, number: int | None, *, restore_inputs: bool = True) -> None:
        """Go back to a version (`None`: to the newest), and to the inputs that made it. LookupError: no such version."""
        raise NotImplementedError

    def rename_step(self, pipeline: str, old: str, new: str) -> bool:
        """Give a step's history to its new name, on all sheets; not where the new name has its own already."""
        raise NotImplementedError

    def tidy(self) -> None:
        """Free values and files that no sheet has any more. Called now and then by itself."""
        raise NotImplementedError
