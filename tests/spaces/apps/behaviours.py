"""Apps do more than answer: they stream, tell progress, keep state, fail, are slow, are several at once."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr

RUNNING: dict[str, str] = {}
"""What became of each call of `/until_cancelled`: `running`, `closed`, `finished`."""
GATE = threading.Event()


def add(first: float, second: float = 1) -> float:
    return first + second


def split(text: str) -> tuple[str, int, list[str]]:
    return text.upper(), len(text), text.split()


def stream(text: str) -> Iterator[str]:
    said = ""
    for letter in text:
        said += letter
        yield said


def stream_files(count: int) -> Iterator[tuple[str, str]]:
    for number in range(int(count)):
        path = Path(f"picture_{number}.txt").resolve()
        path.write_text(f"number {number}")
        yield str(path), f"{number}"


def stream_then_fail(text: str) -> Iterator[str]:
    yield text
    raise gr.Error("The stream broke off.", print_exception=False)


def with_progress(steps: float, progress: gr.Progress = gr.Progress()) -> str:  # noqa: B008
    for step in range(int(steps)):
        progress((step, int(steps)), desc=f"step {step}")
        time.sleep(0.1)  # Gradio looks for progress 100 times a second
    gr.Info("almost there")
    progress(1.0, desc="done")
    time.sleep(1)
    return "finished"


def with_state(text: str, seen: list[str]) -> tuple[str, list[str]]:
    return f"{len(seen)}:{text}", [*seen, text]


def fail_kindly(text: str) -> str:
    raise gr.Error(f"No, not {text}.", title="Refused", print_exception=False)


def fail_badly(text: str) -> str:
    raise ZeroDivisionError(text)


def out_of_quota(text: str) -> str:
    message = "You have exceeded your GPU quota (60s requested vs. 0s left). Try again in 1:00:00"
    raise gr.Error(message, title="ZeroGPU quota exceeded", print_exception=False)


def until_cancelled(name: str) -> Iterator[str]:
    RUNNING[name] = "running"
    try:
        for number in range(6000):
            yield str(number)
            time.sleep(0.01)
        RUNNING[name] = "finished"
    except GeneratorExit:
        RUNNING[name] = "closed"
        raise


def behind_gate(name: str) -> str:
    """Waits until somebody calls `/open_gate`."""
    RUNNING[name] = "running"
    GATE.wait(60)
    RUNNING[name] = "finished"
    return name


def open_gate() -> str:
    GATE.set()
    return "open"


def status(name: str) -> str:
    return RUNNING.get(name, "never ran")


def updates(text: str) -> tuple[Any, Any, Any]:
    return gr.update(value=text, visible=True), gr.Textbox(value=text * 2), gr.update(visible=False)


def tell_request(request: gr.Request) -> str:
    return json.dumps(dict(request.headers))


def typed_api(text: str, times: int = 2, loud: bool = False) -> str:
    return (text.upper() if loud else text) * times


def make_files(text: str) -> tuple[str, str, list[str]]:
    paths = [Path(name).resolve() for name in ("a report.txt", "ünïcode (1).txt", "no_suffix")]
    for path in paths:
        path.write_text(text)
    return str(paths[0]), str(paths[1]), [str(path) for path in paths]


def file_sizes(files: list[str] | None, picture: str | None) -> str:
    sizes = [Path(file).stat().st_size for file in files or []]
    return json.dumps({"files": sizes, "names": [Path(f).name for f in files or []], "picture": picture is not None})


def build() -> gr.Blocks:
    with gr.Blocks(title="Behaviours") as blocks:
        text, out = gr.Textbox(label="Text"), gr.Textbox(label="Said")
        first, second = gr.Number(label="First"), gr.Number(label="Second", value=1)
        number = gr.Number(label="Result")
        parts = gr.JSON(label="Parts")
        file, files, picture = (
            gr.File(label="File"),
            gr.File(label="Files", file_count="multiple"),
            gr.Image(type="filepath"),
        )
        other_file, third = gr.File(label="Other file"), gr.Textbox(label="Class")
        state, hidden_button = gr.State([]), gr.Button("hidden")
        go = gr.Button()
        for name, function, inputs, outputs in (
            ("add", add, [first, second], number),
            ("split", split, text, [out, number, parts]),
            ("stream", stream, text, out),
            ("stream_files", stream_files, first, [file, out]),
            ("stream_then_fail", stream_then_fail, text, out),
            ("with_progress", with_progress, first, out),
            ("with_state", with_state, [text, state], [out, state]),
            ("fail_kindly", fail_kindly, text, out),
            ("fail_badly", fail_badly, text, out),
            ("out_of_quota", out_of_quota, text, out),
            ("until_cancelled", until_cancelled, text, out),
            ("behind_gate", behind_gate, text, out),
            ("open_gate", open_gate, None, out),
            ("status", status, text, out),
            ("updates", updates, text, [out, third, parts]),
            ("tell_request", tell_request, None, out),
            ("make_files", make_files, text, [file, other_file, files]),
            ("file_sizes", file_sizes, [files, picture], out),
        ):
            go.click(function, inputs, outputs, api_name=name, concurrency_limit=4, concurrency_id=name)
        go.click(lambda button, said: f"{button}:{said}", [hidden_button, text], out, api_name="with_button")
        go.click(add, [first, second], number, api_name="one_at_a_time", concurrency_limit=1)
        go.click(add, [first, second], number, api_name="no_queue", queue=False)
        go.click(add, [first, second], number, api_visibility="private", api_name="secret")
        gr.api(typed_api, api_name="typed")
    return blocks


app = build()
