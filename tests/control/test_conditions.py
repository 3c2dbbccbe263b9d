"""`when` and `switch`: only what the taken side needs runs."""

from __future__ import annotations

import pytest

from daggr_fn import InvalidInputError, StepFailed, apply, each, gather, node, pipeline, switch, when


@pytest.fixture
def called():
    """What ran, in order."""
    return []


@pytest.fixture
def steps(called):
    @node
    def score(text: str) -> int:
        called.append("score")
        return len(text)

    @node
    def polish(text: str) -> str:
        called.append("polish")
        return text.title()

    @node
    def praise(text: str) -> str:
        called.append("praise")
        return f"{text}!"

    @node
    def scold(text: str) -> str:
        called.append("scold")
        return f"{text}?"

    return score, polish, praise, scold


def test_only_the_taken_side_runs_with_all_that_it_alone_needs(steps, called, run_pipeline):
    score, polish, praise, scold = steps

    @pipeline
    def review(text: str):
        polished = polish(text)
        long = apply(lambda length: length > 3, score(text))
        return when(long, praise(polished), scold(text))

    assert review("great") == "Great!"
    assert set(called) == {"score", "polish", "praise"}
    called.clear()
    run = run_pipeline(review, "bad")
    assert run.value == "bad?"
    assert set(called) == {"score", "scold"}
    assert {name: run.steps[name].status for name in ("polish", "praise", "scold")} == {
        "polish": "skipped",
        "praise": "skipped",
        "scold": "done",
    }
    assert run.steps["polish"].reason == "when(long) took another side than then"


def test_what_both_sides_need_runs_once_whichever_is_taken(steps, called):
    score, polish, praise, scold = steps

    @pipeline
    def review(text: str):
        polished = polish(text)
        return when(score(text), praise(polished), scold(polished))

    assert review("") == "?"
    assert sorted(called) == ["polish", "scold", "score"]


def test_without_otherwise_the_value_is_none_and_what_follows_runs(steps):
    score, _, praise, _ = steps

    @pipeline
    def review(text: str):
        return apply(repr, when(score(text), praise(text)))

    assert review("") == "None"
    assert review("a") == "'a!'"


def test_conditions_nest_and_take_plain_values(steps, called):
    score, polish, praise, scold = steps

    @pipeline
    def review(text: str, kind: bool = True):
        inner = when(score(text), praise(text), "nothing")
        return when(kind, inner, scold(text)), when(False, polish(text), 5)

    assert review("a") == ("a!", 5)
    assert review("", kind=True) == ("nothing", 5)
    called.clear()
    assert review("a", kind=False) == ("a?", 5)
    assert called == ["scold"]


def test_a_condition_on_inputs_alone_is_decided_by_the_plan(steps):
    _, _, praise, scold = steps

    @pipeline
    def review(text: str, kind: bool = True):
        return when(kind, praise(text), scold(text))

    assert review.plan("a").marked("skip") == ["scold"]
    assert review.plan("a", kind=False).marked("skip") == ["praise"]


def reviewing(**options):
    @node(**options)
    def score(text: str) -> int:
        return len(text)

    @node(**options)
    def praise(text: str) -> str:
        return f"{text}!"

    @node(**options)
    def scold(text: str) -> str:
        return f"{text}?"

    @node(**options)
    def signed(text: str) -> str:
        return f"{text} --me"

    return score, praise, scold, signed


def test_what_a_step_decides_the_plan_knows_when_it_is_remembered():
    score, praise, scold, signed = reviewing(cache=True)

    @pipeline
    def review(text: str):
        return signed(when(score(text), praise(text), scold(text)))

    before = review.plan("a").steps
    assert [step.mark for step in before.values()] == ["run", "depends", "depends", "depends"]
    assert before["praise"].reason == "score decides"
    review("a")
    after = review.plan("a").steps
    assert [step.mark for step in after.values()] == ["reuse", "reuse", "skip", "reuse"]
    assert after["scold"].reason == "when(score) took another side than otherwise"


