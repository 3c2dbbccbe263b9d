"""Models in pipelines, as users write them."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from pydantic import BaseModel

from daggr_fn import StepFailed, each, gather, model, node, pipeline
from daggr_fn.events import StepPartial
from daggr_fn.inference.errors import ModelBusyError, ModelNotFoundError
from tests.models.server import Reply, as_json, delta


class Idea(BaseModel):
    title: str
    colours: list[str]


@node
def shout(text: str) -> str:
    return text.upper()


def posts(world) -> int:
    return sum(seen.method == "POST" for seen in world.requests)


def test_models_and_functions_make_a_pipeline(world):
    talk, draw = model("meta/talker"), model("artists/flux", outputs={"image": None})

    @pipeline
    def poster(topic: str = "cats"):
        slogan = shout(talk(prompt=f"A slogan for {topic}"))
        return draw(prompt=slogan).image, slogan

    picture, slogan = poster(topic="dogs")
    assert slogan == "HELLO!"
    assert isinstance(picture, Path)
    assert picture.suffix == ".png"
    assert world.asked("chat/completions")[0].json["messages"][0]["content"] == "A slogan for dogs"


def test_the_same_request_is_made_once(world):
    draw = model("artists/flux")

    @pipeline
    def poster(topic: str = "cats"):
        return draw(prompt=topic)

    first = poster()
    assert poster() == first
    assert posts(world) == 1
    assert poster.options(fresh=True)().exists()
    assert posts(world) == 2


def test_a_chat_is_seen_as_it_grows(world):
    talk = model("meta/talker")

    @pipeline
    def answer(question: str = "Hi"):
        return talk(prompt=question)

    partial = [event.value for event in answer.stream() if isinstance(event, StepPartial)]
    assert partial == ["Hel", "Hello", "Hello!"]


def test_a_structured_answer_is_mapped_over(world):
    world.chat = lambda _: Reply(
        [delta({"content": '{"title": "Sea", "colours": ["blue", "green"]}'}), delta({}, "stop")]
    )
    think, draw = model("meta/talker", outputs=Idea, name="think"), model("artists/flux")

    @pipeline
    def series(topic: str = "sea"):
        idea = think(prompt=topic)
        return gather(draw(prompt=f"{idea.title} in {each(idea.colours)}")), idea

    pictures, idea = series()
    assert [path.suffix for path in pictures] == [".png", ".png"]
    assert idea == Idea(title="Sea", colours=["blue", "green"])
    assert series()[1] == idea
    prompts = sorted(seen.json["prompt"] for seen in world.asked("images/generations"))
    assert prompts == ["Sea in blue", "Sea in green"]


def test_a_seed_is_drawn_for_each_call(world):
    draw = model("artists/flux")

    @pipeline
    def poster(topics: list[str]):
        return gather(draw(prompt=each(topics), seed=lambda: random.randrange(10**9)))

    poster(topics=["a", "b"])
    seeds = {seen.json["seed"] for seen in world.asked("images/generations")}
    assert len(seeds) == 2


def test_a_plain_call_runs_now(world):
    assert model("meta/talker")("Hi") == "Hello!"


def test_what_a_model_returned_may_be_changed_before_it_is_the_output(world):
    talk = model("meta/talker", postprocess=str.upper)
    assert talk("Hi") == "HELLO!"


def test_a_wrong_name_is_found_when_the_pipeline_is_checked(world):
    draw = model("artists/flx")

    @pipeline
    def poster(topic: str = "cats"):
        return draw(prompt=topic)

    with pytest.raises(ModelNotFoundError, match=r"did you mean 'artists/flux'\?"):
        poster.plan()
    assert not posts(world)


def test_a_failure_names_the_step_and_says_what_to_do(world):
    world.fails["artists/flux"] = as_json({"error": "slow down"}, 429, Retry_After="3")
    draw = model("artists/flux")

    @pipeline
    def poster(topic: str = "cats"):
        return draw(prompt=topic)

    with pytest.raises(StepFailed, match="step 'flux' failed: ModelBusyError: artists/flux") as caught:
        poster()
    assert isinstance(caught.value.__cause__, ModelBusyError)
    assert "hf_secret" not in str(caught.value)
