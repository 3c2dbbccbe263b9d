"""The syntax tree of a function, and what the names in it stand for when it is decorated."""

from __future__ import annotations

import ast
import builtins
import inspect
import tokenize
from dataclasses import dataclass
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

from daggr_fn.parsing import parse

Definition = ast.FunctionDef | ast.AsyncFunctionDef


class _Undefined:
    """Stands for a name that is not defined yet, or is a local one."""

    def __repr__(self) -> str:
        return "<undefined>"


UNDEFINED = _Undefined()


@dataclass(frozen=True, slots=True)
class Source:
    """A function with its definition; the line numbers are those of the file.

    Attributes:
        shared: The names that several functions change, of which nothing is certain at any line.
    """

    function: FunctionType
    definition: Definition
    shared: frozenset[str] = frozenset()

    @property
    def file(self) -> str:
        return self.function.__code__.co_filename

    def lookup(self, name: str) -> object:
        """The object that a name of the function's surroundings stands for, or `UNDEFINED`."""
        code = self.function.__code__
        if name in code.co_varnames or name in code.co_cellvars:
            return UNDEFINED
        if name in code.co_freevars:
            try:
                return (self.function.__closure__ or ())[code.co_freevars.index(name)].cell_contents
            except ValueError:  # assigned after the decoration
                return UNDEFINED
        return self.surrounding(name)

    def surrounding(self, name: str) -> object:
        """The global or builtin object of a name, even where a local one hides it."""
        function: Any = self.function
        if name in function.__globals__:
            return function.__globals__[name]
        return getattr(builtins, name, UNDEFINED)


def read_source(function: FunctionType) -> Source | None:
    """The definition of a function; `None` where there is no source, or it is not that of a `def`."""
    code = function.__code__
    try:
        lines, start = inspect.getsourcelines(code)
    except (OSError, TypeError, SyntaxError, tokenize.TokenError):
        return None
    indented = lines[0][:1].isspace()
    # Not dedented: a string over several lines may reach the margin.
    text = "".join(lines)
    # As many lines before it as in the file, so that the tree has the numbers of the file.
    padding = "\n" * (start - 2) + "if True:\n" if indented else "\n" * (start - 1)
    try:
        statement = parse(padding + text).body[0]
    except (SyntaxError, IndexError):
        return None
    if indented and isinstance(statement, ast.If):
        statement = statement.body[0]
    if not isinstance(statement, Definition) or statement.name != code.co_name:
        return None
    positional = [parameter.arg for parameter in (*statement.args.posonlyargs, *statement.args.args)]
    if tuple(positional) != code.co_varnames[: code.co_argcount]:  # the file has changed since it was imported
        return None
    shared = _shared_names(statement) if "nonlocal " in text or "global " in text else frozenset[str]()
    return Source(function, statement, shared)


def _shared_names(definition: Definition) -> frozenset[str]:
    declared = [part for part in ast.walk(definition) if isinstance(part, (ast.Nonlocal, ast.Global))]
    return frozenset(name for part in declared for name in part.names)


def member(owner: object, name: str) -> object:
    """An attribute of an object, without running code of the user's or importing lazily; or `UNDEFINED`."""
    if isinstance(owner, ModuleType):
        if name in vars(owner):
            return vars(owner)[name]
        # Its names load when they are first used.
        return getattr(owner, name, UNDEFINED) if owner.__name__ == "daggr_fn" else UNDEFINED
    found: object = inspect.getattr_static(owner, name, UNDEFINED)
    if found is UNDEFINED or isinstance(found, property):
        return UNDEFINED
    is_method = isinstance(found, (FunctionType, BuiltinFunctionType, classmethod, staticmethod))
    if is_method or inspect.ismethoddescriptor(found):
        return getattr(owner, name, UNDEFINED)
    return UNDEFINED if hasattr(type(found), "__get__") else found


def dotted_name(thing: object) -> str:
    """Where a function comes from, whatever name it goes by: `random.random`, `datetime.datetime.now`."""
    name = str(getattr(thing, "__name__", ""))
    owner = getattr(thing, "__self__", None)
    if isinstance(owner, ModuleType):
        return f"{owner.__name__}.{name}"
    if isinstance(owner, type):
        return f"{owner.__module__}.{owner.__qualname__}.{name}"
    if owner is not None:
        return f"{type(owner).__module__}.{type(owner).__qualname__}.{name}"
    return f"{getattr(thing, '__module__', '')}.{getattr(thing, '__qualname__', name)}"