def test_what_runs_only_if_another_step_decides_so_is_not_said_to_run():
    score, praise, scold, signed = reviewing()

    @pipeline
    def review(text: str):
        return signed(when(score(text), praise(text), scold.or_else(praise.named("kind"))(text)))

    assert {name: step.mark for name, step in review.plan("a").steps.items()} == {
        "score": "run",
        "praise": "depends",
        "scold": "depends",
        "kind": "depends",
        "signed": "run",
    }


def test_the_plan_counts_the_items_that_take_a_side():
    score, praise, scold, signed = reviewing(cache=True)

    @pipeline
    def review(texts: list[str]):
        text = each(texts)
        return gather(signed(when(score(text), praise(text), scold(text))))

    review(["a", "", "b"])
    planned = review.plan(["a", "", "b"]).steps
    assert {name: (step.mark, step.items) for name, step in planned.items()} == {
        "score": ("reuse", 3),
        "praise": ("reuse", 2),
        "scold": ("reuse", 1),
        "signed": ("reuse", 3),
    }


def test_inside_a_map_each_item_takes_its_own_side(steps, called, run_pipeline):
    score, polish, praise, scold = steps

    @pipeline
    def review(texts: list[str]):
        text = each(texts)
        return gather(when(score(text), praise(polish(text)), scold(text)))

    assert review(["a", "", "b"]) == ["A!", "?", "B!"]
    assert called.count("praise") == called.count("polish") == 2
    assert called.count("scold") == 1
    run = run_pipeline(review, ["", ""])
    assert run.value == ["?", "?"]
    assert run.steps["polish"].status == "skipped"


def test_an_item_itself_decides_which_side_is_taken(steps, called):
    _, _, praise, scold = steps

    @pipeline
    def review(texts: list[str]):
        text = each(texts)
        return gather(switch(text, {"a": praise(text), "b": scold(text)}, default="nothing"))

    assert review(["a", "b", "c"]) == ["a!", "b?", "nothing"]
    assert called == ["praise", "scold"]


def test_a_whole_map_on_a_side_that_is_not_taken_is_skipped(steps, called):
    score, _, praise, _ = steps

    @pipeline
    def review(text: str, texts: list[str]):
        return when(score(text), gather(praise(each(texts))), [])

    assert review("", ["a", "b"]) == []
    assert "praise" not in called
    assert review("x", ["a", "b"]) == ["a!", "b!"]


def test_a_side_that_failed_is_no_matter_when_the_other_is_taken(steps):
    score, _, praise, _ = steps

    @node
    def broken(text: str) -> str:
        raise ValueError(text)

    @pipeline
    def review(text: str):
        return when(score(text), praise(text), broken(text))

    assert review("fine") == "fine!"
    with pytest.raises(StepFailed, match="broken"):
        review("")


def test_a_condition_without_a_truth_fails_what_depends_on_it(steps):
    numpy = pytest.importorskip("numpy")
    _, _, praise, scold = steps

    @pipeline
    def review(text: str):
        many = apply(lambda _: numpy.array([1, 2]), text)
        return when(many, praise(text), scold(text))

    with pytest.raises(StepFailed, match=r"array\(\[1, 2\]\), which decides for no side.*truth value") as failed:
        review("a")
    assert "instead  a step that returns True or False" in str(failed.value)
    assert isinstance(failed.value.__cause__, InvalidInputError)
    assert isinstance(failed.value.__cause__.__cause__, ValueError)


def test_switch_takes_the_case_of_the_key(steps, called):
    _, polish, praise, scold = steps

    @pipeline
    def speak(lang: str, text: str):
        return switch(lang, {"en": praise(text), "fr": scold(text)}, default=polish(text))

    assert speak("en", "a") == "a!"
    assert speak("fr", "a") == "a?"
    assert speak("de", "a") == "A"
    assert called == ["praise", "scold", "polish"]


