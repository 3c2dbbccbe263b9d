"""Versions, what is stale, edits, undo."""

from __future__ import annotations

import random
from typing import Annotated

import pytest

from daggr_fn import ItemList, each, every_run, gather, node, pipeline, when

calls = []
draws = random.Random(0)


@pytest.fixture(autouse=True)
def _no_calls():
    calls.clear()


@node
def write(topic: str) -> str:
    calls.append("write")
    return f"about {topic}"


@node
def count(text: str) -> int:
    calls.append("count")
    return len(text)


@node
def draw(text: str, seed: float) -> str:
    calls.append("draw")
    return f"{text} {seed}"


@node
def lines(topic: str) -> Annotated[list[str], ItemList()]:
    calls.append("lines")
    return [f"{topic} {i}" for i in range(3)]


@node
def speak(line: str) -> str:
    calls.append(line)
    return line.upper()


@node
def join(parts: list[str]) -> str:
    calls.append("join")
    return " ".join(parts)


@pipeline
def story(topic: str = "AI", size: int = 1):
    text = write(topic)
    return count(text), count.named("twice")(f"{size}{text}")


@pipeline
def podcast(topic: str = "AI"):
    return join(gather(speak(each(lines(topic)))))


@pipeline
def picture(topic: str = "cat"):
    return count(draw(write(topic), every_run(draws.random)))


def test_a_changed_input_makes_stale_what_hangs_on_it_and_says_why(watch):
    page = watch(story)
    page.run()
    page.sheet.set_input("size", 2)
    page.until_states(twice="stale")
    assert page.states() == {"write": "done", "count": "done", "twice": "stale"}
    assert page.shown["cards"]["twice"]["why"] == "size changed"
    page.sheet.set_input("topic", "cats")
    page.until_states(write="stale", count="stale")
    assert page.shown["cards"]["count"]["why"] == "topic changed"


def test_an_input_that_is_set_back_shows_what_was_made_of_it(watch):
    page = watch(story)
    page.run()
    page.sheet.set_input("topic", "cats")
    page.run()
    assert page.sheet.value("write", "output") == "about cats"
    assert page.shown["cards"]["write"]["version"] == [2, 2]
    page.sheet.set_input("topic", "AI")
    page.until(lambda shown: shown["cards"]["write"]["version"] == [1, 2])
    assert page.sheet.value("write", "output") == "about AI"
    page.until_states(write="done", count="done", twice="done")


def test_going_back_to_a_version_restores_the_inputs_that_made_it_and_what_followed(watch):
    page = watch(story)
    page.run()
    page.sheet.set_input("topic", "cats")
    page.run()
    page.sheet.select_version("count", 1)
    page.until(lambda shown: shown["inputs"]["topic"]["value"] == "AI")
    page.until(lambda shown: shown["cards"]["twice"]["version"] == [1, 2])
    assert page.sheet.value("write", "output") == "about AI"
    assert page.sheet.value("count", "output") == 8
    page.sheet.refresh()
    assert set(page.states().values()) <= {"done", "reused"}
    with pytest.raises(LookupError, match="no version 7"):
        page.sheet.select_version("count", 7)
    page.sheet.undo()
    page.until(lambda shown: shown["inputs"]["topic"]["value"] == "cats")


def test_going_back_says_of_what_hangs_on_it_only_what_has_changed(watch):
    @node(cache=False)
    def shout(text: str) -> str:
        return text.upper()

    @pipeline
    def two(topic: str = "ants", extra: str = "!"):
        said = write(topic)
        return shout(said), shout.named("other")(extra)

    page = watch(two)
    page.run()
    page.sheet.set_input("topic", "bees")
    page.run("to", "write")
    page.sheet.select_version("write", 1)
    page.sheet.refresh()
    assert page.shown["inputs"]["topic"] == {"value": "ants"}
    assert page.shown["cards"]["shout"]["why"] == "topic, write changed"
    assert page.states()["other"] == "done"
    assert page.sheet.undo()
    assert page.shown["inputs"]["topic"]["value"] == "bees"


def test_a_mapped_step_says_which_version_it_shows_when_one_goes_back(watch):
    page = watch(podcast)
    page.run()
    page.sheet.set_input("topic", "cats")
    page.run()
    assert page.shown["cards"]["speak"]["version"] == [2, 2]
    page.sheet.select_version("join", 1)
    page.until(lambda shown: shown["cards"]["speak"]["version"] == [1, 2])
    assert "AI" in page.sheet.value("speak", "output", (0,))
    page.sheet.select_version("join", 2)
    page.until(lambda shown: shown["cards"]["speak"]["version"] == [2, 2])


