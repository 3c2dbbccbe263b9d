"""What a person does on a page, and sees there."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

ROOT = Path(__file__).parents[2]

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
    "reduced_motion": "reduce",
}


def opened(page: Page, url: str) -> Page:
    """The page, once it is drawn."""
    page.goto(url, timeout=60_000)  # the first page of a process waits for its libraries
    page.locator(".df-page").wait_for()
    return page


def card(page: Page, name: str) -> Locator:
    """The card of a step."""
    return page.locator(f'article[data-card="{name}"]')


def in_state(page: Page, name: str, state: str) -> Locator:
    """The card of a step, once it is in a state."""
    found = page.locator(f'article[data-card="{name}"][data-state="{state}"]')
    found.wait_for()
    return found


def shows(page: Page, name: str, text: str) -> Locator:
    """The card of a step, once it shows a text, with its capitals: "Done" does not show ONE."""
    found = card(page, name).filter(has_text=re.compile(re.escape(text)))
    found.wait_for()
    return found


def field(page: Page, name: str) -> Locator:
    """The text field of an input."""
    return page.locator(f'[data-input="{name}"]').locator("input, textarea").first


def press(page: Page, name: str) -> None:
    """Press a button by its accessible name."""
    page.get_by_role("button", name=name, exact=True).first.click()


class Server:
    """`daggr-fn show` of a file, or any script, in a process of its own, on a port that stays the same.

    Args:
        folder: Where the file and the results lie.
        source: The file.
        pipeline: Which pipeline of it, if it has several.
    """

    def __init__(self, folder: Path, source: str, pipeline: str = "") -> None:
        self.folder = folder
        self.target = f"app.py:{pipeline}" if pipeline else "app.py"
        self.file = folder / "app.py"
        self.write(source)
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", 0))
            self.port = int(sock.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}/"
        self._process: subprocess.Popen[bytes] | None = None

    def write(self, source: str) -> None:
        """Write the file, as an editor does."""
        made = self.folder / "app.py.new"
        made.write_text(textwrap.dedent(source).lstrip("\n"), encoding="utf-8")
        made.replace(self.file)

    def edit(self, old: str, new: str) -> None:
        """Replace a part of the file."""
        source = self.file.read_text(encoding="utf-8")
        assert old in source
        self.write(source.replace(old, new))

    @property
    def said(self) -> str:
        """What it wrote to its terminal."""
        return (self.folder / "said.txt").read_text(encoding="utf-8")

    def lines(self, name: str) -> list[str]:
        """The lines of a file that its steps write."""
        file = self.folder / name
        return file.read_text(encoding="utf-8").split() if file.exists() else []

    def start(self) -> Server:
        """Start it, and wait until it answers."""
        environ = os.environ | {"PYTHONPATH": str(ROOT / "src"), "DAGGR_FN_HOME": str(self.folder / "home")}
        command = [sys.executable, "-c", "from daggr_fn.cli import main; main()", "show", self.target]
        with (self.folder / "said.txt").open("ab") as said:
            self._process = subprocess.Popen(
                [*command, "--port", str(self.port), "--no-open"],
                cwd=self.folder,
                env=environ,
                stdout=said,
                stderr=said,
            )
        while True:
            assert self._process.poll() is None, self.said
            with contextlib.suppress(OSError):
                urllib.request.urlopen(self.url, timeout=20).close()
                return self
            time.sleep(0.1)

    def kill(self) -> None:
        """End it as a power cut does."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None
