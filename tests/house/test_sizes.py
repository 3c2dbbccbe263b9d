"""Files and functions stay small enough to be read at one go."""

from __future__ import annotations

import ast

import pytest

from tests.house.source import Source, all_sources

MOST_LINES_OF_A_FILE = 500
MOST_LINES_OF_A_FUNCTION = 50

sources = pytest.mark.parametrize("source", all_sources(), ids=lambda source: source.where)


@sources
def test_no_file_is_over_500_lines(source: Source):
    assert len(source.lines) <= MOST_LINES_OF_A_FILE, f"{source.where}: take the ideas in it apart"


@sources
def test_no_function_is_over_50_lines(source: Source):
    functions = [node for node in ast.walk(source.tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    long = [
        f"{source.where}:{one.lineno} {one.name} has {one.end_lineno - one.lineno + 1} lines"
        for one in functions
        if one.end_lineno is not None and one.end_lineno - one.lineno >= MOST_LINES_OF_A_FUNCTION
    ]
    assert not long, "\n".join(long)
