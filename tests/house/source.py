"""The project's source as syntax trees, for the tests of the house rules."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "daggr_fn"


@dataclass(frozen=True)
class Import:
    """One imported module, as its dotted name, and the function that it stands in, if it stands in one."""

    module: str
    line: int
    within: str = ""

    @property
    def late(self) -> bool:
        return self.within != ""


@dataclass(frozen=True)
class Source:
    """One file of source."""

    path: Path

    @property
    def where(self) -> str:
        return str(self.path.relative_to(ROOT))

    @property
    def module(self) -> str:
        """The name within the package: `dsl.trace`, `__init__` for the package itself."""
        parts = self.path.relative_to(PACKAGE).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)

    @property
    def lines(self) -> list[str]:
        return self.path.read_text(encoding="utf-8").splitlines()

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text(encoding="utf-8"), str(self.path))

    def imports(self) -> Iterator[Import]:
        """What the file imports when it runs, without what stands there for type checkers only."""
        yield from self._visit(self.tree, "")

    def _visit(self, node: ast.AST, within: str) -> Iterator[Import]:
        if isinstance(node, ast.Import):
            for name in node.names:
                yield Import(name.name, node.lineno, within)
        elif isinstance(node, ast.ImportFrom):
            yield from self._from(node, within)
        else:
            for_checkers = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                within = getattr(node, "name", "lambda")
            for child in node.orelse if for_checkers else ast.iter_child_nodes(node):
                yield from self._visit(child, within)

    def _from(self, node: ast.ImportFrom, within: str) -> Iterator[Import]:
        base = node.module or ""
        if node.level:
            above = ("daggr_fn", *self.path.relative_to(PACKAGE).parts)[: -node.level]
            base = ".".join([*above, base] if base else above)
        for name in node.names:
            full = f"{base}.{name.name}"
            yield Import(full if is_module(full) else base, node.lineno, within)


def is_module(dotted: str) -> bool:
    """Whether a dotted name is a module of daggr_fn, rather than a name in one."""
    if dotted.split(".", maxsplit=1)[0] != "daggr_fn":
        return False
    path = PACKAGE.parent.joinpath(*dotted.split("."))
    return path.with_suffix(".py").is_file() or path.is_dir()


def package_sources() -> list[Source]:
    return [Source(path) for path in sorted(PACKAGE.rglob("*.py"))]


def all_sources() -> list[Source]:
    folders = ("src", "tests", "examples", "benchmarks", "scripts")
    return [Source(path) for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def table(heading: str) -> list[list[str]]:
    """The rows of the first table below a heading of ARCHITECTURE.md, without the head row."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    section = text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = re.findall(r"^\|(.*)\|$", section, re.MULTILINE)
    return [[cell.strip() for cell in row.split("|")] for row in rows[2:]]


def named(cell: str) -> list[str]:
    """The names in backticks of a table's cell."""
    return re.findall(r"`([\w./]+)`", cell)
