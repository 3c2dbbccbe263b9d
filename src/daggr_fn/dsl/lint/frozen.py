"""Calls whose result is frozen when the body is traced, and what runs anew for each run."""

from __future__ import annotations

import ast
import random
from typing import TYPE_CHECKING

from daggr_fn.dsl.lint.reader import Draw, brief
from daggr_fn.dsl.lint.rewrite import Replaced, code
from daggr_fn.dsl.lint.source import dotted_name
from daggr_fn.dsl.lint.value import Kind, drawn
from daggr_fn.errors import WiringError
from daggr_fn.places import Place

if TYPE_CHECKING:
    from daggr_fn.dsl.lint.reader import Reader, Record
    from daggr_fn.dsl.lint.value import Value

_DRAWING_MODULES = ("random.", "secrets.", "numpy.random.")
_DRAWS = {
    *("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today"),
    *("time.time", "time.time_ns", "time.monotonic", "time.perf_counter", "os.urandom"),
    *("uuid.uuid1", "uuid.uuid4", "uuid.uuid6", "uuid.uuid7"),
}
_READS = {
    **dict.fromkeys(("io.open", "_io.open", "builtins.open", "pathlib.Path.open"), "opens a file"),
    **dict.fromkeys(("os.getenv", "os._Environ.get", "_collections_abc.Mapping.get"), "reads the environment"),
    **{
        f"{library}.{method}": "asks the network"
        for library in ("requests.api", "requests", "httpx._api", "httpx")
        for method in ("get", "post", "put", "head", "request", "stream")
    },
    "urllib.request.urlopen": "asks the network",
}


def read_frozen_call(reader: Reader, node: ast.Call, function: object) -> Value | None:
    """What a call gives that runs once, when the body is traced; `None` for all others."""
    dotted = dotted_name(function)
    if dotted.endswith(".seed") and dotted.startswith(_DRAWING_MODULES):
        reader.record.seeded = True  # the same values on every trace are wanted
        return None
    if dotted in _DRAWS or (_is_random(function, dotted) and not reader.record.seeded):
        reader.record.draws.append(Draw(node, reader.source.file, node))
        return drawn(frozenset({len(reader.record.draws) - 1}))
    did = _READS.get(dotted)
    if did is not None and not any(reader.known(argument).is_lazy for argument in node.args):
        report_read(reader, node, did)
    return None


def _is_random(function: object, dotted: str) -> bool:
    """Whether a function draws at random, and not from a generator that the user has seeded."""
    if not dotted.startswith(_DRAWING_MODULES) or isinstance(function, type) or dotted.endswith("default_rng"):
        return False
    owner = getattr(function, "__self__", None)
    return type(owner) is not random.Random or owner is random.random.__self__  # type: ignore[attr-defined]


def report_read(reader: Reader, node: ast.expr, did: str) -> None:
    """Warn of a file, an environment variable or an address that is read while the body is traced."""
    what = f"{brief(node)} {did} once, when the pipeline is traced, and every run gets what it read then"
    parameter = ", ".join(a.id for a in getattr(node, "args", []) if isinstance(a, ast.Name))
    body = f"return {brief(node)}"
    if did.startswith("opens"):
        body = f"with {brief(node)} as file:\n        return file.read()"
    fresh = f"@node\ndef read({parameter}):\n    {body}"
    reader.report(node, what, instead=fresh, error=False)


def arrive(reader: Reader, step: ast.Call, argument: ast.expr) -> None:
    """Note that a frozen value is given to a step."""
    value = reader.known(argument)
    for index in value.draws:
        draw = reader.record.draws[index]
        if draw.arrives_in is None:
            draw.arrives_in = step
            is_plain = not value.is_lazy and value.kind is not Kind.ITEMS
            if is_plain and not isinstance(argument, ast.Name) and is_free(reader, argument):
                draw.whole = argument


def report_draws(record: Record) -> list[tuple[bool, WiringError]]:
    """An error for each frozen value that a step is given, a warning for each other."""
    return [(draw.arrives_in is not None, _message(draw)) for draw in record.draws]


def _message(draw: Draw) -> WiringError:
    call, whole, step = draw.call, draw.whole, draw.arrives_in
    what = f"{brief(call)} runs once, when the pipeline is traced, and every run gets the value it gave then"
    plain = whole is call and not call.args and not call.keywords
    drawing: ast.expr = call.func if plain else _lambda(whole)
    source = ast.Call(ast.Name("every_run", ast.Load()), [drawing], [])
    text = code(source)
    if step is not None:
        argument = next((part for part in _arguments(step) if _is_it(part, draw)), None)
        if argument is not None:
            text = code(_with(step, argument, source))
        else:  # in a text there is no place for a source, but for a step
            text = _inside(step, draw, ast.Call(ast.Name("apply", ast.Load()), [drawing], []))
    notes = {"or": f"a Space takes the function as it is: seed={ast.unparse(call.func)}"} if plain else {}
    return WiringError(what, here=Place(draw.file, call.lineno), instead=text, notes=notes)


def _inside(step: ast.Call, draw: Draw, value: ast.expr) -> str:
    by_code = {ast.unparse(draw.whole): value, draw.name: value}
    return code(Replaced(by_code).visit(ast.parse(ast.unparse(step), mode="eval").body))


def is_free(reader: Reader, node: ast.expr) -> bool:
    """Whether an expression uses no name of the body, so that it means the same in a lambda."""
    return all(part.id not in reader.names for part in ast.walk(node) if isinstance(part, ast.Name))


def _arguments(step: ast.Call) -> list[ast.expr]:
    return [*step.args, *[keyword.value for keyword in step.keywords]]


def _is_it(argument: ast.expr, draw: Draw) -> bool:
    """Whether an argument is the frozen value: the call itself, or a name for it."""
    return argument is draw.whole or (isinstance(argument, ast.Name) and argument.id == draw.name)


def _with(step: ast.Call, argument: ast.expr, source: ast.expr) -> ast.expr:
    positional = [source if part is argument else part for part in step.args]
    named = [ast.keyword(k.arg, source if k.value is argument else k.value) for k in step.keywords]
    return ast.Call(step.func, positional, named)


def _lambda(body: ast.expr) -> ast.expr:
    return ast.Lambda(ast.arguments([], [], None, [], [], None, []), body)
