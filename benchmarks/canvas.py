"""Measure the canvas in a real Chromium: `python benchmarks/canvas.py`. See benchmarks/README.md for how to read it."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from pathlib import Path
from typing import Any

from pages.browsing import browser, served
from pages.figures import PARTS, Figure, quick
from pages.peer import peer_figures
from rich.console import Console
from rich.table import Table

_VERDICTS = {True: "[green]met", False: "[red]falls short", None: ""}


def main() -> int:
    """Measure, print, and return how many targets were missed."""
    options = _options()
    progress = Console(stderr=True, width=150)
    load = [os.getloadavg()[0]]
    found: list[Figure] = []
    with browser() as chromium:
        for name in options.only or PARTS:
            part = quick(PARTS[name]) if options.quick else PARTS[name]
            with served("served.py") as ours:  # anew for each: what one has left behind is no part of the next
                for figure in part(chromium, ours):
                    found.append(figure)
                    progress.print("  ".join(_cells(figure)))
            load.append(os.getloadavg()[0])
        theirs = [] if options.no_peers or options.only else list(peer_figures(chromium, progress.print))
    if options.json:
        sys.stdout.write(json.dumps(_as_json(found, theirs, load), indent=2) + "\n")
    else:
        _print(found, theirs, load)
    return sum(figure.met is False for figure in found) if options.strict else 0


def _print(found: list[Figure], theirs: list[Figure], load: list[float]) -> None:
    console = Console(width=max(Console().width, 130))
    console.print(_table("The canvas", found))
    if theirs:
        console.print(_table("daggr, on the same steps", theirs))
    console.print(f"Load of the machine: {min(load):.1f} to {max(load):.1f} on {os.cpu_count()} cores.")


def _table(title: str, figures: list[Figure]) -> Table:
    table = Table("figure", title=title, title_justify="left")
    for heading in ("least", "most", "counts", "target"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for figure in figures:
        table.add_row(*_cells(figure))
    return table


def _cells(figure: Figure) -> tuple[str, ...]:
    said = [_said(one, figure.unit) for one in (min(figure.found), max(figure.found), figure.value)]
    target = [f"< {_said(figure.most, figure.unit)}"] if figure.most is not None else []
    target += [f"{figure.least:g} or more"] if figure.least is not None else []
    return figure.name, *said, ", ".join(target), _VERDICTS[figure.met]


def _said(value: float, unit: str) -> str:
    digits = {"s": 2, "ms": 1, "MB": 1}.get(unit, 0)
    return f"{value:,.{digits}f} {unit}".strip()


def _as_json(found: list[Figure], theirs: list[Figure], load: list[float]) -> dict[str, Any]:
    def told(figure: Figure) -> dict[str, Any]:
        facts = {"name": figure.name, "unit": figure.unit, "value": figure.value, "found": figure.found}
        return {**facts, "most": figure.most, "least": figure.least, "met": figure.met}

    return {
        "python": platform.python_version(),
        "machine": platform.platform(),
        "cores": os.cpu_count(),
        "load": load,
        "figures": [told(one) for one in found],
        "daggr": [told(one) for one in theirs],
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, prog=f"python {Path(sys.argv[0])}")
    parser.add_argument("--json", action="store_true", help="print everything that was measured as JSON")
    parser.add_argument("--only", nargs="+", choices=list(PARTS), help="only some parts of it")
    parser.add_argument("--quick", action="store_true", help="one repetition of each")
    parser.add_argument("--no-peers", action="store_true", help="leave daggr out")
    parser.add_argument("--strict", action="store_true", help="exit with the number of targets that were missed")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
