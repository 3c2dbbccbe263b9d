"""What a sheet shows of its runs."""

from __future__ import annotations

import threading

import pytest

from daggr_fn import each, gather, node, pipeline
from daggr_fn.errors import InvalidInputError, WiringError
from tests.live.conftest import SECONDS, Watcher

calls = []
fixed = threading.Event()


@pytest.fixture(autouse=True)
def _no_calls():
    calls.clear()
    fixed.clear()


@node
def split(text: str) -> list[str]:
    calls.append(("split", text))
    return text.split()


@node
def loud(word: str) -> str:
    calls.append(("loud", word))
    if word == "bad":
        raise ValueError("a bad word")
    return word.upper()


@node
def join(words: list[str]) -> str:
    calls.append(("join", " ".join(words)))
    return " ".join(words)


@node
def flaky(word: str) -> str:
    calls.append(word)
    if word == "b" and not fixed.is_set():
        raise OSError("not now")
    return word


@pipeline
def shout(text: str = "a b c"):
    return join(gather(loud(each(split(text)))))


def test_a_sheet_that_never_ran_shows_idle_cards(watch):
    page = watch(shout)
    assert page.states() == {"split": "idle", "loud": "idle", "join": "idle"}
    assert page.shown["run"] is None
    assert page.shown["inputs"] == {"text": {"value": "a b c"}}


def test_a_run_shows_each_step_and_item_as_done_with_its_value(watch):
    page = watch(shout)
    run = page.run()
    assert run["state"] == "done"
    assert (run["done"], run["of"]) == (3, 3)
    assert page.states() == {"split": "done", "loud": "done", "join": "done"}
    assert page.shown["cards"]["loud"]["items"]["states"] == "ddd"
    assert page.shown["cards"]["loud"]["items"]["done"] == 3
    assert page.shown["cards"]["join"]["ports"] == {"output": True}
    assert page.sheet.value("join", "output") == "A B C"
    assert page.sheet.value("loud", "output") == ["A", "B", "C"]
    assert page.sheet.value("loud", "output", (1,)) == "B"


def test_patches_add_up_to_what_a_page_that_is_opened_later_shows(watch):
    page = watch(shout)
    page.run()
    page.sheet.set_input("text", "a bad c")
    page.run()
    page.until_states(join="skipped", loud="failed")
    snapshot = page.sheet.snapshot()
    for step, facts in snapshot["cards"].items():
        letters = facts.get("items", {}).pop("states", None)
        seen = page.shown["cards"][step]
        assert letters == seen.get("items", {}).get("states")
        assert {k: v for k, v in facts.items() if k != "items"} == {k: v for k, v in seen.items() if k != "items"}
    assert snapshot["run"] == page.shown["run"]


def test_two_pages_hear_the_same_in_the_same_order(watch, desk):
    first = watch(shout)
    second = Watcher(desk.open(shout))
    assert second.sheet is first.sheet
    first.run()
    second.sheet.set_input("text", "x")
    first.until_states(split="stale")
    second.until_states(split="stale")
    assert first.patches == second.patches


def test_a_run_goes_on_when_all_pages_are_closed(watch, desk):
    began, go = threading.Event(), threading.Event()

    @node
    def wait(x: int) -> int:
        began.set()
        assert go.wait(SECONDS)
        return x + 1

    @pipeline
    def waits(x: int = 1):
        return wait(x)

    page = watch(waits)
    page.sheet.run()
    assert began.wait(SECONDS)
    page.stop()
    assert not page.sheet.watched
    later = Watcher(desk.open(waits))
    later.until_states(wait="running")
    go.set()
    later.until_states(wait="done")
    assert later.sheet.value("wait", "output") == 2


def test_what_ran_is_not_run_again(watch):
    page = watch(shout)
    page.run()
    calls.clear()
    page.run()
    assert calls == []
    assert page.states() == {"split": "reused", "loud": "reused", "join": "reused"}


def test_only_what_is_stale_runs(watch):
    page = watch(shout)
    page.run()
    calls.clear()
    page.sheet.set_input("text", "a b d")
    page.run("to", "join")
    assert calls == [("split", "a b d"), ("loud", "d"), ("join", "A B D")]


