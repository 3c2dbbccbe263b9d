"""A person at work: graphs, inputs, files, code and options change at random between runs.

What a run returns is always what plain Python returns, and nothing runs that did not have to.
"""

from __future__ import annotations

import importlib.util
import itertools
import os
import shutil
import sys
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from daggr_fn import each, gather, pipeline
from tests.properties.notes import CALLS

SOURCE = """
from pathlib import Path
from daggr_fn import node
from tests.properties.notes import note

RATE = {rate}

def helper(a):
    return a + {shift}

{comment}
@node(cache=True)
def {name}(a: int, b: int) -> int:
    note("mix", {factor}, RATE, a, b)
    return a * {factor} + b * RATE

@node(cache=True)
def move(a: int) -> int:
    note("move", {shift}, a)
    return helper(a)

@node(cache=True)
def read(path: Path) -> int:
    note("read", path.read_text())
    return int(path.read_text())

mix = {name}
"""
small = st.integers(0, 2)
_numbers = itertools.count()


class Sessions(RuleBasedStateMachine):
    """The model: what plain Python computes, and which calls have been made with which code."""

    @initialize()
    def begin(self):
        self.folder = Path(tempfile.mkdtemp(prefix="session-"))
        self.home_before = os.environ.get("DAGGR_FN_HOME")
        os.environ["DAGGR_FN_HOME"] = str(self.folder / "home")
        self.code = {"rate": 1, "shift": 1, "factor": 1, "name": "blend", "comment": ""}
        self.file = "app.py"
        self.inputs = {"x": 0, "xs": [0, 1]}
        self.text = "5"
        self.lines = [("mix", 0, 1), ("move", 2, 0)]
        self.known: set[tuple[object, ...]] = set()
        self.options: dict[str, object] = {}
        self.changed = True

    def teardown(self):
        if hasattr(self, "folder"):
            if self.home_before is not None:
                os.environ["DAGGR_FN_HOME"] = self.home_before
            shutil.rmtree(self.folder, ignore_errors=True)

    # ---- edits

    @rule(name=st.sampled_from(["rate", "shift", "factor"]), value=small)
    def edit_the_code(self, name, value):
        self.code[name] = value

    @rule(name=st.sampled_from(["blend", "mingle"]), comment=st.sampled_from(["", "# a comment"]))
    def rename_and_comment(self, name, comment):
        self.code |= {"name": name, "comment": comment}

    @rule(file=st.sampled_from(["app.py", "other.py"]))
    def move_to_a_file(self, file):
        self.file = file

    @rule(x=small, xs=st.lists(small, max_size=3))
    def change_inputs(self, x, xs):
        self.inputs = {"x": x, "xs": xs}

    @rule(text=st.sampled_from(["5", "6", "7"]))
    def rewrite_the_file(self, text):
        self.text = text

    @rule(lines=st.lists(st.tuples(st.sampled_from(["mix", "move", "map"]), small, small), min_size=1, max_size=4))
    def rewire(self, lines):
        self.lines = lines

    @rule(options=st.sampled_from([{}, {}, {"fresh": True}, {"cache": False}, {"workers": 1}]))
    def choose_options(self, options):
        self.options = options

    # ---- the run

    @rule()
    def run(self):
        """Run, and compare values and calls with the model's."""
        self.run_again_and_compare()

    @invariant()
    def nothing_is_left_over(self):
        assert CALLS == []

    def run_again_and_compare(self):
        p = self.pipeline()
        expected, calls = self.plainly()
        CALLS.clear()
        value = p.options(**self.options)(**self.inputs, path=self.path)
        made = sorted(CALLS, key=repr)
        CALLS.clear()
        assert value == expected
        if self.options.get("fresh"):
            assert set(made) == set(calls)
            assert len(made) <= len(calls)
        elif self.options.get("cache") is False:
            assert made == sorted(calls, key=repr)
        else:
            assert made == sorted(set(calls) - self.known, key=repr)
        if self.options.get("cache") is not False:
            self.known |= set(calls)

    @property
    def path(self):
        return self.folder / "number.txt"

    def pipeline(self):
        file = self.folder / self.file
        file.write_text(SOURCE.format(**self.code), encoding="utf-8")
        shutil.rmtree(self.folder / "__pycache__", ignore_errors=True)  # Python takes two edits in a second for one
        self.path.write_text(self.text, encoding="utf-8")
        spec = importlib.util.spec_from_file_location(f"session_{next(_numbers)}", file)
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        lines = self.lines

        @pipeline
        def p(x: int, xs: list[int], path: Path):
            values = [x, module.read(path), module.move(x)]
            for kind, a, b in lines:
                if kind == "mix":
                    values.append(module.mix(values[-1 - a], values[-1 - b]))
                elif kind == "move":
                    values.append(module.move(values[-1 - a]))
                else:
                    values.append(gather(module.mix(each(xs), values[0])))
                    values[-1] = values[a]
            return values

        return p

    def plainly(self):
        rate, shift, factor = self.code["rate"], self.code["shift"], self.code["factor"]
        calls: list[tuple[object, ...]] = []

        def mix(a, b):
            calls.append(("mix", factor, rate, a, b))
            return a * factor + b * rate

        def move(a):
            calls.append(("move", shift, a))
            return a + shift

        def read(text):
            calls.append(("read", text))
            return int(text)

        x = self.inputs["x"]
        values = [x, read(self.text), move(x)]
        for kind, a, b in self.lines:
            if kind == "mix":
                values.append(mix(values[-1 - a], values[-1 - b]))
            elif kind == "move":
                values.append(move(values[-1 - a]))
            else:
                values.append([mix(item, x) for item in self.inputs["xs"]])
                values[-1] = values[a]
        return values, calls


TestSessions = Sessions.TestCase
TestSessions.settings = settings(max_examples=25, stateful_step_count=14)
