"""Python source as a syntax tree, from any thread."""

from __future__ import annotations

import ast
import threading

_LOCK = threading.Lock()
_TRIES = 5


def parse(source: str | bytes) -> ast.Module:
    """`ast.parse`, safe in threads.

    CPython 3.11 counts the depth of the trees that it makes once for all threads, and raises `SystemError` where two of
    them make one at a time (https://github.com/python/cpython/issues/106905). So ours are made one after the other,
    and again where somebody else's came between.

    Raises:
        SyntaxError: It is no Python.
        ValueError: It holds null bytes.
    """
    with _LOCK:
        for _ in range(_TRIES - 1):
            try:
                return ast.parse(source)
            except SystemError:
                continue
        return ast.parse(source)
