"""The digest of a function's code: of itself and of all of the user's own code that it uses.

One walk visits every function, class and global that can be reached, and writes down what each does; what was visited
before is referred to by its number, so recursion ends. Names of functions, files and modules are not written.
"""

from __future__ import annotations

import builtins
import functools
import hashlib
import inspect
import sys
import types
from typing import TYPE_CHECKING, Any

from daggr_fn.errors import NotReusable
from daggr_fn.execution.memo.bytecode import Chain, meaning
from daggr_fn.execution.memo.classes import fields_of, members
from daggr_fn.execution.memo.digests import Encoder, is_a
from daggr_fn.execution.memo.freshness import GONE, Watch
from daggr_fn.execution.memo.origin import (
    is_component,
    is_users_code,
    is_users_module,
    is_users_type,
    node_kind,
    type_of,
)
from daggr_fn.execution.memo.syntax import absolute_name, find_module, table_of, whole_text

if TYPE_CHECKING:
    from collections.abc import Callable

_NAMES_OF_MODULE = frozenset({"__name__", "__file__", "__spec__", "__doc__", "__package__", "__loader__"})
_CACHED = type(functools.lru_cache(lambda: None))
_MOST_KNOWN = 10_000
_VERSION = f"python {sys.version_info.major}.{sys.version_info.minor}"

_known: dict[int, tuple[object, str, Watch]] = {}


def code_digest(function: Callable[..., Any]) -> str:
    """The digest of the code of a function (or of any callable); remembered as long as nothing of it changed.

    Raises:
        NotReusable: A closure cell, a default or a global holds what can't be hashed; says which.
    """
    known = _known.get(id(function))
    if known is not None and known[0] is function and known[2].is_fresh():
        return known[1]
    walk = _Walk()
    walk.refer(function)
    digest = walk.digest()
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    _known[id(function)] = (function, digest, walk.watch)
    return digest


