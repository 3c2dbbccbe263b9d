"""`p.map(rows)`: rows from everywhere, of the inputs' types, side by side, and not done again."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
import pytest

from daggr_fn import InvalidInputError, RowFailed, Secret, node, pipeline

CALLS: list[str] = []


@node
def seen(word: str) -> str:
    CALLS.append(word)
    return word


@node
def divided(word: str, n: int) -> float:
    CALLS.append(f"1/{n}")
    return 1 / n


@pipeline
def p(word: str, n: int = 1) -> float:
    return divided(seen(word), n)


@node
def whole(values: list) -> list:
    return values


@pipeline
def typed(
    a: int,
    b: float = 0.5,
    c: bool = False,
    d: Path | None = None,
    e: list[int] | None = None,
    f: Literal["x", "y"] = "x",
    g: str = "",
):
    return whole([a, b, c, d, e, f, g])


@pytest.fixture(autouse=True)
def no_calls():
    CALLS.clear()


def table(tmp_path, text, name="in.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_cells_of_a_csv_are_of_the_inputs_types_and_an_empty_one_is_the_default(tmp_path):
    path = table(tmp_path, '\ufeffa,b,c,d,e,f,g\n1,2,true,some.txt,"[1, 2]",y,"two\nlines"\n-3,,,,,,\n')
    first, second = typed.map(path)
    assert first.value == [1, 2.0, True, Path("some.txt"), [1, 2], "y", "two\nlines"]
    assert second.value == [-3, 0.5, False, None, None, "x", ""]
    assert [run.value for run in typed.map(str(path))] == [first.value, second.value]


def test_rows_of_json_lines_and_of_a_data_frame(tmp_path):
    path = table(tmp_path, '{"a": 1, "e": [3]}\n\n{"a": 2, "c": true}\n', "in.jsonl")
    assert [run.value[:5] for run in typed.map(path)] == [[1, 0.5, False, None, [3]], [2, 0.5, True, None, None]]
    frame = pd.DataFrame({"a": [1, None], "b": [None, 2.5]})[["a", "b"]].fillna({"a": 7})
    assert [run.value[:2] for run in typed.map(frame)] == [[1, 0.5], [7, 2.5]]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("in.csv", "a\nx\n", "row 1 (in.csv:2), column 'a': 'x' is not a whole number"),
        ("in.csv", "a,c\n1,1\n", "row 1 (in.csv:2), column 'c': '1' is not true or false"),
        ("in.csv", "a,e\n1,no\n", "row 1 (in.csv:2), column 'e': 'no' is no JSON text"),
        ("in.csv", 'a,g\n1,"x\ny"\n2\n', "row 2 (in.csv:4) has 1 cells, and the table has 2 columns: 'a', 'g'"),
        ("in.csv", "a,bb\n1,2\n", "in.csv, column 'bb': typed has no input 'bb'"),
        ("in.csv", "a,a\n1,2\n", "in.csv has 2 columns named 'a'"),
        ("in.csv", "a,f\n1,z\n", "row 1 (in.csv:2), column 'f': 'z' is none of 'x', 'y'"),
        ("in.csv", "b\n1\n", "row 1 (in.csv:2): typed needs 'a'"),
        ("in.csv", 'a,g\n1,"x\n', "is no CSV"),
        ("in.jsonl", '{"a": 1}\n{"a": "x"}\n', "row 2 (in.jsonl:2): typed(a: int) was given 'x'"),
        ("in.jsonl", '{"a": 1}\n[]\n', "row 2 (in.jsonl:2) is [], and no dict of inputs"),
        ("in.jsonl", "{a}\n", "row 1 (in.jsonl:1) is no JSON"),
        ("in.txt", "", "is no table of inputs"),
    ],
)
def test_what_is_wrong_with_a_table_is_told_by_row_and_column_before_anything_runs(tmp_path, name, text, told):
    with pytest.raises(InvalidInputError) as raised:
        typed.map(table(tmp_path, text, name))
    assert told in str(raised.value)


def test_what_is_no_table_is_told(tmp_path):
    with pytest.raises(InvalidInputError, match="there is no file"):
        p.map(tmp_path / "no.csv")
    with pytest.raises(InvalidInputError, match="and not one dict"):
        p.map({"word": "a"})
    with pytest.raises(InvalidInputError, match="row 2: p has no input 'wrod'; did you mean 'word'"):
        p.map([{"word": "a"}, {"wrod": "b"}])
    with pytest.raises(InvalidInputError, match="column 'wrod': p has no input 'wrod'; did you mean 'word'"):
        p.map(pd.DataFrame({"wrod": ["a"]}))
    assert CALLS == []


def test_a_wrong_limit_or_on_error_is_told():
    with pytest.raises(ValueError, match="limit=0"):
        p.map([], limit=0)
    with pytest.raises(ValueError, match="on_error='kep'; did you mean 'keep'"):
        p.map([], on_error="kep")  # type: ignore[arg-type]
    assert p.map([]) == []


def test_the_secret_in_a_wrong_cell_is_not_told(tmp_path):
    @pipeline
    def hush(pin: Annotated[int, Secret]):
        return whole([pin])

    with pytest.raises(InvalidInputError) as raised:
        hush.map(table(tmp_path, "pin\ns3cret\n"))
    assert "s3cret" not in str(raised.value) + repr(raised.value.__cause__)


def test_no_more_rows_than_the_limit_go_on_at_once():
    lock, met = threading.Lock(), threading.Barrier(2, timeout=60)
    now: list[int] = []
    most: list[int] = []

    @node
    def meet(i: int) -> int:
        with lock:
            now.append(i)
            most.append(len(now))
        met.wait()
        with lock:
            now.remove(i)
        return i

    @pipeline
    def meeting(i: int):
        return meet(i)

    rows = [{"i": i} for i in range(6)]
    assert [run.value for run in meeting.map(rows, limit=2)] == list(range(6))
    assert max(most) == 2
    assert [run.value for run in asyncio.run(meeting.amap(rows, limit=2))] == list(range(6))
    assert max(most) == 2


ROWS = [{"word": "a"}, {"word": "b", "n": 0}, {"word": "c"}]


def test_a_failing_row_is_told_and_no_further_one_is_begun():
    with pytest.raises(RowFailed, match="row 2 failed, and no further row was begun: step 'divided'") as raised:
        p.map(ROWS, limit=1)
    assert raised.value.row == 2
    assert raised.value.runs[1].value == 1.0
    assert CALLS == ["a", "1/1", "b", "1/0"]
    with pytest.raises(RowFailed, match="row 2"):
        asyncio.run(p.amap(ROWS, limit=1))


def test_told_to_keep_on_the_other_rows_are_run():
    for runs in (p.map(ROWS, on_error="keep"), asyncio.run(p.amap(ROWS, on_error="keep"))):
        assert [run.ok for run in runs] == [True, False, True]


def test_resumed_nothing_that_finished_is_done_again_wherever_its_row_is_now(home):
    p.map(ROWS, on_error="keep", resume=True)
    CALLS.clear()
    with pytest.raises(RowFailed):
        p.map([{"word": "new"}, *reversed(ROWS)], resume=True, limit=1)
    assert CALLS == ["new", "1/1", "1/0"]
    CALLS.clear()
    p.map([{"word": "a"}, {"word": "c"}], resume=True)
    assert CALLS == []


def test_a_table_that_succeeded_leaves_nothing_to_resume(home):
    p.map([{"word": "a"}, {"word": "a"}], resume=True)
    assert CALLS == ["a", "a", "1/1", "1/1"] or sorted(CALLS) == ["1/1", "1/1", "a", "a"]
    assert list((home / "kept_runs").iterdir()) == []
    p.map([{"word": "a"}], resume=True)
    assert CALLS.count("a") == 3


def test_rows_that_are_alike_have_a_journal_each(home):
    p.map([{"word": "a", "n": 0}, {"word": "a", "n": 0}], on_error="keep", resume=True)
    assert len(list((home / "kept_runs").iterdir())) == 2


def test_what_is_remembered_is_not_done_again():
    cached = p.options(cache=True)
    cached.map([{"word": "x"}, {"word": "y"}])
    CALLS.clear()
    assert [run.steps["seen"].status for run in cached.map([{"word": "y"}, {"word": "z"}])] == ["reused", "done"]
    assert sorted(word for word in CALLS if len(word) == 1) == ["z"]


def test_a_node_may_map_rows_itself():
    @node(limit=1)
    def inside(n: int) -> list[float]:
        return [run.value for run in p.map([{"word": str(i)} for i in range(n)], limit=2)]

    @pipeline
    def outer(n: int):
        return inside(n)

    assert outer(5) == [1.0] * 5
    assert asyncio.run(outer.acall(3)) == [1.0] * 3


def test_many_rows_are_many_runs():
    runs = p.map(({"word": str(i), "n": i + 1} for i in range(300)), limit=8)
    assert [run.value for run in runs] == [1 / (i + 1) for i in range(300)]
    assert json.loads(runs[3].to_json())["status"] == "done"
