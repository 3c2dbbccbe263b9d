"""The report: tables for people, JSON for programs."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from rich.table import Table

if TYPE_CHECKING:
    from measure import Measured

_VERDICTS = {True: "[green]met", False: "[red]falls short", None: ""}


def row_cells(measured: Measured) -> tuple[str, ...]:
    """One row of the main table."""
    ratio = measured.of_floor
    return (
        measured.case.name,
        _amount(measured, "daggr_fn"),
        _amount(measured, "floor"),
        f"{ratio:.2f}x" if ratio is not None else "",
        _target(measured),
        _VERDICTS[measured.met],
    )


def main_table(found: Iterable[Measured]) -> Table:
    """All cases against their floors and targets."""
    table = Table(title="daggr_fn: medians", title_justify="left")
    table.add_column("case")
    for heading in ("daggr_fn", "floor", "of the floor", "target"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for measured in found:
        table.add_row(*row_cells(measured))
    return table


def peer_table(found: Iterable[Measured], peers: Sequence[str]) -> Table:
    """The cases that peers can do, as multiples of what daggr_fn took."""
    table = Table(title="peers: multiples of daggr_fn's time", title_justify="left")
    table.add_column("case")
    for peer in peers:
        table.add_column(peer, justify="right")
    for measured in found:
        ours = measured.median("daggr_fn")
        theirs = [measured.median(peer) for peer in peers]
        if ours and any(theirs):
            table.add_row(measured.case.name, *(f"{one / ours:.1f}x" if one else "" for one in theirs))
    return table


def as_json(found: Iterable[Measured]) -> dict[str, Any]:
    """Everything that was measured, and on what."""
    return {
        "python": platform.python_version(),
        "machine": platform.platform(),
        "cores": os.cpu_count(),
        "daggr_fn": version("daggr_fn") if _installed("daggr_fn") else None,
        "cases": [_as_dict(measured) for measured in found],
    }


def _as_dict(measured: Measured) -> dict[str, Any]:
    return {
        "name": measured.case.name,
        "medians": {name: measured.median(name) for name in measured.found},
        "gauge": measured.case.gauge,
        measured.case.gauge: measured.found,
        "errors": measured.errors,
        "of_floor": measured.of_floor,
        "most_of_floor": measured.case.most_of_floor,
        "most_seconds": measured.case.most_seconds,
        "met": measured.met,
    }


def _installed(package: str) -> bool:
    try:
        version(package)
    except ImportError:
        return False
    return True


def _amount(measured: Measured, name: str) -> str:
    median = measured.median(name)
    if measured.case.gauge == "seconds" or median is None:
        return _duration(median)
    return f"{median:.1f} MB"


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return f"{seconds:.3f} s" if seconds >= 0.2 else f"{seconds * 1000:.2f} ms"


def _target(measured: Measured) -> str:
    case = measured.case
    said = [f"{case.most_of_floor:g}x"] if case.most_of_floor is not None else []
    return ", ".join([*said, _duration(case.most_seconds)] if case.most_seconds is not None else said)
