"""`import daggr_fn` is quick, and gives every name that it promises."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = [
    *("gradio", "gradio_client", "nicegui", "networkx", "joblib", "huggingface_hub", "PIL", "numpy", "pandas"),
    *("tenacity", "sqlalchemy", "alembic", "distributed"),
]


def in_a_new_process(code: str) -> str:
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    return set(json.loads(in_a_new_process("import daggr_fn, sys, json; print(json.dumps(sorted(sys.modules)))")))


@pytest.mark.parametrize("library", HEAVY)
def test_import_daggr_fn_does_not_load(library: str, loaded: set[str]):
    assert library not in loaded


def test_every_promised_name_is_there():
    code = "import daggr_fn as d; print(len(d.__all__), [n for n in d.__all__ if getattr(d, n, None) is None])"
    count, missing = in_a_new_process(code).split(maxsplit=1)
    assert int(count) > 0
    assert missing.strip() == "[]"


def test_every_promised_name_shows_in_dir():
    assert in_a_new_process("import daggr_fn; print(set(daggr_fn.__all__) <= set(dir(daggr_fn)))").strip() == "True"


def test_an_unknown_name_is_an_attribute_error():
    code = "import daggr_fn\ntry: daggr_fn.no_such_name\nexcept AttributeError as e: print(e)"
    assert "no_such_name" in in_a_new_process(code)
