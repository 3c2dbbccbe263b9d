"""mypy and pyright, as they are run on programs of users."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

SOURCES = Path(__file__).parents[2] / "src"
CHECKERS = ("mypy", "pyright")

_STRICT = ["--strict", "--python-version=3.10", "--explicit-package-bases", "--config-file=", "--no-error-summary"]
_STRICT += ["--untyped-calls-exclude=distributed"]  # has types for some of its functions only

Mypy = Callable[..., str]


@pytest.fixture(scope="session")
def mypy(tmp_path_factory: pytest.TempPathFactory) -> Mypy:
    """`mypy(folder, *options)`: what it says of what is in a folder.

    To read Gradio takes it most of a minute. So all tests, those of other processes too, share what it has read: with
    the same options each time, or it would read that again.
    """
    room = tmp_path_factory.getbasetemp()
    cache = (room.parent if "PYTEST_XDIST_WORKER" in os.environ else room) / "mypy"

    def say(folder: Path, *options: str) -> str:
        with FileLock(f"{cache}.lock"):
            return said_by(["mypy", *_STRICT, f"--cache-dir={cache}", *options], folder, {"MYPYPATH": str(SOURCES)})

    return say


def said_by_pyright(project: Path) -> list[dict[str, Any]]:
    """What it finds in a folder that has a `pyrightconfig.json`."""
    options = ["--project", str(project), "--pythonpath", sys.executable, "--outputjson"]
    said = said_by(["pyright", *options], project, {"PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"})
    return json.loads(said)["generalDiagnostics"]


def said_by(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    """What a module of ours says when it is run in a folder, and ends as a checker does."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        capture_output=True, text=True, check=False, cwd=folder, env=os.environ | environment,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.stdout
