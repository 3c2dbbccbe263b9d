"""Arguments of node calls."""

import random

from daggr_fn import apply, each, every_run, node, pipeline


@node
def draw(prompt: str, seed: int = 0) -> str:
    return f"{prompt}{seed}"


@node
def size(picture: str) -> int:
    return len(picture)


@pipeline
def body(prompt: str, seeds: list[int]) -> str:
    draw(promt=prompt)  # error: no such argument
    draw()  # error: an argument is missing
    draw(prompt, 1, 2)  # error: too many arguments
    draw(prompt=3)  # error: a value of the wrong type
    draw(prompt, seed=size(draw(prompt)), style="oil")  # error: no such argument, besides others
    draw(size(draw(prompt)))  # error: an edge of the wrong type
    draw(draw)  # error: a node that was not called
    draw(prompt, seed=every_run(random.random))  # error: a source of the wrong type
    apply(len, size(prompt))  # error: a function of the wrong type
    apply(size, seeds)  # error: the same with a node
    each(size(prompt))  # error: a map over what is no list
    return draw(prompt)
