"""Pictures, sounds and films from the providers' hosts are files with the right ending."""

from __future__ import annotations

from PIL import Image


def test_a_prompt_becomes_a_picture(ask):
    path = ask("artists/flux", "a red square", width=64, height=64).value
    assert path.suffix == ".png"
    assert Image.open(path).getpixel((0, 0)) == (255, 0, 0)
