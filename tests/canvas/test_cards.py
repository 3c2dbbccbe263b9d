"""What of a pipeline becomes a card, a port and a wire, before anything has run."""

from __future__ import annotations

import inspect
import random
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import gradio as gr
import numpy as np
import PIL.Image
import pytest

from daggr_fn import (
    ItemList,
    Node,
    Pipeline,
    Secret,
    apply,
    each,
    every_run,
    gather,
    inputs,
    node,
    pipeline,
    product,
    space,
)
from daggr_fn.canvas.cards import describe
from daggr_fn.canvas.cards.parts import link_of
from daggr_fn.canvas.layout import Arrangement
from daggr_fn.kinds import Call, Identity, NodeSpec, Options, OutputPort, Parameter
from tests.canvas.described import (
    Line,
    Style,
    card,
    drawn,
    is_long,
    join,
    names,
    ports,
    several,
    shout,
    speak,
    whatever,
    whisper,
    wires,
    write,
)

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))

# ---- inputs


def test_parameters_are_fields_of_one_card_and_each_has_a_port():
    @pipeline
    def p(topic: str, loud: bool = False):
        return speak(topic, voice=apply(str, loud))

    found = drawn(p)
    inputs_card = card(found, "inputs")
    assert (inputs_card["kind"], inputs_card["name"]) == ("input", "Inputs")
    assert inputs_card["fields"] == ["topic", "loud"]
    assert inputs_card["slots"] == ["field-topic", "field-loud"]
    assert [one["label"] for one in inputs_card["outs"]] == ["Topic", "Loud"]
    assert inputs_card["outs"][0]["y"] == 70
    assert "inputs.topic > speak.text" in wires(found)


def test_inputs_that_belong_together_have_a_card_of_their_own():
    @pipeline
    def p(topic: str):
        more = inputs("Parameters", voice=gr.Textbox(label="Whose voice"), speed=gr.Slider(1, 2))
        return speak(topic, more.voice), whisper(topic, more.speed)

    found = drawn(p)
    assert card(found, "Parameters")["fields"] == ["voice", "speed"]
    assert card(found, "Parameters")["outs"][0]["label"] == "Whose voice"
    assert "Parameters.speed > whisper.speed" in wires(found)


def test_a_dataclass_is_a_card_with_a_field_for_each_of_its_own():
    @pipeline
    def p(style: Style):
        return shout(style.name), whatever(style.mood)

    style = card(drawn(p), "style")
    assert style["fields"] == ["style.name", "style.seed", "style.mood"]
    assert [one["label"] for one in style["outs"]] == ["Name", "Seed", "Mood"]
    assert style["width"] == 280
    assert wires(drawn(p)) == ["style.style.name > shout.text", "style.style.mood > whatever.x"]


def test_a_dataclass_that_is_passed_whole_has_a_port_for_that():
    @pipeline
    def p(style: Style):
        return whatever(style)

    assert ports(drawn(p), "style", "outs")[0] == "style"
    assert wires(drawn(p)) == ["style.style > whatever.x"]


def test_a_component_given_to_a_step_is_a_field_on_its_own_card():
    @pipeline
    def p():
        return shout(gr.Textbox(label="What"))

    found = drawn(p)
    assert names(found) == ["shout"]
    assert card(found, "shout")["fields"] == ["text"]
    assert card(found, "shout")["slots"] == ["field-text"]
    assert ports(found, "shout") == []


def test_a_component_that_two_steps_were_given_is_one_field_with_two_wires():
    @pipeline
    def p():
        text = gr.Textbox()
        return shout(text), is_long(text)

    found = drawn(p)
    assert card(found, "inputs")["fields"] == ["text"]
    assert wires(found) == ["inputs.text > shout.text", "inputs.text > is_long.text"]


def test_a_secret_is_a_field_like_others():
    @pipeline
    def p(key: Annotated[str, Secret]):
        return whatever(key)

    assert card(drawn(p), "inputs")["fields"] == ["key"]


def test_a_step_named_like_a_card_of_inputs_leaves_both_their_cards():
    @pipeline
    def p(topic: str, style: Style):
        return whatever.named("inputs")([topic, style.name]), is_long.named("style")(topic)

    assert sorted(names(drawn(p))) == ["inputs", "inputs (2)", "style", "style (2)"]


def test_ids_stay_the_same():
    @pipeline
    def p(topic: str):
        return shout(topic)

    assert describe(p.dag) == describe(p.dag)


# ---- kinds


class HubKind:
    """Describes itself as a node on the Hub does."""

    is_async = False
    remembers = True
    calls_sources = True
    name = "draw"

    def __init__(self, label: str, link: str) -> None:
        self.label = label
        self._link = link

    def spec(self) -> NodeSpec:
        parameters = {"prompt": Parameter("prompt", str), "seed": Parameter("seed", float, 0.0)}
        outputs = {"image": OutputPort("image", Path, gr.Image(label="Image"))}
        return NodeSpec("draw", parameters, outputs, doc="Draws.", link=self._link)

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        return kwargs

    def check(self, parameter: str, value: Any) -> None: ...

    def identity(self) -> Identity:
        return Identity(("hub",))

    def call(self, inputs: Mapping[str, Any], call: Call) -> Any: ...


