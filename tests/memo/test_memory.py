"""What is stored comes back as it was, or not at all."""

from __future__ import annotations

import json
import logging
import os
import random
import shutil
import subprocess
import sys
import threading
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daggr_fn.errors import NotReusable
from daggr_fn.execution.memo import Memo
from daggr_fn.remembered import About, Remembered


def about(**changes: Any) -> About:
    said: dict[str, Any] = {
        "pipeline": "podcast",
        "step": "speak",
        "node": "tts",
        "index": (),
        "key_parts": {"code": "c1"},
        "seconds": 2.5,
        **changes,
    }
    return About(**said)


@pytest.fixture
def memo():
    return Memo()


def stored(memo: Memo, value: Any, **changes: Any) -> str:
    key = memo.key({"value": str(random.random())})
    memo.save(key, value, about(**changes))
    return key


def again(memo: Memo, value: Any) -> Any:
    entry = memo.look(stored(memo, value))
    assert entry is not None
    assert entry.digest == memo.digest(value)
    back = memo.load(entry)
    assert memo.digest(back) == entry.digest
    return back


def output(memo: Memo, key: str) -> Path:
    return next((memo.root / "results").rglob(f"{key}/output.pkl"))


class Mood(Enum):
    GOOD = 1


class Pair(NamedTuple):
    a: int
    b: Any


@dataclass
class Line:
    text: str
    mood: Mood = Mood.GOOD


def test_the_memory_is_what_plan_and_run_ask_for(memo):
    remembered: Remembered = memo
    assert remembered.look("0" * 64) is None


@given(st.recursive(st.none() | st.integers() | st.text() | st.floats(allow_nan=False), st.lists, max_leaves=8))
def test_a_plain_value_comes_back(value):
    assert again(Memo(), value) == value


def test_records_come_back_as_what_they_were(memo):
    value = [Line("hi"), Pair(1, {"x": Line("ho")}), Mood.GOOD, None, {1, 2}, (1,), about]
    back = again(memo, value)
    assert back == value
    assert type(back[1]) is Pair
    assert back[2] is Mood.GOOD


def test_large_values_come_back(memo):
    import numpy as np

    value = np.arange(200_000)
    assert (again(memo, value) == value).all()
    assert again(memo, "x" * 3_000_000) == "x" * 3_000_000


def test_the_entry_tells_digests_of_ports_time_and_age(memo):
    key = memo.key({"a": "1"})
    saved = memo.save(key, Pair(1, "x"), about(ports=("a", "b"), record="attribute"))
    entry = memo.look(key)
    assert entry == saved
    assert entry.parts == {"a": memo.digest(1), "b": memo.digest("x")}
    assert entry.seconds == 2.5
    assert memo.look(key, timedelta(hours=1)) is not None
    assert memo.look(key, timedelta(0)) is None
    memo.save(key, {"a": 3}, about(ports=("a",), record="key"))
    assert memo.look(key).parts == {"a": memo.digest(3)}


def test_a_key_depends_on_each_part_and_not_on_their_order(memo):
    parts = {"node": "n", "code": "c", "input x": "1"}
    assert memo.key(parts) == memo.key(dict(reversed(parts.items())))
    others = [{**parts, "code": "d"}, {**parts, "input y": "1"}, {"node": "nc", "code": ""}, {"node": "n", "code": "c"}]
    assert len({memo.key(one) for one in [parts, *others]}) == 5


def test_files_of_a_result_outlive_their_originals(memo, tmp_path):
    file, folder = tmp_path / "work" / "clip.wav", tmp_path / "work" / "frames"
    folder.mkdir(parents=True)
    file.write_bytes(b"sound")
    (folder / "1.txt").write_text("one")
    key = stored(memo, {"clip": file, "more": [folder, Path("not/there")], "again": file})
    shutil.rmtree(tmp_path / "work")
    back = memo.load(memo.look(key))
    assert back["clip"].read_bytes() == b"sound"
    assert back["clip"].name == "clip.wav"
    assert (back["more"][0] / "1.txt").read_text() == "one"
    assert back["more"][1] == Path("not/there")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "RGB", "RGBA", "P", "CMYK", "F", "I;16", "HSV"])
