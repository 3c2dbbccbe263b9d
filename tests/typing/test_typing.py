"""What type checkers say of users' programs: nothing about right ones, and of wrong lines at the very line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SOURCES = HERE.parents[1] / "src"
CHECKERS = ("mypy", "pyright")
RIGHT = sorted(path.relative_to(HERE) for path in HERE.glob("good/*.py"))
WRONG = sorted(path.relative_to(HERE) for path in HERE.glob("wrong/*.py"))

Found = dict[Path, dict[int, list[str]]]


def wrong_lines(program: Path) -> dict[int, str]:
    """The lines that say `# error`, with what is wrong with them."""
    lines = enumerate((HERE / program).read_text().splitlines(), start=1)
    return {number: line.partition("# error: ")[2] for number, line in lines if "# error: " in line}


def said_by(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=HERE, env=os.environ | environment)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.stdout


def found_by_mypy(cache: Path) -> Found:
    options = ["--strict", "--python-version=3.10", "--explicit-package-bases", "--config-file=", f"--cache-dir={cache}"]
    said = said_by([sys.executable, "-m", "mypy", *options, "--output=json", "good", "wrong"], {"MYPYPATH": str(SOURCES)})
    found: Found = defaultdict(lambda: defaultdict(list))
    for message in map(json.loads, said.splitlines()):
        if message["severity"] == "error":
            found[Path(message["file"])][message["line"]].append(message["message"])
    return found


def found_by_pyright() -> Found:
    options = ["--project", str(HERE), "--pythonpath", sys.executable, "--outputjson"]
    said = said_by([sys.executable, "-m", "pyright", *options], {"PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"})
    found: Found = defaultdict(lambda: defaultdict(list))
    for message in json.loads(said)["generalDiagnostics"]:
        if message["severity"] == "error":
            line = message["range"]["start"]["line"] + 1
            found[Path(message["file"]).relative_to(HERE)][line].append(message["message"])
    return found


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Found]:
    return {"mypy": found_by_mypy(tmp_path_factory.mktemp("mypy")), "pyright": found_by_pyright()}


@pytest.mark.timeout(600)  # the checkers read all of Gradio the first time
@pytest.mark.parametrize("checker", CHECKERS)
@pytest.mark.parametrize("program", RIGHT, ids=str)
def test_a_right_program_passes(program: Path, checker: str, found: dict[str, Found]):
    assert not found[checker].get(program, {})


@pytest.mark.timeout(600)
@pytest.mark.parametrize("checker", CHECKERS)
@pytest.mark.parametrize("program", WRONG, ids=str)
def test_each_wrong_line_is_an_error_and_no_other(program: Path, checker: str, found: dict[str, Found]):
    said, meant = found[checker].get(program, {}), wrong_lines(program)
    missed = {line: why for line, why in meant.items() if line not in said}
    invented = {line: messages for line, messages in said.items() if line not in meant}
    assert (missed, invented) == ({}, {})


def test_there_are_programs():
    assert len(RIGHT) >= 15
    assert sum(len(wrong_lines(program)) for program in WRONG) >= 17
