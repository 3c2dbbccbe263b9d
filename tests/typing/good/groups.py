"""Pipelines inside pipelines, mapped like nodes."""

from daggr_fn import each, gather, node, pipeline


@node
def clean(text: str) -> str:
    return text.strip()


@node
def count(text: str) -> int:
    return len(text)


@pipeline
def measured(text: str, scale: int = 1) -> int:
    return scaled(count(clean(text)), scale)


@node
def scaled(size: int, scale: int) -> int:
    return size * scale


@pipeline
def all_measured(texts: list[str]) -> tuple[int, list[int]]:
    one = measured(clean(" x "))
    return one, gather(measured(each(texts), scale=2))


sizes: list[int] = all_measured(texts=["a"])[1]