@pytest.mark.parametrize(
    ("label", "link", "kind", "text"),
    [
        ("space", "https://huggingface.co/spaces/owner/name", "space", "owner/name"),
        ("model", "https://huggingface.co/org/model", "model", "org/model"),
        ("space", "http://127.0.0.1:7860/", "space", "127.0.0.1:7860"),
        ("something new", "", "fn", None),
    ],
)
def test_a_card_says_what_its_node_is_and_links_to_it(label, link, kind, text):
    @pipeline
    def p(prompt: str):
        return Node[..., Any](HubKind(label, link), Options())(prompt=prompt, seed=random.random)

    found = card(drawn(p), "draw")
    assert (found["kind"], found["doc"], found["drawn"]) == (kind, "Draws.", ["seed"])
    assert (found["link"] and found["link"]["text"]) == text
    assert found["place"].startswith("test_cards.py:") or "/test_cards.py:" in found["place"]
    assert found["outs"][0] == {
        "name": "image",
        "label": "Image",
        "list": False,
        "shown": True,
        "view": "image",
        "y": 70,
    }


def test_a_link_elsewhere_is_called_by_its_host():
    assert link_of("https://apps.example.org/draw?x=1") == {
        "text": "apps.example.org",
        "url": "https://apps.example.org/draw?x=1",
    }


def test_the_podcast_is_the_canvas_that_was_drawn_for_it():
    from podcast import podcast

    found = drawn(podcast)
    kinds = {one["id"]: one["kind"] for one in found["cards"]}
    assert kinds == {
        "inputs": "input",
        "host": "space",
        "guest": "space",
        "write_script": "fn",
        "speak": "space",
        "join": "gather",
    }
    assert wires(found) == [
        "inputs.host_voice > host.voice_description",
        "inputs.guest_voice > guest.voice_description",
        "inputs.topic > write_script.topic",
        "host.audio > write_script.host",
        "guest.audio > write_script.guest",
        "write_script.lines > speak.text each",
        "write_script.lines > speak.voice each",
        "speak.audio > join.clips",
    ]
    assert [(one["label"], one["card"], one["port"], one["view"]) for one in found["outputs"]] == [
        ("Full podcast", "join", "output", "audio"),
        ("Script", "write_script", "html", "html"),
    ]
    layout = Arrangement(found["cards"], found["wires"]).place()
    row = ["inputs", "write_script", "speak", "join"]
    assert {layout.cards[name].y for name in row} == {0}


def test_an_app_object_is_a_space_without_a_link():
    app = gr.Interface(lambda text: text, gr.Textbox(label="Text"), gr.Textbox(label="Out"), api_name="say")

    @pipeline
    def p(text: str):
        return space(app, "/say", name="say")(text)

    found = card(drawn(p), "say")
    assert (found["kind"], found["link"]) == ("space", None)


# ---- ports


def test_a_value_that_is_neither_shown_nor_used_has_no_port():
    @pipeline
    def p(topic: str):
        return write(topic).html

    found = drawn(p)
    assert ports(found, "write", "outs") == ["html"]


def test_a_value_that_is_used_but_not_shown_has_a_port_and_no_room():
    @pipeline
    def p(topic: str):
        return several(gather(shout(each(write(topic).lines)["text"])))

    first, second = card(drawn(p), "write")["outs"]
    assert (first["name"], first["shown"], first["list"]) == ("lines", False, True)
    assert (second["name"], second["shown"], second["list"]) == ("html", True, False)


def test_a_fixed_argument_is_not_drawn():
    @pipeline
    def p(topic: str):
        return speak(topic, voice="a.wav")

    assert ports(drawn(p), "speak") == ["text"]


def test_a_source_of_a_function_is_told_and_has_no_port():
    @pipeline
    def p(topic: str):
        return speak(topic, voice=every_run(str))

    assert card(drawn(p), "speak")["drawn"] == ["voice"]


def test_a_template_of_several_ports_has_a_wire_from_each_and_one_for_each_pair():
    @pipeline
    def p(a: str, b: str):
        return shout(f"{a} and {b} and {a}")

    assert wires(drawn(p)) == ["inputs.a > shout.text", "inputs.b > shout.text"]


def test_parts_of_one_value_are_one_wire():
    @pipeline
    def p(topic: str):
        script = write(topic)
        return whatever([script.lines[0]["text"], script.lines[1]["text"]]), whatever(script)

    assert wires(drawn(p)) == ["inputs.topic > write.topic", "write.lines > whatever.x", "write.lines > whatever_2.x"]


