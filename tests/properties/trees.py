"""Random programs with conditions, choices, backups, retries, turns, maps and groups, as pipelines and as plain Python.

A program is a tree: what it computes is needed in one place only. So plain Python, which evaluates a side only when it
is taken, makes exactly the calls that a run has to make.
"""

from __future__ import annotations

import contextlib
import functools
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import strategies as st

from daggr_fn import Pool, Retry, accumulate, choice, each, gather, node, pipeline, repeat, switch, when
from daggr_fn.annotations import enum_values
from tests.properties.notes import note, tried


def mixed(label: str, x: int, y: int = 0) -> int:
    note(label, x, y)
    return x - 2 * y + 1


def negated(x: int, label: str) -> int:
    note(label, "negated", x)
    return -x


def flaky(label: str, x: int, failures: int) -> int:
    """Fails so often before it succeeds; equal calls that go on at the same time share the failures."""
    number = tried(label, x) % (failures + 1)
    note(label, "attempt", x, number)
    if number < failures:
        raise ConnectionError(f"{label}: {x}")
    return x + failures


def fragile(label: str, x: int) -> int:
    note(label, "fragile", x)
    if x % 3 == 1:
        raise ConnectionError(f"{label}: {x}")
    return x


def grown(x: int, label: str) -> int:
    note(label, "turn", x)
    return x + 3


def added(so_far: int, item: int) -> int:
    note("fold", so_far, item)
    return so_far + item


def spread(label: str, x: int) -> list[int]:
    note(label, "spread", x)
    return list(range(abs(x) % 3))


def total(label: str, xs: list[int]) -> int:
    note(label, "total", *xs)
    return sum(xs)


def enough(x: int) -> bool:
    return x % 4 == 0


_mixed, _negated, _grown, _added, _total = map(node, (mixed, negated, grown, added, total))
_pool = Pool("of the trees", limit=1, rate="100000/second")  # so many never begin: it is there, and nobody waits
_fragile, _spread = node(fragile, pool=_pool), node(spread, pool=_pool, limit=2)
_flaky = node(flaky, retries=Retry(99, wait=0, jitter=0), limit=1)


@dataclass(frozen=True)
class Where:
    """A place in a program that is carried out.

    Attributes:
        path: The place in the tree: a label for what is called there.
        own: The values of the innermost map or group, of which everything there is made.
        every: Those and the values around, for the second argument of a call.
        picks: For the path of a choice which variant is picked.
    """

    path: str
    own: tuple[Any, ...]
    every: tuple[Any, ...]
    picks: Mapping[str, int]

    def below(self, number: int, *own: Any) -> Where:
        """The place of a part, inside of a map or group of these values if there are some."""
        path = f"{self.path}_{number}"
        return (
            Where(path, own, (*self.every, *own), self.picks) if own else Where(path, self.own, self.every, self.picks)
        )


Tree = Any


@dataclass(frozen=True)
class Value:
    number: int

    def traced(self, at: Where) -> Any:
        return at.own[self.number % len(at.own)]

    plain = traced


@dataclass(frozen=True)
class Mix:
    x: Tree
    other: int

    def traced(self, at: Where) -> Any:
        return _mixed(at.path, self.x.traced(at.below(0)), at.every[self.other % len(at.every)])

    def plain(self, at: Where) -> int:
        return mixed(at.path, self.x.plain(at.below(0)), at.every[self.other % len(at.every)])


@dataclass(frozen=True)
class When:
    condition: Tree | bool
    then: Tree
    otherwise: Tree | None

    def traced(self, at: Where) -> Any:
        sides = [side.traced(at.below(i)) for i, side in enumerate((self.then, self.otherwise), 1) if side is not None]
        fixed = isinstance(self.condition, bool)
        chosen = when(self.condition if fixed else self.condition.traced(at.below(0)), *sides)
        return _mixed(at.path, switch(chosen, {None: -1}, default=chosen))

    def plain(self, at: Where) -> int:
        if self.condition if isinstance(self.condition, bool) else self.condition.plain(at.below(0)):
            chosen = self.then.plain(at.below(1))
        else:
            chosen = -1 if self.otherwise is None else self.otherwise.plain(at.below(2))
        return mixed(at.path, chosen)


@dataclass(frozen=True)
class Switch:
    key: Tree
    cases: tuple[Tree, ...]
    default: Tree

    def traced(self, at: Where) -> Any:
        cases = {case: side.traced(at.below(case + 2)) for case, side in enumerate(self.cases)}
        return switch(self.key.traced(at.below(0)), cases, default=self.default.traced(at.below(1)))

    def plain(self, at: Where) -> int:
        key = self.key.plain(at.below(0))
        return (
            self.cases[key].plain(at.below(key + 2)) if 0 <= key < len(self.cases) else self.default.plain(at.below(1))
        )


@dataclass(frozen=True)
class Pick:
    variants: tuple[Tree, Tree]

    def traced(self, at: Where) -> Any:
        made = [_mixed(f"{at.path}v{i}", one.traced(at.below(i))) for i, one in enumerate(self.variants)]
        return choice(*made, name=f"pick{at.path}")

    def plain(self, at: Where) -> int:
        picked = at.picks.get(f"pick{at.path}", 0)
        return mixed(f"{at.path}v{picked}", self.variants[picked].plain(at.below(picked)))


