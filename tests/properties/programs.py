"""Random programs of functions and maps, which run as a pipeline and as plain Python."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from daggr_fn import Failed, each, gather, pipeline, product, when


@dataclass(frozen=True)
class Operation:
    """One line of a program: as a step (or several), and as plain Python.

    `takes` and `gives` say what it takes and gives: `i` an integer, `l` a list of integers.
    """

    name: str
    takes: str
    gives: str
    traced: Callable[..., Any]
    plain: Callable[..., Any]


def add(a, b):
    return a + b


def negative(a):
    return -a


def spread(a):
    return list(range(abs(a) % 4))


def total(xs):
    return sum(xs)


def picky(a):
    if a % 3 == 1:
        raise ValueError(a)
    return a


def count_failed(xs):
    return sum(isinstance(x, Failed) for x in xs)


FUNCTIONS = (add, negative, spread, total, picky, count_failed)


def operations(add, negative, spread, total, picky, count_failed) -> list[Operation]:
    """The operations over nodes of `FUNCTIONS`."""
    plain_ones = _operations_on_values(add, negative, spread, total)
    return (
        plain_ones
        + _maps(add, negative)
        + _nested_maps(add, negative, spread, total)
        + _forgiving(negative, picky, count_failed)
    )


def _operations_on_values(add, negative, spread, total):
    return [
        Operation("add", "ii", "i", add, lambda a, b: a + b),
        Operation("negative", "i", "i", negative, lambda a: -a),
        Operation("spread", "i", "l", spread, lambda a: list(range(abs(a) % 4))),
        Operation("total", "l", "i", total, sum),
        Operation("in a list", "iii", "i", lambda a, b, c: total([a, negative(b), c]), lambda a, b, c: a - b + c),
    ]


def _maps(add, negative):
    return [
        Operation("map", "l", "l", lambda xs: gather(negative(each(xs))), lambda xs: [-x for x in xs]),
        Operation(
            "two stages",
            "li",
            "l",
            lambda xs, a: gather(add(negative(each(xs)), a)),
            lambda xs, a: [a - x for x in xs],
        ),
        Operation("zip", "l", "l", lambda xs: gather(add(each(xs), negative(each(xs)))), lambda xs: [0 for _ in xs]),
        Operation(
            "product",
            "ll",
            "l",
            lambda xs, ys: gather(_added(add, xs, ys)),
            lambda xs, ys: [x + y for x in xs for y in ys],
        ),
    ]


def _nested_maps(add, negative, spread, total):
    return [
        Operation(
            "nested",
            "l",
            "l",
            lambda xs: gather(negative(each(spread(each(xs)))), flatten=True),
            lambda xs: [-y for x in xs for y in range(abs(x) % 4)],
        ),
        Operation(
            "nested, inside out",
            "li",
            "l",
            lambda xs, a: gather(total(gather(add(each(spread(each(xs))), a)))),
            lambda xs, a: [sum(y + a for y in range(abs(x) % 4)) for x in xs],
        ),
    ]


def _forgiving(negative, picky, count_failed):
    return [
        Operation(
            "skip",
            "l",
            "l",
            lambda xs: gather(negative(picky(each(xs))), errors="skip"),
            lambda xs: [-x for x in xs if x % 3 != 1],
        ),
        Operation(
            "keep",
            "l",
            "i",
            lambda xs: count_failed(gather(picky(each(xs)), errors="keep")),
            lambda xs: sum(x % 3 == 1 for x in xs),
        ),
    ]


def branching_operations(add, negative, spread, total, picky, _count_failed) -> list[Operation]:
    """Operations that take sides, have backups, or are groups."""

    @pipeline
    def group(x, a):
        big = add(x, a)
        return total(gather(add(each(spread(x)), big)))

    backed_up = picky.or_else(negative)  # taken by a step each time: what nobody takes is no backup

    def plain_group(x, a):
        return sum(y + x + a for y in range(abs(x) % 4))

    return [
        Operation("when", "ii", "i", lambda a, b: when(a, add(a, b), negative(b)), lambda a, b: a + b if a else -b),
        Operation(
            "when, mapped",
            "li",
            "l",
            lambda xs, a: gather(when(negative(each(xs)), add(each(xs), a), a)),
            lambda xs, a: [x + a if x else a for x in xs],
        ),
        Operation("backup", "i", "i", lambda a: add(backed_up(a), 0), lambda a: -a if a % 3 == 1 else a),
        Operation(
            "backup, mapped",
            "l",
            "l",
            lambda xs: gather(add(backed_up(each(xs)), 0)),
            lambda xs: [-x if x % 3 == 1 else x for x in xs],
        ),
        Operation("group", "ii", "i", group, plain_group),
        Operation(
            "group, mapped",
            "li",
            "l",
            lambda xs, a: gather(group(each(xs), a)),
            lambda xs, a: [plain_group(x, a) for x in xs],
        ),
    ]


def _added(add, xs, ys):
    x, y = product(xs, ys)
    return add(x, y)


@dataclass(frozen=True)
class Program:
    """Lines, each an operation's number and the places of its arguments among the earlier values."""

    lines: tuple[tuple[int, tuple[int, ...]], ...]

    def run(self, table: list[Operation], how: str, a: Any, b: Any, xs: Any) -> list[Any]:
        """All values, in order, with the operations as they are `traced` or `plain`."""
        values = [a, b, xs]
        for number, places in self.lines:
            values.append(getattr(table[number], how)(*(values[place] for place in places)))
        return values[3:]


@st.composite
def programs(draw: Any, max_lines: int = 10, table: list[Operation] | None = None) -> Program:
    table = operations(*FUNCTIONS) if table is None else table
    kinds = ["i", "i", "l"]
    lines, products = [], 0
    for _ in range(draw(st.integers(1, max_lines))):
        number = draw(st.integers(0, len(table) - 1))
        if table[number].name == "product" and (products := products + 1) > 1:
            continue  # it squares the length of its list: a second one makes thousands of items
        places = tuple(
            draw(st.sampled_from([place for place, kind in enumerate(kinds) if kind == wanted]))
            for wanted in table[number].takes
        )
        lines.append((number, places))
        kinds.append(table[number].gives)
    return Program(tuple(lines))
