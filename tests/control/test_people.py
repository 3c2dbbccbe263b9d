"""`approve`, `choose_one` and `ask`: answers given in code, or by who is asked."""

from __future__ import annotations

import asyncio

import gradio as gr
import pytest

from daggr_fn import (
    InvalidInputError,
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
    repeat,
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


@pytest.mark.parametrize("answer", ["no", "yes", ""])
def test_a_text_approves_nothing(answer):
    with pytest.raises(StepFailed, match=f"'{answer}'; there are True and False"):
        publish.options(answers={"choose_one": "b", "final": "bb", "ok": answer})(["a", "b"])


def test_an_answer_to_what_nobody_asks_is_told():
    with pytest.raises(InvalidInputError, match="'choose_ome' asks a person; did you mean 'choose_one'"):
        publish.options(answers={"choose_ome": "b"})(["a", "b"])
    with pytest.raises(InvalidInputError, match="'shout' asks a person\n  valid    'choose_one', 'final', 'ok'"):
        publish.options(answers={"shout": "b"}).plan(["a", "b"])
    failed = publish.run(["a", "b"])
    with pytest.raises(InvalidInputError, match="'chose_one' asks a person"):
        failed.failures[0].resume(answers={"chose_one": "b"})


def test_an_item_that_the_list_of_answers_lacks_is_asked_for():
    @pipeline
    def pick(texts: list[str]):
        return gather(shout(approve(each(texts), name="ok")))

    too_few = pick.options(answers={"ok": [True]})
    with pytest.raises(StepFailed, match=r"ok\[1\] asks a person about 'b'"):
        too_few(["a", "b"])
    assert too_few.options(on_ask=lambda question: question.value == "c")(["a", "b", "c"]) == ["A", "C"]
    assert pick.options(answers={"ok": {"0": True, 1: False}, "ok[2]": True})(["a", "b", "c"]) == ["A", "C"]


@pytest.mark.parametrize("remembers", [{"cache": True}, {"resume": True}])
def test_in_each_turn_and_for_each_item_the_same_question_is_asked_anew(remembers):
    @pipeline
    def longer(text: str):
        return shout(f"{text}{choose_one(['a', 'b'], name='letter')}")

    @pipeline
    def p(texts: list[str]):
        return gather(repeat(longer, until=lambda text: len(text) > 2, max_turns=9)(each(texts)))

    heard: list[str] = []

    def person(question: Question) -> object:
        heard.append(question.name)
        return question.options[question.index[1] % 2]

    rows = [{"texts": ["", ""]}]
    if "cache" in remembers:
        assert p.options(on_ask=person, cache=True)(**rows[0]) == ["ABA", "ABA"]
    else:
        assert p.options(on_ask=person).map(rows, resume=True)[0].value == ["ABA", "ABA"]
    assert sorted(heard) == [f"longer/letter[{item}][{turn}]" for item in range(2) for turn in range(3)]


def test_an_answer_for_the_turns_of_a_repeated_pipeline_has_to_name_a_step_that_asks_in_them():
    @pipeline
    def turn(text: str) -> str:
        return ask(gr.Textbox(), value=shout(text), name="better")

    @pipeline
    def essay(text: str):
        return repeat(turn, until=lambda text: text.endswith("ok"), max_turns=3)(text)

    assert essay.options(answers={"turn/better": ["x", "y ok"]})("a") == "y ok"
    for wrong in ("turn/bettre", "turn/better2[1]", "turn", "better"):
        name = wrong.partition("[")[0]
        with pytest.raises(InvalidInputError, match=rf"named '{name}' asks a person.*\n  valid    'turn/better'"):
            essay.options(answers={wrong: ["x"]}).plan("a")


def test_a_plan_says_that_a_person_is_asked():
    assert publish.plan(["a"]).steps["final"].reason == "a person is asked"