def test_pictures_of_every_mode_come_back(memo, mode):
    from PIL import Image

    image = (
        Image.effect_noise((16, 8), 50).convert("RGB").convert(mode) if mode != "I;16" else Image.new(mode, (4, 4), 999)
    )
    back = again(memo, {"image": image})["image"]
    assert (back.mode, back.size, back.tobytes()) == (image.mode, image.size, image.tobytes())


def test_a_picture_is_stored_as_a_png_file(memo):
    from PIL import Image

    stored(memo, [Image.new("RGB", (4, 4), "red")])
    (png,) = (memo.root / "files").rglob("*.png")
    assert png.read_bytes().startswith(b"\x89PNG")


def test_a_result_whose_file_is_gone_or_damaged_is_a_miss(memo, tmp_path):
    for damage in (Path.unlink, lambda path: path.write_bytes(b"other")):
        file = tmp_path / "a.bin"
        file.write_bytes(os.urandom(8))
        key = stored(memo, [file])
        kept = memo.load(memo.look(key))[0]
        kept.chmod(0o644)
        damage(kept)
        assert memo.look(key) is None
        memo.save(key, [file], about())
        assert memo.load(memo.look(key))[0].read_bytes() == file.read_bytes()


def test_an_entry_cut_at_any_length_is_a_miss_and_can_be_stored_anew(memo):
    key = stored(memo, {"a": [1, "x"]})
    whole = output(memo, key).read_bytes()
    for length in range(len(whole)):
        path = memo.root / "results" / "joblib" / key[:2] / key / "output.pkl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(whole[:length])
        assert memo.look(key) is None
        assert not path.exists()
    memo.save(key, 5, about())
    assert memo.load(memo.look(key)) == 5


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_an_entry_with_any_byte_changed_is_a_miss_or_what_it_was(place, change):
    memo = Memo()
    value = {"a": [1, "x"], "b": Mood.GOOD}
    key = stored(memo, value)
    path = output(memo, key)
    raw = bytearray(path.read_bytes())
    raw[place % len(raw)] ^= change
    path.write_bytes(raw)
    entry = memo.look(key)
    assert entry is None or memo.load(entry) == value


