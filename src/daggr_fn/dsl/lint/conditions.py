"""Where the value of a port would decide: tests, `and`, `or`, `not`, ternaries and comparisons."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from daggr_fn.dsl.lint import rewrite
from daggr_fn.dsl.lint.reader import Reader, first_lazy, reads
from daggr_fn.dsl.lint.value import UNKNOWN, Kind, Value, drawn, either

if TYPE_CHECKING:
    from collections.abc import Callable

_CHECKS = frozenset({"isinstance", "len", "callable", "bool", "any", "all"})


def read_test(reader: Reader, node: ast.AST, test: ast.expr, did: str, instead: Callable[[], str]) -> bool:
    """Read a test and report it where ports decide it; says whether they do.

    What parts of the test would report is left out: the one message rewrites the whole of it.
    """
    before = len(reader.record.findings)
    reader.read(test)
    needed = needed_by_test(reader, test)
    if not needed:
        return False
    del reader.record.findings[before:]
    reader.refuse(node, needed[0], did, instead())
    return True


def needed_by_test(reader: Reader, test: ast.expr) -> list[ast.expr]:
    """The ports whose values decide a test, directly or by `not`, `and`, `or`, comparisons and isinstance."""
    if reader.known(test).is_lazy:
        return [test]
    if isinstance(test, ast.BoolOp):
        return [part for value in test.values for part in needed_by_test(reader, value)]
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return needed_by_test(reader, test.operand)
    if isinstance(test, ast.Compare):
        port = compared_port(reader, test)
        return [port] if port is not None else []
    if isinstance(test, ast.Call) and isinstance(test.func, ast.Name) and test.func.id in _CHECKS and test.args:
        return [test.args[0]] if reader.known(test.args[0]).is_lazy else []
    return []


@reads(ast.IfExp)
def read_ternary(reader: Reader, node: ast.IfExp) -> Value:
    """Read `a if test else b`."""
    wrong = read_test(reader, node, node.test, "a ternary needs it", lambda: _chosen(reader, node))
    then, otherwise = reader.read(node.body), reader.read(node.orelse)
    if wrong:
        return Value(Kind.PORT, made=reader.place(node))
    return replace(either(then, otherwise), draws=then.draws | otherwise.draws)


def _chosen(reader: Reader, node: ast.IfExp) -> str:
    return rewrite.code(rewrite.when(rewrite.condition(reader, node.test), node.body, node.orelse))


@reads(ast.BoolOp)
def read_boolean(reader: Reader, node: ast.BoolOp) -> Value:
    """Read `a or b`; only the last of the values decides nothing."""
    before = len(reader.record.findings)
    draws = frozenset[int]().union(*[reader.read(value).draws for value in node.values])
    needed = [part for value in node.values[:-1] for part in needed_by_test(reader, value)]
    if not needed:
        return drawn(draws)
    del reader.record.findings[before:]
    word = "or" if isinstance(node.op, ast.Or) else "and"
    reader.refuse(node, needed[0], f"`{word}` needs it", rewrite.code(_as_when(reader, node)))
    return UNKNOWN


def _as_when(reader: Reader, node: ast.BoolOp) -> ast.expr:
    if any(isinstance(value, (ast.Compare, ast.UnaryOp, ast.BoolOp)) for value in node.values):
        return rewrite.as_apply(reader, node)
    chosen = node.values[-1]
    for value in reversed(node.values[:-1]):
        sides = (value, chosen) if isinstance(node.op, ast.Or) else (chosen, value)
        chosen = rewrite.when(rewrite.condition(reader, value), *sides)
    return chosen


@reads(ast.UnaryOp)
def read_unary(reader: Reader, node: ast.UnaryOp) -> Value:
    """Read `not a` and `-a`."""
    before = len(reader.record.findings)
    value = reader.read(node.operand)
    needed = needed_by_test(reader, node.operand) if isinstance(node.op, ast.Not) else [node.operand] * value.is_lazy
    if needed:
        del reader.record.findings[before:]
        did = "`not` needs it" if isinstance(node.op, ast.Not) else "arithmetic was done with it"
        reader.refuse(node, needed[0], did, rewrite.code(rewrite.as_apply(reader, node)))
        return UNKNOWN
    return drawn(value.draws)


@reads(ast.Compare)
def read_comparison(reader: Reader, node: ast.Compare) -> Value:
    sides = [node.left, *node.comparators]
    draws = frozenset[int]().union(*(reader.read(side).draws for side in sides))
    port = compared_port(reader, node)
    if port is None:
        return drawn(draws)
    reader.refuse(node, port, _compared(node), rewrite.code(rewrite.as_apply(reader, node)))
    return UNKNOWN


def compared_port(reader: Reader, node: ast.Compare) -> ast.expr | None:
    """The port whose value a comparison needs; identity of two ports is plain Python."""
    sides = [node.left, *node.comparators]
    if isinstance(node.ops[0], (ast.Is, ast.IsNot)):
        constant = any(isinstance(side, ast.Constant) for side in sides)
        return next((side for side in sides if reader.known(side).is_port), None) if constant else None
    if isinstance(node.ops[0], (ast.In, ast.NotIn)) and not reader.known(node.comparators[0]).is_lazy:
        plain = reader.known(node.comparators[0])
        # `clip in clips`: a list that holds ports is searched by identity first.
        if plain.kind is Kind.ITEMS and (plain.holds_port or plain.element is None):
            return None
        if plain.kind is Kind.UNKNOWN:
            return None
    return first_lazy(reader, sides)


def _compared(node: ast.Compare) -> str:
    words: dict[type[ast.cmpop], str] = {
        ast.In: "`in` was asked of it",
        ast.NotIn: "`not in` was asked of it",
        ast.Is: "`is` was asked of it, which can never see its value",
        ast.IsNot: "`is not` was asked of it, which can never see its value",
    }
    return words.get(type(node.ops[0]), "it was compared")
