"""Choices, conditions and turns over Spaces and models, of which no function is called and no code is seen."""

from __future__ import annotations

from pathlib import Path

from daggr_fn import Retry, choice, each, gather, model, node, pipeline, repeat, space, switch, when

DRAW = space("artists/draw", "/draw", outputs={"image": Path}, name="draw")
PAINT = model("artists/paint", "text-to-image", outputs={"image": Path}, name="paint")


@node
def name_of(image: Path) -> str:
    return image.name


def test_one_of_a_space_and_a_model_is_asked(fake):
    drawn, painted = fake(DRAW, returns=Path("drawn.png")), fake(PAINT, returns=Path("painted.png"))

    @pipeline
    def cover(topic: str):
        return name_of(choice(DRAW, PAINT, name="artist")(prompt=topic))

    assert cover("cats") == "drawn.png"
    assert cover.options(choose={"artist": "paint"})("cats") == "painted.png"
    assert (drawn.calls, painted.calls) == ([{"prompt": "cats"}], [{"prompt": "cats"}])


def test_a_model_stands_in_for_a_space_that_failed_for_good(fake, run_pipeline):
    drawn, painted = fake(DRAW, fails=ConnectionError("asleep")), fake(PAINT, returns=Path("painted.png"))

    @pipeline
    def cover(topic: str):
        return name_of(DRAW.options(retries=Retry(1, wait=0)).or_else(PAINT)(prompt=topic))

    run = run_pipeline(cover, "cats")
    assert run.value == "painted.png"
    assert (run.steps["draw"].status, run.steps["paint"].status) == ("failed", "done")
    assert (len(drawn.calls), len(painted.calls)) == (2, 1)


def test_items_whose_app_refuses_them_get_the_backup(local_space, fake, run_pipeline):
    def shout(text: str) -> str:
        return {"hi": "HI", "ho": "HO"}[text]

    say = model("speakers/say", "chat-completion", outputs={"said": str}, name="say")
    shouting, said = space(local_space(shout), "/shout"), fake(say, calls=lambda text: f"{text}, said quietly")

    @pipeline
    def greetings(words: list[str]):
        return gather(shouting.or_else(say)(text=each(words)))

    run = run_pipeline(greetings, ["hi", "hum", "ho"])
    assert run.value == ["HI", "hum, said quietly", "HO"]
    assert said.calls == [{"text": "hum"}]
    assert [item.status for _, item in sorted(run.steps["shout"].items.items())] == ["done", "failed", "done"]


def test_a_remote_of_a_side_that_is_not_taken_is_not_asked(fake):
    drawn, painted = fake(DRAW, returns=Path("drawn.png")), fake(PAINT, returns=Path("painted.png"))

    @pipeline
    def covers(topics: list[str], style: str):
        topic = each(topics)
        sketch = when(topic, name_of(DRAW(prompt=topic).image))
        return gather(sketch, errors="skip"), switch(style, {"oil": PAINT(prompt="oil").image, "none": None})

    assert covers(["cats", "", "dogs"], "none") == (["drawn.png", None, "drawn.png"], None)
    assert sorted(call["prompt"] for call in drawn.calls) == ["cats", "dogs"]
    assert painted.calls == []


def test_a_space_takes_turns_until_it_is_good_enough(fake):
    polish = space("writers/polish", "/polish", outputs={"text": str}, name="polish")
    polished = fake(polish, calls=lambda text: f"{text}!")

    @pipeline
    def slogan(text: str):
        return repeat(polish, until=lambda text: text.endswith("!!!"), max_turns=9)(text=text)

    assert slogan("cats") == "cats!!!"
    assert [call["text"] for call in polished.calls] == ["cats", "cats!", "cats!!"]
