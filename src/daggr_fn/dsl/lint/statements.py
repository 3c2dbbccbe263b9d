"""How statements are followed: assignments, what is left unused, and the ways that meet again after a branch."""

from __future__ import annotations

import ast

from daggr_fn.dsl.lint.binding import bind, forget_items, read_looped
from daggr_fn.dsl.lint.calls import refuse_uncalled
from daggr_fn.dsl.lint.closures import refuse_decorated
from daggr_fn.dsl.lint.frozen import is_free
from daggr_fn.dsl.lint.loops import loop_as_map
from daggr_fn.dsl.lint.reader import Reader, brief, follows
from daggr_fn.dsl.lint.rewrite import as_apply, assign, code, name
from daggr_fn.dsl.lint.value import UNKNOWN, Kind, Value, drawn, joined


@follows(ast.Assign)
def follow_assignment(reader: Reader, node: ast.Assign) -> None:
    """Follow `a = b = value`, and `a, b = x, y` pair by pair."""
    target = node.targets[0]
    if isinstance(target, ast.Name):
        reader.assigned[node.value] = target.id
    value = reader.read(node.value)
    _widen_draws(reader, node.value, value)
    if isinstance(node.value, ast.Name) and value.kind is Kind.ITEMS:  # two names for one list
        forget_items(reader, node.value)
        value = reader.names.get(node.value.id, UNKNOWN)
    for target in node.targets:
        pairs = _pairs(target, node.value)
        for part, item in pairs:
            bind(reader, part, reader.known(item))
        if not pairs:
            bind(reader, target, value)


