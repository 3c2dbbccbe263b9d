"""A server of its own for the canvas's benchmark: shows pipelines, says where, and does what it is told on stdin.

    python benchmarks/pages/served.py RETURNS < commands

`RETURNS` is a file to which steps write when they returned. A command is a line: `pause 0.2` makes the steps that come
take so long. It ends with its input.
"""

from __future__ import annotations

import json
import os
import sys
import time
import zlib
from typing import Annotated

import gradio as gr

from daggr_fn import Pipeline, each, gather, node, pipeline

SIZES = (10, 100, 1000)
CHAIN = 300
SHORT = 10
ITEMS = 2000

_pause = [0.0]
_returns = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND) if __name__ == "__main__" else -1


@node
def first(text: str, strength: float) -> str:
    return f"{text} {strength}"


@node
def mix(left: str, right: str) -> Annotated[str, gr.Textbox(label="Text")]:
    time.sleep(_pause[0])
    mixed = f"{left[:8]} and {right[:8]} {zlib.crc32((left + right).encode()):08x}"
    os.write(_returns, f"{time.time()}\n".encode())
    return mixed


@node
def more(x: int) -> int:
    return x + 1


@node(cache=False)
def anew(x: int) -> int:
    return x + 1


@node
def numbers(n: int) -> list[int]:
    return list(range(n))


@node
def total(numbers: list[int]) -> int:
    return sum(numbers)


def workflow(size: int) -> Pipeline[[], str]:
    """So many steps, in columns; each takes two of the column before."""
    rows = max(2, round(size**0.5 / 3))

    @pipeline(name=f"workflow of {size}")
    def made(
        text: Annotated[str, gr.Textbox(label="Text")] = "a cat",
        strength: Annotated[float, gr.Slider(0, 1, label="Strength")] = 0.5,
    ) -> str:
        column = [first(text, strength)]
        for number in range(size - 1):
            if number % rows == 0:
                before, column = column, []
            column.append(mix(before[number % rows % len(before)], before[(number + 1) % rows % len(before)]))
        return column[-1]

    return made


@pipeline(name=f"chain of {CHAIN}")
def chain(x: int = 0) -> int:
    for _ in range(CHAIN):
        x = more(x)
    return x


@pipeline(name=f"short chain of {SHORT}")
def short(x: int = 0) -> int:
    for _ in range(SHORT):
        x = anew(x)
    return x


@pipeline(name=f"map over {ITEMS}")
def mapped(n: int = ITEMS) -> int:
    return total(gather(more(each(numbers(n)))))


def main() -> None:
    """Show everything, tell where, and obey."""
    shown = {f"workflow {size}": workflow(size) for size in SIZES} | {"chain": chain, "short": short, "mapped": mapped}
    handles = {name: one.show(block=False, open_browser=False, port=0) for name, one in shown.items()}
    sys.stdout.write(json.dumps({name: handle.url for name, handle in handles.items()}) + "\n")
    sys.stdout.flush()
    for line in sys.stdin:
        command, _, value = line.strip().partition(" ")
        if command == "pause":
            _pause[0] = float(value)
        sys.stdout.write(f"{command}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
