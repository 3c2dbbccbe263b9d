"""`daggr-fn run` tells of attempts that failed."""

from __future__ import annotations

from tests.cli.commands import daggr_fn, write

APP = """
    from daggr_fn import Retry, node, pipeline

    tried = []

    @node(retries=Retry(2, wait=1, jitter=0))
    def call(x: int) -> int:
        tried.append(x)
        if len(tried) < 3:
            raise ConnectionError("the line is dead")
        return x

    @pipeline
    def p(x: int = 7):
        return call(x)
"""


def test_a_log_has_a_line_for_each_and_the_table_says_how_many(tmp_path):
    write(tmp_path, APP)
    said = daggr_fn("run", "app.py", cwd=tmp_path)
    assert said.stderr.count("again    call  in 1.0 s: ConnectionError: the line is dead") == 2
    assert "2 more attempts" in said.stdout + said.stderr


def test_a_bar_says_that_it_waits(tmp_path, open_terminal):
    write(tmp_path, APP)
    terminal = open_terminal("run", "app.py", cwd=tmp_path)
    terminal.until("attempt 1 failed, again in 1.0 s")
    assert terminal.end() == 0
