"""Every combination of lists."""

from daggr_fn import gather, node, pipeline, product


@node
def draw(seed: int, style: str) -> str:
    return f"{style}{seed}"


@node
def upscale(picture: str, factor: float, seed: int) -> str:
    return f"{picture}{factor}{seed}"


@pipeline
def contact_sheet(styles: list[str], seeds: list[int]) -> list[str]:
    seed, style = product(seeds, styles)
    return gather(draw(seed, style))


@pipeline
def three(styles: list[str]) -> list[str]:
    seed, style, factor = product([1, 2], styles, [1.5, 2.0])
    return gather(upscale(draw(seed, style), factor, seed))


pictures: list[str] = contact_sheet(["oil"], [1, 2])
