"""Mistakes that only the whole of a body shows: what kind of function it is, its result, and results nobody uses."""

from __future__ import annotations

import ast
import inspect
from typing import TYPE_CHECKING

from daggr_fn.dsl.lint.reader import brief, unparse
from daggr_fn.dsl.lint.value import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from daggr_fn.dsl.lint.reader import Reader


def check_kind(reader: Reader) -> bool:
    """Refuse what can't be the body of a pipeline; says whether it can."""
    function, definition = reader.source.function, reader.source.definition
    name = definition.name
    nodes_may = "the body is traced, not run. Its nodes may be async, or yield"
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        reader.report(
            definition, f"{name} is an `async def`, and {nodes_may}", instead=f"def {name}(...): with no await"
        )
        return False
    if inspect.isgeneratorfunction(function):
        reader.report(definition, f"{name} yields, and {nodes_may}", instead="return ... with all outputs")
        return False
    first = definition.args.args[0].arg if definition.args.args else ""
    owner = function.__qualname__.rpartition(".")[0]
    if owner and not owner.endswith("<locals>") and first in {"self", "cls"}:
        what = f"{function.__qualname__} is a method, and a pipeline is a function: {first} would be one of its inputs"
        reader.report(definition, what, instead=f"@staticmethod, or {name} outside of the class")
        return False
    return True


def check_result(reader: Reader) -> None:
    """Refuse a body that makes steps and returns nothing; warn of steps that nobody uses."""
    definition = reader.source.definition
    own = list(_own_statements(definition.body))
    returns_none = definition.returns is not None and ast.unparse(definition.returns).strip("'\"") == "None"
    if returns_none or not reader.steps:
        return
    if not any(isinstance(part, ast.Return) and part.value is not None for part in own):
        last = brief(reader.steps[-1].func)
        what = f"{reader.record.pipeline} returns nothing. Its last step is {last}: return it, or annotate -> None"
        instead = f"return {unparse(reader.steps[-1])}"
        reader.report(reader.steps[-1], what, instead=instead)
        return
    used = {
        part.id for part in ast.walk(definition) if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Store)
    }
    if "locals" in used:
        return
    for statement in own:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call):
            _check_used(reader, statement, statement.value, used)


def _check_used(reader: Reader, statement: ast.Assign, call: ast.Call, used: set[str]) -> None:
    targets = [
        part for target in statement.targets for part in ast.walk(target) if not isinstance(part, ast.expr_context)
    ]
    names = [part.id for part in targets if isinstance(part, ast.Name)]
    plain = all(isinstance(part, (ast.Name, ast.Tuple, ast.List)) for part in targets)
    unused = all(name not in used and not name.startswith("_") for name in names)
    if not plain or not unused or reader.known(call.func).kind is not Kind.NODE:
        return
    what = f"nobody uses {', '.join(names)}: the step {brief(call.func)} runs, and its result goes nowhere"
    reader.report(statement, what, instead=f"return it as well, or leave the name out: {brief(call, 80)}", error=False)


def _own_statements(block: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a function, without those of functions and classes defined in it."""
    for statement in block:
        yield statement
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        for child in ast.iter_child_nodes(statement):
            if isinstance(child, ast.stmt):
                yield from _own_statements([child])
            elif isinstance(child, (ast.ExceptHandler, ast.match_case)):
                yield from _own_statements(child.body)
