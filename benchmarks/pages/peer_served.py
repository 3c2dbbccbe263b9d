"""daggr's canvas with the same steps, for the benchmark: `python peer_served.py SIZE`, with a Python that has daggr."""

from __future__ import annotations

import json
import os
import socket
import sys
import tempfile
import threading
import time
import zlib

os.environ.setdefault("HF_HOME", tempfile.mkdtemp(prefix="bench-daggr-"))
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_OFFLINE"] = "1"

import gradio as gr
import httpx
from daggr import FnNode, Graph


def first(text: str, strength: float) -> str:
    return f"{text} {strength}"


def mix(left: str, right: str) -> str:
    return f"{left[:8]} and {right[:8]} {zlib.crc32((left + right).encode()):08x}"


def workflow(size: int) -> list[FnNode]:
    """The same graph as ours: columns of steps, each of which takes two of the column before."""
    rows = max(2, round(size**0.5 / 3))
    inputs = {"text": gr.Textbox(label="Text", value="a cat"), "strength": gr.Slider(0, 1, value=0.5, label="Strength")}
    nodes = [FnNode(first, name="first", inputs=inputs, outputs={"text": gr.Textbox(label="Text")})]
    column = [nodes[0]]
    for number in range(size - 1):
        if number % rows == 0:
            before, column = column, []
        left, right = before[number % rows % len(before)], before[(number + 1) % rows % len(before)]
        made = FnNode(
            mix,
            name=f"mix_{number + 2}",
            inputs={"left": left.text, "right": right.text},
            outputs={"text": gr.Textbox(label="Text")},
        )
        nodes.append(made)
        column.append(made)
    return nodes


def main(size: int) -> None:
    """Show it, say where, and end with stdin."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    graph = Graph(f"workflow of {size}", nodes=workflow(size))
    threading.Thread(
        target=graph.launch,
        kwargs={"host": "127.0.0.1", "port": port, "open_browser": False, "share": False},
        daemon=True,
    ).start()
    url = f"http://127.0.0.1:{port}/"
    while True:
        try:
            httpx.get(url, timeout=60)
            break
        except httpx.HTTPError:
            time.sleep(0.1)
    sys.stdout.write(json.dumps({"workflow": url}) + "\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main(int(sys.argv[1]))
