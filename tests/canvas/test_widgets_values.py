"""Inputs in a real Chromium: what is entered is what the function gets, of its own type."""

from __future__ import annotations

import datetime
import enum
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple

import gradio as gr
import pandas as pd  # noqa: TC002  # the pipeline reads its annotations
import pytest
from playwright.sync_api import expect

from daggr_fn import Secret, inputs, node, pipeline
from tests.canvas.widget_pages import Got, SlowLine, open_app, run, settle, shown

CONTROLS = "input:not([type=file]), textarea, select, [role=slider], [role=combobox]"


class Mood(enum.Enum):
    CALM = "calm"
    LOUD = "loud"


def texts_page(got):
    @node
    def take(**values: Any) -> str:
        return got(**values)

    @pipeline(name="Texts")
    def texts(  # noqa: PLR0917  # one for each sort
        words: Annotated[
            str, gr.Textbox(label="Words", lines=3, placeholder="Say it", info="A few are enough")
        ] = "hello",
        short: Annotated[str, gr.Textbox(label="Short", max_lines=1, max_length=5)] = "",
        password: Annotated[str, gr.Textbox(label="Password", type="password")] = "",
        mail: Annotated[str, gr.Textbox(label="Mail", type="email")] = "",
        number: Annotated[float, gr.Number(label="Number", minimum=0, maximum=10, step=0.5)] = 2.5,
        whole: int = 3,
        steps: Annotated[int, gr.Slider(0, 20, step=1, label="Steps")] = 8,
        share: Annotated[float, gr.Slider(0, 1, label="Share")] = 0.5,
        loud: bool = False,
        code: Annotated[str, gr.Code(label="Code", language="python")] = "x = 1",
        data: Annotated[dict, gr.JSON(label="Data")] = {"a": 1},  # noqa: B006  # a fixed default
        color: Annotated[str, gr.ColorPicker(label="Color")] = "#ff0000",
        moment: datetime.datetime | None = None,
        day: datetime.date | None = None,
        stamp: Annotated[Any, gr.DateTime(label="Stamp")] = None,
    ):
        return take(
            words=words, short=short, password=password, mail=mail, number=number, whole=whole, steps=steps,
            share=share, loud=loud, code=code, data=data, color=color, moment=moment, day=day, stamp=stamp,
        )  # fmt: skip

    return texts


def test_texts_numbers_and_days_reach_the_function_and_a_reload_shows_them(page):
    got = Got()
    with shown(page, texts_page(got)) as url:
        open_app(page, url)
        expect(page.get_by_label("Words", exact=True)).to_have_value("hello")
        expect(page.get_by_label("Words", exact=True)).to_have_attribute("placeholder", "Say it")
        expect(page.get_by_text("A few are enough")).to_be_visible()
        page.get_by_label("Words", exact=True).fill("two\nlines")
        page.get_by_label("Short", exact=True).press_sequentially("abcdefgh")
        page.get_by_label("Password", exact=True).fill("hidden")
        expect(page.get_by_label("Password", exact=True)).to_have_attribute("type", "password")
        page.get_by_label("Mail", exact=True).fill("a@b.c")
        page.get_by_label("Number", exact=True).fill("7")
        page.get_by_label("Whole", exact=True).fill("4")
        page.get_by_label("Steps, as a number", exact=True).fill("12")
        page.get_by_label("Share", exact=True).locator("[tabindex]").press("ArrowRight")
        page.get_by_label("Loud", exact=True).click()
        page.locator("[data-input=code] .cm-content").fill("y = 2")
        page.get_by_label("Data", exact=True).fill('{"b": [1, 2]}')
        page.get_by_label("Color", exact=True).fill("#00ff00")
        page.get_by_label("Moment", exact=True).fill("2024-05-06T07:08:09")
        page.get_by_label("Day", exact=True).fill("2024-05-06")
        page.get_by_label("Stamp", exact=True).fill("2024-05-06T07:08:09")
        run(page)
        values = got.wait()
        moment = datetime.datetime(2024, 5, 6, 7, 8, 9)  # noqa: DTZ001  # as it was typed
        assert values == {
            "words": "two\nlines", "short": "abcde", "password": "hidden", "mail": "a@b.c", "number": 7.0, "whole": 4,
            "steps": 12, "share": 0.51, "loud": True, "code": "y = 2", "data": {"b": [1, 2]}, "color": "#00ff00",
            "moment": moment, "day": moment.date(), "stamp": moment.timestamp(),
        }  # fmt: skip
        assert [type(values[name]) for name in ("number", "whole", "steps")] == [float, int, int]
        open_app(page, url)
        expect(page.get_by_label("Words", exact=True)).to_have_value("two\nlines")
        expect(page.get_by_label("Number", exact=True)).to_have_value("7")
        expect(page.get_by_label("Steps, as a number", exact=True)).to_have_value("12")
        expect(page.get_by_label("Loud", exact=True)).to_be_checked()
        expect(page.get_by_label("Day", exact=True)).to_have_value("2024-05-06")


