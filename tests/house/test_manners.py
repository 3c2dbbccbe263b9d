"""The library does not print, and hides no failure."""

from __future__ import annotations

import ast

import pytest

from tests.house.source import Source, package_sources

sources = pytest.mark.parametrize("source", package_sources(), ids=lambda source: source.module)


@sources
def test_nothing_prints(source: Source):
    prints = [
        f"{source.where}:{node.lineno}"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert not prints, f"log it, or give it to the caller, at {', '.join(prints)}"


@sources
def test_a_broad_except_says_why(source: Source):
    lines = source.lines
    bare = [
        f"{source.where}:{node.lineno}"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ExceptHandler) and is_broad(node.type)
        if not raises_again(node) and "#" not in "".join(lines[node.lineno - 1 : node.lineno + 1])
    ]
    assert not bare, f"name what can be raised, or say in a comment on the line why all is meant, at {', '.join(bare)}"


def raises_again(handler: ast.ExceptHandler) -> bool:
    """Whether what was caught goes on in any case, after some tidying up."""
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def is_broad(caught: ast.expr | None) -> bool:
    if caught is None:
        return True
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(isinstance(name, ast.Name) and name.id in {"Exception", "BaseException"} for name in names)
