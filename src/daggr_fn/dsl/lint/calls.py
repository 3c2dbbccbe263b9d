"""How calls are read: steps, lazy functions, methods of strings and ports, and everything else."""

from __future__ import annotations

import ast
from dataclasses import replace
from types import FunctionType

from daggr_fn.dsl.lint import frozen, rewrite
from daggr_fn.dsl.lint.binding import forget_items
from daggr_fn.dsl.lint.builtin_calls import read_plain_call, refuse_repr
from daggr_fn.dsl.lint.closures import refuse_closures
from daggr_fn.dsl.lint.expressions import may_unpack
from daggr_fn.dsl.lint.helpers import read_helper, read_local_helper
from daggr_fn.dsl.lint.reader import Reader, brief, reads
from daggr_fn.dsl.lint.value import UNKNOWN, Kind, Value

_OF_PORTS = frozenset({"or_else", "all", "each", "named", "options"})
_COPIES = frozenset({"options", "named", "typed"})
_LEGAL_ON_TEXT = frozenset({"format", "join", "format_map"})
_STRIPS = {"strip": (True, True), "lstrip": (True, False), "rstrip": (False, True)}


@reads(ast.Call)
def read_call(reader: Reader, node: ast.Call) -> Value:
    """Read a call: what is called, then its arguments, then what comes out."""
    _refuse_recursion(reader, node)
    method = node.func if isinstance(node.func, ast.Attribute) else None
    callee = reader.read(node.func)
    owner = reader.known(method.value) if method is not None else UNKNOWN
    for argument in node.args:
        if isinstance(argument, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
            reader.enclosing[argument] = node
        reader.read(argument)
    for keyword in node.keywords:
        reader.read(keyword.value)
        _refuse_double_star(reader, node, keyword)
    if callee.kind is Kind.NODE:
        return _step(reader, node, callee.thing)
    if callee.kind is Kind.LAZY:
        return _lazy(reader, node, callee.thing)
    if callee.kind is Kind.HELPER:
        return read_local_helper(reader, node, callee)
    if method is not None and owner.kind is Kind.NODE:
        return owner if method.attr in _COPIES else UNKNOWN
    if method is not None and owner.is_port:
        return Value(Kind.PORT, reader.place(node)) if method.attr in _OF_PORTS else UNKNOWN
    if method is not None and owner.kind is Kind.TEXT:
        return _text_method(reader, node, method, owner)
    return _other(reader, node, callee, method)


def _other(reader: Reader, node: ast.Call, callee: Value, method: ast.Attribute | None) -> Value:
    if callee.kind is Kind.THING:
        fixed = frozen.read_frozen_call(reader, node, callee.thing)
        if fixed is not None:
            return fixed
        if isinstance(callee.thing, FunctionType):
            helped = read_helper(reader, node, callee.thing)
            if helped is not None:
                return helped
    value = read_plain_call(reader, node, callee, method)
    if method is not None and reader.known(method.value).kind is Kind.ITEMS:
        forget_items(reader, method.value)
    for argument in node.args:
        forget_items(reader, argument)
    if callee.kind is Kind.THING and not isinstance(callee.thing, type):
        return value
    # int(time.time()), datetime.now().isoformat(): still frozen
    draws = frozenset[int]().union(*(reader.known(part).draws for part in (node.func, *node.args)))
    return replace(value, draws=draws) if draws else value


def _step(reader: Reader, node: ast.Call, thing: object) -> Value:
    given = [*node.args, *[keyword.value for keyword in node.keywords]]
    for argument in given:
        refuse_uncalled(reader, argument, argument)
        refuse_repr(reader, argument)
        frozen.arrive(reader, node, argument)
    refuse_closures(reader, node)
    reader.steps.append(node)
    is_record = reader.record.what_is(thing) != "node" or may_unpack(thing)
    return Value(Kind.RECORD if is_record else Kind.PORT, reader.place(node), thing)


def _lazy(reader: Reader, node: ast.Call, thing: object) -> Value:
    name = getattr(thing, "__name__", "")
    if name == "every_run":
        return UNKNOWN
    refuse_closures(reader, node)
    if name in {"each", "gather", "product"}:
        for argument in node.args:
            refuse_uncalled(reader, argument, argument)
    else:
        for argument in (*node.args, *[keyword.value for keyword in node.keywords]):
            frozen.arrive(reader, node, argument)
    port = Value(Kind.PORT, reader.place(node))
    if name == "repeat":
        return Value(Kind.NODE, thing=thing)
    if name == "product":
        return Value(Kind.ITEMS, element=port, holds_port=True)
    # An item, or a chosen value, may be a tuple, whose port unpacks.
    return replace(port, kind=Kind.RECORD) if name not in {"gather", "accumulate"} else port


def refuse_uncalled(reader: Reader, node: ast.expr, where: ast.AST) -> None:
    """Report a node or pipeline that stands where one of its steps is meant."""
    if isinstance(node, (ast.Tuple, ast.List)):
        for element in node.elts:
            refuse_uncalled(reader, element, where)
    elif isinstance(node, ast.Dict):
        for value in node.values:
            refuse_uncalled(reader, value, where)
    elif reader.known(node).kind is Kind.NODE:
        text = brief(node)
        what = f"{text} is {_article(reader, node)}, not a step of it: it was not called"
        reader.report(where, what, instead=f"{text}(...)")


def _article(reader: Reader, node: ast.expr) -> str:
    return "a pipeline" if reader.record.what_is(reader.known(node).thing) == "pipeline" else "a node"


def _refuse_double_star(reader: Reader, node: ast.Call, keyword: ast.keyword) -> None:
    if keyword.arg is None and reader.known(keyword.value).is_port:
        port = brief(keyword.value)
        named = f'{brief(node.func)}(name={port}["name"], ...), each argument by its name'
        reader.refuse(node, keyword.value, "it was unpacked with **", named)


def _text_method(reader: Reader, node: ast.Call, method: ast.Attribute, owner: Value) -> Value:
    if method.attr in _LEGAL_ON_TEXT:
        return owner
    ends = _STRIPS.get(method.attr)
    if (
        ends is not None
        and not node.args
        and all(solid or not end for solid, end in zip(owner.solid, ends, strict=True))
    ):
        return owner
    instead = rewrite.code(rewrite.as_apply(reader, node))
    reader.refuse(node, method.value, f".{method.attr}() was called on the text", instead)
    return UNKNOWN


def _refuse_recursion(reader: Reader, node: ast.Call) -> None:
    code = reader.source.function.__code__
    if not isinstance(node.func, ast.Name) or node.func.id != code.co_name or reader.levels == 0:
        return
    is_itself = code.co_name in code.co_freevars or "." not in reader.source.function.__qualname__
    if is_itself and code.co_name not in code.co_varnames and code.co_name not in reader.names:
        what = f"{code.co_name} calls itself, and a pipeline has no end of that"
        instead = "repeat(step, until=lambda result: ..., max_turns=10)(...)"
        reader.report(node, what, instead=instead)
