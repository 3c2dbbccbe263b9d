"""Random programs with Spaces and models among the functions, answered by fakes: a run does what plain Python does."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from daggr_fn import model, space
from daggr_fn.pytest_plugin import Faking
from daggr_fn.testing.network import network_forbidden
from tests.properties import trees
from tests.properties.notes import note
from tests.properties.test_control_flow import chosen, heard, nothing_remembered
from tests.properties.trees import Tree, Where, pipeline_of, plainly

draw = space("nobody/never-asked", "/draw", outputs={"image": int})
talk = model("nobody/never-asked", retries=0)


@space("nobody/never-asked", "/typed").typed
def typed(label: str, x: int) -> int: ...


REMOTES = (draw, talk, typed)


def answered(number: int, label: str, x: int) -> int:
    """What a remote says; some calls fail."""
    note("remote", number, label, x)
    if x % 3 == 1:
        raise ConnectionError(f"{label}: {x}")
    return x + number + 2


@contextmanager
def fakes():
    """All remotes are answered here, and nobody is asked."""
    with ExitStack() as undo, network_forbidden():
        fake = Faking(undo)
        for number, remote in enumerate(REMOTES):
            fake(remote, calls=lambda label, x, number=number: answered(number, label, x))
        yield


@dataclass(frozen=True)
class Asked:
    """A remote, and another that stands in where it fails; the last resort is a function."""

    x: Tree
    first: int
    second: int

    def traced(self, at: Where) -> Any:
        first, second = REMOTES[self.first], REMOTES[self.second]
        return first.or_else(second).or_else(trees._mixed)(label=at.path, x=self.x.traced(at.below(0)))

    def plain(self, at: Where) -> int:
        x = self.x.plain(at.below(0))
        for number in (self.first, self.second):
            try:
                return answered(number, at.path, x)
            except ConnectionError:
                pass
        return trees.mixed(at.path, x)


@dataclass(frozen=True)
class PickedRemote:
    """A choice of two remotes, whose failure a function makes good."""

    x: Tree
    variants: tuple[int, int]

    def traced(self, at: Where) -> Any:
        x = self.x.traced(at.below(0))
        made = [
            REMOTES[number].or_else(trees._mixed)(label=f"{at.path}v{i}", x=x) for i, number in enumerate(self.variants)
        ]
        return trees.choice(*made, name=f"pick{at.path}")

    def plain(self, at: Where) -> int:
        picked = at.picks.get(f"pick{at.path}", 0)
        x, label = self.x.plain(at.below(0)), f"{at.path}v{picked}"
        try:
            return answered(self.variants[picked], label, x)
        except ConnectionError:
            return trees.mixed(label, x)


which = st.integers(0, len(REMOTES) - 1)


def larger(smaller: st.SearchStrategy[Tree]) -> list[st.SearchStrategy[Tree]]:
    return [
        st.builds(Asked, smaller, which, which),
        st.builds(PickedRemote, smaller, st.tuples(which, which)),
        *trees.larger(smaller),
    ]


programs = trees.grown_from(larger, levels=3)
numbers = st.integers(-4, 4)


@settings(max_examples=60)
@given(programs, numbers, numbers, st.integers(0, 15))
def test_remotes_among_functions_return_what_plain_python_returns_with_the_same_calls(tree, a, b, seed):
    with fakes():
        p = pipeline_of(tree)
        choose, picks = chosen(p, seed)
        expected = heard(lambda: plainly(tree, picks, a, b))
        assert heard(lambda: p.options(choose=choose)(a, b)) == expected
        assert heard(lambda: p.options(choose=choose).eager(a, b)) == expected


@settings(max_examples=30)
@given(programs, numbers, numbers)
def test_what_fakes_say_is_never_remembered_and_what_functions_say_is(tree, a, b):
    with nothing_remembered(), fakes():
        p = pipeline_of(tree).options(cache=True)
        expected, calls = heard(lambda: plainly(tree, {}, a, b))
        assert heard(lambda: p(a, b))[0] == expected
        again, made = heard(lambda: p(a, b))
    assert again == expected
    remote = Counter({call: count for call, count in calls.items() if call[0] == "remote"})
    assert Counter({call: count for call, count in made.items() if call[0] == "remote"}) == remote
