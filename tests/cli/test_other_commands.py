"""`daggr-fn check`, `graph` and `cache`."""

from __future__ import annotations

import json

import pytest

from daggr_fn.cli.cache import human_size, span_of
from tests.cli.commands import daggr_fn, write

APP = """
    from daggr_fn import each, gather, node, pipeline

    @node(cache=True)
    def lines(n: int) -> list[str]:
        return ["a"] * n

    @node(cache=True)
    def shout(text: str) -> str:
        return text.upper()

    @pipeline
    def good(n: int = 3):
        return gather(shout(each(lines(n))))
"""
WRONG = (
    APP
    + """
    @pipeline
    def decides(n: int = 3):
        found = lines(n)
        if found:
            return shout("yes")
        return [shout(line) for line in found]

    @pipeline
    def mismatched(n: int = 3):
        return shout(lines(n))

    @pipeline
    def wasteful(n: int = 3):
        unused = lines(n)
        return shout("x")
"""
)


def test_a_file_without_mistakes_is_ok(tmp_path):
    write(tmp_path, APP)
    assert "good: ok" in daggr_fn("check", "app.py", cwd=tmp_path).stderr


def test_every_mistake_of_every_pipeline_is_told_at_once(tmp_path):
    write(tmp_path, WRONG)
    told = daggr_fn("check", "app.py", cwd=tmp_path, code=1).stderr
    assert "good: ok" in told
    assert "decides: " in told
    assert "comprehension" in told
    assert "app.py:18:  if found:" in told
    assert "mismatched: " in told
    assert "wasteful: ok, 1 warnings" in told
    assert "warning  app.py:28: nobody uses unused" in told


def test_the_findings_are_json_for_programs(tmp_path):
    file = write(tmp_path, WRONG)
    found = json.loads(daggr_fn("check", "app.py", "--json", cwd=tmp_path, code=1).stdout)
    by_name = {one["pipeline"]: one for one in found}
    assert {name: one["ok"] for name, one in by_name.items()} == {
        "good": True, "decides": False, "mismatched": False, "wasteful": True,
    }  # fmt: skip
    error = by_name["mismatched"]["error"]
    assert (error["type"], error["file"], error["line"]) == ("TypeMismatchError", str(file), 24)
    assert "each" in error["instead"]
    assert len(by_name["decides"]["errors"]) == 2
    assert by_name["wasteful"]["warnings"][0]["line"] == 28


@pytest.mark.parametrize(
    ("text", "kind"), [("def broken(:\n", "SyntaxError"), ("import not_there_at_all\n", "ModuleNotFoundError")]
)
def test_a_file_that_is_no_program_is_told_with_its_line(tmp_path, text, kind):
    file = write(tmp_path, "x = 1\n" + text)
    assert kind in daggr_fn("check", "app.py", cwd=tmp_path, code=1).stderr
    found = json.loads(daggr_fn("check", "app.py", "--json", cwd=tmp_path, code=1).stdout)
    assert len(found) == 1
    assert (found[0]["pipeline"], found[0]["error"]["type"]) == (None, kind)
    assert (found[0]["error"]["file"], found[0]["error"]["line"]) == (str(file), 2)


def test_the_graph_is_mermaid_or_json(tmp_path):
    write(tmp_path, APP)
    text = daggr_fn("graph", "app.py", cwd=tmp_path).stdout
    assert text.startswith("flowchart LR")
    assert '"lines"' in text
    graph = json.loads(daggr_fn("graph", "app.py", "--format", "json", cwd=tmp_path).stdout)
    assert [step["name"] for step in graph["steps"]] == ["lines", "shout"]
    assert "'mermaid'" in daggr_fn("graph", "app.py", "--format", "dot", cwd=tmp_path, code=2).stderr


def test_the_cache_says_what_it_holds_and_forgets_what_it_is_told_to(tmp_path, home):
    write(tmp_path, APP)
    daggr_fn("run", "app.py", cwd=tmp_path)
    told = daggr_fn("cache", cwd=tmp_path).stdout
    assert f"{home}: 2 results" in told
    assert daggr_fn("cache", "size", cwd=tmp_path).stdout == told
    unknown = daggr_fn("cache", "clear", "--step", "line", cwd=tmp_path, code=2).stderr
    assert "did you mean 'lines'?" in unknown
    assert "Forgot 0 results" in daggr_fn("cache", "clear", "--older-than", "7d", cwd=tmp_path).stderr
    assert (
        "Forgot 1 result," in daggr_fn("cache", "clear", "--pipeline", "good", "--step", "lines", cwd=tmp_path).stderr
    )
    assert "Forgot 1 result," in daggr_fn("cache", "clear", cwd=tmp_path).stderr
    assert "0 results" in daggr_fn("cache", cwd=tmp_path).stdout
    assert "is no span of time" in daggr_fn("cache", "clear", "--older-than", "soon", cwd=tmp_path, code=2).stderr


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("30m", 1800), ("12h", 43200), ("7d", 604800), ("2w", 1209600)]
)
def test_spans_of_time(text, seconds):
    assert span_of(text).total_seconds() == seconds


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (999, "999 B"), (1400, "1.4 kB"), (2_500_000_000_000, "2.5 TB")]
)
def test_sizes(count, text):
    assert human_size(count) == text


def test_the_version_is_said(tmp_path):
    assert daggr_fn("--version", cwd=tmp_path).stdout.startswith("daggr-fn 0.")
