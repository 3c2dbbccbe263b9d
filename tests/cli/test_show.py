"""`daggr-fn show`: a real command and a real browser, and a file that changes under it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import contextmanager

import httpx
import pytest

from tests.cli.commands import COMMAND, daggr_fn, environment, write

APP = """
    import helper
    from daggr_fn import node, pipeline

    @node
    def shout(text: str) -> str:
        return helper.loud(text)

    @pipeline
    def party(text: str = "hi") -> str:
        "The first party."
        return shout(text)

    party.show()  # which the command does
"""
HELPER = "def loud(text):\n    return text.upper()\n"


class Showing:
    def __init__(self, process):
        self.process = process
        self.said = ""

    def until(self, text):
        """Read what the command says until a text comes; the line."""
        while True:
            line = self.process.stderr.readline()
            assert line, self.said
            self.said += line
            if text in line:
                return line


@contextmanager
def showing(folder, *words, **more):
    command = [*COMMAND, "show", *words, "--port", "0", "--no-open"]
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=folder, env=environment(**more), text=True, **pipes)
    with process:
        try:
            yield Showing(process)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


@contextmanager
def opened(page, url):
    """The page at an address; it leaves before the server does."""
    page.set_default_timeout(60_000)
    page.goto(url)
    try:
        yield
    finally:
        page.goto("about:blank")


def address(line):
    return line.split(" is at ")[1].split()[0]


def run(url, **inputs):
    return httpx.post(url + "api/run", json={"inputs": inputs}, timeout=60).json()


def again(file, text):
    """Change a file, as an editor does: all at once."""
    new = file.with_suffix(".new")
    new.write_text(text)
    os.replace(new, file)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    write(folder, APP)
    write(folder, HELPER, "helper.py")
    return folder


def test_the_command_shows_the_pipeline_and_ends_at_ctrl_c(folder):
    with showing(folder, "app.py:party") as command:
        line = command.until("is at")
        assert line.startswith("party is at http://127.0.0.1:")
        assert run(address(line), text="ho")["outputs"] == {"shout": "HO"}
    assert command.process.returncode == 0


def test_the_open_page_follows_the_file_and_the_modules_it_imports(folder, page):
    app, helper = folder / "app.py", folder / "helper.py"
    with showing(folder, "app.py") as command:
        url = address(command.until("is at"))
        with opened(page, url):
            page.get_by_role("button", name="Run all").click()
            page.get_by_text("HI", exact=True).first.wait_for()
            page.evaluate("window.sameDocument = true")

            again(app, app.read_text().replace("def shout", "def scream").replace("shout(text)", "scream(text)"))
            command.until("was loaded again")
            page.get_by_text("scream").first.wait_for()
            page.get_by_role("button", name="Run all").click()
            page.get_by_text("HI", exact=True).first.wait_for()

            again(helper, HELPER.replace("upper()", "title()"))
            command.until("was loaded again")
            assert run(url, text="again")["outputs"] == {"scream": "Again"}
            assert page.evaluate("window.sameDocument")


def test_a_mistake_is_shown_on_the_page_until_it_is_mended(folder, page):
    app = folder / "app.py"
    good = app.read_text()
    with showing(folder, "app.py") as command:
        url = address(command.until("is at"))
        with opened(page, url):
            page.get_by_role("button", name="Run all").click()
            page.get_by_text("HI", exact=True).first.wait_for()

            again(app, good.replace("return shout(text)", "return shout(text"))
            command.until("SyntaxError")
            page.get_by_role("alert").get_by_text("SyntaxError").wait_for()
            assert page.get_by_text("HI", exact=True).first.is_visible()  # the page goes on with what it was
            assert run(url, text="ho")["outputs"] == {"shout": "HO"}

            again(app, good.replace("return shout(text)", "return shouted(text)"))
            page.get_by_role("alert").get_by_text("shouted").wait_for()

            again(app, good)
            command.until("was loaded again")
            page.get_by_role("alert").wait_for(state="detached")
            page.get_by_text("HI", exact=True).first.wait_for()  # the result is still there


def test_a_file_that_is_broken_at_the_start_is_waited_for(folder, page):
    app = folder / "app.py"
    good = app.read_text()
    app.write_text(good + "\nimport not_there_yet\n")
    with showing(folder, "app.py") as command:
        url = address(command.until("is at"))
        with opened(page, url):
            page.get_by_role("alert").get_by_text("not_there_yet").wait_for()
            assert "can't be loaded" in httpx.post(url + "api/run", json={}, timeout=60).json()["error"]["message"]
            (folder / "not_there_yet.py").write_text("")
            command.until("was loaded again")
            page.get_by_role("button", name="Run all").wait_for()
            page.get_by_role("alert").wait_for(state="detached")


def test_changes_within_a_second_and_of_one_size_are_all_seen(folder):
    helper = folder / "helper.py"
    with showing(folder, "app.py") as command:
        url = address(command.until("is at"))
        for suffix in "abc":
            again(helper, f"def loud(text):\n    return text + '{suffix}'\n")
            command.until("was loaded again")
            deadline = time.monotonic() + 10
            while run(url, text="x")["outputs"] != {"shout": f"x{suffix}"}:
                assert time.monotonic() < deadline


def test_without_reload_a_broken_file_is_an_error(folder):
    (folder / "app.py").write_text("import nothing_of_the_sort\n")
    done = daggr_fn("show", "app.py", "--no-reload", "--no-open", cwd=folder, code=1)
    assert "nothing_of_the_sort" in done.stderr


def test_wrong_words_are_refused(folder):
    assert "no pipeline 'prty'; did you mean 'party'" in daggr_fn("show", "app.py:prty", cwd=folder, code=2).stderr
    assert "there is no file 'ap.py'" in daggr_fn("show", "ap.py", cwd=folder, code=2).stderr
    assert "theme='drak'" in daggr_fn("show", "app.py", "--theme", "drak", cwd=folder, code=1).stderr
