"""Groups, conditions, choices, backups, and steps that ask people."""

from __future__ import annotations

from playwright.sync_api import expect

GROUP = """
    from typing import Annotated, NamedTuple

    import gradio as gr
    from daggr_fn import node, pipeline

    calls = []

    class Cover(NamedTuple):
        title: str
        size: int

    @node
    def write(text: str) -> Annotated[str, gr.Textbox(label="Written")]:
        calls.append("write")
        return f"about {text}"

    @node
    def shout(text: str) -> str:
        calls.append("shout")
        return text.upper()

    @node
    def measure(text: str) -> int:
        return len(text)

    @node
    def end(text: str, size: int) -> str:
        return f"{text} {size}"

    @pipeline
    def cover(topic: str):
        "A cover for a topic."
        text = shout(write(topic))
        return Cover(text, measure(text))

    @pipeline
    def shown(topic: Annotated[str, gr.Textbox(label="Topic")] = "AI"):
        made = cover(topic)
        return end(made.title, made.size)
"""


def test_a_group_folds_to_a_card_with_its_results_and_runs_as_one(canvas):
    c = canvas(GROUP)
    frame = c.page.locator('.group[data-card="cover"]')
    expect(frame.locator(".card-title .status")).to_contain_text("Not run yet")
    expect(c.card("cover/write")).to_be_visible()
    c.press("Fold cover", frame)
    card = c.card("cover")
    expect(card).to_be_visible()
    expect(c.card("cover/write")).to_have_count(0)
    expect(card.locator(".ins")).to_contain_text("topic")
    expect(card.locator(".outs li")).to_have_text(["Title", "Size"])
    c.wire_is("cover", "end", "idle")

    c.press("Run cover")
    c.says("cover", "Done")
    outs = card.locator(".out")
    expect(outs).to_have_count(2)
    expect(outs.nth(0)).to_contain_text("ABOUT AI")
    expect(outs.nth(1)).to_contain_text("8")
    expect(card.locator(".outs .full")).to_have_count(2)
    c.wire_is("cover", "end", "fresh")
    c.says("end", "Not run yet")
    assert c.module.calls == ["write", "shout"]

    c.type("Topic", "cats")
    c.says("cover", "Stale")
    menu = c.run_menu("cover")
    expect(menu.locator(".plan .nm")).to_contain_text(["cover/write", "cover/shout"])
    c.item("Run from here").click()
    c.shows("end", "ABOUT CATS 10")
    expect(outs.nth(0)).to_contain_text("ABOUT CATS")
    c.page.reload()
    expect(card.locator(".out").first).to_contain_text("ABOUT CATS")

    c.press("Unfold cover", card)
    c.shows("cover/write", "about cats")
    expect(card).to_have_count(0)


FAILING_GROUP = """
    from daggr_fn import node, pipeline

    @node
    def draw(text: str) -> str:
        raise RuntimeError("no ink")

    @node
    def measure(text: str) -> int:
        return len(text)

    @pipeline
    def sketch(text: str):
        return draw(text)

    @pipeline
    def cover(text: str):
        return measure(sketch(text))

    @pipeline
    def shown(text: str = "a"):
        return cover(text)
"""


def test_a_folded_group_says_which_step_failed_and_a_click_leads_there(canvas):
    c = canvas(FAILING_GROUP)
    c.press("Fold sketch")
    expect(c.card("cover/sketch")).to_be_visible()
    c.until_still()  # what moves under the pointer between its down and its up is not clicked
    c.press("Fold cover")
    card = c.card("cover")
    expect(card).to_be_visible()
    c.run_all()
    c.says("cover", "Failed: draw")
    c.wait_until_over()
    c.press("Failed: draw", card)
    inner = c.card("cover/sketch/draw")
    expect(inner).to_be_visible()
    expect(inner).to_contain_text("no ink")
    expect(inner).to_be_in_viewport()
    expect(c.page.locator('.vue-flow__node[data-id="cover/sketch/draw"]')).to_be_focused()


SIDES = """
    from typing import Annotated

    import gradio as gr
    from daggr_fn import choice, node, pipeline, when

    @node
    def first(text: str) -> str:
        raise RuntimeError("Quota exceeded")

    @node
    def second(text: str) -> str:
        return f"second {text}"

    @node
    def shorten(text: str) -> str:
        return text[:3]

    @node
    def keep(text: str) -> str:
        return text

    @node
    def loud(text: str) -> str:
        return text.upper()

    @node
    def quiet(text: str) -> str:
        return text.lower()

    @node
    def is_long(text: str) -> bool:
        return len(text) > 5

    @pipeline
    def shown(topic: Annotated[str, gr.Textbox(label="Topic")] = "Hello there"):
        answered = first.or_else(second)(topic)
        cut = when(is_long(topic), shorten(topic), keep(topic))
        voice = choice(loud, quiet, name="voice")(topic)
        return {"answered": answered, "cut": cut, "voice": voice}
"""


def test_sides_choices_and_backups_say_which_one_it_was(canvas, page):
    page.set_viewport_size({"width": 1600, "height": 1400})
    c = canvas(SIDES)
    c.run_all()
    c.says("first", "Backup answered in")
    tried = c.card("first").locator(".steps li")
    expect(tried.nth(0)).to_contain_text("RuntimeError")
    expect(tried.nth(1)).to_contain_text("second")
    c.shows("first", "second Hello there")
    sides = c.card("is_long").locator(".steps li")
    expect(sides.nth(0)).to_contain_text("taken")
    expect(sides.nth(1)).to_contain_text("skipped")
    c.says("keep", "Skipped")
    c.wire_is("inputs", "keep", "skipped")
    c.shows("shorten", "Hel")
    tabs = c.card("voice").get_by_role("tab")
    expect(tabs).to_have_text(["loud", "quiet"])
    c.shows("voice", "HELLO THERE")
    c.wait_until_over()
    tabs.nth(1).click()
    expect(tabs.nth(1)).to_have_attribute("aria-selected", "true")
    c.says("voice", "Not run yet")
    c.press("Run voice")
    c.shows("voice", "hello there")
    tabs.nth(0).click()
    c.shows("voice", "HELLO THERE")
    c.type("Topic", "Hi")
    c.says("shorten", "Stale")
    c.run_all()
    expect(sides.nth(1)).to_contain_text("taken")
    c.shows("keep", "Hi")
    c.says("shorten", "Skipped")


