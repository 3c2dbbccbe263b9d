"""Giving names their values: assignments, and the loops of comprehensions."""

from __future__ import annotations

import ast

from daggr_fn.dsl.lint.expressions import refuse_keys
from daggr_fn.dsl.lint.loops import Comprehension, comprehension_as_map, port_looped_over
from daggr_fn.dsl.lint.reader import Reader, reads
from daggr_fn.dsl.lint.value import UNKNOWN, Kind, Value


@reads(ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)
def read_comprehension(reader: Reader, node: Comprehension) -> Value:
    outer = dict(reader.names), set(reader.bound)
    mistake: ast.expr | None = None
    for generator in node.generators:
        items, port = read_looped(reader, generator.iter)
        mistake = mistake or port
        bind(reader, generator.target, items.element or UNKNOWN if port is None else UNKNOWN)
        for test in generator.ifs:
            reader.read(test)
    parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
    values = [reader.read(part) for part in parts]
    reader.names, reader.bound = outer
    if mistake is not None:
        instead = comprehension_as_map(reader, node)
        reader.refuse(node, mistake, "a comprehension went over it", instead)
        return UNKNOWN
    element = values[-1]
    is_set = isinstance(node, ast.SetComp)
    if (is_set or isinstance(node, ast.DictComp)) and values[0].is_lazy:
        refuse_keys(reader, parts[:1])
    return Value(Kind.ITEMS, element=element, holds_port=element.is_port, is_dict=len(parts) == 2, draws=element.draws)


def read_looped(reader: Reader, items: ast.expr) -> tuple[Value, ast.expr | None]:
    """What a loop goes over, and the port in it that has no items yet.

    What `enumerate(port)` would report itself is left out: the whole loop is written anew.
    """
    before = len(reader.record.findings)
    value = reader.read(items)
    port = port_looped_over(reader, items)
    if port is not None:
        del reader.record.findings[before:]
    return value, port


def bind(reader: Reader, target: ast.expr, value: Value) -> None:
    """Give a value to the names of an assignment."""
    if isinstance(target, ast.Name):
        reader.names[target.id] = value if target.id not in reader.source.shared else UNKNOWN
        reader.bound.add(target.id)
    elif isinstance(target, (ast.Tuple, ast.List)):
        part = Value(Kind.PORT, value.made) if value.is_port else (value.element or UNKNOWN)
        for element in target.elts:
            bind(reader, element, UNKNOWN if isinstance(element, ast.Starred) else part)
    elif isinstance(target, ast.Starred):
        bind(reader, target.value, UNKNOWN)
    else:
        _set_part(reader, target)


def _set_part(reader: Reader, target: ast.expr) -> None:
    if not isinstance(target, (ast.Attribute, ast.Subscript)):
        return
    owner = reader.read(target.value)
    if owner.is_port:
        reader.refuse(target, target.value, "a part of it was set", "a node that returns the changed value")
    if isinstance(target, ast.Subscript) and reader.read(target.slice).is_lazy:
        refuse_keys(reader, [target.slice])
    forget_items(reader, target.value)


def forget_items(reader: Reader, node: ast.expr) -> None:
    """After a change to a list that a name stands for, nothing is certain about its items."""
    if isinstance(node, ast.Name) and reader.names.get(node.id, UNKNOWN).kind is Kind.ITEMS:
        old = reader.names[node.id]
        reader.names[node.id] = Value(Kind.ITEMS, is_dict=old.is_dict, draws=old.draws)
