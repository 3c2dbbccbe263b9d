"""Measure the speed of daggr_fn: `python benchmarks/run.py`. See benchmarks/README.md for how to read the table."""

from __future__ import annotations

import argparse
import json
import logging
import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

from rich.console import Console


def main() -> int:
    """Measure, print, and return how many targets were missed."""
    options = _options()
    if options.canvas:
        return _canvas(options)
    os.environ["DAGGR_FN_HOME"] = tempfile.mkdtemp(prefix="bench-daggr_fn-")
    warnings.simplefilter("ignore")
    logging.disable()

    from cases import all_cases
    from measure import measure_all
    from peers import found_peers
    from report import as_json, main_table, peer_table, row_cells

    peers = {} if options.no_peers else found_peers()
    cases = [case for case in all_cases(peers) if not options.only or any(part in case.name for part in options.only)]
    progress = Console(stderr=True, width=130)
    found = measure_all(cases, options.rounds, lambda measured: progress.print("  ".join(row_cells(measured))))
    if options.json:
        sys.stdout.write(json.dumps(as_json(found), indent=2) + "\n")
    else:
        console = Console(width=max(Console().width, 130))
        console.print(main_table(found))
        if peers:
            console.print(peer_table(found, list(peers)))
    missed = sum(measured.met is False for measured in found) if options.strict else 0
    return missed if options.no_canvas or options.json or options.only else missed + _canvas(options)


def _canvas(options: argparse.Namespace) -> int:
    """Measure the canvas, which has a report of its own."""
    asked = {"--json": options.json, "--no-peers": options.no_peers, "--strict": options.strict}
    flags = [flag for flag, wanted in asked.items() if wanted]
    return subprocess.run([sys.executable, str(Path(__file__).with_name("canvas.py")), *flags], check=False).returncode


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, prog=f"python {Path(sys.argv[0])}")
    parser.add_argument("--json", action="store_true", help="print everything that was measured as JSON")
    parser.add_argument("--only", nargs="+", metavar="TEXT", help="only the cases that have one of these in their name")
    parser.add_argument("--rounds", type=float, default=1.0, metavar="FACTOR", help="0.5: half as many repetitions")
    parser.add_argument("--no-peers", action="store_true", help="leave other libraries out, also where installed")
    parser.add_argument("--canvas", action="store_true", help="only the canvas, in a real Chromium (canvas.py)")
    parser.add_argument("--no-canvas", action="store_true", help="all but the canvas")
    parser.add_argument("--strict", action="store_true", help="exit with the number of targets that were missed")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