def test_switch_over_plain_values_is_a_look_up():
    voices = {"de": "anna", "fr": "claire"}

    @pipeline
    def voice(lang: str):
        return apply(str.upper, switch(lang, voices, default="emma"))

    assert voice("fr") == "CLAIRE"
    assert voice("xx") == "EMMA"


def test_a_key_without_a_case_says_which_there_are(steps):
    _, _, praise, scold = steps

    @pipeline
    def speak(lang: str, text: str):
        return switch(lang, {"en": praise(text), "fr": scold(text)})

    with pytest.raises(InvalidInputError, match=r"lang is 'eng', for which there is no side; did you mean 'en'"):
        speak("eng", "a")


def test_none_is_a_case_like_any_other_and_what_is_no_key_of_a_dict_takes_the_default(steps, run_pipeline):
    _, _, praise, scold = steps

    @pipeline
    def speak(lang: str | None, text: str):
        return switch(lang, {None: praise(text), "fr": scold(text)})

    assert speak(None, "a") == "a!"
    run = run_pipeline(speak, "fr", "a")
    assert run.value == "a?"
    assert run.steps["praise"].status == "skipped"
    with pytest.raises(InvalidInputError, match="'en', for which there is no side"):
        speak("en", "a")

    @pipeline
    def listed(langs: list[str], text: str):
        return switch(langs, {"en": praise(text)}, default=scold(text))

    assert listed(["en"], "a") == "a?"


def test_a_branch_has_the_outputs_that_all_its_sides_have():
    from typing import NamedTuple

    class Picture(NamedTuple):
        image: str
        seed: int

    class Photo(NamedTuple):
        image: str
        camera: str

    @node
    def draw(text: str) -> Picture:
        return Picture(f"drawn {text}", 1)

    @node
    def shoot(text: str) -> Photo:
        return Photo(f"shot {text}", "Leica")

    @pipeline
    def show(real: bool, text: str):
        return when(real, shoot(text), draw(text)).image

    assert show(True, "cat") == "shot cat"
    assert show(False, "cat") == "drawn cat"


def test_a_map_on_a_side_that_an_input_decides_against_is_waited_for_by_nobody():
    @pipeline(timeout=30)
    def p(xs: list[int], doubled: bool):
        shown = gather(apply(lambda x: 2 * x, each(xs)))
        return apply(sum, when(doubled, shown, [0]))

    assert p([1, 2], True) == 6
    assert p([1, 2], False) == 0


def test_what_takes_an_item_of_a_side_runs_when_the_whole_side_is_not_taken(steps, called):
    score, polish, praise, scold = steps

    @pipeline
    def review(text: str, texts: list[str], kind: bool = True):
        item = each(texts)
        one = when(score(text), praise(item), scold(item))
        other = when(kind, praise.named("kind")(item), scold.named("harsh")(item))
        return gather(polish(one)), gather(polish.named("again")(other)), apply(len, gather(other))

    for run in (review, review.eager):
        assert run("", ["a", "b"]) == (["A?", "B?"], ["A!", "B!"], 2)
        assert run("x", ["a", "b"], kind=False) == (["A!", "B!"], ["A?", "B?"], 2)


def test_a_list_that_only_one_side_takes_the_items_of_says_how_many_there_are_whichever_is_taken(steps, called):
    _, _, praise, _ = steps

    @node
    def listed(text: str) -> list[str]:
        return text.split()

    @pipeline
    def review(text: str, kind: bool):
        praised = when(kind, praise(each(listed(text))), "-")
        return gather(praised), apply(len, gather(apply(str.upper, praised)))

    for run in (review, review.eager):
        assert run("a b", True) == (["a!", "b!"], 2)
        called.clear()
        assert run("a b", False) == (["-", "-"], 2)
        assert called == []


def test_the_case_of_a_switch_is_told_by_its_key():
    @pipeline
    def p(number: int):
        return switch(number, {1: apply(str, number), 2: apply(str, number)}, default=apply(str, 0))

    reasons = [step.reason for step in p.plan(2).steps.values() if step.mark == "skip"]
    assert reasons == ["switch(number) took another side than 1", "switch(number) took another side than default"]
