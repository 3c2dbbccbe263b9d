"""`approve`, `choose_one` and `ask`: answers given in code, or by who is asked."""

from __future__ import annotations

import asyncio

import gradio as gr
import pytest

from daggr_fn import (
    NoValue,
    Question,
    StepFailed,
    Unanswered,
    approve,
    ask,
    choose_one,
    each,
    gather,
    node,
    pipeline,
)


@node
def shout(text: str) -> str:
    return text.upper()


@pipeline
def publish(titles: list[str]):
    title = choose_one(titles)
    final = ask(gr.Textbox(label="Title"), value=title, name="final")
    return shout(approve(final, name="ok"))


def test_answers_given_in_code():
    answered = publish.options(answers={"choose_one": "b", "final": "bb", "ok": True})
    assert answered(["a", "b"]) == "BB"


def test_unanswered_is_an_error_at_once_that_says_how_to_answer():
    with pytest.raises(StepFailed) as caught:
        publish(["a", "b"])
    assert isinstance(caught.value.__cause__, Unanswered)
    assert ".options(answers={'choose_one': ...})" in str(caught.value)


def test_what_follows_a_refusal_is_skipped_and_the_run_has_no_value(run_pipeline):
    run = run_pipeline(publish.options(answers={"choose_one": "b", "final": "bb", "ok": False}), ["a", "b"])
    assert (run.steps["ok"].status, run.steps["shout"].status) == ("skipped", "skipped")
    assert not run.failures
    with pytest.raises(NoValue, match="ok was refused"):
        _ = run.value


def test_an_answer_that_is_no_option_fails():
    with pytest.raises(StepFailed, match="'c'; there are 'a', 'b'"):
        publish.options(answers={"choose_one": "c"})(["a", "b"])


def test_somebody_who_is_asked_hears_the_whole_question():
    heard: list[Question] = []

    def person(question: Question) -> object:
        heard.append(question)
        return {"choose": "a", "ask": "given", "approve": True}[question.sort]

    assert publish.options(on_ask=person)(["a", "b"]) == "GIVEN"
    assert [question.step for question in heard] == ["choose_one", "final", "ok"]
    assert heard[0].options == ("a", "b")
    assert heard[1].value == "a"
    assert heard[1].component.label == "Title"
    assert heard[2].value == "given"


def test_who_is_asked_may_be_async():
    async def person(question: Question) -> object:
        await asyncio.sleep(0)
        return {"choose": "a", "ask": "late", "approve": True}[question.sort]

    assert publish.options(on_ask=person)(["a"]) == "LATE"
    assert asyncio.run(publish.options(on_ask=person).acall(["a"])) == "LATE"


def test_in_a_map_each_item_is_asked_for():
    @pipeline
    def pick(texts: list[str]):
        return gather(shout(approve(each(texts), name="ok")))

    assert pick.options(answers={"ok": [True, False, True]})(["a", "b", "c"]) == ["A", "C"]
    assert pick.options(answers={"ok": True, "ok[1]": False})(["a", "b", "c"]) == ["A", "C"]


def test_a_run_goes_on_with_the_answer_and_does_nothing_again(run_pipeline):
    drawn: list[str] = []

    @node
    def draw(prompt: str) -> str:
        drawn.append(prompt)
        return f"picture of {prompt}"

    @pipeline
    def studio(prompt: str):
        return shout(approve(draw(prompt), name="ok"))

    failed = run_pipeline(studio, "cat")
    assert isinstance(failed.failures[0].__cause__, Unanswered)
    value = failed.failures[0].resume(answers={"ok": True})
    assert value == "PICTURE OF CAT"
    assert drawn == ["cat"]
