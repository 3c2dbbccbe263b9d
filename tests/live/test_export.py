"""The zip of a sheet's results holds what a person can open."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy
import pandas
from PIL import Image

from daggr_fn import each, gather, node, pipeline
from daggr_fn.live.export import write_zip


class Parts(NamedTuple):
    picture: Image.Image
    table: pandas.DataFrame
    grey: numpy.ndarray
    numbers: numpy.ndarray
    sound: bytes
    text: str


@node
def make(topic: str) -> Parts:
    table = pandas.DataFrame({"a": [1, 2]})
    grey, numbers = numpy.zeros((4, 6), dtype=numpy.uint8), numpy.array([[1, 2], [3, 4]])
    return Parts(Image.new("RGB", (8, 6), "red"), table, grey, numbers, b"RIFF....WAVE", topic)


@node
def draw(width: int) -> Image.Image:
    return Image.new("RGB", (width, 3))


@node
def count(pictures: list[Image.Image]) -> list[Image.Image]:
    return pictures


@pipeline
def things(topic: str = "tea", widths: list[int] = [3, 4]) -> tuple[Path, list[Image.Image]]:  # noqa: B006
    return make(topic).picture, count(gather(draw(each(widths))))


def test_pictures_tables_and_bytes_are_files_in_the_zip(watch):
    watcher = watch(things)
    watcher.run()
    file = io.BytesIO()
    write_zip(watcher.sheet, file)
    with zipfile.ZipFile(file) as archive:
        names = set(archive.namelist())
        assert {"make/picture.png", "make/grey.png", "make/table.csv", "make/sound.wav", "make/text.txt"} <= names
        assert json.loads(archive.read("make/numbers.json")) == [[1, 2], [3, 4]]
        assert archive.read("make/table.csv").split() == [b"a", b"1", b"2"]
        for name, size in {"make/picture.png": (8, 6), "make/grey.png": (6, 4), "count/output/2.png": (4, 3)}.items():
            with Image.open(io.BytesIO(archive.read(name))) as picture:
                assert picture.size == size
        assert {"draw/output/1.png", "draw/output/2.png"} <= names
