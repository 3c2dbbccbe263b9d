"""App objects of the user's own program."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.spaces.serve import ROOT


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    command = [sys.executable, "-m", "tests.spaces.local_programs"]
    environment = {**os.environ, "DAGGR_FN_HOME": str(tmp_path_factory.mktemp("home"))}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_an_app_object_is_described_without_being_served(results):
    assert results["described"] == {
        "parameters": ["text"],
        "running": False,
        "what": ["space", "local app", "/shout"],
        "code": ["shout"],
        "name": "shout",
    }


def test_an_app_object_is_served_once_for_all_its_nodes(results):
    assert results["called"] == {"values": [["AB", "ba"], ["AB", "ba"]], "same": True, "canvas": False}


def test_an_app_object_that_is_served_already_is_used_where_it_is(results):
    assert results["already_served"] == {"value": "X", "same": True}


def test_an_app_object_is_the_same_whatever_was_made_before_it(results):
    assert results["same_identity"] is True
