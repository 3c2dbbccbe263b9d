"""A pipeline of ports wired at module level, called in another: a group of steps like any other."""

from __future__ import annotations

import random

import gradio as gr
import pytest

from daggr_fn import Pipeline, TypeMismatchError, WiringError, each, every_run, gather, inputs, node, pipeline, when
from daggr_fn.errors import UnknownParameterError


@node
def plus(x: int, y: int = 1) -> int:
    return x + y


@node
def up_to(x: int) -> list[int]:
    return list(range(x))


@node
def same(x: float) -> float:
    return x


NUMBERS = inputs("Numbers", x=gr.Number(value=2, precision=0), y=5)
TOTAL = plus(NUMBERS.x, NUMBERS.y)
SUMS = Pipeline("sums", {"total": TOTAL, "again": plus(TOTAL)})


def test_it_is_a_group_with_steps_names_and_outputs_of_its_own():
    @pipeline
    def outer(a: int):
        first = SUMS(x=a)
        return first["total"], first["again"], SUMS(x=1, y=a)["total"]

    assert list(outer.graph) == ["sums/TOTAL", "sums/plus", "sums_2/TOTAL", "sums_2/plus"]
    assert outer(3) == (8, 9, 4)
    assert SUMS(x=3) == {"total": 8, "again": 9}


def test_an_input_that_is_left_out_is_its_default_or_an_input_of_the_outer_pipeline():
    asking = Pipeline("asking", plus(gr.Number(value=3, precision=0), 7))

    @pipeline
    def outer():
        return asking(), SUMS(x=0)["total"]

    assert list(outer.inputs) == ["x"]
    assert outer() == (10, 5)
    assert outer(x=4) == (11, 5)


def test_each_maps_the_whole_group_with_the_maps_inside_of_it():
    of_step = Pipeline("of_step", gather(plus(each(up_to(NUMBERS.x)), NUMBERS.y)))
    of_list = Pipeline("of_list", gather(plus(each([1, 2]), NUMBERS.y)))

    @pipeline
    def outer(xs: list[int]):
        x = each(xs)
        return gather(SUMS(x=x)["again"]), gather(of_step(x=x)), gather(of_list(y=x))

    expected = [6, 8], [[], [5, 6]], [[1, 2], [3, 4]]
    assert outer([0, 2]) == expected
    assert outer.eager([0, 2]) == expected


def test_an_input_that_only_a_condition_takes_is_an_input_of_the_pipeline():
    asked = inputs("Asked", kind=gr.Checkbox(value=True))
    kinds = Pipeline("kinds", when(asked.kind, plus(1), plus.named("other")(1, 10)))
    assert (kinds(), kinds(kind=False)) == (2, 11)

    @pipeline
    def outer(many: list[bool]):
        return gather(kinds(kind=each(many)))

    assert outer([True, False]) == [2, 11]


def test_what_is_drawn_anew_is_drawn_for_each_call_in_the_group():
    drawn = Pipeline("drawn", same(inputs("Drawn", z=1.0).z))

    @pipeline
    def outer():
        return drawn(z=every_run(random.random)), drawn(z=3.0)

    first, second = outer(), outer()
    assert first[0] != second[0]
    assert first[1] == second[1] == 3.0


@pytest.mark.parametrize(
    ("call", "error", "told"),
    [
        (lambda: SUMS(x="a"), TypeMismatchError, "sums(x: int) was given 'a'"),
        (lambda: SUMS(z=1), UnknownParameterError, "sums has no input 'z'"),
        (lambda: SUMS(1), WiringError, "too many positional arguments"),
    ],
)
def test_a_wrong_argument_is_told_at_its_line(call, error, told):
    @pipeline
    def outer():
        return call()

    with pytest.raises(error) as raised:
        outer.check()
    assert told in str(raised.value)
    assert "test_wired_groups.py" in str(raised.value)
