"""`repeat` and `accumulate`: turn after turn, each visible as an item and remembered like one."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

import pytest

from daggr_fn import (
    Question,
    Retry,
    StepFailed,
    WiringError,
    accumulate,
    approve,
    ask,
    each,
    gather,
    node,
    pipeline,
    repeat,
)


class Draft(NamedTuple):
    text: str
    score: float


CALLED: list[str] = []  # not in a closure: a node that changes what its closure holds is never reused


@node(cache=True)
def lengthen(text: str) -> Draft:
    CALLED.append(text)
    return Draft(text + "!", len(text) / 10)


def drafting(called: list[str], **options: object):
    @node(**options)
    def improve(text: str, hint: str = "!") -> Draft:
        called.append(text)
        return Draft(text + hint, len(text) / 10)

    return improve


def test_a_turn_s_outputs_replace_the_inputs_of_the_same_name():
    called: list[str] = []
    improve = drafting(called)

    @pipeline
    def essay(topic: str):
        draft = repeat(improve, until=lambda draft: draft.score > 0.5, max_turns=9)(topic, hint="++")
        return draft.text, draft.turns, draft.finished

    assert essay("abc") == ("abc++++++", 3, True)
    assert called == ["abc", "abc++", "abc++++"]


def test_at_max_turns_the_last_turn_is_the_result():
    improve = drafting([])

    @pipeline
    def essay(topic: str):
        draft = repeat(improve, until=lambda draft: False, max_turns=2)(topic)
        return draft.text, draft.turns, draft.finished

    assert essay("a") == ("a!!", 2, False)


def test_a_single_output_replaces_the_first_input_and_the_step_stands_for_it():
    @node
    def double(number: int) -> int:
        return number * 2

    @pipeline
    def grow(number: int):
        return repeat(double, until=lambda number: number > 20, max_turns=10)(number)

    assert grow(3) == 24


def test_outside_of_a_pipeline_the_turns_are_taken_at_once():
    improve = drafting([])

    @node
    def add(total: int, item: int) -> int:
        return total + item

    assert repeat(improve, until=lambda draft: draft.score > 0.1, max_turns=9)("abc") == Draft("abc!", 0.3)
    assert accumulate(add, [1, 2, 3], 0) == 6


def test_turns_are_items_and_remembered_like_items(run_pipeline):
    CALLED.clear()

    @pipeline
    def essay(topic: str):
        return repeat(lengthen, until=lambda draft: draft.score > 0.3, max_turns=9)(topic).text

    first = run_pipeline(essay, "abc")
    assert list(first.steps["lengthen"].items) == [(0,), (1,)]
    again = run_pipeline(essay, "abc")
    assert [item.status for item in again.steps["lengthen"].items.values()] == ["reused", "reused"]
    assert CALLED == ["abc", "abc!"]
    assert run_pipeline(essay, "ab").value == "ab!!!"  # another start shares no turn


def test_inside_a_map_each_item_takes_its_own_turns(run_pipeline):
    improve = drafting([])

    @pipeline
    def essays(topics: list[str]):
        draft = repeat(improve, until=lambda draft: draft.score >= 0.2, max_turns=9)(each(topics))
        return gather(draft.turns)

    run = run_pipeline(essays, ["a", "abc"])
    assert run.value == [2, 1]
    assert run.steps["improve"].status == "done"


def test_a_pipeline_can_be_the_body():
    @node
    def add_one(number: int) -> int:
        return number + 1

    @pipeline
    def step(number: int):
        return {"number": add_one(add_one(number))}

    @pipeline
    def count(number: int):
        return repeat(step, until=lambda value: value["number"] >= 7, max_turns=9)(number)["number"]

    assert count(0) == 8


def test_a_turn_that_fails_fails_the_step():
    @node
    def fragile(number: int) -> int:
        if number == 2:
            raise ValueError("two")
        return number + 1

    @pipeline
    def count(number: int):
        return repeat(fragile, until=lambda number: number > 5, max_turns=9)(number)

    with pytest.raises(StepFailed, match="ValueError: two"):
        count(0)


def test_accumulate_is_the_fold_with_all_its_intermediate_results():
    @node
    def add(total: int, item: int) -> int:
        return total + item

    @pipeline
    def count(items: list[int]):
        total = accumulate(add, items, 0)
        return total, total.results

    assert count([1, 2, 3]) == (6, [1, 3, 6])
    assert count([]) == (0, [])


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (lambda: repeat("org/model", until=bool, max_turns=1), "neither a node nor a pipeline"),  # type: ignore[arg-type]
        (lambda: repeat(drafting([]), until=bool, max_turns=0), "would never call"),
        (lambda: accumulate(node(lambda one: one), [1], 0), "needs two parameters"),  # type: ignore[arg-type, misc]
    ],
)
def test_wrong_uses_are_refused(made, told):
    with pytest.raises(WiringError, match=told):
        made()


# ---- what is said of the run holds for the turns


def counted(called: list[int], *, fails_at: int | None = None, **options: object):
    @node(**options)
    def count(number: int) -> int:
        called.append(number)
        if number == fails_at and called.count(number) == 1:
            raise ConnectionError("two")
        return number + 1

    @pipeline
    def up(number: int):
        return repeat(count, until=lambda number: number >= 4, max_turns=9)(number)

    return up


def test_a_fresh_run_and_one_without_reuse_take_every_turn_anew():
    CALLED.clear()

    @pipeline
    def essay(topic: str):
        return repeat(lengthen, until=lambda draft: draft.score > 0.3, max_turns=9)(topic).text

    for options, calls in (({}, 2), ({}, 2), ({"fresh": True}, 4), ({"cache": False}, 6), ({"fresh": "lengthen"}, 8)):
        assert essay.options(**options)("xyz") == "xyz!!"
        assert len(CALLED) == calls


def test_a_resumed_run_goes_on_at_the_turn_that_failed(run_pipeline):
    called: list[int] = []
    run = run_pipeline(counted(called, fails_at=2), 0)
    assert called == [0, 1, 2]
    assert run.failures[0].resume() == 4
    assert called == [0, 1, 2, 2, 3]


def test_another_attempt_goes_on_at_the_turn_that_failed(run_pipeline):
    called: list[int] = []

    @node
    def count(number: int) -> int:
        called.append(number)
        if called == [0, 1]:
            raise ConnectionError("one")
        return number + 1

    steady = repeat(count, until=lambda number: number >= 3, max_turns=9).options(retries=Retry(1, wait=0), name="up")

    @pipeline
    def up(number: int):
        return steady(number)

    run = run_pipeline(up, 0)
    assert run.value == 3
    assert called == [0, 1, 1, 2]
    assert run.steps["up"].items[0,].reason == "kept from the attempt before"


@pipeline
def asked_for(number: int):
    return ask(None, value=number, name="number")


@pipeline
def asked_until_big(number: int):
    return repeat(asked_for, until=lambda number: number > 5, max_turns=9)(number)


def test_who_is_asked_in_a_turn_is_told_which_it_is():
    heard: list[str] = []

    def person(question: Question) -> int:
        heard.append(question.name)
        return question.value + 3

    assert asked_until_big.options(on_ask=person)(0) == 6
    assert heard == ["asked_for/number[0]", "asked_for/number[1]"]


def test_answers_for_turns_are_given_by_step_and_turn(run_pipeline):
    assert asked_until_big.options(answers={"asked_for/number": [1, 7]})(0) == 7
    failed = run_pipeline(asked_until_big.options(answers={"asked_for/number[0]": 1}), 0)
    assert ".options(answers={'asked_for/number[1]': ...})" in str(failed.failures[0])
    assert failed.failures[0].resume(answers={"asked_for/number[1]": 8}) == 8


def test_a_turn_that_is_refused_skips_the_step(run_pipeline):
    @pipeline
    def approved(number: int):
        return approve(number, name="ok")

    @pipeline
    def outer(number: int):
        return repeat(approved, until=lambda number: number > 5, max_turns=9)(number)

    run = run_pipeline(outer.options(answers={"approved/ok": False}), 0)
    assert run.steps["approved"].status == "skipped"
    assert not run.failures


def test_a_turn_that_went_on_when_the_run_was_cancelled_was_cancelled():
    @pipeline
    def turn(text: str) -> str:
        return ask(None, value=text, name="better")

    @pipeline
    def essays(texts: list[str]):
        return gather(repeat(turn, until=bool, max_turns=3)(each(texts)))

    async def wait(question: Question) -> str:
        await asyncio.Event().wait()
        return "never"

    run = essays.options(on_ask=wait, timeout=2).run(["a", "b"])
    step = run.steps["turn"]
    assert (run.status, step.status) == ("cancelled", "cancelled")
    assert [item.status for item in step.items.values()] == ["cancelled"] * 2
    assert [turn.status for item in step.items.values() for turn in item.items.values()] == ["cancelled"] * 2


def test_what_failed_in_a_turn_can_be_called_again_alone():
    seen: list[tuple[int, int]] = []

    @node
    def divide(so_far: int, item: int) -> int:
        seen.append((so_far, item))
        return so_far // item

    @pipeline
    def p(items: list[int]):
        return accumulate(divide, items, 100)

    (failure,) = p.run([2, 0, 5]).failures
    with pytest.raises(ZeroDivisionError):
        failure.reproduce()
    assert seen == [(100, 2), (50, 0), (50, 0)]


def test_the_output_of_a_repeated_node_has_the_name_of_its_step():
    @node
    def grow(n: int) -> int:
        return n + 1

    @pipeline
    def p(n: int):
        grown = repeat(grow, until=lambda n: n > 3, max_turns=5)(n)
        return grown, grown.turns

    assert p.run(1).outputs == {"grow": 4, "grow.turns": 3}
