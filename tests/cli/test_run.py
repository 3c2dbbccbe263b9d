"""`daggr-fn run app.py`: inputs as options, outputs on standard output, errors that can be read."""

from __future__ import annotations

import json

import pytest

from tests.cli.commands import daggr_fn, write

GREETINGS = """
    from daggr_fn import node, pipeline

    @node(cache=True)
    def greet(name: str, times: int) -> str:
        print("a word from inside")
        with open("calls.txt", "a") as log:
            log.write(name)
        return f"Hello {name}! " * times

    @pipeline
    def party(name: str, times: int = 2):
        '''Greet somebody.'''
        return greet(name, times)

    if __name__ == "__main__":
        party(name="Ada")
"""

INPUTS = """
    import dataclasses, enum, json
    from pathlib import Path
    from typing import Annotated, Literal
    from daggr_fn import Secret, node, pipeline

    class Size(enum.Enum):
        SMALL = "small"
        LARGE = "large"

    @dataclasses.dataclass
    class Options:
        speed: float
        loud: bool = False

    @node
    def show(**values) -> str:
        return json.dumps({name: repr(value) for name, value in sorted(values.items())})

    @pipeline
    def everything(
        text: str, count: int = 1, share: float = 0.5, loud: bool = False, style: Literal["oil", "ink"] = "oil",
        size: Size = Size.SMALL, file: Path | None = None, tags: list[str] = [], numbers: list[int] = [1],
        settings: dict = {}, options: Options = Options(1.0), json: str = "j",
    ):
        return show(text=text, count=count, share=share, loud=loud, style=style, size=size, file=file, tags=tags,
                    numbers=numbers, settings=settings, options=options, json=json)
"""


def values(stdout: str) -> dict[str, str]:
    return json.loads(stdout.removeprefix("show: "))


def test_a_pipeline_runs_with_its_inputs_as_options_and_says_its_outputs(tmp_path):
    write(tmp_path, GREETINGS)
    done = daggr_fn("run", "app.py", "--name", "Grace", "--times", "1", cwd=tmp_path)
    assert done.stdout.splitlines()[-1] == "greet: Hello Grace! "
    assert "party: done" in done.stderr


def test_without_a_terminal_there_are_plain_lines_without_control_characters(tmp_path):
    write(tmp_path, GREETINGS)
    done = daggr_fn("run", "app.py", "--name", "Grace", cwd=tmp_path)
    assert "  done     greet" in done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    assert "\r" not in done.stdout + done.stderr


def test_every_kind_of_input_arrives_as_its_type(tmp_path):
    write(tmp_path, INPUTS)
    words = ["--text", "a b", "--count", "3", "--share", "0.25", "--loud", "--style", "ink", "--size", "large"]
    words += ["--file", "x/y.txt", "--tags", "a", "--tags", "b", "--numbers", "4", "--settings", '{"k": [1]}']
    words += ["--options", '{"speed": 2.5}', "--input-json", "mine"]
    found = values(daggr_fn("run", "app.py", *words, cwd=tmp_path).stdout)
    assert found == {
        "text": "'a b'", "count": "3", "share": "0.25", "loud": "True", "style": "'ink'",
        "size": "<Size.LARGE: 'large'>", "file": "PosixPath('x/y.txt')", "tags": "['a', 'b']", "numbers": "[4]",
        "settings": "{'k': [1]}", "options": "Options(speed=2.5, loud=False)", "json": "'mine'",
    }  # fmt: skip


def test_inputs_that_are_left_out_have_their_defaults(tmp_path):
    write(tmp_path, INPUTS)
    found = values(daggr_fn("run", "app.py", "--text", "t", "--no-loud", cwd=tmp_path).stdout)
    assert (found["count"], found["numbers"], found["loud"], found["size"]) == (
        "1",
        "[1]",
        "False",
        "<Size.SMALL: 'small'>",
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--text", "t", "--count", "many"], "'many' is not a whole number"),
        (["--text", "t", "--style", "ing"], "'ing' is none of 'oil', 'ink'; did you mean 'ink'?"),
        (["--text", "t", "--size", "larg"], "did you mean 'large'?"),
        (["--text", "t", "--settings", "{"], "is no JSON text"),
        (["--text", "t", "--options", '{"sped": 1}'], "the fields of Options are 'speed', 'loud'"),
        (["--text", "t", "--coun", "1"], "--count"),
        ([], "Missing option '--text'"),
        (["--text", "t", "--only", "sho"], "did you mean 'show'?"),
        (["--text", "t", "--given", "show"], "is no step=value"),
    ],
)
def test_wrong_usage_says_what_would_be_right_and_ends_with_2(tmp_path, words, said):
    write(tmp_path, INPUTS)
    done = daggr_fn("run", "app.py", *words, cwd=tmp_path, code=2)
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_help_shows_the_docstring_and_each_input_with_type_and_default(tmp_path):
    write(tmp_path, GREETINGS)
    text = daggr_fn("run", "app.py", "--help", cwd=tmp_path).stdout
    assert "Greet somebody." in text
    assert "--name text" in text
    assert text.count("[required]") == 1
    assert "--times int" in text
    assert "[default: 2]" in text


def test_json_is_all_that_is_on_standard_output(tmp_path):
    write(tmp_path, GREETINGS + '    import os; os.system("echo from a subprocess"); print("at import")\n')
    done = daggr_fn("run", "app.py", "--name", "Grace", "--json", cwd=tmp_path)
    assert json.loads(done.stdout)["outputs"] == {"greet": "Hello Grace! Hello Grace! "}
    for word in ("from a subprocess", "at import", "a word from inside"):
        assert word in done.stderr


