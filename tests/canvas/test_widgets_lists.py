"""Item lists that people edit in their card, and the questions that steps ask, in a real Chromium."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

import gradio as gr
import numpy as np
from playwright.sync_api import expect

from daggr_fn import ItemList, approve, ask, choose_one, each, gather, node, pipeline
from tests.canvas.widget_pages import Got, settle, shown


class Line(NamedTuple):
    text: str
    voice: str
    loud: bool = False
    secret: int = 0


LINES = ItemList(
    text=gr.Textbox(label="Text"), voice=gr.Dropdown(["Host", "Guest"], label="Voice"), loud=gr.Checkbox(label="Loud")
)


SPOKEN = Got()  # outside of the nodes that use it: what they close over is part of what they are


def script_page(count=3):
    SPOKEN.forget()

    @node
    def write(topic: str) -> Annotated[list[Line], LINES]:
        return [Line(f"{topic} {i}", "Host" if i % 2 else "Guest", secret=i) for i in range(count)]

    @node
    def speak(text: str, voice: str, loud: bool, secret: int) -> str:
        SPOKEN(text=text, voice=voice, loud=loud, secret=secret)
        return f"{voice}: {text}"

    @node
    def join(lines: list[str]) -> str:
        return " / ".join(lines)

    @pipeline(name="Script")
    def script(topic: str = "AI"):
        line = each(write(topic))
        return join(gather(speak(line.text, line.voice, line.loud, line.secret)))

    return script


def card(page, name):
    return page.locator(f".card[data-card={name}]")


def run_all(page, last):
    page.get_by_role("button", name="Run all").click()
    expect(card(page, last)).to_have_attribute("data-state", "done")


def test_an_edited_item_is_what_follows_gets_and_only_it_runs_anew(page):
    with shown(page, script_page()) as url:
        page.goto(url)
        run_all(page, "join")
        assert SPOKEN.count == 3
        table = card(page, "write")
        table.get_by_label("Text 2").fill("edited")
        table.get_by_label("Text 2").press("Enter")
        expect(table.get_by_label("Text 3")).to_be_focused()
        table.get_by_label("Voice 2").select_option("Guest")
        table.get_by_label("Loud 2").check()
        expect(card(page, "join")).to_have_attribute("data-state", "stale")
        card(page, "join").get_by_role("button", name="Run join", exact=True).click()
        expect(card(page, "join")).to_contain_text("Guest: AI 0 / Guest: edited / Guest: AI 2")
        assert SPOKEN.count == 4
        assert SPOKEN.wait(4) == {"text": "edited", "voice": "Guest", "loud": True, "secret": 1}
        page.reload()
        expect(card(page, "write").get_by_label("Text 2")).to_have_value("edited")
        expect(card(page, "write").get_by_label("Loud 2")).to_be_checked()
        card(page, "write").get_by_role("button", name="Undo my edits").click()
        expect(card(page, "write").get_by_label("Text 2")).to_have_value("AI 1")
        expect(card(page, "write").get_by_role("button", name="Undo my edits")).to_have_count(0)


def test_items_are_added_and_removed_and_a_new_result_replaces_what_is_shown(page, context):
    with shown(page, script_page()) as url:
        page.goto(url)
        run_all(page, "join")
        other = context.new_page()
        other.goto(url)
        expect(card(other, "write").get_by_label("Text 3")).to_be_visible()
        table = card(page, "write")
        table.get_by_role("button", name="Remove line 1").click()
        table.get_by_role("button", name="Add a line").click()
        expect(table.get_by_label("Text 3")).to_be_focused()
        table.get_by_label("Text 3").press_sequentially("new one, typed while the page hears of the others", delay=10)
        settle(page)
        expect(card(other, "write").get_by_label("Text 3")).to_have_value(
            "new one, typed while the page hears of the others"
        )
        card(page, "join").get_by_role("button", name="Run join", exact=True).click()
        expect(card(page, "join")).to_contain_text("Host: AI 1 / Guest: AI 2 / Host: new one")
        assert SPOKEN.wait(4)["secret"] == 0
        page.get_by_label("Topic", exact=True).fill("Tea")
        settle(page)
        expect(card(page, "write")).to_have_attribute("data-state", "stale")
        page.get_by_role("button", name="Run all").click()
        page.get_by_role("button", name="Replace my edits").click()
        expect(table.get_by_label("Text 1")).to_have_value("Tea 0")
        expect(card(other, "write").get_by_label("Text 3")).to_have_value("Tea 2")


def test_a_thousand_items_are_shown_in_pages_and_edited_one_by_one(page):
    got, sent = Got(), []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(len(str(frame)))))

    @node
    def numbers() -> Annotated[list[dict], ItemList(n=gr.Number(label="N"), word=gr.Textbox(label="Word"))]:
        return [{"n": i, "word": f"w{i}", "hidden": -i} for i in range(1000)]

    @node
    def take(rows: list[dict]) -> str:
        return got(rows=rows)

    @pipeline(name="Many")
    def many():
        return take(numbers())

    with shown(page, many) as url:
        page.goto(url)
        run_all(page, "take")
        table = card(page, "numbers")
        expect(table).to_contain_text("1 to 12 of 1000")
        assert table.locator("tbody tr").count() == 12
        table.get_by_role("button", name="Later rows").click()
        table.get_by_label("N 13").fill("7.5")
        table.get_by_label("Word 13").focus()
        table.get_by_label("Word 13").press("ArrowUp")
        expect(table.get_by_label("Word 12")).to_be_focused()
        expect(card(page, "take")).to_have_attribute("data-state", "stale")
        assert max(sent) < 2_000
        card(page, "take").get_by_role("button", name="Run take", exact=True).click()
        rows = got.wait(2)["rows"]
        assert rows[12] == {"n": 7.5, "word": "w12", "hidden": -12}
        assert (len(rows), rows[11]) == (1000, {"n": 11, "word": "w11", "hidden": -11})


def test_an_array_is_edited_as_a_list_and_what_is_no_list_says_so_and_the_page_goes_on(page):
    got = Got()

    @node
    def numbers(size: int) -> Annotated[list[float], ItemList(n=gr.Number(label="N"))]:
        return np.arange(float(size)) if size else 0  # type: ignore[return-value]  # as people's functions do

    @node
    def take(rows: list[float]) -> str:
        got(rows=rows if isinstance(rows, int) else [float(row) for row in rows])
        return f"{rows} taken"

    @pipeline(name="Arrays")
    def arrays(size: int = 0):
        return take(numbers(size))

    with shown(page, arrays) as url:
        page.goto(url)
        run_all(page, "take")
        expect(card(page, "take")).to_contain_text("0 taken")
        expect(card(page, "numbers")).to_contain_text("This can't be shown: TypeError")
        page.get_by_label("Size", exact=True).fill("3")
        settle(page)
        expect(card(page, "take")).to_have_attribute("data-state", "stale")
        run_all(page, "take")
        assert got.wait(2) == {"rows": [0, 1, 2]}
        expect(card(page, "numbers").get_by_label("N 3")).to_have_value("2")
        expect(card(page, "numbers")).not_to_contain_text("This can't be shown")
        page.reload()
        card(page, "numbers").get_by_label("N 2").fill("7")
        settle(page)
        expect(card(page, "take")).to_have_attribute("data-state", "stale")
        card(page, "take").get_by_role("button", name="Run take", exact=True).click()
        assert got.wait(3) == {"rows": [0, 7, 2]}


@dataclass
class Scene:
    title: str
    seconds: float

    def __post_init__(self):
        if not self.title:
            raise ValueError("a scene needs a title")


def test_a_line_that_its_class_refuses_is_taken_once_it_is_whole(page, context):
    @node
    def scenes(topic: str) -> Annotated[list[Scene], ItemList(title=gr.Textbox(label="Title"))]:
        return [Scene(f"{topic} {i}", 1.0) for i in range(2)]

    @node
    def film(scenes: list[Scene]) -> str:
        return ", ".join(scene.title for scene in scenes)

    @pipeline(name="Film")
    def films(topic: str = "Tea"):
        return film(scenes(topic))

    with shown(page, films) as url:
        page.goto(url)
        run_all(page, "film")
        other = context.new_page()
        other.goto(url)
        table = card(page, "scenes")
        table.get_by_role("button", name="Add a line").click()
        expect(page.locator(".toast")).to_contain_text("not taken yet: a scene needs a title")
        card(other, "film").get_by_role("button", name="Run film", exact=True).click()
        expect(card(page, "film")).to_have_attribute("data-state", "reused")
        table.get_by_label("Title 3").fill("The end")
        settle(page)
        expect(card(other, "scenes").get_by_label("Title 3")).to_have_value("The end")
        card(page, "film").get_by_role("button", name="Run film", exact=True).click()
        expect(card(page, "film")).to_contain_text("Tea 0, Tea 1, The end")


def questions_page(got):
    @node
    def draft(name: str) -> str:
        return f"draft of {name}"

    @node
    def note(**values: Any) -> str:
        return got(**values)

    @pipeline(name="Questions")
    def questions():
        words = ask(gr.Textbox(label="Your words"), value="begin")
        number = ask(gr.Number(label="How many", precision=0), name="how_many")
        mood = ask(gr.Radio(["calm", "loud"], label="Mood"), name="mood")
        picked = choose_one(["one", "two", "three"], name="picked")
        fine = approve(draft("me"), name="fine")
        return note(words=words, number=number, mood=mood, picked=picked, fine=fine)

    return questions


def test_questions_of_all_sorts_are_answered_in_their_cards(page):
    got = Got()
    with shown(page, questions_page(got)) as url:
        page.goto(url)
        page.get_by_role("button", name="Run all").click()
        words = card(page, "ask")
        expect(words.get_by_label("Your words")).to_have_value("begin")
        words.get_by_label("Your words").fill("mine")
        words.get_by_role("button", name="Continue").click()
        number = card(page, "how_many")
        number.get_by_label("How many").fill("3")
        number.get_by_role("button", name="Continue").click()
        card(page, "mood").get_by_role("radio", name="loud").click()
        card(page, "mood").get_by_role("button", name="Continue").click()
        options = card(page, "picked")
        options.get_by_role("radio", name="Option 1").focus()
        options.get_by_role("radio", name="Option 1").press("ArrowRight")
        options.get_by_role("button", name="Use the second").click()
        expect(card(page, "fine")).to_contain_text("draft of me")
        card(page, "fine").get_by_role("button", name="Approve").click()
        assert got.wait() == {"words": "mine", "number": 3, "mood": "loud", "picked": "two", "fine": "draft of me"}


def mapped_questions(got):
    @node
    def names() -> list[str]:
        return ["Ada", "Bob", "Cid"]

    @node
    def take(words: list[str]) -> str:
        return got(words=words)

    @pipeline(name="Mapped")
    def mapped():
        return take(gather(ask(gr.Textbox(label="Words"), value=each(names()), name="words")))

    return mapped


def test_items_that_ask_at_once_are_answered_one_by_one_in_any_order(page, context):
    got = Got()
    with shown(page, mapped_questions(got)) as url:
        page.goto(url)
        page.get_by_role("button", name="Run all").click()
        asked = card(page, "words")
        expect(asked).to_contain_text("3 wait for you")
        expect(asked.get_by_label("Words", exact=True)).to_have_value("Ada")
        asked.get_by_role("button", name="The next question").click()
        expect(asked.get_by_label("Words", exact=True)).to_have_value("Bob")
        asked.get_by_label("Words", exact=True).fill("Bob!")
        asked.get_by_role("button", name="Continue").click()
        expect(asked).to_contain_text("2 wait for you")
        expect(asked.get_by_label("Words", exact=True)).to_have_value("Ada")
        asked.get_by_label("Words", exact=True).fill("Ada, half")
        other = context.new_page()
        other.goto(url)
        expect(card(other, "words").get_by_label("Words", exact=True)).to_have_value("Ada")
        card(other, "words").get_by_role("button", name="The next question").click()
        expect(card(other, "words").get_by_label("Words", exact=True)).to_have_value("Cid")
        card(other, "words").get_by_role("button", name="Use as it was").click()
        expect(asked).to_contain_text("Item 1")
        expect(asked).not_to_contain_text("wait for you")
        expect(asked.get_by_label("Words", exact=True)).to_have_value("Ada, half")
        asked.get_by_role("button", name="Continue").click()
        assert got.wait() == {"words": ["Ada, half", "Bob!", "Cid"]}


def test_the_question_that_somebody_answers_stays_when_an_item_before_it_asks_too(page):
    got, slow = Got(), threading.Event()

    @node
    def names() -> list[str]:
        return ["Ada", "Bob"]

    @node
    def draft(name: str) -> str:
        if name == "Ada":
            slow.wait(60)
        return f"draft of {name}"

    @node
    def take(words: list[str], fine: list[str]) -> str:
        return got(words=words, fine=fine)

    @pipeline(name="Late")
    def late():
        drafts = draft(each(names()))
        fine = gather(approve(drafts, name="fine"), errors="skip")
        return take(gather(ask(gr.Textbox(label="Words"), value=drafts, name="words")), fine)

    with shown(page, late) as url:
        page.goto(url)
        page.get_by_role("button", name="Run all").click()
        words, fine = card(page, "words"), card(page, "fine")
        expect(fine).to_contain_text("draft of Bob")
        words.get_by_label("Words", exact=True).fill("Bob, half")
        slow.set()
        for asked in (words, fine):
            expect(asked).to_contain_text("Item 2, 2 wait for you")
        expect(words.get_by_label("Words", exact=True)).to_have_value("Bob, half")
        fine.get_by_role("button", name="Approve").click()
        expect(fine).to_contain_text("draft of Ada")
        fine.get_by_role("button", name="Refuse").click()
        words.get_by_role("button", name="Continue").click()
        expect(words.get_by_label("Words", exact=True)).to_have_value("draft of Ada")
        words.get_by_role("button", name="Continue").click()
        assert got.wait() == {"words": ["draft of Ada", "Bob, half"], "fine": ["draft of Bob"]}


def test_pictures_and_numbers_are_chosen_in_the_app_view(page):
    import PIL.Image

    got = Got()

    @node
    def pictures() -> list[PIL.Image.Image]:
        return [PIL.Image.new("RGB", (20, 20), color) for color in ("red", "blue")]

    @node
    def take(picture: PIL.Image.Image, number: int) -> str:
        return got(color=picture.getpixel((0, 0)), number=number)

    @pipeline(name="Choose")
    def choose():
        return take(choose_one(pictures(), name="picture"), choose_one([10, 20], name="number"))

    with shown(page, choose) as url:
        page.goto(f"{url}?view=app")
        page.get_by_role("button", name="Run", exact=True).first.click()
        for name, option, use in (("picture", "Option 2", "Use the second"), ("number", "Option 1", "Use the first")):
            group = page.get_by_role("radiogroup", name=f"Options of {name}")
            group.get_by_role("radio", name=option).click()
            expect(group.get_by_role("radio", name=option)).to_be_checked()
            page.get_by_role("button", name=use).click()
        assert got.wait() == {"color": (0, 0, 255), "number": 10}