def test_this_step_runs_anew_and_nothing_behind_it(watch):
    page = watch(shout)
    page.run()
    calls.clear()
    page.run("this", "split")
    assert calls == [("split", "a b c")]
    assert page.states() == {"split": "done", "loud": "done", "join": "done"}


def test_from_a_step_on_all_runs_anew_and_what_is_before_does_not(watch):
    page = watch(shout)
    page.run()
    calls.clear()
    page.run("from", "loud")
    assert sorted(calls) == [("join", "A B C"), ("loud", "a"), ("loud", "b"), ("loud", "c")]


def test_to_a_step_leaves_what_is_behind_it_alone(watch):
    page = watch(shout)
    run = page.run("to", "split")
    assert calls == [("split", "a b c")]
    assert page.states() == {"split": "done", "loud": "idle", "join": "idle"}
    assert run["of"] == 1


def test_a_failed_item_tells_its_line_and_the_rest_goes_on(watch):
    page = watch(shout)
    page.sheet.set_input("text", "a bad c")
    assert page.run()["state"] == "failed"
    loud_card = page.shown["cards"]["loud"]
    assert loud_card["state"] == "failed"
    assert loud_card["items"]["states"] == "dfd"
    error = loud_card["items"]["errors"]["1"]
    assert (error["type"], error["message"]) == ("ValueError", "a bad word")
    assert error["line"].startswith("test_runs.py:")
    assert error["code"] == 'raise ValueError("a bad word")'
    frames = page.sheet.traceback("loud", (1,))[0]["frames"]
    assert [frame["function"] for frame in frames if frame["own"]] == ["loud"]
    assert not frames[0]["own"]
    assert page.shown["cards"]["join"] == page.shown["cards"]["join"] | {"state": "skipped", "why": "loud failed"}


def test_a_failed_step_shows_no_value_of_an_earlier_run(watch):
    @node
    def half(x: int) -> float:
        return 1 / x

    @pipeline
    def halves(x: int = 1):
        return half(x)

    page = watch(halves)
    page.run()
    page.sheet.set_input("x", 0)
    page.run()
    assert page.shown["cards"]["half"]["state"] == "failed"
    assert "ports" not in page.shown["cards"]["half"]
    assert page.shown["cards"]["half"]["version"] == [2, 2]
    with pytest.raises(LookupError):
        page.sheet.value("half", "output")


def test_stopping_a_step_skips_what_needs_it_and_leaves_the_rest(watch):
    began, go = threading.Event(), threading.Event()

    @node
    def slow(x: int) -> int:
        began.set()
        go.wait(SECONDS)
        return x

    @node
    def after(x: int) -> int:
        return x

    @node
    def beside(x: int) -> int:
        assert go.wait(SECONDS)
        return x

    @pipeline
    def parts(x: int = 1):
        return after(slow(x)), beside(x)

    page = watch(parts)
    page.sheet.run()
    assert began.wait(SECONDS)
    page.sheet.stop("slow")
    page.until_states(slow="cancelled", after="skipped", beside="running")
    go.set()
    page.until(lambda shown: shown["run"]["state"] == "cancelled")
    page.sheet.refresh()
    assert page.states() == {"slow": "cancelled", "after": "skipped", "beside": "done"}


@pytest.mark.parametrize("limited", [False, True])
def test_stopping_a_mapped_step_stops_the_items_that_go_on_and_those_to_come(watch, limited):
    began, go = threading.Event(), threading.Event()

    def slow(word: str) -> str:
        calls.append(word)
        if len(calls) == 2:
            began.set()
        go.wait(SECONDS)
        return word

    work = node(slow, limit=2) if limited else node(slow)

    @pipeline
    def many(text: str = "a b"):
        return join(gather(work(each(split(text)))))

    page = watch(many)
    page.sheet.set_input("text", "a b c d e" if limited else "a b")
    page.sheet.run()
    assert began.wait(SECONDS) or not limited
    page.until(lambda shown: shown["cards"]["slow"].get("items", {}).get("running") == 2)
    page.sheet.stop("slow")
    page.until(lambda shown: shown["run"]["state"] == "cancelled")
    go.set()
    items = page.shown["cards"]["slow"]["items"]
    assert items["cancelled"] == items["count"] == (5 if limited else 2)
    assert page.states()["join"] == "skipped"


