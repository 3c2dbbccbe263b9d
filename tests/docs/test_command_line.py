"""The commands of the page on the command line do what the page says, in the file that it shows."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

from markdown_it import MarkdownIt

from tests.docs.pages import blocks, compare

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "cli.md"
HOME = "/home/ada/.cache/huggingface/daggr_fn"  # where Ada's results are, as the page has it
COMMAND = [sys.executable, "-c", "from daggr_fn.cli import main; main()"]


def sessions(text: str) -> list[tuple[str, str]]:
    """The commands of the page's `console` blocks, each with what it says."""
    found: list[tuple[str, str]] = []
    for token in MarkdownIt().parse(text):
        if token.type == "fence" and token.info == "console":
            for session in token.content.removeprefix("$ ").split("\n$ "):
                command, _, said = session.partition("\n")
                found.append((command, said))
    return found


def said_by(command: str, folder: Path) -> str:
    program, *words = shlex.split(command)
    assert program == "daggr-fn"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "100", "TERM": "dumb"}
    both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    done = subprocess.run([*COMMAND, *words], cwd=folder, env=environment, text=True, check=False, **both)
    return done.stdout.replace(os.environ["DAGGR_FN_HOME"], HOME)


def test_each_command_says_what_the_page_shows(tmp_path: Path):
    text = PAGE.read_text(encoding="utf-8")
    (tmp_path / "app.py").write_text(blocks(text)[0].code)
    assert sessions(text)
    for command, said in sessions(text):
        compare(f"{command} says", said, said_by(command, tmp_path))
