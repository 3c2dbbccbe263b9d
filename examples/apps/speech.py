"""A Gradio app that speaks: a voice made from a description, and any text in a voice that it is given.

A small formant synthesiser. A vowel is a sum of the pitch's harmonics, loud near the vowel's formants (Peterson and
Barney, 1952); a consonant is a puff of noise. A voice is copied by its pitch, found by autocorrelation. It stands in
for a text-to-speech Space.
Run it alone: `python -m examples.apps.speech`.
"""

from __future__ import annotations

import random
import wave
import zlib
from pathlib import Path

import gradio as gr
import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float64]
RATE = 16_000  # samples per second
VOWEL_SECONDS, CONSONANT_SECONDS, PAUSE_SECONDS = 0.11, 0.05, 0.16
FORMANTS = {  # Hz
    "a": (730, 1090, 2440), "e": (530, 1840, 2480), "i": (270, 2290, 3010), "o": (570, 840, 2410),
    "u": (300, 870, 2240), "y": (390, 1990, 2550),
}  # fmt: skip
LOW_WORDS = ("deep", "low", "male", "man", "old")
HIGH_WORDS = ("friendly", "high", "female", "woman", "child", "bright")


def pitch_of_description(description: str) -> float:
    """The pitch in Hz that fits a description, the same for the same words."""
    words = description.lower().split()
    pitch = 150.0 - 55.0 * any(word in LOW_WORDS for word in words) + 50.0 * any(word in HIGH_WORDS for word in words)
    return pitch * random.Random(zlib.crc32(description.encode())).uniform(0.94, 1.06)


def pitch_of_sound(sound: Sound) -> float:
    """The pitch in Hz of a recording's loudest part: the lag at which it is most like itself."""
    if len(sound) < RATE // 5:
        raise gr.Error("The voice sample is too short.", print_exception=False)
    size = RATE // 8
    starts = range(0, len(sound) - size, size // 2)
    loudest = max(starts, key=lambda start: float(np.abs(sound[start : start + size]).sum()))
    part = sound[loudest : loudest + size] - sound[loudest : loudest + size].mean()
    likeness = np.correlate(part, part, "full")[size - 1 :]
    shortest, longest = RATE // 320, RATE // 70
    return RATE / (shortest + int(likeness[shortest:longest].argmax()))


def vowel(letter: str, pitch: float) -> Sound:
    """A vowel, as harmonics of the pitch."""
    time = np.arange(int(RATE * VOWEL_SECONDS)) / RATE
    harmonics = np.arange(1, int(4000 / pitch)) * pitch
    near = [np.exp(-(((harmonics - formant) / 160) ** 2)) / (1 + n) for n, formant in enumerate(FORMANTS[letter])]
    phase = time + 0.01 * np.sin(2 * np.pi * 5.5 * time) / 40  # a voice is never quite steady
    sound = (np.sum(near, axis=0)[:, None] * np.sin(2 * np.pi * harmonics[:, None] * phase)).sum(axis=0)
    return np.asarray(sound * np.hanning(len(time)) ** 0.4)


def consonant(letter: str, chance: np.random.Generator) -> Sound:
    """A consonant: a puff of noise, brighter for the hissing ones."""
    noise = chance.normal(0, 0.25, int(RATE * CONSONANT_SECONDS))
    if letter not in "szcxfht":
        noise = np.convolve(noise, np.ones(6) / 6, "same")
    return np.asarray(noise * np.hanning(len(noise)))


def say(text: str, pitch: float) -> tuple[int, NDArray[np.int16]]:
    """A text in a voice of that pitch, falling a little towards the end."""
    letters = [letter for letter in text.lower() if letter.isalnum() or letter in " .,!?"]
    if not any(letter.isalnum() for letter in letters):
        raise gr.Error("Say what to speak.", print_exception=False)
    chance = np.random.default_rng(zlib.crc32(text.encode()))
    parts: list[Sound] = []
    for number, letter in enumerate(letters):
        share = number / len(letters)
        asks = text.endswith("?") and share > 0.8
        now = pitch * (1.08 - 0.16 * share) * (1.15 if asks else 1)
        if letter in FORMANTS:
            parts.append(vowel(letter, now))
        elif letter.isalnum():
            parts.append(consonant(letter, chance))
        else:
            parts.append(np.zeros(int(RATE * PAUSE_SECONDS * (2 if letter in ".!?" else 0.6))))
    sound = np.concatenate(parts)
    return RATE, (sound / np.abs(sound).max() * 0.8 * 32767).astype(np.int16)


def design_voice(voice_description: str, language: str, text: str) -> tuple[tuple[int, NDArray[np.int16]], str]:
    """Speak a text in a voice made from a description."""
    pitch = pitch_of_description(voice_description)
    return say(text, pitch), f"{language}: a voice of {pitch:.0f} Hz"


def clone_voice(text: str, voice: str | None) -> tuple[int, NDArray[np.int16]]:
    """Speak a text in the voice of a recording (a mono WAV file)."""
    if not voice:
        raise gr.Error("Give a recording of the voice.", print_exception=False)
    with wave.open(str(Path(voice)), "rb") as file:
        heard = np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(float)
    return say(text, pitch_of_sound(heard))


with gr.Blocks(title="Speech") as app:
    gr.Markdown("# Speech\nA voice from a description, and any text in it.")
    with gr.Row():
        with gr.Column():
            description_box = gr.Textbox(label="Voice description", value="Deep British voice")
            language_box = gr.Dropdown(["Auto", "English", "German", "French"], value="Auto", label="Language")
            text_box = gr.Textbox(label="Text", value="Hello!")
            design_button = gr.Button("Make the voice", variant="primary")
        with gr.Column():
            sample_box = gr.Audio(label="Audio", format="wav")
            status_box = gr.Textbox(label="Status")
    with gr.Row():
        line_box = gr.Textbox(label="Text", value="And now something else.")
        voice_box = gr.Audio(label="Voice", type="filepath")
        speech_box = gr.Audio(label="Audio", format="wav")
    speak_button = gr.Button("Speak")
    design_button.click(design_voice, [description_box, language_box, text_box], [sample_box, status_box],
                        api_name="design_voice", concurrency_limit=4)  # fmt: skip
    speak_button.click(clone_voice, [line_box, voice_box], speech_box, api_name="clone_voice", concurrency_limit=4)

if __name__ == "__main__":
    app.launch()
