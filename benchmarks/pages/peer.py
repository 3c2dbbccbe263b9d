"""daggr's canvas with the same steps, where daggr can be installed: in an environment of its own, kept in a cache."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Browser, Error

from pages.browsing import opened, served
from pages.figures import Figure

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "daggr_fn-bench"
READY = "document.querySelectorAll('.svelte-flow__node, .node').length > 1"


def peer_python(tell: Callable[[str], None]) -> str | None:
    """A Python that has daggr; `None`, with the reason told, where it can't be installed."""
    python = CACHE / "daggr" / "bin" / "python"
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(CACHE / "daggr")], check=True, capture_output=True)
        subprocess.run([str(python), "-c", "import daggr"], check=False, capture_output=True).check_returncode()
    except subprocess.CalledProcessError:
        try:
            install = [str(python), "-m", "pip", "install", "--quiet", "daggr"]
            subprocess.run(install, check=True, capture_output=True, timeout=600)
        except (OSError, subprocess.SubprocessError) as error:
            tell(f"daggr can't be installed here, and is left out: {error}")
            return None
    return str(python)


def peer_figures(chromium: Browser, tell: Callable[[str], None], rounds: int = 3) -> Iterator[Figure]:
    """How long its page takes to draw cards."""
    python = peer_python(tell)
    if python is None:
        return
    for size in (10, 100, 1000):
        try:
            with served("peer_served.py", str(size), python=python) as theirs:
                seconds: list[float] = []
                for _ in range(rounds):
                    with opened(chromium, theirs.urls["workflow"], ready=READY) as watched:
                        seconds.append(
                            watched.do("() => bench.when(() => true)")
                            - watched.do("() => performance.timeOrigin / 1000")
                        )
                yield Figure(f"open until cards are drawn, {size} steps", seconds, "s")
        except (Error, RuntimeError) as error:
            tell(f"daggr with {size} steps: {str(error).splitlines()[0]}")
