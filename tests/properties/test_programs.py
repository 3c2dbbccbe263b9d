"""Whatever is wired, in whatever limits: a pipeline returns what plain Python does, and ends."""

from __future__ import annotations

import threading

from hypothesis import given, settings
from hypothesis import strategies as st

from daggr_fn import Node, Pool, node, pipeline
from tests.properties.programs import FUNCTIONS, Program, operations, programs

numbers = st.integers(-10, 10)
lists = st.lists(numbers, max_size=4)


def pipeline_of(program: Program, nodes: list[Node]):
    table = operations(*nodes)

    @pipeline
    def p(a, b, xs):
        return program.run(table, "traced", a, b, xs)

    return p


def expected(program, a, b, xs):
    return program.run(operations(*FUNCTIONS), "plain", a, b, xs)


@settings(max_examples=60)
@given(programs(), numbers, numbers, lists)
def test_a_pipeline_returns_what_plain_python_returns_eager_or_not(program, a, b, xs):
    p = pipeline_of(program, [node(function) for function in FUNCTIONS])
    assert p(a, b, xs) == expected(program, a, b, xs)
    assert p.eager(a, b, xs) == expected(program, a, b, xs)
    assert p.run(a, b, xs).events[-1].kind == "run-ended"


@settings(max_examples=30)
@given(programs(), numbers, numbers, lists)
def test_a_remembered_pipeline_returns_the_same_and_its_plan_says_so(program, a, b, xs):
    p = pipeline_of(program, [node(function) for function in FUNCTIONS]).options(cache=True)
    assert p(a, b, xs) == expected(program, a, b, xs)
    plan = p.plan(a, b, xs)
    failing = {"picky"}
    assert {step.mark for step in plan.steps.values() if step.node not in failing} <= {"reuse", "depends"}
    assert p(a, b, xs) == expected(program, a, b, xs)


class Metered:
    """A function that knows how many calls of it went on at once."""

    def __init__(self, function, limit):
        self.function, self.limit = function, limit
        self.lock, self.now, self.most = threading.Lock(), 0, 0

    def node(self, *, is_async, pool):
        def call(*args):
            with self.lock:
                self.now += 1
                self.most = max(self.most, self.now)
            try:
                return self.function(*args)
            finally:
                with self.lock:
                    self.now -= 1

        async def acall(*args):
            return call(*args)

        return node(acall if is_async else call, name=self.function.__name__, limit=self.limit, pool=pool)


how_limited = st.lists(
    st.tuples(st.sampled_from([None, 1, 2]), st.booleans(), st.booleans()),
    min_size=len(FUNCTIONS),
    max_size=len(FUNCTIONS),
)


@settings(max_examples=40)
@given(programs(), numbers, numbers, lists, how_limited, st.sampled_from([None, 1, 2]), st.integers(1, 2))
def test_random_limits_pools_and_workers_are_kept_and_everything_ends(program, a, b, xs, limited, workers, at_once):
    pool = Pool("shared", limit=1)
    metered = [Metered(function, limit) for function, (limit, _, _) in zip(FUNCTIONS, limited, strict=True)]
    nodes = [
        one.node(is_async=is_async, pool=pool if pooled else None)
        for one, (_, is_async, pooled) in zip(metered, limited, strict=True)
    ]
    p = pipeline_of(program, nodes).options(workers=workers)
    rows = [{"a": a + i, "b": b, "xs": xs} for i in range(at_once)]
    assert [run.value for run in p.map(rows)] == [expected(program, **row) for row in rows]
    for one, (limit, _, pooled) in zip(metered, limited, strict=True):
        assert one.most <= min(limit or 99, 1 if pooled else 99)
