"""A podcast: two voices, a script, each line spoken side by side, and all of it joined in order.

python examples/podcast.py
daggr-fn run examples/podcast.py --topic "pipelines"

The text-to-speech app is a local stand-in, so that it runs here; `space("owner/name", ...)` names a real Space.
"""

from __future__ import annotations

import html
import wave
from pathlib import Path
from typing import Annotated, NamedTuple, TypedDict

import gradio as gr
from apps.speech import app as speech_app

from daggr_fn import each, gather, new_file, node, pipeline, space


class Line(TypedDict):
    """One line of the script, and the recording whose voice speaks it."""

    text: str
    voice: str


class Script(NamedTuple):
    """Several outputs; a field may carry its component."""

    lines: Annotated[list[Line], None]  # None: not shown
    html: Annotated[str, gr.HTML(label="Script")]


tts = space(speech_app, "/design_voice", outputs={"audio": gr.Audio(label="Voice"), "status": None}, name="tts")
speak = space(speech_app, "/clone_voice", outputs={"audio": gr.Audio(label="Sample")}, name="speak")


@node
def write_script(topic: str, host: Path, guest: Path) -> Script:
    """What the two say, in turns."""
    turns = [
        ("Host", f"Welcome! Today we talk about {topic}."),
        ("Guest", f"I am glad to be here. {topic} is close to my heart."),
        ("Host", "How did it begin?"),
        ("Guest", "With a function call, as most things do."),
        ("Host", "Thank you, and goodbye!"),
    ]
    voices = {"Host": str(host), "Guest": str(guest)}
    lines = [Line(text=text, voice=voices[who]) for who, text in turns]
    return Script(lines, "".join(f"<p><b>{who}</b>: {html.escape(text)}</p>" for who, text in turns))


@node
def join(clips: list[Path]) -> Annotated[Path, gr.Audio(label="Full podcast")]:
    """All clips in one file, with a breath between them."""
    path = new_file(".wav")
    with wave.open(str(path), "wb") as podcast_file:
        for number, clip in enumerate(clips):
            with wave.open(str(clip), "rb") as file:
                if number == 0:
                    podcast_file.setparams(file.getparams())
                frame = file.getsampwidth() * file.getnchannels()
                podcast_file.writeframes(file.readframes(file.getnframes()) + bytes(frame * (file.getframerate() // 3)))
    return path


@pipeline(name="Podcast generator")
def podcast(
    topic: str = "AI", host_voice: str = "Deep British voice", guest_voice: str = "Friendly American voice"
) -> tuple[Path, str]:
    """A podcast about a topic, with a host and a guest."""
    host = tts(voice_description=host_voice, language="Auto", text="Hi! I'm the host.")  # a step named "host"
    guest = tts(voice_description=guest_voice, language="Auto", text="Hi! I'm the guest.")
    script = write_script(topic, host.audio, guest.audio)
    line = each(script.lines)  # from here on: once for each line
    clip = speak(text=line["text"], voice=line["voice"])
    return join(gather(clip)), script.html  # a list again, in order


if __name__ == "__main__":
    print(podcast(topic="AI")[0])
