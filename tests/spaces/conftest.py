"""The apps that these tests talk to, each served once in a process of its own, and one way to call them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import anyio
import pytest

from daggr_fn.gradio_http import remote
from daggr_fn.kinds import Call
from daggr_fn.nodes.space import SpaceKind
from tests.spaces.serve import served


@pytest.fixture(scope="session")
def components_url():
    with served("tests.spaces.apps.components") as url:
        yield url


@pytest.fixture(scope="session")
def behaviours_url():
    with served("tests.spaces.apps.behaviours") as url:
        yield url


@pytest.fixture(scope="session")
def locked_url():
    with served("tests.spaces.apps.locked") as url:
        yield url


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch):
    """Each test asks the apps anew."""
    monkeypatch.setattr(remote, "_apps", {})


@dataclass
class Heard:
    """What one call gave: its value, and what was said on the way."""

    value: Any = None
    progress: list[tuple[float | None, str]] = field(default_factory=list)
    partial: list[Any] = field(default_factory=list)


@pytest.fixture
def ask(tmp_path):
    """Call an endpoint as a step does: `ask(url, "/add", 1, second=2)`."""

    def ask(app: Any, endpoint: str | None, *args: Any, outputs: Any = None, **kwargs: Any) -> Heard:
        kind = app if isinstance(app, SpaceKind) else SpaceKind(app, endpoint, outputs=outputs)
        heard = Heard()
        call = Call(
            "step",
            on_progress=lambda _, fraction, text: heard.progress.append((fraction, text)),
            on_partial=lambda _, value: heard.partial.append(value),
            scratch=lambda: tmp_path,
        )
        inputs = kind.bind(args, kwargs)
        heard.value = anyio.run(kind.call, inputs, call)
        return heard

    return ask
