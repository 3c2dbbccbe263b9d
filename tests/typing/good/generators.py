"""Generators show their values as they come; the last one counts."""

from collections.abc import AsyncIterator, Generator, Iterator

from daggr_fn import node, pipeline


@node
def refine(prompt: str) -> Iterator[str]:
    for i in range(3):
        yield prompt * i


@node
def spell(prompt: str) -> Generator[str, None, None]:
    yield from prompt


@node
async def dictate(text: str) -> AsyncIterator[str]:
    for word in text.split():
        yield word


@node(cache=True)
def slowly(text: str) -> Iterator[int]:
    yield len(text)


@pipeline
def writing(prompt: str) -> int:
    return slowly(dictate(spell(refine(prompt))))


last: str = refine("x")
number: int = writing(prompt="x")
