"""Serves the app of a module until its input ends: `python -m tests.spaces.serve tests.spaces.apps.behaviours`."""

from __future__ import annotations

import contextlib
import importlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]


def main(name: str) -> None:
    os.chdir(tempfile.mkdtemp())
    module = importlib.import_module(name)
    options = {"server_name": "127.0.0.1", "prevent_thread_lock": True, "quiet": True, **getattr(module, "LAUNCH", {})}
    _, url, _ = module.app.launch(**options)
    sys.stdout.write(url + "\n")
    sys.stdout.flush()
    sys.stdin.read()
    module.app.close(verbose=False)


@contextlib.contextmanager
def served(name: str) -> Iterator[str]:
    """The address of a module's app, in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "GRADIO_ANALYTICS_ENABLED": "False"}
    environment["GRADIO_TEMP_DIR"] = tempfile.mkdtemp()
    command = [sys.executable, "-m", "tests.spaces.serve", name]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            url = process.stdout.readline().strip()
            assert url, f"{name} ended without an address"
            yield url.rstrip("/")
        finally:
            process.stdin.close()
            process.wait(30)


if __name__ == "__main__":
    main(sys.argv[1])
