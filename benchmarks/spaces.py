"""Calls of one Gradio app, 16 at once: ours, and the stock client used one per thread.

Run it alone: `python -m benchmarks.spaces`.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import local

import anyio
from rich.console import Console
from rich.table import Table

from daggr_fn.kinds import Call
from daggr_fn.nodes.space import SpaceKind
from tests.spaces.serve import served

CALLS = 1000
AT_ONCE = 16
Result = tuple[float, list[float], int]


def ours(url: str, calls: int) -> Result:
    """`SpaceKind`, one event loop."""
    kind = SpaceKind(url, "/add")
    kind.spec()
    seconds: list[float] = []
    wrong = 0

    async def worker(numbers: list[int]) -> None:
        nonlocal wrong
        for number in numbers:
            began = time.perf_counter()
            try:
                wrong += await kind.call({"first": number, "second": 1}, Call("add")) != number + 1
            except Exception as error:  # noqa: BLE001  # a benchmark counts what fails
                wrong += 1
                Console(stderr=True).print(f"ours: {type(error).__name__}: {error}")
            seconds.append(time.perf_counter() - began)

    async def run() -> None:
        async with anyio.create_task_group() as group:
            for first in range(AT_ONCE):
                group.start_soon(worker, list(range(first, calls, AT_ONCE)))

    began = time.perf_counter()
    anyio.run(run)
    return time.perf_counter() - began, seconds, wrong


def stock(url: str, calls: int, download: str) -> Result:
    """`gradio_client.Client`, one in each of the threads."""
    from gradio_client import Client

    mine = local()
    seconds: list[float] = []
    wrong: list[int] = []

    def one(number: int) -> None:
        if not hasattr(mine, "client"):
            mine.client = Client(url, verbose=False, download_files=download, analytics_enabled=False)
        began = time.perf_counter()
        try:
            if mine.client.predict(number, 1, api_name="/add") != number + 1:
                wrong.append(number)
        except Exception as error:  # noqa: BLE001  # a benchmark counts what fails
            wrong.append(number)
            Console(stderr=True).print(f"stock: {type(error).__name__}: {error}")
        seconds.append(time.perf_counter() - began)

    began = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(one, range(calls)))
    return time.perf_counter() - began, seconds, len(wrong)


def main(calls: int = CALLS) -> None:
    table = Table(title=f"{calls} calls of one app, {AT_ONCE} at once")
    for head in ("client", "seconds", "calls/s", "median ms", "95% ms", "failed"):
        table.add_column(head, justify="left" if head == "client" else "right")
    with tempfile.TemporaryDirectory() as folder, served("tests.spaces.apps.behaviours") as url:
        clients: dict[str, Callable[[], Result]] = {
            "daggr_fn": lambda: ours(url, calls),
            "gradio_client, one per thread": lambda: stock(url, calls, str(Path(folder))),
        }
        for name, client in clients.items():
            total, seconds, wrong = client()
            ordered = sorted(seconds)
            table.add_row(
                name,
                f"{total:.1f}",
                f"{calls / total:.0f}",
                f"{statistics.median(ordered) * 1000:.0f}",
                f"{ordered[int(len(ordered) * 0.95)] * 1000:.0f}",
                str(wrong),
            )
    Console().print(table)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CALLS)
