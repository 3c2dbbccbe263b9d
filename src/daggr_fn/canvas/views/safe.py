"""Any value as a small JSON tree and as a short text, whatever it does when it is looked at.

A node of the tree is a plain JSON scalar; `{"a": [nodes]}` for a list and `{"o": [[key, node], ...]}` for a mapping,
with `"more"` where items are left out; or `{"t": text, "k": kind}` for what JSON has no word for, files with `"src"`.
"""

from __future__ import annotations

import collections.abc
import dataclasses
import datetime
import decimal
import enum
import itertools
import math
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from daggr_fn.canvas.views.context import ROW_LIMIT, is_a
from daggr_fn.concealing import Hidden
from daggr_fn.values import class_of, is_mapping, is_named_tuple, is_record

TIMES = "\N{MULTIPLICATION SIGN}"
_SAFE_WHOLE = 2**53  # whole numbers above it are not exact in a browser
_MOST_NODES = 2_000
_MOST_DEEP = 20
_LONG = 300
_COLLECTIONS = (list, tuple, set, frozenset, collections.abc.KeysView, collections.abc.ValuesView, range)
_WORDED: tuple[Any, ...] = (datetime.date, datetime.time, datetime.timedelta, decimal.Decimal, uuid.UUID, complex)


def words(value: Any, limit: int = _LONG) -> str:
    """A value in one short text; never an exception, and never a secret."""
    if isinstance(value, Hidden):
        return "<secret>"
    try:
        text = value if isinstance(value, str) else repr(value)
    except Exception as error:  # noqa: BLE001  # the value's own repr may raise anything
        text = f"<{class_of(value).__name__}: its repr raises {class_of(error).__name__}>"
    return text if len(text) <= limit else text[: limit - 1] + "…"


def count_words(count: int) -> str:
    """How many there are: `1204` is "1 204". Of other numbers four digits stay together: they may be a year."""
    return f"{count:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def number_words(value: float) -> str:
    """A number as it is read: `15388` is "15 388"."""
    if isinstance(value, int) and abs(value) >= 10**100:  # Python refuses to write very long ones
        return f"{'-' * (value < 0)}about 10^{int(value.bit_length() * 0.30103)}"
    if isinstance(value, int):
        return count_words(value) if abs(value) >= 10_000 else str(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    whole, dot, rest = f"{value:.10g}".partition(".")
    return f"{number_words(int(whole)) if whole.isdigit() else whole}{dot}{rest}"


def scalar(value: Any) -> Any:
    """A plain JSON scalar, or a `{"t", "k"}` node, for a value that holds no others; `None` itself is a scalar."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, enum.Enum):
        return {"t": words(value.name), "k": "enum"}
    if isinstance(value, int):
        return int(value) if abs(value) < _SAFE_WHOLE else {"t": number_words(int(value)), "k": "number"}
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else {"t": number_words(value), "k": "number"}
    if isinstance(value, str):
        return _clean(words(str(value), ROW_LIMIT * 10))
    if is_a(value, (bytes, bytearray, memoryview)):
        return {"t": f"{count_words(len(value))} bytes", "k": "bytes"}
    if isinstance(value, _WORDED):
        return {"t": str(value), "k": "date" if isinstance(value, (datetime.date, datetime.time)) else "number"}
    if isinstance(value, Path):
        return {"t": _clean(value.name), "k": "file"}
    return _of_numpy(value)


def _of_numpy(value: Any) -> Any:
    """NumPy's and pandas' own scalars have `item()`; everything else is an object."""
    kind = class_of(value)
    if kind.__module__.partition(".")[0] == "numpy" and getattr(value, "shape", None) == ():
        return scalar(value.item())
    if kind.__name__ in ("NaTType", "NAType"):
        return None
    return {"t": _clean(words(value)), "k": "object"}


def _clean(text: str) -> str:
    """Lone halves of surrogate pairs can't be sent as UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")


clean = _clean


class Tree:
    """Makes the tree of one value, and stops when it is big enough to be looked at."""

    def __init__(self, src: Any = None, most: int = _MOST_NODES, each: int = ROW_LIMIT) -> None:
        self._src = src
        self._left = most
        self._each = each
        self._open: set[int] = set()
        self.cut = False

    def node(self, value: Any, depth: int = 0) -> Any:
        """The tree of a value."""
        self._left -= 1
        inside = _inside(value)
        if inside is None:
            return self._leaf(value)
        if id(value) in self._open:
            return {"t": "itself again", "k": "object"}
        if depth >= _MOST_DEEP or self._left <= 0:
            self.cut = True
            return {"t": f"{_size(value)} items" if _size(value) is not None else "…", "k": "cut"}
        self._open.add(id(value))
        try:
            return self._branch(value, inside, depth)
        finally:
            self._open.discard(id(value))

    def _branch(self, value: Any, inside: tuple[str, Iterable[Any]], depth: int) -> Any:
        kind, parts = inside
        made: list[Any] = []
        for part in itertools.islice(parts, self._each):
            if self._left <= 0:
                break
            made.append(
                [_clean(words(part[0], 200)), self.node(part[1], depth + 1)]
                if kind == "o"
                else self.node(part, depth + 1)
            )
        node: dict[str, Any] = {kind: made}
        left_out = (_size(value) or len(made)) - len(made)
        if left_out > 0:
            self.cut = True
            node["more"] = left_out
        return node

    def _leaf(self, value: Any) -> Any:
        node = scalar(value)
        if isinstance(value, Path) and self._src is not None:
            return {**node, "src": self._src(value)}
        if isinstance(value, str) and len(value) > ROW_LIMIT * 10:
            self.cut = True
        return node


def _inside(value: Any) -> tuple[str, Iterable[Any]] | None:
    """What a value holds: `"o"` and pairs, or `"a"` and items; `None` for one that holds nothing."""
    if is_mapping(value):
        return "o", value.items()
    if is_named_tuple(value):
        return "o", zip(value._fields, value, strict=False)
    if is_record(value):
        fields = dataclasses.fields(value)
        return "o", ((field.name, getattr(value, field.name, None)) for field in fields if field.repr)
    if is_a(value, _COLLECTIONS):
        return "a", value
    if class_of(value).__module__.partition(".")[0] == "numpy" and getattr(value, "ndim", 0) > 0:
        return "a", value
    return None


def _size(value: Any) -> int | None:
    try:
        return len(value)
    except Exception:  # noqa: BLE001  # a mapping of the user's may raise anything; its size is then not told
        return None


def json_text(value: Any) -> str:
    """The whole value as indented JSON, with texts for what JSON has no word for."""
    import json

    tree = Tree(most=1_000_000, each=1_000_000)
    return json.dumps(_plain(tree.node(value)), indent=2, ensure_ascii=False)


def _plain(node: Any) -> Any:
    if not is_a(node, dict):
        return node
    if "a" in node:
        return [_plain(one) for one in node["a"]]
    if "o" in node:
        return {key: _plain(one) for key, one in node["o"]}
    return node["t"]
