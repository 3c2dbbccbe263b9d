"""Pictures, sounds and films from the providers' hosts are files with the right ending."""

from __future__ import annotations

import pytest
from PIL import Image

from daggr_fn.inference.errors import ModelTimeoutError
from tests.models.answers import FLAC, MP4, picture
from tests.models.server import PROVIDERS, Reply, as_json


def test_a_prompt_becomes_a_picture(ask, world):
    path = ask("artists/flux", "a red square", width=64, height=64).value
    assert path.suffix == ".png"
    assert Image.open(path).getpixel((0, 0)) == (255, 0, 0)
    assert world.requests[-1].json["width"] == 64


def test_a_picture_that_a_provider_keeps_is_fetched_from_it(ask, world):
    assert ask("artists/copied", "a red square").value.suffix == ".png"
    fetched = world.asked("replicate.delivery")[0]
    assert "authorization" not in fetched.headers


def test_a_picture_that_waits_in_a_queue_is_waited_for(ask, world, tmp_path):
    (tmp_path / "in.jpg").write_bytes(picture("JPEG"))
    path = ask("artists/queued", tmp_path / "in.jpg", "as a cat", target_size={"width": 8, "height": 8}).value
    assert path.suffix == ".png"
    sent = world.asked("fal-ai/at-fal-ai/artists/queued")[0].json
    assert sent["image_url"].startswith("data:image/jpeg;base64,")
    assert sent["prompt"] == "as a cat"


def test_speech_and_films_end_as_what_they_are(ask, tmp_path):
    (tmp_path / "in.png").write_bytes(picture())
    speech = ask("speakers/parrot", "hello").value
    assert (speech.suffix, speech.read_bytes()) == (".flac", FLAC)
    film = ask("films/reel", "a cat").value
    assert (film.suffix, film.read_bytes()) == (".mp4", MP4)
    assert ask("films/still", tmp_path / "in.png", prompt="a cat").value.suffix == ".mp4"


def test_speech_is_understood_by_a_provider_that_wants_its_bytes(ask, tmp_path):
    (tmp_path / "in.flac").write_bytes(FLAC)
    assert ask("speakers/ear", tmp_path / "in.flac").value == "hello"


def test_a_completion_of_another_provider_is_its_text(ask, world):
    assert ask("meta/completer", "once", max_new_tokens=3).value == "the end"


def test_a_job_that_is_not_done_in_time_is_a_timeout(ask, monkeypatch):
    monkeypatch.setitem(PROVIDERS, "router.huggingface.co/replicate/v1/models", as_json({"output": None}))
    with pytest.raises(ModelTimeoutError, match="timed out after 60 seconds") as caught:
        ask("artists/copied", "a red square")
    assert caught.value.retryable


@pytest.mark.parametrize(
    ("begins", "suffix"),
    [
        (b"ID3\x04", ".mp3"),
        (b"\xff\xfb\x90", ".mp3"),
        (b"\xff\xf3\x84", ".mp3"),  # MPEG 2, as speech at 24 kHz is
        (b"\xff\xe3\x18", ".mp3"),  # MPEG 2.5
        (b"\xff\xf1\x50", ".aac"),
        (b"OggS\x00", ".ogg"),
        (b"RIFF\x24\x00\x00\x00WAVE", ".wav"),
        (b"\x00\x00\x00\x1cftypM4A ", ".m4a"),
        (b"\x00\x00\x00\x14ftypqt  ", ".mov"),
        (b"\x00\x00\x00\x18ftypisom", ".mp4"),
        (b"\x1aE\xdf\xa3", ".webm"),
        (b"\xff\xfeh\x00", ".bin"),  # a text in UTF-16
    ],
)
def test_what_was_made_is_known_by_its_first_bytes(ask, world, begins, suffix):
    world.fails["models/text-to-speech"] = Reply(begins + bytes(40), content_type="application/octet-stream")
    assert ask("models/text-to-speech", "hello").value.suffix == suffix
