"""Items that failed are run again: one of them alone, or all."""

from __future__ import annotations

import pytest

from daggr_fn import each, gather, node, pipeline
from daggr_fn.live import Desk
from tests.live.conftest import Watcher

calls = []
broken = set()


@pytest.fixture(autouse=True)
def _as_at_first():
    calls.clear()
    broken.clear()
    broken.update({"b", "d"})


@node
def split(text: str) -> list[str]:
    return text.split()


@node
def first(word: str) -> str:
    calls.append(("first", word))
    if word in broken:
        raise OSError(f"no {word} now")
    return word


@node
def second(word: str) -> str:
    calls.append(("second", word))
    if word in broken:
        raise OSError(f"no {word} now")
    return word.upper()


@node
def join(words: list[str]) -> str:
    calls.append(("join", " ".join(words)))
    return " ".join(words)


@node
def size(words: list[str]) -> int:
    return len(words)


@node
def weigh(word: str, among: int) -> str:
    calls.append(("weigh", word))
    if word in broken:
        raise OSError(f"no {word} now")
    return f"{word} of {among}"


@pipeline
def tries(text: str = "a b c d"):
    return join(gather(second(each(split(text)))))


def letters(page, step="second"):
    return page.shown["cards"][step]["items"]["states"]


def by_path(page, step="second"):
    items = page.sheet.state_of(step)["items"]
    return {".".join(map(str, path)): items["states"][place] for place, path in enumerate(items["paths"])}


def over(page, run):
    """Wait until a run is over, and everything is up to date."""
    page.until(lambda shown: shown["run"]["id"] == run and shown["run"]["state"] != "running")
    page.sheet.refresh()
    return page.shown["run"]


def again(page, step, index=None):
    """Retry, and say what was called."""
    calls.clear()
    over(page, page.sheet.retry(step, index))
    return sorted(calls)


def test_one_item_is_run_alone_and_the_other_stays_failed_with_its_error(watch):
    page = watch(tries)
    page.run()
    broken.clear()
    assert again(page, "second", (1,)) == [("second", "b")]
    second_card = page.shown["cards"]["second"]
    assert second_card["state"] == "failed"
    assert letters(page) == "dddf"
    assert [error["message"] for error in second_card["items"]["errors"].values()] == ["no d now"]
    assert page.sheet.traceback("second", (3,))
    assert page.sheet.value("second", "output") == ["A", "B", "C"]
    assert page.shown["run"]["state"] == "done"
    assert page.states()["join"] != "done"
    page.run()
    assert calls == [("second", "b"), ("second", "d"), ("join", "A B C D")]


def test_an_item_that_fails_again_says_so_and_nothing_else_was_called(watch):
    page = watch(tries)
    page.run()
    assert again(page, "second", (3,)) == [("second", "d")]
    assert letters(page) == "dfdf"
    assert set(page.shown["cards"]["second"]["items"]["errors"]) == {"1", "3"}
    assert page.shown["run"]["state"] == "failed"


def test_all_that_failed_is_run_where_no_item_is_named(watch):
    page = watch(tries)
    page.run()
    broken.clear()
    assert again(page, "second") == [("second", "b"), ("second", "d")]
    assert letters(page) == "udud"


def test_what_an_item_needs_is_run_for_it_and_for_no_other(watch):
    @pipeline
    def chain(text: str = "a b c d"):
        return join(gather(second(first(each(split(text)))), errors="skip"))

    page = watch(chain)
    broken.remove("d")
    page.run()
    assert (letters(page, "first"), letters(page)) == ("dfdd", "dsdd")
    broken.clear()
    assert again(page, "first", (1,)) == [("first", "b")]
    page.run("to", "second")
    assert calls == [("first", "b"), ("second", "b")]


def test_an_item_that_needs_all_items_of_another_step_has_them(watch):
    @pipeline
    def weighed(text: str = "a b c"):
        words = split(text)
        return join(gather(weigh(each(words), size(gather(first(each(words)), errors="skip")))))

    broken.remove("d")
    page = watch(weighed)
    page.run()
    assert letters(page, "weigh") == "dfd"
    broken.clear()
    assert again(page, "weigh", (1,)) == [("first", "b"), ("weigh", "b")]
    assert page.sheet.value("weigh", "output", (1,)) == "b of 3"


def test_an_item_of_items_is_run_alone(watch):
    @node
    def lines(text: str) -> list[str]:
        return text.split("/")

    @pipeline
    def nested(text: str = "a b/c d/b"):
        return gather(gather(second(each(split(each(lines(text)))))))

    page = watch(nested)
    page.run()
    assert by_path(page) == {"0.0": "d", "0.1": "f", "1.0": "d", "1.1": "f", "2.0": "f"}
    broken.clear()
    assert again(page, "second", (1, 1)) == [("second", "d")]
    assert by_path(page) == {"0.0": "d", "0.1": "f", "1.0": "d", "1.1": "d", "2.0": "f"}


def test_a_list_that_is_another_now_has_all_its_items_run(watch):
    page = watch(tries)
    page.run()
    page.sheet.set_input("text", "b x")
    assert "made anew first" in page.sheet.more_than_retried("second", (1,))
    assert again(page, "second", (1,)) == [("second", "b"), ("second", "x")]
    assert letters(page) == "fd"


def test_items_that_were_not_retried_are_there_when_the_sheet_is_opened_again(watch, store):
    page = watch(tries)
    page.run()
    broken.clear()
    again(page, "second", (1,))
    later = Desk(store)
    reopened = Watcher(later.open(tries))
    assert letters(reopened) == "dddf"
    assert reopened.states()["second"] == "failed"
    assert reopened.sheet.value("second", "output") == ["A", "B", "C"]
    assert [version.number for version in reopened.sheet.versions("second")] == [1, 2]
    later.close()


def test_a_retry_that_was_stopped_is_gone_on_with_as_what_it_was(watch):
    page = watch(tries)
    page.run()
    again(page, "second", (1,))
    broken.clear()
    calls.clear()
    over(page, page.sheet.resume())
    assert calls == [("second", "b")]
    assert letters(page) == "dddf"


def test_an_item_of_a_step_that_never_reuses_is_run_alone(watch):
    @pipeline
    def always(text: str = "a b c d"):
        return join(gather(second.options(cache=False)(each(split(text)))))

    page = watch(always)
    page.run()
    broken.clear()
    assert again(page, "second", (1,)) == [("second", "b")]
    assert letters(page) == "dddf"


@node(cache=False)
def shuffled(text: str) -> list[str]:
    calls.append(("shuffled", text))
    return text.split()[:: -1 if len(calls) > 1 else 1]


@pipeline
def drawn(text: str = "a b c d"):
    return join(gather(second(each(shuffled(first(text))))))


def test_one_item_is_run_alone_where_its_list_would_be_another_one_if_it_were_made_anew(watch):
    page = watch(drawn)
    page.run()
    broken.clear()
    shown = page.sheet.value("shuffled", "output")
    place = (shown.index("b"),)
    assert page.sheet.more_than_retried("second", place) == ""
    assert again(page, "second", place) == [("second", "b")]
    assert page.sheet.value("shuffled", "output") == shown
    assert letters(page).count("f") == 1


def test_a_list_that_was_made_of_what_is_another_now_is_made_anew_before_an_item(watch):
    page = watch(drawn)
    page.run()
    broken.clear()
    page.run("this", "first")
    assert "made anew first" in page.sheet.more_than_retried("second", (1,))
    called = [name for name, _ in again(page, "second", (1,))]
    assert called == ["second", "second", "shuffled"]
    assert letters(page).count("f") == 0
