"""`daggr-fn run --rows`: a line of results for each row, written as it ends, and no row done twice."""

from __future__ import annotations

import json
import re
import signal
import subprocess

from tests.cli.commands import COMMAND, daggr_fn, environment, write

APP = """
    import os
    from typing import Annotated
    from daggr_fn import Secret, node, pipeline

    def log(word):
        with open("calls.txt", "a") as file:
            file.write(word + " ")

    @node
    def begin(word: str) -> str:
        log(word)
        return word

    @node
    def end(word: str, n: int, key: str) -> str:
        if word == "bad" and not os.path.exists("ready"):
            raise RuntimeError("not ready")
        if word == "slow" and not os.path.exists("ready"):
            print("asleep", flush=True)
            __import__("time").sleep(600)
        return f"{word} {n} {len(key)}"

    @pipeline
    def p(word: str, n: int = 1, key: Annotated[str, Secret] = ""):
        return end(begin(word), n, key)
"""


def lines(tmp_path, name="out.jsonl"):
    return [json.loads(line) for line in (tmp_path / name).read_text().splitlines()]


def calls(tmp_path):
    file = tmp_path / "calls.txt"
    found = sorted(file.read_text().split()) if file.exists() else []
    file.unlink(missing_ok=True)
    return found


def table(tmp_path, *words):
    write(tmp_path, APP)
    (tmp_path / "in.csv").write_text("word,n\n" + "".join(f"{word},{i}\n" for i, word in enumerate(words)))


ROWS = ("run", "app.py", "--rows", "in.csv", "--out", "out.jsonl")


def test_a_line_for_each_row_with_its_inputs_and_outputs_and_no_secret(tmp_path):
    table(tmp_path, "a", "b")
    told = daggr_fn(*ROWS, "--limit", "1", cwd=tmp_path, KEY="s3cret")
    assert told.stdout == ""
    assert "done     rows  2/2" in told.stderr
    found = lines(tmp_path)
    assert [line.pop("seconds") > 0 for line in found] == [True, True]
    assert found == [
        {"row": 1, "inputs": {"word": "a", "n": 0}, "status": "done", "outputs": {"end": "a 0 6"}},
        {"row": 2, "inputs": {"word": "b", "n": 1}, "status": "done", "outputs": {"end": "b 1 6"}},
    ]
    assert "s3cret" not in (tmp_path / "out.jsonl").read_text() + told.stderr


def test_without_a_file_the_lines_and_nothing_else_are_on_standard_output(tmp_path):
    write(tmp_path, APP)
    (tmp_path / "in.jsonl").write_text('{"word": "a"}\n')
    told = daggr_fn("run", "app.py", "--rows", "in.jsonl", "--n", "7", cwd=tmp_path)
    assert json.loads(told.stdout)["outputs"] == {"end": "a 7 0"}


def test_a_failing_row_ends_it_and_resume_goes_on_with_what_is_left(tmp_path):
    table(tmp_path, "a", "bad", "c")
    told = daggr_fn(*ROWS, "--limit", "1", cwd=tmp_path, code=1).stderr
    assert "row 2: step 'end' failed: RuntimeError: not ready" in told
    assert "No further row was begun; --keep-going goes on." in told
    assert told.rstrip().endswith("--out out.jsonl --limit 1 --resume")
    assert [line["status"] for line in lines(tmp_path)] == ["done", "failed"]
    assert calls(tmp_path) == ["a", "bad"]
    (tmp_path / "ready").touch()
    told = daggr_fn(*ROWS, "--resume", cwd=tmp_path).stderr
    assert "3/3, 1 done before" in told
    assert calls(tmp_path) == ["c"]
    assert sorted((line["row"], line["status"]) for line in lines(tmp_path)) == [(1, "done"), (2, "done"), (3, "done")]


def test_keep_going_runs_every_row(tmp_path, home):
    table(tmp_path, "bad", "a", "bad", "c")
    told = daggr_fn(*ROWS, "--keep-going", cwd=tmp_path, code=1).stderr
    assert "4/4, 2 failed" in told
    assert sorted((line["row"], line["status"]) for line in lines(tmp_path)) == [
        (1, "failed"),
        (2, "done"),
        (3, "failed"),
        (4, "done"),
    ]
    assert len(list((home / "kept_runs").iterdir())) == 2