def test_a_drawn_value_is_kept_until_its_step_is_run_and_old_draws_come_back(watch):
    page = watch(picture)
    page.run()
    first = page.sheet.value("draw", "output")
    calls.clear()
    page.run()
    assert calls == []
    assert page.sheet.value("draw", "output") == first
    page.run("from", "draw")
    second = page.sheet.value("draw", "output")
    assert second != first
    page.sheet.select_version("count", 1)
    page.until(lambda shown: shown["cards"]["draw"]["version"] == [1, 2])
    assert page.sheet.value("draw", "output") == first
    calls.clear()
    page.run()
    assert calls == []
    assert page.sheet.value("draw", "output") == first


def test_equal_items_draw_a_value_each(watch):
    @pipeline
    def many(topic: str = "x"):
        return gather(draw(each(same(topic)), every_run(draws.random)))

    page = watch(many)
    page.run()
    assert len(set(page.sheet.value("draw", "output"))) == 2


@node
def same(topic: str) -> list[str]:
    return [topic, topic]


def test_a_node_that_never_reuses_always_runs_and_is_not_stale_for_that(watch):
    @node(cache=False)
    def now(topic: str) -> str:
        calls.append("now")
        return topic

    @pipeline
    def news(topic: str = "AI"):
        return count(now(topic))

    page = watch(news)
    page.run()
    assert page.states() == {"now": "done", "count": "done"}
    calls.clear()
    page.run()
    assert calls == ["now"]
    assert page.sheet.value("now", "output") == "AI"
    page.sheet.set_input("topic", "cats")
    page.until_states(now="stale", count="stale")


def test_the_run_menu_says_what_would_happen_and_how_long_it_took(watch):
    page = watch(story)
    page.run()
    page.sheet.set_input("size", 2)
    plan = page.sheet.plan("to", "twice")
    rows = {row["step"]: row for row in plan["steps"]}
    assert rows.keys() == {"write", "twice"}
    assert rows["write"]["mark"] == "reuse"
    assert rows["twice"]["mark"] == "run"
    assert rows["twice"]["reason"].startswith("text changed")
    assert "seconds" in rows["twice"]
    assert "saves" in rows["write"]
    assert plan["counts"] == {"reuse": 1, "run": 1}
    assert page.sheet.plan("this", "write")["steps"][0]["mark"] == "run"
    assert sorted(calls) == ["count", "count", "write"]


def test_an_edited_list_is_taken_by_what_follows_and_can_be_taken_back(watch):
    page = watch(podcast)
    page.run()
    calls.clear()
    page.sheet.edit_items("lines", "output", ["AI 0", "mine", "AI 2"])
    page.until_states(join="stale")
    assert page.shown["cards"]["lines"]["edited"] == ["output"]
    page.run("to", "join")
    assert calls == ["mine", "join"]
    assert page.sheet.value("join", "output") == "AI 0 MINE AI 2"
    assert page.shown["cards"]["lines"]["edited"] == ["output"]
    page.sheet.edit_items("lines", "output", None)
    page.until(lambda shown: "edited" not in shown["cards"]["lines"])
    calls.clear()
    page.run()
    assert page.sheet.value("join", "output") == "AI 0 AI 1 AI 2"
    assert calls == []


def test_a_run_that_would_replace_edits_says_so_and_may_keep_them(watch):
    page = watch(podcast)
    page.run()
    page.sheet.edit_items("lines", "output", ["mine"])
    assert page.sheet.would_replace_edit() == []
    assert page.sheet.would_replace_edit("this", "lines") == ["lines"]
    page.sheet.set_input("topic", "cats")
    assert page.sheet.would_replace_edit("to", "join") == ["lines"]
    assert page.sheet.plan("to", "join")["replaces"] == ["lines"]
    calls.clear()
    page.run("to", "join", keep_edits=True)
    assert calls == ["mine", "join"]
    assert page.sheet.value("join", "output") == "MINE"
    page.run("to", "join")
    assert page.sheet.value("join", "output") == "CATS 0 CATS 1 CATS 2"
    assert page.sheet.would_replace_edit("this", "lines") == []


def test_an_edit_is_there_when_the_sheet_is_opened_again(watch, desk, store):
    from daggr_fn.live import Desk
    from tests.live.conftest import Watcher

    page = watch(podcast)
    page.run()
    page.sheet.edit_items("lines", "output", ["mine"])
    later = Watcher(Desk(store).open(podcast))
    assert later.shown["cards"]["lines"]["edited"] == ["output"]
    later.run()
    assert later.sheet.value("join", "output") == "MINE"


