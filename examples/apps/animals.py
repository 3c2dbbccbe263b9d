"""What animals look like from the side: a table of shapes, and a shape for every word that is not in it."""

from __future__ import annotations

import dataclasses
import random
import re
import zlib
from dataclasses import dataclass

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Animal:
    """A four-legged shape (or a two-legged one); lengths are in parts of the body's length."""

    coat: Colour
    legs: float = 0.62
    leg_width: float = 0.075
    chest: float = 0.27
    hip: float = 0.23
    neck: float = 0.26
    neck_width: float = 0.13
    neck_angle: float = 48.0
    head: float = 0.17
    snout: float = 0.15
    ears: str = "round"
    tail: float = 0.75
    tail_width: float = 0.035
    tail_tip: Colour | None = None
    pattern: str = ""
    pattern_colour: Colour = (52, 38, 30)
    belly: Colour | None = None
    socks: Colour | None = None
    extra: str = ""
    size: float = 1.0
    two_legs: bool = False


ANIMALS: dict[str, Animal] = {
    "cheetah": Animal((228, 176, 94), legs=0.74, leg_width=0.062, chest=0.24, hip=0.17, head=0.135, snout=0.09,
                      tail=0.95, pattern="spots", belly=(250, 232, 196), extra="tear", tail_tip=(52, 38, 30)),
    "leopard": Animal((226, 168, 80), legs=0.56, head=0.16, snout=0.1, tail=0.9, pattern="rosettes",
                      belly=(248, 230, 192)),
    "lion": Animal((214, 160, 88), head=0.17, snout=0.13, tail=0.8, tail_tip=(96, 56, 30), extra="mane",
                   pattern_colour=(122, 70, 34), belly=(236, 200, 146)),
    "tiger": Animal((228, 128, 44), legs=0.56, head=0.18, snout=0.11, tail=0.85, tail_width=0.045, pattern="stripes",
                    belly=(252, 238, 216)),
    "zebra": Animal((246, 243, 236), legs=0.68, neck=0.4, neck_angle=56, head=0.125, snout=0.24, ears="pointed",
                    tail=0.45, pattern="stripes", pattern_colour=(34, 32, 36), extra="crest",
                    tail_tip=(34, 32, 36)),
    "giraffe": Animal((232, 190, 114), legs=0.98, leg_width=0.065, chest=0.25, hip=0.19, neck=1.15, neck_width=0.11,
                      neck_angle=68, head=0.105, snout=0.18, ears="pointed", tail=0.45, pattern="patches",
                      pattern_colour=(150, 84, 40), extra="knobs", size=0.66, tail_tip=(60, 38, 24)),
    "elephant": Animal((142, 142, 152), legs=0.52, leg_width=0.125, chest=0.37, hip=0.34, neck=0.18, neck_width=0.24,
                       neck_angle=34, head=0.235, snout=0.0, ears="sails", tail=0.4, extra="trunk", size=0.88),
    "rhino": Animal((150, 146, 142), legs=0.42, leg_width=0.11, chest=0.33, hip=0.3, neck=0.2, neck_width=0.2,
                    neck_angle=12, head=0.18, snout=0.22, ears="pointed", tail=0.3, extra="horn"),
    "hippo": Animal((156, 128, 134), legs=0.3, leg_width=0.115, chest=0.35, hip=0.33, neck=0.16, neck_width=0.24,
                    neck_angle=14, head=0.21, snout=0.22, ears="tiny", tail=0.15, belly=(206, 170, 172)),
    "red panda": Animal((188, 82, 38), legs=0.4, leg_width=0.085, chest=0.24, hip=0.24, neck=0.16, head=0.2,
                        snout=0.08, ears="triangles", tail=0.95, tail_width=0.11, pattern="tail rings",
                        pattern_colour=(232, 168, 104), socks=(52, 32, 28), belly=(58, 36, 32), extra="mask"),
    "panda": Animal((246, 243, 236), legs=0.4, leg_width=0.12, chest=0.32, hip=0.31, neck=0.15, head=0.24, snout=0.09,
                    ears="round", tail=0.08, tail_width=0.07, socks=(40, 40, 46), extra="eye patch",
                    pattern_colour=(40, 40, 46)),
    "fox": Animal((222, 110, 40), legs=0.52, leg_width=0.055, chest=0.2, hip=0.19, head=0.16, snout=0.18,
                  ears="triangles", tail=0.8, tail_width=0.1, tail_tip=(250, 242, 230), socks=(58, 40, 36),
                  belly=(250, 240, 226)),
    "wolf": Animal((136, 138, 146), legs=0.66, leg_width=0.065, chest=0.25, hip=0.2, head=0.16, snout=0.19,
                   ears="triangles", tail=0.55, tail_width=0.075, belly=(220, 220, 222)),
    "dog": Animal((190, 132, 80), head=0.18, snout=0.16, ears="floppy", tail=0.5, belly=(238, 208, 170)),
    "cat": Animal((150, 144, 140), legs=0.46, chest=0.21, hip=0.2, head=0.19, snout=0.07, ears="triangles", tail=0.85,
                  pattern="stripes", pattern_colour=(92, 86, 84), belly=(228, 222, 216), size=0.9),
    "bear": Animal((116, 78, 52), legs=0.44, leg_width=0.12, chest=0.34, hip=0.32, neck=0.2, neck_angle=26, head=0.21,
                   snout=0.14, tail=0.07, belly=(140, 98, 68)),
    "rabbit": Animal((200, 180, 160), legs=0.3, chest=0.22, hip=0.28, neck=0.14, head=0.18, snout=0.07, ears="long",
                     tail=0.1, tail_width=0.09, tail_tip=(250, 246, 240), belly=(240, 230, 220)),
    "horse": Animal((140, 84, 48), legs=0.78, leg_width=0.06, neck=0.5, neck_width=0.14, neck_angle=56, head=0.13,
                    snout=0.26, ears="pointed", tail=0.6, tail_width=0.08, tail_tip=(44, 30, 24), extra="crest",
                    pattern_colour=(44, 30, 24)),
    "cow": Animal((244, 240, 232), legs=0.5, leg_width=0.085, chest=0.3, hip=0.29, neck=0.26, neck_angle=30, head=0.16,
                  snout=0.2, ears="floppy", tail=0.6, pattern="patches", pattern_colour=(48, 42, 42), extra="horns"),
    "antelope": Animal((196, 136, 82), legs=0.78, leg_width=0.048, chest=0.22, hip=0.19, neck=0.4, neck_width=0.09,
                       neck_angle=60, head=0.11, snout=0.16, ears="pointed", tail=0.2, belly=(246, 230, 208),
                       extra="horns"),
    "ostrich": Animal((58, 54, 58), legs=0.95, leg_width=0.045, chest=0.3, hip=0.32, neck=0.85, neck_width=0.055,
                      neck_angle=76, head=0.085, snout=0.11, ears="", tail=0.3, tail_width=0.14,
                      tail_tip=(244, 240, 234), socks=(206, 158, 138), two_legs=True, size=0.74),
    "flamingo": Animal((244, 132, 146), legs=1.1, leg_width=0.026, chest=0.24, hip=0.2, neck=0.85, neck_width=0.05,
                       neck_angle=70, head=0.085, snout=0.12, ears="", tail=0.22, tail_width=0.1,
                       tail_tip=(214, 78, 96), two_legs=True, size=0.74),
}  # fmt: skip
NICKNAMES = {
    "gazelle": "antelope",
    "deer": "antelope",
    "puma": "lion",
    "jaguar": "leopard",
    "kitten": "cat",
    "puppy": "dog",
    "hyena": "wolf",
    "jackal": "fox",
    "pony": "horse",
    "donkey": "horse",
    "bunny": "rabbit",
    "hare": "rabbit",
    "rhinoceros": "rhino",
    "hippopotamus": "hippo",
}