def test_resume_knows_rows_by_their_inputs_and_not_by_their_place(tmp_path):
    table(tmp_path, "a", "b")
    daggr_fn(*ROWS, cwd=tmp_path)
    calls(tmp_path)
    (tmp_path / "in.csv").write_text("word,n\nnew,5\nb,1\na,0\na,0\n")
    daggr_fn(*ROWS, "--resume", cwd=tmp_path)
    assert calls(tmp_path) == ["a", "new"]
    assert sorted((line["row"], line["inputs"]["word"]) for line in lines(tmp_path)) == [
        (1, "new"),
        (2, "b"),
        (3, "a"),
        (4, "a"),
    ]


def test_after_kill_9_rows_that_are_done_are_left_alone_and_a_half_written_line_is_dropped(tmp_path):
    table(tmp_path, "a", "slow", "c")
    process = subprocess.Popen(
        [*COMMAND, *ROWS, "--limit", "1"], cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    assert "asleep" in process.stderr.readline()  # what a node prints goes to standard error
    process.send_signal(signal.SIGKILL)
    process.communicate()
    with (tmp_path / "out.jsonl").open("a") as file:
        file.write('{"row": 2, "inp')
    assert calls(tmp_path) == ["a", "slow"]
    (tmp_path / "ready").touch()
    daggr_fn(*ROWS, "--resume", cwd=tmp_path)
    assert calls(tmp_path) == ["c"]
    assert [line["row"] for line in sorted(lines(tmp_path), key=lambda line: line["row"])] == [1, 2, 3]


def test_ctrl_c_says_how_to_go_on(tmp_path):
    table(tmp_path, "a", "slow", "c")
    process = subprocess.Popen(
        [*COMMAND, *ROWS, "--limit", "1"], cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    assert "asleep" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert told.rstrip().endswith("--resume")
    assert [line["row"] for line in lines(tmp_path)] == [1]


def test_results_are_not_written_over(tmp_path):
    table(tmp_path, "a")
    (tmp_path / "out.jsonl").write_text("my only copy\n")
    assert "--resume goes on with it" in daggr_fn(*ROWS, cwd=tmp_path, code=2).stderr
    assert "is no line of results" in daggr_fn(*ROWS, "--resume", cwd=tmp_path, code=2).stderr
    assert (tmp_path / "out.jsonl").read_text() == "my only copy\n"


def test_wrong_usage_is_told(tmp_path):
    table(tmp_path, "a")
    for words, told in [
        (("--limit", "2"), "are about the rows of --rows"),
        (("--rows", "in.csv", "--json"), "--rows writes a line of JSON for each"),
        (("--rows", "none.csv"), "there is no file none.csv"),
    ]:
        shown = daggr_fn("run", "app.py", "--word", "a", *words, cwd=tmp_path, code=2).stderr
        assert told in re.sub(r"\s+", " ", shown)
    (tmp_path / "in.csv").write_text("word,n\na,x\n")
    told = daggr_fn("run", "app.py", "--rows", "in.csv", cwd=tmp_path, code=2).stderr
    assert "row 1 (in.csv:2), column 'n': 'x' is not a whole number" in told
    (tmp_path / "in.csv").write_text("word,key\na,s3cret\n")
    told = daggr_fn("run", "app.py", "--rows", "in.csv", cwd=tmp_path, code=2).stderr
    assert "the column 'key' is a secret" in told
    assert "s3cret" not in told


def test_a_terminal_shows_one_bar_over_the_rows(tmp_path, open_terminal):
    table(tmp_path, *"abcdef")
    terminal = open_terminal(*ROWS, cwd=tmp_path)
    assert terminal.end() == 0
    assert "6/6" in terminal.seen
    assert "rows" in terminal.seen


def test_results_that_can_not_be_written_where_they_should_are_wrong_usage(tmp_path):
    table(tmp_path, "a")
    told = daggr_fn(*ROWS[:-1], "nowhere/out.jsonl", cwd=tmp_path, code=2).stderr
    assert "nowhere/out.jsonl can't be written: No such file or directory" in " ".join(told.split())
    assert calls(tmp_path) == []
