"""What type checkers say of users' programs: nothing about right ones, and of wrong lines at the very line."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest

from tests.typing.checkers import CHECKERS, Mypy, said_by_pyright

HERE = Path(__file__).parent
RIGHT = sorted(path.relative_to(HERE) for path in HERE.glob("good/*.py"))
WRONG = sorted(path.relative_to(HERE) for path in HERE.glob("wrong/*.py"))

Found = dict[Path, dict[int, list[str]]]


def wrong_lines(program: Path) -> dict[int, str]:
    """The lines that say `# error`, with what is wrong with them."""
    lines = enumerate((HERE / program).read_text().splitlines(), start=1)
    return {number: line.partition("# error: ")[2] for number, line in lines if "# error: " in line}


def found_by_mypy(mypy: Mypy) -> Found:
    found: Found = defaultdict(lambda: defaultdict(list))
    for message in map(json.loads, mypy(HERE, "--output=json", "good", "wrong").splitlines()):
        if message["severity"] == "error":
            found[Path(message["file"])][message["line"]].append(message["message"])
    return found


def found_by_pyright() -> Found:
    found: Found = defaultdict(lambda: defaultdict(list))
    for message in said_by_pyright(HERE):
        if message["severity"] == "error":
            line = message["range"]["start"]["line"] + 1
            found[Path(message["file"]).relative_to(HERE)][line].append(message["message"])
    return found


@pytest.fixture(scope="module")
def found(mypy: Mypy) -> dict[str, Found]:
    return {"mypy": found_by_mypy(mypy), "pyright": found_by_pyright()}


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
