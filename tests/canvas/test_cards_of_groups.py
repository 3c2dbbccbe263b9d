"""A pipeline in a pipeline as a frame, or a card, with ports of its own."""

from __future__ import annotations

from typing import NamedTuple

import gradio as gr

from daggr_fn import (
    choice,
    each,
    gather,
    pipeline,
)
from tests.canvas.described import card, drawn, names, ports, shout, speak, whatever, whisper, wires

# ---- groups


class Cover(NamedTuple):
    image: str
    title: str


@pipeline
def cover(title: str, mood: str = "calm") -> Cover:
    """Makes a cover."""
    prompt = shout(f"{title}, {mood}")
    return Cover(whatever(prompt), prompt)


def test_a_group_has_its_parameters_and_results_as_ports_and_wires_end_there():
    @pipeline
    def p(topic: str):
        made = cover(topic)
        return shout.named("end")(made.image)

    found = drawn(p)
    group = card(found, "cover")
    assert (group["kind"], group["doc"], group["steps"]) == (
        "group",
        "Makes a cover.",
        ["cover/shout", "cover/whatever"],
    )
    assert (ports(found, "cover"), ports(found, "cover", "outs")) == (["title"], ["image"])
    assert card(found, "cover/shout")["parent"] == "cover"
    assert card(found, "cover/shout")["name"] == "shout"
    assert wires(found) == [
        "inputs.topic > cover.title",
        "cover.title > cover/shout.text",
        "cover/shout.output > cover/whatever.x",
        "cover/whatever.output > cover.image",
        "cover.image > end.text",
    ]
    inner = next(one for one in found["wires"] if one["id"] == "cover.title > cover/shout.text")
    assert inner["of"] == ("inputs", "topic")


def test_one_argument_of_a_group_is_one_port_however_many_steps_use_it():
    @pipeline
    def both(text: str):
        return speak(text), whisper(text)

    @pipeline
    def p(topic: str):
        return both(topic)

    found = drawn(p)
    assert ports(found, "both") == ["text"]
    assert [one for one in wires(found) if one.startswith("inputs")] == ["inputs.topic > both.text"]
    assert ports(found, "both", "outs") == ["speak", "whisper"]


def test_groups_in_groups_are_crossed_one_by_one():
    @pipeline
    def outer(topic: str):
        return cover(topic, mood=shout(topic)).image

    @pipeline
    def p(topic: str):
        return outer(topic), outer(topic)

    found = drawn(p)
    assert card(found, "outer/cover")["parent"] == "outer"
    assert card(found, "outer_2/cover/shout")["parent"] == "outer_2/cover"
    assert ports(found, "outer/cover") == ["title", "mood"]
    for one in (
        *("inputs.topic > outer.topic", "outer.topic > outer/cover.title", "outer.topic > outer/shout.text"),
        *("outer/shout.output > outer/cover.mood", "outer/cover/whatever.output > outer/cover.image"),
        "outer/cover.image > outer.image",
    ):
        assert one in wires(found)


def test_a_mapped_group_says_so_and_a_group_within_it_does_not():
    @pipeline
    def outer(topic: str):
        return cover(topic).image

    @pipeline
    def p(topics: list[str]):
        return gather(outer(each(topics)))

    found = drawn(p)
    assert card(found, "outer")["mapped"]
    assert card(found, "outer")["outs"][0]["list"]
    assert not card(found, "outer/cover")["mapped"]
    assert "inputs.topics > outer.topic each" in wires(found)


def test_a_component_of_a_group_is_an_input_inside_of_it_and_on_its_folded_card():
    @pipeline
    def p(topic: str):
        return cover(topic, mood=gr.Textbox()).image

    found = drawn(p)
    inside = card(found, "cover/inputs")
    assert (inside["parent"], inside["fields"]) == ("cover", ["mood"])
    assert card(found, "cover")["fields"] == ["mood"]
    assert ports(found, "cover") == ["title"]


def test_a_choice_within_a_group_is_there():
    @pipeline
    def voiced(text: str):
        return choice(speak, whisper, name="voice")(text=text)

    @pipeline
    def p(topic: str):
        return voiced(topic)

    found = drawn(p)
    assert card(found, "voiced/voice")["parent"] == "voiced"
    assert card(found, "voiced/voice")["name"] == "voice"
    assert card(found, "voiced")["steps"] == ["voiced/speak", "voiced/whisper"]


def test_a_group_that_makes_no_step_has_no_card():
    @pipeline
    def nothing(text: str):
        return text

    @pipeline
    def p(topic: str):
        return shout(nothing(topic))

    assert names(drawn(p)) == ["inputs", "shout"]
    assert wires(drawn(p)) == ["inputs.topic > shout.text"]
