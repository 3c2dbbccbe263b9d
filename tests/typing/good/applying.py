"""Steps made of any function, on the spot."""

import math

from daggr_fn import apply, each, gather, node, pipeline


@node
def words(text: str) -> list[str]:
    return text.split()


def repeated(text: str, times: int) -> str:
    return text * times


@pipeline
def counting(text: str) -> tuple[int, float, bool, list[str]]:
    found = words(text)
    size = apply(len, found)
    root = apply(math.sqrt, size)
    return size, root, apply(lambda x: x > 0.8, root), gather(apply(repeated, each(found), 2))


@pipeline
def by_name(text: str) -> str:
    return apply(repeated, text=text, times=3)


enough: bool = counting(text="a b")[2]
