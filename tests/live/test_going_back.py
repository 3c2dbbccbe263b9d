"""Going back: the card shows the version that its arrow says, whatever a run would give now."""

from __future__ import annotations

import contextlib
import threading

import pytest

from daggr_fn import choice, each, gather, node, pipeline
from daggr_fn.live import Desk
from daggr_fn.store import Store
from tests.live.conftest import Watcher


def shows(page, step):
    """The value, the number of the version and the state that a card shows once it is up to date."""
    page.sheet.refresh()
    card = page.shown["cards"][step]
    return page.sheet.value(step), card["version"][0], card["state"]


def coded(word):
    """A pipeline whose code is another for each word."""

    @node(version=word)
    def write(topic: str) -> str:
        return f"{word} {topic}"

    @node(version=word)
    def part(topic: str) -> list[str]:
        return [f"{word} {topic}", word][: 2 if word == "old" else 1]

    @node
    def shout(text: str) -> str:
        return text.upper()

    @pipeline(name="coded")
    def coded(topic: str = "cat"):
        return write(topic), gather(shout(each(part(topic))))

    return coded


@pytest.fixture
def recoded(watch):
    """A page of a pipeline that was run, changed, and run again."""
    watch(coded("old")).run()
    page = watch(coded("new"))
    page.run()
    return page


def test_a_version_of_older_code_is_shown_and_is_stale(recoded, store):
    recoded.sheet.select_version("write", 1)
    assert shows(recoded, "write") == ("old cat", 1, "stale")
    assert recoded.shown["cards"]["write"]["why"] == "a run would show version 2"
    with contextlib.closing(Desk(store)) as later:
        assert shows(Watcher(later.open(coded("new"))), "write") == ("old cat", 1, "stale")
    recoded.sheet.select_version("write", 2)
    assert shows(recoded, "write") == ("new cat", 2, "done")


def test_items_of_older_code_are_shown_and_are_stale(recoded):
    recoded.sheet.select_version("shout", 1)
    assert shows(recoded, "shout") == (["OLD CAT", "OLD"], 1, "stale")
    assert shows(recoded, "part") == (["old cat", "old"], 1, "stale")
    assert recoded.shown["cards"]["shout"]["items"]["states"] == "dd"
    recoded.run()
    assert shows(recoded, "shout") == (["NEW CAT"], 2, "reused")


def test_a_run_and_a_changed_input_leave_a_version_that_a_run_would_not_show(recoded, store):
    recoded.sheet.set_input("topic", "dog")
    recoded.run()
    recoded.sheet.select_version("write", 1)
    recoded.run()
    assert shows(recoded, "write") == ("new cat", 2, "reused")
    recoded.sheet.select_version("write", 1)
    recoded.sheet.set_input("topic", "dog")
    assert shows(recoded, "write") == ("new dog", 3, "done")
    with contextlib.closing(Desk(store)) as later:
        assert shows(Watcher(later.open(coded("new"))), "write") == ("new dog", 3, "done")


def test_a_version_of_a_step_that_is_never_reused_is_shown(watch):
    @node(cache=False)
    def never(topic: str) -> str:
        return f"about {topic}"

    @pipeline
    def news(topic: str = "cat"):
        return never(topic)

    page = watch(news)
    page.run()
    page.sheet.set_input("topic", "dog")
    page.run()
    page.sheet.select_version("never", 1)
    assert shows(page, "never") == ("about cat", 1, "done")
    page.sheet.set_input("topic", "dog")
    assert shows(page, "never") == ("about cat", 1, "stale")


def test_a_version_that_failed_is_shown_with_its_error(watch):
    @node
    def maybe(topic: str) -> str:
        if topic == "bad":
            raise ValueError("no bad topics")
        return topic

    @pipeline
    def careful(topic: str = "bad"):
        return maybe(topic)

    page = watch(careful)
    page.run()
    page.sheet.set_input("topic", "good")
    page.run()
    page.sheet.select_version("maybe", 1)
    page.sheet.refresh()
    card = page.shown["cards"]["maybe"]
    assert (card["state"], card["version"], card["error"]["message"]) == ("failed", [1, 2], "no bad topics")
    assert "ports" not in card
    with pytest.raises(LookupError):
        page.sheet.value("maybe")
    page.sheet.select_version("maybe", 2)
    assert shows(page, "maybe") == ("good", 2, "done")
    assert "error" not in page.shown["cards"]["maybe"]


def test_a_version_of_another_variant_is_shown_and_is_stale_as_long_as_that_is_not_picked(watch):
    @node
    def loud(text: str) -> str:
        return f"{text}!"

    @node
    def soft(text: str) -> str:
        return f"{text}..."

    @node
    def say(text: str) -> str:
        return f"say {text}"

    @pipeline
    def talk(text: str = "hi"):
        return say(choice(loud, soft, name="voice")(text))

    page = watch(talk)
    page.run()
    page.sheet.choose("voice", "soft")
    page.run()
    page.sheet.select_version("say", 1)
    assert shows(page, "say") == ("say hi!", 1, "stale")
    page.sheet.choose("voice", "loud")
    assert shows(page, "say") == ("say hi!", 1, "done")
    page.sheet.choose("voice", "soft")
    assert shows(page, "say") == ("say hi...", 2, "done")


def test_of_values_that_cannot_be_stored_the_last_one_comes_back_and_the_others_say_why_not(watch):
    @node
    def odd(topic: str) -> list[object]:
        return [topic, threading.Lock()]

    @pipeline
    def odds(topic: str = "cat"):
        return odd(topic)

    page = watch(odds)
    page.run()
    page.sheet.set_input("topic", "dog")
    page.run()
    page.sheet.select_version("odd", 1)
    page.sheet.refresh()
    with pytest.raises(LookupError, match="can't be stored"):
        page.sheet.value("odd")
    assert page.shown["cards"]["odd"]["version"] == [1, 2]
    page.sheet.select_version("odd", 2)
    (topic, _), number, state = shows(page, "odd")
    assert (topic, number, state) == ("dog", 2, "done")


def test_versions_that_another_server_made_are_shown(watch):
    @node
    def write(topic: str) -> str:
        return f"about {topic}"

    @node
    def shout(text: str) -> str:
        return text.upper()

    @pipeline
    def story(topic: str = "a"):
        return shout(write(topic))

    here = watch(story)
    here.stop()
    with contextlib.closing(Store()) as store, contextlib.closing(Desk(store)) as desk:
        there = Watcher(desk.open(story))
        for topic in "abc":
            there.sheet.set_input("topic", topic)
            there.run()
        there.stop()
    here = watch(story)
    assert shows(here, "shout") == ("ABOUT C", 3, "done")
    here.sheet.select_version("write", 1)
    assert shows(here, "write") == ("about a", 1, "done")
    assert shows(here, "shout") == ("ABOUT A", 1, "done")
    here.sheet.set_input("topic", "b")
    assert shows(here, "shout") == ("ABOUT B", 2, "done")
