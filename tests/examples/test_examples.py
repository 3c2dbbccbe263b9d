"""The examples run as they are, as programs and by the command, and make what they say."""

from __future__ import annotations

import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.commands import ROOT, daggr_fn, environment

EXAMPLES = sorted(path.name for path in (ROOT / "examples").glob("*.py"))


def run_as_program(name: str, cwd: Path) -> str:
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / name)], cwd=cwd, env=environment(), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    return done.stdout


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_has_no_mistakes(name, tmp_path):
    assert "ok" in daggr_fn("check", str(ROOT / "examples" / name), cwd=tmp_path).stderr


def test_the_quickstart_says_what_it_does(tmp_path):
    assert run_as_program("quickstart.py", tmp_path).startswith("PIPELINES! ARE! PLAIN! FUNCTION! CALLS!\n")


def test_transparent_background_makes_a_picture_with_a_clear_background(tmp_path):
    with Image.open(run_as_program("transparent_background.py", tmp_path).strip()) as picture:
        clear = np.asarray(picture.getchannel("A")) == 0
    assert clear[0, 0]
    assert 0.3 < clear.mean() < 0.98


@pytest.mark.timeout(300)
def test_the_podcast_is_as_long_as_its_clips_and_has_two_voices(tmp_path):
    from examples.apps.speech import pitch_of_sound

    path = run_as_program("podcast.py", tmp_path).strip()
    with wave.open(path, "rb") as file:
        seconds = file.getnframes() / file.getframerate()
    assert seconds > 8
    words = ["run", str(ROOT / "examples" / "podcast.py"), "--topic", "pipelines", "--json"]
    import json

    steps = {step["name"]: step for step in json.loads(daggr_fn(*words, cwd=tmp_path).stdout)["steps"]}
    assert (steps["host"]["status"], steps["guest"]["status"]) == ("reused", "reused")
    assert sorted(item["status"] for item in steps["speak"]["items"]) == ["done", "done", "reused", "reused", "reused"]
    pitches = [pitch_of_sound(samples(Path(item["value"]))) for item in steps["speak"]["items"]]
    assert max(pitches[0::2]) < min(pitches[1::2])


def samples(path: Path) -> np.ndarray:
    with wave.open(str(path), "rb") as file:
        return np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(float)
