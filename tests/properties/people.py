"""Random programs that ask people: the trees of `trees` with approvals, choices and questions in them."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from daggr_fn import Question, approve, ask, choose_one, each, gather, pipeline, repeat
from tests.properties.notes import note
from tests.properties.trees import (
    Tree,
    Where,
    _grown,
    _spread,
    _total,
    enough,
    grown,
    grown_from,
    larger,
    spread,
    total,
)


def said(name: str, given: Any) -> Any:
    """What the person of these tests says, who notes down what was asked."""
    note(name, "asked", *(given if isinstance(given, Sequence) else [given]))
    if name.startswith("sift"):
        return given % 2 == 0
    if name.startswith("ok"):
        return True
    return given[sum(given) % len(given)] if name.startswith("one of") else given + 5


def person(question: Question) -> Any:
    name = question.step.rpartition("/")[2]
    return said(name, question.options if question.sort == "choose" else question.value)


async def late_person(question: Question) -> Any:
    return person(question)


@dataclass(frozen=True)
class Approve:
    x: Tree

    def traced(self, at: Where) -> Any:
        return approve(self.x.traced(at.below(0)), name=f"ok{at.path}")

    def plain(self, at: Where) -> int:
        x = self.x.plain(at.below(0))
        said(f"ok{at.path}", x)
        return x


@dataclass(frozen=True)
class ChooseOne:
    options: tuple[Tree, Tree]

    def traced(self, at: Where) -> Any:
        return choose_one([one.traced(at.below(i)) for i, one in enumerate(self.options)], name=f"one of{at.path}")

    def plain(self, at: Where) -> Any:
        return said(f"one of{at.path}", [one.plain(at.below(i)) for i, one in enumerate(self.options)])


@dataclass(frozen=True)
class Ask:
    x: Tree

    def traced(self, at: Where) -> Any:
        return ask(None, value=self.x.traced(at.below(0)), name=f"ask{at.path}")

    def plain(self, at: Where) -> Any:
        return said(f"ask{at.path}", self.x.plain(at.below(0)))


@dataclass(frozen=True)
class AskTurns:
    """A question in every turn, the same each time."""

    x: Tree
    turns: int

    def traced(self, at: Where) -> Any:
        @functools.partial(pipeline, name=f"turn{at.path}")
        def turn(x: int):
            return _grown(ask(None, value=x, name=f"ask{at.path}"), at.path)

        return repeat(turn, until=enough, max_turns=self.turns)(self.x.traced(at.below(0)))

    def plain(self, at: Where) -> int:
        x = self.x.plain(at.below(0))
        for _ in range(self.turns):
            x = grown(said(f"ask{at.path}", x), at.path)
            if enough(x):
                break
        return x


@dataclass(frozen=True)
class Sift:
    """Items, of which a person refuses some."""

    of: Tree
    body: Tree
    grouped: bool

    def traced(self, at: Where) -> Any:
        def sifted(x: Any) -> Any:
            return approve(self.body.traced(Where(f"{at.path}_1", (x,), (x,), at.picks)), name=f"sift{at.path}")

        item = each(_spread(at.path, self.of.traced(at.below(0))))
        inner = pipeline(sifted) if self.grouped else sifted
        return _total(at.path, gather(inner(item)))

    def plain(self, at: Where) -> int:
        items = spread(at.path, self.of.plain(at.below(0)))
        made = [self.body.plain(Where(f"{at.path}_1", (item,), (item,), at.picks)) for item in items]
        return total(at.path, [x for x in made if said(f"sift{at.path}", x)])


def _asking(trees: st.SearchStrategy[Tree]) -> list[st.SearchStrategy[Tree]]:
    return [
        st.builds(Approve, trees),
        st.builds(ChooseOne, st.tuples(trees, trees)),
        st.builds(Ask, trees),
        st.builds(AskTurns, trees, st.integers(1, 3)),
        st.builds(Sift, trees, trees, st.booleans()),
    ]


asking_trees = grown_from(lambda trees: [*_asking(trees), *larger(trees)])
