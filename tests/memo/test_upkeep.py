"""The store tells its size, is cleared by pipeline, step and age, and stays below a limit."""

from __future__ import annotations

import logging
import os
import time
from datetime import timedelta

import pytest

from daggr_fn.execution.memo import KeyLock, Memo, clear, shrink, usage
from daggr_fn.execution.memo.upkeep import parse_size, tidy
from daggr_fn.files import Scratch
from daggr_fn.remembered import About


def save(memo, pipeline, step, value, index=()):
    key = memo.key({"p": pipeline, "s": step, "v": memo.digest(value)})
    memo.save(key, value, About(pipeline, step, "node", index, {"code": "c"}, 1.0))
    return key


def age(path, seconds):
    when = time.time() - seconds
    os.utime(path, (when, when))


def age_everything(root, seconds=7200):
    """As if all that the store holds had been there for a while; kept files keep the time that seals them."""
    for path in sorted(root.rglob("*"), reverse=True):
        sealed = path.is_relative_to(root / "files") and len(path.relative_to(root).parts) > 3
        if not sealed and path.exists():
            age(path, seconds)


@pytest.fixture
def memo():
    return Memo()


def file_of(tmp_path, name, size):
    path = tmp_path / name
    path.write_bytes(os.urandom(size))
    return path


def test_usage_tells_entries_and_bytes_by_pipeline_and_step(memo, tmp_path):
    shared = file_of(tmp_path, "a.bin", 10_000)
    save(memo, "one", "x", [1, shared])
    save(memo, "one", "y", [2, shared])
    save(memo, "two", "x", [3])
    told = usage()
    assert told.entries == 3
    assert told.file_bytes == 10_000
    assert {name: share.entries for name, share in told.pipelines.items()} == {"one": 2, "two": 1}
    assert {name: share.entries for name, share in told.steps.items()} == {
        ("one", "x"): 1,
        ("one", "y"): 1,
        ("two", "x"): 1,
    }
    assert told.steps["one", "x"].size > 10_000 > told.steps["two", "x"].size > 0
    assert told.size == told.result_bytes + 10_000


def test_usage_of_an_empty_store_is_nothing():
    assert usage().size == 0


def test_clearing_takes_a_pipeline_a_step_or_what_is_old(memo):
    keys = {(p, s): save(memo, p, s, [p, s]) for p in ("one", "two") for s in ("x", "y")}
    left = lambda: {name for name, key in keys.items() if memo.look(key) is not None}  # noqa: E731
    assert clear(older_than=timedelta(days=1)) == 0
    assert clear(pipeline="one", step="x") == 1
    assert left() == {("one", "y"), ("two", "x"), ("two", "y")}
    assert clear(step="y") == 2
    assert left() == {("two", "x")}
    assert memo.history("two", "y", ()) == []
    assert clear(older_than=timedelta(0)) == 1
    assert clear() == 0
    assert left() == set()


def test_shrinking_takes_what_was_not_used_for_longest(memo, tmp_path):
    keys = [save(memo, "p", f"s{n}", [n, file_of(tmp_path, f"{n}.bin", 100_000)]) for n in range(4)]
    age_everything(memo.root)
    assert Memo().look(keys[0]) is not None  # used again
    assert shrink(250_000) == 2
    found = [memo.look(key) is not None for key in keys]
    assert found[0]
    assert sum(found) == 2
    assert usage().file_bytes == 200_000


def test_files_that_several_results_share_stay_while_one_of_them_does(memo, tmp_path):
    shared = file_of(tmp_path, "a.bin", 1000)
    one, two = save(memo, "one", "x", [1, shared]), save(memo, "two", "x", [2, shared])
    age_everything(memo.root)
    clear(pipeline="one")
    assert memo.look(one) is None
    assert memo.load(memo.look(two))[1].read_bytes() == shared.read_bytes()
    age_everything(memo.root)
    clear(pipeline="two")
    assert usage().file_bytes == 0


def test_young_files_scratch_and_locks_in_use_stay(memo, tmp_path, home):
    from daggr_fn.files import keep

    young = keep(file_of(tmp_path, "a.bin", 10))
    lock, scratch = KeyLock("ab" * 32), Scratch()
    assert lock.acquire()
    (scratch.folder / "x").write_text("x")
    for path in [*home.rglob("*.lock"), scratch.folder]:
        age(path, 7200)
    shrink(0)
    assert young.exists()
    assert scratch.folder.exists()
    assert not KeyLock("ab" * 32).acquire()
    lock.release()
    scratch.close()


def test_what_dead_processes_left_goes_away(memo, tmp_path, home):
    from daggr_fn.files import keep

    save(memo, "p", "s", 1)
    kept = keep(file_of(tmp_path, "a.bin", 10))
    leftovers = [home / "locks" / "ab" / "x.lock", home / "scratch" / "dead.lock", home / "files" / "incoming" / "x"]
    for path in leftovers:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (home / "scratch" / "dead").mkdir()
    (home / "scratch" / "dead" / "big").write_text("x")
    half = home / "results" / "joblib" / "cd" / ("cd" * 32)
    half.mkdir(parents=True)
    (half / "metadata.json").write_text("{")
    age_everything(home)
    shrink(10**9)
    assert not any(path.exists() for path in [kept, half, home / "scratch" / "dead", *leftovers])
    assert usage().entries == 1


def test_a_file_that_is_kept_again_is_young_again(memo, tmp_path, home):
    from daggr_fn.files import keep

    source = file_of(tmp_path, "a.bin", 10)
    keep(source)
    age_everything(home)
    kept = keep(source)
    shrink(0)
    assert kept.exists()


def test_the_limit_of_the_environment_is_held_now_and_then(memo, tmp_path, home, monkeypatch):
    monkeypatch.setenv("DAGGR_FN_CACHE_SIZE", "100KB")
    save(memo, "p", "s", file_of(tmp_path, "a.bin", 200_000))
    age_everything(home)
    other = Memo()
    save(other, "p", "s2", 1)
    assert usage().size < 100_000


def test_a_limit_that_is_no_size_is_told_and_the_default_holds(memo, monkeypatch, caplog, home):
    monkeypatch.setenv("DAGGR_FN_CACHE_SIZE", "plenty")
    key = save(memo, "p", "s", 1)
    with caplog.at_level(logging.WARNING, "daggr_fn"):
        tidy(home)
    assert "'plenty' is no size" in caplog.text
    assert memo.look(key) is not None


@pytest.mark.parametrize(
    ("text", "size"),
    [("10GB", 10**10), ("1.5 mb", 1_500_000), ("500K", 500_000), ("7", 7), ("2TiB", 2 * 10**12), ("0", 0)],
)
def test_sizes_are_read(text, size):
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "GB", "-1", "1XB", "ten"])
def test_what_is_no_size_is_refused(text):
    with pytest.raises(ValueError, match="no size"):
        parse_size(text)


def test_what_comes_in_while_an_upkeep_goes_on_is_not_taken_for_old(tmp_path, home, monkeypatch):
    from daggr_fn.files import keep, kept, kept_ok

    place = kept._seal

    def sealed_then_swept(path, digest):
        place(path, digest)
        shrink(10**9)

    monkeypatch.setattr(kept, "_seal", sealed_then_swept)
    assert kept_ok(keep(file_of(tmp_path, "a.bin", 10)))
    assert list((home / "files" / "incoming").iterdir()) == []
