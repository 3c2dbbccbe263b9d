"""Files of results live by content: deleting, moving or writing to what a node made loses and damages nothing."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from daggr_fn import files
from daggr_fn.files import Scratch, file_digest, home, is_kept, keep, kept_ok, map_paths, private_copy


def test_the_root_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("DAGGR_FN_HOME", str(tmp_path / "own"))
    assert home() == tmp_path / "own"
    monkeypatch.delenv("DAGGR_FN_HOME")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    assert home() == tmp_path / "hf" / "daggr_fn"
    monkeypatch.delenv("HF_HOME")
    assert home() == Path.home() / ".cache" / "huggingface" / "daggr_fn"


def test_a_file_written_twice_at_once_has_two_digests(tmp_path):
    file = tmp_path / "a"
    found = []
    for n in range(50):
        file.write_text(f"{n:03}")
        found.append(file_digest(file))
    assert len(set(found)) == 50


def test_a_file_whose_time_was_set_back_has_another_digest(tmp_path):
    file = tmp_path / "a"
    file.write_text("one")
    os.utime(file, (1, 1))
    before = file_digest(file)
    file.write_text("two")
    os.utime(file, (1, 1))
    assert file_digest(file) != before


def test_a_kept_file_outlives_its_original(tmp_path, home):
    file = tmp_path / "clip.wav"
    file.write_bytes(b"sound")
    kept = keep(file)
    file.unlink()
    assert kept.name == "clip.wav"
    assert kept.read_bytes() == b"sound"
    assert kept.is_relative_to(home / "files")
    assert (is_kept(kept), kept_ok(kept), is_kept(tmp_path / "x"), kept_ok(tmp_path / "x")) == (
        True,
        True,
        False,
        False,
    )


def test_keeping_what_is_kept_gives_it_back(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("x")
    kept = keep(file)
    assert keep(kept) == kept == keep(file)
    assert len(list((home() / "files").rglob("a.txt"))) == 1


def test_moving_takes_the_original_away(tmp_path):
    for _ in range(2):
        file = tmp_path / "a.txt"
        file.write_text("x")
        assert keep(file, move=True).read_text() == "x"
        assert not file.exists()


@pytest.mark.parametrize("damage", ["write", "truncate", "grow", "delete", "same size"])
def test_a_damaged_kept_file_is_seen_and_made_anew(tmp_path, damage):
    file = tmp_path / "a.txt"
    file.write_text("hello")
    kept = keep(file)
    kept.chmod(0o644)
    {
        "write": lambda: kept.write_text("other"),
        "truncate": lambda: os.truncate(kept, 2),
        "grow": lambda: kept.write_text("hello, you"),
        "delete": kept.unlink,
        "same size": lambda: kept.write_text("jello"),
    }[damage]()
    assert not kept_ok(kept)
    assert keep(file).read_text() == "hello"
    assert kept_ok(kept)


def test_a_folder_is_kept_with_all_that_is_in_it(tmp_path):
    folder = tmp_path / "set"
    (folder / "in").mkdir(parents=True)
    (folder / "in" / "a.txt").write_text("a")
    (folder / "b.txt").write_text("b")
    kept = keep(folder)
    assert (kept / "in" / "a.txt").read_text() == "a"
    assert kept_ok(kept)
    assert keep(folder) == kept
    assert keep(kept / "b.txt") == kept / "b.txt"
    (kept / "in" / "a.txt").unlink()
    assert not kept_ok(kept)
    assert keep(folder) == kept
    assert kept_ok(kept)


def test_many_threads_keep_one_file(tmp_path):
    sources = []
    for n in range(16):
        (tmp_path / str(n)).mkdir()
        sources.append(tmp_path / str(n) / "a.bin")
        sources[-1].write_bytes(b"x" * 100_000)
    with ThreadPoolExecutor(8) as pool:
        kept = set(pool.map(keep, sources))
    assert len(kept) == 1
    assert kept_ok(kept.pop())
    assert not list((home() / "files" / "incoming").iterdir())


def test_who_writes_to_a_private_copy_damages_nothing(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("x")
    kept = keep(file)
    folder = tmp_path / "call"
    copies = [private_copy(kept, folder) for _ in range(2)]
    copies[0].write_text("changed")
    assert [copy.name for copy in copies] == ["a.txt", "a.txt"]
    assert copies[1].read_text() == kept.read_text() == "x"
    assert kept_ok(kept)
    assert os.access(copies[1], os.W_OK)
    assert copies[1].stat().st_mode & 0o200


def test_bytes_are_kept_under_a_name():
    kept = files.keep_bytes(b"abc", "a.bin")
    assert kept.read_bytes() == b"abc"
    assert files.keep_bytes(b"abc", "a.bin") == kept


@dataclass(frozen=True)
class Clip:
    path: Path
    text: str = ""
    length: int = field(default=0, init=False)


class Pair(NamedTuple):
    a: Any
    b: Any


def test_paths_are_found_wherever_they_are_and_the_rest_is_left_alone():
    value: dict[str, Any] = {
        "list": [Path("a"), "a", [1]],
        "pair": Pair(Path("a"), 2),
        "clip": Clip(Path("a"), "t"),
        "set": {Path("a")},
        "tuple": (None, (Path("a"),)),
    }
    changed = map_paths(value, lambda path: Path("new") / path)
    new = Path("new/a")
    assert changed == {
        "list": [new, "a", [1]],
        "pair": Pair(new, 2),
        "clip": Clip(new, "t"),
        "set": {new},
        "tuple": (None, (new,)),
    }
    assert type(changed["pair"]) is Pair
    assert changed["list"][2] is value["list"][2]
    assert value["list"][0] == Path("a")


def test_a_value_without_changed_paths_comes_back_itself():
    value = {"a": [1, (2, Path("x"))], "b": Clip(Path("x"))}
    assert map_paths(value, lambda path: path) is value
    loop: list[Any] = [1]
    loop.append(loop)
    assert map_paths(loop, lambda path: path) is loop


def test_scratch_is_made_when_needed_and_gone_at_the_end(home):
    with Scratch() as scratch:
        assert not (home / "scratch").exists()
        (scratch.folder / "a.txt").write_text("x")
        assert scratch.new_folder() != scratch.new_folder()
        folder = scratch.folder
        assert folder.is_relative_to(home / "scratch")
    assert not folder.exists()
    assert list((home / "scratch").iterdir()) == []