def test_inputs_and_positions_can_be_undone_and_redone(watch):
    page = watch(story)
    page.sheet.set_input("topic", "a")
    page.sheet.set_input("topic", "ab")  # typing in one field is one change
    page.sheet.move({"write": [10, 20]})
    assert page.sheet.undo()
    assert page.shown["positions"] == {"write": None}
    assert page.sheet.undo()
    assert page.shown["inputs"]["topic"] == {"value": "AI"}
    assert not page.sheet.undo()
    assert page.sheet.redo()
    assert page.shown["inputs"]["topic"]["value"] == "ab"
    assert page.sheet.redo()
    assert page.sheet.snapshot()["positions"] == {"write": [10, 20]}
    assert not page.sheet.redo()


def test_going_back_is_a_change_of_its_own_and_typing_before_and_after_it_is_not_lost(watch):
    page = watch(story)
    page.sheet.set_input("topic", "cats")
    page.run()
    page.sheet.set_input("topic", "dogs")
    page.run()
    page.sheet.set_input("topic", "typed and not run")
    page.sheet.select_version("write", 1)
    page.sheet.set_input("topic", "typed after")
    for topic in ("cats", "typed and not run", "dogs", "cats"):
        assert page.sheet.undo()
        assert page.sheet.inputs["topic"] == topic
    for topic in ("dogs", "typed and not run", "cats", "typed after"):
        assert page.sheet.redo()
        assert page.sheet.inputs["topic"] == topic


def test_the_side_that_was_taken_is_told_and_the_other_is_skipped(watch):
    @node
    def is_long(topic: str) -> bool:
        return len(topic) > 3

    @pipeline
    def sides(topic: str = "AI"):
        return when(is_long(topic), write(topic), count(topic))

    page = watch(sides)
    page.run()
    assert page.states() == {"is_long": "done", "write": "skipped", "count": "done"}
    assert page.shown["cards"]["is_long"]["side"] == "otherwise"
    page.sheet.set_input("topic", "cats")
    page.run()
    assert page.states() == {"is_long": "done", "write": "done", "count": "skipped"}
    assert page.shown["cards"]["is_long"]["side"] == "then"
    calls.clear()
    page.run()
    assert calls == []


def test_the_backup_that_answered_is_told_and_nothing_is_stale_after(watch):
    @node
    def broken(topic: str) -> str:
        raise OSError("gone")

    @pipeline
    def safe(topic: str = "AI"):
        return count(broken.or_else(write)(topic))

    page = watch(safe)
    assert page.run()["state"] == "done"
    assert page.states() == {"broken": "failed", "write": "done", "count": "done"}
    assert page.shown["cards"]["broken"]["answered_by"] == "write"


def test_groups_stand_for_their_steps(watch):
    @pipeline
    def inner(topic: str):
        return count(write(topic))

    @pipeline
    def outer(topic: str = "AI"):
        return inner(topic)

    page = watch(outer)
    assert page.states()["inner"] == "idle"
    page.run()
    assert page.states() == {"inner": "done", "inner/write": "done", "inner/count": "done"}
    page.sheet.set_input("topic", "cats")
    page.until_states(inner="stale")


def test_a_group_says_which_of_its_steps_failed(watch):
    @node
    def broken(topic: str) -> str:
        raise OSError("gone")

    @pipeline
    def inner(topic: str):
        return count(broken(topic)), broken.named("other")(topic)

    @pipeline
    def outer(topic: str = "AI"):
        return inner(topic)

    page = watch(outer)
    page.run()
    group = page.shown["cards"]["inner"]
    assert (group["state"], group["failed_step"], group["failed_more"]) == ("failed", "inner/broken", 1)


def test_a_group_in_which_a_backup_answered_has_not_failed(watch):
    @node
    def broken(topic: str) -> str:
        raise OSError("gone")

    @pipeline
    def inner(topic: str):
        return count(broken.or_else(write)(topic))

    @pipeline
    def outer(topic: str = "AI"):
        return inner(topic)

    page = watch(outer)
    page.run()
    assert page.shown["cards"]["inner/broken"]["state"] == "failed"
    assert page.states()["inner"] == "done"


def test_a_choice_is_kept_and_makes_stale_what_takes_it(watch):
    @pipeline
    def chosen(topic: str = "AI"):
        from daggr_fn import choice

        return count(choice(write, loud, name="voice")(topic))

    page = watch(chosen)
    page.run()
    assert page.sheet.choices == {"voice": "write"}
    page.sheet.choose("voice", "loud")
    page.until_states(count="stale")
    page.run()
    assert page.states() == {"write": "skipped", "loud": "done", "count": "done"}
    page.sheet.choose("voice", "write")
    page.until(lambda shown: shown["cards"]["count"]["version"] == [1, 2])
    page.sheet.refresh()
    assert page.states() == {"write": "done", "loud": "skipped", "count": "done"}


@node
def loud(topic: str) -> str:
    return topic.upper()
