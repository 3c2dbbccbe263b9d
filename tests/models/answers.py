"""What hf-inference answers for each task, in its wire format, and the natural value that a step then has."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

from PIL import Image


def picture(kind: str = "PNG", color: str = "red") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (4, 4), color).save(buffer, kind)
    return buffer.getvalue()


def text_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + b"\x00" * 28
FLAC = b"fLaC" + b"\x00" * 40
MP4 = b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 16
LABELS = [{"label": "cat", "score": 0.9}, {"label": "dog", "score": 0.1}]
BOX = {"xmin": 1, "ymin": 2, "xmax": 3, "ymax": 4}

ANSWERS: dict[str, Any] = {
    "audio-classification": LABELS,
    "audio-to-audio": [{"label": "voice", "blob": text_of(FLAC), "content-type": "audio/flac"}],
    "automatic-speech-recognition": {"text": "hello"},
    "document-question-answering": [{"answer": "us-001", "score": 0.4, "start": 16, "end": 16}],
    "feature-extraction": [[0.5, 1.5], [2.5, 3.5]],
    "fill-mask": [{"score": 0.5, "token": 3, "token_str": "happy", "sequence": "I am happy"}],
    "image-classification": LABELS,
    "image-segmentation": [{"label": "cat", "score": 0.8, "mask": text_of(picture())}],
    "image-to-image": picture("JPEG"),
    "image-to-text": [{"generated_text": "a red square"}],
    "object-detection": [{"label": "cat", "score": 0.8, "box": BOX}],
    "question-answering": {"answer": "Clara", "score": 0.9, "start": 11, "end": 16},
    "sentence-similarity": [0.25, 0.75],
    "summarization": [{"summary_text": "short"}],
    "table-question-answering": {"answer": "36542", "coordinates": [[0, 1]], "cells": ["36542"], "aggregator": "NONE"},
    "tabular-classification": ["5", "6"],
    "text-classification": [LABELS],
    "text-generation": [{"generated_text": "once upon"}],
    "text-to-image": picture("WEBP"),
    "text-to-speech": FLAC,
    "token-classification": [{"entity_group": "PER", "score": 0.9, "word": "Sarah", "start": 0, "end": 5}],
    "translation": [{"translation_text": "bonjour"}],
    "visual-question-answering": [{"answer": "laying down", "score": 0.7}],
    "zero-shot-classification": LABELS,
    "zero-shot-image-classification": LABELS,
}


def body_of(task: str) -> tuple[bytes, str]:
    """What is sent for a task, and its content type."""
    answer = ANSWERS[task]
    if isinstance(answer, bytes):
        return answer, "application/octet-stream"
    return json.dumps(answer).encode(), "application/json"
