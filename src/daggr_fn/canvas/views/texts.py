"""Text in its forms: plain, Markdown, HTML, code."""

from __future__ import annotations

import functools
import re
from typing import Any

from daggr_fn.canvas.views.context import TEXT_LIMIT, Context, Unfit, ViewModel, is_a
from daggr_fn.canvas.views.safe import clean, words
from daggr_fn.values import is_sequence

_PAGE = re.compile(r"<!doctype|<html|<script|<style|<link|<iframe", re.IGNORECASE)
_LANGUAGES = {
    "html": "HTML",
    "css": "CSS",
    "json": "JSON",
    "yaml": "YAML",
    "sql": "SQL",
    "cpp": "C++",
    "latex": "LaTeX",
}
_SUFFIXES = {
    "python": ".py",
    "javascript": ".js",
    "typescript": ".ts",
    "shell": ".sh",
    "markdown": ".md",
    "latex": ".tex",
}


def text_of(value: Any) -> str:
    """A value as text, as a Gradio text component shows it: anything but text by its words."""
    if isinstance(value, str):
        return clean(str(value))
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode("utf-8", "replace")
    return clean(words(value, 100_000))


def text(value: Any, ctx: Context) -> ViewModel:
    """Plain text, with its line breaks."""
    whole = text_of(value)
    if ctx.option("type") == "password":
        return {"view": "text", "text": "•" * 8, "secret": True}
    return {"view": "text", **_cut(whole, ctx, ".txt", "text/plain")}


def markdown(value: Any, ctx: Context) -> ViewModel:
    """Markdown as HTML, which the browser cleans before it shows it."""
    whole = text_of(value)
    shown = whole if len(whole) <= TEXT_LIMIT * 5 else whole[: TEXT_LIMIT * 5]
    vm: ViewModel = {"view": "markdown", "html": render_markdown(shown, breaks=bool(ctx.option("line_breaks", False)))}
    if len(shown) < len(whole):
        vm.update(more=_whole(whole, ctx, ".md", "text/markdown"), length=len(whole))
    return vm


def render_markdown(source: str, *, breaks: bool = False) -> str:
    """Markdown as HTML: CommonMark, tables, and struck-out text; HTML in it stays HTML."""
    return str(_parser(breaks).render(source))


@functools.cache
def _parser(breaks: bool) -> Any:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"breaks": breaks, "html": True}).enable(["table", "strikethrough"])


def html(value: Any, ctx: Context) -> ViewModel:
    """HTML, which the browser cleans; a whole page, or one with scripts or styles, in a frame of its own."""
    whole = text_of(value)
    vm: ViewModel = {"view": "html", "frame": _PAGE.search(whole) is not None}
    height = ctx.option("max_height") or ctx.option("min_height")
    if isinstance(height, int):
        vm["height"] = height
    if len(whole) > TEXT_LIMIT * 10:
        return {
            **vm,
            "frame": True,
            "html": None,
            "more": _whole(whole, ctx, ".html", "text/html"),
            "length": len(whole),
        }
    return {**vm, "html": whole}


def code(value: Any, ctx: Context) -> ViewModel:
    """Code, in one width."""
    language = str(ctx.option("language", "") or "")
    note = _LANGUAGES.get(language) or language.partition("-")[0].capitalize()
    whole = text_of(value[0] if is_a(value, tuple) and value else value)
    suffix = _SUFFIXES.get(language, f".{language}" if language.isalnum() else ".txt")
    return {"view": "code", "language": language, "note": note, **_cut(whole, ctx, suffix, "text/plain")}


def dialogue(value: Any, ctx: Context) -> ViewModel:
    """Lines with their speakers; or the one text that they were joined to."""
    if isinstance(value, str):
        return text(value, ctx)
    if not is_sequence(value) or not all(is_a(line, dict) for line in value):
        raise Unfit
    lines = [{"who": words(line.get("speaker", ""), 80), "text": text_of(line.get("text", ""))} for line in value]
    return {"view": "dialogue", "lines": lines[:200], "count": len(lines)}


def _cut(whole: str, ctx: Context, suffix: str, media_type: str) -> ViewModel:
    if len(whole) <= TEXT_LIMIT:
        return {"text": whole}
    shown = whole[:TEXT_LIMIT]
    return {
        "text": shown,
        "length": len(whole),
        "lines": whole.count("\n") + 1,
        "more": _whole(whole, ctx, suffix, media_type),
    }


def _whole(whole: str, ctx: Context, suffix: str, media_type: str) -> str:
    return ctx.links.text(lambda: whole, ctx.file_name(suffix), media_type)
