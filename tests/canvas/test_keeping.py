"""What a sheet keeps over the end of its server, and under which name; values that only a living server can hold."""

from __future__ import annotations

import sqlite3

from playwright.sync_api import expect

from tests.canvas.acting import card, field, in_state, opened, press, shows

HELD = """
    import socket
    from typing import Any
    from daggr_fn import node, pipeline

    class Robot:
        def __init__(self, name):
            self.name = name

        def __repr__(self):
            return f"<Robot {self.name}>"

    @node
    def build(name: str) -> Any:
        return Robot(name)

    @node
    def connect() -> Any:
        return socket.socket()

    @node
    def greet(robot: Any) -> str:
        return f"Hello, {robot.name}"

    @pipeline
    def robots(name: str = "Marvin"):
        return greet(build(name)), connect()
"""


def test_values_of_a_class_that_is_gone_and_of_a_server_that_is_gone_say_so(served, context):
    server = served(HELD)
    page = opened(context.new_page(), server.url)
    press(page, "Run all")
    shows(page, "build", "<Robot Marvin>")
    shows(page, "connect", "can't be stored")
    shows(page, "greet", "Hello, Marvin")
    page.close()
    server.kill()
    server.edit("class Robot:", "class Android:")
    server.edit("return Robot(name)", "return Android(name)")
    server.start()
    page = opened(context.new_page(), server.url)
    shows(page, "greet", "Hello, Marvin")
    expect(card(page, "build").locator(".card-body")).to_contain_text("Robot")
    expect(card(page, "connect").locator(".card-body")).to_contain_text("stored")
    field(page, "name").fill("Ava")
    press(page, "Run all")
    shows(page, "greet", "Hello, Ava")
    shows(page, "build", "<Robot Ava>")


WORDS = """
    from daggr_fn import node, pipeline

    @node
    def upper(word: str) -> str:
        return word.upper()

    @pipeline(name="Words")
    def words(word: str = "hello"):
        return upper(word)
"""


def typed_and_ran(page, url, word):
    opened(page, url)
    field(page, "word").fill(word)
    press(page, "Run all")
    shows(page, "upper", word.upper())


def test_without_persist_nothing_is_left(app, show, context, home):
    words = app(WORDS).words
    first = show(words, persist=False)
    page = context.new_page()
    typed_and_ran(page, first.url, "secret")
    page.close()
    first.close()
    page = opened(context.new_page(), show(words, persist=False).url)
    in_state(page, "upper", "idle")
    expect(field(page, "word")).to_have_value("hello")
    assert not (home / "sheets.db").exists()
    left = [file for file in home.rglob("*") if file.is_file() and "scratch" not in file.parts]  # which ends with us
    assert not [file for file in left if b"SECRET" in file.read_bytes()]


def test_sheets_are_kept_under_the_key_that_was_chosen(app, show, context, home):
    words = app(WORDS).words
    typed_and_ran(context.new_page(), show(words, persist_key="mine").url, "mine")
    page = opened(context.new_page(), show(words).url)
    in_state(page, "upper", "idle")
    expect(field(page, "word")).to_have_value("hello")
    renamed = app(WORDS.replace("Words", "Other words")).words
    page = opened(context.new_page(), show(renamed, persist_key="mine").url)
    shows(page, "upper", "MINE")
    expect(field(page, "word")).to_have_value("mine")
    with sqlite3.connect(home / "sheets.db") as database:
        assert {name for (name,) in database.execute("select pipeline from sheets")} == {"mine", "Words"}
