"""`daggr-fn run` with choices and people: picked and answered on the command line, or asked at the terminal."""

from __future__ import annotations

import json

import pytest

from tests.cli.commands import Terminal, daggr_fn, write

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


def test_at_a_terminal_the_questions_are_asked(folder):
    terminal = Terminal("run", "app.py", *TITLES, cwd=folder)
    for prompt, typed in (("[1/2]", b"2\n"), ("(dawn)", b"\n"), ("[y/n]", b"y\n")):
        terminal.until(prompt)
        terminal.press(typed)
    assert terminal.end() == 0
    assert "dawn" in terminal.seen
