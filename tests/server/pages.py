"""Pipelines and a page to serve them with: enough of a page to see that it is alive, whose it is and what it is for."""

from __future__ import annotations

from pathlib import Path

from daggr_fn import node, pipeline


@node
def upper(text: str) -> str:
    if text == "fail":
        raise ValueError("no shouting")
    return text.upper()


@pipeline
def shout(text: str = "hi") -> str:
    """Say it loudly."""
    return upper(text)


@node
def whispered(text: str) -> str:
    return text.lower()


@pipeline(name="Whisper it")
def whisper(text: str = "HI") -> str:
    return whispered(text)


@node
def size(file: Path) -> int:
    return len(Path(file).read_bytes())


@node
def twice(file: Path) -> Path:
    made = Path(file).with_name("twice.bin")
    made.write_bytes(Path(file).read_bytes() * 2)
    return made


@pipeline
def measure(file: Path, label: str = "") -> dict:
    return {"size": size(file), "twice": twice(file)}


contexts = []
"""What the pages that were built were given, in order."""

presses = []
"""How often the button of each page was pressed."""


def simple_page(context) -> None:
    """A page that counts the presses of a button."""
    from nicegui import ui

    contexts.append(context)
    pressed = {"times": 0}
    presses.append(pressed)

    def press() -> None:
        pressed["times"] += 1
        said.set_text(f"pressed {pressed['times']}")

    ui.label(f"{context.pipeline.name} for {context.user}: sheet {context.sheet}, {context.view}, {context.theme}")
    ui.button("press", on_click=press)
    said = ui.label("not pressed")
    ui.input("note")
