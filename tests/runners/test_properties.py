"""Whatever is wired: a pipeline whose functions are called elsewhere returns what one in threads does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from hypothesis import given, settings
from hypothesis import strategies as st

from daggr_fn import node, pipeline
from tests.properties.programs import FUNCTIONS, operations, programs

numbers = st.integers(-10, 10)
lists = st.lists(numbers, max_size=4)


def check(program, a, b, xs, runner):
    table = operations(*(node(function) for function in FUNCTIONS))

    @pipeline(timeout=60)
    def p(a, b, xs):
        return program.run(table, "traced", a, b, xs)

    here = p(a, b, xs)
    run = p.options(runner=runner).run(a, b, xs)
    assert run.value == here
    assert run.events[-1].kind == "run-ended"


@settings(max_examples=12)
@given(programs(), numbers, numbers, lists)
def test_random_programs_give_the_same_in_processes(program, a, b, xs):
    check(program, a, b, xs, "process")


@settings(max_examples=25)
@given(programs(), numbers, numbers, lists)
def test_random_programs_give_the_same_in_an_executor(program, a, b, xs):
    with ThreadPoolExecutor(2) as executor:
        check(program, a, b, xs, executor)


def test_random_programs_give_the_same_on_a_cluster(client):
    @settings(max_examples=6)
    @given(programs(), numbers, numbers, lists)
    def same(program, a, b, xs):
        check(program, a, b, xs, client)

    same()