def picks_page(got):
    @node
    def take(**values: Any) -> str:
        return got(**values)

    @pipeline(name="Picks")
    def picks(  # noqa: PLR0917
        one: Annotated[str, gr.Dropdown([("Red", "r"), ("Green", "g")], label="One")] = "r",
        some: Annotated[
            list | None, gr.Dropdown(["a", "b", "c"], multiselect=True, max_choices=2, label="Some")
        ] = None,
        free: Annotated[str, gr.Dropdown(["a", "b"], allow_custom_value=True, label="Free")] = "a",
        place: Annotated[int, gr.Radio(["x", "y"], type="index", label="Place")] = 0,
        boxes: Annotated[list | None, gr.CheckboxGroup([("Ex", "x"), ("Why", "y")], label="Boxes")] = None,
        style: Literal["plain", "fancy"] = "plain",
        mood: Mood = Mood.CALM,
        tags: list[Literal["s", "t"]] = ["s"],  # noqa: B006  # a fixed default
        table: Annotated[pd.DataFrame, gr.Dataframe(
            headers=["name", "age", "ok"], datatype=["str", "number", "bool"], row_count=1, label="Table",
        )] = None,
        talk: Annotated[list | None, gr.Chatbot(label="Talk")] = None,
        example: Annotated[
            list | None, gr.Dataset(components=["text"], samples=[["first"], ["second"]], label="Example")
        ] = None,
    ):  # fmt: skip
        return take(
            one=one, some=some, free=free, place=place, boxes=boxes, style=style, mood=mood, tags=tags, table=table,
            talk=talk, example=example,
        )  # fmt: skip

    return picks


def pick(page, label, *names):
    page.get_by_label(label, exact=True).click()
    for name in names:
        page.get_by_role("option", name=name, exact=True).click()
    page.keyboard.press("Escape")


def test_what_is_picked_reaches_the_function(page):
    got = Got()
    with shown(page, picks_page(got)) as url:
        open_app(page, url)
        pick(page, "One", "Green")
        pick(page, "Some", "a", "c")
        page.get_by_label("Free", exact=True).fill("mine")
        page.get_by_label("Free", exact=True).press("Enter")
        page.get_by_role("radio", name="y").click()
        page.get_by_role("checkbox", name="Why").click()
        pick(page, "Style", "fancy")
        pick(page, "Mood", "loud")
        page.get_by_role("checkbox", name="t", exact=True).click()
        page.get_by_label("name 1", exact=True).fill("Ada")
        page.get_by_label("age 1", exact=True).fill("36")
        page.get_by_label("ok 1", exact=True).check()
        page.get_by_role("group", name="Talk").get_by_role("button", name="Add a message").click()
        page.get_by_label("Message 1", exact=True).fill("Hello")
        settle(page)
        pick(page, "Example", "second")
        run(page)
        values = got.wait()
        table = values.pop("table")
        assert table.to_dict("list") == {"name": ["Ada"], "age": [36], "ok": [True]}
        assert values == {
            "one": "g", "some": ["a", "c"], "free": "mine", "place": 1, "boxes": ["y"], "style": "fancy",
            "mood": Mood.LOUD, "tags": ["s", "t"], "talk": [{"role": "user", "content": "Hello"}],
            "example": ["second"],
        }  # fmt: skip
        open_app(page, url)
        expect(page.locator("[data-input=one]")).to_contain_text("Green")
        expect(page.get_by_role("radio", name="y")).to_be_checked()
        expect(page.get_by_label("Free", exact=True)).to_have_value("mine")
        expect(page.get_by_label("age 1", exact=True)).to_have_value("36")


def test_what_is_typed_right_after_a_pick_is_not_lost(page):
    got = Got()
    with shown(page, picks_page(got)) as url:
        open_app(page, url)
        for label, option in (("Style", "fancy"), ("Mood", "loud")):  # the second while the first could fade out
            page.get_by_label(label, exact=True).click()
            page.get_by_role("option", name=option, exact=True).dispatch_event("click")
        name = page.get_by_label("name 1", exact=True)
        name.focus()
        page.keyboard.type("Ada")
        expect(page.locator("[id^=q-portal--menu]")).to_have_count(0)
        expect(name).to_be_focused()
        page.keyboard.type(" L")
        run(page)
        values = got.wait()
        assert (values["style"], values["mood"], values["table"]["name"].tolist()) == ("fancy", Mood.LOUD, ["Ada L"])


