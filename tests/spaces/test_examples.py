"""The two apps of the examples do real work on real pictures."""

from __future__ import annotations

import pytest
from PIL import Image, ImageChops

from tests.spaces.serve import served


@pytest.fixture(scope="module")
def draw_url():
    with served("examples.apps.draw") as url:
        yield url


@pytest.fixture(scope="module")
def cut_out_url():
    with served("examples.apps.cut_out") as url:
        yield url


def draw(ask, url, prompt="A red panda in the savanna", seed=0.5):
    return ask(url, "/generate_image", prompt=prompt, height=512, width=640, seed=seed)


def opened(path):
    with Image.open(path) as picture:
        picture.load()
        return picture


def same(one, other):
    return ImageChops.difference(opened(one).convert("RGB"), opened(other).convert("RGB")).getbbox() is None


def test_draw_makes_the_same_picture_for_the_same_words_and_seed(draw_url, ask):
    first, second = draw(ask, draw_url).value, draw(ask, draw_url).value
    assert opened(first).size == (640, 512)
    assert same(first, second)
    assert not same(first, draw(ask, draw_url, "A zebra in the savanna").value)
    assert not same(first, draw(ask, draw_url, seed=0.6).value)


def test_draw_tells_how_far_it_is(draw_url, ask):
    told = [text for fraction, text in draw(ask, draw_url).progress if fraction]
    assert any(text.startswith("Drawing: ") for text in told)


def test_draw_wants_words(draw_url, ask):
    with pytest.raises(Exception, match="Say what to draw"):
        draw(ask, draw_url, prompt=" ")


@pytest.mark.parametrize("animal", ["cheetah", "elephant", "panda", "flamingo at night", "blorgon"])
def test_cut_out_keeps_the_animal_and_removes_the_savanna(animal, draw_url, cut_out_url, ask):
    drawing = draw(ask, draw_url, f"A {animal} in the savanna").value
    got = ask(cut_out_url, "/image", image=drawing).value
    assert same(got.original_image, drawing)
    alpha = opened(got.final_image).getchannel("A")
    corners = [(0, 0), (639, 0), (0, 511), (639, 511)]
    assert [alpha.getpixel(corner) for corner in corners] == [0, 0, 0, 0]
    kept = sum(alpha.histogram()[128:]) / (640 * 512)
    assert 0.03 < kept < 0.5
    assert any(0 < level < 255 and count for level, count in enumerate(alpha.histogram()))
