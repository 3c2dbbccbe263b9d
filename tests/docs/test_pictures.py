"""The pictures that README and docs show are there, light and dark, and small; and none lies about unused."""

from __future__ import annotations

import re
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PICTURE = re.compile(
    r'<picture>\n  <source media="\(prefers-color-scheme: dark\)" srcset="(?P<dark>[^"]+)">\n'
    r'  <img src="(?P<light>[^"]+)" alt="(?P<alt>[^"]+)"(?: width="\d+")?>\n</picture>'
)


def shown() -> list[tuple[Path, Path, str]]:
    """The light and the dark picture, and the words, of each place that shows one."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        places = list(PICTURE.finditer(text))
        assert len(places) == text.count("<picture>") == text.count("<img"), page.name
        found += [(page.parent / place["light"], page.parent / place["dark"], place["alt"]) for place in places]
    return found


def test_every_picture_is_there_light_and_dark_and_told_in_words():
    assert shown()
    for light, dark, words in shown():
        assert light.name.removesuffix("-light.png") == dark.name.removesuffix("-dark.png")
        with Image.open(light) as day, Image.open(dark) as night:
            assert day.size == night.size, light.name
            assert mean_light(day) > 150, light.name
            assert mean_light(night) < 100, light.name
        assert len(words) > 20


def mean_light(picture: Image.Image) -> int:
    return int(picture.convert("L").resize((1, 1)).getpixel((0, 0)))


def test_pictures_are_small_and_each_is_shown_somewhere():
    files = sorted((ROOT / "docs" / "pictures").iterdir())
    assert {path for light, dark, _ in shown() for path in (light, dark)} == set(files)
    for file in files:
        assert file.stat().st_size < 150_000, file.name
