"""Choices, backups, conditions, turns and people as cards."""

from __future__ import annotations

import gradio as gr

from daggr_fn import (
    accumulate,
    approve,
    ask,
    choice,
    choose_one,
    pipeline,
    repeat,
    switch,
    when,
)
from tests.canvas.described import (
    card,
    drawn,
    is_long,
    join,
    names,
    ports,
    shout,
    sort_of,
    speak,
    whatever,
    whisper,
    wires,
)

# ---- choices, backups, conditions


def test_a_choice_is_one_card_with_a_tab_for_each_variant_and_its_own_fields():
    @pipeline
    def p(topic: str):
        host = choice(speak, whisper)(text=topic, speed=gr.Slider(1, 2))
        return join([host])

    found = drawn(p)
    assert names(found) == ["inputs", "host", "join"]
    host = card(found, "host")
    assert (host["kind"], host["choice"], host["picked"], host["steps"]) == (
        "choice",
        "host",
        "speak",
        ["speak", "whisper"],
    )
    assert [(tab["name"], tab["step"], tab["fields"], tab["ins"]) for tab in host["choices"]] == [
        ("speak", "speak", [], ["text"]),
        ("whisper", "whisper", ["speed"], ["text"]),
    ]
    assert wires(found) == ["inputs.topic > host.text", "host.output > join.clips"]


def test_a_field_that_all_variants_share_is_on_their_card_once():
    @pipeline
    def p():
        return choice(speak, whisper, name="voice")(text=gr.Textbox())

    assert card(drawn(p), "voice")["fields"] == ["text"]


def test_variants_with_steps_before_them_share_a_card_and_these_have_their_own():
    @pipeline
    def p(topic: str):
        a, b = speak(topic), whisper(shout(topic))
        return choice(a, b, name="voice")

    found = drawn(p)
    assert names(found) == ["inputs", "voice", "shout"]
    assert wires(found) == ["inputs.topic > voice.text", "inputs.topic > shout.text", "shout.output > voice.text"]


def test_a_variant_that_others_use_too_keeps_its_card():
    @pipeline
    def p(topic: str):
        plain = speak(topic)
        return choice(plain, whisper(topic), name="voice"), join([plain])

    found = drawn(p)
    assert [tab["step"] for tab in card(found, "voice")["choices"]] == [None, "whisper"]
    assert "speak.output > voice.speak" in wires(found)


def test_a_pipeline_among_the_variants_stays_a_group():
    @pipeline
    def loudly(text: str):
        return speak(shout(text))

    @pipeline
    def p(topic: str):
        return choice(speak, loudly, name="voice")(text=topic)

    found = drawn(p)
    assert [tab["step"] for tab in card(found, "voice")["choices"]] == ["speak", None]
    assert "loudly.speak > voice.loudly" in wires(found)


def test_backups_share_the_card_of_what_they_stand_in_for():
    @pipeline
    def p(topic: str):
        return join([speak.or_else(whisper).or_else(shout.named("last"))(text=topic)])

    found = drawn(p)
    assert names(found) == ["inputs", "speak", "join"]
    speaking = card(found, "speak")
    assert (speaking["kind"], speaking["steps"]) == ("backup", ["speak", "whisper", "last"])
    assert wires(found) == ["inputs.topic > speak.text", "speak.output > join.clips"]


def test_a_backup_among_the_variants_is_a_card_before_the_choice():
    @pipeline
    def p(topic: str):
        return choice(speak.or_else(whisper), shout.named("loud"), name="voice")(text=topic)

    found = drawn(p)
    assert [tab["step"] for tab in card(found, "voice")["choices"]] == [None, "loud"]
    assert card(found, "speak")["kind"] == "backup"
    assert "speak.output > voice.speak" in wires(found)


def test_the_step_that_decides_is_the_card_of_the_condition():
    @pipeline
    def p(text: str):
        return shout.named("end")(when(is_long(text), shout(text), text))

    found = drawn(p)
    deciding = card(found, "is_long")
    assert (deciding["kind"], ports(found, "is_long", "outs")) == ("when", ["then", "otherwise"])
    assert deciding["sides"] == [
        {"name": "then", "label": "shout", "steps": ["shout"]},
        {"name": "otherwise", "label": "text", "steps": []},
    ]
    assert wires(found) == [
        "inputs.text > is_long.text",
        "inputs.text > shout.text",
        "shout.output > end.text",
        "inputs.text > end.text",
        "~is_long.then > shout",
    ]


def test_a_condition_whose_value_is_used_too_keeps_its_port():
    @pipeline
    def p(text: str):
        long = is_long(text)
        return when(long, shout(text), text), whatever(long)

    assert ports(drawn(p), "is_long", "outs") == ["output", "then", "otherwise"]


def test_a_side_that_is_a_fixed_value_comes_from_the_condition():
    @pipeline
    def p(text: str):
        return shout(switch(sort_of(text), {"a": "one", "b": "two"}, default=text))

    assert "sort_of.a > shout.text" in wires(drawn(p))
    assert ports(drawn(p), "sort_of", "outs") == ["a", "b", "otherwise"]


def test_an_input_that_decides_has_a_card_for_its_condition():
    @pipeline
    def p(text: str, loud: bool = False):
        return when(loud, shout(text), text)

    found = drawn(p)
    assert card(found, "when(loud)")["kind"] == "when"
    assert not card(found, "when(loud)")["runnable"]
    assert "inputs.loud > when(loud).value" in wires(found)
    assert "~when(loud).then > shout" in wires(found)


def test_a_condition_within_a_condition_hangs_on_its_side():
    @pipeline
    def p(text: str):
        return when(is_long(text), when(is_long.named("louder")(text), shout(text), text), text)

    found = drawn(p)
    assert "~is_long.then > louder" in wires(found)
    assert "~louder.then > shout" in wires(found)


# ---- turns, people


def test_repeat_and_accumulate_say_so():
    @pipeline
    def p(draft: str, texts: list[str]):
        last = repeat(shout, until=bool, max_turns=3)(text=draft)
        return last, last.turns, accumulate(speak, texts, draft)

    found = drawn(p)
    assert card(found, "shout")["kind"] == card(found, "speak")["kind"] == "repeat"
    assert ports(found, "shout", "outs") == ["value", "turns", "finished"]


def test_people_are_asked_in_the_card_and_it_is_not_run():
    @pipeline
    def p(text: str, texts: list[str]):
        return approve(text), choose_one(texts), ask(gr.Textbox(label="Intro"), value=text)

    found = drawn(p)
    kinds = {name: card(found, name)["kind"] for name in ("approve", "choose_one", "ask")}
    assert kinds == {"approve": "person", "choose_one": "person", "ask": "pen"}
    assert card(found, "ask")["slots"] == ["ask-ask"]
    assert not card(found, "approve")["runnable"]
    assert card(found, "choose_one")["ins"][0]["list"]


# ---- order


def test_an_order_without_a_value_is_a_thin_wire_from_head_to_head():
    @pipeline
    def p(a: str, b: str):
        first = shout(a)
        return is_long.options(after=first)(b), first

    found = drawn(p)
    (thin,) = [one for one in found["wires"] if one["thin"]]
    assert (thin["from"], thin["to"]) == (("shout", ""), ("is_long", ""))
