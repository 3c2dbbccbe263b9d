"""A loop or a comprehension over a port, written anew with `each`, `gather` and `accumulate`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from daggr_fn.dsl.lint.reader import brief, first_lazy, unparse
from daggr_fn.dsl.lint.rewrite import as_apply, assign, call_of, code, name, names_in, statement
from daggr_fn.dsl.lint.value import Kind

if TYPE_CHECKING:
    from daggr_fn.dsl.lint.reader import Reader

Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp


def port_looped_over(reader: Reader, items: ast.expr) -> ast.expr | None:
    """The port that a loop goes over: bare, or in `enumerate`, `zip`, `range`, `reversed` and the like; else `None`."""
    if reader.known(items).kind in {Kind.PORT, Kind.TEXT}:
        return items
    wrappers = {"enumerate", "zip", "range", "reversed", "sorted", "list", "tuple", "iter", "set"}
    if isinstance(items, ast.Call) and isinstance(items.func, ast.Name) and items.func.id in wrappers:
        return first_lazy(reader, [part for part in items.args if reader.known(part).kind is not Kind.RECORD])
    return None


def loop_as_map(reader: Reader, loop: ast.For | ast.AsyncFor) -> str:
    """`for` over a port, as code that maps."""
    folded = _as_fold(loop)
    if folded is not None:
        return folded
    body: list[ast.stmt] = _items(reader, loop.target, loop.iter)
    for line in loop.body:
        collected = _appended(line)
        body.append(assign(collected[0], call_of("gather", collected[1])) if collected else line)
    return code(*body)


def comprehension_as_map(reader: Reader, node: Comprehension) -> str:
    """A comprehension over a port, as code that maps; as one step when no node is called in it."""
    call = reader.enclosing.get(node)
    target = reader.assigned.get(call or node, "")
    is_step = call is not None and reader.known(call.func).kind in {Kind.NODE, Kind.LAZY}
    element = node.value if isinstance(node, ast.DictComp) else node.elt
    if not any(reader.known(part).kind in {Kind.NODE, Kind.LAZY} for part in ast.walk(element)):
        if call is not None and not is_step:
            return statement(target, as_apply(reader, call))
        return statement(target, _around(call, node, _whole_as_step(reader, node)))
    gathered: ast.expr = call_of("gather", element)
    if call is not None:
        gathered = _around(call, node, gathered) if is_step else call_of("apply", call.func, gathered)
    lines = [line for generator in node.generators for line in _generated(reader, generator)]
    if len(node.generators) > 1:
        return _crossed(node.generators, lines, target, gathered, element)
    return "\n".join([code(*lines), statement(target, gathered)])


def _crossed(
    generators: list[ast.comprehension],
    lines: list[ast.stmt],
    target: str,
    gathered: ast.expr,
    element: ast.expr,
) -> str:
    """Several `for` in one comprehension: all combinations, or items of items."""
    names = names_in([generator.target for generator in generators])
    items = [generator.iter for generator in generators]
    if names & names_in(items) or any(generator.ifs for generator in generators):
        for part in ast.walk(gathered):
            if isinstance(part, ast.Call) and element in part.args and brief(part.func) == "gather":
                part.keywords.append(ast.keyword("flatten", ast.Constant(value=True)))
        return "\n".join([code(*lines), statement(target, gathered)])
    crossed = ", ".join(brief(generator.target) for generator in generators)
    return "\n".join([f"{crossed} = {code(call_of('product', *items))}", statement(target, gathered)])


def _generated(reader: Reader, generator: ast.comprehension) -> list[ast.stmt]:
    """The names of one `for ... in ... if ...` of a comprehension, once per item."""
    items = generator.iter
    if generator.ifs:
        kept = ast.ListComp(_as_load(generator.target), [generator])
        items = as_apply(reader, kept)
    return _items(reader, generator.target, items)


def _around(call: ast.Call | None, argument: ast.expr, other: ast.expr) -> ast.expr:
    """The call that an expression is an argument of, with another in its place."""
    if call is None:
        return other
    positional = [other if part is argument else part for part in call.args]
    return ast.Call(call.func, positional, call.keywords)


def _whole_as_step(reader: Reader, node: Comprehension) -> ast.expr:
    if isinstance(node, ast.GeneratorExp):
        node = ast.ListComp(node.elt, node.generators)
    return as_apply(reader, node)


def _items(reader: Reader, target: ast.expr, items: ast.expr) -> list[ast.stmt]:
    """`line = each(script.lines)`: the names of the loop, once per item."""
    if isinstance(items, ast.Call) and isinstance(items.func, ast.Name):
        wrapper, args = items.func.id, items.args
        if wrapper == "zip" and isinstance(target, ast.Tuple) and len(target.elts) == len(args):
            return [
                line
                for part, xs in zip(target.elts, args, strict=True)
                for line in (_items(reader, part, xs) if reader.known(xs).is_lazy else [_assign_to(part, _each(xs))])
            ]
        if reader.known(items.func).kind is Kind.THING and args:
            listed = ast.Call(name("list"), [items], []) if wrapper not in {"sorted", "list"} else items
            reader.record.values.pop(items, None)
            items = as_apply(reader, listed)
    if isinstance(target, ast.Tuple):
        item = "item" if "item" not in names_in([target, items]) else "one"
        parts = [
            _assign_to(part, ast.Subscript(name(item), ast.Constant(index), ast.Load()))
            for index, part in enumerate(target.elts)
        ]
        return [assign(item, _each(items)), *parts]
    return [_assign_to(target, _each(items))]


def _each(items: ast.expr) -> ast.expr:
    return call_of("each", items)


def _assign_to(target: ast.expr, value: ast.expr) -> ast.stmt:
    return ast.Assign([target], value, lineno=0)


def _as_load(target: ast.expr) -> ast.expr:
    return ast.parse(ast.unparse(target), mode="eval").body


def _appended(line: ast.stmt) -> tuple[str, ast.expr] | None:
    """The list and the value of `clips.append(value)`."""
    if not isinstance(line, ast.Expr) or not isinstance(line.value, ast.Call):
        return None
    call = line.value
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "append" or len(call.args) != 1:
        return None
    return (call.func.value.id, call.args[0]) if isinstance(call.func.value, ast.Name) else None


def _as_fold(loop: ast.For | ast.AsyncFor) -> str | None:
    """`total = accumulate(step, items, total)` where the loop adds each item to what it has."""
    if len(loop.body) != 1 or not isinstance(loop.target, ast.Name):
        return None
    line, item = loop.body[0], loop.target.id
    if isinstance(line, ast.AugAssign) and isinstance(line.target, ast.Name):
        total = line.target.id
        value: ast.expr = ast.BinOp(name(total), line.op, line.value)
    elif isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
        total, value = line.targets[0].id, line.value
    else:
        return None
    if total not in names_in([value]):
        return None
    if (
        isinstance(value, ast.Call)
        and [brief(argument) for argument in value.args] == [total, item]
        and not value.keywords
    ):
        return code(assign(total, call_of("accumulate", value.func, loop.iter, name(total))))
    step = f"@node\ndef step({total}, {item}):\n    return {unparse(value)}\n"
    return step + code(assign(total, call_of("accumulate", name("step"), loop.iter, name(total))))
