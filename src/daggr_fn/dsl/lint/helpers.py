"""The user's own undecorated functions that the body calls with a port: read one level deep."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from daggr_fn.dsl.lint.reader import Reader
from daggr_fn.dsl.lint.source import Definition, Source, read_source
from daggr_fn.dsl.lint.value import UNKNOWN, Kind, Value, either
from daggr_fn.places import is_users

if TYPE_CHECKING:
    from types import FunctionType


def read_helper(reader: Reader, node: ast.Call, function: FunctionType) -> Value | None:
    """What a function of the user's returns for these arguments; `None` when it is not read."""
    given = _arguments(reader, node)
    if reader.levels < 1 or given is None or not any(_matters(value) for value in given[0] + list(given[1].values())):
        return None
    if not is_users(function.__code__.co_filename):
        return None
    kinds = tuple(value.kind for value in given[0]), tuple((name, value.kind) for name, value in given[1].items())
    key = function.__code__, kinds
    if key not in reader.record.helpers:
        reader.record.helpers[key] = UNKNOWN  # it may call itself
        source = read_source(function)
        if source is None or source.definition.decorator_list:
            return None
        reader.record.helpers[key] = _read_function(reader, source, source.definition, given, {})
    return reader.record.helpers[key]


def read_local_helper(reader: Reader, node: ast.Call, helper: Value) -> Value:
    """The same for a function that is defined in the body, which sees the body's names."""
    given = _arguments(reader, node)
    definition = helper.thing
    if reader.levels < 1 or given is None or not isinstance(definition, ast.FunctionDef):
        return UNKNOWN
    return _read_function(reader, reader.source, definition, given, reader.names)


def _matters(value: Value) -> bool:
    return value.is_lazy or (value.kind is Kind.ITEMS and value.holds_port)


def _arguments(reader: Reader, node: ast.Call) -> tuple[list[Value], dict[str, Value]] | None:
    if any(isinstance(argument, ast.Starred) for argument in node.args):
        return None
    named = {keyword.arg: reader.known(keyword.value) for keyword in node.keywords if keyword.arg is not None}
    if len(named) != len(node.keywords):
        return None
    return [reader.known(argument) for argument in node.args], named


def _read_function(
    reader: Reader,
    source: Source,
    definition: Definition,
    given: tuple[list[Value], dict[str, Value]],
    surrounding: dict[str, Value],
) -> Value:
    if not isinstance(definition, ast.FunctionDef) or _has_yield(definition):
        return UNKNOWN
    parameters = [argument.arg for argument in (*definition.args.posonlyargs, *definition.args.args)]
    named = [*parameters, *[argument.arg for argument in definition.args.kwonlyargs]]
    names = {**surrounding, **dict.fromkeys(named, UNKNOWN), **dict(zip(parameters, given[0], strict=False))}
    names |= {name: value for name, value in given[1].items() if name in named}
    inner = Reader(source, reader.record, names, bound={*names, *reader.bound}, levels=reader.levels - 1)
    inner.follow(definition.body)
    reader.steps.extend(inner.steps)
    if not inner.returns or not isinstance(definition.body[-1], ast.Return):
        return UNKNOWN
    value = inner.returns[0]
    for other in inner.returns[1:]:
        value = either(value, other)
    return value


def _has_yield(definition: ast.FunctionDef) -> bool:
    return any(isinstance(part, (ast.Yield, ast.YieldFrom)) for part in ast.walk(definition))
