"""A page that strangers may open reads no file of the server's for them."""

from __future__ import annotations

from playwright.sync_api import expect

SOURCE = """
    from pathlib import Path
    from typing import Annotated

    import gradio as gr
    from daggr_fn import ask, node, pipeline, space

    sent = []

    def keep(file):
        sent.append(Path(file).read_text())
        return "read"

    read = space(gr.Interface(keep, gr.File(label="File"), "text", api_name="read"), "/read")

    @node
    def make(text: str) -> str:
        path = Path("made.txt").resolve()
        path.write_text(text)
        return str(path)

    Address = Annotated[str, gr.Textbox(label="Address")]
    Text = Annotated[str, gr.Textbox(label="Text")]

    @pipeline
    def shown(file: Address = "", text: Text = ""):
        asked = read.named("asked")(ask(gr.Textbox(label="Which")))
        return {"read": read(file), "made": read.named("made")(make(text)), "asked": asked}
"""


def test_a_path_that_a_stranger_types_is_not_read(canvas, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret.txt").write_text("secret")
    c = canvas(SOURCE, users="browser")
    c.type("Address", str(tmp_path / "secret.txt"))
    expect(c.card("inputs")).to_contain_text("names a file: send the file itself")
    c.press("Run all")
    expect(c.page.locator(".toast")).to_contain_text("A path on the server is not read from there")
    assert c.module.sent == []
    c.type("Text", "a text of mine")
    c.press("Run made")
    c.says("made", "Done")
    assert c.module.sent == ["a text of mine"]


def test_nor_is_one_that_is_an_answer(canvas, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret.txt").write_text("secret")
    c = canvas(SOURCE, users="browser")
    c.press("Run asked")
    c.says("ask", "Waiting for you")
    c.card("ask").get_by_label("Which").last.fill(str(tmp_path / "secret.txt"))
    c.card("ask").get_by_role("button", name="Continue").click()
    expect(c.page.locator(".toast")).to_contain_text("A path on the server is not read from there")
    c.says("ask", "Waiting for you")
    assert c.module.sent == []
