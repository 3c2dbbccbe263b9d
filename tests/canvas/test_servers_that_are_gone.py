"""What is left of a run when its server is killed, and of a sheet on the next day."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.canvas.acting import card, field, in_state, opened, press, shows
from tests.canvas.people import Canvas

WORK = """
    import time
    from pathlib import Path
    from daggr_fn import choice, each, gather, node, pipeline

    def note(word):
        with open("calls.txt", "a") as file:
            file.write(word + "\\n")

    @node
    def first(word: str) -> str:
        note("first")
        return word.upper()

    @node
    def spell(word: str) -> list[str]:
        note("spell")
        return list(word)

    @node
    def say(letter: str) -> str:
        note("say-" + letter)
        while letter == "C" and not Path("go").exists():
            time.sleep(0.01)
        return letter.lower()

    @node
    def join(letters: list[str]) -> str:
        note("join")
        return "-".join(letters)

    @node
    def loud(text: str) -> str:
        return text + "!"

    @node
    def soft(text: str) -> str:
        return text + "..."

    @pipeline
    def cover(title: str):
        return soft(loud(title))

    @pipeline(name="Spelling")
    def spelling(word: str = "abc"):
        voice = choice(loud, soft, name="voice")(word)
        return join(gather(say(each(spell(first(word)))))), voice, cover(word)
"""

LOCKED = """
    import time
    from pathlib import Path
    from typing import Annotated
    from daggr_fn import Secret, node, pipeline

    @node
    def first(word: str) -> str:
        return word.upper()

    @node
    def unlock(word: str, key: str) -> str:
        while not Path("go").exists():
            time.sleep(0.01)
        return f"{word} {len(key)}"

    @pipeline
    def locked(key: Annotated[str, Secret], word: str = "abc"):
        return unlock(first(word), key)
"""


def test_a_killed_server_s_run_is_interrupted_and_one_click_resumes_it(served, page, faults):
    faults.expect("WebSocket connection")
    faults.expect("ERR_CONNECTION_REFUSED")
    server = served(WORK, "spelling")
    opened(page, server.url)
    press(page, "Run all")
    in_state(page, "say", "running")
    page.locator('article[data-card="say"]').filter(has_text="2 of 3").wait_for()
    while "say-C" not in (done := server.lines("calls.txt")):
        page.wait_for_timeout(20)
    server.kill()
    page.get_by_text("The connection is lost").wait_for()
    server.start()
    expect(page.get_by_text("The connection is lost")).to_have_count(0, timeout=30_000)
    shows(page, "first", "ABC")
    shows(page, "say", "Interrupted")
    in_state(page, "join", "interrupted")
    assert server.lines("calls.txt") == done
    (server.folder / "go").touch()
    card(page, "say").get_by_role("button", name="Resume").click()
    shows(page, "join", "a-b-c")
    assert sorted(server.lines("calls.txt")) == sorted([*done, "say-C", "join"])


def test_resume_says_what_it_lacks_and_goes_on_once_that_is_there(served, page, faults):
    faults.expect("WebSocket connection")
    faults.expect("ERR_CONNECTION_REFUSED")
    server = served(LOCKED, "locked")
    opened(page, server.url)
    field(page, "key").fill("sesame")
    field(page, "key").press("Tab")
    press(page, "Run all")
    in_state(page, "unlock", "running")
    server.kill()
    page.get_by_text("The connection is lost").wait_for()
    server.start()
    expect(page.get_by_text("The connection is lost")).to_have_count(0, timeout=30_000)
    (server.folder / "go").touch()
    resume = in_state(page, "unlock", "interrupted").get_by_role("button", name="Resume")
    resume.click()
    expect(page.locator(".toast").filter(has_text="needs a value for 'key'")).to_be_visible()
    field(page, "key").fill("sesame")
    field(page, "key").press("Tab")
    press(page, "Run first")  # another run, after which there is nothing to resume
    in_state(page, "first", "reused")
    press(page, "Fit all")
    resume.click()
    expect(page.locator(".toast").filter(has_text="There is nothing to go on with")).to_be_visible()


def test_a_sheet_is_as_it_was_on_the_next_day(served, context):
    server = served(WORK, "spelling")
    (server.folder / "go").touch()
    page = opened(context.new_page(), server.url)
    field(page, "word").fill("dog")
    field(page, "word").press("Tab")
    card(page, "voice").get_by_role("tab", name="soft").click()
    press(page, "Run all")
    shows(page, "join", "d-o-g")
    page.get_by_role("button", name="Fold cover").click()
    card(page, "cover").wait_for()
    Canvas(page, server.url).until_still()
    before = place(page, "join")
    drag(page, "join", 40, 160)
    Canvas(page, server.url).until_still()
    there = place(page, "join")
    assert there != before
    page.reload()
    expect(page.locator('.vue-flow__node[data-id="join"]')).to_have_attribute("style", re.compile(re.escape(there)))
    page.close()
    server.kill()
    server.start()
    page = opened(context.new_page(), server.url)
    shows(page, "join", "d-o-g")
    in_state(page, "join", "done")
    expect(field(page, "word")).to_have_value("dog")
    expect(card(page, "voice").get_by_role("tab", name="soft")).to_have_attribute("aria-selected", "true")
    expect(card(page, "cover")).to_be_visible()
    assert place(page, "join") == there
    calls = server.lines("calls.txt")
    press(page, "Run all")
    shows(page, "join", "Reused")
    assert server.lines("calls.txt") == calls


def place(page, name):
    """Where a card lies on the canvas, in whole pixels, as the server keeps it: dropped it may be between two."""
    whole = "one => one.style.transform.replace(/-?[\\d.]+/g, (number) => Math.round(number))"
    return page.locator(f'.vue-flow__node[data-id="{name}"]').evaluate(whole)


def drag(page, name, right, down):
    """Drag a card by its head."""
    head = card(page, name).locator(".card-head").bounding_box()
    page.mouse.move(head["x"] + 90, head["y"] + 20)
    page.mouse.down()
    page.mouse.move(head["x"] + 90 + right, head["y"] + 20 + down, steps=5)
    page.mouse.up()