@dataclass(frozen=True)
class PickNode:
    x: Tree

    def traced(self, at: Where) -> Any:
        either = choice(_mixed, _negated, name=f"pick{at.path}")
        return either(label=at.path, x=self.x.traced(at.below(0)))

    def plain(self, at: Where) -> int:
        x = self.x.plain(at.below(0))
        return negated(x, at.path) if at.picks.get(f"pick{at.path}", 0) else mixed(at.path, x)


@dataclass(frozen=True)
class Flaky:
    x: Tree
    failures: int

    def traced(self, at: Where) -> Any:
        return _flaky(at.path, self.x.traced(at.below(0)), self.failures)

    def plain(self, at: Where) -> int:
        x = self.x.plain(at.below(0))
        for _ in range(self.failures):
            with contextlib.suppress(ConnectionError):
                flaky(at.path, x, self.failures)
        return flaky(at.path, x, self.failures)


@dataclass(frozen=True)
class OrElse:
    x: Tree

    def traced(self, at: Where) -> Any:
        return _fragile.or_else(_mixed)(label=at.path, x=self.x.traced(at.below(0)))

    def plain(self, at: Where) -> int:
        x = self.x.plain(at.below(0))
        try:
            return fragile(at.path, x)
        except ConnectionError:
            return mixed(at.path, x)


@dataclass(frozen=True)
class Repeat:
    x: Tree
    turns: int

    def traced(self, at: Where) -> Any:
        return repeat(_grown, until=enough, max_turns=self.turns)(self.x.traced(at.below(0)), at.path)

    def plain(self, at: Where) -> int:
        x = self.x.plain(at.below(0))
        for _ in range(self.turns):
            x = grown(x, at.path)
            if enough(x):
                break
        return x


@dataclass(frozen=True)
class Fold:
    items: Tree

    def traced(self, at: Where) -> Any:
        return accumulate(_added, _spread(at.path, self.items.traced(at.below(0))), 1)

    def plain(self, at: Where) -> int:
        return functools.reduce(added, spread(at.path, self.items.plain(at.below(0))), 1)


@dataclass(frozen=True)
class Map:
    of: Tree
    body: Tree
    grouped: bool

    def traced(self, at: Where) -> Any:
        item = each(_spread(at.path, self.of.traced(at.below(0))))
        if not self.grouped:
            return _total(at.path, gather(self.body.traced(at.below(1, item))))

        @pipeline
        def group(x):
            return self.body.traced(Where(f"{at.path}_1", (x,), (x,), at.picks))

        return _total(at.path, gather(group(item)))

    def plain(self, at: Where) -> int:
        found = []
        for item in spread(at.path, self.of.plain(at.below(0))):
            below = Where(f"{at.path}_1", (item,), (item,), at.picks) if self.grouped else at.below(1, item)
            found.append(self.body.plain(below))
        return total(at.path, found)


def larger(trees: st.SearchStrategy[Tree]) -> list[st.SearchStrategy[Tree]]:
    """The trees that are made of these."""
    return [
        st.builds(Mix, trees, st.integers(0, 3)),
        st.builds(When, trees | st.booleans(), trees, st.none() | trees),
        st.builds(Switch, trees, st.tuples(trees, trees), trees),
        st.builds(Pick, st.tuples(trees, trees)),
        st.builds(PickNode, trees),
        st.builds(Flaky, trees, st.integers(1, 2)),
        st.builds(OrElse, trees),
        st.builds(Repeat, trees, st.integers(1, 3)),
        st.builds(Fold, trees),
        st.builds(Map, trees, trees, st.booleans()),
    ]


_values = st.builds(Value, st.integers(0, 1))


@st.composite
def _branch(draw: st.DrawFn, made: st.SearchStrategy[Tree], *, often: bool) -> Tree:
    return draw(made if often or draw(st.integers(0, 2)) else _values)


def grown_from(
    larger: Callable[[st.SearchStrategy[Tree]], list[st.SearchStrategy[Tree]]], levels: int = 4
) -> st.SearchStrategy[Tree]:
    """Trees of so many levels at most, of which about two in three go on: `st.recursive` makes hardly any that do."""
    trees: st.SearchStrategy[Tree] = _values
    for level in range(1, levels + 1):
        trees = _branch(st.one_of(larger(trees)), often=level == levels)
    return trees


trees = grown_from(larger)


def pipeline_of(tree: Tree) -> Any:
    @pipeline
    def program(a: int, b: int):
        return _mixed("result", tree.traced(Where("t", (a, b), (a, b), {})))

    return program


def plainly(tree: Tree, picks: Mapping[str, int], a: int, b: int) -> int:
    return mixed("result", tree.plain(Where("t", (a, b), (a, b), picks)))


def chosen(p: Any, seed: int) -> tuple[dict[str, str], dict[str, int]]:
    """A variant for each choice: for the run, and by the choice's place for plain Python."""
    choose, picks = {}, {}
    for number, (name, port) in enumerate(p.dag.choices.items()):
        picked = (seed >> number) & 1
        choose[name] = enum_values(port.annotation)[picked]
        picks[name.rpartition("/")[2]] = picked
    return choose, picks


@contextlib.contextmanager
def nothing_remembered() -> Iterator[None]:
    """A memory of results of its own, for one example."""
    with tempfile.TemporaryDirectory() as home, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGGR_FN_HOME", home)
        yield
