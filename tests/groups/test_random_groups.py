"""A pipeline of pipelines returns what plain Python does, mapped to any depth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from daggr_fn import each, gather, node, pipeline


@node
def plus(x: int, y: int) -> int:
    return x + y


@node
def numbers(x: int) -> list[int]:
    return list(range(x % 4))


@node
def total(xs: Any) -> int:
    return sum(map(total_of, xs)) if isinstance(xs, list) else xs


def total_of(xs: Any) -> int:
    return sum(map(total_of, xs)) if isinstance(xs, list) else xs


@dataclass(frozen=True)
class Level:
    """One pipeline: what it does around the one within it.

    Attributes:
        maps: Whether it calls the one within for each item of a list.
        own: Whether the list is fixed, given, or made of its argument.
        shares: Whether the one within gets this one's own argument too.
        before: Whether a step comes before.
        summed: Whether what comes back is made one number.
    """

    maps: bool
    own: str
    shares: bool
    before: bool
    summed: bool


levels = st.lists(
    st.builds(
        Level,
        maps=st.booleans(),
        own=st.sampled_from(["fixed", "given", "made"]),
        shares=st.booleans(),
        before=st.booleans(),
        summed=st.booleans(),
    ),
    min_size=1,
    max_size=4,
)


def traced(program: list[Level]):
    if not program:

        @pipeline
        def leaf(x, xs, z):
            return plus(plus(x, z), 1)

        return leaf
    level, below = program[0], traced(program[1:])

    @pipeline
    def around(x, xs, z):
        x = plus(x, 3) if level.before else x
        if level.maps:
            ys = {"fixed": [1, 2], "given": xs, "made": numbers(x)}[level.own]
            y = each(ys)
            made = gather(below(y, xs, x if level.shares else z))
        else:
            made = below(x, xs, z)
        return total(made) if level.summed else made

    return around


def plain(program: list[Level], x: int, xs: list[int], z: int) -> Any:
    if not program:
        return x + z + 1
    level, below = program[0], program[1:]
    x = x + 3 if level.before else x
    if level.maps:
        ys = {"fixed": [1, 2], "given": xs, "made": list(range(x % 4))}[level.own]
        made: Any = [plain(below, y, xs, x if level.shares else z) for y in ys]
    else:
        made = plain(below, x, xs, z)
    return total_of(made) if level.summed else made


@settings(max_examples=150)
@given(levels, st.integers(-5, 5), st.lists(st.integers(-5, 5), max_size=3), st.integers(0, 3))
def test_pipelines_of_pipelines_return_what_plain_python_returns(program, x, xs, z):
    p = traced(program)
    assert p(x, xs, z) == plain(program, x, xs, z)
    assert p.eager(x, xs, z) == plain(program, x, xs, z)


@settings(max_examples=40)
@given(levels, st.lists(st.integers(-5, 5), max_size=3))
def test_remembered_they_return_the_same(program, xs):
    p = traced(program).options(cache=True)
    assert p(1, xs, 2) == plain(program, 1, xs, 2)
    assert {step.mark for step in p.plan(1, xs, 2).steps.values()} <= {"reuse", "depends"}
    assert p(1, xs, 2) == plain(program, 1, xs, 2)
