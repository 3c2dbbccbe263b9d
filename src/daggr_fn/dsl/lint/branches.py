"""`if`, `while`, `match` and `try` over ports, written anew with `when`, `switch`, `repeat` and `or_else`."""

from __future__ import annotations

import ast
import sys

from daggr_fn.dsl.lint import rewrite
from daggr_fn.dsl.lint.binding import bind
from daggr_fn.dsl.lint.conditions import read_test
from daggr_fn.dsl.lint.reader import Reader, brief, follows, unparse
from daggr_fn.dsl.lint.statements import follow_ways
from daggr_fn.dsl.lint.value import UNKNOWN, Kind

_DOTS = ast.Constant(...)


@follows(ast.If)
def follow_if(reader: Reader, node: ast.If) -> None:
    """Follow both sides; a port decides through `when`."""
    wrong = read_test(reader, node, node.test, "`if` needs it", lambda: _if_as_when(reader, node))
    if not wrong:
        follow_ways(reader, node.body, node.orelse)
        return
    following = reader.block
    with reader.muted():  # an elif over the same port is part of the one mistake
        follow_ways(reader, node.body, node.orelse)
    reader.block = following


def _if_as_when(reader: Reader, node: ast.If) -> str:
    table = _as_table(node)
    target, then = _result(node.body)
    if table is not None:
        key, cases, default, target = table
        return rewrite.statement(target, rewrite.switch(key, cases, default))
    otherwise = _otherwise(reader, node, target)
    test = rewrite.condition(reader, node.test)
    return rewrite.statement(target, rewrite.when(test, then, otherwise))


def _result(block: list[ast.stmt]) -> tuple[str, ast.expr]:
    """What a block of one statement gives, and to which name; `"return"` for a return."""
    if len(block) == 1:
        statement = block[0]
        if isinstance(statement, ast.Return) and statement.value is not None:
            return "return", statement.value
        if (
            isinstance(statement, ast.Assign)
            and len(statement.targets) == 1
            and isinstance(statement.targets[0], ast.Name)
        ):
            return statement.targets[0].id, statement.value
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            return "", statement.value
    return "", _DOTS


def _otherwise(reader: Reader, node: ast.If, target: str) -> ast.expr:
    block = node.orelse or (reader.block[:1] if target == "return" else [])
    if len(block) == 1 and isinstance(block[0], ast.If):
        _, then = _result(block[0].body)
        with reader.muted():
            reader.read(block[0].test)
        return rewrite.when(rewrite.condition(reader, block[0].test), then, _otherwise(reader, block[0], target))
    if block:
        return _result(block)[1]
    return rewrite.name(target) if target and target != "return" and target in reader.bound else ast.Constant(None)


def _as_table(node: ast.If) -> tuple[ast.expr, ast.expr, ast.expr | None, str] | None:
    """`if x == "a": ... elif x == "b": ...` as a key, a dict and a default."""
    keys: list[ast.expr | None] = []
    values: list[ast.expr] = []
    key, target = "", ""
    part: ast.stmt = node
    while isinstance(part, ast.If):
        test = part.test
        if not isinstance(test, ast.Compare) or not isinstance(test.ops[0], ast.Eq) or len(test.ops) > 1:
            return None
        constant = test.comparators[0]
        if not isinstance(constant, ast.Constant) or key not in {"", ast.unparse(test.left)}:
            return None
        key = ast.unparse(test.left)
        target, value = _result(part.body)
        keys.append(constant)
        values.append(value)
        if len(part.orelse) != 1:
            return None
        part = part.orelse[0]
    if len(keys) < 2:
        return None
    assert isinstance(node.test, ast.Compare)
    return node.test.left, ast.Dict(keys, values), _result([part])[1], target


@follows(ast.While)
def follow_while(reader: Reader, node: ast.While) -> None:
    """Follow a loop over plain values; one that a port decides is a `repeat`."""
    wrong = read_test(reader, node, node.test, "`while` needs it", lambda: _as_repeat(node))
    if not wrong:
        follow_ways(reader, [*node.body, *node.orelse], [])
        return
    with reader.muted():
        follow_ways(reader, node.body, [])


