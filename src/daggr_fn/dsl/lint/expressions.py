"""How expressions are read: which are ports, and where a port is used as if it had its value."""

from __future__ import annotations

import ast
import builtins
import inspect
import os
from dataclasses import replace
from types import FunctionType
from typing import Any

from daggr_fn.dsl.lint import rewrite
from daggr_fn.dsl.lint.frozen import report_read
from daggr_fn.dsl.lint.reader import Reader, brief, first_lazy, reads
from daggr_fn.dsl.lint.source import UNDEFINED, member
from daggr_fn.dsl.lint.value import UNKNOWN, Kind, Value, drawn, either


def stands_for(reader: Reader, thing: object) -> Value:
    """What an object that a name resolves to is."""
    if thing is UNDEFINED:
        return UNKNOWN
    what = reader.record.what_is(thing)
    if what in {"node", "record", "pipeline"}:
        return Value(Kind.NODE, thing=thing)
    return Value(Kind.LAZY if what == "lazy" else Kind.THING, thing=thing)


@reads(ast.Name)
def read_name(reader: Reader, node: ast.Name) -> Value:
    if node.id in reader.names:
        return reader.names[node.id]
    _refuse_hidden_node(reader, node)
    return stands_for(reader, reader.source.lookup(node.id))


def _refuse_hidden_node(reader: Reader, node: ast.Name) -> None:
    """`script = script(topic)`: Python takes the name for a local one, which has no value yet."""
    if node.id in reader.bound or node.id not in reader.source.function.__code__.co_varnames:
        return
    kind = stands_for(reader, reader.source.surrounding(node.id)).kind
    if kind not in {Kind.NODE, Kind.LAZY}:
        return
    word = "node" if kind is Kind.NODE else "function"
    what = f"{node.id} is a {word} here and a step there, and has no value at this line: name the step differently"
    line = _line_of(reader, node)
    instead = line.replace(f"{node.id} =", f"{node.id}_result =", 1) if line.startswith(f"{node.id} =") else None
    reader.report(node, what, instead=instead)


def _line_of(reader: Reader, node: ast.AST) -> str:
    return reader.place(node).source


@reads(ast.Attribute)
def read_attribute(reader: Reader, node: ast.Attribute) -> Value:
    owner = reader.read(node.value)
    if owner.is_port:
        kind = Kind.RECORD if owner.kind is Kind.RECORD and _is_tuple(owner.thing, node.attr) else Kind.PORT
        return Value(kind, made=owner.made, draws=owner.draws)
    if owner.kind in {Kind.THING, Kind.LAZY}:
        return stands_for(reader, member(owner.thing, node.attr))
    return drawn(owner.draws)


def may_unpack(node: object) -> bool:
    """Whether a step of a node may have several outputs, as far as its function tells."""
    if not isinstance(inspect.unwrap(node) if callable(node) else None, FunctionType):
        return True  # a Space: its API is not asked here
    returns = _returned(node)
    return returns is UNDEFINED or "tuple" in str(returns).lower() or bool(getattr(returns, "__annotations__", None))


def _returned(node: object) -> object:
    """The return annotation of a node's function; `UNDEFINED` when it can't be told."""
    function = inspect.unwrap(node) if callable(node) else None
    returns = getattr(function, "__annotations__", {}).get("return")
    if isinstance(returns, str):  # from __future__ import annotations
        names = {**vars(builtins), **getattr(function, "__globals__", {})}
        return names.get(returns, UNDEFINED)
    return returns


def _is_tuple(node: object, output: str) -> bool:
    """Whether an output of a function is annotated as a tuple, whose port unpacks."""
    returns = _returned(node)
    if returns is UNDEFINED:
        return True
    annotation = getattr(returns, "__annotations__", {}).get(output)
    return "tuple" in str(annotation).lower() or hasattr(annotation, "_fields")


@reads(ast.Subscript)
def read_subscript(reader: Reader, node: ast.Subscript) -> Value:
    owner, key = reader.read(node.value), reader.read(node.slice)
    if owner.kind is Kind.TEXT:
        reader.refuse(node, node.value, "a part of the text was taken", rewrite.code(rewrite.as_apply(reader, node)))
        return UNKNOWN
    if owner.thing is os.environ and isinstance(node.ctx, ast.Load):
        report_read(reader, node, "reads the environment")
    if not key.is_lazy and not (
        isinstance(node.slice, (ast.Slice, ast.Tuple)) and rewrite.lazy_parts(reader, node.slice)
    ):
        if owner.is_port:
            return Value(Kind.PORT, made=owner.made, draws=owner.draws)
        return drawn(owner.draws | key.draws)
    port = rewrite.lazy_parts(reader, node.slice)[0]
    reader.refuse(node, port, f"it was used as a key of {brief(node.value)}", _looked_up(reader, node, owner))
    return UNKNOWN


def _looked_up(reader: Reader, node: ast.Subscript, owner: Value) -> str:
    is_sequence = owner.kind is Kind.THING and not isinstance(owner.thing, dict)
    if (
        isinstance(node.slice, ast.Slice)
        or owner.is_port
        or is_sequence
        or (owner.kind is Kind.ITEMS and not owner.is_dict)
    ):
        return rewrite.code(rewrite.as_apply(reader, node))
    return rewrite.code(rewrite.switch(node.slice, node.value))


@reads(ast.Slice)  # an `ast.expr` since Python 3.9
def read_slice(reader: Reader, node: ast.Slice) -> Value:
    return reader.read_parts(node)


