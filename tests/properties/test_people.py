"""Whatever people are asked on the way: each question is asked once, and nothing that is done is done again."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daggr_fn import StepFailed, Unanswered
from tests.properties.notes import heard
from tests.properties.people import asking_trees, late_person, person
from tests.properties.trees import chosen, nothing_remembered, pipeline_of, plainly

numbers = st.integers(-4, 4)


def answers_of(p, a, b):
    """What the person says to each question, by the name under which it can be given beforehand."""
    told = {}

    def listening(question):
        told[question.name] = person(question)
        return told[question.name]

    heard(lambda: p.options(on_ask=listening)(a, b))
    return told


@settings(max_examples=100)
@given(asking_trees, numbers, numbers, st.integers(0, 15))
def test_who_is_asked_is_asked_what_plain_python_asks_once_each(tree, a, b, seed):
    p = pipeline_of(tree)
    choose, picks = chosen(p, seed)
    p = p.options(choose=choose)
    expected, calls = heard(lambda: plainly(tree, picks, a, b))
    assert heard(lambda: p.options(on_ask=person)(a, b)) == (expected, calls)
    assert heard(lambda: p.options(on_ask=late_person).eager(a, b)) == (expected, calls)
    said_before = p.options(answers=answers_of(p, a, b))
    made = Counter({call: count for call, count in calls.items() if call[1] != "asked"})
    assert heard(lambda: said_before(a, b)) == (expected, made)


def without_what_failed(calls):
    """The calls that may not be made again: what failed, and had a backup, is tried anew."""
    return Counter({call: count for call, count in calls.items() if "fragile" not in call})


@settings(max_examples=60)
@given(asking_trees, numbers, numbers, st.integers(0, 3))
def test_a_run_that_waits_for_answers_goes_on_with_each_and_does_nothing_twice(tree, a, b, at_once):
    p = pipeline_of(tree)
    expected, calls = heard(lambda: plainly(tree, {}, a, b))
    told = list(answers_of(p, a, b).items())
    made = Counter({call: count for call, count in calls.items() if call[1] != "asked"})

    def answered_bit_by_bit():
        failed, known = None, 0
        while True:
            try:
                if failed is None:
                    return p.options(answers=dict(told[:at_once]))(a, b)
                return failed.resume(answers=dict(told[:known]))
            except StepFailed as error:
                if not isinstance(error.__cause__, Unanswered) or known > len(told):
                    raise
                failed, known = error, known + 1 + at_once

    value, again = heard(answered_bit_by_bit)
    assert value == expected
    assert without_what_failed(again) == without_what_failed(made)


@settings(max_examples=60)
@given(asking_trees, numbers, numbers, st.integers(1, 3))
def test_saved_and_resumed_with_a_person_who_answers_a_few_at_a_time_nothing_is_asked_or_done_twice(tree, a, b, few):
    p = pipeline_of(tree)
    expected, calls = heard(lambda: plainly(tree, {}, a, b))

    def session():
        left = [few]

        def tired(question):
            if not left[0]:
                raise Unanswered(f"{question.name}: tomorrow")
            left[0] -= 1
            return person(question)

        (run,) = p.options(on_ask=tired).map([{"a": a, "b": b}], on_error="keep", resume=True)
        return run

    def sessions():
        for _ in range(sum(calls.values()) + 1):
            run = session()
            if run.ok:
                return run.value
        pytest.fail("it never ended")

    with nothing_remembered():
        value, made = heard(sessions)
    assert value == expected
    assert set(made) == set(calls)
    assert not without_what_failed(made) - calls
