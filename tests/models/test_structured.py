"""Structured answers: a pydantic model or a JSON schema says what a chat answers in."""

from __future__ import annotations

import json

import pytest
from pydantic import BaseModel, Field

from daggr_fn.errors import OutputError, WiringError
from daggr_fn.inference.errors import ModelAnswerError
from daggr_fn.nodes.model import ModelKind
from tests.models.server import Reply, delta


class Recipe(BaseModel):
    """How to cook something."""

    title: str
    minutes: int = Field(ge=1)
    steps: list[str] = []


SCHEMA = {
    "title": "Recipe",
    "type": "object",
    "properties": {"title": {"type": "string"}, "minutes": {"type": "integer", "minimum": 1}},
    "required": ["title", "minutes"],
}
GOOD = {"title": "Soup", "minutes": 20}


def says(world, text: str, finish: str = "stop") -> None:
    world.chat = lambda _: Reply([delta({"content": text}), delta({}, finish), b"data: [DONE]\n\n"])


def test_an_answer_is_an_instance_of_the_pydantic_model(ask, world):
    says(world, json.dumps(GOOD))
    assert ask("meta/talker", "Soup?", outputs=Recipe).value == Recipe(title="Soup", minutes=20)
    asked = world.requests[-1].json["response_format"]
    assert asked["type"] == "json_schema"
    assert asked["json_schema"]["name"] == "Recipe"
    assert asked["json_schema"]["schema"] == Recipe.model_json_schema()


def test_an_answer_to_a_json_schema_is_a_dict(ask, world):
    says(world, json.dumps(GOOD))
    assert ask("meta/talker:together", "Soup?", outputs=SCHEMA).value == GOOD
    # The client writes it as this provider wants it.
    assert world.requests[-1].json["response_format"] == {"type": "json_schema", "schema": SCHEMA}


def test_an_answer_may_stand_in_a_block_of_markdown(ask, world):
    says(world, f"```json\n{json.dumps(GOOD)}\n```\n")
    assert ask("meta/talker", "Soup?", outputs=SCHEMA).value == GOOD


def test_an_answer_may_be_no_object(ask, world):
    says(world, "[1, 2]")
    assert ask("meta/talker", "Two?", outputs={"type": "array", "items": {"type": "integer"}}).value == [1, 2]


@pytest.mark.parametrize("form", [Recipe, SCHEMA], ids=["pydantic", "schema"])
@pytest.mark.parametrize(
    ("text", "why"), [('{"title": "Soup", "minutes": 0}', "minutes"), ('{"title": 1}', "title"), ("Soup!", "Soup!")]
)
def test_an_answer_of_another_form_is_an_error_that_shows_it(ask, world, form, text, why):
    says(world, text)
    with pytest.raises(ModelAnswerError, match="answered in another form") as caught:
        ask("meta/talker", "Soup?", outputs=form)
    assert why in str(caught.value)
    assert caught.value.answer == text
    assert caught.value.retryable


def test_an_answer_that_was_cut_off_says_so(ask, world):
    says(world, '{"title": "So', finish="length")
    with pytest.raises(ModelAnswerError, match="was cut off at max_tokens"):
        ask("meta/talker", "Soup?", outputs=Recipe)


def test_the_fields_of_the_form_are_outputs(world):
    spec = ModelKind("meta/talker", outputs=Recipe).spec()
    assert {name: port.annotation for name, port in spec.outputs.items()} == {
        "title": str,
        "minutes": int,
        "steps": list[str],
    }
    assert (spec.record, spec.returns) == ("attribute", Recipe)
    assert ModelKind("meta/talker", outputs=SCHEMA).spec().record == "key"
    assert "response_format" not in spec.parameters


def test_the_form_belongs_to_the_key_of_a_result(world):
    keys = {ModelKind("meta/talker", outputs=form).identity() for form in (None, Recipe, SCHEMA)}
    assert len(keys) == 3


def test_only_a_chat_has_a_form(world):
    with pytest.raises(WiringError, match="only a chat has a form"):
        ModelKind("artists/flux", outputs=Recipe).spec()


def test_what_is_no_form_is_refused():
    with pytest.raises(WiringError, match="is no JSON schema"):
        ModelKind("meta/talker", outputs={"type": "objekt"})
    with pytest.raises(WiringError, match="neither names of outputs"):
        ModelKind("meta/talker", outputs=3)
    with pytest.raises(WiringError, match="'my image': it is no name"):
        ModelKind("meta/talker", outputs={"my image": None})


def test_several_names_take_the_fields_of_a_record(ask, world):
    value = ask("models/question-answering", "Who?", "Clara", outputs={"answer": None, "score": None}).value
    assert (value.answer, value.score) == ("Clara", 0.9)
    with pytest.raises(OutputError, match="and its outputs are 'answer', 'sure'"):
        ask("models/question-answering", "Who?", "Clara", outputs={"answer": None, "sure": None})
