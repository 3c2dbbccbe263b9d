"""A pydantic model is one output, whose declared fields are parts of it, and theirs in turn."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from daggr_fn import UnknownOutputError, each, gather, node, pipeline


class Part(BaseModel):
    name: str
    grams: float = 1


class Step(BaseModel):
    text: str
    parts: list[Part] = []


class Recipe(BaseModel):
    title: str
    steps: list[Step]


@node
def cook(dish: str) -> Recipe:
    steps = [Step(text="boil", parts=[Part(name="water")]), Step(text="stir")]
    return Recipe(title=dish.title(), steps=steps)


@node
def fail(dish: str) -> Recipe:
    raise ConnectionError("no stove")


@node
def tell(text: str, parts: list[Part]) -> str:
    return f"{text} {len(parts)}"


def test_fields_of_a_model_and_of_its_items_are_taken_by_name():
    @pipeline
    def p(dish: str):
        recipe = cook(dish)
        step = each(recipe.steps)
        return {"title": recipe.title, "steps": gather(tell(step.text, step["parts"])), "whole": recipe}

    made = p("soup")
    assert (made["title"], made["steps"]) == ("Soup", ["boil 1", "stir 0"])
    assert isinstance(made["whole"], Recipe)


def test_they_are_there_on_what_stands_in_for_it_too():
    @pipeline
    def p(dishes: list[str]):
        return gather(fail.or_else(cook)(each(dishes)).title)

    assert p(["soup", "cake"]) == ["Soup", "Cake"]


def test_a_field_that_is_not_declared_is_refused_with_those_that_are():
    @pipeline
    def p(dish: str):
        return gather(tell(each(cook(dish).steps).txt, []))

    with pytest.raises(UnknownOutputError, match=r"'txt'; did you mean 'text'\?\n  valid    'text', 'parts'"):
        p.check()
