"""Any table gives what plain Python gives row by row; one that failed and is resumed does nothing twice."""

from __future__ import annotations

import asyncio
import collections
import tempfile
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daggr_fn import node, pipeline

CALLS: collections.Counter[tuple[str, str, int]] = collections.Counter()
BROKEN: set[int] = set()
_lock = threading.Lock()


def count(step, word, n):
    with _lock:
        CALLS[step, word, n] += 1


@node
def longer(word: str, n: int) -> str:
    count("longer", word, n)
    return word * n


@node
def checked(word: str, n: int, long: str) -> str:
    count("checked", word, n)
    if n in BROKEN:
        raise ValueError(f"{n} is broken")
    return f"{long}!"


@pipeline
def shouted(word: str, n: int = 1):
    return checked(word, n, longer(word, n))


ROWS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 5)), max_size=8)
LIMITS = st.sampled_from([None, 1, 3])


def run(rows, is_async, **options):
    table = [{"word": word, "n": n} for word, n in rows]
    if is_async:
        return asyncio.run(shouted.amap(table, **options))
    return shouted.map(table, **options)


def fresh(broken):
    CALLS.clear()
    BROKEN.clear()
    BROKEN.update(broken)


def once(rows):
    """The calls that rows take when each is made once."""
    return collections.Counter((step, word, n) for word, n in rows for step in ("longer", "checked"))


@settings(max_examples=40)
@given(ROWS, st.sets(st.integers(0, 5)), LIMITS, st.booleans())
def test_each_row_is_what_plain_python_makes_of_it(rows, broken, limit, is_async):
    fresh(broken)
    runs = run(rows, is_async, limit=limit, on_error="keep")
    assert [one.ok for one in runs] == [n not in broken for _, n in rows]
    assert [one.value for one in runs if one.ok] == [word * n + "!" for word, n in rows if n not in broken]
    assert once(rows) == CALLS


@settings(max_examples=20)
@given(ROWS, st.sets(st.integers(0, 5)), st.data(), LIMITS, st.booleans())
def test_resumed_in_any_order_with_more_rows_only_what_is_left_is_done(rows, broken, data, limit, is_async):
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGGR_FN_HOME", folder)
        resumes(rows, broken, data, limit, is_async)


def resumes(rows, broken, data, limit, is_async):
    fresh(broken)
    run(rows, is_async, limit=limit, on_error="keep", resume=True)
    again = data.draw(st.permutations([*rows, *data.draw(ROWS)]))
    failed = [(word, n) for word, n in rows if n in broken]
    kept = not all(n not in broken for _, n in rows)  # a table that succeeded keeps nothing
    done = once(rows if kept else [])
    fresh(())
    runs = run(again, is_async, limit=limit, resume=True)
    assert [one.value for one in runs] == [word * n + "!" for word, n in again]
    left = once(again) - done + collections.Counter(("checked", word, n) for word, n in failed)
    assert left == CALLS
