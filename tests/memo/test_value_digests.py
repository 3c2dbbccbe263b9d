"""Equal values have equal digests, different ones different digests, in every process."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import threading
from collections import OrderedDict, defaultdict, deque
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daggr_fn.errors import NotReusable
from daggr_fn.execution.memo import Memo

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters())
    | st.binary()
    | st.sampled_from(["", "1", 1, 1.0, True, 0, 0.0, False, b"", (), []]),
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=12,
)


def digest(value: Any) -> str:
    return Memo().digest(value)


def told(value: Any) -> Any:
    """The value with its types: what `==` leaves out."""
    if isinstance(value, (list, tuple)):
        return type(value).__name__, [told(part) for part in value]
    if isinstance(value, dict):
        return "dict", sorted((repr(told(key)), repr(told(part))) for key, part in value.items())
    return type(value).__name__, repr(value)


@given(plain, plain)
def test_values_share_a_digest_exactly_when_they_are_equal_with_their_types(a, b):
    assert (digest(a) == digest(b)) == (told(a) == told(b))


@given(plain)
def test_a_copy_has_the_digest_of_the_original(value):
    import copy

    assert digest(copy.deepcopy(value)) == digest(value)


@given(st.dictionaries(st.text() | st.integers(), st.integers()), st.randoms())
def test_the_order_of_a_dict_does_not_count(value, random):
    items = list(value.items())
    random.shuffle(items)
    assert digest(dict(items)) == digest(value)


@given(st.lists(st.integers() | st.text() | st.frozensets(st.integers())), st.randoms())
def test_the_order_of_a_set_does_not_count(parts, random):
    shuffled = list(parts)
    random.shuffle(shuffled)
    assert digest(set(shuffled)) == digest(set(parts))


def test_one_is_not_one_point_zero_is_not_true():
    assert len({digest(v) for v in (1, 1.0, True, "1", b"1", [1], (1,), {1}, frozenset({1}), 1 + 0j, Decimal(1))}) == 11


def test_not_a_number_equals_itself_and_minus_zero_is_not_zero():
    assert digest(math.nan) == digest(float("inf") - float("inf"))
    assert digest(-0.0) != digest(0.0)


def test_a_huge_integer_and_a_lone_surrogate_have_digests():
    assert digest(10**6000) != digest(10**6000 + 1)
    assert digest("\ud800") != digest("?")


def test_a_value_that_holds_itself_has_a_digest():
    loop: list[Any] = [1]
    loop.append(loop)
    other: list[Any] = [1]
    other.append(other)
    assert digest(loop) == digest(other) != digest([1, [1]])


def test_sharing_a_part_is_the_same_as_repeating_it():
    part = [1, 2]
    assert digest([part, part]) == digest([[1, 2], [1, 2]])
    when = date(2020, 1, 1)
    assert digest({"a": when, "b": when}) == digest({"a": when, "b": date(2020, 1, 1)})


def test_other_containers_have_digests_of_their_own():
    values = [{"a": 1}, OrderedDict(a=1), defaultdict(int, a=1), deque([1]), [1], {1}, bytearray(b"1"), range(1)]
    assert len({digest(value) for value in values}) == len(values)
    assert digest(defaultdict(int, {2: "b", "a": 1})) == digest(defaultdict(int, {"a": 1, 2: "b"}))


@dataclass
class Point:
    x: int
    y: Any = 0


@dataclass
class Spot:
    x: int
    y: Any = 0


class Pair(NamedTuple):
    x: int
    y: int


class Colour(Enum):
    RED = 1
    BLUE = 2


class Plain:
    def __init__(self, x):
        self.x = x


def test_records_are_told_by_their_class_and_fields():
    values = [Point(1, 2), Point(1, 3), Spot(1, 2), Pair(1, 2), (1, 2), {"x": 1, "y": 2}, Colour.RED, Colour.BLUE, 1]
    assert len({digest(value) for value in values}) == len(values)
    assert digest(Point(1, [Pair(1, 2)])) == digest(Point(1, [Pair(1, 2)]))
    assert digest(Plain(1)) == digest(Plain(1)) != digest(Plain(2))


RECORDS = """
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple
@dataclass
class Line:
    text: str
class Script(NamedTuple):
    lines: list
class Mood(Enum):
    GOOD = "good"
class Thing:
    pass
