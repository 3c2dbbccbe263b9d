"""The plugin in other people's suites: found by pytest, light, and without traces of one test in the next."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.house.source import ROOT

pytest_plugins = ["pytester"]
PLUGIN = ("-p", "daggr_fn.pytest_plugin")

APP = """
from daggr_fn import node, pipeline

@node(cache=True)
def speak(text: str) -> str:
    return f"<{text}>"

@node
def fail(text: str) -> str:
    raise ValueError("hoarse")

@pipeline
def podcast(topic: str = "AI"):
    return speak(topic)

@pipeline
def broken(topic: str = "AI"):
    return fail(speak(topic))
"""


@pytest.fixture
def suite(pytester, monkeypatch):
    """Runs a test file beside `app.py`, in a process of its own: `suite("def test_x(): ...", "--no-network")`."""

    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))

    def run(tests, *args):
        pytester.makepyfile(app=APP, test_app=tests)
        return pytester.runpytest_subprocess(*PLUGIN, "-p", "no:cacheprovider", *args)

    return run


def test_pytest_finds_the_plugin_by_its_entry_point(pytester, monkeypatch):
    """As in an environment where it is installed: what a wheel's metadata would say is on the path."""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    entry = '[project.entry-points.pytest11]\n"daggr_fn.pytest_plugin" = "daggr_fn.pytest_plugin"\n'
    assert entry in project
    installed = pytester.mkdir("site") / "daggr_fn-0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: daggr_fn\nVersion: 0\n", encoding="utf-8")
    words = entry.replace("project.entry-points.", "").replace('"', "")
    (installed / "entry_points.txt").write_text(words, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT / "src"), str(installed.parent)]))
    pytester.makepyfile("def test_x(fake, run_pipeline, local_space, daggr_fn_home): pass")
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "--no-network", "--strict-markers")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["plugins:*daggr_fn-0*"])


def test_the_plugin_loads_nothing_heavy():
    code = "import daggr_fn.pytest_plugin, sys, json; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout))
    heavy = {"gradio", "gradio_client", "networkx", "joblib", "huggingface_hub", "PIL", "numpy", "pandas", "httpx"}
    assert not loaded & heavy


def test_no_test_sees_results_of_the_developer_or_of_other_tests(suite, monkeypatch, tmp_path):
    monkeypatch.setenv("DAGGR_FN_HOME", str(tmp_path / "mine"))
    result = suite(
        """
        import os
        import pytest
        from app import podcast

        @pytest.fixture(scope="module")
        def made_before_any_test():
            return podcast.run().steps["speak"].status

        @pytest.mark.parametrize("time", [1, 2])
        def test_runs_anew(made_before_any_test, time):
            assert made_before_any_test == "done"
            assert podcast.run().steps["speak"].status == "done"
            assert podcast.run().steps["speak"].status == "reused"

        def test_the_folder_is_the_fixtures(daggr_fn_home):
            assert os.environ["DAGGR_FN_HOME"] == str(daggr_fn_home)
            assert not daggr_fn_home.exists()
        """
    )
    result.assert_outcomes(passed=3)
    assert not (tmp_path / "mine").exists()


def test_a_suite_may_keep_the_store_that_it_was_given(suite, pytester, monkeypatch, tmp_path):
    monkeypatch.setenv("DAGGR_FN_HOME", str(tmp_path / "mine"))
    pytester.makeini("[pytest]\ndaggr_fn_isolated = false")
    tests = """
        import os
        from app import podcast

        def test_reuses():
            assert podcast.run().steps["speak"].status == "done"

        def test_reuses_again():
            assert podcast.run().steps["speak"].status == "reused"

        def test_asks_for_its_own(daggr_fn_home):
            assert podcast.run().steps["speak"].status == "done"
        """
    suite(tests).assert_outcomes(passed=3)
    assert (tmp_path / "mine").exists()


def test_a_fake_ends_with_its_test(suite):
    suite(
        """
        from app import podcast, speak

        def test_with_a_fake(fake):
            fake(speak, returns="fake")
            assert podcast() == "fake"

        def test_without():
            assert podcast() == "<AI>"
        """
    ).assert_outcomes(passed=2)


def test_a_failed_test_shows_what_became_of_each_step(suite):
    result = suite(
        """
        from app import broken, podcast

        def test_passes(run_pipeline):
            assert run_pipeline(podcast, topic="bees").value == "<bees>"

        def test_fails(run_pipeline):
            run = run_pipeline(broken, topic="bees")
            assert run.ok
        """
    )
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*where False = <run of broken: failed in *>.ok",
            "*- run of broken -*",
            "broken: failed in *",
            "*speak*done*",
            "*fail*failed*ValueError: hoarse*",
            "step 'fail' failed: ValueError: hoarse",
            "*inputs   text='<bees>'",
        ]
    )
    assert "run of podcast" not in result.stdout.str()


def test_no_network_for_the_whole_session_or_for_what_is_marked(suite):
    tests = """
        import socket
        import pytest

        @pytest.fixture
        def asks_in_its_setup():
            socket.getaddrinfo("192.0.2.1", 80)

        def test_plain():
            socket.getaddrinfo("192.0.2.1", 80)

        @pytest.mark.no_network
        def test_marked():
            socket.getaddrinfo("192.0.2.1", 80)

        @pytest.mark.no_network
        def test_marked_fixture(asks_in_its_setup):
            pass
        """
    result = suite(tests, "--strict-markers")
    result.assert_outcomes(passed=1, failed=1, errors=1)
    result.stdout.fnmatch_lines(["*no network: 192.0.2.1, port 80 was asked for*let a fake or local_space() answer"])
    suite(tests, "--no-network").assert_outcomes(failed=2, errors=1)


def test_a_local_space_is_gone_after_its_test(suite):
    suite(
        """
        import socket
        import pytest
        from daggr_fn import space

        urls = []

        def shout(text: str) -> str:
            return text.upper()

        @pytest.mark.no_network
        def test_asks(local_space):
            urls.append(local_space(shout))
            assert space(urls[0], "/shout")(text="hi") == "HI"

        def test_is_gone():
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", int(urls[0].rpartition(":")[2])))
        """
    ).assert_outcomes(passed=2)
