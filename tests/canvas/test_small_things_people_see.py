"""What is crooked, hidden or drawn wrongly is seen at once, and by nothing but eyes: the places and colours of it."""

from __future__ import annotations

import itertools
import re

from playwright.sync_api import expect

SIDES = """
    from typing import Annotated

    import gradio as gr
    from daggr_fn import ask, choose_one, node, pipeline, switch, when

    @node
    def is_long(text: str) -> bool:
        return len(text) > 3

    @node
    def cut(text: str) -> str:
        return text[:3]

    @node
    def keep(text: str) -> str:
        return text

    @node
    def say(text: str) -> Annotated[str, gr.Textbox(label="Said")]:
        return f"\\u0645\\u0631\\u062d\\u0628\\u0627 {text}"

    @node
    def words(text: str) -> list[str]:
        return [text, "tea"]

    @pipeline
    def shown(topic: Annotated[str, gr.Textbox(label="Topic")] = "AI", lang: str = "de"):
        text = when(is_long(topic), cut(topic), keep(topic))
        said = switch(lang, {"de": say(text), "fr": keep(text)}, default="nothing")
        edited = ask(gr.Textbox(label="Text", lines=3), value=said, name="edit")
        return {"edited": edited, "picked": choose_one(words(topic))}
"""

HANDLE = '.outs li:has-text("{}") .vue-flow__handle'


def filled(c, card, port):
    return c.card(card).locator(HANDLE.format(port))


def test_the_side_that_was_taken_has_a_filled_port_and_the_wires_of_the_others_are_dotted(canvas):
    c = canvas(SIDES)
    c.run_all()
    c.says("edit", "Waiting for you")
    expect(filled(c, "is_long", "otherwise")).to_have_class(re.compile(r"\bfull\b"))
    expect(filled(c, "is_long", "then")).not_to_have_class(re.compile(r"\bfull\b"))
    c.wire_is("is_long.otherwise", "keep", "fresh")
    c.wire_is("is_long.then", "cut", "skipped")
    c.wire_is("switch(lang).otherwise", "edit", "skipped")


def test_text_from_right_to_left_is_at_the_right_of_its_card(canvas):
    c = canvas(SIDES)
    c.run_all()
    text = c.card("say").locator(".out p.plain")
    expect(text).to_have_css("direction", "rtl")
    expect(text).to_have_css("text-align", "start")


def test_the_text_that_answers_a_question_has_one_focus_ring_around_its_field(canvas):
    c = canvas(SIDES)
    c.run_all()
    c.says("choose_one", "Waiting for you")
    field = c.card("edit").locator("textarea")
    field.focus()
    c.page.keyboard.type("more")
    expect(field).to_have_css("box-shadow", "none")
    expect(c.card("edit").locator(".q-field--focused")).to_have_count(1)


def test_options_are_called_by_their_words(canvas):
    c = canvas(SIDES)
    c.run_all()
    options = c.card("choose_one").get_by_role("radio")
    expect(options).to_have_count(2)
    expect(options.nth(1)).to_have_accessible_name("Option 2: tea")


LANES = """
    from typing import Annotated

    import gradio as gr
    from daggr_fn import node, pipeline

    @node(name="either/or")
    def narrow(text: str) -> Annotated[int, None]:
        return len(text)

    @node
    def wide(text: str) -> Annotated[list[list[int]], gr.Dataframe(label="Table")]:
        return [[1]]

    @node
    def middle(table: object) -> object:
        return table

    @node
    def last(table: object, number: int) -> str:
        return f"{table} {number}"

    @pipeline
    def shown(
        topic: Annotated[str, gr.Textbox(label="Topic")] = "AI",
        colour: Annotated[str, gr.ColorPicker(label="Colour")] = "#ff8800",
    ):
        number = narrow(f"{topic} {colour}")
        return last(middle(wide(topic)), number)
"""

ENDS = """() => [...document.querySelectorAll('.vue-flow__edge-path')].map((path) =>
  path.getAttribute('d').match(/[MLC][^MLC]*/g).map((piece) => Number(piece.slice(1).trim().split(/[ ,]+/).at(-2))))"""


def test_no_wire_turns_back_on_its_way(canvas):
    c = canvas(LANES)
    c.until_still()
    expect(c.wire("either/or", "last")).to_have_count(1)
    for ends in c.page.evaluate(ENDS):
        assert ends == sorted(ends)


def test_a_slash_in_the_name_of_a_node_is_a_part_of_it(canvas):
    c = canvas(LANES)
    expect(c.card("either/or").locator("h3")).to_have_text("either/or")


def test_the_picture_of_the_graph_has_the_names_of_the_ports(canvas, tmp_path):
    c = canvas(LANES)
    c.press("Share and export")
    with c.page.expect_download() as got:
        c.item("Graph as SVG").click()
    got.value.save_as(tmp_path / "graph.svg")
    text = (tmp_path / "graph.svg").read_text()
    assert all(f">{name}<" in text for name in ("Topic", "Colour", "Table", "number"))


