"""The two-way call: a node called plainly, a node called with ports, and what its arguments stand for."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from daggr_fn import (
    LazyValueError,
    Pipeline,
    UnknownParameterError,
    WiringError,
    apply,
    each,
    every_run,
    gather,
    inputs,
    node,
    pipeline,
)

# ---- rule 1: lazy or now
from tests.dsl.parts import Sizes, Style, keep, plus


def test_outside_of_a_pipeline_a_call_is_a_plain_call():
    assert plus(1) == 2
    assert plus(1, y=5) == 6
    assert plus.__doc__ == "Add two numbers."
    assert plus.__name__ == "plus"
    with pytest.raises(ZeroDivisionError):
        node(lambda x: 1 // x)(0)
    with pytest.raises(UnknownParameterError, match="plus has no parameter 'z'"):
        plus(1, z=2)


def test_a_plain_call_returns_what_the_step_would_have():
    @node
    async def later(x: int) -> int:
        return x + 1

    @node
    def count(n: int):
        yield from range(n)

    @node
    def with_component(text: str = gr.Textbox(value="hi")) -> str:
        return text

    @node(outputs={"a": None, "b": None})
    def two():
        return 1, 2

    @node(postprocess=lambda x: x * 10, preprocess=lambda given: {"x": given["x"] + 1})
    def changed(x: int) -> int:
        return x

    assert later(1) == 2
    assert count(3) == 2
    assert with_component() == "hi"
    assert (two().a, two().b) == (1, 2)
    assert changed(1) == 20

    @pipeline
    def p():
        a, b = two()
        return later(1), count(3), with_component(), a, b, changed(1)

    assert p() == (2, 2, "hi", 1, 2, 20)


def test_an_async_node_is_awaited_inside_a_loop():
    @node
    async def later(x: int) -> int:
        return x + 1

    async def main():
        with pytest.raises(WiringError, match=r"later is async, and an event loop runs here"):
            later(1)
        return await later.acall(1), await plus.acall(1)

    assert asyncio.run(main()) == (2, 2)


def test_a_node_called_inside_a_node_is_a_plain_call():
    @node
    def twice(x: int) -> int:
        return plus(plus(x))

    @pipeline
    def p(x: int):
        return twice(x)

    assert p(1) == twice(1) == 3
    assert list(p.graph) == ["twice"]


def test_a_node_can_be_tried_with_examples_for_what_is_missing():
    assert plus.test(x=2) == 3
    assert node(lambda text: text)._options is not None

    @node
    def shout(text: str, times: int) -> str:
        return text.upper() * times

    assert shout.test() == "EXAMPLE"


# ---- rule 2: arguments


def test_fixed_values_are_copied_at_the_call_and_for_each_call():
    seen = []

    @node
    def spoil(xs: list) -> list:
        xs.append(1)
        seen.append(xs)
        return xs

    given = [0]

    @pipeline
    def p():
        made = spoil(given), spoil.named("again")(given)
        given.append("late")
        return made

    assert p() == p() == ([0, 1], [0, 1])


def test_ports_are_found_in_lists_tuples_dicts_and_dataclasses():
    @pipeline
    def p(x: int):
        y = plus(x)
        return keep({"list": [x, [y]], "tuple": (y,), "record": Sizes(x, y), "data": Style("a", seed=y)})

    assert p(1) == {"list": [1, [2]], "tuple": (2,), "record": Sizes(1, 2), "data": Style("a", 2)}


def test_a_mapped_port_in_a_list_maps_the_node_that_takes_the_list():
    @pipeline
    def p(xs: list[int], y: int):
        return gather(keep([each(xs), y]))

    assert p([1, 2], 9) == [[1, 9], [2, 9]]


def test_every_run_draws_anew_for_each_call_and_a_class_is_never_called():
    numbers = iter(range(10))

    @pipeline
    def p(xs: list[int]):
        return gather(plus(each(xs), every_run(lambda: next(numbers)))), keep(Path), keep(random.random)

    first, cls, function = p([0, 0])
    assert sorted(first) == [0, 1]
    assert sorted(p([0, 0])[0]) == [2, 3]
    assert cls is Path
    assert function is random.random


def test_apply_makes_a_step_of_any_function():
    @pipeline
    def p(text: str):
        return apply(len, text), apply(lambda a, b: a + b, text, "!"), apply(sorted, [text, "a"], reverse=True)

    assert p("x") == (1, "x!", ["x", "a"])
    assert apply(len, "abc") == 3


# ---- rule 3: strings


def test_f_strings_with_ports_become_templates_with_their_format_specs():
    @pipeline
    def p(name: str, price: float, width: int):
        return keep(f"{name:>5}|{price:.{width}f}|{name}{name}|{{}}"), keep(str(name)), keep("%s-%s" % (name, price))  # noqa: UP031  # both forms are users'

    assert p("ab", 1.25, 1) == ("   ab|1.2|abab|{}", "ab", "ab-1.25")


def test_templates_may_be_returned_nested_and_mapped():
    @pipeline
    def p(names: list[str], greeting: str):
        line = f"{greeting}, {each(names)}"
        return gather(keep(f"<{line}>")), f"{greeting}!"

    assert p(["ada", "bo"], "hi") == (["<hi, ada>", "<hi, bo>"], "hi!")


# ---- rules 13, 15, 16: groups and names


def test_a_pipeline_in_a_pipeline_is_a_group_of_steps():
    @pipeline
    def inner(x: int, y: int = 5):
        return plus(x, y)

    @pipeline
    def p(x: int):
        return inner(x), inner(x, 1), inner.named("third")(x)

    assert p(1) == (6, 2, 6)
    assert list(p.graph) == ["inner/plus", "inner_2/plus", "third/plus"]


def test_steps_are_named_by_what_was_given_their_variable_or_their_node():
    @pipeline
    def p(x: int):
        first = plus(x)
        second = plus(first)
        return plus(second), plus.named("given")(x), plus(x), keep(second), keep.options(name="other")(x)

    assert list(p.graph) == ["first", "second", "plus", "given", "plus_2", "keep", "other"]


def test_a_node_with_a_name_may_be_called_often():
    speak = node(lambda x: x, name="speak")

    @pipeline
    def p(x: int):
        return [speak(x) for _ in range(3)]

    assert list(p.graph) == ["speak", "speak_2", "speak_3"]


def test_loops_over_plain_values_unroll():
    @pipeline
    def p(x: int):
        for y in (1, 2, 3):
            x = plus(x, y)
        return x

    assert p(0) == 6


def test_the_body_is_traced_once_and_only_when_it_is_needed():
    traced = []

    @pipeline
    def p(x: int):
        traced.append(1)
        return later_defined(x)

    assert traced == []
    later_defined = plus
    assert [p(1), p(2)] == [2, 3]
    p.plan(1)
    p.check()
    assert traced == [1]


# ---- rule 14: what does no harm


def test_what_python_does_on_its_own_to_a_port_does_no_harm():
    import copy

    seen = []

    @pipeline
    def p(x: int):
        seen.append(x)
        assert hasattr(x, "_repr_html_") is False
        assert "port x" in repr(x)
        return plus(x)

    p.check()
    (port,) = seen
    assert copy.copy(port) is port
    assert copy.deepcopy([port])[0] is port
    assert port in [port]  # noqa: FURB171  # what users write
    assert "port x" in repr(port)
    with pytest.raises(LazyValueError) as error:
        bool(port)
    assert isinstance(error.value, TypeError)
    assert isinstance(error.value, ValueError)


# ---- rule 19: module level


def test_a_pipeline_of_ports_wired_at_module_level():
    given = inputs("Numbers", x=gr.Number(value=2), y=5)
    total = plus(given.x, given.y)
    p = Pipeline("wired", {"total": total, "again": plus(total)})
    assert p() == {"total": 7, "again": 8}
    assert p(x=10) == {"total": 15, "again": 16}
    assert list(p.inputs) == ["x", "y"]
    assert Pipeline("other", total)() == 7


def test_inputs_on_one_card_are_read_by_name():
    @pipeline
    def p():
        given: Any = inputs("Numbers", x=1, y=2)
        return plus(given.x, given.y)

    assert p() == 3
    assert p(y=10) == 11
    assert {port.card for port in p.inputs.values()} == {"Numbers"}
