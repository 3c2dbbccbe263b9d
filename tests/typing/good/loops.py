"""Plain Python in a body: loops over values unroll, lists and dicts of ports are passed on."""

from daggr_fn import node, pipeline


@node
def draw(prompt: str, style: str) -> str:
    return prompt + style


@node
def sheet(pictures: list[str], captions: dict[str, str]) -> str:
    return " ".join(pictures) + str(captions)


@node
def increment(number: int) -> int:
    return number + 1


@pipeline
def styles(prompt: str) -> str:
    pictures = {style: draw(f"{prompt:>10}", style) for style in ("oil", "ink")}
    return sheet(list(pictures.values()), pictures)


@pipeline
def counted(number: int = 0) -> int:
    for _ in range(10):
        number = increment(number)
    return number


@pipeline
def effect(prompt: str) -> None:
    draw(prompt, "oil")


text: str = styles(prompt="a cat")
ten: int = counted()
