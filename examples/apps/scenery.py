"""A savanna behind the animal: sky, sun, hills, trees and grass, out of focus as behind a portrait lens."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Light:
    """The colours of an hour of the day: the sky from the top down, the sun, the land from far to near."""

    top: Colour
    middle: Colour
    low: Colour
    sun: Colour
    far: Colour
    near: Colour
    stars: bool = False


LIGHTS: dict[str, Light] = {
    "sunset": Light((74, 58, 120), (232, 112, 84), (255, 196, 112), (255, 236, 176), (150, 92, 96), (134, 96, 48)),
    "dawn": Light((120, 150, 206), (248, 190, 180), (255, 230, 190), (255, 248, 220), (150, 140, 160), (160, 146, 78)),
    "noon": Light((70, 140, 214), (136, 190, 232), (226, 236, 226), (255, 252, 232), (140, 158, 140), (196, 170, 88)),
    "golden": Light((96, 150, 196), (246, 208, 140), (255, 224, 160), (255, 246, 206), (168, 146, 108), (206, 164, 78)),
    "night": Light((14, 18, 48), (34, 44, 92), (74, 82, 124), (238, 240, 228), (40, 46, 76), (56, 62, 66), stars=True),
    "storm": Light((66, 76, 92), (118, 128, 138), (176, 178, 168), (222, 222, 210), (98, 106, 106), (128, 124, 74)),
    "snow": Light((150, 176, 208), (206, 220, 234), (238, 242, 246), (255, 252, 244), (176, 190, 204), (236, 240, 244)),
    "forest": Light((110, 160, 150), (180, 206, 160), (224, 232, 188), (255, 252, 214), (74, 112, 84), (84, 124, 62)),
}
HINTS = {"evening": "sunset", "dusk": "sunset", "morning": "dawn", "midday": "noon", "moon": "night", "rain": "storm",
         "winter": "snow", "ice": "snow", "jungle": "forest", "wood": "forest", "star": "night"}  # fmt: skip


def light_of(prompt: str, chance: random.Random) -> Light:
    """The light that a prompt asks for; a sunny one when it asks for none."""
    words = prompt.lower()
    for word in [*LIGHTS, *HINTS]:
        if word in words:
            return LIGHTS[HINTS.get(word, word)]
    return LIGHTS[chance.choice(["golden", "noon", "dawn", "sunset"])]


def clipped(values: Array, low: float, high: float) -> Array:
    """Values held between two."""
    return np.minimum(np.maximum(values, low), high)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """A colour between two."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def sky(width: int, height: int, light: Light, chance: random.Random) -> Image.Image:
    """The sky, with the sun (or the moon) and its glow."""
    down = np.linspace(0, 1, height)[:, None]
    stops = [np.array(colour, float) for colour in (light.top, light.middle, light.low)]
    upper = stops[0] + (stops[1] - stops[0]) * clipped(down / 0.42, 0, 1)[..., None]
    colours = upper + (stops[2] - upper) * clipped((down - 0.36) / 0.3, 0, 1)[..., None]
    colours = np.repeat(colours, width, axis=1)
    x, y = width * chance.uniform(0.12, 0.3), height * chance.uniform(0.16, 0.34)
    rows, columns = np.mgrid[0:height, 0:width]
    distance = np.hypot(columns - x, rows - y) / min(width, height)
    glow = np.exp(-distance * 4.2)[..., None] * 0.75
    disc = clipped((0.075 - distance) * 90, 0, 1)[..., None]
    share = np.maximum(glow, disc)
    colours = colours + (np.array(light.sun, float) - colours) * share
    picture = Image.fromarray(colours.clip(0, 255).astype("uint8"))
    if light.stars:
        draw = ImageDraw.Draw(picture)
        for _ in range(140):
            star = chance.randrange(width), chance.randrange(round(height * 0.5))
            draw.ellipse((star[0] - 2, star[1] - 2, star[0] + 2, star[1] + 2), fill=(226, 228, 240))
    return picture


