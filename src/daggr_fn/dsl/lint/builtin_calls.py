"""Well-known functions of Python and of libraries that need a value, called with a port; `print` and logging."""

from __future__ import annotations

import ast
import logging
from typing import TYPE_CHECKING

from daggr_fn.dsl.lint import rewrite
from daggr_fn.dsl.lint.reader import Reader, brief, first_lazy
from daggr_fn.dsl.lint.source import dotted_name
from daggr_fn.dsl.lint.value import UNKNOWN, Kind, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

_NEED_VALUES = frozenset(
    (
        *("abs", "all", "any", "ascii", "bin", "bool", "bytearray", "bytes", "chr"),
        *("complex", "dict", "divmod", "enumerate", "filter", "float", "frozenset", "hash", "hex"),
        *("int", "isinstance", "iter", "len", "list", "map", "max", "min", "next"),
        *("oct", "open", "ord", "pow", "range", "reversed", "round", "set", "slice"),
        *("sorted", "sum", "tuple", "zip"),
    )
)
_UNPACKED = frozenset({"dict", "enumerate", "filter", "iter", "list", "map", "reversed", "tuple", "zip", "len", "next"})
_NEED_ITEMS = frozenset({"all", "any", "frozenset", "max", "min", "set", "sorted", "sum"})
_NEED_VALUES_IN = frozenset(
    {"math", "_json", "json", "numpy", "pandas", "pathlib", "posixpath", "ntpath", "re", "statistics"}
)
_LOG_METHODS = frozenset({"debug", "info", "warning", "error", "critical", "exception", "log"})


def read_plain_call(reader: Reader, node: ast.Call, callee: Value, method: ast.Attribute | None) -> Value:
    """Read a call that is no step: refused where it needs the value of a port."""
    given = [*node.args, *[keyword.value for keyword in node.keywords]]
    if callee.kind is Kind.THING:
        return _function(reader, node, callee.thing, given)
    if method is not None:
        return _method(reader, node, method, given)
    return UNKNOWN


def _function(reader: Reader, node: ast.Call, function: object, given: Sequence[ast.expr]) -> Value:
    if function is print or _is_logging(function):
        _warn_of_print(reader, node, given, "logs" if function is not print else "prints")
        return UNKNOWN
    lazy = first_lazy(reader, given)
    if function in (str, format) and lazy is not None:
        return Value(Kind.TEXT, reader.known(lazy).made)
    dotted = dotted_name(function)
    if dotted == "textwrap.dedent" and lazy is not None and reader.known(lazy).kind is Kind.TEXT:
        return reader.known(lazy)
    if isinstance(getattr(function, "__self__", None), dict) and dotted == "builtins.dict.get":
        return _looked_up(reader, node)
    port = _needed(reader, node, dotted, lazy)
    if port is not None:
        _refuse_call(reader, node, port)
    return UNKNOWN


def refuse_repr(reader: Reader, argument: ast.expr) -> None:
    """Report `repr(port)` given to a step, which would get that text; looked at or logged it does no harm."""
    if not isinstance(argument, ast.Call) or reader.known(argument.func).thing is not repr:
        return
    lazy = first_lazy(reader, argument.args)
    if lazy is not None:
        instead = rewrite.code(ast.JoinedStr([ast.FormattedValue(lazy, -1)]))
        reader.refuse(argument, lazy, "repr() was asked of it", instead)


def _needed(reader: Reader, node: ast.Call, dotted: str, lazy: ast.expr | None) -> ast.expr | None:
    """The port whose value a call needs."""
    module, _, name = dotted.partition(".")
    if module == "builtins" or dotted in {"_io.open", "io.open"}:
        name = dotted.rpartition(".")[2]
        if name not in _NEED_VALUES or "." in dotted.removeprefix("builtins."):
            return None
        given = [a for a in node.args if name not in _UNPACKED or reader.known(a).kind is not Kind.RECORD]
        port = first_lazy(reader, node.args[:1] if name == "isinstance" else given)
        if port is None and name in _NEED_ITEMS:
            port = next((_first_port(reader, a) for a in node.args if reader.known(a).holds_port), None)
        return port
    if module not in _NEED_VALUES_IN:
        return None
    within = [part for a in node.args for part in rewrite.lazy_parts(reader, a) if reader.known(part).is_port]
    if module in {"json", "_json", "numpy", "pandas"} and within:
        return within[0]
    return lazy if lazy in node.args else None


