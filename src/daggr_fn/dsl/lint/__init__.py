"""The syntax check of a pipeline's body: mistakes that a port cannot see when the body is traced.

The body is read in order, once, with what is certain about each name. Only what provably goes wrong is reported.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from daggr_fn.dsl.lint import branches, calls, conditions, expressions, statements
from daggr_fn.dsl.lint.finding import Finding
from daggr_fn.dsl.lint.frozen import report_draws
from daggr_fn.dsl.lint.reader import Names, Reader, Record
from daggr_fn.dsl.lint.source import Source, read_source
from daggr_fn.dsl.lint.value import UNKNOWN, Kind, Value
from daggr_fn.dsl.lint.whole import check_kind, check_result
from daggr_fn.places import Place

if TYPE_CHECKING:
    from types import FunctionType

__all__ = ["Finding", "Names", "check_body"]

RULES = (branches, calls, conditions, expressions, statements)  # importing them registers what they know


def check_body(function: FunctionType, what_is: Names, name: str) -> list[Finding]:
    """Find the mistakes in the body of a pipeline, in the order of its lines.

    Args:
        function: The function that is decorated; it is not called.
        what_is: Says of any Python object whether it is a `"node"`, a `"record"` (a node whose steps may unpack into
            several outputs), a `"pipeline"`, a `"lazy"` function (its call returns a port), or `None`.
        name: The name of the pipeline.

    Returns:
        Errors, to be raised, and warnings. Empty when the function has no source (a REPL, `exec`).
    """
    source = read_source(function)
    if source is None:
        return []
    record = Record(name, what_is)
    names = _parameters(source)
    reader = Reader(source, record, names, bound=set(names))
    if check_kind(reader):
        reader.follow(source.definition.body)
        check_result(reader)
        for error, message in report_draws(record):
            reader.add(message, error=error)
    return sorted(record.findings, key=lambda finding: finding.message.here.line if finding.message.here else 0)


def _is_tuple(source: Source, annotation: ast.expr | None) -> bool:
    """Whether an annotation says that a parameter is a tuple, whose port unpacks."""
    if annotation is None:
        return False
    names = [part.id for part in ast.walk(annotation) if isinstance(part, ast.Name)]
    return "tuple" in ast.unparse(annotation).lower() or any(hasattr(source.lookup(n), "_fields") for n in names)


def _parameters(source: Source) -> dict[str, Value]:
    """Each parameter is a port; of `*args` and of names that inner functions change nothing is known."""
    arguments = source.definition.args
    names = dict[str, Value]()
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        kind = Kind.RECORD if _is_tuple(source, argument.annotation) else Kind.PORT
        names[argument.arg] = Value(kind, Place(source.file, argument.lineno))
    others = [argument.arg for argument in (arguments.vararg, arguments.kwarg) if argument is not None]
    return {**names, **dict.fromkeys((*others, *source.shared), UNKNOWN)}
