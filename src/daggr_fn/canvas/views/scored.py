"""What models say about a text or a picture: classes with scores, marked words, and talk."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from daggr_fn.canvas.views.context import ROW_LIMIT, Context, Unfit, ViewModel, entries, is_a
from daggr_fn.canvas.views.safe import clean, number_words, words
from daggr_fn.canvas.views.texts import render_markdown, text, text_of
from daggr_fn.values import is_mapping, is_sequence

Part = Callable[[Any, Context], ViewModel]


def label(value: Any, ctx: Context) -> ViewModel:
    """Classes with their scores, best first; or one class alone."""
    if is_mapping(value) and "label" in value:
        pairs: list[tuple[Any, Any]] = [
            (one.get("label"), one.get("confidence")) for one in entries(value, "confidences")
        ]
        return _bars(pairs, ctx) if pairs else _bars([(value["label"], None)], ctx)
    if is_mapping(value):
        return _bars(list(value.items()), ctx)
    return _bars([(value, None)], ctx)


def _bars(pairs: list[tuple[Any, Any]], ctx: Context) -> ViewModel:
    scored = [(clean(words(str(name), 120)), _score(score)) for name, score in pairs]
    scored.sort(key=lambda one: -1.0 if one[1] is None else -one[1])
    most = ctx.option("num_top_classes") or 20
    bars = [{"name": name, **_share(score)} for name, score in scored[:most]]
    return {"view": "label", "bars": bars, **({"more": len(scored) - most} if len(scored) > most else {})}


def _score(score: Any) -> float | None:
    try:
        found = float(score)
    except (TypeError, ValueError):
        return None
    return found if math.isfinite(found) else None


def _share(score: float | None) -> ViewModel:
    if score is None:
        return {}
    percent = f"{score * 100:.0f} %" if score >= 0.01 or score == 0 else f"{score * 100:.1g} %"
    return {"share": min(1.0, max(0.0, score)), "text": percent if 0 <= score <= 1 else number_words(score)}


def highlight(value: Any, ctx: Context) -> ViewModel:
    """Text with marked parts, by class or by a score from -1 to 1."""
    parts = _from_entities(value) if is_mapping(value) else _pairs(value)
    if ctx.option("combine_adjacent", False):
        parts = _combined(parts, str(ctx.option("adjacent_separator", "")))
    scores = [mark for _, mark in parts if isinstance(mark, (int, float))]
    classes = list(dict.fromkeys(mark for _, mark in parts if isinstance(mark, str)))
    colors = ctx.option("color_map", {})
    legend = [
        {"name": words(one, 80), "color": colors.get(one), "tone": number % 8} for number, one in enumerate(classes)
    ]
    vm: ViewModel = {"view": "highlight", "parts": [list(part) for part in parts[:5_000]], "legend": legend}
    if len(parts) > 5_000:
        vm["left_out"] = len(parts) - 5_000
    return {**vm, "scores": True} if scores and not classes else vm


def _pairs(value: Any) -> list[tuple[str, Any]]:
    if not is_sequence(value) or not all(is_sequence(one) and len(one) == 2 for one in value):
        raise Unfit
    return [(text_of(part), _mark(mark)) for part, mark in value]


def _mark(mark: Any) -> Any:
    if mark is None or isinstance(mark, str):
        return clean(mark) if mark else None
    score = _score(mark)
    return clean(words(mark)) if score is None else score


def _from_entities(value: Any) -> list[tuple[str, Any]]:
    """`{"text", "entities": [{"entity", "start", "end"}]}`, as token classification pipelines give."""
    whole, entities = value.get("text"), value.get("entities")
    if not isinstance(whole, str) or not is_sequence(entities):
        raise Unfit
    parts: list[tuple[str, Any]] = []
    end = 0
    for one in sorted(entities, key=lambda entity: entity["start"]):
        mark = one.get("entity") or one.get("entity_group")
        parts += [(whole[end : one["start"]], None), (whole[one["start"] : one["end"]], _mark(mark))]
        end = one["end"]
    return [(text_of(part), mark) for part, mark in [*parts, (whole[end:], None)] if part]


def _combined(parts: list[tuple[str, Any]], separator: str) -> list[tuple[str, Any]]:
    made: list[tuple[str, Any]] = []
    for part, mark in parts:
        if made and made[-1][1] == mark:
            made[-1] = (f"{made[-1][0]}{separator}{part}", mark)
        else:
            made.append((part, mark))
    return made


def chat(show: Part) -> Part:
    """The maker for talks; `show` makes the view models of what is in a message besides text."""

    def make(value: Any, ctx: Context) -> ViewModel:
        if not is_sequence(value):
            raise Unfit
        messages = [one for entry in value for one in _messages(entry)]
        shown = [_message(one, ctx, show) for one in messages[-ROW_LIMIT:]]
        return {"view": "chat", "messages": shown, "count": len(messages)}

    return make


def _messages(entry: Any) -> list[Any]:
    """A message, or the two of a pair of question and answer."""
    if is_sequence(entry) and len(entry) == 2:
        roles = zip(("user", "assistant"), entry, strict=True)
        return [{"role": role, "content": content} for role, content in roles if content is not None]
    if is_mapping(entry) and "role" in entry:
        return [entry]
    if hasattr(entry, "role") and hasattr(entry, "content"):
        return [{"role": entry.role, "content": entry.content, "metadata": getattr(entry, "metadata", None)}]
    raise Unfit


def _message(message: Any, ctx: Context, show: Part) -> ViewModel:
    content = message.get("content")
    contents = list(content) if is_a(content, list) else [content]
    metadata = message.get("metadata")
    title = metadata.get("title") if is_mapping(metadata) else None
    vm: ViewModel = {
        "role": "user" if message.get("role") == "user" else "assistant",
        "parts": [_content(one, ctx, show) for one in contents],
    }
    return {**vm, "title": words(title, 120)} if title else vm


def _content(content: Any, ctx: Context, show: Part) -> ViewModel:
    inside = ctx.inside(name="Message")
    if is_mapping(content) and content.get("type") == "text":
        content = content.get("text", "")
    elif is_mapping(content) and ("file" in content or "path" in content):
        content = content.get("file", content.get("path"))
    if is_a(content, tuple) and content and isinstance(content[0], Path):
        content = content[0]
    if not isinstance(content, str):
        return show(content, inside)
    if not ctx.option("render_markdown", True):
        return text(content, inside)
    return {"view": "markdown", "html": render_markdown(text_of(content), breaks=bool(ctx.option("line_breaks", True)))}
