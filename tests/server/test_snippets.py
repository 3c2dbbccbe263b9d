"""The code that a page gives for its inputs does what the page does."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import pytest

from daggr_fn import Secret, node, pipeline
from daggr_fn.canvas.said import Call
from daggr_fn.server.snippets import curl_code, python_code
from tests.server.pages import measure, shout

AWKWARD = 'it\'s "quoted"; $HOME ${HOME} `date` \\n\n✓'


@node
def join(text: str, key: str) -> str:
    return f"{text}+{key}"


@pipeline
def guarded(text: str, key: Annotated[str, Secret]) -> str:
    return join(text, key)


def sh(code: str, **environment) -> str:
    done = subprocess.run(
        ["sh", "-c", code], capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin", **environment}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(autouse=True)
def _curl():
    assert shutil.which("curl"), "these tests need curl"


def test_curl_runs_the_pipeline(serve):
    code = curl_code(shout, Call({"text": AWKWARD}), serve(shout).url)
    assert json.loads(sh(code))["outputs"] == {"upper": AWKWARD.upper()}


def test_curl_sends_a_file(serve, tmp_path):
    file = tmp_path / "a cat's.bin"
    file.write_bytes(b"12345")
    code = curl_code(measure, Call({"file": file, "label": "x"}), serve(measure).url)
    code = code.replace("jq -r .id", f"{sys.executable} -c 'import json, sys; print(json.load(sys.stdin)[\"id\"])'")
    assert json.loads(sh(code))["outputs"]["size"] == 5


def test_a_secret_is_read_from_the_environment(serve):
    call = Call({"text": "a", "key": "hunter2"})
    code = curl_code(guarded, call, serve(guarded).url)
    assert "hunter2" not in code
    assert json.loads(sh(code, KEY="other"))["outputs"] == {"join": "a+other"}
    assert 'key=os.environ["KEY"]' in python_code(guarded, call)
    assert "hunter2" not in python_code(guarded, call)


def test_python_calls_the_pipeline(tmp_path):
    folder = Path(__file__).parent
    code = python_code(shout, Call({"text": AWKWARD})) + "print(result)\n"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": f"{folder}:{folder.parents[1]}:{folder.parents[1] / 'src'}"},
    )
    assert done.stdout == AWKWARD.upper() + "\n"


def test_python_is_written_as_people_write_it(tmp_path):
    assert python_code(shout, Call({"text": "hi"})) == "from pages import shout\n\nresult = shout(text='hi')\n"
    code = python_code(measure, Call({"file": tmp_path / "x.bin", "label": "l" * 100}, {"voice": "low"}))
    assert code == (
        "from pathlib import Path\n\nfrom pages import measure\n\n"
        "result = measure.options(choose={'voice': 'low'})(\n"
        f"    file=Path('{tmp_path}/x.bin'),\n    label='{'l' * 100}',\n)\n"
    )
    compile(python_code(shout, Call({"text": object()})), "snippet", "exec")
    assert "# text: a object, which is yours to make" in python_code(shout, Call({"text": object()}))


def test_an_edited_list_that_no_literal_says_is_told_of():
    call = Call({"text": "hi"}, given={"upper": [object()]})
    assert "# upper: its list was edited, and here it is made anew" in python_code(shout, call)
    assert "given" not in python_code(shout, call)
