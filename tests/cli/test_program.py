"""A user's file that is loaded again, in a process with threads that import."""

from __future__ import annotations

import gc
import itertools
import os
import sys
from types import ModuleType

import pytest

from daggr_fn.cli.loading import target_of
from daggr_fn.cli.program import Program

APP = """
from daggr_fn import node, pipeline

@node
def upper(text: str) -> str:
    return text.upper()

@pipeline
def words(text: str):
    return upper(text)
"""


@pytest.fixture
def imports_meanwhile():
    """Modules come whenever Python collects garbage, which it does at once: as if other threads imported them."""
    names = (f"imported_meanwhile_{number}" for number in itertools.count())
    made = []

    def come(*_about):
        made.append(next(names))
        sys.modules[made[-1]] = ModuleType(made[-1])

    thresholds = gc.get_threshold()
    gc.callbacks.append(come)
    gc.set_threshold(1)
    yield made
    gc.set_threshold(*thresholds)
    gc.callbacks.remove(come)
    for name in made:
        del sys.modules[name]


def test_a_program_is_loaded_while_other_threads_import(tmp_path, imports_meanwhile):
    (tmp_path / "app.py").write_text(APP)
    program = Program(target_of(str(tmp_path / "app.py")))
    for _ in range(2):
        assert program.load()("hi") == "HI"
    assert imports_meanwhile


def test_two_edits_within_a_second_and_of_one_size_are_both_seen(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    file = tmp_path / "app.py"
    for said, made in (("upper", "HI"), ("title", "Hi")):
        file.write_text(APP.replace("text.upper", f"text.{said}"))
        os.utime(file, (1_800_000_000, 1_800_000_000))
        assert Program(target_of(str(file))).load()("hi") == made
