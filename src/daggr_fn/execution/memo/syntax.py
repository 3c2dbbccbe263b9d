"""What the source of a module says about each of its globals, as syntax without positions.

A table is read once for each load of a module, when it is first asked for: a file that is edited later says nothing
about the module that is loaded.
"""

from __future__ import annotations

import ast
import importlib.util
import sys
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING, Any

from daggr_fn.execution.memo.origin import is_users_module
from daggr_fn.parsing import parse

if TYPE_CHECKING:
    from daggr_fn.execution.memo.bytecode import Chain

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_SCOPES = (*_FUNCTIONS, ast.ClassDef, ast.Lambda)
_MOST_TABLES = 1000


@dataclass
class Table:
    """The statements of a module that bind or change each global.

    Attributes:
        statements: The statements by the global's name.
        imported: `(level, module, name)` of a global that `from module import name` binds.
        stars: `(level, module)` of each `from module import *`.
        imports: `(level, module)` of all that the module imports, at any depth.
    """

    statements: dict[str, list[ast.stmt]] = field(default_factory=dict[str, list[ast.stmt]])
    imported: dict[str, tuple[int, str, str]] = field(default_factory=dict[str, tuple[int, str, str]])
    stars: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    imports: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    text: str = ""

    def dump(self, name: str) -> str:
        """The statements about a global, as text."""
        return "\n".join(ast.dump(statement) for statement in self.statements[name])

    def reads(self, name: str) -> list[Chain]:
        """The names, with attributes, that those statements read."""
        found: dict[Chain, None] = {}
        for statement in self.statements[name]:
            for chain in _chains(statement):
                found[chain] = None
        return [chain for chain in found if chain[0] != name]


_tables: dict[int, tuple[dict[str, Any], Any, Table | None]] = {}


def table_of(namespace: dict[str, Any]) -> Table | None:
    """The table of the module whose globals these are; `None` when its source can't be read."""
    spec = namespace.get("__spec__")  # a reload gives the module a new one
    known = _tables.get(id(namespace))
    if known is not None and known[0] is namespace and known[1] is spec:
        return known[2]
    table = _read(namespace.get("__file__"))
    if len(_tables) >= _MOST_TABLES:
        _tables.clear()
    _tables[id(namespace)] = (namespace, spec, table)
    return table


def _read(file: str | None) -> Table | None:
    if not file or not file.endswith((".py", ".pyw")):
        return None
    try:
        with open(file, "rb") as source:
            tree = _without_docstrings(parse(source.read()))
    except (OSError, SyntaxError, ValueError):
        return None
    table = Table(text=ast.dump(tree))
    for statement in tree.body:
        _note(statement, table)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            table.imports.extend((0, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            table.imports.append((node.level, node.module or ""))
            table.imports.extend((node.level, f"{node.module or ''}.{name.name}".strip(".")) for name in node.names)
    return table


def _note(statement: ast.stmt, table: Table) -> None:
    if isinstance(statement, ast.ImportFrom):
        _note_import(statement, table)
        return
    if isinstance(statement, (*_FUNCTIONS, ast.ClassDef)):
        table.statements.setdefault(statement.name, []).append(_values_of(statement))
        for inner in ast.walk(statement):
            if isinstance(inner, _FUNCTIONS):
                _note_global_statements(inner, table)
        return
    for inner in ast.walk(statement):
        if inner is not statement and isinstance(inner, (*_FUNCTIONS, ast.ClassDef, ast.ImportFrom)):
            _note(inner, table)
    for name in dict.fromkeys(_changed(statement)):
        table.statements.setdefault(name, []).append(statement)


def _values_of(statement: ast.stmt) -> ast.stmt:
    """A class without its name and its methods, whose code tells more than their syntax; all else as it is."""
    if not isinstance(statement, ast.ClassDef):
        return statement
    body = [inner for inner in statement.body if not isinstance(inner, _FUNCTIONS)]
    return ast.ClassDef("", statement.bases, statement.keywords, body, statement.decorator_list)


def _note_import(statement: ast.ImportFrom, table: Table) -> None:
    for name in statement.names:
        if name.name == "*":
            table.stars.append((statement.level, statement.module or ""))
        else:
            table.imported[name.asname or name.name] = (statement.level, statement.module or "", name.name)


def _note_global_statements(function: ast.FunctionDef | ast.AsyncFunctionDef, table: Table) -> None:
    """A function that says `global X` may bind X."""
    inside = list(ast.walk(function))
    names = {name for node in inside if isinstance(node, ast.Global) for name in node.names}
    for node in inside:
        if names and isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign)):
            for name in names.intersection(_changed(node)):
                table.statements.setdefault(name, []).append(node)


def _changed(statement: ast.AST) -> list[str]:
    """The names that a statement binds, or changes in place (`X[0] = 1`, `X.append(1)`)."""
    found: list[str] = []
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, _SCOPES):
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
            found.append(node.id)
        elif isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, (ast.Store, ast.Del)):
            found.extend(_root(node))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            found.extend(_root(node.value.func))
        waiting.extend(ast.iter_child_nodes(node))
    return found


def _root(node: ast.expr) -> list[str]:
    inside: ast.expr = node
    while isinstance(inside, (ast.Subscript, ast.Attribute, ast.Call)):
        inside = inside.func if isinstance(inside, ast.Call) else inside.value
    return [inside.id] if isinstance(inside, ast.Name) and inside is not node else []


def _chains(statement: ast.stmt) -> list[Chain]:
    found: list[Chain] = []
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop(0)
        names: list[str] = []
        inside = node
        while isinstance(inside, ast.Attribute):
            names.append(inside.attr)
            inside = inside.value
        if isinstance(inside, ast.Name):
            found.append((inside.id, *reversed(names)))
        else:
            waiting.extend(ast.iter_child_nodes(node))
    return found


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if (
            isinstance(node, (ast.Module, *_FUNCTIONS, ast.ClassDef))
            and ast.get_docstring(node, clean=False) is not None
        ):
            del node.body[0]
    return tree


def find_module(level: int, name: str, package: str | None) -> ModuleType | None:
    """A module that is loaded, by the words of an import statement."""
    full = absolute_name(level, name, package)
    module = sys.modules.get(full) if full else None
    return module if isinstance(module, ModuleType) else None


def absolute_name(level: int, name: str, package: str | None) -> str:
    """The full name of an imported module; empty when there is none."""
    if not level:
        return name
    try:
        return importlib.util.resolve_name("." * level + name, package)
    except ImportError:
        return ""


def whole_text(module: ModuleType) -> str:
    """The syntax of a whole module of the user's and of those that it imports."""
    texts: list[str] = []
    waiting, seen = [module], {id(module)}
    while waiting:
        one = waiting.pop(0)
        table = table_of(vars(one))
        if table is None:
            texts.append(one.__name__)
            continue
        texts.append(table.text)
        for level, name in table.imports:
            other = find_module(level, name, vars(one).get("__package__"))
            if other is not None and id(other) not in seen and is_users_module(other):
                seen.add(id(other))
                waiting.append(other)
    return "\n".join(texts)