@pytest.mark.parametrize(
    "junk", [b"", b"\x80\x04N.", b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x04true\x85R.", b"junk"]
)
def test_a_file_with_other_content_is_a_miss_and_nothing_of_it_runs(memo, junk):
    key = stored(memo, 1)
    output(memo, key).write_bytes(junk)
    assert memo.look(key) is None


def test_an_entry_under_another_key_is_a_miss(memo):
    one, two = stored(memo, 1), stored(memo, 2)
    shutil.copy(output(memo, one), output(memo, two))
    assert memo.look(two) is None


def test_what_was_removed_meanwhile_is_a_lookup_error(memo):
    key = stored(memo, "x" * 1_000_000)
    entry = memo.look(key)
    shutil.rmtree(memo.root / "files")
    with pytest.raises(LookupError):
        memo.load(entry)
    assert memo.look(key) is None


def test_what_cannot_be_stored_says_so_and_leaves_nothing(memo):
    class Local:
        pass

    for value in (threading.Lock(), Local(), lambda: 1, [open(os.devnull)]):  # noqa: SIM115
        key = memo.key({"v": repr(value)})
        with pytest.raises(NotReusable):
            memo.save(key, value, about())
        assert memo.look(key) is None
    assert not list((memo.root / "results").rglob("output.pkl"))
    value[0].close()


def test_a_class_of_a_function_comes_back_by_the_annotation(memo):
    class Inner(NamedTuple):
        n: int

    @dataclass
    class Script:
        lines: list[Inner]

    Script.__annotations__["lines"] = list[Inner]
    key = memo.key({"a": "1"})
    memo.save(key, Script([Inner(1)]), about(), Script)
    back = memo.load(memo.look(key), Script)
    assert type(back) is Script
    assert back.lines == [Inner(1)]
    with pytest.raises(LookupError):
        memo.load(memo.look(key))


def test_the_history_of_a_step_is_told_newest_first(memo):
    for n in range(3):
        stored(memo, n, key_parts={"code": f"c{n}"})
    stored(memo, 9, index=(1,), key_parts={"code": "other item"})
    stored(memo, 9, step="other", key_parts={"code": "other step"})
    told = memo.history("podcast", "speak", ())
    assert [parts["code"] for _, parts in told] == ["c2", "c1", "c0"]
    assert told[0][0] >= told[2][0]
    assert [parts["code"] for _, parts in memo.history("podcast", "speak", (1,))] == ["other item"]
    assert memo.history("podcast", "nothing", ()) == []


def test_a_history_that_a_crash_cut_is_read_as_far_as_it_goes(memo):
    stored(memo, 1, key_parts={"code": "c1"})
    (file,) = (memo.root / "history").iterdir()
    with open(file, "ab") as f:
        f.write(b'{"at": 1, "ind')
    stored(memo, 2, key_parts={"code": "c2"})
    assert [parts["code"] for _, parts in memo.history("podcast", "speak", ())] == ["c2", "c1"]


def test_a_long_history_is_cut_short(memo, monkeypatch):
    from daggr_fn.execution.memo import histories

    monkeypatch.setattr(histories, "_LARGEST", 2000)
    for n in range(100):
        stored(memo, n, key_parts={"code": f"c{n}"})
    (file,) = (memo.root / "history").iterdir()
    assert file.stat().st_size < 3000
    assert memo.history("podcast", "speak", ())[0][1] == {"code": "c99"}


def test_beside_a_result_lies_what_people_want_to_know_and_no_value(memo):
    key = stored(memo, "the-value", key_parts={"input token": memo.digest("s3cret")})
    said = json.loads(output(memo, key).with_name("metadata.json").read_text())
    assert (said["pipeline"], said["step"], said["seconds"]) == ("podcast", "speak", 2.5)
    every = b"".join(path.read_bytes() + str(path).encode() for path in memo.root.rglob("*") if path.is_file())
    assert b"s3cret" not in every
    assert b"the-value" not in every.replace(output(memo, key).read_bytes(), b"")


def test_a_store_that_cannot_be_read_is_a_miss_with_a_warning(memo, caplog):
    key = stored(memo, 1)
    path = output(memo, key)
    path.unlink()
    path.mkdir()
    with caplog.at_level(logging.WARNING, "daggr_fn"):
        assert memo.look(key) is None
    assert key in caplog.text


SCRIPT = """
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple
import sys
@dataclass
class Line:
    text: str
class Mood(Enum):
    GOOD = 1
class Script(NamedTuple):
    lines: list
    mood: Mood
def go(how):
    from daggr_fn.execution.memo import Memo
    from daggr_fn.remembered import About
    memo, key = Memo(), "ab" * 32
    if how == "save":
        memo.save(key, Script([Line("hi")], Mood.GOOD), About("p", "s", "n", (), {}, 1.0))
    else:
        value = memo.load(memo.look(key))
        assert type(value) is Script and type(value.lines[0]) is Line and value.mood is Mood.GOOD
        assert len([m for m in sys.modules.values() if getattr(m, "__file__", None) == __file__]) == 1
        print("same", value.lines[0].text)
if __name__ == "__main__":
    go(sys.argv[1])
"""


@pytest.mark.parametrize("saver", ["script", "module"])
@pytest.mark.parametrize("loader", ["script", "module"])
def test_classes_of_a_script_load_in_its_module_and_the_other_way_round(tmp_path, saver, loader):
    (tmp_path / "app.py").write_text(SCRIPT)
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    out = ""
    for how, kind in (("save", saver), ("load", loader)):
        command = ["app.py", how] if kind == "script" else ["-c", f"import app; app.go('{how}')"]
        out = subprocess.check_output([sys.executable, *command], cwd=tmp_path, env=env, text=True)
    assert out == "same hi\n"
