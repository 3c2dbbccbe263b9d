"""Several processes share one store, and any of them may be killed at any moment."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from daggr_fn.execution.memo import KeyLock, Memo

HEAD = """
import os, sys
from pathlib import Path
from daggr_fn.execution.memo import KeyLock, Memo
from daggr_fn.remembered import About
about = About("p", "s", "n", (), {"code": "c"}, 1.0)
memo = Memo()
"""

SAVES = """
work = Path(os.environ["WORK"])
for n in range(100_000):
    file = work / "a.txt"
    file.write_text(str(n) * 1000)
    memo.save(memo.key({"n": str(n)}), {"n": n, "file": file, "big": [n] * 200}, about)
    print(n, flush=True)
"""

HAMMERS = """
key = memo.key({"one": "key"})
for n in range(300):
    entry = memo.look(key)
    if entry is not None:
        try:
            value = memo.load(entry)
        except LookupError:
            continue
        assert value["text"] == "x" * value["size"], value
    if n % 3 == 0:
        memo.save(key, {"text": "x" * (n + 300_000 * (n % 2)), "size": n + 300_000 * (n % 2)}, about)
print("done")
"""

COUNTS = """
import time
lock = KeyLock("ab" * 32)
done = 0
while done < 50:
    if not lock.acquire():
        continue
    path = Path(os.environ["WORK"]) / "count"
    value = int(path.read_text())
    path.write_text(str(value + 1))
    lock.release()
    done += 1
"""

HOLDS = """
lock = KeyLock("ab" * 32)
assert lock.acquire()
print("held", flush=True)
sys.stdin.read()
"""


def start(text: str, tmp_path) -> subprocess.Popen[str]:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "WORK": str(tmp_path)}
    command = [sys.executable, "-W", "error", "-c", HEAD + text]
    return subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()


@pytest.mark.parametrize("lines", [1, 7, 20])
def test_a_process_killed_while_it_saves_leaves_nothing_that_a_later_look_trips_over(tmp_path, lines):
    process = start(SAVES, tmp_path)
    saved = [int(process.stdout.readline()) for _ in range(lines)]
    end(process)
    memo = Memo()
    for n in range(saved[-1] + 20):
        entry = memo.look(memo.key({"n": str(n)}))
        assert entry is not None or n > saved[-1]
        if entry is not None:
            value = memo.load(entry)
            assert value["n"] == n
            assert value["file"].read_text() == str(n) * 1000


def test_four_processes_at_one_key_read_whole_values_only(tmp_path):
    processes = [start(HAMMERS, tmp_path) for _ in range(4)]
    assert [process.communicate()[0] for process in processes] == ["done\n"] * 4
    assert [process.returncode for process in processes] == [0] * 4


def test_a_key_is_held_by_one_process_at_a_time(tmp_path, home):
    (tmp_path / "count").write_text("0")
    processes = [start(COUNTS, tmp_path) for _ in range(4)]
    for process in processes:
        process.communicate()
    assert [process.returncode for process in processes] == [0] * 4
    assert (tmp_path / "count").read_text() == "200"
    assert list((home / "locks").rglob("*.lock")) == []


def test_a_lock_dies_with_its_process(tmp_path):
    process = start(HOLDS, tmp_path)
    assert process.stdout.readline() == "held\n"
    lock = KeyLock("ab" * 32)
    assert not lock.acquire()
    end(process)
    assert lock.acquire()
    lock.release()


def test_a_lock_is_held_once_in_a_process_and_released_by_any_thread():
    one, two = KeyLock("ab" * 32), KeyLock("ab" * 32)
    assert one.acquire()
    assert not two.acquire()
    with pytest.raises(RuntimeError):
        one.acquire()
    thread = threading.Thread(target=one.release)
    thread.start()
    thread.join()
    assert two.acquire()
    two.release()
    two.release()
