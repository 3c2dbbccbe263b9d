"""`Store`: sheets, their inputs, results and runs, in a database. Threads and processes may share one."""

from __future__ import annotations

import os
import secrets
import time
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import insert, select

from daggr_fn.errors import NotReusable
from daggr_fn.files import Pins, Scratch, home
from daggr_fn.store import contents, copies, glances, histories, results, runs, sheets
from daggr_fn.store.database import Database
from daggr_fn.store.gathering import Gathering
from daggr_fn.store.owners import Owners, OwnersByAdvisoryLock, OwnersByFile
from daggr_fn.store.sheets import clean
from daggr_fn.store.tables import facts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from datetime import timedelta
    from pathlib import Path

    from sqlalchemy import Connection
    from typing_extensions import Self

    from daggr_fn.store.contents import Prepared
    from daggr_fn.store.glances import Signs
    from daggr_fn.store.records import Glance, RunInfo, RunStatus, SheetInfo, Status, StoredResult, Version

T = TypeVar("T")


class Store:
    """Sheets, their inputs, results and runs, in a database. Threads and processes may share one.

    Each method is one short transaction. A sheet is named by its id; whose it is, only `sheet()` checks. What changes
    a sheet that is gone raises `SheetNotFound`; what asks for something of it finds nothing.

    Args:
        url: The database, as SQLAlchemy writes it; by default `DAGGR_FN_DATABASE_URL`, else a file of SQLite in `root`.
        root: Where the files of values lie; `files.home()` by default.

    Raises:
        StoreError: It can't be opened, or was written by a newer daggr_fn.
    """

    def __init__(self, url: str | None = None, *, root: Path | None = None) -> None:
        self.root = root or home()
        self._scratch: Scratch | None = None
        file = self.root / "sheets.db"
        self._database = Database(url or os.environ.get("DAGGR_FN_DATABASE_URL") or f"sqlite:///{file.as_posix()}")
        self._gathering = Gathering(self._database)
        self._pins = Pins(self.root, self._database.write(_own_id), self._database.file)
        self._owners = self._make_owners()
        self.tidy()

    @classmethod
    def in_memory(cls) -> Self:
        """A store for `persist=False`: all of it is gone when it is closed, or the process ends."""
        scratch = Scratch()
        file = scratch.folder / "sheets.db"
        store = cls(f"sqlite:///{file.as_posix()}", root=scratch.folder)
        store._scratch = scratch
        return store

    def close(self) -> None:
        """Give everything back. The runs that were begun here count as those of a server that is gone."""
        self._owners.close()
        self._database.close()
        if self._scratch is not None:
            self._scratch.close()

    @property
    def is_shared(self) -> bool:
        """Whether another server may use the same database."""
        return self._scratch is None

    @property
    def where(self) -> str:
        """The address of the database, without its password."""
        return self._database.where

    def _make_owners(self) -> Owners:
        if self._database.engine.dialect.name == "postgresql":
            return OwnersByAdvisoryLock(self._database.engine)
        file = self._database.file
        return OwnersByFile(file.with_name(f"{file.name}.servers") if file else self.root / "locks" / "servers")

    # Sheets

    def sheets(self, user: str, pipeline: str) -> list[SheetInfo]:
        """A user's sheets of a pipeline, the one that changed last first."""
        return self._database.read(lambda connection: sheets.all_of(connection, user, pipeline))

    def make_sheet(self, user: str, pipeline: str, name: str) -> SheetInfo:
        """A new, empty sheet."""
        return self._database.write(lambda connection: sheets.make(connection, user, pipeline, name))

    def sheet(self, user: str, sheet: str) -> SheetInfo:
        """A sheet of a user's.

        Raises:
            SheetNotFound: There is none of that id, or it is someone else's.
        """
        return self._database.read(lambda connection: sheets.get(connection, sheet, user))

    def rename_sheet(self, sheet: str, name: str) -> None:
        """Call a sheet something else."""
        self._database.write(lambda connection: sheets.rename(connection, sheet, name))

    def duplicate_sheet(self, sheet: str, name: str) -> SheetInfo:
        """A new sheet with all that is on this one: inputs, results with their history, runs, settings."""
        return self._database.write(lambda connection: copies.duplicate(connection, sheet, name))

    def delete_sheet(self, sheet: str) -> None:
        """Remove a sheet with all that is on it. Its values and files are freed when they are no longer young."""
        self._database.write(lambda connection: sheets.remove(connection, sheet))
        self.tidy()

    # Inputs and settings

    def inputs(self, sheet: str, types: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The values of the inputs that were set; one that can't be read any more is left out.

        Args:
            sheet: The sheet.
            types: The annotations of the inputs, in whose classes are found those of their values.
        """
        return self._read_inputs(sheet, types)[0]

    def input_notes(self, sheet: str, types: Mapping[str, Any] | None = None) -> dict[str, str]:
        """Why the value of an input can't be read any more, for those of which that is so."""
        return self._read_inputs(sheet, types)[1]

    def _read_inputs(self, sheet: str, types: Mapping[str, Any] | None) -> tuple[dict[str, Any], dict[str, str]]:
        values: dict[str, Any] = {}
        notes: dict[str, str] = {}
        for name, row in self._database.read(lambda connection: sheets.input_rows(connection, sheet)).items():
            try:
                values[name] = contents.read(row, self.root, (types or {}).get(name))
            except LookupError as error:
                notes[name] = str(error)
        return values, notes

    def set_input(self, sheet: str, name: str, value: Any, returns: Any = None) -> str:
        """Keep the value of an input, and say where it lies (`content`). Secrets are not to be given to a store.

        Args:
            sheet: The sheet.
            name: The input.
            value: Any value that can be pickled; files in it are kept by content.
            returns: Its annotation, in whose classes is found what no module has by name.

        Raises:
            NotReusable: The value can't be stored; says why.
        """
        ready = contents.prepare(value, self.root, returns)
        self._write_value(ready, lambda connection: sheets.set_input(connection, sheet, name, ready))
        return ready.id

    def clear_input(self, sheet: str, name: str) -> None:
        """Put an input back to its default."""
        self._database.write(lambda connection: sheets.clear_input(connection, sheet, name))

    def setting(self, sheet: str, name: str, default: Any = None) -> Any:
        """One setting of a sheet: how it is looked at, not what is on it."""
        return self.settings(sheet).get(name, default)

    def settings(self, sheet: str) -> dict[str, Any]:
        """All settings of a sheet."""
        return self._database.read(lambda connection: sheets.all_settings(connection, sheet))

    def set_setting(self, sheet: str, name: str, data: Any) -> None:
        """Keep a setting: anything that JSON has.

        `positions`, `folded` and `edits` are dicts or lists by step, or by `step.port`: `rename_step` renames in them.
        """
        self._database.write(lambda connection: sheets.set_setting(connection, sheet, name, data))

    def change_setting(self, sheet: str, name: str, change: Callable[[Any], Any]) -> Any:
        """Keep a setting that is made of what it is now, whoever changed it last; what it is then.

        Args:
            sheet: The sheet.
            name: The setting.
            change: Makes the new of the old one, `None` where there is none. It may be called more than once.
        """
        return self._database.write(lambda connection: sheets.change_setting(connection, sheet, name, change))

    # What others do

    def changed(self, sheets: Collection[str]) -> dict[str, float]:
        """By sheet when it was changed last: another change is always later. One that is gone is not among them."""
        return self._database.read(lambda connection: glances.changed(connection, sheets))

    def sheets_beside(self, sheets: Collection[str]) -> list[SheetInfo]:
        """Sheets, and all others of the same users and pipelines."""
        return self._database.read(lambda connection: glances.beside(connection, sheets))

    def glance(self, sheet: str, going: Collection[int] = ()) -> Glance:
        """What is on a sheet, as far as that tells whether somebody has changed it.

        Args:
            sheet: The sheet.
            going: The numbers of runs to be told of however old they are.

        Raises:
            SheetNotFound: It is gone.
        """
        me = self._owners.id
        return self._database.read(lambda connection: glances.glance(connection, sheet, me, going))

    def steps_of(self, run: int) -> tuple[str, ...]:
        """What a run, by its number, was to run."""
        return self._database.read(lambda connection: glances.steps_of(connection, run))

    def signs(self, runs: Collection[int]) -> Signs:
        """By run, and by step, how many results it has of it, and when it made the last one."""
        return self._database.read(lambda connection: glances.signs(connection, runs))

    # Runs

    def begin_run(self, sheet: str, run: str, steps: Iterable[str], how: str = "all") -> None:
        """Note that a run begins, and the sheet's inputs as they are now: those of the versions that it will make.

        Args:
            sheet: The sheet.
            run: The id of the run; one that is there already goes on, with the inputs that it had.
            steps: What it is to run or reuse.
            how: What was asked for: `all`, or `to`, `this`, `from` and a step.
        """
        owner, names = self._owners.own(), list(steps)
        self._database.write(lambda connection: runs.begin(connection, sheet, run, owner, names, how))

    def has_inputs_of(self, sheet: str, run: str) -> bool:
        """Whether the sheet's inputs are those that a run began with."""
        return self._database.read(lambda connection: runs.has_inputs_of(connection, sheet, run))

    def end_run(self, sheet: str, run: str, status: RunStatus, seconds: float) -> None:
        """Note how a run ended, and how many seconds it took."""
        self._database.write(lambda connection: runs.end(connection, sheet, run, status, seconds))

    def runs(self, sheet: str, limit: int = 50) -> list[RunInfo]:
        """The runs on a sheet, newest first."""
        return self._database.read(lambda connection: runs.latest(connection, sheet, limit))

    def interrupt_dead_runs(self) -> int:
        """Mark the runs of servers that are gone as interrupted; says how many. To be called when a server starts."""
        owners = self._database.read(runs.owners_of_running)
        gone = [owner for owner in owners if self._owners.is_gone(owner)]
        return self._database.write(lambda connection: runs.interrupt(connection, gone)) if gone else 0

    # Results

    def add_result(  # noqa: PLR0913  # keywords, each a fact of the result
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
        """Keep the result of a step, or of an item of it, in one transaction; others of the run may be in it too.

        The first one that a run has of a step makes a version. The step shows its newest version again.

        Args:
            sheet: The sheet.
            run: The run; `begin_run` came before.
            step: The step.
            index: The indices of the item, outermost map first.
            key: What `look` will find it under; empty for one that is never reused.
            digest: The digest of its value.
            parts: The digests of the value's ports, for a record.
            value: Any value at all. One that can't be stored leaves a result with a `note` that says why.
            returns: The node's return annotation, in whose classes is found what no module has by name.
            seconds: How long it took to make.
            reason: Why it ran.
            status: How it ended. Only what is `done` has a value.
            error: What failed, as JSON, in the form that the caller wants to get it back.

        Raises:
            SheetNotFound: The sheet is gone.
        """
        ready, note = self._prepared(value, returns) if status == "done" else (None, "")
        new = results.NewResult(
            clean(step), histories.item_text(index), key, digest, dict(parts or {}), ready, note, seconds, reason,
            status, error,
        )  # fmt: skip
        return self._pinned(ready, lambda: self._gathering.add(sheet, run, new))

    def add_reuse(self, sheet: str, run: str, reused: Iterable[tuple[str, tuple[int, ...], StoredResult]]) -> None:
        """Note what a run took as it was, so that the sheet shows it. Makes no version.

        Args:
            sheet: The sheet.
            run: The run; `begin_run` came before.
            reused: For each: the step, the indices of the item, and the result, which is one of this sheet.
        """
        taken = list(reused)
        self._database.write(lambda connection: results.add_reuses(connection, sheet, run, taken))

    def carry_over(self, sheet: str, run: str, steps: Iterable[str]) -> None:
        """Note that a run, which is about to make some items of steps anew, takes the others as they are shown now.

        Args:
            sheet: The sheet.
            run: The run; `begin_run` came before.
            steps: The mapped steps.
        """
        some = [clean(step) for step in steps]
        if some:
            self._database.write(lambda connection: results.carry_over(connection, sheet, run, some))

    def look(self, sheet: str, key: str, max_age: timedelta | None = None) -> StoredResult | None:
        """The result under a key whose value is there: that of a selected version, else the newest."""
        since = time.time() - max_age.total_seconds() if max_age is not None else 0.0
        return self._database.read(partial(self._look, sheet=sheet, key=key, since=since))

    def _look(self, connection: Connection, sheet: str, key: str, since: float) -> StoredResult | None:
        for found in histories.candidates(connection, sheet, key, since):
            row = contents.find(connection, found.content or "")
            if row is not None and contents.missing_file(row, self.root) is None:
                return found
        return None

    def load(self, entry: StoredResult, returns: Any = None) -> Any:
        """The value of a result.

        Args:
            entry: What `look`, `shown`, `versions` or `add_result` gave.
            returns: The node's return annotation: its classes are taken for the value's of the same name.

        Raises:
            LookupError: It isn't kept, or can't be read any more; in words for people.
        """
        if entry.content is None:
            raise LookupError(entry.note or f"the step {entry.step!r} has no value: it {_ENDED[entry.status]}")
        return self.content(entry.content, returns)

    def content(self, content: str, returns: Any = None) -> Any:
        """The value of an input, as `Version.inputs` names it. Raises LookupError like `load`."""
        return contents.read(
            self._database.read(lambda connection: contents.find(connection, content)), self.root, returns
        )

    def shown(self, sheet: str, steps: Collection[str] | None = None) -> dict[str, Version]:
        """What the card of each step, or of some, shows: its selected version, else what its newest run made or reused.

        Steps that never ran are not among them. No value is read. Asked for some, versions have no `inputs`.
        """
        return self._database.read(lambda connection: histories.shown(connection, sheet, steps))

    def versions(self, sheet: str, step: str) -> list[Version]:
        """The history of a step, oldest first. No value is read."""
        return self._database.read(lambda connection: histories.history(connection, sheet, clean(step)))

    def keys(self, sheet: str) -> list[str]:
        """The keys under which the sheet has results."""
        return self._database.read(lambda connection: histories.keys(connection, sheet))

    def newest_versions(self, sheet: str) -> dict[str, int]:
        """For each step the number of its newest version."""
        return self._database.read(lambda connection: histories.newest(connection, sheet))

    def versions_in(self, sheet: str, run: str) -> dict[str, int]:
        """For each step the number of the version that a run made, or took as it was."""
        return self._database.read(lambda connection: histories.numbers_in(connection, sheet, run))

    def select(self, sheet: str, step: str, number: int | None, *, restore_inputs: bool = True) -> None:
        """Go back to a version of a step, and to the inputs that made it.

        Args:
            sheet: The sheet.
            step: The step.
            number: The number of the version; `None` for what the newest run made or reused, with the inputs left.
            restore_inputs: Whether the sheet's inputs become those of the version's run.

        Raises:
            LookupError: There is no such version.
        """
        if number is None:
            self._database.write(lambda connection: results.select_newest(connection, sheet, clean(step)))
            return
        self._database.write(
            lambda connection: results.select_version(
                connection, sheet, clean(step), number, restore_inputs=restore_inputs
            )
        )

    def rename_step(self, pipeline: str, old: str, new: str) -> bool:
        """Give the history of a step to its new name, on the sheets where that has none; says whether any did."""
        return self._database.write(lambda connection: copies.rename_step(connection, pipeline, old, new))

    # Values and upkeep

    def _prepared(self, value: Any, returns: Any) -> tuple[Prepared | None, str]:
        try:
            return contents.prepare(value, self.root, returns), ""
        except NotReusable as error:
            return None, str(error)

    def _write_value(self, ready: Prepared | None, change: Callable[[Connection], T]) -> T:
        """Change the database, and have the files of a value pinned before and after."""
        return self._pinned(ready, lambda: self._database.write(change))

    def _pinned(self, ready: Prepared | None, write: Callable[[], T]) -> T:
        """Write a value, and have its files pinned before and after."""
        if ready is None or not ready.kept:
            return write()
        self._pins.add(ready.id, ready.kept)
        done = write()
        if not self._pins.has(ready.id):  # the same value was freed meanwhile, and its pin with it
            self._pins.add(ready.id, ready.kept)
        return done

    def tidy(self) -> None:
        """Free the values and files that no sheet has any more. Happens by itself, at the start and at a deletion."""
        self._database.write(lambda connection: contents.remove_unused(connection, time.time()))
        old = self._pins.older_than(contents.YOUNG_SECONDS)
        for content in self._database.read(lambda connection: contents.absent(connection, old)):
            self._pins.remove(content)


_ENDED: Mapping[Status, str] = {
    "done": "has none", "failed": "failed", "skipped": "was skipped", "cancelled": "was cancelled",
}  # fmt: skip


def _own_id(connection: Connection) -> str:
    """The id of this database, made when it is new."""
    found = connection.execute(select(facts.c.text).where(facts.c.name == "id")).scalar()
    if found is None:
        found = secrets.token_hex(16)
        connection.execute(insert(facts).values(name="id", text=found))
    return found
