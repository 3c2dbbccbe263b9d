"""Models with the signature of a function."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from PIL import Image  # noqa: TC002  # an annotation that is read
from pydantic import BaseModel

from daggr_fn import model, pipeline
from daggr_fn.errors import TypeMismatchError, UnknownParameterError
from tests.models.server import Reply, delta


class Recipe(BaseModel):
    title: str
    minutes: int


class Found(NamedTuple):
    answer: str
    score: float


def test_a_picture_is_a_picture(world):
    @model("artists/flux").typed
    def draw(prompt: str, width: int = 64) -> Image.Image: ...

    picture = draw("a cat")
    assert picture.getpixel((0, 0)) == (255, 0, 0)
    assert world.requests[-1].json["width"] == 64


def test_a_chat_answers_in_the_form_of_the_annotation(world):
    @model("meta/talker").typed
    def cook(prompt: str) -> Recipe: ...

    world.chat = lambda _: Reply([delta({"content": '{"title": "Soup", "minutes": 20}'}), delta({}, "stop")])
    assert cook("Soup?") == Recipe(title="Soup", minutes=20)

    @pipeline
    def menu(dish: str = "Soup") -> str:
        return cook(dish).title

    assert menu() == "Soup"


def test_the_fields_of_a_record_are_taken_by_their_names(world):
    @model("models/question-answering").typed
    def ask(question: str, context: str) -> Found: ...

    assert ask("Who?", "My name is Clara") == Found("Clara", 0.9)


def test_the_signature_is_checked_against_the_task(world):
    def draw(prompt: str, colour: str) -> Path: ...

    with pytest.raises(UnknownParameterError, match="no parameter 'colour'"):
        model("artists/flux").typed(draw).spec  # noqa: B018

    def say(prompt: str) -> int: ...

    with pytest.raises(TypeMismatchError, match="can't be both str and int"):
        model("meta/talker").typed(say).spec  # noqa: B018
