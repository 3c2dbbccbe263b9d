"""Several outputs, a map over parts of an item, a list again."""

from pathlib import Path
from typing import Annotated, NamedTuple, TypedDict

import gradio as gr

from daggr_fn import each, gather, node, pipeline, space


class Line(TypedDict):
    text: str
    voice: str


class Script(NamedTuple):
    lines: Annotated[list[Line], None]
    html: Annotated[str, gr.HTML(label="Script")]


class Podcast(NamedTuple):
    audio: Path
    script: str


tts = space("owner/tts", "/speak", outputs={"audio": gr.Audio(label="Voice"), "status": None})


@node
def write_script(topic: str, host: Path, guest: Path) -> Script:
    return Script([{"text": topic, "voice": str(host)}], str(guest))


@node
def speak(text: str, voice: str) -> Annotated[Path, gr.Audio(label="Sample")]:
    return Path(text + voice)


@node
def join(clips: list[Path]) -> Annotated[Path, gr.Audio(label="Full podcast")]:
    return clips[0]


@pipeline(name="Podcast generator")
def podcast(topic: str = "AI", host_voice: str = "Deep voice", guest_voice: str = "Friendly voice") -> Podcast:
    host = tts(voice_description=host_voice, language="Auto", text="Hi! I'm the host.")
    guest = tts(voice_description=guest_voice, language="Auto", text="Hi! I'm the guest.")
    script = write_script(topic, host.audio, guest.audio)
    line = each(script.lines)
    clip = speak(text=line["text"], voice=line["voice"])
    return Podcast(join(gather(clip)), script.html)


length: int = len(podcast(topic="AI").script)
audio: Path = podcast("AI", guest_voice="Calm").audio
