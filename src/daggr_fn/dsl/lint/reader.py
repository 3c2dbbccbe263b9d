"""Reading a body once, in order, with what is known about each name; the rules for each kind of syntax register."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from daggr_fn.dsl.lint.finding import Finding
from daggr_fn.dsl.lint.value import UNKNOWN, Value, drawn
from daggr_fn.errors import LazyValueError, WiringError
from daggr_fn.places import Place

if TYPE_CHECKING:
    from collections.abc import Generator

    from daggr_fn.dsl.lint.source import Source

Names = Callable[[object], "str | None"]
"""What a Python object is: "node", "record" (a node or pipeline whose steps may unpack into several outputs),
"pipeline", "lazy" (`each`, `apply`, `when`, ...: its call returns a port), or `None`."""

_Rule = TypeVar("_Rule", bound=Callable[..., Any])
_EXPRESSIONS: dict[type[ast.AST], Callable[[Reader, Any], Value]] = {}
_STATEMENTS: dict[type[ast.AST], Callable[[Reader, Any], None]] = {}


def reads(*kinds: type[ast.expr]) -> Callable[[_Rule], _Rule]:
    """Register how expressions of these kinds are read."""

    def register(rule: _Rule) -> _Rule:
        _EXPRESSIONS.update(dict.fromkeys(kinds, rule))
        return rule

    return register


def follows(*kinds: type[ast.stmt]) -> Callable[[_Rule], _Rule]:
    """Register how statements of these kinds are followed."""

    def register(rule: _Rule) -> _Rule:
        _STATEMENTS.update(dict.fromkeys(kinds, rule))
        return rule

    return register


@dataclass(slots=True)
class Draw:
    """A call whose result is frozen when the body is traced, and where it went.

    Attributes:
        whole: The plain expression around the call that makes the value which is used.
        name: The name that stands for it, if any.
        arrives_in: The step that is given the value.
    """

    call: ast.Call
    file: str
    whole: ast.expr
    name: str = ""
    arrives_in: ast.Call | None = None


@dataclass(slots=True)
class Record:
    """What readers of the body and of its helpers collect together."""

    pipeline: str
    what_is: Names
    findings: list[Finding] = field(default_factory=list[Finding])
    draws: list[Draw] = field(default_factory=list[Draw])
    values: dict[ast.AST, Value] = field(default_factory=dict[ast.AST, Value])
    helpers: dict[object, Value] = field(default_factory=dict[object, Value])
    seeded: bool = False


@dataclass(slots=True)
class Reader:
    """One way through one function.

    Attributes:
        names: What is known of each local name by now.
        bound: The local names that may have a value by now.
        steps: The calls of nodes and pipelines, in order.
        returns: What the function returned, for a helper.
        levels: How many levels of helpers below this one are read as well.
        assigned: The names that whole expressions are assigned to; "return" for the result.
        enclosing: The calls that comprehensions are arguments of.
        block: The statements after the one that is being followed.
    """

    source: Source
    record: Record
    names: dict[str, Value] = field(default_factory=dict[str, Value])
    bound: set[str] = field(default_factory=set[str])
    steps: list[ast.Call] = field(default_factory=list[ast.Call])
    returns: list[Value] = field(default_factory=list[Value])
    levels: int = 1
    block: list[ast.stmt] = field(default_factory=list[ast.stmt])
    assigned: dict[ast.expr, str] = field(default_factory=dict[ast.expr, str])
    enclosing: dict[ast.expr, ast.Call] = field(default_factory=dict[ast.expr, ast.Call])

    def read(self, node: ast.expr) -> Value:
        """What an expression is; mistakes in it are reported."""
        rule = _EXPRESSIONS.get(type(node))
        value = rule(self, node) if rule is not None else self.read_parts(node)
        self.record.values[node] = value
        return value

    def read_parts(self, node: ast.AST) -> Value:
        """Read the expressions that a piece of syntax consists of; nothing is known of the whole."""
        draws: frozenset[int] = frozenset()
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.expr):
                draws |= self.read(part).draws
            else:
                draws |= self.read_parts(part).draws
        return drawn(draws)

    def follow(self, statements: list[ast.stmt]) -> bool:
        """Follow statements in order; whether the way ends there (return, raise, break, continue)."""
        for index, statement in enumerate(statements):
            self.block = statements[index + 1 :]
            rule = _STATEMENTS.get(type(statement))
            if rule is not None:
                rule(self, statement)
            else:
                self.read_parts(statement)
            if isinstance(statement, (ast.Return, ast.Raise, ast.Break, ast.Continue)):
                return True
        return False

    def known(self, node: ast.AST) -> Value:
        """What was found out about an expression when it was read."""
        return self.record.values.get(node, UNKNOWN)

    def place(self, node: ast.AST) -> Place:
        return Place(self.source.file, getattr(node, "lineno", self.source.definition.lineno))

    @contextmanager
    def muted(self) -> Generator[None]:
        """Read without reporting: what follows from a mistake that was reported is no second one."""
        findings = list(self.record.findings)
        yield
        self.record.findings[:] = findings

    def refuse(self, node: ast.AST, port: ast.expr, did: str, instead: str | None = None) -> None:
        """Report a port, or a string that holds one, that is used as if it had its value."""
        value = self.known(port)
        here = self.place(node)
        made_at = value.made if value.made != here else None
        what = f"{brief(port)} has no value while the pipeline is traced, but {did}"
        self.add(LazyValueError(what, here=here, made_at=made_at, instead=instead))

    def report(
        self,
        node: ast.AST,
        what: str,
        *,
        instead: str | None = None,
        notes: dict[str, str] | None = None,
        error: bool = True,
    ) -> None:
        """Report any other mistake."""
        self.add(WiringError(what, here=self.place(node), instead=instead, notes=notes), error=error)

    def add(self, message: WiringError, *, error: bool = True) -> None:
        if all(str(message) != str(other.message) for other in self.record.findings):
            self.record.findings.append(Finding(error, message))


def first_lazy(reader: Reader, nodes: Iterable[ast.expr]) -> ast.expr | None:
    """The first of some expressions, already read, that is a port or a string that holds one."""
    return next((node for node in nodes if reader.known(node).is_lazy), None)


def unparse(node: ast.AST) -> str:
    """The code of a piece of syntax, with double quotes where that is as good."""
    text = ast.unparse(ast.fix_missing_locations(node)).replace("lambda :", "lambda:")  # Python 3.10
    return text if '"' in text or "\\" in text else text.replace("'", '"')


def brief(node: ast.AST, width: int = 60) -> str:
    """The code of an expression, shortened for a message."""
    text = " ".join(unparse(node).split())
    return text if len(text) <= width else f"{text[: width - 1]}…"
