"""What a code object does, without its names, lines, comments and docstring, and which globals it reads."""

from __future__ import annotations

import dis
import types
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

Chain = tuple[str, ...]
"""A global and the attributes that are read from it at once: `("helpers", "clean")`."""

_SKIPPED = frozenset({"NOP", "CACHE", "EXTENDED_ARG", "RESUME", "PRECALL"})
_READS = frozenset({"LOAD_GLOBAL", "LOAD_NAME", "STORE_GLOBAL", "DELETE_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS"})
_ATTRIBUTES = frozenset({"LOAD_ATTR", "LOAD_METHOD"})
_BOUND_IN_CLASS = frozenset({"__qualname__", "__firstlineno__", "__module__", "__doc__"})
_LOOKS_AT_NAMES = frozenset({"locals", "vars", "eval", "exec", "dir"})
_BEHAVIOUR_FLAGS = 0x04 | 0x08 | 0x20 | 0x80 | 0x100 | 0x200  # *args, **kwargs, generator, async kinds
_HAS_DOCSTRING = 0x4000000


@dataclass(frozen=True)
class Meaning:
    """What a code object and all code nested in it do.

    Attributes:
        text: Its instructions; globals by their number.
        globals: The globals that it reads, by number.
        imports: The modules that it imports when it runs, as `(level, module)`.
    """

    text: bytes
    globals: tuple[Chain, ...]
    imports: tuple[tuple[int, str], ...]


_known: dict[types.CodeType, Meaning] = {}
_MOST_KNOWN = 20_000


def meaning(code: types.CodeType, constant: Callable[[Any], bytes]) -> Meaning:
    """The meaning of a code object; remembered.

    Args:
        code: The code of a function.
        constant: Encodes a constant of the code.
    """
    found = _known.get(code)
    if found is None:
        reader = _Reader(constant)
        reader.read(code)
        found = Meaning(b"\n".join(reader.lines), tuple(reader.globals), tuple(reader.imports))
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        _known[code] = found
    return found


class _Reader:
    def __init__(self, constant: Callable[[Any], bytes]) -> None:
        self._constant = constant
        self.lines: list[bytes] = []
        self.globals: dict[Chain, int] = {}
        self.imports: dict[tuple[int, str], int] = {}

    def read(self, code: types.CodeType) -> None:
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        if _LOOKS_AT_NAMES.intersection(code.co_names):
            names = code.co_varnames + code.co_cellvars + code.co_freevars
        shape = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags & _BEHAVIOUR_FLAGS)
        self.lines.append(f"code {shape} {names}".encode())
        every = list(dis.get_instructions(code))
        kept = [one for one in every if one.opname not in _SKIPPED]
        numbers = _numbers(every)
        in_class = not code.co_flags & 0x01
        self._instructions(kept, numbers, in_class=in_class)
        self.lines.extend(_handlers(code, numbers))

    def _instructions(self, kept: list[dis.Instruction], numbers: dict[int, int], *, in_class: bool) -> None:
        for at, one in enumerate(kept):
            after = kept[at + 1] if at + 1 < len(kept) else None
            if one.opname in _READS:
                text = self._global(one, kept, at, in_class=in_class)
            elif one.opcode in dis.hasconst:
                text = self._const(one.argval, after)
            elif one.opcode in dis.hasname:
                text = self._import(kept, at) if one.opname == "IMPORT_NAME" else str(one.argval).encode()
            elif one.opcode in dis.hasjrel or one.opcode in dis.hasjabs:
                text = b"to %d" % numbers.get(one.argval, -1)
            else:
                text = str(one.arg).encode()
            self.lines.append(one.opname.encode() + b" " + text)

    def _import(self, kept: list[dis.Instruction], at: int) -> bytes:
        level = kept[at - 2].argval if at > 1 else 0
        module = (level if isinstance(level, int) else 0, str(kept[at].argval))
        return b"module %d" % self.imports.setdefault(module, len(self.imports))

    def _global(self, one: dis.Instruction, kept: list[dis.Instruction], at: int, *, in_class: bool) -> bytes:
        chain = [str(one.argval)]
        for following in kept[at + 1 :]:
            if following.opname not in _ATTRIBUTES:
                break
            chain.append(str(following.argval))
        if in_class and chain[0] in {"__name__", "__qualname__"}:
            return b"own name"
        number = self.globals.setdefault(tuple(chain), len(self.globals))
        named = one.opname != "LOAD_GLOBAL"  # in a class body the name may be the class's own
        return b"global %d %s" % (number, chain[0].encode() if named else b"")

    def _const(self, value: Any, after: dis.Instruction | None) -> bytes:
        if after is not None and isinstance(value, (str, int)):
            if after.opname == "MAKE_FUNCTION" and isinstance(value, str):
                return b"name"  # Python 3.10 gives a nested function its name here
            if after.opname.startswith("STORE_NAME") and after.argval in _BOUND_IN_CLASS:
                return b"name"
        if isinstance(value, types.CodeType):
            self.lines.append(b"{")
            self.read(value)
            self.lines.append(b"}")
            return b"code"
        return self._constant(value)


def _numbers(every: list[dis.Instruction]) -> dict[int, int]:
    """The number of the instruction at each offset, counting only those that do something."""
    numbers: dict[int, int] = {}
    count = 0
    for one in every:
        numbers[one.offset] = count
        count += one.opname not in _SKIPPED
    numbers[every[-1].offset + 2] = count
    return numbers


def _handlers(code: types.CodeType, numbers: dict[int, int]) -> list[bytes]:
    """Which instructions which handler guards: since Python 3.11 a table says so, and no instruction."""
    rows: list[bytes] = []
    for entry in getattr(dis.Bytecode(code), "exception_entries", ()):
        edges = [numbers.get(offset, offset) for offset in (entry.start, entry.end, entry.target)]
        rows.append(f"guard {edges} {entry.depth} {entry.lasti}".encode())
    return rows
