"""`choice` and `or_else`: variants that the user picks, and backups."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from daggr_fn import (
    InvalidInputError,
    StepFailed,
    UnknownParameterError,
    WiringError,
    apply,
    choice,
    each,
    gather,
    node,
    pipeline,
    when,
)


@node
def soft(text: str, breath: int = 1) -> str:
    return f"soft {text} {breath}"


@node
def loud(text: str, volume: int = 9) -> str:
    return f"LOUD {text} {volume}"


@node
def broken(text: str) -> str:
    raise ConnectionError(f"no voice for {text}")


def test_the_first_variant_runs_unless_another_is_picked():
    @pipeline
    def podcast(text: str):
        host = (soft | loud)(text=text, breath=3, volume=7)
        return host  # noqa: RET504  # the variable names the choice

    assert podcast("hi") == "soft hi 3"
    assert podcast.options(choose={"host": "loud"})("hi") == "LOUD hi 7"
    assert podcast.plan("hi").marked("skip") == ["loud"]
    assert podcast.options(choose={"host": "loud"}).plan("hi").marked("skip") == ["soft"]


def test_variants_with_arguments_of_their_own():
    @pipeline
    def podcast(text: str):
        return choice(soft(text, breath=2), loud("fixed"), name="voice")

    assert podcast("hi") == "soft hi 2"
    assert podcast.options(choose={"voice": "loud"})("hi") == "LOUD fixed 9"


def test_pipelines_are_variants_too_and_maps_go_through_them():
    @pipeline
    def echo(text: str):
        return loud(soft(text))

    @pipeline
    def podcast(texts: list[str]):
        return gather(choice(soft, echo, name="voice")(text=each(texts)))

    assert podcast(["a", "b"]) == ["soft a 1", "soft b 1"]
    assert podcast.options(choose={"voice": "echo"})(["a", "b"]) == ["LOUD soft a 1 9", "LOUD soft b 1 9"]


def test_outside_of_a_pipeline_the_first_variant_is_called():
    assert (soft | loud)("hi") == "soft hi 1"
    assert broken.or_else(loud)("hi") == "LOUD hi 9"


def test_an_unknown_choice_or_variant_says_which_there_are():
    @pipeline
    def podcast(text: str):
        host = choice(soft, loud)(text)
        return host  # noqa: RET504  # the variable names the choice

    with pytest.raises(InvalidInputError, match="no choice 'hosts'; did you mean 'host'"):
        podcast.options(choose={"hosts": "loud"})("hi")
    with pytest.raises(InvalidInputError, match="no variant 'lout'; did you mean 'loud'"):
        podcast.options(choose={"host": "lout"})("hi")


def test_a_parameter_that_no_variant_has_is_refused():
    @pipeline
    def podcast(text: str):
        return (soft | loud)(text, volum=1)

    with pytest.raises(UnknownParameterError, match="'volum'; did you mean 'volume'"):
        podcast.check()


def test_a_chain_written_as_a_choice_is_told_apart():
    draw = node(lambda prompt: prompt, outputs={"image": None}, name="draw")
    cut_out = node(lambda image: image, outputs={"final": None}, name="cut_out")

    @pipeline
    def picture(prompt: str):
        return choice(draw(prompt), cut_out(prompt))

    with pytest.raises(WiringError, match="share no output") as caught:
        picture.check()
    assert "cut_out(draw(...))" in str(caught.value)


def test_what_is_no_node_can_be_no_variant():
    with pytest.raises(WiringError, match="neither a node nor a pipeline") as caught:
        soft | "org/model"
    assert 'model("org/model")' in str(caught.value)


def test_a_backup_runs_when_the_first_failed_and_both_are_told(run_pipeline):
    @pipeline
    def podcast(text: str):
        return broken.or_else(loud)(text)

    run = run_pipeline(podcast, "hi")
    assert run.ok
    assert run.value == "LOUD hi 9"
    assert (run.steps["broken"].status, run.steps["loud"].status) == ("failed", "done")
    assert "no voice for hi" in str(run.steps["broken"].error)


def test_a_backup_that_is_not_needed_is_skipped(run_pipeline):
    @pipeline
    def podcast(text: str):
        return soft.or_else(loud)(text)

    run = run_pipeline(podcast, "hi")
    assert run.value == "soft hi 1"
    assert run.steps["loud"].status == "skipped"


def test_a_backup_is_only_for_the_errors_it_names():
    @pipeline
    def podcast(text: str):
        return broken.or_else(loud, when=KeyError)(text)

    with pytest.raises(StepFailed, match="no voice"):
        podcast("hi")
    assert broken.or_else(loud, when=lambda error: "hi" in str(error))("hi") == "LOUD hi 9"


def test_a_failure_before_the_first_calls_for_the_backup_too():
    @pipeline
    def podcast(text: str):
        @pipeline
        def chain(text: str):
            return soft(broken(text))

        return chain.or_else(loud)(text=text)

    assert podcast("hi") == "LOUD hi 9"


def test_when_both_fail_the_run_fails_with_the_backup_s_error():
    worse = broken.named("worse")

    @pipeline
    def podcast(text: str):
        return broken.or_else(worse)(text)

    with pytest.raises(StepFailed) as caught:
        podcast("hi")
    assert caught.value.step == "worse"


def test_backups_chain():
    @pipeline
    def podcast(text: str):
        return broken.or_else(broken.named("worse")).or_else(loud)(text)

    assert podcast("hi") == "LOUD hi 9"


def test_inside_a_map_only_the_items_that_failed_get_the_backup(run_pipeline):
    @node
    def picky(text: str) -> str:
        if text == "b":
            raise ValueError(text)
        return text

    @pipeline
    def podcast(texts: list[str]):
        return gather(picky.or_else(loud)(text=each(texts)))

    run = run_pipeline(podcast, ["a", "b", "c"])
    assert run.value == ["a", "LOUD b 9", "c"]
    assert [item.status for _, item in sorted(run.steps["loud"].items.items())] == ["skipped", "done", "skipped"]


def test_a_run_has_the_outputs_of_the_side_that_was_taken(run_pipeline):
    @pipeline
    def podcast(text: str):
        return {"said": choice(soft, loud, name="voice")(text=text), "backup": broken.or_else(soft)(text=text)}

    run = run_pipeline(podcast.options(choose={"voice": "loud"}), text="hi")
    assert run.outputs == {"said": "LOUD hi 9", "backup": "soft hi 1"}


class Voice(NamedTuple):
    sound: str
    words: str


@node
def whisper(text: str) -> Voice:
    return Voice("~", text)


@node
def shout(text: str) -> Voice:
    return Voice("!", text.upper())


def test_of_variants_with_several_outputs_in_use_one_runs(fake):
    whispered, shouted = fake(whisper, returns=Voice("~", "hi")), fake(shout, returns=Voice("!", "HI"))

    @pipeline
    def voiced(text: str):
        voice = choice(whisper, shout, name="voice")(text=text)
        return apply(lambda sound, words: words + sound, voice.sound, voice.words)

    assert voiced.options(choose={"voice": "shout"})("hi") == "HI!"
    assert (whispered.calls, shouted.calls) == ([], [{"text": "hi"}])
    assert voiced.plan("hi").marked("skip") == ["shout"]


def test_a_backup_with_several_outputs_in_use_runs_only_when_it_is_needed(fake):
    shouted = fake(shout, returns=Voice("!", "HI"))

    @pipeline
    def voiced(text: str):
        voice = whisper.or_else(shout)(text=text)
        return apply(lambda sound, words: words + sound, voice.sound, voice.words)

    assert voiced("hi") == "hi~"
    assert shouted.calls == []


def test_a_node_with_a_backup_is_a_variant():
    @pipeline
    def voiced(text: str):
        return choice(broken.or_else(soft), loud, name="voice")(text=text)

    assert voiced("hi") == "soft hi 1"
    assert voiced.options(choose={"voice": "loud"})("hi") == "LOUD hi 9"


@node(outputs={"sound": None})
def hum(text: str) -> str:
    return f"hm {text}"


@pytest.mark.parametrize(
    ("made", "value"),
    [
        (lambda text: choice(hum, whisper, name="voice")(text=text), "hm hi"),
        (lambda text: (hum | hum.named("hum_again"))(text=text), "hm hi"),
        (lambda text: broken.options(outputs={"sound": None}).or_else(hum)(text=text), "hm hi"),
        (lambda text: when(text, hum(text), whisper(text)), "hm hi"),
        (lambda text: choice(hum(text), choice(hum(text), whisper(text), name="inner"), name="outer"), "hm hi"),
    ],
    ids=["choice", "alike", "backup", "when", "nested"],
)
def test_the_one_output_of_a_step_may_be_named_whatever_stands_in_for_it(made, value):
    @pipeline
    def voiced(text: str):
        return {"sound": made(text).sound}

    assert voiced("hi") == {"sound": value}


def test_an_output_is_named_for_the_choice_or_for_what_is_tried_and_not_for_one_of_several_sides():
    @pipeline
    def voiced(text: str):
        host = (soft | loud)(text)
        return host, broken.or_else(loud)(text), when(text, soft.named("a")(text), loud.named("b")(text))

    assert list(voiced.run("hi").outputs) == ["host", "broken", "output"]
    assert list(voiced.options(choose={"host": "loud"}).run("hi").outputs) == ["host", "broken", "output"]


def test_the_plan_of_a_mapped_backup_says_that_what_it_is_for_decides():
    @pipeline
    def voiced(texts: list[str]):
        return gather(broken.or_else(loud.options(cache=True))(each(texts)))

    planned = voiced.plan(["a"]).steps["loud"]
    assert (planned.mark, planned.reason) == ("depends", "broken decides")
    planned = voiced.options(cache=False).plan(["a"]).steps["loud"]
    assert (planned.mark, planned.reason) == ("depends", "broken decides")
