"""A Gradio component that is no argument by itself (a condition, a key, a side, in a list) is an input all the same."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest

from daggr_fn import Pipeline, apply, approve, each, gather, node, pipeline, switch, when
from daggr_fn.canvas.cards import describe


@node
def loud(text: str) -> str:
    return text.upper()


@node
def soft(text: str) -> str:
    return text.lower()


@node
def total(numbers: list[int]) -> int:
    return sum(numbers)


def condition(text):
    return when(gr.Checkbox(label="Louder, please"), loud(text), soft(text))


def key(text):
    return switch(gr.Radio(["loud", "soft"], value="soft", label="How"), {"loud": loud(text), "soft": soft(text)})


def side(text):
    return loud(when(apply(str.isupper, text), gr.Textbox("x", label="Then"), "y"))


def approved(text):
    return loud(approve(gr.Textbox("begun", label="Words"), name="ok"))


def items(text):
    return gather(loud(each(gr.CheckboxGroup(["a", "b"], value=["a"], label="Which"))))


def in_a_list(text):
    return total([gr.Number(1, label="More", precision=0), 2])


def without_a_label(text):
    return when(gr.Checkbox(), loud(text), soft(text))


def returned(text):
    return {"number": gr.Number(7, label="Seven", precision=0)}


@pytest.mark.parametrize(
    ("body", "name", "by_default", "other", "then"),
    [
        (condition, "louder_please", "ab", True, "AB"),
        (key, "how", "ab", "loud", "AB"),
        (side, "then", "Y", "z", "Y"),
        (approved, "words", "BEGUN", "other", "OTHER"),
        (items, "which", ["A"], ["a", "b"], ["A", "B"]),
        (in_a_list, "more", 3, 5, 7),
        (without_a_label, "checkbox", "ab", True, "AB"),
        (returned, "seven", {"number": 7}, 8, {"number": 8}),
    ],
)
def test_it_is_an_input_that_its_label_names(body, name, by_default, other, then):
    def p(text: str = "Ab") -> Any:
        return body(text)

    answers = {"ok": True} if body is approved else {}
    made = pipeline(p).options(answers=answers)
    assert list(made.inputs) == ["text", name]
    assert (made(), made(**{name: other})) == (by_default, then)
    assert made.components()[name] is made.inputs[name].component


def test_the_plan_knows_which_side_it_takes_by_default():
    made = pipeline(condition)
    assert made.plan("Ab").steps["loud"].reason == "when(louder_please) took another side than then"
    assert made.plan("Ab", louder_please=True).steps["loud"].mark == "run"


def test_one_component_is_one_input_wherever_it_is_given():
    @pipeline
    def p():
        words = gr.Textbox("", label="Words")
        return loud(when(words, words, "none")), loud(words)

    assert (p(), p(words="a")) == (("NONE", ""), ("A", "A"))


def test_labels_that_are_alike_are_numbered():
    @pipeline
    def p(loud: bool):
        return when(gr.Checkbox(label="Loud"), 1, 2), when(gr.Checkbox(True, label="Loud"), 3, 4), when(loud, 5, 6)

    assert list(p.inputs) == ["loud", "loud_2", "loud_3"]
    assert p(loud=False) == (2, 3, 6)


def test_in_a_group_it_is_an_input_of_the_outer_pipeline_and_on_the_card_of_the_group():
    group = pipeline(condition)

    @pipeline
    def outer(texts: list[str]):
        return gather(group(each(texts)))

    assert outer(["Ab", "C"]) == ["ab", "c"]
    assert outer(["Ab", "C"], louder_please=True) == ["AB", "C"]
    shown = next(card for card in describe(outer.dag)["cards"] if "louder_please" in card["fields"])
    assert shown["parent"] == "condition"


def test_at_module_level_too():
    text, louder = gr.Textbox("Ab", label="Text"), gr.Checkbox(label="Louder")
    wired = Pipeline("wired", when(louder, loud(text), soft(text)))
    assert list(wired.inputs) == ["text", "louder"]
    assert (wired(), wired(louder=True)) == ("ab", "AB")

    @pipeline
    def outer():
        return wired(louder=True)

    assert outer() == "AB"