@pytest.mark.parametrize(
    ("annotation", "view", "width"),
    [
        (str, "text", 280),
        (int, "number", 240),
        (bool, "text", 280),
        (Path, "file", 240),
        (bytes, "file", 240),
        (PIL.Image.Image, "image", 280),
        (np.ndarray, "image", 280),
        (dict[str, int], "json", 480),
        (list[Line], "json", 480),
        (Literal["a", "b"], "text", 280),
        (int | None, "number", 240),
        (None, "none", 240),
        (Any, "text", 280),
        (Annotated[Any, gr.Paint()], "image", 280),
        (Annotated[Any, gr.File(file_count="multiple")], "files", 280),
        (Annotated[Any, gr.Dataframe()], "table", 480),
        (Annotated[Any, gr.LinePlot()], "plot", 480),
        (Annotated[Any, gr.Checkbox()], "text", 280),
        (Annotated[Any, ItemList(text=gr.Textbox())], "table", 480),
    ],
)
def test_a_card_is_as_wide_as_what_it_is_expected_to_show(annotation, view, width):
    def made(x):
        return x

    made.__annotations__["return"] = annotation

    @pipeline
    def p(x: str):
        return node(made)(x)

    found = card(drawn(p), "made")
    assert (found["outs"][0]["view"], found["width"]) == (view, width)
    assert found["height"] > 52 + 36 + 36


def test_every_component_of_gradio_has_a_view():
    from daggr_fn.canvas.cards.expected import expected_view, field_height

    every = [
        one
        for one in vars(gr.components).values()
        if isinstance(one, type) and issubclass(one, gr.components.Component) and not inspect.isabstract(one)
    ]
    assert len(every) > 30
    for one in every:
        component = one.__new__(one)
        assert expected_view(component, Any) in {
            *(
                "text",
                "markdown",
                "html",
                "image",
                "video",
                "audio",
                "file",
                "files",
                "gallery",
                "json",
                "table",
                "label",
            ),
            *("highlight", "code", "chat", "plot", "model3d", "number", "slider", "color", "annotated", "compare"),
        }
        assert field_height(component) >= 52


def test_what_is_heavy_to_draw_has_a_slot():
    @node
    def plot(x: str) -> Annotated[Any, gr.Plot()]: ...

    @pipeline
    def p(x: str):
        return plot(x)

    assert card(drawn(p), "plot")["slots"] == ["out-plot.output"]


def test_a_list_that_people_edit_has_a_slot_and_an_icon_of_its_own():
    @node
    def lines(topic: str) -> Annotated[list[Line], ItemList(text=gr.Textbox())]: ...

    @pipeline
    def p(topic: str):
        return lines(topic)

    found = card(drawn(p), "lines")
    assert (found["kind"], found["slots"], found["outs"][0]["list"]) == ("list", ["edit-lines.output"], True)


# ---- maps


def test_a_mapped_step_gives_lists_and_its_wires_come_once_per_item():
    @pipeline
    def p(topic: str):
        line = each(write(topic).lines)
        louder = shout(line["text"])
        return join(gather(speak(louder, voice=topic)))

    found = drawn(p)
    assert [one["id"] for one in found["cards"] if one["mapped"]] == ["shout", "speak"]
    assert card(found, "speak")["outs"][0]["list"]
    assert card(found, "join")["ins"][0]["list"]
    assert wires(found) == [
        "inputs.topic > write.topic",
        "write.lines > shout.text each",
        "shout.output > speak.text each",
        "inputs.topic > speak.voice",
        "speak.output > join.clips",
    ]


def test_a_list_of_all_combinations_has_a_wire_from_each_list():
    @pipeline
    def p(a: list[str], b: list[str]):
        x, y = product(a, b)
        return gather(speak(x, y))

    assert wires(drawn(p)) == [
        *("inputs.a > speak.text each", "inputs.b > speak.text each"),
        *("inputs.a > speak.voice each", "inputs.b > speak.voice each"),
    ]


def test_an_output_that_is_gathered_is_a_list_of_what_its_items_are():
    @pipeline
    def p(topics: list[str]):
        return gather(speak(each(topics)))

    (output,) = drawn(p)["outputs"]
    assert (output["list"], output["view"], output["label"]) == (True, "audio", "Sample")


# ---- the whole


def test_ports_wired_at_module_level_are_drawn_the_same():
    text = gr.Textbox(label="Say")
    p = Pipeline("loose", join([speak(text), whisper(inputs("More", what=gr.Textbox()).what)]))
    found = drawn(p)
    assert card(found, "speak")["fields"] == ["text"]
    assert card(found, "More")["fields"] == ["what"]


def test_an_output_that_is_fixed_or_an_input_is_listed_too():
    @pipeline
    def p(topic: str):
        shout(topic)
        return {"said": topic, "five": 5, "long": is_long(topic)}

    said, five, long = drawn(p)["outputs"]
    assert (said["card"], said["port"], said["view"]) == ("inputs", "topic", "text")
    assert (five["card"], five["view"]) == (None, "number")
    assert (long["card"], long["port"], long["label"]) == ("is_long", "output", "Long")
