"""Values that are given for steps, and runs of a part of a pipeline."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from daggr_fn import StepFailed, WiringError, each, gather, node, pipeline


def make_chain():
    ran: list[str] = []

    @node
    def a() -> int:
        ran.append("a")
        return 1

    @node
    def b(x: int) -> int:
        ran.append("b")
        return x + 1

    @node
    def c(x: int) -> int:
        ran.append("c")
        return x * 10

    @pipeline
    def p():
        return c(b(a()))

    return p, ran


def test_a_given_value_stands_for_its_step_and_what_only_feeds_it_does_not_run(run_pipeline):
    p, ran = make_chain()
    run = run_pipeline(p.options(given={"b": 7}))
    assert (run.value, ran) == (70, ["c"])
    assert run.steps["a"].status == "skipped"
    assert run.steps["a"].reason == "what it feeds is given (b)"
    assert (run.steps["b"].status, run.steps["b"].reason) == ("reused", "given")


def test_the_items_of_a_mapped_step_are_given_as_the_list_they_gather_to():
    @node
    def work(x: int) -> int:
        raise AssertionError("it is given")

    @pipeline
    def p(xs: list[int]):
        return gather(work(each(xs)))

    assert p.options(given={"work": [5, 6]})([1, 2]) == [5, 6]


def test_a_given_list_of_the_wrong_length_is_an_error():
    @node
    def work(x: int) -> int:
        return x

    @pipeline
    def p(xs: list[int]):
        return gather(work(each(xs)))

    for wrong in ([5], [5, 6, 7], 5):
        with pytest.raises(StepFailed, match="work is mapped over 2 items, and was given"):
            p.options(given={"work": wrong})([1, 2])


def test_several_outputs_are_given_as_a_dict_in_order_or_one_by_one():
    class Sizes(NamedTuple):
        width: int
        height: int

    @node
    def measure() -> Sizes:
        raise AssertionError("it is given")

    @pipeline
    def p():
        sizes = measure()
        return sizes.width, sizes

    for given in (
        {"measure": Sizes(1, 2)},
        {"measure": (1, 2)},
        {"measure": {"width": 1, "height": 2}},
        {"measure.width": 1, "measure.height": 2},
    ):
        assert p.options(given=given)() == (1, Sizes(1, 2))
    with pytest.raises(WiringError, match="measure has no output 'depth'"):
        p.options(given={"measure.depth": 1})()


def test_what_the_items_of_a_given_step_are_counted_by_still_runs():
    @node
    def words(text: str) -> list[str]:
        return text.split()

    @node
    def loud(word: str) -> str:
        return word.upper()

    @pipeline
    def p(text: str):
        return gather(loud(loud.named("given")(each(words(text)))))

    assert p.options(given={"given": ["x", "y"]})("a b") == ["X", "Y"]


def test_what_comes_before_a_given_step_without_feeding_it_still_runs():
    ran = []

    @node
    def upload() -> None:
        ran.append("upload")

    @node
    def notify() -> int:
        return 1

    @pipeline
    def p():
        return notify.options(after=upload())()

    assert p.options(given={"notify": 2})() == 2
    assert ran == ["upload"]


def test_a_step_that_is_not_there_cannot_be_given_or_asked_for():
    p, _ = make_chain()
    for options in ({"given": {"bb": 1}}, {"only": "+bb"}, {"fresh": ["bb"]}):
        with pytest.raises(WiringError, match="p has no step 'bb'"):
            p.options(**options)()


def test_only_runs_to_from_or_around_a_step(run_pipeline):
    p, ran = make_chain()
    assert p.options(only="+b")() == 2
    assert ran == ["a", "b"]
    ran.clear()
    assert p.options(only="b+", given={"a": 5})() == 60
    assert ran == ["b", "c"]
    ran.clear()
    assert p.options(only="+b", given={"a": 5})() == 6, "what takes b is not asked for: b is all the same"
    run = run_pipeline(p.options(only="+b"))
    assert run.steps["c"].status == "skipped"
    assert run.steps["c"].reason == "only +b was asked for"


def test_a_run_to_a_mapped_step_gives_the_list_that_it_gathers_to():
    @node
    def letters(word: str) -> list[str]:
        return list(word)

    @node
    def loud(letter: str) -> str:
        return letter.upper()

    @node
    def join(found: list[list[str]]) -> str:
        raise AssertionError("nobody asked for it")

    @pipeline
    def p(words: list[str]):
        return join(gather(gather(loud(each(letters(each(words)))))))

    assert p.options(only="+loud")(["ab", "c"]) == [["A", "B"], ["C"]]
    assert p.options(only="+loud").run(["ab", "c"]).value == [["A", "B"], ["C"]]
    assert p.options(only=["+letters", "+loud"])(["ab"]) == ([["a", "b"]], [["A", "B"]])
