"""A pipeline in a pipeline: arguments, options, names and results of the group that it makes."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import gradio as gr
import pytest

from daggr_fn import Secret, TypeMismatchError, WiringError, choice, each, every_run, gather, node, pipeline
from daggr_fn.errors import MissingParameterError, UnknownParameterError


@dataclass
class Style:
    name: str
    seed: int = 0


class Halves(NamedTuple):
    low: int
    high: int


@node
def plus(x: int, y: int = 1) -> int:
    return x + y


@node
def words(text: str) -> list[str]:
    return text.split()


@node
def whatever(x):
    return x


CALLS: list[int] = []


@node
def count(x: int) -> int:
    CALLS.append(x)
    return x


@pipeline
def inner(x: int, mode: Literal["a", "b"] = "a", style: Style | None = None) -> int:
    return plus(x, y=10)


def traced(call):
    @pipeline
    def outer(x: int, text: str = "a b"):
        return call(x, text)

    return outer


@pytest.mark.parametrize(
    ("call", "error", "told"),
    [
        (lambda x, text: inner(x, mod="a"), UnknownParameterError, "inner has no input 'mod'; did you mean 'mode'?"),
        (lambda x, text: inner(), MissingParameterError, "inner needs 'x'"),
        (lambda x, text: inner(text), TypeMismatchError, "text is str, and inner(x: int) wants int"),
        (lambda x, text: inner(words(text)), TypeMismatchError, "words is list[str], and inner(x: int) wants int"),
        (lambda x, text: inner("one"), TypeMismatchError, "inner(x: int) was given 'one'"),
        (lambda x, text: inner(x, "c"), TypeMismatchError, "inner(mode) can't be 'c'"),
        (lambda x, text: inner(x, "a", None, 4), WiringError, "too many positional arguments"),
        (lambda x, text: inner(inner), WiringError, "inner is a node, and not a step of one"),
        (lambda x, text: inner(x, x=1), WiringError, "multiple values for argument 'x'"),
    ],
)
def test_a_wrong_argument_of_a_group_is_told_at_its_line(call, error, told):
    with pytest.raises(error) as raised:
        traced(call).check()
    assert told in str(raised.value)
    assert "test_groups.py" in str(raised.value)


def test_defaults_and_fixed_values_are_what_they_are_in_a_run():
    @pipeline
    def styled(path: Path, style: Style):
        return whatever([path, style])

    assert traced(lambda x, text: styled("a.txt", {"name": "bold"}))(1) == [Path("a.txt"), Style("bold")]


def test_what_a_parameter_says_of_a_value_is_known_in_the_body():
    @pipeline
    def named(style: Style):
        return whatever(style.name)

    assert traced(lambda x, text: named(whatever(Style("thin"))))(1) == "thin"
    assert traced(lambda x, text: named(Style(f"so {text}", seed=x)))(1) == "so a b"


def test_a_text_with_ports_reaches_a_group_whole():
    @pipeline
    def shout(text: str):
        return words(f"{text}! {text}?")

    assert traced(lambda x, text: shout(f"<{x}>"))(7) == ["<7>!", "<7>?"]


def test_a_component_given_to_a_group_or_its_default_is_an_input_of_the_outer_pipeline():
    @pipeline
    def asking(a: int, b: Annotated[int, gr.Number(value=2, precision=0)], c: int = gr.Number(value=3, precision=0)):
        return whatever([a, b, c])

    p = traced(lambda x, text: (asking(gr.Slider(1, 9, value=5)), asking(x)))
    assert list(p.inputs) == ["x", "text", "a", "asking_b", "asking_c", "asking_2_b", "asking_2_c"]
    assert p(1) == ([5, 2, 3], [1, 2, 3])
    assert p(1, asking_2_c=9) == ([5, 2, 3], [1, 2, 9])


@pipeline
def sending(key: Annotated[str, Secret], text: str = "hi"):
    return whatever([f"Bearer {key}", text])


def test_a_secret_of_a_group_stays_one():
    fixed = traced(lambda x, text: sending("s3cret"))
    assert fixed(1) == ["Bearer s3cret", "hi"]
    assert fixed.dag.steps["sending/whatever"].secrets == {"x"}
    made = traced(lambda x, text: sending(whatever(text)))
    assert made.dag.steps["sending/whatever"].secrets == {"x"}
    assert "s3cret" not in fixed.dag.to_json() + fixed.to_mermaid() + fixed.plan(1).to_json()


def test_an_input_that_is_no_secret_is_refused_for_one_that_is():
    with pytest.raises(WiringError, match=r"sending\(key\) is a secret, and the input 'text' of outer is none"):
        traced(lambda x, text: sending(text)).check()

    @pipeline
    def outer(token: Annotated[str, Secret]):
        return sending(token)

    assert outer("x") == ["Bearer x", "hi"]
    assert outer.dag.steps["sending/whatever"].secrets == {"x"}


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda x: (plus(x), plus(x, 2)), (2, 3)),
        (lambda x: {"one": plus(x), "two": [x]}, {"one": 2, "two": [1]}),
        (lambda x: Halves(plus(x), plus(x, 5)), Halves(2, 6)),
        (plus, 2),
        (lambda x: x, 1),
        (lambda x: f"{plus(x)} times", "2 times"),
        (lambda x: (plus(x), "as it is"), (2, "as it is")),
    ],
)
def test_the_result_of_a_group_is_what_its_body_returned(make, expected):
    @pipeline
    def part(x: int):
        return make(x)

    assert traced(lambda x, text: part(x))(1) == expected
    assert traced(lambda x, text: gather(part(each([x, x]))) if not isinstance(expected, (tuple, dict)) else 0)(1) in (
        0,
        [expected] * 2,
    )


def test_groups_are_named_and_numbered():
    p = traced(lambda x, text: (inner(x), inner(x), inner.named("third")(x), inner.named("inner_2")(x)))
    assert list(p.graph) == ["inner/plus", "inner_2/plus", "third/plus", "inner_2_2/plus"]


# ---- options


def chosen():
    @pipeline
    def voiced(x: int):
        made = choice(plus.named("plus"), whatever.named("keep"), name="host")(x=x)
        return plus(made, 100)

    return voiced


def test_choices_of_a_group_are_named_with_it_and_picked_by_its_options():
    voiced = chosen()
    p = traced(lambda x, text: (voiced(x), voiced.options(choose={"host": "keep"})(x)))
    assert list(p.dag.choices) == ["voiced/host", "voiced_2/host"]
    assert p(1) == (102, 101)
    assert p.options(choose={"voiced/host": "keep", "voiced_2/host": "plus"})(1) == (101, 102)
    with pytest.raises(WiringError, match="voiced has no choice 'hots'; did you mean 'host'"):
        traced(lambda x, text: voiced.options(choose={"hots": "keep"})(x)).check()
    with pytest.raises(WiringError, match="has no variant 'kepp'; did you mean 'keep'"):
        traced(lambda x, text: voiced.options(choose={"host": "kepp"})(x)).check()


def test_values_given_to_a_group_are_those_of_its_steps():
    p = traced(lambda x, text: (inner(x), inner.options(given={"plus": 7})(x)))
    assert p(1) == (11, 7)
    assert p.plan(1).steps["inner_2/plus"].reason == "given"
    assert p.options(given={"inner_2/plus": 8})(1) == (11, 8)
    mapped = traced(lambda x, text: gather(inner.options(given={"plus": [5, 6]})(each([x, x]))))
    assert mapped(1) == [5, 6]
    with pytest.raises(WiringError, match="inner has no step 'puls'; did you mean 'plus'"):
        traced(lambda x, text: inner.options(given={"puls": 7})(x)).check()


def test_cache_of_a_group_holds_for_its_steps_and_no_others():
    @pipeline
    def counting(x: int):
        return count(x), count.options(cache=False)(x)

    p = traced(lambda x, text: (counting.options(cache=True)(x), count.named("outside")(x)))
    p(1)
    p(1)
    assert len(CALLS) == 5
    assert [name for name, step in p.plan(1).steps.items() if step.mark == "reuse"] == ["counting/count"]


def test_the_options_of_the_outer_group_win():
    @pipeline
    def middle(x: int):
        return inner.options(cache=True)(x)

    p = traced(lambda x, text: middle.options(cache=False)(x))
    assert p.dag.steps["middle/inner/plus"].options.cache is False


@pytest.mark.parametrize("fresh", [True, ["plus"]])
def test_fresh_steps_of_a_group_run_anew(fresh):
    p = traced(lambda x, text: (inner(x), inner.options(fresh=fresh)(x))).options(cache=True)
    p(1)
    assert [step.mark for step in p.plan(1).steps.values()] == ["reuse", "run"]


@pytest.mark.parametrize("option", [{"only": "plus"}, {"timeout": 5.0}, {"workers": 2}, {"answers": {"plus": 1}}])
def test_an_option_that_is_about_a_whole_run_is_refused_for_a_group(option):
    with pytest.raises(WiringError, match=f"{next(iter(option))}= is about a whole run") as raised:
        traced(lambda x, text: inner.options(**option)(x)).check()
    assert "outer" in str(raised.value)
    assert "'cache', 'choose'" in str(raised.value) or "cache, choose, fresh, given" in str(raised.value)


# ---- each


def test_each_maps_the_whole_group_also_what_takes_no_item():
    drawn = []

    @node
    def draw(seed: float) -> float:
        drawn.append(seed)
        return seed

    @pipeline
    def drawing(x: int):
        return draw(every_run(random.random)), x

    @pipeline
    def outer(xs: list[int]):
        seed, x = drawing(each(xs))
        return gather(seed), gather(x)

    seeds, xs = outer([1, 2, 3])
    assert xs == [1, 2, 3]
    assert len(set(seeds)) == len(drawn) == 3


def test_an_item_that_is_missing_is_missing_for_every_step_of_a_mapped_group(run_pipeline):
    CALLS.clear()

    @node
    def picky(x: int) -> int:
        if x == 1:
            raise ValueError(x)
        return x

    @pipeline
    def part(x: int):
        return plus(x), count(5), "fixed"

    @pipeline
    def within(x: int):
        return part(x)

    @pipeline
    def outer(xs: list[int]):
        made, counted, fixed = within(picky(each(xs)))
        return gather(made, errors="skip"), gather(counted, errors="skip"), gather(fixed, errors="skip")

    run = run_pipeline(outer, [0, 1, 2])
    assert run.value == ([1, 3], [5, 5], ["fixed", "fixed"])
    assert run.steps["within/part/count"].items[1,].status == "skipped"
    assert CALLS == [5, 5]
    assert outer.eager([1]) == ([], [], [])


def test_a_failed_item_that_a_group_takes_nothing_of_is_forgiven_where_its_gather_says_so():
    @node
    def broken(x: int) -> int:
        raise ValueError(x)

    @pipeline
    def fixed(x: int):
        return count(5)

    @pipeline
    def outer(xs: list[int]):
        return gather(fixed(broken(each(xs))), errors="skip")

    assert outer([1, 2]) == []


def test_a_map_inside_of_a_mapped_group_lies_within_it():
    @pipeline
    def row(x: int, ys: list[int]):
        return gather(plus(x, each(ys)))

    @pipeline
    def table(xs: list[int], ys: list[int]):
        return gather(row(each(xs), ys))

    assert table([1, 2, 3], [10, 20]) == [[11, 21], [12, 22], [13, 23]]
    assert table.eager([1, 2], []) == [[], []]


def test_gather_flatten_in_a_group_undoes_the_maps_of_the_group_alone():
    @pipeline
    def flat(xss: list[list[int]]):
        return gather(plus(each(each(xss))), flatten=True)

    @pipeline
    def outer(many: list[list[list[int]]]):
        return gather(flat(each(many)))

    assert outer([[[1], [2, 3]], [[4]]]) == [[2, 3, 4], [5]]


def test_the_item_of_a_group_is_no_map_inside_of_it():
    @pipeline
    def wrong(x: int):
        return gather(x)

    with pytest.raises(WiringError, match="it is not mapped"):
        traced(lambda x, text: gather(wrong(each([x])))).check()


def test_only_knows_what_a_mapped_group_needs():
    @pipeline
    def fixed(x: str):
        return plus(1)

    p = traced(lambda x, text: gather(fixed(each(words(text)))))
    assert p(1) == [2, 2]
    assert p.options(only="+fixed/plus")(1) == [2, 2]
