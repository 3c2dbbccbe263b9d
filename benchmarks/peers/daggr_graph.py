"""`daggr` with its own executor, one node after the other."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from typing import Any

os.environ.setdefault("HF_HOME", tempfile.mkdtemp(prefix="bench-daggr-"))
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_OFFLINE"] = "1"

import work
from daggr import FnNode, Graph
from daggr.executor import SequentialExecutor


def chain() -> list[Any]:
    nodes = [FnNode(work.start, name="n0")]
    for i in range(work.CHAIN):
        nodes.append(FnNode(work.increment, name=f"n{i + 1}", inputs={"x": nodes[-1].output}, concurrent=True))
    return nodes


def mapped() -> list[Any]:
    return _mapped(work.zeros, work.increment, "x")


def items() -> list[Any]:
    return _mapped(work.items, work.item, "i")


def _mapped(source: Any, function: Any, parameter: str) -> list[Any]:
    first = FnNode(source, name="source")
    each = FnNode(function, name="each", inputs={parameter: first.output.each}, concurrent=True)
    return [first, each, FnNode(work.total, name="total", inputs={"numbers": each.output.all()})]


def _prepared(make: Callable[[], list[Any]]) -> Callable[[], Callable[[], Any]]:
    def prepare() -> Callable[[], Any]:
        nodes = make()
        executor = SequentialExecutor(Graph("bench", nodes=nodes))
        last = nodes[-1]._name
        return lambda: executor.execute_all({})[last]["output"]

    return prepare


SHAPES = {"chain": _prepared(chain), "map": _prepared(mapped), "items": _prepared(items)}