def test_what_is_picked_is_there_before_the_server_has_answered(page):
    got = Got()
    line = SlowLine(page)
    with shown(page, picks_page(got)) as url:
        open_app(page, url)
        line.stop()
        pick(page, "One", "Green")
        pick(page, "Some", "a", "c")
        page.get_by_role("radio", name="y").click()
        page.get_by_role("checkbox", name="Why").click()
        page.get_by_role("checkbox", name="Ex").click()
        page.get_by_role("checkbox", name="Ex").click()
        expect(page.locator("[data-input=one]")).to_contain_text("Green")
        expect(page.locator("[data-input=some] .q-chip__content")).to_contain_text(["a", "c"])
        expect(page.get_by_role("radio", name="y")).to_be_checked()
        expect(page.get_by_role("checkbox", name="Why")).to_be_checked()
        expect(page.get_by_role("checkbox", name="Ex")).not_to_be_checked()
        line.go_on()
        run(page)
        values = got.wait()
        assert [values[name] for name in ("one", "some", "place", "boxes")] == ["g", ["a", "c"], 1, ["y"]]


def test_a_slider_stays_where_it_is_dragged_while_the_server_has_not_answered(page):
    got = Got()
    line = SlowLine(page)
    with shown(page, texts_page(got)) as url:
        open_app(page, url)
        line.stop()
        steps = page.get_by_label("Steps", exact=True)
        for _ in range(3):
            steps.locator("[tabindex]").press("ArrowRight")
        expect(steps).to_have_attribute("aria-valuenow", "11")
        line.go_on()
        run(page)
        assert got.wait()["steps"] == 11


@dataclass
class Settings:
    steps: Annotated[int, gr.Slider(1, 50, step=1, label="How many")]
    prompt: str = "a cat"


class Pair(NamedTuple):
    first: str
    second: int = 2


def test_the_parts_of_a_record_are_fields_of_one_card(page):
    got = Got()

    @node
    def take(settings: Settings, pair: Pair, size: int) -> str:
        return got(settings=settings, pair=pair, size=size)

    with shown(page, _records(take)) as url:
        page.goto(url)
        card = page.locator(".card[data-card=settings]")
        expect(card.get_by_label("Prompt")).to_have_value("a cat")
        card.get_by_label("How many, as a number").fill("7")
        settle(page)
        page.get_by_label("First", exact=True).fill("one")
        expect(page.get_by_label("Second", exact=True)).to_have_value("2")
        step = page.locator(".card[data-card=take]")
        step.get_by_label("Size", exact=True).fill("5")
        settle(page)
        page.get_by_role("button", name="Run all").click()
        assert got.wait() == {"settings": Settings(7, "a cat"), "pair": Pair("one", 2), "size": 5}


def _records(take):
    @pipeline(name="Records")
    def records(settings: Settings, pair: Pair):
        return take(settings, pair, gr.Number(label="Size", precision=0, value=1))

    return records


def test_inputs_given_by_a_call_are_one_card(page):
    got = Got()
    given = inputs(
        "Parameters", prompt=gr.Textbox(label="Prompt"), steps=gr.Slider(1, 9, value=3, step=1, label="Steps")
    )

    @node
    def take(prompt: str, steps: int) -> str:
        return got(prompt=prompt, steps=steps)

    from daggr_fn import Pipeline

    with shown(page, Pipeline("Loose", take(given.prompt, given.steps))) as url:
        page.goto(url)
        card = page.get_by_role("article", name="Parameters")
        card.get_by_label("Prompt", exact=True).fill("a dog")
        settle(page)
        page.get_by_role("button", name="Run all").click()
        assert got.wait() == {"prompt": "a dog", "steps": 3}


def test_run_says_at_the_field_which_input_has_no_value(page):
    got = Got()

    @node
    def take(topic: str, number: int) -> str:
        return got(topic=topic, number=number)

    @pipeline(name="Needs")
    def needs(topic: str, number: int):
        return take(topic, number)

    with shown(page, needs) as url:
        open_app(page, url)
        expect(page.get_by_label("Topic", exact=True)).to_have_value("")
        page.get_by_label("Number", exact=True).fill("2")
        settle(page)
        run(page)
        field = page.locator("[data-input=topic]")
        expect(field.get_by_role("alert")).to_have_text("This needs a value.")
        expect(page.get_by_label("Topic", exact=True)).to_be_focused()
        expect(page.locator("[data-input=number]").get_by_role("alert")).to_have_count(0)
        page.get_by_label("Topic", exact=True).fill("AI")
        settle(page)
        expect(field.get_by_role("alert")).to_have_count(0)
        run(page)
        assert got.wait() == {"topic": "AI", "number": 2}


