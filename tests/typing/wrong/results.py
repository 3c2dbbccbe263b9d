"""Calls of pipelines, and what they give."""

from typing import NamedTuple

from daggr_fn import Run, node, pipeline


class Found(NamedTuple):
    text: str
    size: int


@node
def measure(text: str) -> int:
    return len(text)


@pipeline
def find(text: str, limit: int = 3) -> Found:
    return Found(text, measure(text))


find(txt="a")  # error: no such input
find(text=3)  # error: an input of the wrong type
find()  # error: an input is missing
find("a").sise  # error: no such output
find("a").size.upper()  # error: an output of another type
find.run(text="a").value.txet  # error: the same by a run
find.execute(text="a")  # error: no such method
wrong: Run[str] = find.run(text="a")  # error: a run of something else
measure("a") + "b"  # error: a plain call returns what the function does
find.plan(size=3)  # error: no such input


async def main() -> str:
    return await find.acall(text="a")  # error: not what it returns


for event in find.stream(text="a"):
    event.value  # error: not every event has a value
