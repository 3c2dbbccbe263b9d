"""The variable that a call is assigned to."""

from __future__ import annotations

import sys
from types import SimpleNamespace

from daggr_fn.dsl.variables import target_of


class Seen:
    """What a call returns: it knows the variable that the call was assigned to."""

    def __init__(self, variable: str | None) -> None:
        self.variable = variable
        self.part = self

    def __getitem__(self, key: object) -> Seen:
        return self

    def or_else(self, other: Seen) -> Seen:
        return self


def step(*args: object, **kwargs: object) -> Seen:
    return Seen(target_of(sys._getframe(1)))


nodes = SimpleNamespace(step=step)
at_module_level = step("a")


def test_the_variable_is_that_of_the_assignment() -> None:
    host = step("a")
    guest: Seen = step("b")
    assert (host.variable, guest.variable) == ("host", "guest")


def test_a_module_level_assignment_is_found_too() -> None:
    assert at_module_level.variable == "at_module_level"


def test_two_calls_on_one_line_are_told_apart() -> None:
    host = step("a"); guest = step("b")  # noqa: E702  # fmt: skip
    assert (host.variable, guest.variable) == ("host", "guest")


def test_paired_targets_get_their_own() -> None:
    host, guest = step("a"), step("b")
    assert (host.variable, guest.variable) == ("host", "guest")


def test_a_part_of_the_result_names_the_step_too() -> None:
    audio = step("a").part
    first = step("b")[0]
    assert (audio.variable, first.variable) == ("audio", "first")


def test_the_step_with_a_backup_is_named_and_the_backup_is_not() -> None:
    made: list[Seen] = []

    def backup() -> Seen:
        made.append(Seen(target_of(sys._getframe(1))))
        return made[0]

    voice = step("a").or_else(backup())
    assert voice.variable == "voice"
    assert made[0].variable is None


def test_an_argument_is_not_assigned() -> None:
    joined = step(step("inner"), step("other"))
    inner = SimpleNamespace(seen=step("x")).seen
    assert joined.variable == "joined"
    assert inner.variable is None


def test_arguments_on_the_same_line_do_not_take_the_name() -> None:
    seen: list[str | None] = []

    def noted(text: str) -> str:
        seen.append(target_of(sys._getframe(1)))
        return text

    clip = step(noted("a"), text=noted("b"))
    assert clip.variable == "clip"
    assert seen == [None, None]


def test_a_call_over_several_lines_is_found() -> None:
    drawing = nodes.step(
        "a",
        step("b"),
        text="c",
    )
    chained = (
        nodes
        .step("a")
        .part
    )  # fmt: skip
    assert drawing.variable == "drawing"
    if sys.version_info >= (3, 11):
        assert chained.variable == "chained"


def test_unpacking_and_no_assignment_name_nothing() -> None:
    clips = [step(voice) for voice in "ab"]
    (only,) = [step("c")]
    first, second = (step("d"), step("e")) if clips else (step("f"), step("g"))
    assert [clip.variable for clip in clips] == [None, None]
    assert only.variable == "only"
    assert (first.variable, second.variable) == (None, None)
    assert step("h").variable is None


def test_a_walrus_names_the_step() -> None:
    seen = [(found := step("a"))]
    assert found.variable == "found"
    assert seen == [found]


def test_a_loop_names_each_turn_alike() -> None:
    variables = []
    for _ in range(3):
        clip = step("a")
        variables.append(clip.variable)
    assert variables == ["clip"] * 3


def test_code_without_source_names_nothing() -> None:
    space: dict[str, object] = {"step": step}
    exec("host = step('a')", space)
    assert isinstance(space["host"], Seen)
    assert space["host"].variable is None


def test_other_characters_before_the_call_do_no_harm() -> None:
    size = "ä"; klang = step("ü")  # noqa: E702  # fmt: skip
    assert (size, klang.variable) == ("ä", "klang")
