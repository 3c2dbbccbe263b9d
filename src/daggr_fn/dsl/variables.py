"""The variable that a call is assigned to, found at run time from the frame that makes the call."""

from __future__ import annotations

import ast
import dis
import itertools
import linecache
import sys
from collections import defaultdict
from typing import TYPE_CHECKING

from daggr_fn.parsing import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import CodeType, FrameType

_MAX_KEPT = 1024
_tables: dict[int, tuple[CodeType, Mapping[int, str]]] = {}
_Calls = list[tuple[ast.Call, "str | None"]]


def target_of(frame: FrameType) -> str | None:
    """The variable that the call which a frame is just making is assigned to.

    `host` for `host = tts("hi")`, also through a part or a method of the result (`tts("hi").audio`); `None` where the
    call is an argument, is unpacked into several names, or its source is not known.

    Args:
        frame: The frame of the user's code, suspended in the call.
    """
    code = frame.f_code
    kept = _tables.get(id(code))
    if kept is None:
        if len(_tables) >= _MAX_KEPT:  # cells of a notebook, exec: code that comes and goes
            _tables.clear()
        kept = _tables[id(code)] = (code, _table(code))
    return kept[1].get(frame.f_lasti)


def _table(code: CodeType) -> Mapping[int, str]:
    """The targets of a code object's calls by the offsets of their instructions."""
    calls = _calls_in(code.co_filename)
    if sys.version_info >= (3, 11):
        return dict(_by_position(code, calls))
    return dict(_by_order(code, calls))


def _by_position(code: CodeType, calls: _Calls) -> Iterator[tuple[int, str]]:
    """A call ends where its closing bracket is, which no other call shares."""
    if sys.version_info >= (3, 11):
        targets = {(call.end_lineno, call.end_col_offset): target for call, target in calls if target is not None}
        for index, (_, end_line, _, end_column) in enumerate(code.co_positions()):
            target = targets.get((end_line, end_column))
            if target is not None:
                yield 2 * index, target
    else:
        yield from ()


def _by_order(code: CodeType, calls: _Calls) -> Iterator[tuple[int, str]]:
    """Python 3.10 knows only lines: its calls match those of the source where their numbers do, in order."""
    by_line: dict[int, list[str | None]] = defaultdict(list)
    for call, target in calls:
        by_line[call.lineno].append(target)
    found: dict[int, list[int]] = defaultdict(list)
    line = code.co_firstlineno
    for instruction in dis.get_instructions(code):
        line = instruction.starts_line or line
        if instruction.opname.startswith("CALL_"):
            found[line].append(instruction.offset)
    for line, offsets in found.items():
        if len(offsets) == len(by_line[line]):
            yield from ((offset, name) for offset, name in zip(offsets, by_line[line], strict=True) if name is not None)


def _calls_in(file: str) -> _Calls:
    """All calls of a file in the order in which they are made, with their targets."""
    lines = linecache.getlines(file)
    try:
        tree = parse("".join(lines))
    except SyntaxError:
        return []
    targets: dict[ast.Call, str] = {}
    for node in ast.walk(tree):
        for target, value in _assignments(node):
            targets.update(dict.fromkeys(_made_by(value), target))
    return [(call, targets.get(call)) for call in _in_order(tree)]


def _assignments(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.Assign):
        yield from itertools.chain.from_iterable(_pairs(target, node.value) for target in node.targets[:1])
    elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
        yield from _pairs(node.target, node.value)


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, (ast.Tuple, ast.List)) and isinstance(value, (ast.Tuple, ast.List)):
        starred = any(isinstance(part, ast.Starred) for part in (*target.elts, *value.elts))
        if not starred and len(target.elts) == len(value.elts):
            for part, item in zip(target.elts, value.elts, strict=True):
                yield from _pairs(part, item)


def _made_by(value: ast.expr) -> Iterator[ast.Call]:
    """The calls whose result, or a part of it, is the value."""
    if isinstance(value, ast.Call):
        yield value
        if isinstance(value.func, ast.Attribute):
            yield from _made_by(value.func.value)
    elif isinstance(value, (ast.Attribute, ast.Subscript, ast.NamedExpr)):
        yield from _made_by(value.value)
    elif isinstance(value, ast.IfExp):
        yield from _made_by(value.body)
        yield from _made_by(value.orelse)


def _in_order(tree: ast.AST) -> Iterator[ast.Call]:
    """The calls in the order of Python's evaluation: a call comes after its function and its arguments."""
    stack: list[tuple[ast.AST, bool]] = [(tree, False)]
    while stack:
        node, done = stack.pop()
        if done:
            assert isinstance(node, ast.Call)
            yield node
            continue
        if isinstance(node, ast.Call):
            stack.append((node, True))
        stack.extend((child, False) for child in reversed(list(ast.iter_child_nodes(node))))