def value():
    thing = Thing()
    thing.names = {"b", "a", "c", ("x", 1)}
    return [Script([Line("hi")]), Mood.GOOD, thing, {"a": 1, 2: {"q", "r", 3}}, len, Line]
if __name__ == "__main__":
    from daggr_fn.execution.memo import Memo
    print(Memo().digest(value()))
"""


def test_a_script_and_the_module_of_the_same_file_agree_whatever_the_hash_seed(tmp_path):
    (tmp_path / "app.py").write_text(RECORDS)
    as_module = "import app; from daggr_fn.execution.memo import Memo; print(Memo().digest(app.value()))"
    found = set()
    for seed in ("1", "2", "3"):
        for command in (["app.py"], ["-c", as_module]):
            env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
            found.add(subprocess.check_output([sys.executable, *command], cwd=tmp_path, env=env, text=True))
    assert len(found) == 1


def test_a_file_counts_by_its_content_wherever_it_lies(tmp_path):
    one, two = tmp_path / "a.txt", tmp_path / "b" / "other.txt"
    two.parent.mkdir()
    one.write_text("hello")
    two.write_text("hello")
    before = digest({"file": [one]})
    assert before == digest({"file": [two]}) != digest({"file": [str(one)]})
    one.write_text("jello")  # the same size, at once
    assert digest({"file": [one]}) != before


def test_the_same_bytes_with_another_ending_are_another_file(tmp_path):
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "a.md").write_text("x")
    assert digest(tmp_path / "a.txt") != digest(tmp_path / "a.md")


def test_a_folder_counts_by_its_tree_and_a_missing_path_by_its_text(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name / "in").mkdir(parents=True)
        (tmp_path / name / "in" / "a.txt").write_text("hello")
    assert digest(tmp_path / "one") == digest(tmp_path / "two")
    (tmp_path / "two" / "in" / "a.txt").rename(tmp_path / "two" / "in" / "b.txt")
    assert digest(tmp_path / "one") != digest(tmp_path / "two")
    assert digest(Path("/nowhere/a")) != digest(Path("/nowhere/b"))


def test_a_file_inside_any_object_counts_by_content(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("one")
    before = digest(Plain(deque([Point(1, file)])))
    file.write_text("two")
    assert digest(Plain(deque([Point(1, file)]))) != before


def test_pictures_count_by_their_pixels(tmp_path):
    from PIL import Image

    image = Image.new("RGB", (4, 4), "red")
    image.save(tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as opened:
        assert digest(opened) == digest(image)
    other = image.copy()
    other.putpixel((0, 0), (1, 2, 3))
    assert len({digest(image), digest(other), digest(image.convert("L")), digest(image.resize((2, 8)))}) == 4


def test_arrays_and_tables_count_by_their_content():
    import numpy as np
    import pandas as pd

    a = np.arange(12.0).reshape(3, 4)
    assert digest(a) == digest(a.copy(order="F")) == digest(np.hstack([a, a])[:, :4])
    values = [a, a.T, a.astype("f4"), a.reshape(4, 3), a.ravel(), a.tolist(), np.float64(1.0), np.array(1.0), 1.0]
    assert len({digest(value) for value in values}) == len(values)
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", None]})
    assert digest(frame) == digest(frame.copy()) != digest(frame.rename(columns={"a": "c"}))
    assert digest({"t": (1, frame)}) != digest({"t": (1, frame.assign(a=[1, 3]))})
    assert digest(np.array([{"b", "a"}, None], dtype=object)) == digest(np.array([{"a", "b"}, None], dtype=object))


def test_functions_in_values_count_by_their_code():
    double, triple = (lambda x: 2 * x), (lambda x: 3 * x)
    again = lambda y: 2 * y  # noqa: E731
    assert digest([double]) != digest([triple])
    assert digest([double]) != digest([again])  # `again(y=1)` is another call
    assert digest([len]) != digest([max])


def test_what_cannot_be_hashed_says_which_type_and_where():
    with pytest.raises(NotReusable, match=r"lock.*\(at value\['models'\]\[1\]\.y\)"):
        digest({"models": [1, Point(1, threading.Lock())]})
    with pytest.raises(NotReusable, match="generator"):
        digest(x for x in [1])


def test_nesting_without_end_is_refused_with_words():
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(NotReusable, match="nested too deeply"):
        digest(deep)