def _first_port(reader: Reader, node: ast.expr) -> ast.expr | None:
    parts = [part for part in rewrite.lazy_parts(reader, node) if reader.known(part).is_port]
    return parts[0] if parts else None


def _refuse_call(reader: Reader, node: ast.Call, port: ast.expr) -> None:
    did = f"{brief(node.func)}() was asked of it"
    function = brief(node.func)
    if function == "map" and len(node.args) == 2 and reader.known(node.args[1]).is_port:
        each = f"gather({brief(node.args[0])}(each({brief(port)})))"
        reader.refuse(node, port, did, each)
        return
    if function in {"enumerate", "zip", "range", "reversed", "filter", "map"}:
        listed = ast.Call(rewrite.name("list"), [node], [])
        reader.refuse(node, port, did, rewrite.code(rewrite.as_apply(reader, listed)))
        return
    reader.refuse(node, port, did, rewrite.code(rewrite.as_apply(reader, node)))


def _method(reader: Reader, node: ast.Call, method: ast.Attribute, given: Sequence[ast.expr]) -> Value:
    owner = reader.known(method.value)
    if method.attr == "join" and isinstance(method.value, ast.Constant) and isinstance(method.value.value, str):
        return _joined(reader, node)
    if method.attr == "get" and owner.is_dict:
        return _looked_up(reader, node)
    if method.attr == "format" and isinstance(method.value, ast.Constant):
        lazy = first_lazy(reader, given)
        return Value(Kind.TEXT, reader.known(lazy).made) if lazy is not None else UNKNOWN
    return UNKNOWN


def _joined(reader: Reader, node: ast.Call) -> Value:
    """`" ".join([p, q])`: only strings can be joined, and a template is one."""
    items = node.args[0] if node.args else node
    known = reader.known(items)
    parts = rewrite.lazy_parts(reader, items)
    if known.is_port or known.holds_port:
        port = next(part for part in (*parts, items) if reader.known(part).is_port or part is items)
        reader.refuse(node, port, "join() needs strings", rewrite.code(rewrite.as_apply(reader, node)))
        return UNKNOWN
    is_text = known.element is not None and known.element.kind is Kind.TEXT
    return Value(Kind.TEXT, known.element.made if known.element else None) if parts or is_text else UNKNOWN


def _looked_up(reader: Reader, node: ast.Call) -> Value:
    key = node.args[0] if node.args else None
    if key is None or not reader.known(key).is_lazy or not isinstance(node.func, ast.Attribute):
        return UNKNOWN
    default = node.args[1] if len(node.args) > 1 else ast.Constant(None)
    instead = rewrite.code(rewrite.switch(key, node.func.value, default))
    reader.refuse(node, key, f"it was used as a key of {brief(node.func.value)}", instead)
    return Value(Kind.PORT, reader.place(node))


def _is_logging(function: object) -> bool:
    owner = getattr(function, "__self__", None)
    if getattr(function, "__name__", "") not in _LOG_METHODS:
        return False
    return (
        isinstance(owner, (logging.Logger, logging.LoggerAdapter)) or getattr(function, "__module__", "") == "logging"
    )


def _warn_of_print(reader: Reader, node: ast.Call, given: Sequence[ast.expr], verb: str) -> None:
    port = next((part for argument in given for part in rewrite.lazy_parts(reader, argument)), None)
    if port is None:
        return
    what = f"{brief(node)} {verb} a port, once, when the pipeline is traced; {brief(port)} has no value then"
    step = _step_name(port, reader)
    notes = {"value": f'{reader.record.pipeline}.run(...).steps["{step}"]'} if step else {}
    reader.report(node, what, instead=rewrite.code(rewrite.as_apply(reader, node)), notes=notes, error=False)


def _step_name(port: ast.expr, reader: Reader) -> str:
    """The name that the step of a port gets: its node's, or its variable's when the node is called again."""
    while isinstance(port, (ast.Attribute, ast.Subscript)):
        port = port.value
    call = port if isinstance(port, ast.Call) else None
    variable = port.id if isinstance(port, ast.Name) else ""
    made = reader.known(port).made
    for step in reader.steps:
        if step is call or (variable and made is not None and reader.place(step) == made):
            call = step
    if call is None:
        return ""
    node = brief(call.func)
    twice = (
        sum(brief(step.func) == node for step in ast.walk(reader.source.definition) if isinstance(step, ast.Call)) > 1
    )
    return variable if twice and variable else node.rpartition(".")[2]
