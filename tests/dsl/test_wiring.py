"""Wrong wiring, end to end: what a user reads at the line where it went wrong, before anything runs."""

from __future__ import annotations

import importlib.util
import itertools
import re
import sys
import textwrap
import warnings

import pytest

from daggr_fn import DaggrError
from tests.dsl.call_cases import CASES as CALLS
from tests.dsl.mistakes_with_calls import CASES as MISTAKES_WITH_CALLS
from tests.dsl.mistakes_with_values import CASES as MISTAKES_WITH_VALUES
from tests.dsl.wirings_in_bodies import CASES as WIRINGS_IN_BODIES
from tests.dsl.wirings_in_helpers import CASES as WIRINGS_IN_HELPERS

HEAD = """\
from __future__ import annotations
import json, random
from collections import namedtuple
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Callable, Literal, NamedTuple, TypedDict
from daggr_fn import *

class Line(TypedDict):
    text: str
    voice: str

class Script(NamedTuple):
    lines: list[Line]
    html: str

@node
def write_script(topic: str, words: int = 100) -> Script: return Script([], topic)
@node
def speak(text: str, voice: str = "a") -> Path: return Path(text)
@node
def join(clips: list[Path]) -> Path: return clips[0]
@node
def score(x) -> float: return 1.0
@node
def tags(text: str) -> list[str]: return text.split()
@node
def anything(x): return x
VOICES = {"fr": "a.wav"}
"""
MISTAKES = [*MISTAKES_WITH_VALUES, *MISTAKES_WITH_CALLS]
WIRINGS = [*WIRINGS_IN_BODIES, *WIRINGS_IN_HELPERS]
_numbers = itertools.count()


def told(body, folder):
    """All warnings, and the error or the value of a module with a pipeline `podcast` (and a call of it, `then`)."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        try:
            module = imported(f"{HEAD}\n{textwrap.dedent(body).strip()}\n", folder)
            module.podcast.check()
            end = f"RAN {module.then()!r}" if hasattr(module, "then") else ""
        except DaggrError as error:
            end = f"{type(error).__name__}: {error}"
    first = HEAD.count("\n") + 1
    ours = [one for one in seen if issubclass(one.category, UserWarning)]  # not what the collector meets meanwhile
    text = "".join(f"warning: {one.message}\n" for one in ours) + end
    return re.sub(r"wired_\d+\.py:(\d+):", lambda match: f"app.py:{int(match[1]) - first}:", text).strip()


def imported(text, folder):
    file = folder / f"wired_{next(_numbers)}.py"
    file.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module  # annotations are looked up there
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("case", MISTAKES, ids=[case.name for case in MISTAKES])
def test_a_newcomers_mistake_is_told_with_what_to_write_instead(case, tmp_path):
    assert told(case.body, tmp_path) == case.message.strip()


@pytest.mark.parametrize("case", WIRINGS, ids=[case.name for case in WIRINGS])
def test_wrong_wiring_is_told_at_its_line(case, tmp_path):
    assert told(case.body, tmp_path) == case.message.strip()


@pytest.mark.parametrize("case", CALLS, ids=[case.name for case in CALLS])
def test_what_a_call_returns_or_refuses(case, tmp_path):
    assert told(case.body, tmp_path) == case.message.strip()
