"""`daggr-fn demo`: two apps, real pictures, the second time nothing is paid again, and the canvas at the end."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.cli.commands import daggr_fn


@pytest.mark.timeout(300)
def test_the_demo_makes_real_pictures_and_the_next_demo_reuses_them(tmp_path, home):
    first = daggr_fn("demo", cwd=tmp_path)
    files = [Path(line) for line in first.stdout.splitlines()]
    assert len(files) == 5
    for cut_out in files[:-1]:
        with Image.open(cut_out) as picture:
            low, high = picture.getchannel("A").getextrema()
            assert (low, high) == (0, 255)
    with Image.open(files[-1]) as poster:
        assert poster.width > poster.height
    assert all(file.is_relative_to(home) for file in files)
    assert len(re.findall(r"http://127.0.0.1:\d+/", first.stderr)) == 2
    assert first.stderr.count("4 done") == 2
    assert first.stderr.count("4 reused") == 2
    assert "8 calls of the apps were reused" in first.stderr
    assert "The canvas works too." in first.stderr  # nobody is there to look at it: it does not stay
    assert not re.search("Traceback|Warning|Error", first.stderr)
    second = daggr_fn("demo", "--no-show", cwd=tmp_path)
    assert second.stdout == first.stdout
    assert second.stderr.count("4 reused") == 4
    assert "canvas" not in second.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.timeout(300)
def test_in_a_terminal_the_demo_ends_with_the_canvas_in_the_browser_until_ctrl_c(tmp_path, page, open_terminal):
    terminal = open_terminal("demo", cwd=tmp_path, CI="", BROWSER="echo opened %s")
    terminal.until("Ctrl-C ends it")
    terminal.until("opened http://127.0.0.1:")
    address = re.search(r"The canvas of savanna is at (http://127\.0\.0\.1:\d+/)", terminal.seen)[1]
    assert f"opened {address}" in terminal.seen
    page.set_default_timeout(60_000)
    page.goto(address)
    for step in ("draw", "cut_out"):
        card = page.locator(f'.card[data-card="transparent_background/{step}"]')
        card.get_by_text("Reused, saved").wait_for()
        expect(card.locator("img")).to_have_count(4)
    page.get_by_role("img", name="Poster").wait_for()
    page.goto("about:blank")
    terminal.press(b"\x03")
    assert terminal.end() == 0
    assert "Traceback" not in terminal.seen
