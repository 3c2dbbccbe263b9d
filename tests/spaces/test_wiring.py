"""What is found before anything is sent: endpoints, parameters, outputs, values."""

from __future__ import annotations

from enum import Enum

import gradio as gr
import numpy as np
import pytest

from daggr_fn.errors import MissingParameterError, UnknownParameterError, WiringError
from daggr_fn.gradio_http.errors import SpaceUnreachableError
from daggr_fn.nodes.space import SpaceKind


def test_making_a_node_asks_nobody():
    kind = SpaceKind("http://127.0.0.1:9", "/generate_image", outputs={"image": None})
    assert kind.name == "generate_image"
    assert SpaceKind("me/My-Nice.App", "/predict").name == "my_nice_app"
    assert SpaceKind("me/app", "/x", name="given").name == "given"


def test_an_app_that_does_not_answer_is_said_to_be_unreachable():
    with pytest.raises(SpaceUnreachableError, match=r"http://127\.0\.0\.1:9 can't be reached"):
        SpaceKind("http://127.0.0.1:9", "/x").spec()


def test_a_wrong_endpoint_is_named_with_the_right_ones(behaviours_url):
    with pytest.raises(ValueError, match=r"no endpoint '/strem'; did you mean '/stream'\?") as caught:
        SpaceKind(behaviours_url, "/strem").spec()
    assert "'/add'" in str(caught.value)


def test_a_private_endpoint_is_none(behaviours_url):
    with pytest.raises(WiringError, match="no endpoint '/secret'"):
        SpaceKind(behaviours_url, "/secret").spec()


def test_without_an_endpoint_an_app_with_several_asks_which(behaviours_url):
    with pytest.raises(WiringError, match="endpoints: say which one"):
        SpaceKind(behaviours_url).spec()


def test_a_misspelt_parameter_is_named_with_the_right_ones(behaviours_url):
    with pytest.raises(UnknownParameterError, match=r"no parameter 'secnd'; did you mean 'second'\?") as caught:
        SpaceKind(behaviours_url, "/add").bind((1,), {"secnd": 2})
    assert isinstance(caught.value, ValueError)
    assert "'first', 'second'" in str(caught.value)


def test_a_missing_parameter_is_named(behaviours_url):
    with pytest.raises(MissingParameterError, match="needs 'first'"):
        SpaceKind(behaviours_url, "/add").bind((), {"second": 2})


def test_too_many_arguments_and_double_ones_are_refused(behaviours_url):
    with pytest.raises(UnknownParameterError, match="takes 2 arguments, and 3 were given"):
        SpaceKind(behaviours_url, "/add").bind((1, 2, 3), {})
    with pytest.raises(UnknownParameterError, match="two values for 'first'"):
        SpaceKind(behaviours_url, "/add").bind((1,), {"first": 2})


def test_more_outputs_than_the_app_returns_are_refused_with_what_it_returns(behaviours_url):
    kind = SpaceKind(behaviours_url, "/add", outputs={"a": None, "b": None})
    with pytest.raises(WiringError, match="returns 1 values, and 2 outputs are named") as caught:
        kind.spec()
    assert "Result (number)" in str(caught.value)


@pytest.mark.parametrize("name", ["final image", "class", "_hidden", "2nd"])
def test_an_output_needs_a_name_that_python_takes(name):
    with pytest.raises(WiringError, match="can't be named"):
        SpaceKind("me/app", "/x", outputs={name: None})


def test_what_is_no_app_is_refused_with_what_is_one():
    for wrong in ("just-a-name", 3, None, "a/b/c"):
        with pytest.raises(WiringError, match="names no Gradio app"):
            SpaceKind(wrong, "/x")


def test_a_broken_address_is_refused_without_being_repeated():
    for wrong in ("http://", "https://me:secret@:80/", "http://[me:secret"):
        with pytest.raises(WiringError, match="the address of a Gradio app") as caught:
            SpaceKind(wrong, "/x")
        assert "secret" not in str(caught.value)


