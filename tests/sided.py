"""Conditions and backups inside of a map, for the tests of sheets and of the page."""

from __future__ import annotations

from daggr_fn import each, gather, node, pipeline, when


@node
def split(text: str) -> list[str]:
    return text.split()


@node
def is_long(word: str) -> bool:
    return len(word) > 3


@node
def shorten(word: str) -> str:
    return word[:3]


@node
def keep(word: str) -> str:
    return f"<{word}>"


@node
def first(word: str) -> str:
    if word == "tiger":
        raise RuntimeError("too wild")
    return f"first {word}"


@node
def second(word: str) -> str:
    return f"second {word}"


@node
def join(words: list[str]) -> str:
    return ", ".join(words)


@pipeline
def sided(text: str = "cat tiger ox"):
    word = each(split(text))
    return gather(when(is_long(word), shorten(word), keep(word)))


@pipeline
def backed(text: str = "cat tiger ox"):
    return join(gather(first.or_else(second)(each(split(text)))))
