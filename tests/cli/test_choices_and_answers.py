"""`daggr-fn run` with choices and people: picked and answered on the command line, or asked at the terminal."""

from __future__ import annotations

import json

import pytest

from daggr_fn import Question
from daggr_fn.cli.answering import Words
from tests.cli.commands import daggr_fn, write

APP = """
from daggr_fn import approve, ask, choose_one, node, pipeline

@node
def soft(text: str) -> str:
    return text.lower()

@node
def loud(text: str) -> str:
    return text.upper()

@pipeline
def publish(titles: list[str]) -> str:
    title = choose_one(titles)
    voice = (soft | loud)(text=title)
    return approve(ask(None, value=voice, name="final"), name="ok")
"""


TITLES = ("--titles", "Dusk", "--titles", "Dawn")


@pytest.fixture
def folder(tmp_path):
    write(tmp_path, APP)
    return tmp_path


def test_variants_and_answers_are_given_as_options(folder):
    answers = ("--answer", "choose_one=Dawn", "--answer", "final=bright", "--answer", "ok=true")
    done = daggr_fn("run", "app.py", *TITLES, "--json", "--choose", "voice=loud", *answers, cwd=folder)
    run = json.loads(done.stdout)
    assert run["outputs"] == {"ok": "bright"}
    assert {step["name"]: step["status"] for step in run["steps"]}["soft"] == "skipped"


def test_a_wrong_variant_is_wrong_usage(folder):
    done = daggr_fn("run", "app.py", *TITLES, "--choose", "voice=lout", cwd=folder, code=2)
    assert "did you mean 'loud'" in done.stderr


def test_without_a_terminal_an_unanswered_run_is_kept_and_goes_on_with_the_answer(folder):
    first = daggr_fn("run", "app.py", *TITLES, "--answer", "choose_one=Dusk", cwd=folder, code=1)
    assert "final asks a person" in first.stderr
    answers = ("--answer", "choose_one=Dusk", "--answer", "final=dim", "--answer", "ok=true")
    again = daggr_fn("run", "app.py", *TITLES, "--json", "--resume", *answers, cwd=folder)
    assert {step["name"]: step["status"] for step in json.loads(again.stdout)["steps"]}["soft"] == "reused"


KINDS = """
import gradio as gr
from daggr_fn import approve, ask, choose_one, each, gather, node, pipeline

@node
def told(label: str, value) -> str:
    return f"{label}: {value!r}"

@pipeline
def kinds():
    return [
        told("textbox", ask(gr.Textbox(label="Words"), name="textbox")),
        told("number", ask(gr.Number(label="How many", precision=0), name="number")),
        told("checkbox", ask(gr.Checkbox(label="Really"), name="checkbox")),
        told("radio", ask(gr.Radio([("Small", 1), ("Large", 2)], label="Size"), name="radio")),
        told("group", ask(gr.CheckboxGroup(["a", "b"], label="Several"), name="group")),
        told("json", ask(gr.JSON(label="Data"), name="json")),
        told("bare", ask(None, value="begun", name="bare")),
        told("chosen", choose_one(["1", "2"], name="chosen")),
        told("chosen number", choose_one([1, 2], name="chosen_number")),
        told("approved", approve("it", name="approved")),
    ]

@pipeline
def mapped(texts: list[str] = ["a", "b", "c"]):
    return gather(told("item", ask(gr.Textbox(label="Words"), value=each(texts), name="word")))

@pipeline
def refused(text: str = "it"):
    return told("ok", approve(text, name="ok"))

@pipeline(choose={"how": "other"}, answers={"ok": True})
def said_in_the_file(text: str = "it"):
    how = (told | told.named("other"))(label="in the file", value=text)
    return approve(how, name="ok")
"""


def answered(folder, name, *answers, code=0, more=()):
    write(folder, KINDS)
    words = [word for answer in answers for word in ("--answer", answer)]
    return daggr_fn("run", f"app.py:{name}", "--json", *words, *more, cwd=folder, code=code)


def test_an_answer_is_read_as_what_is_asked_for(folder):
    said = {
        "textbox": "42",
        "number": "42",
        "checkbox": "no",
        "radio": "2",
        "group": '["b"]',
        "json": '{"a": [1]}',
        "bare": "true",
        "chosen": "2",
        "chosen_number": "2",
        "approved": "Yes",
    }
    done = answered(folder, "kinds", *(f"{step}={text}" for step, text in said.items()))
    assert next(iter(json.loads(done.stdout)["outputs"].values())) == [
        "textbox: '42'",
        "number: 42",
        "checkbox: False",
        "radio: 2",
        "group: ['b']",
        "json: {'a': [1]}",
        "bare: 'true'",
        "chosen: '2'",
        "chosen number: 2",
        "approved: 'it'",
    ]


def test_each_item_is_answered_by_a_list_or_alone(folder):
    done = answered(folder, "mapped", "word=[1, null]", "word[1]=2", "word[2]=[3]")
    assert next(iter(json.loads(done.stdout)["outputs"].values())) == ["item: '1'", "item: '2'", "item: '[3]'"]
    done = answered(folder, "mapped", 'word={"0": "x"}', "word[2]=z", code=1)
    assert "word[1] asks a person" in done.stderr
    assert "--answer 'word[1]=...'" in done.stderr


def test_no_is_a_refusal(folder):
    run = json.loads(answered(folder, "refused", "ok=no").stdout)
    assert {step["name"]: step["status"] for step in run["steps"]} == {"ok": "skipped", "told": "skipped"}
    ok = Question("ok", (), "approve")
    assert [Words(word).read_for(ok, ()) for word in ("False", "N", "0", "yes", "true")] == [False] * 3 + [True] * 2


def test_what_is_no_answer_and_who_is_not_asked_is_told(folder):
    assert (
        "ok was answered 'perhaps'\n  valid    true, false" in answered(folder, "refused", "ok=perhaps", code=1).stderr
    )
    told = answered(folder, "refused", "okk=true", code=2).stderr
    assert "no step of refused named 'okk' asks a person; did you mean 'ok'?" in told


def test_what_the_file_says_of_choices_and_answers_holds_where_the_command_line_says_nothing(folder):
    run = json.loads(answered(folder, "said_in_the_file").stdout)
    assert {step["name"]: step["status"] for step in run["steps"]} == {"told": "skipped", "other": "done", "ok": "done"}
    run = json.loads(answered(folder, "said_in_the_file", "ok=no", more=("--choose", "how=told")).stdout)
    assert {step["name"]: step["status"] for step in run["steps"]} == {
        "told": "done",
        "other": "skipped",
        "ok": "skipped",
    }


def test_at_a_terminal_the_questions_are_asked(folder, open_terminal):
    terminal = open_terminal("run", "app.py", *TITLES, cwd=folder)
    for prompt, typed in (("[1/2]", b"2\n"), ("(dawn)", b"\n"), ("[y/n]", b"y\n")):
        terminal.until(prompt)
        terminal.press(typed)
    assert terminal.end() == 0
    assert "dawn" in terminal.seen


def test_a_run_that_goes_on_takes_the_answer_that_it_is_given_now(folder):
    answers = ("--answer", "choose_one=Dusk", "--answer", "final=dim")
    daggr_fn("run", "app.py", *TITLES, *answers, cwd=folder, code=1)
    changed = ("--resume", "--answer", "final=bright", "--answer", "ok=yes")
    run = json.loads(daggr_fn("run", "app.py", *TITLES, "--json", *changed, cwd=folder).stdout)
    assert run["outputs"] == {"ok": "bright"}
    assert {step["name"]: step["status"] for step in run["steps"]}["choose_one"] == "reused"