def test_the_page_of_a_space_is_as_good_as_its_name():
    assert SpaceKind("https://huggingface.co/spaces/me/app", "/predict").name == "app"
    assert SpaceKind("spaces/me/app", "/predict").name == "app"


def test_a_description_tells_ports_components_and_defaults(behaviours_url):
    box = gr.Textbox(label="Loud")
    spec = SpaceKind(behaviours_url, "/split", outputs={"loud": box, "length": None}).spec()
    assert list(spec.parameters) == ["text"]
    assert spec.outputs["loud"].component is box
    assert not spec.outputs["length"].shown
    assert spec.record == "attribute"
    assert SpaceKind(behaviours_url, "/add").spec().parameters["second"].default == 1
    assert SpaceKind(behaviours_url, "/add").spec().record == ""
    assert list(SpaceKind(behaviours_url, "/add").spec().outputs) == ["output"]


class Letter(Enum):
    A = "a"
    Z = "z"


REFUSED = [
    ("slider", 11, "is between 1 and 10", None),
    ("slider", "3", "wants a number", "value=3"),
    ("slider", True, "wants a number", "value=1"),
    ("slider", float("inf"), "finite", None),
    ("number", -6, "is between -5 and 5", None),
    ("number", np.float64(6), "is between", None),
    ("checkbox", "yes", "wants True or False", "value=True"),
    ("checkbox", 1, "wants True or False", "value=True"),
    ("radio", "Label A", "value of a choice, not its label", "value='a'"),
    ("radio", "c", "is one of 'a', 'b'", None),
    ("checkboxgroup", "a", "wants a list of choices", "value=['a']"),
    ("checkboxgroup", ["a", "d"], "is one of 'a', 'b', 'c'", None),
    ("checkboxgroup", [Letter.Z], "is one of", None),
    ("dropdown", ["a", "b", 3], "takes at most 2 choices", None),
    ("dropdown", ["A"], r"is one of 'a', 'b', 3", None),
    ("textbox", 5, "wants a text", "value='5'"),
    ("textbox", "x" * 21, "at most 20 characters, and this has 21", None),
    ("image", 3, "wants a file", None),
    ("image", ["a.png"], "takes one file, not a list", None),
    ("image", "no-such-file.png", "does not exist", None),
    ("audio", {"a": 1}, "wants a file", None),
    ("file", ["no-such-file.txt"], "does not exist", None),
    ("dataset", 1.5, "whole number", "value=2"),
]


@pytest.mark.parametrize(("endpoint", "value", "why", "instead"), REFUSED)
def test_a_value_that_the_app_would_refuse_is_refused_here(endpoint, value, why, instead, components_url):
    with pytest.raises(WiringError, match=why) as caught:
        SpaceKind(components_url, f"/{endpoint}").check("value", value)
    assert caught.value.instead == instead
    assert f"/{endpoint}: value=" in str(caught.value)


ACCEPTED = [
    ("slider", 3),
    ("slider", 3.0),
    ("slider", np.int64(3)),
    ("slider", None),
    ("checkboxgroup", ["a"]),
    ("checkboxgroup", (Letter.A,)),
    ("checkboxgroup", []),
    ("dropdown", {"a"}),
    ("image", "https://example.com/a.png"),
    ("image", b"bytes"),
    ("json", {"any": ["thing"]}),
]


@pytest.mark.parametrize(("endpoint", "value"), ACCEPTED)
def test_a_value_that_the_app_takes_is_taken(endpoint, value, components_url):
    SpaceKind(components_url, f"/{endpoint}").check("value", value)


def test_a_path_that_is_nearly_right_is_suggested(components_url, tmp_path):
    (tmp_path / "cheetah.png").write_bytes(b"")
    with pytest.raises(WiringError, match=r"did you mean 'cheetah.png'\?"):
        SpaceKind(components_url, "/image").check("value", tmp_path / "cheeta.png")
    with pytest.raises(WiringError, match="this is a folder"):
        SpaceKind(components_url, "/image").check("value", tmp_path)


def test_values_from_other_steps_are_checked_before_they_are_sent(components_url, ask):
    with pytest.raises(WiringError, match="is between 1 and 10"):
        ask(components_url, "/slider", 11)
