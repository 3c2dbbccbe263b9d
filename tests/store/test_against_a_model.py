"""Whatever people do, in whatever order, the store says what plain Python lists would say."""

from __future__ import annotations

import copy
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from daggr_fn.store import Store

steps = st.sampled_from(["write", "speak", "join"])
names = st.sampled_from(["topic", "length"])
values = st.none() | st.integers(0, 3) | st.text(max_size=3) | st.lists(st.floats(allow_nan=False), max_size=2)
keys = st.sampled_from(["k1", "k2", "k3"])


@dataclass
class Made:
    run: str
    step: str
    number: int
    key: str
    value: object
    failed: bool


@dataclass
class Sheet:
    """A sheet in plain Python."""

    inputs: dict = field(default_factory=dict)
    settings: dict = field(default_factory=dict)
    runs: dict = field(default_factory=dict)
    made: list = field(default_factory=list)
    used: dict = field(default_factory=lambda: defaultdict(list))
    selected: dict = field(default_factory=dict)

    def of(self, step):
        return [one for one in self.made if one.step == step]

    def shown(self):
        found = {}
        for step, used in self.used.items():
            number = self.selected.get(step)
            order = list(self.runs)
            newest = max(used, key=lambda use: order.index(use[0]))[1]
            found[step] = next(one for one in self.of(step) if one.number == number) if number else newest
        return found

    def look(self, key):
        found = [one for one in self.made if one.key == key and not one.failed]
        chosen = [one for one in found if self.selected.get(one.step) == one.number]
        return (chosen or found or [None])[-1]


class Sheets(RuleBasedStateMachine):
    """Makes sheets, runs them, goes back, and opens the store anew in between."""

    sheets = Bundle("sheets")

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.root = Path(self.folder.name)
        self.store = Store(root=self.root)
        self.model = {}
        self.count = 0

    def teardown(self):
        self.store.close()
        self.folder.cleanup()

    def name(self):
        self.count += 1
        return f"run {self.count}"

    @rule(target=sheets)
    def make(self):
        made = self.store.make_sheet("ada", "podcast", "Untitled").id
        self.model[made] = Sheet()
        return made

    @rule(target=sheets, sheet=sheets)
    def duplicate(self, sheet):
        twin = self.store.duplicate_sheet(sheet, "Copy").id
        self.model[twin] = copy.deepcopy(self.model[sheet])
        return twin

    @rule(target=sheets, sheet=consumes(sheets))
    def delete(self, sheet):
        self.store.delete_sheet(sheet)
        del self.model[sheet]
        return multiple()

    @rule(sheet=sheets, name=names, value=values)
    def set_input(self, sheet, name, value):
        self.store.set_input(sheet, name, value)
        self.model[sheet].inputs[name] = value

    @rule(sheet=sheets, name=names)
    def clear_input(self, sheet, name):
        self.store.clear_input(sheet, name)
        self.model[sheet].inputs.pop(name, None)

    @rule(sheet=sheets, name=names, data=st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=3))
    def set_setting(self, sheet, name, data):
        self.store.set_setting(sheet, name, data)
        self.model[sheet].settings[name] = data

    @rule(sheet=sheets, todo=st.lists(st.tuples(steps, keys, values, st.booleans()), max_size=3))
    def run(self, sheet, todo):
        run, model = self.name(), self.model[sheet]
        self.store.begin_run(sheet, run, [])
        model.runs[run] = dict(model.inputs)
        for step, key, value, failed in todo:
            old = next((one for one in model.made if (one.run, one.step) == (run, step)), None)
            number = old.number if old else len(model.of(step)) + 1
            status = "failed" if failed else "done"
            self.store.add_result(sheet, run, step, key=key, value=value, status=status)
            made = Made(run, step, number, key, value, failed)
            if old:
                old.__dict__.update(made.__dict__)
                made = old
            else:
                model.made.append(made)
            model.used[step].append((run, made))
            model.selected.pop(step, None)
        self.store.end_run(sheet, run, "done", 1.0)

    @rule(sheet=sheets, key=keys)
    def reuse(self, sheet, key):
        model, run = self.model[sheet], self.name()
        found, expected = self.store.look(sheet, key), model.look(key)
        assert (found is None) == (expected is None)
        if found is None:
            return
        assert (found.step, found.number) == (expected.step, expected.number)
        self.store.begin_run(sheet, run, [found.step])
        self.store.add_reuse(sheet, run, [(found.step, (), found)])
        model.runs[run] = dict(model.inputs)
        model.used[found.step].append((run, expected))
        if model.selected.get(found.step) != found.number:
            model.selected.pop(found.step, None)

    @rule(sheet=sheets, step=steps, data=st.data(), restore=st.booleans())
    def select(self, sheet, step, data, restore):
        model = self.model[sheet]
        if not model.of(step):
            return
        made = data.draw(st.sampled_from(model.of(step)))
        self.store.select(sheet, step, made.number, restore_inputs=restore)
        model.selected[step] = made.number
        if restore:
            model.inputs = dict(model.runs[made.run])

    @rule(sheet=sheets, step=steps)
    def unselect(self, sheet, step):
        self.store.select(sheet, step, None)
        self.model[sheet].selected.pop(step, None)

    @rule()
    def another_day(self):
        self.store.close()
        self.store = Store(root=self.root)

    @invariant()
    def the_same_sheets(self):
        assert {info.id for info in self.store.sheets("ada", "podcast")} == set(self.model)

    @invariant()
    def the_same_on_them(self):
        for sheet, model in self.model.items():
            assert self.store.inputs(sheet) == model.inputs
            assert self.store.settings(sheet) == model.settings
            assert len(self.store.runs(sheet, 1000)) == len(model.runs)

    @invariant()
    def the_same_shown(self):
        for sheet, model in self.model.items():
            expected = model.shown()
            shown = self.store.shown(sheet)
            assert {step: version.number for step, version in shown.items()} == {
                step: one.number for step, one in expected.items()
            }
            for step, one in expected.items():
                assert shown[step].status == ("failed" if one.failed else "done")
                assert shown[step].selected == (model.selected.get(step) == one.number)
                if not one.failed:
                    assert self.store.load(shown[step].results[()]) == one.value


TestSheets = Sheets.TestCase
TestSheets.settings = settings(max_examples=30, stateful_step_count=20)
