"""Every step has ended well, and what the body returns can't be made of their values: the run has failed."""

from __future__ import annotations

import json

import pytest

from daggr_fn import InvalidInputError, RowFailed, apply, node, pipeline, switch
from tests.cli.commands import daggr_fn, write


@node
def language(text: str) -> str:
    return text[-2:]


@node
def praise(text: str) -> str:
    return f"{text}!"


@pipeline
def spoken(text: str):
    return {"said": switch(language(text), {"en": praise(text), "fr": "bravo"}), "plain": praise.named("plain")(text)}


def test_a_run_whose_switch_has_no_side_has_failed_and_keeps_its_other_outputs(run_pipeline):
    run = run_pipeline(spoken, "guten Tag, de")
    assert (run.status, run.ok, run.failures) == ("failed", False, [])
    assert {name: step.status for name, step in run.steps.items()} == {
        "language": "done",
        "praise": "skipped",
        "plain": "done",
    }
    assert run.outputs == {"plain": "guten Tag, de!"}
    with pytest.raises(InvalidInputError, match="'de', for which there is no side"):
        _ = run.value
    assert "(result)   failed" in str(run)
    assert json.loads(run.to_json())["failures"] == [run.why_no_result]
    assert run.why_no_result == (
        "spoken has no result: InvalidInputError: switch(language): language is 'de', for which there is no side\n"
        "  valid    'en', 'fr'"
    )
    assert run_pipeline(spoken, "hello, en").value["said"] == "hello, en!"


def test_so_has_one_that_returns_a_part_that_is_not_there_or_a_text_that_can_not_be_made():
    @pipeline
    def third(text: str):
        return apply(str.split, text)[2]

    @pipeline
    def rounded(text: str):
        return f"{praise(text):.2f}"

    assert third.run("a b").status == "failed"
    with pytest.raises(InvalidInputError, match="has no part 2"):
        third("a b")
    assert third("a b c") == "c"
    run = rounded.run("a")
    assert isinstance(run.error, ValueError)
    assert run.why_no_result == "rounded has no result: ValueError: Unknown format code 'f' for object of type 'str'"
    with pytest.raises(ValueError, match="format code 'f'"):
        rounded("a")


def test_its_stream_ends_with_the_error_after_an_event_that_says_failed():
    statuses = []

    def listen():
        for event in spoken.stream("guten Tag, de"):
            statuses.append(getattr(event, "status", None))  # noqa: PERF401  # those before the error count

    with pytest.raises(InvalidInputError, match="no side"):
        listen()
    assert statuses[-1] == "failed"


def test_a_row_of_a_table_that_has_no_result_is_one_that_failed():
    rows = [{"text": "hello, en"}, {"text": "guten Tag, de"}]
    with pytest.raises(RowFailed, match=r"row 2 failed, .*'de', for which there is no side"):
        spoken.map(rows, limit=1)
    assert [run.ok for run in spoken.map(rows, on_error="keep")] == [True, False]


APP = """
    from daggr_fn import node, pipeline, switch

    @node
    def language(text: str) -> str:
        return text[-2:]

    @pipeline
    def spoken(text: str):
        return switch(language(text), {"en": "well"})
"""


def test_the_command_line_says_why_and_goes_on_with_other_rows(tmp_path):
    write(tmp_path, APP)
    (tmp_path / "in.csv").write_text("text\nTag de\nhello en\n")
    told = daggr_fn("run", "app.py", "--text", "Tag de", cwd=tmp_path, code=1).stderr
    assert "spoken: failed in" in told
    assert "spoken has no result: InvalidInputError: switch(language): language is 'de', for which there is" in told
    as_json = daggr_fn("run", "app.py", "--text", "Tag de", "--json", cwd=tmp_path, code=1).stdout
    assert json.loads(as_json)["status"] == "failed"
    rows = daggr_fn("run", "app.py", "--rows", "in.csv", "--keep-going", cwd=tmp_path, code=1).stdout
    lines = sorted(map(json.loads, rows.splitlines()), key=lambda line: line["row"])
    assert [line["status"] for line in lines] == ["failed", "done"]
    assert lines[0]["error"].startswith("spoken has no result: InvalidInputError: switch(language)")
    assert list(lines[1]["outputs"].values()) == ["well"]
