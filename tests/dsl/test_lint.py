"""The syntax check of pipeline bodies: every message in full, and bodies in which nothing is wrong."""

from __future__ import annotations

import importlib.util
import itertools
import re
import textwrap
from pathlib import Path
from types import ModuleType

import pytest

from daggr_fn.dsl.lint import Finding, check_body
from tests.dsl.lint_cases import INNOCENT, WRONG, Case
from tests.dsl.lint_nodes import what_is

_HEAD = """\
import asyncio, json, logging, os, random, textwrap, time, uuid
from datetime import datetime
from pathlib import Path
from tests.dsl.lint_nodes import *
from tests.dsl import lint_nodes as nodes

VOICES = {"fr": "a.wav", "de": "b.wav"}
NAMES = ["ada", "bob"]
RNG = random.Random(7)
log = logging.getLogger("podcast")

def shout(text):
    return text.upper() if text else ""

def spoken(text):
    if text is None:
        return speak("nothing")
    return speak(text)

def both(text):
    first = speak(text)
    return join([first, speak("b")])
"""
_numbers = itertools.count()


def checked(body: str, folder: Path) -> list[Finding]:
    """What the check finds in the pipeline `podcast` of a file."""
    module = _imported(_HEAD + "\n" + textwrap.dedent(body).strip() + "\n", folder)
    return check_body(module.podcast, what_is, "podcast")


def _imported(text: str, folder: Path) -> ModuleType:
    file = folder / f"app_{next(_numbers)}.py"
    file.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def shown(findings: list[Finding]) -> str:
    """The findings as a user reads them, with line numbers counted from the pipeline's first line."""
    first = _HEAD.count("\n") + 1

    def numbered(match: re.Match[str]) -> str:
        return f"app.py:{int(match[1]) - first}:"

    texts = [("error: " if finding.error else "warning: ") + str(finding.message) for finding in findings]
    return re.sub(r"app_\d+\.py:(\d+):", numbered, "\n".join(texts))


@pytest.mark.parametrize("case", WRONG, ids=[case.name for case in WRONG])
def test_a_mistake_is_told_with_what_to_write_instead(case: Case, tmp_path: Path) -> None:
    assert shown(checked(case.body, tmp_path)) == textwrap.dedent(case.message).strip()


@pytest.mark.parametrize("case", INNOCENT, ids=[case.name for case in INNOCENT])
def test_nothing_is_found_where_nothing_is_wrong(case: Case, tmp_path: Path) -> None:
    assert shown(checked(case.body, tmp_path)) == ""


def test_a_body_without_source_is_not_checked() -> None:
    space: dict[str, object] = {}
    exec("def podcast(topic):\n    if topic: pass", space)
    function = space["podcast"]
    assert callable(function)
    assert check_body(function, what_is, "podcast") == []  # type: ignore[arg-type]


def test_a_method_is_refused(tmp_path: Path) -> None:
    module = _imported(_HEAD + "\nclass A:\n    def podcast(self, topic):\n        return speak(topic)\n", tmp_path)
    (finding,) = check_body(module.A.podcast, what_is, "podcast")
    assert finding.error
    assert finding.message.what == (
        "A.podcast is a method, and a pipeline is a function: self would be one of its inputs"
    )


def test_a_pipeline_in_a_function_is_checked_with_its_closure(tmp_path: Path) -> None:
    text = """
def make():
    say = speak

    def podcast(topic):
        if say(topic):
            return join([topic])

    return podcast
"""
    module = _imported(_HEAD + text, tmp_path)
    findings = check_body(module.make(), what_is, "podcast")
    assert [finding.message.instead for finding in findings] == ["return when(say(topic), join([topic]), None)"]


def test_errors_are_value_errors_and_type_errors(tmp_path: Path) -> None:
    (finding,) = checked("def podcast(topic):\n    if topic:\n        return speak(topic)", tmp_path)
    assert isinstance(finding.message, ValueError)
    assert isinstance(finding.message, TypeError)