def special_page(got):
    calls = []

    def drawn():
        calls.append(1)
        return f"drawn {len(calls)}"

    class Odd:
        def __repr__(self):
            raise RuntimeError("no words")

    @node
    def take(**values: Any) -> str:
        return got(**values)

    @pipeline(name="Special")
    def special(
        fixed: Annotated[str, gr.Textbox(label="Fixed", interactive=False)] = "stays",
        unseen: Annotated[str, gr.Textbox(label="Unseen", visible=False)] = "there",
        unnamed: Annotated[str, gr.Textbox(label="Unnamed", show_label=False)] = "",
        drawn: Annotated[str, gr.Textbox(drawn, label="Drawn")] = gr.Textbox(drawn, label="Drawn"),
        luck: Annotated[int, gr.Slider(0, 1000000, step=1, randomize=True, label="Luck")] = gr.Slider(
            0, 1000000, step=1, randomize=True, label="Luck"
        ),
        broken: Annotated[Any, gr.Number(label="Broken")] = Odd(),  # noqa: B008  # one that is broken
        chart: Annotated[Any, gr.BarPlot(label="Chart")] = None,
        token: Annotated[str, Secret] = "",
    ):
        return take(fixed=fixed, unseen=unseen, unnamed=unnamed, drawn=drawn, luck=luck, token=token)

    return special


def test_fixed_hidden_drawn_and_broken_fields(page, context):
    got = Got()
    with shown(page, special_page(got)) as url:
        open_app(page, url)
        expect(page.get_by_label("Fixed", exact=True)).to_be_disabled()
        expect(page.get_by_label("Unseen", exact=True)).to_have_count(0)
        expect(page.get_by_label("Unnamed", exact=True)).to_be_visible()
        expect(page.get_by_text("Unnamed", exact=True)).to_have_count(0)
        expect(page.get_by_text("Broken can't be shown")).to_be_visible()
        expect(page.locator("[data-input=chart]")).to_contain_text("Nothing to enter")
        drawn = page.get_by_label("Drawn", exact=True).input_value()
        luck = page.get_by_label("Luck, as a number", exact=True).input_value()
        assert drawn.startswith("drawn ")
        open_app(page, url)
        expect(page.get_by_label("Drawn", exact=True)).to_have_value(drawn)
        expect(page.get_by_label("Luck, as a number", exact=True)).to_have_value(luck)
        run(page)
        assert got.wait() == {
            "fixed": "stays", "unseen": "there", "unnamed": "", "drawn": drawn, "luck": int(luck), "token": "",
        }  # fmt: skip


def test_a_secret_is_masked_used_and_never_sent_back(page, context):
    got = Got()
    sent = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: sent.append(str(frame))))
    with shown(page, special_page(got)) as url:
        open_app(page, url)
        secret = page.get_by_label("Token", exact=True)
        expect(secret).to_have_attribute("type", "password")
        secret.fill("tell-nobody-7")
        settle(page)
        run(page)
        assert got.wait()["token"] == "tell-nobody-7"
        expect(secret).to_have_value("tell-nobody-7")
        other = context.new_page()
        open_app(other, url)
        expect(other.get_by_label("Token", exact=True)).to_have_value("")
        expect(other.get_by_label("Token", exact=True)).to_have_attribute("placeholder", "Set. Type to replace it")
        assert "tell-nobody-7" not in other.content()
        assert not [frame for frame in sent if "tell-nobody-7" in frame]


def test_two_people_see_each_others_changes_and_nothing_echoes(page, context):
    got = Got()
    with shown(page, texts_page(got)) as url:
        other = context.new_page()
        open_app(page, url)
        open_app(other, url)
        typed = page.get_by_label("Words", exact=True)
        typed.fill("")
        typed.press_sequentially("one after the other, quickly", delay=15)
        settle(page)
        expect(other.get_by_label("Words", exact=True)).to_have_value("one after the other, quickly")
        expect(typed).to_have_value("one after the other, quickly")
        other.get_by_label("Loud", exact=True).click()
        expect(page.get_by_label("Loud", exact=True)).to_be_checked()
        other.get_by_label("Steps, as a number", exact=True).fill("3")
        settle(other)
        expect(page.get_by_label("Steps, as a number", exact=True)).to_have_value("3")
        page.get_by_label("Data", exact=True).fill("{not json")
        settle(page)
        expect(page.get_by_text("This is not JSON")).to_be_visible()
        expect(other.get_by_label("Data", exact=True)).to_have_value('{\n  "a": 1\n}')


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_field_has_a_name(page, theme):
    got = Got()
    with shown(page, picks_page(got), theme=theme) as url:
        open_app(page, url)
        for field in page.locator(".field").all():
            for control in field.locator(
                "input:not([type=file]), textarea, select, [role=slider], [role=combobox]"
            ).all():
                name = control.get_attribute("aria-label") or control.evaluate(
                    "e => e.labels?.length ? 'label' : e.closest('[aria-label]')?.ariaLabel"
                )
                assert name, control.evaluate("e => e.outerHTML")
