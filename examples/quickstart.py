"""A first pipeline: plain functions, once for each item of a list. No Space, no network.

python examples/quickstart.py
daggr-fn run examples/quickstart.py --text "any words you like"
"""

from __future__ import annotations

from daggr_fn import each, gather, node, pipeline


@node
def words(text: str) -> list[str]:
    """The words of a text, in order."""
    return text.split()


@node
def shout(word: str) -> str:
    """A word, louder."""
    return word.upper() + "!"


@node
def join(parts: list[str]) -> str:
    """A sentence again."""
    return " ".join(parts)


@pipeline
def quickstart(text: str = "pipelines are plain function calls") -> str:
    """Shout a text, each word by itself."""
    word = each(words(text))  # from here on: once for each word, side by side
    return join(gather(shout(word)))  # a list again, in order


if __name__ == "__main__":
    print(quickstart(text="pipelines are plain function calls"))
    print(quickstart.plan())