def land(picture: Image.Image, light: Light, chance: random.Random) -> None:
    """Three ranges of hills in the haze, with trees on the middle one, and the plain before them."""
    width, height = picture.size
    draw = ImageDraw.Draw(picture)
    for layer in range(3):
        horizon = height * (0.55 + 0.055 * layer)
        colour = mix(mix(light.far, light.low, 0.5), light.near, layer / 3)
        phases = [chance.uniform(0, 6.28) for _ in range(3)]
        xs = np.linspace(0, width, 120)
        swing = height * 0.035 / (layer + 1)
        waves = ((2.2, 1.0), (5.1, 0.5), (9.7, 0.2))
        rises = np.zeros_like(xs)
        for (pace, part), phase in zip(waves, phases, strict=True):
            rises += np.sin(xs / width * pace + phase) * part
        ridge = list(zip(xs.tolist(), (horizon - swing * rises).tolist(), strict=True))
        draw.polygon([*ridge, (width, height), (0, height)], fill=colour)
        if layer == 1:
            for _ in range(chance.randint(3, 5)):
                tree(draw, chance.uniform(0.02, 0.98) * width, horizon, height * chance.uniform(0.1, 0.19), light)
    plain(picture, light, chance)


def tree(draw: ImageDraw.ImageDraw, x: float, y: float, tall: float, light: Light) -> None:
    """An acacia: a thin trunk that forks, and a flat crown."""
    wood = mix(light.far, (52, 36, 26), 0.7)
    leaves = mix(light.far, (58, 82, 40), 0.65)
    draw.line((x, y + tall * 0.1, x, y - tall * 0.55), fill=wood, width=max(2, round(tall * 0.06)))
    for lean in (-0.42, -0.15, 0.2, 0.45):
        branch = (x, y - tall * 0.5, x + lean * tall, y - tall * 0.86)
        draw.line(branch, fill=wood, width=max(2, round(tall * 0.035)))
    for shift, up, wide in ((-0.32, 0.84, 0.46), (0.34, 0.86, 0.48), (0.02, 0.96, 0.56)):
        middle, crown = x + shift * tall, y - up * tall
        draw.ellipse(
            (middle - wide * tall, crown - tall * 0.13, middle + wide * tall, crown + tall * 0.11), fill=leaves
        )


def plain(picture: Image.Image, light: Light, chance: random.Random) -> None:
    """Grass: a slope of colour with brighter and darker blades on it."""
    width, height = picture.size
    start = round(height * 0.7)
    down = np.linspace(0, 1, height - start)[:, None, None]
    far, near = (
        np.array(colour, float) for colour in (mix(light.near, light.low, 0.25), mix(light.near, (0, 0, 0), 0.3))
    )
    ground = np.repeat(far + (near - far) * down, width, axis=1)
    fade = clipped(np.linspace(0, 8, height - start), 0, 1)[:, None, None]
    behind = np.asarray(picture.crop((0, start, width, height)), float)
    picture.paste(Image.fromarray((behind + (ground - behind) * fade).clip(0, 255).astype("uint8")), (0, start))
    draw = ImageDraw.Draw(picture)
    for _ in range(2600):
        y = height * (0.72 + 0.28 * chance.random() ** 0.8)
        x, depth = chance.uniform(0, width), (y / height - 0.7) / 0.3
        tone = mix(mix(light.near, (0, 0, 0), 0.3 * depth), light.sun, chance.uniform(0, 0.28))
        long = height * (0.012 + 0.045 * depth)
        draw.line((x, y, x + chance.uniform(-0.4, 0.4) * long, y - long), fill=tone, width=max(1, round(long * 0.1)))


def backdrop(width: int, height: int, light: Light, chance: random.Random) -> Image.Image:
    """The whole scenery, out of focus."""
    picture = sky(width, height, light, chance)
    land(picture, light, chance)
    return picture.filter(ImageFilter.GaussianBlur(min(width, height) * 0.011))
