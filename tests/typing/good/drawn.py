"""Values that are drawn anew for each call."""

import random

from daggr_fn import each, every_run, gather, node, pipeline


@node
def noise(seed: float, size: int = 3) -> str:
    return f"{seed}{size}"


@pipeline
def noises(names: list[str]) -> tuple[str, list[str]]:
    one = noise(every_run(random.random))
    many = noise(seed=every_run(random.random), size=every_run(lambda: random.randint(1, 6)))
    tagged = named(each(names), many)
    return one, gather(tagged)


@node
def named(name: str, value: str) -> str:
    return name + value


found: list[str] = noises(names=["a"])[1]
