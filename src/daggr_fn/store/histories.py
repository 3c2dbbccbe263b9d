"""What is read of results: by key, as the versions that they add up to, and as what a sheet shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, union, union_all

from daggr_fn.store.records import Status, StoredResult, Version
from daggr_fn.store.tables import results, reuses, run_inputs, runs, selections, versions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from sqlalchemy import Connection, Row, Select, Subquery

_MADE = versions.join(runs, runs.c.id == versions.c.run).join(results, results.c.version == versions.c.id)
_COLUMNS = (
    *(column for column in results.c if column.name != "sheet"),
    versions.c.step, versions.c.number, versions.c.run.label("made_in"), runs.c.name.label("run"),
)  # fmt: skip


_MOST_NAMES = 400


def item_text(index: tuple[int, ...]) -> str:
    """The indices of an item as the database has them."""
    return ".".join(map(str, index))


def item_index(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")) if text else ()


def candidates(connection: Connection, sheet: str, key: str, since: float) -> list[StoredResult]:
    """The results under a key whose values are kept: of selected versions first, then the newest first."""
    selected = select(selections.c.version).where(selections.c.sheet == sheet)
    asked = select(*_COLUMNS).select_from(_MADE).where(
        results.c.sheet == sheet, results.c.key == key, results.c.status == "done", results.c.content.is_not(None),
        results.c.created >= since,
    )  # fmt: skip
    chosen = versions.c.id.in_(selected)
    return [result_of(row) for row in connection.execute(asked.order_by(chosen.desc(), results.c.id.desc()))]


def history(connection: Connection, sheet: str, step: str) -> list[Version]:
    """The versions of a step, oldest first, each with all that its run made and reused of it."""
    wanted = select(versions.c.run, versions.c.step).where(versions.c.sheet == sheet, versions.c.step == step)
    return sorted(_versions(connection, sheet, wanted.subquery()), key=lambda version: version.number)


def shown(connection: Connection, sheet: str, steps: Collection[str] | None = None) -> dict[str, Version]:
    """For each step, or for some, the selected version, else what the newest run made or reused of it.

    For some the versions come without the inputs that made them.
    """
    if steps is not None and len(steps) <= _MOST_NAMES:
        return {one.step: one for one in _versions(connection, sheet, _shown(sheet, steps), with_inputs=False)}
    found = {one.step: one for one in _versions(connection, sheet, _shown(sheet, None))}
    return found if steps is None else {step: found[step] for step in steps if step in found}


def _shown(sheet: str, steps: Collection[str] | None) -> Subquery:
    """The pairs of run and step whose results are shown."""
    of_sheet = reuses.join(runs, runs.c.id == reuses.c.run)
    taken = select(reuses.c.run, reuses.c.step).select_from(of_sheet).where(runs.c.sheet == sheet)
    used = union(select(versions.c.run, versions.c.step).where(versions.c.sheet == sheet), taken).subquery()
    chosen = select(selections.c.step).where(selections.c.sheet == sheet)
    newest = select(func.max(used.c.run).label("run"), used.c.step).where(used.c.step.not_in(chosen))
    joined = selections.join(versions, versions.c.id == selections.c.version)
    selected = select(versions.c.run, versions.c.step).select_from(joined).where(selections.c.sheet == sheet)
    if steps is not None:
        newest, selected = newest.where(used.c.step.in_(steps)), selected.where(versions.c.step.in_(steps))
    return union_all(newest.group_by(used.c.step), selected).subquery()


def keys(connection: Connection, sheet: str) -> list[str]:
    """The keys under which a sheet has results."""
    asked = select(results.c.key).where(results.c.sheet == sheet, results.c.status == "done").distinct()
    return [key for key in connection.execute(asked).scalars() if key]


def newest(connection: Connection, sheet: str) -> dict[str, int]:
    """For each step the number of its newest version."""
    numbers = select(versions.c.step, func.max(versions.c.number).label("number")).where(versions.c.sheet == sheet)
    return {row.step: int(row.number) for row in connection.execute(numbers.group_by(versions.c.step))}


def numbers_in(connection: Connection, sheet: str, run: str) -> dict[str, int]:
    """For each step the number of the version that a run made, else of its own one that it took results of."""
    number = select(runs.c.id).where(runs.c.sheet == sheet, runs.c.name == run).scalar_subquery()
    of_results = reuses.join(results, results.c.id == reuses.c.result).join(
        versions, versions.c.id == results.c.version
    )
    taken = select(reuses.c.step, func.max(versions.c.number).label("number")).select_from(of_results)
    here = (
        reuses.c.run == number,
        reuses.c.step == versions.c.step,
    )  # what another step made is no version of this one
    made = select(versions.c.step, versions.c.number).where(versions.c.run == number)
    found = {row.step: int(row.number) for row in connection.execute(taken.where(*here).group_by(reuses.c.step))}
    return found | {row.step: int(row.number) for row in connection.execute(made)}


def _versions(connection: Connection, sheet: str, wanted: Subquery, *, with_inputs: bool = True) -> Iterator[Version]:
    """The versions at pairs of `run` and `step`: what that run made, and what it reused."""
    parts: dict[tuple[int, str], dict[tuple[int, ...], Row[Any]]] = {}
    for asked in (_reused_at(wanted), _made_at(wanted)):
        for row in connection.execute(asked):
            parts.setdefault((row.at, row.under), {})[item_index(row.place)] = row
    selected = set(connection.execute(select(selections.c.version).where(selections.c.sheet == sheet)).scalars())
    inputs = _inputs(connection, sheet) if with_inputs else {}
    for (run, step), rows in parts.items():
        yield _version(run, step, rows, inputs, selected)


def _made_at(wanted: Subquery) -> Select[Any]:
    here = (wanted.c.run == versions.c.run) & (wanted.c.step == versions.c.step)
    return _asked(wanted, results.c.item).select_from(wanted.join(_MADE, here))


def _reused_at(wanted: Subquery) -> Select[Any]:
    here = (wanted.c.run == reuses.c.run) & (wanted.c.step == reuses.c.step)
    return _asked(wanted, reuses.c.item).select_from(
        wanted.join(reuses, here).join(_MADE, results.c.id == reuses.c.result)
    )


def _asked(wanted: Subquery, place: Any) -> Select[Any]:
    asked: Any = select(*_COLUMNS, wanted.c.run.label("at"), wanted.c.step.label("under"), place.label("place"))
    return asked  # type: ignore[no-any-return]  # any number of columns


def _version(
    run: int,
    step: str,
    rows: Mapping[tuple[int, ...], Row[Any]],
    inputs: Mapping[int, dict[str, str]],
    selected: set[int],
) -> Version:
    made = [row for row in rows.values() if row.made_in == run]
    newest = max(made or rows.values(), key=lambda row: row.id)
    return Version(
        newest.version, step, newest.number, newest.run,
        created=min(row.created for row in (made or [newest])),
        seconds=sum(row.seconds for row in rows.values()),
        status=_together([row.status for row in rows.values()]),
        inputs=inputs.get(newest.made_in, {}),
        results={index: result_of(rows[index]) for index in sorted(rows)},
        selected=newest.version in selected,
    )  # fmt: skip


def _together(statuses: list[Status]) -> Status:
    order: tuple[Status, ...] = ("failed", "cancelled", "done", "skipped")
    return next(status for status in order if status in statuses)


def _inputs(connection: Connection, sheet: str) -> dict[int, dict[str, str]]:
    """The inputs that each run of a sheet began with."""
    joined = run_inputs.join(runs, runs.c.id == run_inputs.c.run)
    asked = select(run_inputs).select_from(joined).where(runs.c.sheet == sheet)
    found: dict[int, dict[str, str]] = {}
    for row in connection.execute(asked):
        found.setdefault(row.run, {})[row.name] = row.content
    return found


def result_of(row: Row[Any]) -> StoredResult:
    return StoredResult(
        row.key, row.digest, row.parts, row.seconds, row.created,
        id=row.id, run=row.run, step=row.step, index=item_index(row.item), number=row.number, status=row.status,
        reason=row.reason, note=row.note, error=row.error, content=row.content,
    )  # fmt: skip
