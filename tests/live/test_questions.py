"""Steps that wait for people."""

from __future__ import annotations

import threading
from typing import Annotated

import gradio as gr
import pytest

from daggr_fn import approve, ask, choose_one, each, gather, node, pipeline, repeat
from daggr_fn.canvas.asking import Asking
from daggr_fn.errors import InvalidInputError
from tests.canvas.local_links import LocalLinks

MANY = 40


@node
def numbers(n: int) -> list[int]:
    return list(range(n))


@node
def total(xs: list[int]) -> int:
    return sum(xs)


@node
def double(x: int) -> int:
    return 2 * x


@pipeline
def judged(n: int = MANY):
    ok = approve(each(numbers(n)), name="ok", note="Good?")
    return total(gather(ok))


@pipeline
def once(n: int = 3):
    return double(approve(double(n), name="ok"))


@pipeline
def beside(n: int = 3):
    return double(n)


def waiting(number):
    return lambda shown: (shown["cards"]["ok"].get("question") or {}).get("of") == number


def test_the_run_menu_does_not_count_the_time_that_a_person_took(watch):
    page = watch(once)
    page.sheet.run()
    page.until_states(ok="wait")
    page.sheet.answer("ok", (), True)
    page.until(lambda shown: shown["run"]["state"] == "done")
    page.sheet.set_input("n", 4)
    rows = {row["step"]: row for row in page.sheet.plan()["steps"]}
    assert "seconds" in rows["double"]
    assert rows["ok"]["mark"] in {"run", "depends"}
    assert not {"seconds", "saves"} & rows["ok"].keys()


def test_a_question_waits_and_its_answer_lets_the_run_go_on(watch):
    page = watch(once)
    page.sheet.run()
    page.until_states(ok="wait")
    page.until(waiting(1))
    assert page.shown["cards"]["ok"]["question"] == {"sort": "approve", "note": "", "of": 1}
    assert page.sheet.question("ok").value == 6
    page.sheet.answer("ok", (), True)
    page.until(lambda shown: shown["run"]["state"] == "done")
    assert page.sheet.value("double_2", "output") == 12
    assert "question" not in page.shown["cards"]["ok"]
    with pytest.raises(LookupError, match="answered already"):
        page.sheet.answer("ok", (), True)


