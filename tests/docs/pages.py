"""Runs the Python blocks of a page as one program, in the order and at the lines where they stand.

    python -m tests.docs.pages PAGE.md FOLDER

The blocks are written to FOLDER/<page>.py at their own line numbers, and run there as a module, so that errors, the
code that a step's key is made of and `inspect.getsource` see what a user's file would show. A comment right above a
block says what the block before it does:

    <!-- output -->    what it prints
    <!-- error -->     the error that it ends with: `Type: message`

where `...` stands for anything. Durations, sizes, line numbers and the widths of tables are not compared. Python that
is not meant to run is fenced as `py`: only its syntax is checked. `MODELS_AT` says where models are to be found.
"""

from __future__ import annotations

import contextlib
import doctest
import importlib.util
import io
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cloudpickle
from markdown_it import MarkdownIt

ELLIPSIS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


class PageError(AssertionError):
    """A page says something that is not so."""


@dataclass
class Block:
    """One block of Python: its code, the line of the page where the code begins, and what is said of it."""

    code: str
    line: int
    only_shown: bool
    output: str | None = None
    error: str | None = None


def blocks(text: str) -> list[Block]:
    """The Python blocks of a page, with what the blocks after them say of them."""
    found: list[Block] = []
    comment = ""
    for token in MarkdownIt().parse(text):
        if token.type == "fence" and token.map is not None:
            language = token.info.strip(" {.}").split(" ")[0]
            if comment in {"output", "error"}:
                setattr(found[-1], comment, token.content)
            elif language in {"python", "py"}:
                found.append(Block(token.content, token.map[0] + 2, language == "py"))
        said = re.fullmatch(r"<!-- (\w+) -->\s*", token.content) if token.type == "html_block" else None
        comment = said.group(1) if said else ""
    return found


def as_a_file(found: list[Block]) -> str:
    """The source of a page's blocks, each at its line of the page."""
    lines: list[str] = []
    for block in found:
        if not block.only_shown:
            lines += [""] * (block.line - 1 - len(lines)) + block.code.splitlines()
    return "\n".join(lines) + "\n"


def run(page: Path, folder: Path) -> None:
    """Run a page. Raises the block's own error, or a `PageError` where it does something else than the page says."""
    found = blocks(page.read_text(encoding="utf-8"))
    file = folder / f"{page.stem.lower()}.py"
    file.write_text(as_a_file(found), encoding="utf-8")
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None:
        raise PageError(f"{file} is no module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    cloudpickle.register_pickle_by_value(module)  # a page is a program: as of `__main__`, its functions go whole
    for block in found:
        code = compile("\n" * (block.line - 1) + block.code, str(file), "exec")
        if not block.only_shown:
            check(block, f"{page.name}:{block.line}", code, vars(module))


def check(block: Block, where: str, code: Any, names: dict[str, Any]) -> None:
    printed, error = io.StringIO(), ""
    with contextlib.redirect_stdout(printed):
        try:
            exec(code, names)
        except Exception as raised:  # the page says which; any other goes on
            if block.error is None:
                raise
            error = f"{type(raised).__name__}: {raised}\n"
    if block.error is not None:
        compare(f"{where} ends with", block.error, error)
    if block.output is not None:
        compare(f"{where} prints", block.output, printed.getvalue())


def compare(what: str, want: str, got: str) -> None:
    if not doctest.OutputChecker().check_output(comparable(want), comparable(got), ELLIPSIS):
        raise PageError(f"{what}\n{got}\nand the page says\n{want}")


def comparable(text: str) -> str:
    """A text without what differs from run to run: durations and sizes, and what edits of a page change in it."""
    text = re.sub(r"\b\d+(?:\.\d+)? (?:us|ms|s|min|B|kB)\b", "1 s", text)
    return re.sub("─+", "─", re.sub(r"\.py:\d+:", ".py:", text))


def main() -> None:
    with contextlib.ExitStack() as opened:
        if "MODELS_AT" in os.environ:
            from tests.docs.local_models import models_at

            opened.enter_context(models_at(os.environ["MODELS_AT"]))
        run(Path(sys.argv[1]), Path(sys.argv[2]))


if __name__ == "__main__":
    main()
