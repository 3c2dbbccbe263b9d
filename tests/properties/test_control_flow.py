"""Whatever is branched, chosen, backed up, repeated, mapped and grouped: a run does what plain Python does.

It returns the same and makes the same calls, each once; what a side needs that is not taken never runs.
"""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from daggr_fn import events
from daggr_fn.runs import fold
from tests.properties.notes import heard
from tests.properties.trees import chosen, nothing_remembered, pipeline_of, plainly, trees

numbers = st.integers(-4, 4)
ENDS = (events.StepFinished, events.StepReused, events.StepSkipped, events.StepErrored)


@settings(max_examples=150)
@given(trees, numbers, numbers, st.integers(0, 15))
def test_a_run_returns_what_plain_python_returns_with_the_same_calls(tree, a, b, seed):
    p = pipeline_of(tree)
    choose, picks = chosen(p, seed)
    expected = heard(lambda: plainly(tree, picks, a, b))
    assert heard(lambda: p.options(choose=choose)(a, b)) == expected
    assert heard(lambda: p.options(choose=choose).eager(a, b)) == expected


@settings(max_examples=60)
@given(trees, numbers, numbers, st.integers(0, 15))
def test_remembered_each_call_is_made_once_and_the_plan_knows(tree, a, b, seed):
    p = pipeline_of(tree)
    choose, picks = chosen(p, seed)
    p = p.options(choose=choose, cache=True)
    expected, calls = heard(lambda: plainly(tree, picks, a, b))
    with nothing_remembered():
        value, made = heard(lambda: p(a, b))
        assert (value, set(made)) == (expected, set(calls))
        twice = made - Counter(set(calls))
        assert all("fragile" in call for call in twice)  # a failure is not remembered
        assert not twice - calls
        again, made = heard(lambda: p(a, b))
        assert again == expected
        assert all("fragile" in call for call in made)
        planned = p.plan(a, b).steps
    marks = {step.mark for step in planned.values()}
    assert marks <= {"reuse", "skip"} or any(step.mark == "run" and step.node == "fragile" for step in planned.values())


@settings(max_examples=60)
@given(trees, numbers, numbers)
def test_the_events_of_a_run_add_up_to_it(tree, a, b):
    p = pipeline_of(tree)
    said = list(p.stream(a, b))
    _, calls = heard(lambda: plainly(tree, {}, a, b))
    steps = {name: len(step.axes) for name, step in p.dag.steps.items()}
    ended = Counter((event.step, event.index) for event in said if isinstance(event, ENDS))
    assert set(ended.values()) == {1}
    started = {(event.step, event.index) for event in said if isinstance(event, events.StepStarted)}
    skipped = {(event.step, event.index) for event in said if isinstance(event, events.StepSkipped)}
    assert not started & skipped
    records = fold(steps, said)
    assert {record.status for record in records.values()} <= {"done", "skipped", "failed"}
    planned = p.plan(a, b).steps
    assert all(records[name].status == "skipped" for name, step in planned.items() if step.mark == "skip")
    assert all(planned[name].mark != "skip" for name, _ in started)
    assert sum(calls.values()) >= 1