def test_stopping_everything_cancels_what_goes_on(watch):
    began, go = threading.Event(), threading.Event()

    @node
    async def slow(x: int) -> int:
        import anyio

        began.set()
        await anyio.sleep(SECONDS)
        return x

    @pipeline
    def sleeps(x: int = 1):
        return slow(x)

    page = watch(sleeps)
    page.sheet.run()
    assert began.wait(SECONDS)
    page.sheet.stop()
    page.until_states(slow="cancelled")
    page.until(lambda shown: shown["run"]["state"] == "cancelled")
    go.set()


def test_stopping_an_async_step_ends_its_call(watch):
    began, ended = threading.Event(), threading.Event()

    @node
    async def slow(x: int) -> int:
        import anyio

        began.set()
        try:
            await anyio.sleep(SECONDS)
        finally:
            ended.set()
        return x

    @pipeline
    def sleeps(x: int = 1):
        return slow(x)

    page = watch(sleeps)
    page.sheet.run()
    assert began.wait(SECONDS)
    page.sheet.stop("slow")
    page.until(lambda shown: shown["run"]["state"] == "cancelled")
    assert ended.wait(SECONDS)
    assert page.states() == {"slow": "cancelled"}


def test_several_runs_go_on_at_once(watch):
    began, go = threading.Event(), threading.Event()

    @node
    def slow(x: int) -> int:
        began.set()
        assert go.wait(SECONDS)
        return x

    @node
    def quick(x: int) -> int:
        return x

    @pipeline
    def both(x: int = 1):
        return slow(x), quick(x)

    page = watch(both)
    first = page.sheet.run("to", "slow")
    assert began.wait(SECONDS)
    second = page.sheet.run("to", "quick")
    page.until_states(quick="done", slow="running")
    assert first != second
    go.set()
    page.until_states(slow="done")
    page.until(lambda shown: shown["run"]["state"] == "done")


def test_a_run_without_an_input_that_it_needs_is_refused_and_others_are_not(watch):
    @node
    def same(x: int) -> int:
        return x

    @pipeline
    def two(a: int, b: int = 2):
        return same.named("left")(a), same.named("right")(b)

    page = watch(two)
    with pytest.raises(InvalidInputError, match="'a'"):
        page.sheet.run()
    assert page.run("to", "right")["state"] == "done"
    assert page.states() == {"left": "idle", "right": "done"}
    with pytest.raises(WiringError, match="rigth"):
        page.sheet.run("to", "rigth")


def test_a_value_that_an_input_cannot_take_is_kept_and_says_why(watch):
    page = watch(shout)
    page.sheet.set_input("text", ["no", "text"])
    assert "text" in page.shown["inputs"]["text"]["note"]
    with pytest.raises(InvalidInputError):
        page.sheet.run()
    page.sheet.set_input("text", "a")
    assert "note" not in page.shown["inputs"]["text"]
    assert page.run()["state"] == "done"


def test_progress_and_attempts_are_told(watch):
    from daggr_fn import progress

    began, go = threading.Event(), threading.Event()

    @node(retries=1)
    def tries(x: int) -> int:
        progress(0.25, "Reading")
        if not began.is_set():
            began.set()
            assert go.wait(SECONDS)
            raise OSError("once")
        return x

    @pipeline
    def retried(x: int = 1):
        return tries(x)

    page = watch(retried)
    page.sheet.run()
    page.until(lambda shown: shown["cards"]["tries"].get("fraction") == 0.25)
    assert page.shown["cards"]["tries"]["text"] == "Reading"
    go.set()
    page.until_states(tries="done")
    assert page.shown["cards"]["tries"]["tries"] == 2
    assert "fraction" not in page.shown["cards"]["tries"]
