"""The tests on the page about testing pass, and the report that it shows is what pytest says."""

from __future__ import annotations

import pytest

from tests.docs.pages import as_a_file, blocks
from tests.house.source import ROOT

pytest_plugins = ["pytester"]
PAGE = ROOT / "docs" / "testing.md"


@pytest.fixture
def page(pytester, monkeypatch):
    """Runs the page's tests with more behind them."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))

    def run(more="", *args):
        source = as_a_file(blocks(PAGE.read_text(encoding="utf-8")))
        pytester.makepyfile(test_page=source + more)
        return pytester.runpytest_subprocess("-p", "daggr_fn.pytest_plugin", "-p", "no:cacheprovider", *args)

    return run


def test_the_pages_tests_pass_without_a_network(page):
    count = sum(
        block.code.count("def test_") for block in blocks(PAGE.read_text(encoding="utf-8")) if not block.only_shown
    )
    page("", "--no-network").assert_outcomes(passed=count)


def test_a_failed_test_reports_as_the_page_shows(page):
    failing = """

def test_fails(run_pipeline, fake):
    fake(draw, fails=ConnectionError("out of order"))
    run = run_pipeline(picture_book)
    assert run.ok
"""
    result = page(failing, "-k", "test_fails")
    result.stdout.fnmatch_lines(
        [
            ">       assert run.ok",
            "E        +  where False = <run of picture_book: failed in *>.ok",
            "*- run of picture_book -*",
            "picture_book: failed in *",
            "*step*status*time*note*",
            "*write*done*",
            "*draw*2 failed*ConnectionError: out of order*",
            "*bind*skipped*draw failed*",
        ]
    )