def test_a_plan_says_what_would_run_and_runs_nothing(tmp_path):
    write(tmp_path, GREETINGS)
    done = daggr_fn("run", "app.py", "--name", "Grace", "--plan", cwd=tmp_path)
    assert "no remembered result" in done.stdout
    assert not (tmp_path / "calls.txt").exists()
    as_json = daggr_fn("run", "--plan", "--json", "app.py", "--name", "Grace", cwd=tmp_path).stdout
    assert json.loads(as_json)["steps"][0]["mark"] == "run"


def test_what_python_app_py_remembered_is_reused_by_the_command_and_fresh_runs_it_anew(tmp_path):
    import subprocess
    import sys

    from tests.cli.commands import environment

    write(tmp_path, GREETINGS)
    subprocess.run([sys.executable, "app.py"], cwd=tmp_path, env=environment(), check=True, capture_output=True)
    assert "reused   greet" in daggr_fn("run", "app.py", "--name", "Ada", cwd=tmp_path).stderr
    assert (tmp_path / "calls.txt").read_text() == "Ada"
    daggr_fn("run", "app.py", "--name", "Ada", "--fresh", cwd=tmp_path)
    assert (tmp_path / "calls.txt").read_text() == "AdaAda"


def test_a_value_that_is_given_stands_for_its_step(tmp_path):
    write(tmp_path, GREETINGS)
    done = daggr_fn("run", "app.py", "--name", "Ada", "--given", "greet=something else", cwd=tmp_path)
    assert done.stdout == "greet: something else\n"
    assert not (tmp_path / "calls.txt").exists()


def test_a_failure_says_the_users_own_line_first_and_ends_with_1(tmp_path):
    write(
        tmp_path,
        """
        from daggr_fn import node, pipeline

        @node
        def divide(a: int) -> float:
            return 1 / a

        @pipeline
        def half(a: int = 0):
            return divide(a)
    """,
    )
    done = daggr_fn("run", "app.py", cwd=tmp_path, code=1)
    told = done.stderr.partition("\n\n")[2].lstrip("\n ")
    first, second, *_ = done.stderr[done.stderr.index("app.py:5:") :].splitlines()
    assert first == "app.py:5:  return 1 / a"
    assert second == "step 'divide' failed: ZeroDivisionError: division by zero"
    assert "Traceback" not in told
    assert "daggr-fn run app.py --resume" not in done.stdout
    full = daggr_fn("run", "app.py", "--traceback", cwd=tmp_path, code=1).stderr
    assert "Traceback (most recent call last)" in full
    as_json = daggr_fn("run", "app.py", "--json", cwd=tmp_path, code=1)
    assert json.loads(as_json.stdout)["status"] == "failed"


def test_a_secret_comes_from_the_environment_and_is_never_shown(tmp_path):
    write(
        tmp_path,
        """
        from typing import Annotated
        from daggr_fn import Secret, node, pipeline

        @node
        def sign(key: Annotated[str, Secret]) -> int:
            return len(key)

        @pipeline
        def signed(api_key: Annotated[str, Secret]):
            return sign(api_key)
    """,
    )
    done = daggr_fn("run", "app.py", "--json", cwd=tmp_path, API_KEY="hunter2")
    assert json.loads(done.stdout)["outputs"] == {"sign": 7}
    assert "hunter2" not in done.stdout + done.stderr
    unset = daggr_fn("run", "app.py", cwd=tmp_path, code=2).stderr
    assert "set API_KEY in the environment" in unset
    told = daggr_fn("run", "app.py", "--api-key=hunter2", cwd=tmp_path, code=2).stderr
    assert "is a secret" in told
    assert "hunter2" not in told
    assert "api_key (set API_KEY)" in daggr_fn("run", "app.py", "--help", cwd=tmp_path).stdout


def test_a_file_that_is_not_there_is_named_with_the_one_that_is_near(tmp_path):
    write(tmp_path, GREETINGS)
    told = daggr_fn("run", "ap.py", cwd=tmp_path, code=2).stderr
    assert "there is no file 'ap.py'; did you mean 'app.py'?" in told


def test_of_several_pipelines_one_is_named(tmp_path):
    write(tmp_path, GREETINGS + "    @pipeline\n    def other(times: int = 1):\n        return greet('Joan', times)\n")
    told = daggr_fn("run", "app.py", cwd=tmp_path, code=2).stderr
    assert "app.py has 2 pipelines; name one: app.py:party, app.py:other" in " ".join(told.split())
    assert "did you mean 'other'?" in daggr_fn("run", "app.py:othr", cwd=tmp_path, code=2).stderr
    assert "Hello Joan!" in daggr_fn("run", "app.py:other", cwd=tmp_path).stdout


def test_a_file_without_a_pipeline_is_told_what_to_do(tmp_path):
    write(tmp_path, "x = 1\n")
    assert "has no pipeline: put @pipeline over a function" in daggr_fn("run", "app.py", cwd=tmp_path, code=2).stderr


def test_an_import_error_is_shown_from_the_users_own_file_on(tmp_path):
    write(tmp_path, "import json\nimport not_there_at_all\n")
    told = daggr_fn("run", "app.py", cwd=tmp_path, code=1).stderr.splitlines()
    assert told[0] == "Traceback (most recent call last):"
    assert "app.py" in told[1]
    assert told[-1] == "ModuleNotFoundError: No module named 'not_there_at_all'"
    assert not any("daggr_fn" in line for line in told)


def test_wrong_wiring_is_told_without_a_traceback(tmp_path):
    write(tmp_path, GREETINGS.replace("greet(name, times)", "greet(nam=name)"))
    told = daggr_fn("run", "app.py", cwd=tmp_path, code=1).stderr
    assert "did you mean 'name'?" in told
    assert "app.py:13" in told
    assert "Traceback" not in told