class _Walk:
    """One walk from one function; `facts` is what it wrote down."""

    def __init__(self) -> None:
        self.facts: list[bytes] = [_VERSION.encode()]
        self.watch = Watch()
        self._numbers: dict[object, int] = {}
        self._held: list[object] = []  # an id is worth something only while its object lives

    def digest(self) -> str:
        return hashlib.sha256(b"\0".join(self.facts)).hexdigest()

    def write(self, *words: str) -> None:
        self.facts.append("\x01".join(words).encode("utf-8", "surrogatepass"))

    def refer(self, thing: Any) -> str:
        """Write down what a thing does when it is met for the first time; return its number."""
        mark = id(thing)
        number = self._numbers.get(mark)
        if number is None:
            number = self._numbers[mark] = len(self._numbers)
            self._held.append(thing)
            self.write("begin", str(number))
            self._describe(thing)
            self.write("end")
        else:
            self.write("see", str(number))
        return f"code {number}"

    def _describe(self, thing: Any) -> None:
        if isinstance(thing, types.FunctionType):
            self._function(thing)
        elif isinstance(thing, types.MethodType):
            self.refer(thing.__func__)
            self.value("self", thing.__self__)
        elif is_a(thing, functools.partial):
            self.refer(thing.func)
            self.value("partial", [thing.args, thing.keywords])
        elif is_a(thing, (staticmethod, classmethod)):
            self.write(type(thing).__name__)
            self.refer(thing.__func__)
        elif isinstance(thing, property):
            for part in (thing.fget, thing.fset, thing.fdel):
                if part is not None:
                    self.refer(part)
        elif isinstance(thing, type):
            self._class(thing)
        elif node_kind(thing) is not None:
            self._node(node_kind(thing))
        elif is_a(thing, _CACHED) or hasattr(thing, "__wrapped__"):
            self.write("wrapped", type(thing).__qualname__)
            self.refer(thing.__wrapped__)
        elif isinstance(thing, (types.BuiltinFunctionType, types.ModuleType)):
            self._builtin(thing)
        else:
            self.value("object", thing)

    def _builtin(self, thing: Any) -> None:
        owner = getattr(thing, "__self__", None)
        self.write("library", f"{getattr(thing, '__module__', '')}.{getattr(thing, '__qualname__', thing.__name__)}")
        if owner is not None and not isinstance(owner, (types.ModuleType, type)):
            self.value("self", owner)

    def _function(self, function: types.FunctionType) -> None:
        self.watch.function(function)
        users = is_users_code(function.__code__)
        if users:
            self._body(function)
        else:
            self.write("library", f"{function.__globals__.get('__name__')}.{function.__code__.co_name}")
        self._cells(function, strict=users)
        if users and (function.__defaults__ or function.__kwdefaults__):
            named = function.__kwdefaults__
            self.value("defaults", (function.__defaults__, [named]) if named else (function.__defaults__,))
        wrapped = vars(function).get("__wrapped__")
        if wrapped is not None:
            self.write("wraps")
            self.refer(wrapped)

    def _body(self, function: types.FunctionType) -> None:
        found = meaning(function.__code__, _constant)
        self.facts.append(found.text)
        namespace = function.__globals__
        for chain in found.globals:
            self.write("global")
            self._chain(namespace, chain)
        for level, name in found.imports:
            self._late_import(absolute_name(level, name, namespace.get("__package__")))

    def _cells(self, function: types.FunctionType, *, strict: bool) -> None:
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
            self.watch.cell(cell)
            try:
                content = cell.cell_contents
            except ValueError:  # not bound yet
                self.write("empty cell")
                continue
            try:
                self.value(f"the variable {name!r}, which {function.__qualname__} uses from around it", content)
            except NotReusable:
                if strict:
                    raise
                self.write("cell of a library", type(content).__qualname__)

    def _class(self, kind: type) -> None:
        if not is_users_type(kind):
            self.write("library", f"{kind.__module__}.{kind.__qualname__}")
            return
        for base in kind.__bases__:
            self.refer(base)
        if type(kind) is not type:
            self.refer(type(kind))
        namespace = vars(sys.modules[kind.__module__]) if kind.__module__ in sys.modules else {}
        table = table_of(namespace)
        by_syntax = table is not None and kind.__qualname__ in table.statements
        if by_syntax:
            self._statements(namespace, kind.__qualname__)
        else:
            self._loosely("fields", fields_of(kind))
        for name, member in members(kind):
            self.watch.name(kind.__dict__, name, member)
            if isinstance(member, (types.FunctionType, staticmethod, classmethod, property, type, _CACHED)):
                self.write("member", name)
                self.refer(member)
            elif not by_syntax:
                self._loosely(name, member)

    def _loosely(self, name: str, member: Any) -> None:
        """What a class made on the fly holds: by content where that can be told, else by its type."""
        try:
            self.value(name, member)
        except NotReusable:
            self.write("member", name, type(member).__qualname__)

    def _node(self, kind: Any) -> None:
        identity = kind.identity()
        self.watch.volatile(lambda: repr(kind.identity().what))
        self.write("node", *identity.what)
        for function in identity.code:
            self.refer(function)

    def value(self, name: str, value: Any) -> None:
        """Write down a value by its content; functions, classes and nodes in it by their code."""
        encoder = Encoder(self.refer, self._visit_type)
        try:
            encoded = encoder.encode(value)
        except NotReusable as error:
            raise NotReusable(f"{name}: {error}") from error
        self.watch.value(value, encoded)
        self.write("value", name if name in {"self", "partial", "defaults", "object"} else "")
        self.facts.append(hashlib.sha256(encoded).digest())

    def _visit_type(self, kind: type) -> None:
        self.refer(kind)

    def _chain(self, namespace: dict[str, Any], chain: Chain) -> None:
        """Write down what a global is, following attributes through the user's modules: `helpers.clean`."""
        name, *rest = chain
        if name in _NAMES_OF_MODULE:
            self.write(name)
            return
        if name not in namespace:
            self.watch.name(namespace, name, GONE)
            self.write("builtin" if hasattr(builtins, name) else "nothing", name, *rest)
            return
        value = namespace[name]
        while isinstance(value, types.ModuleType) and is_users_module(value) and rest and rest[0] in vars(value):
            self.watch.name(namespace, name, value)
            namespace, name = vars(value), rest.pop(0)
            value = namespace[name]
        self._global(namespace, name, value)
        self.write("then", *rest)

    def _global(self, namespace: dict[str, Any], name: str, value: Any) -> None:
        if isinstance(value, types.ModuleType):
            self.watch.name(namespace, name, value)
            self.write("module", value.__name__ if not is_users_module(value) else whole_text(value))
        elif _has_code(value):
            self.watch.name(namespace, name, value)
            self.refer(value)
        elif self._by_syntax(namespace, name):
            self.watch.type_of(namespace, name, value)
            if is_users_type(type_of(value)):
                self.refer(type(value))
        else:
            self.watch.name(namespace, name, value)
            self.value(f"the global {name!r}", value)

    def _by_syntax(self, namespace: dict[str, Any], name: str) -> bool:
        """Write down the statements that bind a global, in the module where they stand; false when none is found."""
        table = table_of(namespace)
        if table is None:
            return False
        if name in table.statements:
            self._statements(namespace, name)
            return True
        package = namespace.get("__package__")
        if name in table.imported:
            level, module_name, original = table.imported[name]
            module = find_module(level, module_name, package)
            if module is not None and not is_users_module(module):
                self.write("library", f"{module.__name__}.{original}")
                return True
            same = module is not None and vars(module).get(original, GONE) is namespace[name]  # else: since reloaded
            return module is not None and same and self._by_syntax(vars(module), original)
        modules = [find_module(level, module_name, package) for level, module_name in table.stars]
        found = [one for one in modules if one is not None and vars(one).get(name, GONE) is namespace[name]]
        return any(is_users_module(one) and self._by_syntax(vars(one), name) for one in found)

    def _statements(self, namespace: dict[str, Any], name: str) -> None:
        mark = (id(namespace), name)
        if mark in self._numbers:
            self.write("see", str(self._numbers[mark]))
            return
        self._numbers[mark] = len(self._numbers)
        self.watch.load(namespace)
        table = table_of(namespace)
        assert table is not None
        self.write("syntax", table.dump(name))
        for chain in table.reads(name):
            if chain[0] in namespace:
                self._chain(namespace, chain)

    def _late_import(self, name: str) -> None:
        """A module that a function imports when it runs counts as a whole, so that loading it changes nothing."""
        module = sys.modules.get(name) or _loaded_quietly(name)
        if isinstance(module, types.ModuleType) and is_users_module(module):
            self.watch.load(vars(module))
            self.write("imports", whole_text(module))
        else:
            self.write("imports", name)


def _loaded_quietly(name: str) -> types.ModuleType | None:
    """A stand-in with the source of a module that is not loaded yet; `None` when it isn't the user's."""
    import importlib.util

    top = name.partition(".")[0]
    if name != top and top not in sys.modules:
        return None  # its package would have to be run to find it
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError, AttributeError):
        return None
    if spec is None or not spec.origin or not spec.has_location:
        return None
    stand_in = types.ModuleType(name)
    stand_in.__file__ = spec.origin
    stand_in.__spec__ = spec
    return stand_in


def _has_code(value: Any) -> bool:
    if isinstance(value, (types.FunctionType, types.MethodType, types.BuiltinFunctionType, functools.partial, type)):
        return True
    if isinstance(value, (staticmethod, classmethod, property, _CACHED)):
        return True
    if is_component(value):
        return False
    return node_kind(value) is not None or isinstance(
        inspect.getattr_static(value, "__wrapped__", None), types.FunctionType
    )


def _constant(value: Any) -> bytes:
    return Encoder(_no_code).encode(value)


def _no_code(thing: Any) -> str:
    raise NotReusable(f"a constant holds {thing!r}")