def _as_repeat(node: ast.While) -> str:
    target, call = _result(node.body[:1])
    step = call.func if isinstance(call, ast.Call) else rewrite.name("step")
    result = target or "result"
    until = unparse(rewrite.negated(node.test))
    text = f"repeat({unparse(step)}, until=lambda {result}: {until}, max_turns=10)"
    given = unparse(call)[len(unparse(step)) :] if isinstance(call, ast.Call) else "(...)"
    return f"{result} = {text}{given}"


@follows(ast.Match)
def follow_match(reader: Reader, node: ast.Match) -> None:
    """Follow `match`; patterns can't see the value of a port."""
    value = reader.read(node.subject)
    if value.is_lazy:
        reader.refuse(node, node.subject, "`match` needs it", _as_switch(node))
    blocks: list[list[ast.stmt]] = []
    for case in node.cases:
        captured = [
            part.name for part in ast.walk(case.pattern) if isinstance(part, (ast.MatchAs, ast.MatchStar)) and part.name
        ]
        blocks.append(case.body)
        for name in captured:
            bind(reader, ast.Name(name, ast.Store()), UNKNOWN)
    if value.is_lazy:
        with reader.muted():
            follow_ways(reader, *blocks, [])
    else:
        follow_ways(reader, *blocks, [])


def _as_switch(node: ast.Match) -> str:
    keys: list[ast.expr | None] = []
    values: list[ast.expr] = []
    default: ast.expr | None = None
    target = ""
    for case in node.cases:
        target, value = _result(case.body)
        options = case.pattern.patterns if isinstance(case.pattern, ast.MatchOr) else [case.pattern]
        if isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None:
            default = value
        elif all(isinstance(option, ast.MatchValue) for option in options):
            keys.extend(option.value for option in options if isinstance(option, ast.MatchValue))
            values.extend([value] * len(options))
        else:
            test = f"apply(lambda x: ..., {brief(node.subject)})"
            return f"when({test}, then, otherwise), where the lambda says whether x matches"
    return rewrite.statement(target, rewrite.switch(node.subject, ast.Dict(keys, values), default))


def follow_try(reader: Reader, node: ast.Try) -> None:
    """Follow `try`: the steps that are called in it fail later, in the run."""
    steps = len(reader.steps)
    follow_ways(reader, [*node.body, *node.orelse], *[handler.body for handler in node.handlers])
    called = [step for step in reader.steps[steps:] if any(step is part for s in node.body for part in ast.walk(s))]
    follow_ways(reader, node.finalbody)
    if not called:
        return
    step = called[0]
    calls = [part for statement in node.body for part in ast.walk(statement) if isinstance(part, ast.Call)]
    only_ours = all(_is_ours(reader, call) for call in calls)
    what = f"`try` can't see {brief(step.func)} fail: the body is traced first, and its steps run later"
    notes = {"or": f"{brief(step.func)}.options(retries=3)(...) tries the step itself again"}
    reader.report(node, what, instead=_as_or_else(node, step), notes=notes, error=only_ours)


follows(ast.Try)(follow_try)
if sys.version_info >= (3, 11):
    follows(ast.TryStar)(follow_try)


def _is_ours(reader: Reader, call: ast.Call) -> bool:
    owner = call.func.value if isinstance(call.func, ast.Attribute) else call.func
    kinds = {reader.known(call.func).kind, reader.known(owner).kind}
    return bool(kinds & {Kind.NODE, Kind.LAZY, Kind.PORT, Kind.RECORD})


def _as_or_else(node: ast.Try, step: ast.Call) -> str:
    target, first = _result(node.body)
    backup = _result(node.handlers[0].body) if node.handlers else ("", _DOTS)
    if first is _DOTS:
        first = step
    backed = ast.Call(ast.Attribute(first, "or_else", ast.Load()), [backup[1] if backup[0] == target else _DOTS], [])
    return rewrite.statement(target, backed)