@reads(ast.JoinedStr)
def read_template(reader: Reader, node: ast.JoinedStr) -> Value:
    value, draws = UNKNOWN, frozenset[int]()
    for part in node.values:
        if not isinstance(part, ast.FormattedValue):
            continue
        inner = reader.read(part.value)
        draws |= inner.draws
        if part.format_spec is not None and reader.read(part.format_spec).is_lazy:
            value = Value(Kind.TEXT, reader.known(part.format_spec).made)
        if not inner.is_lazy:
            continue
        if part.conversion in {ord("r"), ord("a")}:
            plain = ast.FormattedValue(part.value, -1, part.format_spec)
            parts = [plain if p is part else p for p in node.values]
            did = f"!{chr(part.conversion)} asks for its repr"
            reader.refuse(node, part.value, did, rewrite.code(ast.JoinedStr(parts)))
        value = Value(Kind.TEXT, inner.made)
    solid = (_is_solid(node.values[0]), _is_solid(node.values[-1])) if node.values else (False, False)
    return replace(value, draws=draws, solid=solid) if value.is_lazy else drawn(draws)


def _is_solid(part: ast.expr) -> bool:
    return isinstance(part, ast.Constant) and bool(str(part.value).strip())


@reads(ast.List, ast.Tuple, ast.Set)
def read_items(reader: Reader, node: ast.List | ast.Tuple | ast.Set) -> Value:
    values = [reader.read(element) for element in node.elts]
    if isinstance(node, ast.Set):
        refuse_keys(reader, node.elts)
    return items_of([part for part in node.elts if not isinstance(part, ast.Starred)], values)


@reads(ast.Dict)
def read_dict(reader: Reader, node: ast.Dict) -> Value:
    keys = [key for key in node.keys if key is not None]
    for plain in keys:
        reader.read(plain)
    refuse_keys(reader, keys)
    values = [reader.read(value) for value in node.values]
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None and reader.known(value).is_port:
            text = f'{{"key": {brief(value)}["key"]}}'
            reader.refuse(node, value, "it was unpacked with **", f"{text}, each key by its name")
    return replace(items_of(node.values, values), is_dict=True)


def refuse_keys(reader: Reader, keys: list[ast.expr]) -> None:
    key = first_lazy(reader, keys)
    if key is not None:
        did = "it was used as a key of a dict or in a set"
        reader.refuse(key, key, did, f"a list, or a dict whose keys are plain values: {{...: {brief(key)}}}")


def items_of(nodes: list[ast.expr], values: list[Value]) -> Value:
    draws = frozenset[int]().union(*(value.draws for value in values))
    element: Value | None = values[0] if values and len(nodes) == len(values) else None
    for value in values:
        element = either(element, value) if element is not None else None
    return Value(Kind.ITEMS, element=element, holds_port=any(value.is_port for value in values), draws=draws)


@reads(ast.Starred)
def read_starred(reader: Reader, node: ast.Starred) -> Value:
    value = reader.read(node.value)
    if value.kind is Kind.PORT:
        text = brief(node.value)
        reader.refuse(node, node.value, "it was unpacked with *", f"{text} whole, or by parts: {text}[0], {text}[1]")
    return drawn(value.draws)


@reads(ast.Lambda)
def read_lambda(_reader: Reader, _node: ast.Lambda) -> Value:
    """A lambda runs later, if at all; what it keeps counts where it is given to a step."""
    return UNKNOWN


@reads(ast.NamedExpr)
def read_walrus(reader: Reader, node: ast.NamedExpr) -> Value:
    value = reader.read(node.value)
    reader.names[node.target.id] = value if node.target.id not in reader.source.shared else UNKNOWN
    reader.bound.add(node.target.id)
    return value


@reads(ast.BinOp)
def read_arithmetic(reader: Reader, node: ast.BinOp) -> Value:
    left, right = reader.read(node.left), reader.read(node.right)
    draws = left.draws | right.draws
    if isinstance(node.op, ast.BitOr):  # a choice
        if Kind.NODE in {left.kind, right.kind}:
            return UNKNOWN
        return Value(Kind.PORT, left.made) if left.is_port or right.is_port else drawn(draws)
    if isinstance(node.op, ast.Mod) and not left.is_port:  # "%s" % port
        items = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
        return Value(Kind.TEXT, right.made, draws=draws) if first_lazy(reader, items) or left.is_lazy else drawn(draws)
    port = next((part for part in (node.left, node.right) if reader.known(part).is_port), None)
    if port is None:
        if Kind.TEXT not in {left.kind, right.kind}:
            return drawn(draws)
        solid = tuple(_is_solid(p) or reader.known(p).solid[i] for i, p in enumerate((node.left, node.right)))
        return Value(Kind.TEXT, left.made or right.made, draws=draws, solid=(solid[0], solid[1]))
    reader.refuse(node, port, "arithmetic was done with it", _computed(reader, node))
    return UNKNOWN


def _computed(reader: Reader, node: ast.BinOp) -> str:
    parts = (node.left, node.right)
    if isinstance(node.op, ast.Add) and any(isinstance(part, (ast.JoinedStr, ast.Constant)) for part in parts):
        values: list[Any] = []
        for part in parts:
            if isinstance(part, ast.JoinedStr):
                values.extend(part.values)
            elif isinstance(part, ast.Constant) and isinstance(part.value, str):
                values.append(part)
            elif isinstance(part, ast.Constant):
                return rewrite.code(rewrite.as_apply(reader, node))
            else:
                values.append(ast.FormattedValue(part, -1))
        return rewrite.code(ast.JoinedStr(values))
    return rewrite.code(rewrite.as_apply(reader, node))
