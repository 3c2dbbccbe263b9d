"""The Python of the README and the docs passes mypy and pyright, strict; what a page shows as an error is left out."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path

import pytest

from tests.docs.pages import as_a_file, blocks
from tests.typing.checkers import CHECKERS, Mypy, said_by_pyright

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PYRIGHT = {
    "include": ["."],
    "extraPaths": [str(ROOT / "src")],
    "pythonVersion": "3.10",
    "typeCheckingMode": "strict",
    "reportMissingTypeStubs": "none",
}

Found = dict[str, list[str]]


def program_of(page: Path) -> str:
    return f"{page.stem.lower()}.py"


def found_by_mypy(mypy: Mypy, folder: Path) -> Found:
    found: Found = defaultdict(list)
    for line in mypy(folder, ".").splitlines():
        found[line.partition(":")[0]].append(line)
    return found


def found_by_pyright(folder: Path) -> Found:
    (folder / "pyrightconfig.json").write_text(json.dumps(PYRIGHT))
    found: Found = defaultdict(list)
    for message in said_by_pyright(folder):
        line = message["range"]["start"]["line"] + 1
        text = re.sub(r"\s+", " ", message["message"])
        found[Path(message["file"]).name].append(f"{Path(message['file']).name}:{line}: {text}")
    return found


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory, mypy: Mypy) -> dict[str, Found]:
    folder = tmp_path_factory.mktemp("pages")
    for page in PAGES:
        right = [block for block in blocks(page.read_text(encoding="utf-8")) if block.error is None]
        (folder / program_of(page)).write_text(as_a_file(right), encoding="utf-8")
    return {"mypy": found_by_mypy(mypy, folder), "pyright": found_by_pyright(folder)}


@pytest.mark.timeout(600)  # the checkers read all of Gradio the first time
@pytest.mark.parametrize("checker", CHECKERS)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_python_of_a_page_passes(page: Path, checker: str, found: dict[str, Found]):
    said = found[checker].get(program_of(page), [])
    assert not said, "\n".join(said)