def animal_of(prompt: str) -> Animal:
    """The animal that a prompt names; a made-up one when it names none that we know."""
    words = prompt.lower()
    for name in sorted([*ANIMALS, *NICKNAMES], key=len, reverse=True):
        if re.search(rf"\b{name}(s|es)?\b", words):
            return ANIMALS[NICKNAMES.get(name, name)]
    return made_up(words)


def made_up(words: str) -> Animal:
    """An animal for any text, always the same for the same text."""
    chance = random.Random(zlib.crc32(words.encode()))
    base = ANIMALS[chance.choice(["cheetah", "fox", "wolf", "bear", "antelope", "zebra", "tiger"])]
    coat = (chance.randint(90, 240), chance.randint(80, 200), chance.randint(60, 200))
    return dataclasses.replace(
        base,
        coat=coat,
        legs=base.legs * chance.uniform(0.8, 1.2),
        neck=base.neck * chance.uniform(0.8, 1.6),
        ears=chance.choice(["round", "pointed", "triangles", "long", "floppy"]),
        pattern=chance.choice(["", "spots", "stripes", "patches", "rosettes"]),
        pattern_colour=(coat[0] // 3, coat[1] // 3, coat[2] // 3),
        extra=chance.choice(["", "horns", "crest", "mane"]),
    )
