"""`fake` replaces nodes of every kind wherever they are used, and nothing that a fake returns outlives the test."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import NamedTuple, TypedDict

import anyio
import pytest

from daggr_fn import (
    OutputError,
    StepFailed,
    StepTimeout,
    WiringError,
    apply,
    choice,
    each,
    gather,
    model,
    node,
    pipeline,
    repeat,
    space,
    switch,
    when,
)

# Port 9 is "discard": nothing answers there, so a test that asks for it fails.
draw = space("http://127.0.0.1:9", "/draw")
cut_out = space("http://127.0.0.1:9", "/cut", outputs={"original": None, "final": Path})
chat = model("org/never-asked")


class Script(NamedTuple):
    title: str
    lines: list[str]


class Mood(TypedDict):
    happy: float
    sad: float


@node
def write(topic: str, length: int = 3) -> Script:
    raise AssertionError("the real node was called")


@node
def speak(text: str, voice: str = "host") -> str:
    return f"<{voice}> {text}"


@node
def judge(text: str) -> Mood:
    return {"happy": len(text), "sad": 0}


@pipeline
def episode(topic: str = "AI"):
    script = write(topic)
    return gather(speak(each(script.lines)))


def test_a_fake_stands_in_for_a_function_and_records_its_calls(fake):
    faked = fake(write, returns=("A title", ["one", "two"]))
    assert episode(topic="bees") == ["<host> one", "<host> two"]
    assert faked.calls == [{"topic": "bees"}]


def test_a_fake_stands_in_for_what_was_traced_before_it_was_made(fake):
    episode.check()
    fake(write, returns={"title": "A title", "lines": ["one"]})
    assert episode() == ["<host> one"]


def test_a_fake_is_called_for_each_item_in_worker_threads(fake):
    together = threading.Barrier(2)
    fake(write, returns=Script("A title", ["one", "two"]))

    def meet(text: str, voice: str) -> str:
        together.wait(10)
        return f"{voice}: {text}"

    faked = fake(speak, calls=meet)
    assert episode() == ["host: one", "host: two"]
    assert sorted(call["text"] for call in faked.calls) == ["one", "two"]


def test_a_fake_that_fails_fails_its_step(fake):
    fake(write, fails=ValueError("no ideas"))
    with pytest.raises(StepFailed, match="step 'write' failed: ValueError: no ideas"):
        episode()


def test_reproduce_asks_the_fake_again(fake):
    faked = fake(write, fails=ValueError("no ideas"))
    with pytest.raises(StepFailed) as failed:
        episode()
    with pytest.raises(ValueError, match="no ideas"):
        failed.value.reproduce()
    assert len(faked.calls) == 2


def test_a_fake_stands_in_for_a_plain_call(fake):
    faked = fake(speak, returns="hello")
    assert speak("hi", voice="guest") == "hello"
    assert faked.calls == [{"text": "hi", "voice": "guest"}]


def test_a_trial_of_a_node_and_an_awaited_call_ask_the_fake(fake):
    faked = fake(speak, returns="hello")
    assert speak.test() == "hello"
    assert anyio.run(speak.acall, "hi") == "hello"
    assert faked.calls == [{"text": "example"}, {"text": "hi"}]


def test_a_fake_stands_in_for_copies_with_other_options(fake):
    fake(speak, returns="hello")
    assert speak.options(name="host", limit=1, cache=True)("hi") == "hello"


def test_a_fake_of_a_function_stands_in_for_steps_that_apply_makes(fake):
    def shorten(text: str) -> str:
        return text[:1]

    @pipeline
    def p(text: str):
        return apply(shorten, text)

    fake(shorten, returns="…")
    assert p(text="abc") == "…"


def test_a_fake_stands_in_inside_of_groups_and_mapped_groups(fake):
    @pipeline
    def season(topics: list[str]):
        return gather(episode(each(topics)))

    fake(write, calls=lambda topic: Script(topic, [topic, topic.upper()]))
    assert season(topics=["a", "b"]) == [["<host> a", "<host> A"], ["<host> b", "<host> B"]]


def test_a_fake_stands_in_for_one_variant_of_a_choice(fake):
    @node
    def sing(text: str) -> str:
        return f"la la {text}"

    @pipeline
    def p(text: str):
        return choice(speak, sing, name="voice")(text=text)

    fake(sing, returns="fa fa")
    assert p(text="hi") == "<host> hi"
    assert p.options(choose={"voice": "sing"})(text="hi") == "fa fa"


def test_a_backup_runs_when_the_fake_fails(fake):
    @node
    def whisper(text: str) -> str:
        return f"({text})"

    @pipeline
    def p(text: str):
        return speak.or_else(whisper)(text=text)

    fake(speak, fails=ConnectionError)
    assert p(text="hi") == "(hi)"


@pytest.mark.no_network
def test_fakes_stand_in_on_the_sides_of_a_condition_and_the_other_is_not_called(fake):
    @pipeline
    def p(loud: bool, mode: str):
        said = when(loud, chat(prompt="loud"), draw(prompt="soft"))
        return said, switch(mode, {"draw": draw(prompt="a cat")}, default=chat(prompt="a word"))

    asked, drawn = fake(chat, calls=lambda prompt: f"said {prompt}"), fake(draw, calls=lambda prompt: f"drew {prompt}")
    assert p(True, "draw") == ("said loud", "drew a cat")
    assert (asked.calls, drawn.calls) == ([{"prompt": "loud"}], [{"prompt": "a cat"}])
    assert p(False, "say") == ("drew soft", "said a word")


@pytest.mark.no_network
def test_a_faked_space_is_a_variant_a_backup_and_a_turn(fake):
    @pipeline
    def p(prompt: str):
        picked = choice(chat, draw, name="who")(prompt=prompt)
        backed = chat.or_else(draw)(prompt=picked)
        return repeat(draw, until=lambda text: len(text) > 8, max_turns=9)(prompt=backed)

    fake(chat, fails=ConnectionError("asleep"))
    drawn = fake(draw, returns="picture")
    drawn_by = p.options(choose={"who": "draw"}).run(prompt="cat")
    assert drawn_by.ok
    assert [call["prompt"] for call in drawn.calls[:2]] == ["cat", "picture"]


def test_to_repeat_a_space_asks_nobody_and_a_fakes_description_ends_with_it(fake, local_space):
    def longer(text: str) -> str:
        return text + "!"

    url = local_space(longer)
    repeat(space("http://127.0.0.1:9", "/nothing"), until=bool, max_turns=1)
    lengthen = space(url, "/longer")
    shout = repeat(lengthen, until=lambda text: text.endswith("!!!"), max_turns=9)

    @pipeline
    def p():
        return shout(txet="hi")

    with fake._undo:
        fake(lengthen, calls=lambda txet: txet + "!!!")
        assert p() == "hi!!!"
        assert p.options(cache=True)() == "hi!!!"
    with pytest.raises(WiringError, match="has no parameter 'txet'"):
        p()
    right = pipeline(lambda: shout(text="hi"), name="right")
    assert right() == "hi!!!"


@pytest.mark.no_network
def test_fakes_of_a_space_and_a_model_stand_in_inside_of_mapped_groups(fake):
    @pipeline
    def scene(text: str):
        return draw(prompt=chat(prompt=text))

    @pipeline
    def book(texts: list[str]):
        return gather(scene(each(texts)))

    fake(chat, calls=lambda prompt: prompt.upper())
    fake(draw, calls=lambda prompt: f"<{prompt}>")
    assert book(["a", "b"]) == ["<A>", "<B>"]


@pytest.mark.no_network
def test_a_faked_space_needs_no_network_not_even_to_be_traced(fake):
    @pipeline
    def p(animal: str = "cat"):
        return cut_out(image=draw(prompt=f"A {animal}", height=512)).final

    drawn = fake(draw, returns=Path("cat.png"))
    cut = fake(cut_out, calls=lambda image: (image, Path("cut.png")))
    assert p() == Path("cut.png")
    assert drawn.calls == [{"prompt": "A cat", "height": 512}]
    assert cut.calls == [{"image": Path("cat.png")}]


@pytest.mark.no_network
def test_a_faked_space_names_its_outputs_by_the_record_that_the_fake_returns(fake):
    two = space("nobody/never-asked", "/two")

    @pipeline
    def p():
        return two(text="x").title

    fake(two, returns=Script("A title", []))
    assert p() == "A title"


@pytest.mark.no_network
def test_a_faked_model_needs_no_network(fake):
    faked = fake(chat, calls=lambda prompt: prompt.upper())
    assert chat(prompt="hi") == "HI"
    assert faked.calls == [{"prompt": "hi"}]


@pytest.mark.no_network
def test_a_faked_typed_remote_keeps_its_signature(fake):
    @space("nobody/never-asked", "/say").typed
    def say(text: str, loud: bool = False) -> str: ...

    faked = fake(say, returns="hello")
    assert say("hi", loud=True) == "hello"
    assert faked.calls == [{"text": "hi", "loud": True}]
    with pytest.raises(WiringError, match="no parameter 'lowd'"):
        say("hi", lowd=True)


def test_what_was_traced_with_a_fakes_description_is_traced_anew_without_it(fake, local_space, request):
    def shout(text: str) -> str:
        return text.upper()

    shouting = space(local_space(shout), "/shout")

    @pipeline
    def p():
        return shouting(txet="hi")

    faker = request.getfixturevalue("fake")
    with faker._undo:
        fake(shouting, returns="HI")
        assert p() == "HI"
    with pytest.raises(WiringError, match="no parameter 'txet'; did you mean 'text'"):
        p()


def test_a_space_may_be_faked_by_another_space(fake, local_space):
    def stand_in(prompt: str) -> str:
        return f"a local {prompt}"

    @pipeline
    def p(prompt: str):
        return draw(prompt=prompt)

    faked = fake(draw, calls=space(local_space(stand_in), "/stand_in"))
    assert p(prompt="cat") == "a local cat"
    assert faked.calls == [{"prompt": "cat"}]


def test_an_async_function_may_stand_in_for_a_space(fake):
    async def answer(prompt: str) -> str:
        await anyio.lowlevel.checkpoint()
        return prompt.upper()

    fake(draw, calls=answer)

    @pipeline
    def p():
        return draw(prompt="cat")

    assert p() == p.eager() == anyio.run(p.acall) == "CAT"


def test_a_fake_that_hangs_runs_into_the_timeout_of_the_space(fake):
    released = threading.Event()
    fake(draw, calls=lambda prompt: released.wait(10))

    @pipeline
    def p():
        return draw.options(timeout=0.01)(prompt="cat")

    try:
        assert isinstance(p.run().failures[0].__cause__, StepTimeout)
    finally:
        released.set()


def test_an_async_function_cannot_stand_in_for_a_plain_one(fake):
    async def answer(text: str) -> str:
        return text

    with pytest.raises(WiringError, match="answer is async, and speak"):
        fake(speak, calls=answer)


def test_preprocess_and_postprocess_run_around_a_fake(fake):
    loud = speak.options(preprocess=lambda inputs: {"text": inputs["text"].upper()}, postprocess=len)
    faked = fake(speak, returns="four")
    assert loud("hi") == 4
    assert faked.calls == [{"text": "HI"}]


@pytest.mark.parametrize("wrong", ["A title", ("A title",), {"title": "A title"}])
def test_a_fake_that_returns_other_outputs_than_the_node_declares_is_an_error(fake, wrong):
    fake(write, returns=wrong)
    with pytest.raises(StepFailed) as failed:
        episode()
    assert isinstance(failed.value.__cause__, OutputError)
    assert "write declares 'title', 'lines'" in str(failed.value)


def test_a_fake_of_a_typed_dict_lacks_no_key(fake):
    fake(judge, returns={"happy": 1.0})
    with pytest.raises(OutputError, match="judge declares 'happy', 'sad'"):
        judge("hi")


def test_what_a_fake_returns_is_never_remembered_as_the_nodes(fake):
    remembered = speak.options(cache=True)

    @pipeline
    def p():
        return remembered("hi")

    with fake._undo:
        fake(speak, returns="fake")
        assert p() == "fake"
        assert p.plan().steps["speak"].reason == "by a fake"
        assert p.run().steps["speak"].reason == "by a fake"
    assert p() == "<host> hi"


def test_what_is_remembered_is_not_taken_while_a_fake_stands_in(fake):
    remembered = speak.options(cache=True)
    assert remembered("hi") == "<host> hi"
    fake(speak, returns="fake")
    assert remembered("hi") == "fake"


def test_a_run_goes_on_with_the_fakes_that_it_began_with(fake):
    entered, go_on = threading.Event(), threading.Event()

    @node
    def wait() -> str:
        entered.set()
        assert go_on.wait(10)
        return "waited"

    @pipeline
    def p():
        return speak(wait())

    heard = []
    with fake._undo:
        fake(speak, returns="fake")
        running = threading.Thread(target=lambda: heard.append(p()))
        running.start()
        assert entered.wait(10)
    go_on.set()
    running.join(10)
    assert heard == ["fake"]


def test_a_plain_call_inside_of_a_node_asks_the_fake(fake):
    @node
    def twice(text: str) -> str:
        return speak(text) + speak(text)

    @pipeline
    def p():
        return twice("hi")

    faked = fake(speak, returns="x")
    assert p() == "xx"
    assert len(faked.calls) == 2


@pytest.mark.parametrize("given", [{}, {"returns": 1, "fails": ValueError}])
def test_a_fake_does_exactly_one_thing(fake, given):
    with pytest.raises(WiringError, match="has one of returns=, calls= and fails="):
        fake(speak, **given)


def test_a_pipeline_is_no_node_to_be_faked(fake):
    with pytest.raises(WiringError, match=r"given=\{'step': value\}"):
        fake(episode, returns=1)


def test_what_cannot_be_raised_is_refused(fake):
    with pytest.raises(WiringError, match="is no exception"):
        fake(speak, fails="oops")


# ---- typed remotes


class Cut(NamedTuple):
    final: Path
    original: Path


def test_a_fake_of_a_remote_stands_in_for_its_typed_forms_too(fake, tmp_path):
    from PIL import Image

    picture = tmp_path / "cat.png"
    Image.new("RGB", (3, 2)).save(picture)

    @cut_out.typed(take="final")
    def cut(image: str, mode: str = "fine") -> Image.Image: ...

    @cut_out.typed
    def cut_both(image: str) -> Cut: ...

    @node
    def size(image: Image.Image) -> tuple[int, int]:
        return image.size

    @pipeline
    def p(image: str):
        return size(cut(image)), cut_both(image).original

    faked = fake(cut_out, returns={"final": picture, "original": picture})
    assert p("a cat")[0] == (3, 2)
    assert cut("a dog").size == (3, 2)
    assert faked.calls[-1] == {"image": "a dog", "mode": "fine"}
    assert p.run("a cat").steps["cut"].reason == "by a fake"
    assert p.options(cache=True).plan("a cat").steps["cut"].mark == "run"


def test_a_fake_of_the_typed_form_leaves_the_remote_alone_and_goes_before_its_fake(fake):
    @cut_out.typed(take="final")
    def cut(image: str) -> str: ...

    fake(cut_out, returns={"final": "raw", "original": "raw"})
    fake(cut, returns="typed")

    @pipeline
    def p(image: str):
        return cut(image), cut_out(image=image).final

    assert p("a cat") == ("typed", "raw")
