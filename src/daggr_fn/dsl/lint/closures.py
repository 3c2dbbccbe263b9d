"""Functions written in the body that keep a port of it: they would see a port when they run."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from daggr_fn.dsl.lint import rewrite
from daggr_fn.dsl.lint.reader import Reader, brief, unparse
from daggr_fn.dsl.lint.value import UNKNOWN, Kind

if TYPE_CHECKING:
    from daggr_fn.dsl.lint.source import Definition


def refuse_closures(reader: Reader, call: ast.Call) -> None:
    """Report lambdas and local functions that are given to a step and use a port of the body."""
    for argument in (*call.args, *[keyword.value for keyword in call.keywords]):
        if isinstance(argument, ast.Lambda):
            kept = kept_port(reader, argument, [argument.body])
            if kept is not None:
                reader.refuse(argument, kept, "a lambda keeps it", _as_parameter(call, argument, kept))
        elif reader.known(argument).kind is Kind.HELPER:
            definition = reader.known(argument).thing
            assert isinstance(definition, (ast.FunctionDef, ast.AsyncFunctionDef))
            _refuse_function(reader, argument, definition, f"{definition.name}() keeps it")


def refuse_decorated(reader: Reader, definition: Definition) -> None:
    """Report a node that is defined in the body and uses a port of it."""
    _refuse_function(reader, definition, definition, f"the node {definition.name}() keeps it")


def _refuse_function(reader: Reader, where: ast.AST, definition: Definition, did: str) -> None:
    kept = kept_port(reader, definition, definition.body)
    if kept is not None:
        parameters = [*[argument.arg for argument in definition.args.args], rewrite.short_name(kept)]
        reader.refuse(where, kept, did, f"def {definition.name}({', '.join(parameters)}): ...")


def kept_port(
    reader: Reader, function: ast.Lambda | Definition, body: list[ast.expr] | list[ast.stmt]
) -> ast.expr | None:
    """The largest expression in a function, made of a port of the body's, or `None`."""
    own = {part.arg for part in ast.walk(function.args) if isinstance(part, ast.arg)}
    own |= {part.id for node in body for part in ast.walk(node) if isinstance(part, ast.Name) and _is_stored(part)}
    for node in body:
        for part in ast.walk(node):
            if isinstance(part, (ast.Name, ast.Attribute)) and not _is_stored(part):
                root = _root(part)
                if root is None or root.id in own or not reader.names.get(root.id, UNKNOWN).is_lazy:
                    continue
                with reader.muted():
                    reader.read(part)
                if reader.known(part).is_lazy:
                    return part
    return None


def _root(node: ast.expr) -> ast.Name | None:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node if isinstance(node, ast.Name) else None


def _is_stored(node: ast.Name | ast.Attribute) -> bool:
    return not isinstance(node.ctx, ast.Load)


def _as_parameter(call: ast.Call, function: ast.Lambda, kept: ast.expr) -> str:
    parameter = rewrite.short_name(kept)
    body = rewrite.Replaced({ast.unparse(kept): rewrite.name(parameter)}).visit(
        ast.parse(ast.unparse(function.body), mode="eval").body
    )
    own = [argument.arg for argument in function.args.args]
    text = f"lambda {', '.join([*own, parameter])}: {unparse(body)}"
    given = [brief(argument) for argument in call.args if argument is not function]
    is_apply = brief(call.func) == "apply"
    return f"apply({', '.join([text, *(given if is_apply else []), brief(kept)])})"
