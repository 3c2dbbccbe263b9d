"""Real pages for the canvas's benchmark: a server of its own, a Chromium, and what is counted and timed in it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, WebSocket, sync_playwright

HERE = Path(__file__).parent
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
LOOKING = (HERE / "looking.js").read_text(encoding="utf-8")


@dataclass
class Served:
    """A process that shows pipelines.

    Attributes:
        urls: Where, by name.
        returns: The file in which each step writes when it returned, if it does.
    """

    process: subprocess.Popen[str]
    urls: dict[str, str]
    returns: Path

    def tell(self, command: str) -> None:
        """Have it do something, and wait until it has."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{command}\n")
        self.process.stdin.flush()
        self.process.stdout.readline()

    @property
    def last_return(self) -> float:
        """When the step that returned last did, in seconds since the epoch."""
        return float(self.returns.read_text(encoding="utf-8").split()[-1])

    @property
    def megabytes(self) -> float:
        """The memory that it has now (RSS)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


@contextlib.contextmanager
def served(script: str, *arguments: str, python: str = sys.executable) -> Iterator[Served]:
    """Start a script of this folder with a home of its own; it ends with the block."""
    with tempfile.TemporaryDirectory(prefix="bench-canvas-", ignore_cleanup_errors=True) as home:
        returns = Path(home) / "returns"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DAGGR_FN_")}
        process = subprocess.Popen(
            [python, str(HERE / script), *(arguments or (str(returns),))],
            env={**kept, "DAGGR_FN_HOME": home}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            yield Served(process, _urls(process), returns)
        finally:
            process.kill()
            process.wait()


def _urls(process: subprocess.Popen[str]) -> dict[str, str]:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("{"):
            return dict(json.loads(line))
    raise RuntimeError(f"{process.args!r} ended before it showed anything")


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """The machine's Chromium; else the one that Playwright has installed."""
    found = os.environ.get("DAGGR_FN_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield made
        made.close()


@dataclass
class Watched:
    """A page, with what came over its websockets and the ways to look into it.

    Attributes:
        page: The page.
        tools: Chromium's own view of it.
        got: The messages that came, as they were sent.
    """

    page: Page
    tools: CDPSession
    got: list[str | bytes] = field(default_factory=list[str | bytes])

    @property
    def bytes(self) -> int:
        """The bytes of what came since `got` was cleared."""
        return sum(len(one.encode() if isinstance(one, str) else one) for one in self.got)

    def do(self, script: str, *arguments: Any) -> Any:
        """Evaluate a function in the page."""
        return self.page.evaluate(script, *arguments)

    def settle(self) -> None:
        """Wait until nothing has come for a while: what was asked for before is no part of what is measured next."""
        before = -1
        while before != len(self.got):
            before = len(self.got)
            self.page.wait_for_timeout(400)

    def cpu(self) -> float:
        """The seconds of processor that the page's main thread has had."""
        metrics = self.tools.send("Performance.getMetrics")["metrics"]
        return next(one["value"] for one in metrics if one["name"] == "TaskDuration")

    def heap(self) -> float:
        """The megabytes of JavaScript that live, after a collection of what doesn't."""
        self.tools.send("HeapProfiler.collectGarbage")
        return self.tools.send("Runtime.getHeapUsage")["usedSize"] / 1e6


@contextlib.contextmanager
def opened(chromium: Browser, url: str, *, ready: str = "bench.marks.usable") -> Iterator[Watched]:
    """A page in a fresh profile, open and ready."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(120_000)
    context.add_init_script(LOOKING)
    page = context.new_page()
    watched = Watched(page, context.new_cdp_session(page))
    watched.tools.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.on("websocket", lambda socket: _listen(socket, watched))
    page.goto(url)
    page.wait_for_function(ready)
    yield watched
    context.close()


def _listen(socket: WebSocket, watched: Watched) -> None:
    socket.on("framereceived", lambda message: watched.got.append(message))  # noqa: PLW0108  # Playwright marks what it is given


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which a part of the values lies."""
    return sorted(values)[min(len(values) - 1, round(part * (len(values) - 1)))]
