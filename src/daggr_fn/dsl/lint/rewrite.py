"""The user's own expressions, written anew with `apply`, `when` and `switch`: code to paste."""

from __future__ import annotations

import ast
import copy
import itertools
from typing import TYPE_CHECKING

from daggr_fn.dsl.lint.reader import unparse
from daggr_fn.dsl.lint.value import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from daggr_fn.dsl.lint.reader import Reader

MAX_LINES = 8


def lazy_parts(reader: Reader, node: ast.AST, own: frozenset[str] = frozenset()) -> list[ast.expr]:
    """The largest parts of an expression, already read, that are ports or strings that hold one.

    No part uses one of the `own` names, to which comprehensions around it give a value.
    """
    if isinstance(node, ast.expr) and reader.known(node).is_lazy and not names_in([node]) & own:
        return [node]
    if isinstance(node, ast.Lambda):
        return []
    if isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
        own |= names_in([generator.target for generator in node.generators])
        first = node.generators[0].iter  # read outside of the comprehension
        inside = [part for child in ast.iter_child_nodes(node) for part in lazy_parts(reader, child, own)]
        return [*([first] if reader.known(first).is_lazy and first not in inside else []), *inside]
    return [part for child in ast.iter_child_nodes(node) for part in lazy_parts(reader, child, own)]


def as_apply(reader: Reader, node: ast.expr) -> ast.expr:
    """A step that computes an expression: `apply(len, lines)`, `apply(lambda score: score > 0.8, score)`."""
    if isinstance(node, ast.Call) and not node.keywords and node.args and _is_plain_call(reader, node):
        return _call("apply", node.func, *node.args)
    method = _text_method(reader, node)
    if method is not None:
        return method
    parts = lazy_parts(reader, node)
    return _lambda_apply(node, parts, reader.known(parts[0]).kind is Kind.TEXT if parts else False)


def condition(reader: Reader, test: ast.expr) -> ast.expr:
    """A test as the first argument of `when`: the port itself, or a step that computes the test."""
    return test if reader.known(test).is_port or not lazy_parts(reader, test) else as_apply(reader, test)


def when(test: ast.expr, then: ast.expr, otherwise: ast.expr) -> ast.expr:
    return _call("when", test, then, otherwise)


def negated(test: ast.expr) -> ast.expr:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand
    return ast.UnaryOp(ast.Not(), test)


def switch(key: ast.expr, table: ast.expr, default: ast.expr | None = None) -> ast.expr:
    call = _call("switch", key, table)
    if default is not None:
        call.keywords.append(ast.keyword("default", default))
    return call


def code(*nodes: ast.AST) -> str:
    """Statements or expressions as lines to paste; long ones are cut."""
    text = "\n".join(unparse(node) for node in nodes)
    lines = text.splitlines()
    return "\n".join(lines if len(lines) <= MAX_LINES else [*lines[: MAX_LINES - 1], "..."])


def name(text: str) -> ast.Name:
    return ast.Name(text, ast.Load())


def assign(target: str, value: ast.expr) -> ast.Assign:
    return ast.Assign([ast.Name(target, ast.Store())], value, lineno=0)


def statement(target: str, value: ast.expr) -> str:
    """The line that gives a value to a name; returns it for `"return"`, and is the value alone for no name."""
    if target == "return":
        return code(ast.Return(value))
    return code(assign(target, value) if target else ast.Expr(value))


def call_of(function: str, *args: ast.expr) -> ast.Call:
    return _call(function, *args)


def names_in(nodes: Iterable[ast.AST]) -> set[str]:
    return {part.id for node in nodes for part in ast.walk(node) if isinstance(part, ast.Name)}


def short_name(node: ast.expr) -> str:
    """A name for the value of an expression: `lines` for `script.lines`, `text` for `line["text"]`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if (
        isinstance(node, ast.Subscript)
        and isinstance(node.slice, ast.Constant)
        and str(node.slice.value).isidentifier()
    ):
        return str(node.slice.value)
    return "x"


class Replaced(ast.NodeTransformer):
    """A copy of an expression in which some parts (by their code) are other expressions."""

    def __init__(self, parts: dict[str, ast.expr]) -> None:
        self._parts = parts

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.expr) and not isinstance(node, ast.Constant):
            other = self._parts.get(ast.unparse(node))
            if other is not None:
                return other
        return self.generic_visit(node)


def _is_plain_call(reader: Reader, node: ast.Call) -> bool:
    """Whether only the arguments of a call are ports, as they are, so that `apply(function, ...)` says it all."""
    if lazy_parts(reader, node.func) or any(isinstance(argument, ast.Starred) for argument in node.args):
        return False
    return all(_arrives_whole(reader, argument) for argument in node.args)


def _arrives_whole(reader: Reader, argument: ast.expr) -> bool:
    if reader.known(argument).is_lazy or not lazy_parts(reader, argument):
        return True
    # Lists and dicts of ports are looked through at the call.
    if isinstance(argument, (ast.List, ast.Tuple)):
        return all(_arrives_whole(reader, element) for element in argument.elts)
    return isinstance(argument, ast.Dict) and all(_arrives_whole(reader, value) for value in argument.values)


def _text_method(reader: Reader, node: ast.expr) -> ast.expr | None:
    """`apply(str.lower, f"...")` for `f"...".lower()`."""
    if not isinstance(node, ast.Call) or node.keywords or not isinstance(node.func, ast.Attribute):
        return None
    owner = node.func.value
    if reader.known(owner).kind is not Kind.TEXT or any(isinstance(argument, ast.Starred) for argument in node.args):
        return None
    return _call("apply", ast.Attribute(name("str"), node.func.attr, ast.Load()), owner, *node.args)


def _lambda_apply(node: ast.expr, parts: list[ast.expr], is_text: bool) -> ast.expr:
    by_code = {ast.unparse(part): part for part in parts}
    taken = names_in([node]) - names_in(parts)
    parameters: dict[str, str] = {}
    for text, part in by_code.items():
        base = "text" if is_text and short_name(part) == "x" else short_name(part)
        numbered = itertools.chain([base], (f"{base}_{number}" for number in itertools.count(2)))
        parameters[text] = next(free for free in numbered if free not in taken)
        taken.add(parameters[text])
    body = Replaced({text: name(parameter) for text, parameter in parameters.items()}).visit(copy.deepcopy(node))
    assert isinstance(body, ast.expr)
    arguments = ast.arguments([], [ast.arg(p) for p in parameters.values()], None, [], [], None, [])
    return _call("apply", ast.Lambda(arguments, body), *by_code.values())


def _call(function: str, *args: ast.expr) -> ast.Call:
    return ast.Call(name(function), list(args), [])
