"""What a person sees in a terminal: bars that move, a table at the end, and Ctrl-C that ends at once."""

from __future__ import annotations

import re

from tests.cli.commands import write

APP = """
    import time
    from daggr_fn import Pool, each, gather, node, pipeline, progress, repeat

    @node
    def count(n: int) -> list[int]:
        return list(range(n))

    @node
    def work(x: int) -> int:
        print("a word from item", x)
        time.sleep(0.3)
        return x

    @node
    def polish(xs: list[int]) -> int:
        for part in range(4):
            progress(part / 4, "polishing hard")
            time.sleep(0.2 if part < 3 else 1)
        return sum(xs)

    @node
    def wait() -> int:
        progress(0.5, "half asleep")
        time.sleep(600)

    @node(pool=Pool("GPU", limit=1))
    def warm(x: int) -> int:
        time.sleep(1)
        return x

    @pipeline
    def busy(n: int = 2):
        again = repeat(work, until=lambda x: False, max_turns=2)
        return gather(again(each(count(n)))), warm.named("one")(n), warm.named("other")(n)

    @pipeline
    def shiny(n: int = 3):
        return polish(gather(work(each(count(n)))))

    @pipeline
    def sleepy():
        return wait()
"""
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def test_bars_show_items_progress_and_its_text_and_a_table_follows(tmp_path, open_terminal):
    write(tmp_path, APP)
    terminal = open_terminal("run", "app.py:shiny", cwd=tmp_path)
    terminal.until("polishing hard")
    assert terminal.end() == 0
    text = CONTROL.sub("", terminal.seen)
    assert "3/3" in text
    assert "75%" in text
    assert "━" in text
    assert text.count("a word from item 2") == 1
    assert "shiny: done in" in text
    assert "polish: 3" in text


def test_bars_count_items_and_not_their_turns_and_name_the_pool_that_is_waited_for(tmp_path, open_terminal):
    write(tmp_path, APP)
    terminal = open_terminal("run", "app.py:busy", cwd=tmp_path)
    assert terminal.end() == 0
    text = CONTROL.sub("", terminal.seen)
    assert max(map(int, re.findall(r"(\d+)/2", text))) == 2
    assert "waits for a place in GPU: limit of 1" in " ".join(text.split())


def test_ctrl_c_ends_a_run_at_once_while_a_step_sleeps_and_the_cursor_is_back(tmp_path, open_terminal):
    write(tmp_path, APP)
    terminal = open_terminal("run", "app.py:sleepy", cwd=tmp_path)
    terminal.until("half asleep")
    terminal.press(b"\x03")
    assert terminal.end() == 130
    assert "Interrupted." in terminal.seen
    assert "Traceback" not in terminal.seen
    assert terminal.seen.rindex("\x1b[?25h") > terminal.seen.rindex("\x1b[?25l")


def test_ctrl_c_ends_the_import_of_a_file(tmp_path, open_terminal):
    write(tmp_path, "print('loading', flush=True)\nimport time\ntime.sleep(600)\n")
    terminal = open_terminal("run", "app.py", cwd=tmp_path)
    terminal.until("loading")
    terminal.press(b"\x03")
    assert terminal.end() == 130
    assert "Traceback" not in terminal.seen


def test_a_secret_is_asked_for_without_being_shown(tmp_path, open_terminal):
    write(
        tmp_path,
        """
        from typing import Annotated
        from daggr_fn import Secret, node, pipeline

        @node
        def sign(key: Annotated[str, Secret]) -> int:
            return len(key)

        @pipeline
        def signed(api_key: Annotated[str, Secret]):
            return sign(api_key)
    """,
    )
    terminal = open_terminal("run", "app.py", cwd=tmp_path)
    terminal.until("api_key: ")  # the space is written when nothing is echoed any more
    terminal.press(b"hunter2\n")
    assert terminal.end() == 0
    assert "sign: 7" in terminal.seen
    assert "hunter2" not in terminal.seen