def test_a_colour_is_seen_beside_its_text(canvas):
    c = canvas(LANES)
    swatch = c.page.get_by_role("button", name="Pick Colour")
    expect(swatch).to_have_css("background-color", "rgb(255, 136, 0)")
    c.type("Colour", "#00ff00")
    expect(swatch).to_have_css("background-color", "rgb(0, 255, 0)")


TABLE = """
    from typing import Annotated, Any

    import gradio as gr
    from daggr_fn import node, pipeline

    @node
    def keep(table: Any) -> str:
        return "kept"

    @pipeline(name="A pipeline with a name that is so long that it fills the whole of the bar and more than that")
    def shown(
        table: Annotated[Any, gr.Dataframe(headers=["a", "b"], datatype=["str", "bool"])] = [["x", True]],
    ):
        return keep(table)
"""


def middle(locator):
    box = locator.bounding_box()
    return box["y"] + box["height"] / 2


def test_a_box_to_tick_in_a_table_is_level_with_the_text_of_its_row(canvas):
    c = canvas(TABLE)
    row = c.page.locator(".df-rows tbody tr").first
    assert abs(middle(row.locator("input[type=checkbox]")) - middle(row.locator("td.n"))) < 2


def test_a_long_name_does_not_push_the_buttons_of_the_bar_over_each_other(canvas):
    c = canvas(TABLE)
    for width in (700, 900, 1100, 1440):
        c.page.set_viewport_size({"width": width, "height": 700})
        boxes = [one.bounding_box() for one in c.page.locator("header.bar button:visible").all()]
        edges = sorted((box["x"], box["x"] + box["width"]) for box in boxes)
        assert all(left[1] <= right[0] + 1 for left, right in itertools.pairwise(edges)), (width, edges)
        assert edges[-1][1] <= width
        name = c.button("Sheet 1").locator(".nm")
        assert name.evaluate("(name) => name.scrollWidth <= name.clientWidth")


PORTS = """
    from typing import Annotated

    import gradio as gr
    from daggr_fn import approve, each, gather, node, pipeline

    @node
    def careful(text: str) -> str:
        if text == "bad":
            raise ValueError("no")
        return text

    @node
    def shout(text: str) -> str:
        return text.upper()

    @pipeline
    def inner(text: str) -> str:
        return shout(careful(text))

    @node
    def join(texts: list[str]) -> str:
        return " ".join(texts)

    @pipeline
    def shown(topic: Annotated[str, gr.Textbox(label="Topic")] = "AI"):
        good = gather(inner(each([topic, "bad"])), errors="skip")
        return join(good), shout.named("after")(approve(topic, name="ok"))
"""


def test_ports_are_filled_where_there_is_a_value_and_red_where_there_is_none_for_a_failure(canvas):
    c = canvas(PORTS)
    full, failed = re.compile(r"\bfull\b"), re.compile(r"\bh-failed\b")
    c.run_all()
    c.press("Approve", c.card("ok"))
    c.shows("after", "AI")
    c.shows("join", "AI")
    expect(filled(c, "ok", "Output")).to_have_class(full)
    expect(filled(c, "inner/careful", "Output")).to_have_class(failed)
    group = c.page.locator('.group[data-card="inner"] .vue-flow__handle.source')
    expect(group).to_have_class(full)
    expect(group).not_to_have_class(failed)
    c.type("Topic", "tea")
    c.run_all()
    c.press("Refuse", c.card("ok"))
    c.says("ok", "refused")
    expect(filled(c, "ok", "Output")).not_to_have_class(full)


DRAWN = """
    from typing import Annotated

    import gradio as gr
    from daggr_fn import node, pipeline
    from PIL import Image

    @node
    def draw(color: str) -> Annotated[list[Image.Image], gr.Gallery(label="Drawn")]:
        return [Image.new("RGB", (40, 40), color)]

    @pipeline
    def shown(color: Annotated[str, gr.Textbox(label="Colour")] = "red"):
        return draw(color)
"""


def test_a_place_in_a_gallery_whose_picture_was_broken_shows_the_next_one(canvas, faults):
    faults.expect("Failed to load resource")
    c = canvas(DRAWN)
    pictures = re.compile(r"/files/")
    c.page.route(pictures, lambda route: route.abort())
    c.run_all()
    draw = c.card("draw")
    expect(draw.locator(".thumb.none")).to_have_count(1)
    c.wait_until_over()
    c.page.unroute(pictures)
    c.type("Colour", "blue")
    c.run_all()
    expect(draw.get_by_role("button", name="Show Drawn 1 at full size")).to_be_visible()


LONG_ERROR = """
    from daggr_fn import node, pipeline

    @node
    def broken(text: str) -> str:
        raise ValueError("\\n".join([text] * 300))

    @pipeline
    def shown(text: str = "no good"):
        return broken(text)
"""


def test_a_long_error_is_cut_and_opens_whole(canvas):
    c = canvas(LONG_ERROR)
    c.run_all()
    c.says("broken", "Failed")
    more = c.button("Show all 300 lines", c.card("broken"))
    expect(more).to_be_visible()
    assert c.boxes()["broken"][3] < 700
    more.click()
    c.until(lambda: c.boxes()["broken"][3] > 3000)
    expect(c.button("Show less", c.card("broken"))).to_be_visible()
