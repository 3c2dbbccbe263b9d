"""What every test stands on, beside our own plugin for pytest: nobody's token, users' files, hypothesis' profiles."""

from __future__ import annotations

import importlib.util
import itertools
import os
import signal
import sys
import textwrap

import pytest
from hypothesis import HealthCheck, settings

from tests.chromium import browser, context, faults, page  # noqa: F401  # fixtures for all
from tests.cli.commands import Terminal
from tests.typing.checkers import mypy  # noqa: F401

# On a shared machine an example may take long for no fault of its own, so no deadline. CI draws the same each time.
settings.register_profile("dev", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("dev"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "dev")

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported
os.environ["HF_TOKEN_PATH"] = os.devnull  # read when huggingface_hub is: no developer's own token in a test
os.environ.pop("HF_TOKEN", None)

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's job in the background; what tests start inherits it
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def home(daggr_fn_home):
    """The plugin's folder of remembered results, which each test has, under the name that it has in these tests."""
    return daggr_fn_home


_numbers = itertools.count()


@pytest.fixture
def app(tmp_path, monkeypatch):
    """Makes modules of source text, each `app.py` in a folder of its own, as a user's files are: `app("x = 1").x`."""
    made = []

    def make(source, name=None, file="app.py"):
        number = next(_numbers)
        path = tmp_path / f"app_{number}" / file
        path.parent.mkdir()
        path.write_text(textwrap.dedent(source).lstrip("\n"), encoding="utf-8")
        spec = importlib.util.spec_from_file_location(name or f"users_app_{number}", path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        made.append(spec.name)
        spec.loader.exec_module(module)
        return module

    yield make
    for name in made:
        sys.modules.pop(name, None)


@pytest.fixture
def open_terminal():
    """Runs `daggr-fn` in pseudo-terminals, which are closed with the test."""
    made = []

    def start(*words, cwd, **more):
        made.append(Terminal(*words, cwd=cwd, **more))
        return made[-1]

    yield start
    for terminal in made:
        terminal.close()
