"""How an animal is drawn: part by part from the back to the front, every part a shape made of tapered limbs."""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from .scenery import mix

if TYPE_CHECKING:
    from .animals import Animal
    from .scenery import Light

Colour = tuple[int, int, int]
Point = tuple[float, float]
OUTLINE = (46, 32, 30)


class Easel:
    """Draws one animal, part by part, from the back to the front. Lengths are in parts of the body's length."""

    def __init__(self, width: int, height: int, animal: Animal, light: Light, chance: random.Random) -> None:
        self.size = (width, height)
        self.animal, self.light, self.chance = animal, light, chance
        self.unit = min(width, height) * 0.4 * animal.size
        self.ground = height * 0.86
        self.left = width * 0.5 - self.unit * (0.5 + 0.25 * math.cos(math.radians(animal.neck_angle)))
        self.picture = Image.new("RGBA", self.size)

    @property
    def shoulder(self) -> Point:
        return 0.86, self.animal.legs + self.animal.chest * 0.9

    @property
    def rump(self) -> Point:
        return 0.12, self.animal.legs + self.animal.hip * 0.95

    @property
    def throat(self) -> Point:
        """Where the neck meets the head."""
        angle = math.radians(self.animal.neck_angle)
        x, y = self.shoulder
        return x + math.cos(angle) * self.animal.neck * 1.3, y + math.sin(angle) * self.animal.neck * 1.3

    def at(self, point: Point) -> Point:
        """From the animal's measures (from its rump to the right, from the ground up) to pixels."""
        return self.left + point[0] * self.unit, self.ground - point[1] * self.unit

    def mask(self, *limbs: tuple[Point, float, Point, float]) -> Image.Image:
        """A shape made of limbs, each from a point with a radius to another point with another radius."""
        shape = Image.new("L", self.size)
        draw = ImageDraw.Draw(shape)
        for start, wide, end, narrow in limbs:
            steps = max(2, round(math.dist(start, end) * 70))
            for step in range(steps + 1):
                share = step / steps
                x, y = self.at((start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share))
                radius = (wide + (narrow - wide) * share) * self.unit
                draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
        return shape

    def paint(
        self,
        shape: Image.Image,
        colour: Colour,
        pattern: Image.Image | None = None,
        *,
        merge_above: float | None = None,
    ) -> None:
        """Put a shape on the picture: its outline, its coat lit from above, and a pattern on it.

        Above the height `merge_above` it has no outline, so that it grows out of what is there.
        """
        edge = max(3, 2 * round(self.unit * 0.009) + 1)
        outline, visible = shape.filter(ImageFilter.MaxFilter(edge)), shape
        if merge_above is not None:
            y = round(self.at((0, merge_above))[1])
            free = round(self.unit * 0.12)
            fade = Image.linear_gradient("L").resize((self.size[0], free))
            allowed = Image.new("L", self.size, 255)
            allowed.paste(0, (0, 0, self.size[0], max(0, y - free)))
            allowed.paste(fade, (0, y - free))
            outline = ImageChops.multiply(ImageChops.subtract(outline, shape), allowed)
            visible = ImageChops.multiply(shape, allowed)
        self.picture.paste((*OUTLINE, 255), mask=outline)
        fill = Image.new("RGB", self.size, colour)
        if pattern is not None:
            fill.paste(Image.new("RGB", self.size, self.animal.pattern_colour), mask=pattern)
        self.picture.paste(self.lit(fill, shape), mask=visible)

    def lit(self, fill: Image.Image, shape: Image.Image) -> Image.Image:
        """The same, with a highlight along the upper edge and a shadow along the lower one."""
        shift = round(self.unit * 0.045)
        soft = ImageFilter.GaussianBlur(self.unit * 0.03)
        shade = ImageChops.subtract(shape, ImageChops.offset(shape, 0, -shift)).filter(soft)
        shine = ImageChops.subtract(shape, ImageChops.offset(shape, 0, shift)).filter(soft)
        fill.paste(ImageChops.multiply(fill, Image.new("RGB", self.size, (170, 160, 172))), mask=shade)
        glow = Image.blend(fill, Image.new("RGB", self.size, self.light.sun), 0.45)
        fill.paste(glow, mask=shine)
        return fill

    def pattern(self, shape: Image.Image) -> Image.Image | None:
        """The marks of the coat, as a mask."""
        marks = Image.new("L", self.size)
        draw = ImageDraw.Draw(marks)
        kind = self.animal.pattern
        if kind in {"spots", "rosettes", "patches"}:
            self.dapple(draw, kind)
        elif kind == "stripes":
            self.stripes(draw)
        else:
            return None
        return ImageChops.multiply(marks, shape)

    def dapple(self, draw: ImageDraw.ImageDraw, kind: str) -> None:
        step, size = {"spots": (0.066, 0.019), "rosettes": (0.105, 0.036), "patches": (0.15, 0.076)}[kind]
        for row in range(round(2.6 / step)):
            for column in range(round(2.2 / step)):
                spread = step * 0.26
                x = -0.4 + (column + row % 2 / 2) * step + self.chance.uniform(-spread, spread)
                y = 0.2 + row * step * 0.86 + self.chance.uniform(-spread, spread)
                if kind == "patches" and self.animal.extra == "horns" and self.chance.random() < 0.62:
                    continue
                self.blot(draw, (x, y), size * self.chance.uniform(0.75, 1.2), hollow=kind == "rosettes")

    def blot(self, draw: ImageDraw.ImageDraw, middle: Point, size: float, *, hollow: bool) -> None:
        corners = 7
        turns = [2 * math.pi * corner / corners + self.chance.uniform(-0.25, 0.25) for corner in range(corners)]
        reach = [size * self.chance.uniform(0.82, 1.12) for _ in turns]
        ring = [
            self.at((middle[0] + math.cos(t) * r, middle[1] + math.sin(t) * r))
            for t, r in zip(turns, reach, strict=True)
        ]
        draw.polygon(ring, fill=255)
        if hollow:
            core = size * 0.52
            x, y = self.at(middle)
            draw.ellipse(
                (x - core * self.unit, y - core * self.unit, x + core * self.unit, y + core * self.unit), fill=70
            )

    def stripes(self, draw: ImageDraw.ImageDraw) -> None:
        x = -0.3
        while x < 1.9:
            lean, bend = self.chance.uniform(-0.05, 0.05), self.chance.uniform(0.02, 0.06)
            line = [self.at((x + lean * y + bend * math.sin(y * 5), y)) for y in np.linspace(0.15, 2.0, 30)]
            draw.line(line, fill=255, width=round(self.unit * self.chance.uniform(0.022, 0.04)), joint="curve")
            x += self.chance.uniform(0.075, 0.105)

    def legs(self, *, near: bool) -> None:
        """Two legs, the near or the far ones."""
        animal, shift = self.animal, 0.0 if near else 0.11
        colour = animal.coat if near else mix(animal.coat, (40, 30, 40), 0.35)
        thick, foot = animal.leg_width, animal.leg_width * 0.72
        hips = [((0.16 + shift, animal.legs + 0.1), -0.05), ((0.84 - shift * 0.8, animal.legs + 0.08), 0.03)]
        if animal.two_legs:
            hips = [((0.5 + shift, animal.legs + 0.05), -0.07)]
        for hip, bend in hips:
            knee = (hip[0] + bend, animal.legs * 0.52)
            sole = (hip[0] + bend * 0.2, foot)
            toe = (sole[0] + thick * 0.9, foot * 0.9)
            thigh = (hip, thick * (1.9 if bend < 0 and not animal.two_legs else 1.45), knee, thick)
            shape = self.mask(thigh, (knee, thick, sole, foot), (sole, foot, toe, foot * 0.85))
            marked = self.pattern(shape) if near and animal.pattern != "patches" else None
            self.paint(shape, colour, marked, merge_above=animal.legs + 0.02 if near else None)
            if animal.socks is not None:
                sock = self.mask((knee, thick, sole, foot), (sole, foot, toe, foot * 0.85))
                self.picture.paste((*mix(animal.socks, (20, 16, 24), 0 if near else 0.4), 255), mask=sock)

    def tail(self) -> None:
        animal = self.animal
        start, width = (self.rump[0] - animal.hip * 0.7, self.rump[1] + animal.hip * 0.35), animal.tail_width
        points = [start]
        for step in range(1, 13):
            share = step / 12
            points.append((start[0] - animal.tail * (0.42 * share + 0.12 * math.sin(share * 3.1)),
                           start[1] - animal.tail * (0.62 * math.sin(share * 2.2) - 0.3 * share * share)))  # fmt: skip
        swell = [width * (0.8 + 0.5 * math.sin(step / 12 * 3.0)) if width > 0.06 else width for step in range(13)]
        limbs = [(points[i], swell[i], points[i + 1], swell[i + 1]) for i in range(12)]
        self.paint(self.mask(*limbs), animal.coat)
        if animal.pattern == "tail rings":
            rings = self.mask(*[self.ring(points[i], points[i + 1], swell[i]) for i in range(2, 12, 3)])
            self.picture.paste((*animal.pattern_colour, 255), mask=ImageChops.multiply(rings, self.mask(*limbs)))
        if animal.tail_tip is not None:
            wide = max(width * 1.1, 0.05)
            self.paint(self.mask((points[-3], wide, points[-1], wide * 0.8)), animal.tail_tip)

    def ring(self, here: Point, there: Point, reach: float) -> tuple[Point, float, Point, float]:
        """A stroke across a tail that goes from here to there."""
        x, y = there[0] - here[0], there[1] - here[1]
        long = math.hypot(x, y) or 1.0
        across = (-y / long * reach, x / long * reach)
        return (here[0] + across[0], here[1] + across[1]), 0.021, (here[0] - across[0], here[1] - across[1]), 0.021

    def trunk_of_body(self) -> None:
        """The body with the neck, and the lighter belly."""
        animal = self.animal
        body = (self.rump, animal.hip, self.shoulder, animal.chest)
        neck = ((self.shoulder[0] + 0.02, self.shoulder[1] + animal.chest * 0.2), animal.neck_width * 1.5,
                self.throat, animal.neck_width)  # fmt: skip
        shape = self.mask(body, neck)
        if animal.extra == "crest":
            crest = self.mask(
                ((neck[0][0] - 0.1, neck[0][1] + 0.16), 0.07, (self.throat[0] - 0.06, self.throat[1] + 0.1), 0.07)
            )
            self.paint(crest, animal.pattern_colour)
        self.paint(shape, animal.coat, self.pattern(shape))
        if animal.belly is not None:
            back = (self.rump[0] + 0.05, self.rump[1] - animal.hip * 0.8)
            front = (self.shoulder[0], self.shoulder[1] - animal.chest * 0.8)
            low = self.mask((back, animal.hip * 0.45, front, animal.chest * 0.5))
            soft = ImageChops.multiply(low.filter(ImageFilter.GaussianBlur(self.unit * 0.03)), shape)
            self.picture.paste(Image.new("RGBA", self.size, (*animal.belly, 255)), mask=soft)

    def ear(self, *, near: bool) -> None:
        animal, head = self.animal, self.animal.head
        x, y = self.throat[0] + head * (0.1 if near else 0.42), self.throat[1] + head * 1.05
        colour = animal.coat if near else mix(animal.coat, (40, 30, 40), 0.3)
        if animal.extra == "eye patch":
            colour = animal.pattern_colour
        match animal.ears:
            case "round":
                shape = self.mask(((x, y), head * 0.36, (x - head * 0.08, y + head * 0.1), head * 0.36))
            case "triangles":
                shape = self.mask(((x, y - head * 0.1), head * 0.4, (x - head * 0.12, y + head * 0.62), head * 0.05))
            case "pointed":
                shape = self.mask(((x, y - head * 0.1), head * 0.26, (x - head * 0.5, y + head * 0.5), head * 0.05))
            case "long":
                shape = self.mask(((x, y), head * 0.24, (x - head * 0.5, y + head * 1.5), head * 0.16))
            case "floppy":
                shape = self.mask(
                    ((x - head * 0.2, y - head * 0.1), head * 0.26, (x - head * 0.6, y - head * 0.9), head * 0.3)
                )
            case "sails" if near:
                shape = self.mask(
                    ((x - head * 0.3, y - head * 0.5), head * 0.85, (x - head * 0.6, y - head * 1.5), head * 0.6)
                )
            case "tiny":
                shape = self.mask(((x, y - head * 0.05), head * 0.18, (x, y), head * 0.18))
            case _:
                return
        self.paint(shape, colour)

    def face(self) -> None:
        """The head with snout, eye and nose, and what else a face may have."""
        animal, head, (x, y) = self.animal, self.animal.head, self.throat
        drop = -0.18 if animal.extra == "trunk" else 0.32
        tip = (x + head * 0.75 + animal.snout, y - head * drop - animal.snout * 0.3)
        skull, snout = ((x, y), head, (x + head * 0.3, y), head * 0.9), ((x + head * 0.5, y - head * 0.15), head * 0.66,
                                                                        tip, head * 0.42)  # fmt: skip
        shape = self.mask(skull, snout) if animal.snout else self.mask(skull)
        self.paint(
            shape, animal.coat, self.pattern(shape) if animal.pattern in {"spots", "stripes", "patches"} else None
        )
        muzzle = self.mask((tip, head * 0.4, (tip[0] - head * 0.2, tip[1]), head * 0.4))
        if animal.belly is not None and animal.extra != "mask":
            soft = ImageChops.multiply(muzzle.filter(ImageFilter.GaussianBlur(self.unit * 0.012)), shape)
            self.picture.paste(Image.new("RGBA", self.size, (*animal.belly, 255)), mask=soft)
        self.marks(shape, tip)
        eye = (x + head * 0.52, y + head * 0.2)
        self.dot(eye, head * 0.17, (28, 22, 26))
        self.dot((eye[0] + head * 0.05, eye[1] + head * 0.06), head * 0.055, (255, 255, 255))
        if animal.extra != "trunk":
            self.dot((tip[0] + head * 0.3, tip[1] + head * 0.16), head * 0.13, (40, 30, 34))

    def marks(self, face: Image.Image, tip: Point) -> None:
        animal, head, (x, y) = self.animal, self.animal.head, self.throat
        if animal.extra == "tear":
            tear = self.mask(((x + head * 0.52, y + head * 0.1), 0.014, (tip[0] - head * 0.1, tip[1]), 0.011))
            self.picture.paste((52, 38, 30, 255), mask=ImageChops.multiply(tear, face))
        elif animal.extra == "mask":
            for spot in ((x + head * 0.55, y + head * 0.62), (x + head * 0.3, y - head * 0.5), (tip[0], tip[1])):
                self.dot(spot, head * 0.27, (250, 240, 228))
        elif animal.extra == "eye patch":
            self.dot((x + head * 0.5, y + head * 0.16), head * 0.33, animal.pattern_colour)
        elif animal.extra == "trunk":
            places = [(0.8, 0.2), (1.35, 1.0), (1.4, 2.0), (1.2, 2.7), (1.5, 3.0)]
            bends = [(x + head * ahead, y - head * down) for ahead, down in places]
            widths = [0.5, 0.36, 0.26, 0.2, 0.17]
            self.paint(self.mask(*[(bends[i], head * widths[i], bends[i + 1], head * widths[i + 1]) for i in range(4)]),
                       animal.coat)  # fmt: skip
            tusk = self.mask(
                ((x + head * 0.85, y - head * 0.75), head * 0.11, (x + head * 1.75, y - head * 1.15), head * 0.03)
            )
            self.paint(tusk, (250, 246, 232))
        elif animal.extra == "horn":
            self.paint(
                self.mask((tip, head * 0.26, (tip[0] + head * 0.75, tip[1] + head * 1.2), head * 0.03)), (214, 204, 188)
            )

    def crown(self) -> None:
        """What grows on or behind the head."""
        animal, head, (x, y) = self.animal, self.animal.head, self.throat
        if animal.extra == "mane":
            turns = np.linspace(0, 2 * math.pi, 22, endpoint=False)
            ends = [
                (x + head * (math.cos(t) * 1.7 - 0.25), y + head * (math.sin(t) * 1.7 - 0.2)) for t in turns.tolist()
            ]
            mane = [((x, y), head, end, head * 0.34) for end in ends]
            self.paint(self.mask(*mane), animal.pattern_colour)
        if animal.extra in {"horns", "knobs"}:
            tall = 1.4 if animal.extra == "horns" else 0.7
            for back in (0.05, 0.4):
                base = (x + head * back, y + head * 0.75)
                end = (base[0] - head * 0.35 * tall, base[1] + head * tall)
                colour = (96, 76, 60) if animal.extra == "horns" else animal.coat
                self.paint(self.mask((base, head * 0.13, end, head * (0.04 if tall > 1 else 0.17))), colour)

    def dot(self, middle: Point, radius: float, colour: Colour) -> None:
        self.picture.paste((*colour, 255), mask=self.mask((middle, radius, middle, radius)))