def _pairs(target: ast.expr, value: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    if not isinstance(target, (ast.Tuple, ast.List)) or not isinstance(value, (ast.Tuple, ast.List)):
        return []
    starred = any(isinstance(part, ast.Starred) for part in (*target.elts, *value.elts))
    if starred or len(target.elts) != len(value.elts):
        return []
    return list(zip(target.elts, value.elts, strict=True))


def _widen_draws(reader: Reader, node: ast.expr, value: Value) -> None:
    """Remember the whole expression that a name with a frozen value stands for."""
    if not value.is_lazy:
        for index in value.draws:
            draw = reader.record.draws[index]
            if draw.arrives_in is None and is_free(reader, node) and any(part is draw.whole for part in ast.walk(node)):
                draw.whole, draw.name = node, reader.assigned.get(node, "")


@follows(ast.AnnAssign)
def follow_annotated(reader: Reader, node: ast.AnnAssign) -> None:
    """Follow `a: T = value`; the annotation of a local name is never evaluated."""
    if node.value is None:
        return
    if isinstance(node.target, ast.Name):
        reader.assigned[node.value] = node.target.id
    value = reader.read(node.value)
    _widen_draws(reader, node.value, value)
    bind(reader, node.target, value)


@follows(ast.AugAssign)
def follow_augmented(reader: Reader, node: ast.AugAssign) -> None:
    """Follow `a += value`: in place for a list, else the assignment of `a + value`."""
    if not isinstance(node.target, ast.Name):
        reader.read(node.value)
        bind(reader, node.target, UNKNOWN)
        return
    before = ast.copy_location(name(node.target.id), node.target)
    whole = ast.copy_location(ast.BinOp(before, node.op, node.value), node)
    value = reader.read(whole)
    if reader.names.get(node.target.id, UNKNOWN).kind is Kind.ITEMS:
        forget_items(reader, node.target)
    else:
        bind(reader, node.target, value)


@follows(ast.Expr)
def follow_expression(reader: Reader, node: ast.Expr) -> None:
    """Follow a value that is not used; two steps in a row have no order."""
    reader.read(node.value)
    following = reader.block[0] if reader.block else None
    first, second = node.value, following.value if isinstance(following, ast.Expr) else None
    if not isinstance(second, ast.Call) or not isinstance(first, ast.Call) or first not in reader.steps:
        return
    with reader.muted():
        is_node = reader.read(second.func).kind is Kind.NODE
    if is_node and "after=" not in ast.unparse(second.func):
        one, two = brief(first.func), brief(second.func)
        what = f"{one} and {two} have no order: neither takes a result of the other, and the second may run first"
        ordered = ast.Call(_with_after(second.func), second.args, second.keywords)
        after = code(assign("done", first), ast.Expr(ordered))
        reader.report(second, what, instead=after, error=False)


def _with_after(node: ast.expr) -> ast.expr:
    return ast.Call(ast.Attribute(node, "options", ast.Load()), [], [ast.keyword("after", name("done"))])


@follows(ast.Return)
def follow_return(reader: Reader, node: ast.Return) -> None:
    """Follow the result of the body; a node in it was not called."""
    if node.value is None:
        return
    reader.assigned[node.value] = "return"
    reader.returns.append(reader.read(node.value))
    refuse_uncalled(reader, node.value, node)


def _branch(reader: Reader, *blocks: list[ast.stmt]) -> None:
    """Follow several ways that start here and meet again; a way that ends inside does not arrive."""
    names, bound = reader.names, reader.bound
    arriving: list[dict[str, Value]] = []
    met = set(bound)
    for block in blocks:
        reader.names, reader.bound = dict(names), set(bound)
        if not reader.follow(block):
            arriving.append(reader.names)
        met |= reader.bound
    reader.bound = met
    reader.names = arriving[0] if arriving else names
    for other in arriving[1:]:
        reader.names = joined(reader.names, other)


def follow_ways(reader: Reader, *blocks: list[ast.stmt]) -> None:
    """Follow the blocks of one statement, and leave the statements after it as they are."""
    after = reader.block
    _branch(reader, *blocks)
    reader.block = after


@follows(ast.For, ast.AsyncFor)
def follow_for(reader: Reader, node: ast.For | ast.AsyncFor) -> None:
    """Follow a loop; over a port it is written anew with `each`."""
    items, port = read_looped(reader, node.iter)
    before = dict(reader.names)
    bind(reader, node.target, UNKNOWN if port is not None else items.element or UNKNOWN)
    if port is None:
        follow_ways(reader, node.body, [])
        follow_ways(reader, node.orelse)
        return
    with reader.muted():
        follow_ways(reader, node.body)
    reader.refuse(node, port, "a `for` loop went over it", loop_as_map(reader, node))
    # What the loop would have made is not known, and no second mistake.
    reader.names = joined(before, reader.names)


@follows(ast.With, ast.AsyncWith)
def follow_with(reader: Reader, node: ast.With | ast.AsyncWith) -> None:
    """Follow a `with`: the steps in it run later, when it is over."""
    from_us = False
    for item in node.items:
        value = reader.read(item.context_expr)
        if value.is_lazy:
            reader.refuse(node, item.context_expr, "it was used in a `with`", "a node that opens and closes it")
        from_us = from_us or reader.known(getattr(item.context_expr, "func", item.context_expr)).kind is Kind.LAZY
        if item.optional_vars is not None:
            bind(reader, item.optional_vars, drawn(value.draws))
    steps = len(reader.steps)
    follow_ways(reader, node.body)
    if len(reader.steps) > steps and not from_us:
        step = brief(reader.steps[steps].func)
        context = ", ".join(brief(item.context_expr) for item in node.items)
        what = f"`with {context}` is over when {step} runs: the body is traced first, and its steps run later"
        inside = f"@node\ndef {step.rpartition('.')[2]}(...):\n    with {context}:\n        ..."
        reader.report(node, what, instead=inside, error=False)


@follows(ast.Delete)
def follow_delete(reader: Reader, node: ast.Delete) -> None:
    """Follow `del`: a name can go, a part of a port can't."""
    for target in node.targets:
        if isinstance(target, ast.Name):
            if reader.names.get(target.id, UNKNOWN).is_lazy:
                what = f"del forgets the name {target.id} alone: its step stays in the pipeline, and runs"
                reader.report(node, what, instead="the call left out, or only=... to run a part", error=False)
            reader.names[target.id] = UNKNOWN
        elif isinstance(target, (ast.Subscript, ast.Attribute)) and reader.read(target.value).is_lazy:
            reader.refuse(node, target.value, "a part of it was deleted", "a node that returns the changed value")


@follows(ast.FunctionDef, ast.AsyncFunctionDef)
def follow_definition(reader: Reader, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    """Follow a function that is defined in the body."""
    ours = False
    for decorator in node.decorator_list:
        reader.read(decorator)
        named = decorator.func if isinstance(decorator, ast.Call) else decorator
        thing = reader.known(named).thing
        ours = ours or str(getattr(thing, "__module__", "")).partition(".")[0] == "daggr_fn"
    if ours:
        refuse_decorated(reader, node)
    value = UNKNOWN if node.decorator_list else Value(Kind.HELPER, thing=node)
    bind(reader, ast.Name(node.name, ast.Store()), value)


@follows(ast.ClassDef)
def follow_class(reader: Reader, node: ast.ClassDef) -> None:
    """A class in the body is left alone."""
    bind(reader, ast.Name(node.name, ast.Store()), UNKNOWN)


@follows(ast.Import, ast.ImportFrom)
def follow_import(reader: Reader, node: ast.Import | ast.ImportFrom) -> None:
    """What an import in the body brings is not known."""
    for alias in node.names:
        local = alias.asname or alias.name.partition(".")[0]
        bind(reader, ast.Name(local, ast.Store()), UNKNOWN)


@follows(ast.Assert)
def follow_assert(reader: Reader, node: ast.Assert) -> None:
    """Follow `assert`: what it checks is known in the run."""
    from daggr_fn.dsl.lint.conditions import read_test

    def instead() -> str:
        return code(as_apply(reader, node.test)) + ", or a node that raises"

    read_test(reader, node, node.test, "`assert` needs it", instead)
