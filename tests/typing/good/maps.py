"""Maps: nested, flat again, with failures kept or left out."""

from daggr_fn import Failed, each, gather, node, pipeline


@node
def chapters(book: str) -> list[str]:
    return book.split("#")


@node
def sentences(chapter: str) -> list[str]:
    return chapter.split(".")


@node
def shorten(sentence: str, size: int) -> str:
    return sentence[:size]


@node
def join(parts: list[str]) -> str:
    return " ".join(parts)


@node
def count_failures(parts: list[str | Failed]) -> int:
    return sum(isinstance(part, Failed) for part in parts)


@pipeline
def summary(book: str, size: int = 10) -> str:
    chapter = each(chapters(book))
    short = shorten(each(sentences(chapter)), size)
    return join(gather(join(gather(short))))


@pipeline
def flat(book: str) -> list[str]:
    short = shorten(each(sentences(each(chapters(book)))), 10)
    return gather(short, flatten=True)


@pipeline
def tolerant(book: str) -> tuple[int, str]:
    short = shorten(each(chapters(book)), 10)
    return count_failures(gather(short, errors="keep")), join(gather(short, errors="skip"))


@pipeline
def plain_list(names: list[str]) -> list[str]:
    return gather(shorten(each(names), 3))


texts: list[str] = plain_list(names=["a", "b"])
