"""The pytest plugin: fixtures for tests of pipelines, and tests without a network. pytest finds it by itself.

It is loaded wherever daggr_fn is installed, also for projects whose tests don't use it; so nothing heavy is imported
before a fixture is asked for.
"""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import pytest

from daggr_fn.kinds import MISSING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from daggr_fn.pipelines import Pipeline
    from daggr_fn.runs import Run
    from daggr_fn.testing.fakes import Fake

P = ParamSpec("P")
R = TypeVar("R")

_HOME = "DAGGR_FN_HOME"
_ISOLATED = "daggr_fn_isolated"
_RUNS: pytest.StashKey[list[Run[Any]]] = pytest.StashKey()
_numbers = itertools.count()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option and the setting."""
    group = parser.getgroup("daggr_fn")
    group.addoption("--no-network", action="store_true", help="let no test reach another host than this machine")
    parser.addini(_ISOLATED, "give each test remembered results of its own (daggr_fn)", type="bool", default=True)


def pytest_configure(config: pytest.Config) -> None:
    """What holds for the whole session: nobody's own results, and no network where that is said."""
    config.addinivalue_line("markers", "no_network: the test reaches no other host than this machine (daggr_fn)")
    undo = ExitStack()
    config.add_cleanup(undo.close)
    if config.getini(_ISOLATED):
        # Fixtures of modules and sessions run before a test has a home of its own. It is made when it is used.
        home = Path(tempfile.gettempdir()) / f"daggr_fn-tests-{os.getpid()}-{next(_numbers)}"
        undo.callback(shutil.rmtree, home, ignore_errors=True)
        undo.enter_context(pytest.MonkeyPatch.context()).setenv(_HOME, str(home))
    if config.getoption("--no-network"):
        from daggr_fn.testing.network import network_forbidden

        undo.enter_context(network_forbidden())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """No network for a test that is marked so, with its fixtures."""
    if item.get_closest_marker("no_network") is None:
        return (yield)
    from daggr_fn.testing.network import network_forbidden

    with network_forbidden():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that failed shows what became of each step of its runs."""
    report = yield
    none: list[Run[Any]] = []
    runs = item.stash.get(_RUNS, none)
    if report.failed:
        for run in runs:
            failures = "".join(f"{failure}\n" for failure in run.failures)
            report.sections.append((f"run of {run.pipeline}", f"{run}{failures}".rstrip()))
    if call.when == "teardown":
        runs.clear()  # pytest keeps the item to the session's end, and the values may be large
    return report


@pytest.fixture
def daggr_fn_home(tmp_path_factory: pytest.TempPathFactory) -> Generator[Path, None, None]:
    """The folder of remembered results, new for each test, and not made before something is stored.

    Every test has one, asked for or not, unless the setting `daggr_fn_isolated = false` says that tests share
    `DAGGR_FN_HOME` as it is; then a test that asks for this fixture has one.
    """
    home = tmp_path_factory.getbasetemp() / "daggr_fn" / f"home_{next(_numbers)}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(_HOME, str(home))
        yield home


@pytest.fixture(autouse=True)
def _daggr_fn_isolation(request: pytest.FixtureRequest) -> None:  # pyright: ignore[reportUnusedFunction]  # pytest asks
    if request.config.getini(_ISOLATED):
        request.getfixturevalue("daggr_fn_home")


class Faking:
    """The fixture `fake`: makes fakes that stand in for nodes until the test ends."""

    def __init__(self, undo: ExitStack) -> None:
        self._undo = undo

    def __call__(self, node: Any, *, returns: Any = MISSING, calls: Any = MISSING, fails: Any = MISSING) -> Fake:
        """Replace a node wherever it is used: in pipelines, traced already or not, in groups, choices and plain calls.

        Args:
            node: A node of any kind, or the function that one is made of. Copies with other options are replaced too.
            returns: What each call returns, as the node itself would: several outputs as a tuple, a dict or a record.
            calls: A function, plain or async, that is called in its place with the inputs by name; or another node.
            fails: An exception, or a class of one, that each call raises.

        Returns:
            The fake, whose `calls` are the inputs of each call.

        Raises:
            WiringError: `node` is no node, or not exactly one of the three is given.
        """
        from daggr_fn.stand_ins import standing_in
        from daggr_fn.testing.fakes import fake_of, kind_of

        kind = kind_of(node)
        made = fake_of(kind, returns, calls, fails)
        self._undo.enter_context(standing_in(kind, made))
        return made


@pytest.fixture
def fake() -> Generator[Faking, None, None]:
    """Replaces nodes for the test: `fake(draw, returns=picture)`, `calls=function`, `fails=error`."""
    with ExitStack() as undo:
        yield Faking(undo)


class PipelineRunner:
    """The fixture `run_pipeline`: runs a pipeline, and tells of the run if the test fails."""

    def __init__(self, runs: list[Run[Any]]) -> None:
        self._runs = runs

    def __call__(self, pipeline: Pipeline[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Run[R]:
        """The run of a pipeline with these inputs; a failed one is a `Run` too, whose `value` raises."""
        run = pipeline.run(*args, **kwargs)
        self._runs.append(run)
        return run


@pytest.fixture
def run_pipeline(request: pytest.FixtureRequest) -> PipelineRunner:
    """Runs a pipeline: `run_pipeline(podcast, topic="AI")` is a `Run`. A test that fails shows each step of it."""
    return PipelineRunner(request.node.stash.setdefault(_RUNS, []))


@pytest.fixture
def local_space() -> Generator[Callable[[Any], str], None, None]:
    """Serves a Gradio app, or one made of a function, until the test ends: `local_space(app)` is its address."""
    from daggr_fn.testing.serving import served

    with ExitStack() as opened:
        yield lambda app: opened.enter_context(served(app))
