"""Whatever is wired, and whatever fails on the way: no value is let go that somebody needs, and no other is held."""

from __future__ import annotations

import itertools
import threading
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daggr_fn import StepFailed, node, pipeline
from daggr_fn.execution.execution import Execution
from daggr_fn.values import LET_GO
from tests.properties.programs import FUNCTIONS, branching_operations, operations, programs

numbers = st.integers(-10, 10)
lists = st.lists(numbers, max_size=4)


def table_of(nodes):
    return operations(*nodes) + branching_operations(*nodes)


NODES = [node(function) for function in FUNCTIONS]
TABLE = table_of(NODES)
FORGIVEN = {"negative", "picky", "count_failed"}  # some operations go on when one of these fails


@node
def told(values):
    return repr(values)


def pipeline_of(program, table, returned):
    """The pipeline of a program, which returns some of its values, and tells of all: none is there for nobody."""

    @pipeline
    def p(a, b, xs):
        values = program.run(table, "traced", a, b, xs)
        return [told(values), *(values[place % len(values)] for place in returned)]

    return p


def expected(program, returned, *inputs):
    values = program.run(TABLE, "plain", *inputs)
    return [repr(values), *(values[place % len(values)] for place in returned)]


class Flaky:
    """A function of which some calls fail."""

    def __init__(self, function, calls, bad):
        self.function, self.calls, self.bad = function, calls, bad
        self.lock = threading.Lock()

    def node(self):
        def call(*args):
            with self.lock:
                number = next(self.calls)
            if number in self.bad:
                raise ConnectionError(number)
            return self.function(*args)

        return node(call, name=self.function.__name__)


returned_places = st.lists(st.integers(0, 9), min_size=1, max_size=3)


@settings(max_examples=120)
@given(programs(table=TABLE), returned_places, numbers, numbers, lists)
def test_values_let_go_or_kept_the_outputs_are_the_same(program, returned, a, b, xs):
    p = pipeline_of(program, TABLE, returned)
    want = expected(program, returned, a, b, xs)
    assert p(a, b, xs) == want
    assert p.eager(a, b, xs) == want
    assert [run.value for run in p.map([{"a": a, "b": b, "xs": xs}])] == [want]
    assert p.run(a, b, xs).value == want


@settings(max_examples=120)
@given(programs(table=TABLE), returned_places, numbers, numbers, lists)
def test_at_the_end_only_what_is_returned_or_fed_a_failure_is_held(program, returned, a, b, xs):
    p = pipeline_of(program, TABLE, returned)
    execution = Execution(p.plan(a, b, xs), keeps=False)
    execution.wait()
    if execution.state.failures:
        return
    takers = p.dag.takers
    taken = Counter(step for taken in takers.takes.values() for step, _ in taken)
    stays = {step for step, count in takers.counts.items() if count > taken[step]}
    assert len(stays) <= 4 * len(returned) + 1  # all sides of a branch stay, and the list whose items it is of
    held = {
        key[0] if isinstance(key, tuple) else key
        for key, value in execution.state.values.items()
        if value is not LET_GO and not (isinstance(key, tuple) and ... in key)
    }
    assert held <= stays


@settings(max_examples=120)
@given(
    programs(table=TABLE),
    returned_places,
    numbers,
    numbers,
    lists,
    st.sets(st.integers(0, 25), min_size=1, max_size=6),
    st.booleans(),
)
def test_a_run_that_fails_and_goes_on_again_and_again_ends_with_the_same(program, returned, a, b, xs, bad, cache):
    calls = itertools.count()
    nodes = [
        one if function.__name__ in FORGIVEN else Flaky(function, calls, bad).node()
        for function, one in zip(FUNCTIONS, NODES, strict=True)
    ]
    p = pipeline_of(program, table_of(nodes), returned).options(cache=cache)
    want = expected(program, returned, a, b, xs)
    failed, causes = None, set()
    for _ in range(len(bad) + 1):
        try:
            got = p(a, b, xs) if failed is None else failed.resume()
        except StepFailed as error:
            failed = error
            causes.add(type(error.__cause__))
            continue
        assert got == want
        assert causes <= {ConnectionError}
        return
    pytest.fail(f"it failed more often than calls of it did, with {causes}")
