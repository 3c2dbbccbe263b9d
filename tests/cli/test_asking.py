"""Steps that ask a person, at a real terminal: each sort of question, refusals, wrong answers, and Ctrl-C."""

from __future__ import annotations

import re

import pytest

from tests.cli.commands import write

STUDIO = """
    from daggr_fn import approve, ask, choose_one, each, gather, node, pipeline

    @node
    def draw(text: str) -> str:
        with open("calls.txt", "a") as file:
            file.write("draw ")
        return f"picture of {text}"

    @node
    def frame(picture: str) -> str:
        return f"framed {picture}"

    @pipeline
    def studio(text: str = "a cat"):
        return frame(approve(draw(text), name="ok", note="Good [enough]?"))

    @pipeline
    def each_one(texts: list[str] = ["a", "b"]):
        return gather(frame(approve(each(texts), name="ok")))

    @pipeline
    def chosen(names: list[str] = ["Ada", "Grace"]):
        return frame(choose_one(names, note="Who"))
"""
KINDS = """
    import gradio as gr
    from daggr_fn import ask, node, pipeline, repeat

    @node
    def told(label: str, value) -> str:
        return f"<{label}> {type(value).__name__} {value!r}"

    @pipeline
    def bigger(number: int):
        return ask(gr.Number(label="Bigger than 5", precision=0), value=number)

    @pipeline
    def kinds(text: str = "begun"):
        dropdown = gr.Dropdown(["red", "green"], label="Colour", value="green")
        return {
            "kept": told("kept", ask(gr.Textbox(label="Words"), value=text)),
            "empty": told("empty", ask(gr.Textbox(label="Digits"), name="digits")),
            "number": told("number", ask(gr.Number(label="How many", precision=0), name="number")),
            "slider": told("slider", ask(gr.Slider(0, 1, value=0.5, label="How much"), name="slider")),
            "checkbox": told("checkbox", ask(gr.Checkbox(label="Really"), name="checkbox")),
            "dropdown": told("dropdown", ask(dropdown, name="dropdown")),
            "radio": told("radio", ask(gr.Radio([("Small", 1), ("Large", 2)], label="Size"), name="radio")),
            "group": told("group", ask(gr.CheckboxGroup(["a", "b", "c"], label="Several"), name="group")),
            "turns": told("turns", repeat(bigger, until=lambda number: number > 5, max_turns=5)(1)),
        }
"""
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Person:
    """Somebody at the terminal, who answers whatever is asked, in whatever order.

    Args:
        terminal: Where a pipeline runs.
        answers: What is typed when a text is shown, each once.
    """

    def __init__(self, terminal, answers):
        self.terminal = terminal
        self.answers = list(answers)

    @property
    def seen(self):
        return CONTROL.sub("", self.terminal.seen)

    def end(self):
        heard = 0
        while self.answers:
            found = [(at, answer) for answer in self.answers if (at := self.seen.find(answer[0], heard)) >= 0]
            if not found:
                assert self.terminal.read(), f"{self.answers} were not asked for: {self.seen}"
                continue
            at, answer = min(found, key=lambda one: one[0])
            heard = at + len(answer[0])
            self.answers.remove(answer)
            self.terminal.press(answer[1])
        code = self.terminal.end()
        assert "Traceback" not in self.seen
        return code


@pytest.fixture
def answered(tmp_path, open_terminal):
    """Runs a pipeline for a person; the exit code, and what was shown."""

    def answer(app, *words, answers):
        write(tmp_path, app)
        person = Person(open_terminal("run", f"app.py:{words[0]}", *words[1:], cwd=tmp_path), answers)
        return person.end(), person.seen

    return answer


def test_what_is_approved_goes_on_and_what_is_chosen(answered):
    code, seen = answered(STUDIO, "studio", answers=[("Good [enough]?: 'picture of a cat' [y/n]", b"y\n")])
    assert (code, "frame: framed picture of a cat" in seen) == (0, True)
    code, seen = answered(STUDIO, "chosen", answers=[("2  'Grace'", b""), ("Who [1/2]", b"9\n"), ("Who [1/2]", b"2\n")])
    assert (code, "frame: framed Grace" in seen) == (0, True)


def test_what_follows_a_refusal_is_skipped(answered):
    code, seen = answered(STUDIO, "studio", answers=[("[y/n]", b"n\n")])
    assert code == 0
    assert "ok was refused" in seen
    assert "framed" not in seen


def test_each_item_is_asked_for_alone(answered):
    _, seen = answered(STUDIO, "each_one", answers=[("ok[0]: 'a' [y/n]", b"n\n"), ("ok[1]: 'b' [y/n]", b"y\n")])
    assert "framed b" in seen
    assert "framed a" not in seen


def test_a_value_has_the_type_of_the_component_that_asks_for_it(answered):
    answers = [
        ("Words (begun)", b"\n"),
        ("Digits:", b"42\n"),
        ("How many:", b"x\n"),
        ("'x' is not a whole number", b""),
        ("How many:", b"42\n"),
        ("How much (0.5)", b"0.25\n"),
        ("Really [y/n]", b"y\n"),
        ("Colour [1/2] (2)", b"\n"),
        ("Size [1/2]", b"2\n"),
        ("Several:", b'["a", "c"]\n'),
        ("Bigger than 5 (1)", b"2\n"),
        ("Bigger than 5 (2)", b"6\n"),
    ]
    code, seen = answered(KINDS, "kinds", answers=answers)
    assert code == 0
    assert dict(re.findall(r"<(\w+)> (.*)", seen.replace("\r", ""))) == {
        "kept": "str 'begun'",
        "empty": "str '42'",
        "number": "int 42",
        "slider": "float 0.25",
        "checkbox": "bool True",
        "dropdown": "str 'green'",
        "radio": "int 2",
        "group": "list ['a', 'c']",
        "turns": "int 6",
    }


@pytest.mark.parametrize(("key", "code", "said"), [(b"\x03", 130, "Interrupted."), (b"\x04", 1, "ok was not answered")])
def test_a_run_that_nobody_answers_is_saved_and_goes_on_later(answered, tmp_path, key, code, said):
    ended, seen = answered(STUDIO, "studio", answers=[("[y/n]", key)])
    assert (ended, said in seen) == (code, True)
    ended, seen = answered(STUDIO, "studio", "--resume", answers=[("[y/n]", b"y\n")])
    assert (ended, "framed picture of a cat" in seen) == (0, True)
    assert (tmp_path / "calls.txt").read_text() == "draw "