INPUT_DECIDES = """
    import threading
    from typing import Annotated

    import gradio as gr
    from daggr_fn import node, pipeline, switch, when

    gate = threading.Event()

    @node
    def write(topic: str) -> str:
        gate.wait(30)
        return f"about {topic}"

    @node
    def end(text: str) -> str:
        return f"{text}!"

    @pipeline
    def shown(
        topic: Annotated[str, gr.Textbox(label="Topic")] = "cats",
        short: Annotated[bool, gr.Checkbox(label="Short")] = False,
        voice: Annotated[str, gr.Textbox(label="Voice")] = "deep",
    ):
        told = when(short, topic, write(topic))
        return switch(voice, {"deep": end(told), "high": end.named("ends")(told)})
"""


def test_a_side_that_inputs_decide_shows_before_and_while_it_runs(canvas):
    c = canvas(INPUT_DECIDES)
    sides = c.card("when(short)").locator(".steps li")
    expect(sides.nth(0)).to_contain_text("skipped")
    expect(sides.nth(1)).to_contain_text("taken")
    c.says("when(short)", "Side taken: otherwise")
    c.says("switch(voice)", "Side taken: deep")
    c.run_all()
    c.says("write", "Running")
    expect(sides.nth(1)).to_contain_text("taken")
    c.page.get_by_role("checkbox", name="Short").click()
    c.says("when(short)", "Side taken: then")
    c.module.gate.set()
    c.wait_until_over()
    c.type("Voice", "nothing of the kind")
    c.says("switch(voice)", "Not run yet")


PEOPLE = """
    from typing import Annotated

    import gradio as gr
    from daggr_fn import approve, ask, choose_one, node, pipeline

    @node
    def offer(topic: str) -> list[str]:
        return [f"{topic} one", f"{topic} two"]

    @node
    def end(text: str) -> str:
        return f"{text}!"

    @pipeline
    def shown(topic: Annotated[str, gr.Textbox(label="Topic")] = "cat"):
        picked = choose_one(offer(topic))
        fine = approve(picked)
        written = ask(gr.Textbox(label="Better words"), value=fine)
        return end(written)
"""


SHOWN_TO_PEOPLE = """
    from typing import Annotated

    import gradio as gr
    from daggr_fn import approve, choose_one, each, gather, node, pipeline

    @node
    def write(topic: str) -> Annotated[str, gr.Markdown(label="Article")]:
        return f"**{topic}**"

    @pipeline
    def shown(topic: str = "tea"):
        return approve(write(topic)), choose_one(gather(write.named("each")(each([topic, topic]))))
"""


def test_people_see_what_they_are_asked_about_as_it_is_shown_elsewhere(canvas):
    c = canvas(SHOWN_TO_PEOPLE)
    c.run_all()
    expect(c.card("approve").locator("strong")).to_have_text("tea")
    expect(c.card("approve")).to_contain_text("Article")
    expect(c.card("choose_one")).to_contain_text("tea")
    expect(c.card("choose_one")).not_to_contain_text("**")


def test_people_are_asked_in_the_card(canvas):
    c = canvas(PEOPLE)
    c.run_all()
    c.says("choose_one", "Waiting for you")
    c.page.get_by_role("radio", name="Option 2").click()
    c.press("Use the second")
    c.says("approve", "Waiting for you")
    expect(c.card("approve")).to_contain_text("cat two")
    c.press("Approve")
    c.says("ask", "Waiting for you")
    field = c.card("ask").locator("textarea, input").first
    expect(field).to_have_value("cat two")
    field.fill("a lion")
    c.press("Continue")
    c.shows("end", "a lion!")
    c.wait_until_over()
    c.type("Topic", "dog")
    c.run_all()
    c.says("choose_one", "Waiting for you")
    c.page.get_by_role("radio", name="Option 1").click()
    c.press("Use the first")
    c.says("approve", "Waiting for you")
    c.press("Refuse")
    c.says("end", "Skipped")


TURNS = """
    from typing import Annotated

    import gradio as gr
    from daggr_fn import approve, ask, node, pipeline, repeat

    @node
    def write(text: str) -> str:
        return f"{text}."

    @pipeline
    def draft(text: str) -> str:
        return ask(gr.Textbox(label="Better words"), value=write(text), note="Better?")

    @pipeline
    def shown(text: str = "a"):
        return repeat(draft, until=lambda text: text.endswith("!"), max_turns=4)(text)
"""


def test_a_repeated_step_asks_in_its_card_turn_by_turn(canvas):
    c = canvas(TURNS)
    card = c.card("draft")
    c.run_all()
    c.says("draft", "Waiting for you")
    expect(card).to_contain_text("Better?")
    words = card.get_by_role("textbox", name="Better words")
    expect(words).to_have_value("a.")
    words.fill("two")
    c.press("Continue", card)
    expect(words).to_have_value("two.")
    words.fill("three!")
    c.press("Continue", card)
    c.says("draft", "Done")
    c.shows("draft", "three!")
    assert c.sheet().value("draft", "turns") == 2
    c.wait_until_over()