def test_many_questions_wait_in_no_thread_and_other_runs_go_on(watch, monkeypatch):
    page = watch(judged)
    page.sheet.run()
    page.until(waiting(MANY))
    page.until(lambda shown: shown["cards"]["ok"]["items"]["states"] == "w" * MANY)
    assert len([t for t in threading.enumerate() if t.name == "daggr_fn worker"]) < MANY
    other = watch(beside)
    assert other.run()["state"] == "done"
    for i in reversed(range(MANY)):
        page.sheet.answer("ok", (i,), i % 2 == 0)
    page.until(lambda shown: shown["run"]["state"] == "done")
    page.sheet.refresh()
    assert page.sheet.value("total", "output") == sum(range(0, MANY, 2))
    assert page.shown["cards"]["ok"]["items"]["states"] == "ds" * (MANY // 2)
    assert page.states() == {"numbers": "done", "ok": "done", "total": "done"}


def test_an_answer_is_kept_and_not_asked_for_again(watch):
    page = watch(once)
    page.sheet.run()
    page.until(waiting(1))
    page.sheet.answer("ok", (), True)
    page.until(lambda shown: shown["run"]["state"] == "done")
    assert page.run()["state"] == "done"
    assert page.states()["ok"] == "reused"


def test_a_refusal_skips_what_follows_and_is_asked_again_by_the_next_run(watch):
    page = watch(once)
    page.sheet.run()
    page.until(waiting(1))
    page.sheet.answer("ok", (), False)
    page.until(lambda shown: shown["run"]["state"] == "done")
    page.sheet.refresh()
    assert page.states() == {"double": "done", "ok": "skipped", "double_2": "skipped"}
    assert page.shown["cards"]["ok"]["why"] == "ok was refused"
    page.sheet.run()
    page.until(waiting(1))
    page.sheet.stop()


def test_a_step_that_asks_can_be_stopped(watch):
    page = watch(once)
    page.sheet.run()
    page.until(waiting(1))
    page.sheet.stop("ok")
    page.until(lambda shown: shown["run"]["state"] == "cancelled")
    page.until_states(ok="cancelled", double_2="skipped")
    assert page.sheet.question("ok") is None
    assert "question" not in page.shown["cards"]["ok"]
    page.sheet.run()
    page.until(waiting(1))
    page.sheet.answer("ok", (), True)
    page.until(lambda shown: shown["run"]["state"] == "done")


def test_the_end_of_one_run_leaves_the_questions_of_another_open(watch):
    page = watch(once)
    page.sheet.run()
    page.until(waiting(1))
    page.sheet.run("to", "ok")
    page.until(lambda shown: shown["run"]["going"] == 2)
    page.sheet.going[1].execution.cancel()
    page.until(lambda shown: shown["run"]["going"] == 1)
    assert page.sheet.question("ok") is not None
    page.sheet.answer("ok", (), True)
    page.until_states(double_2="done")


def test_an_answer_that_is_none_of_the_options_is_refused_and_the_question_stays(watch):
    @pipeline
    def picks(n: int = 3):
        return double(choose_one(numbers(n), name="one"))

    page = watch(picks)
    page.sheet.run()
    page.until_states(one="wait")
    page.until(lambda shown: shown["cards"]["one"].get("question"))
    assert page.shown["cards"]["one"]["question"]["options"] == ["0", "1", "2"]
    with pytest.raises(InvalidInputError, match="none of the options"):
        page.sheet.answer("one", (), 7)
    page.sheet.answer("one", (), 2)
    page.until_states(double="done")
    assert page.sheet.value("double", "output") == 4


def test_a_value_is_asked_for_and_changed(watch):
    import gradio as gr

    @pipeline
    def changes(n: int = 3):
        return double(ask(gr.Number(), value=double(n), name="better"))

    page = watch(changes)
    page.sheet.run()
    page.until(lambda shown: shown["cards"]["better"].get("question"))
    question = page.sheet.question("better")
    assert (question.sort, question.value) == ("ask", 6)
    assert isinstance(question.component, gr.Number)
    page.sheet.answer("better", (), 10)
    page.until_states(double_2="done")
    assert page.sheet.value("double_2", "output") == 20


@pipeline
def draft(n: int):
    said = ask(gr.Number(), value=double(n), name="say")
    return approve(said, name="fine")


@pipeline
def both(n: int):
    left = ask(gr.Number(), value=n, name="left")
    right = ask(gr.Number(), value=n, name="right")
    return total(gather_two(left, right))


@node
def gather_two(left: int, right: int) -> list[int]:
    return [left, right]


def asks(page, step, name):
    """Wait until a step asks what a step of its turn wants to know."""
    page.until(lambda _: getattr(page.sheet.question(step), "step", "") == name)
    return page.sheet.question(step)


def test_a_turn_asks_in_the_card_of_its_step(watch):
    @pipeline
    def polished(n: int = 1):
        return repeat(draft, until=lambda x: x > 5, max_turns=4)(n)

    page = watch(polished)
    page.sheet.run()
    for turn, said in enumerate((2, 3, 9)):
        asked = asks(page, "draft", "draft/say")
        assert (asked.sort, asked.index) == ("ask", (turn,))
        page.until_states(draft="wait")
        page.sheet.answer("draft", (), said)
        assert asks(page, "draft", "draft/fine").value == said
        page.sheet.answer("draft", (), True)
    page.until(lambda shown: shown["run"]["state"] == "done")
    assert page.sheet.value("draft", "value") == 9
    assert page.sheet.value("draft", "turns") == 3
    assert "question" not in page.shown["cards"]["draft"]


@node
def page_of(n: int) -> Annotated[str, gr.HTML()]:
    return f"<b>{n}</b>"


@node
def words_of(page: str) -> str:
    return f"2 < {len(page)}"


@pipeline
def proofread(page: str):
    return approve(words_of(page))


def test_what_a_turn_asks_about_is_not_shown_as_what_the_turn_was_given(watch, tmp_path):
    @pipeline
    def read(n: int = 1):
        return repeat(proofread, until=bool, max_turns=1)(page_of(n))

    page = watch(read)
    page.sheet.run()
    asks(page, "proofread", "proofread/approve")
    shown = Asking(page.sheet, LocalLinks(tmp_path)).told("proofread")["shown"]
    assert (shown["view"], shown["text"]) == ("text", "2 < 8")


def test_what_a_turn_asks_at_once_is_asked_one_by_one(watch):
    @pipeline
    def summed(n: int = 1):
        return repeat(both, until=lambda x: True, max_turns=1)(n)

    page = watch(summed)
    page.sheet.run()
    page.until_states(both="wait")
    page.until(lambda shown: shown["cards"]["both"].get("question", {}).get("of") == 1)
    first = page.sheet.question("both")
    page.sheet.answer("both", (), 10)
    page.until(lambda _: page.sheet.question("both") not in (None, first))
    page.sheet.answer("both", (), 1)
    page.until(lambda shown: shown["run"]["state"] == "done")
    assert page.sheet.value("both", "value") == 11


def test_items_that_take_turns_ask_each_for_itself(watch):
    @pipeline
    def each_polished(n: int = 3):
        return total(gather(repeat(draft, until=lambda x: True, max_turns=1)(each(numbers(n)))))

    page = watch(each_polished)
    page.sheet.run()
    page.until(lambda shown: (shown["cards"]["draft"].get("question") or {}).get("of") == 3)
    for i in range(3):
        page.sheet.answer("draft", (i,), 100 * i)
        page.until(lambda _, i=i: getattr(page.sheet.question("draft", (i,)), "sort", "") == "approve")
        page.sheet.answer("draft", (i,), True)
    page.until(lambda shown: shown["run"]["state"] == "done")
    assert page.sheet.value("total", "output") == 300


def test_a_step_whose_turn_asks_can_be_stopped(watch):
    @pipeline
    def polished(n: int = 1):
        return repeat(draft, until=lambda x: x > 5, max_turns=4)(n)

    page = watch(polished)
    page.sheet.run()
    page.until_states(draft="wait")
    page.sheet.stop("draft")
    page.until_states(draft="cancelled")
    assert "question" not in page.shown["cards"]["draft"]
    page.until(lambda shown: shown["run"]["state"] == "cancelled")
