"""What is remembered, end to end: what a run reuses, what it runs anew, and that it is never wrong."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from typing import NamedTuple

import pytest

from daggr_fn import StepFailed, apply, each, every_run, gather, node, pipeline

RAN: list[object] = []


@pytest.fixture(autouse=True)
def nothing_ran():
    RAN.clear()


@node(cache=True)
def double(x):
    RAN.append(x)
    return 2 * x


@node
def today() -> str:
    return TODAY[0]


TODAY = ["monday"]


@node(cache=True)
def shout(text: str) -> str:
    RAN.append(text)
    return text.upper()


def reasons(run):
    return {name: (step.status, step.reason) for name, step in run.steps.items()}


def test_functions_are_not_reused_unless_they_say_so():
    @node
    def plain(x: int) -> int:
        RAN.append(x)
        return x

    @pipeline
    def p(x: int):
        return plain(x)

    p(1)
    p(1)
    assert RAN == [1, 1]


def test_a_reused_step_is_told_in_the_event_the_run_and_the_log(caplog, run_pipeline):
    @pipeline
    def p(x: int):
        return double(x)

    assert p(1) == 2
    with caplog.at_level("INFO", "daggr_fn"):
        run = run_pipeline(p, 1)
    assert run.value == 2
    assert RAN == [1]
    assert reasons(run) == {"double": ("reused", "the same request was made before")}
    (event,) = [e for e in run.events if e.kind == "reused"]
    assert event.saved >= 0
    assert "double" in caplog.text


@pytest.mark.parametrize(
    ("node_says", "pipeline_says", "run_says", "reused"),
    [
        (None, None, None, False),
        (True, None, None, True),
        (None, True, None, True),
        (None, None, True, True),
        (True, False, None, True),
        (True, None, False, False),
        (False, True, True, False),
        (None, True, False, False),
        (None, False, True, True),
        (timedelta(days=1), None, None, True),
        (timedelta(0), None, None, False),
    ],
)
def test_who_decides_about_reuse(node_says, pipeline_says, run_says, reused):
    work = node(_counted, cache=node_says)

    @pipeline(cache=pipeline_says)
    def p(x: int):
        return work(x)

    p = p.options(cache=run_says) if run_says is not None else p
    p(1)
    p(1)
    assert len(RAN) == (1 if reused else 2)


def _counted(x: int) -> int:
    RAN.append(x)
    return x


def test_one_one_point_zero_and_true_are_three_values():
    @pipeline
    def p(x):
        return double(x)

    assert [repr(p(x)) for x in (1, 1.0, True)] == ["2", "2.0", "2"]
    assert [repr(x) for x in RAN] == ["1", "1.0", "True"]


def test_fresh_runs_anew_and_stores_what_it_made():
    @pipeline
    def p(x: int):
        return double(double.named("first")(x))

    p(1)
    p.options(fresh=True)(1)
    assert RAN == [1, 2, 1, 2]
    p.options(fresh=["first"])(1)
    assert RAN == [1, 2, 1, 2, 1], "it came to the same value, so what follows is reused"
    p.options(fresh="double")(1)
    assert RAN[5:] == [2]


def test_an_upstream_that_is_not_remembered_counts_by_its_value():
    @pipeline
    def p():
        return shout(today())

    TODAY[0] = "monday"
    assert [p(), p()] == ["MONDAY", "MONDAY"]
    TODAY[0] = "tuesday"
    assert p() == "TUESDAY"
    assert RAN == ["monday", "tuesday"]


def test_a_fresh_upstream_with_a_new_value_is_never_followed_by_an_old_one():
    @node(cache=True)
    def draw() -> str:
        return TODAY[0]

    @pipeline
    def p():
        drawn = draw()
        return drawn, shout(drawn)

    TODAY[0] = "a"
    p()
    TODAY[0] = "b"
    assert p() == ("a", "A")
    assert p.options(fresh=["draw"])() == ("b", "B")


def test_one_row_added_to_a_mapped_list_computes_one():
    @pipeline
    def p(xs: list[int]):
        return gather(double(each(xs)))

    p([1, 2, 3])
    RAN.clear()
    assert p([1, 9, 2, 3]) == [2, 18, 4, 6]
    assert RAN == [9]


def test_an_item_that_comes_twice_is_computed_once():
    @pipeline
    def p(xs: list[int]):
        return gather(double(each(xs)))

    assert p([7] * 20) == [14] * 20
    assert RAN == [7]


def test_a_drawn_value_is_drawn_for_each_call_and_its_result_not_stored(run_pipeline):
    numbers = iter(range(100))

    @pipeline
    def p(xs: list[int]):
        return gather(apply(lambda a, b: (a, b), each(xs), every_run(lambda: next(numbers)))), double(
            every_run(lambda: next(numbers))
        )

    p.plan([1, 2])
    first, second = p([1, 2]), p([1, 2])
    drawn = {b for _, b in first[0] + second[0]}
    assert len(drawn) == 4
    assert len(RAN) == 2
    assert run_pipeline(p, [1]).steps["double"].reason.startswith("not remembered: x is drawn anew")


def test_what_cannot_be_hashed_is_not_reused_and_says_so(run_pipeline):
    @pipeline
    def p(x):
        return node(_lock_in, cache=True)(x)

    lock = threading.Lock()
    run = run_pipeline(p, lock)
    assert run_pipeline(p, lock).steps["_lock_in"].status == "done"
    assert run.steps["_lock_in"].reason.startswith("not remembered: ")
    assert "lock" in run.steps["_lock_in"].reason
    assert len(RAN) == 2


def _lock_in(x):
    RAN.append(x)
    return 1


def test_what_cannot_be_stored_is_returned_and_says_so(run_pipeline):
    @pipeline
    def p():
        return node(_open_lock, cache=True)()

    run = run_pipeline(p)
    assert hasattr(run.value, "acquire")
    assert run.steps["_open_lock"].reason.startswith("not stored: ")


def _open_lock():
    return threading.Lock()


def test_only_successes_are_stored():
    @node(cache=True)
    def fragile(x: int) -> int:
        RAN.append(x)
        return 1 // x

    @pipeline
    def p(x: int):
        return fragile(x)

    for _ in range(2):
        with pytest.raises(StepFailed):
            p(0)
    assert RAN == [0, 0]


def test_closures_and_lambdas_of_one_line_are_told_apart():
    def make(n):
        return node(lambda x: x + n, cache=True), node(lambda x: x * n, cache=True)

    results = set()
    for n in (2, 10):
        add, times = make(n)

        @pipeline
        def p(x: int):
            return add(x), times(x)  # noqa: B023  # traced in this turn

        results.add(p(1))
    assert results == {(3, 2), (11, 10)}


def test_a_default_argument_counts():
    for default in (1, 2):

        def work(x, y=default):
            return x + y

        work = node(work, cache=True)

        @pipeline
        def p(x: int):
            return work(x)  # noqa: B023

        assert p(1) == 1 + default


def test_an_edited_node_helper_or_constant_runs_anew_and_a_comment_does_not(app):
    source = """
    from daggr_fn import node, pipeline
    RAN = []
    RATE = 2

    def helper(x):
        return x * RATE

    @node(cache=True)
    def work(x: int) -> int:
        RAN.append(x)
        return helper(x) + 1

    @pipeline
    def p(x: int):
        return work(x)
    """

    def changed(old, new, *, name="users_app"):
        module = app(source.replace(old, new), name=name)
        return module.p(10), len(module.RAN)

    assert changed("", "") == (21, 1)
    assert changed("", "") == (21, 0)
    assert changed("    RAN.append(x)\n", "    RAN.append(x)  # a comment\n\n") == (21, 0)
    assert changed("helper", "renamed_helper") in [(21, 0), (21, 1)]
    assert changed("", "", name="elsewhere") == (21, 0), "another module"
    assert changed("RATE = 2", "RATE = 3") == (31, 1)
    assert changed("x * RATE", "x - RATE") == (9, 1)
    assert changed("+ 1", "+ 2") == (22, 1)
    assert changed("", "") == (21, 0), "edited back"


def test_a_renamed_node_or_step_is_still_reused(app):
    source = """
    from daggr_fn import node, pipeline
    RAN = []

    @node(cache=True)
    def work(x: int) -> int:
        RAN.append(x)
        return x + 1

    @pipeline
    def p(x: int):
        return work(x)
    """
    assert app(source).p(1) == 2
    renamed = app(source.replace("work", "labour"))
    assert (renamed.p(1), renamed.RAN) == (2, [])
    named = app(source.replace("return work(x)", "return work.named('host')(x)"))
    assert (named.p(1), named.RAN) == (2, [])


def test_a_version_stands_for_the_code(app):
    source = """
    from daggr_fn import node, pipeline

    @node(cache=True, version="1")
    def work(x: int) -> int:
        return x + 1

    @pipeline
    def p(x: int):
        return work(x)
    """
    assert app(source).p(1) == 2
    assert app(source.replace("x + 1", "x + 5")).p(1) == 2, "the version says that nothing changed"
    assert app(source.replace("x + 1", "x + 5").replace('"1"', '"2"')).p(1) == 6


def test_records_and_their_parts_are_remembered():
    @pipeline
    def p(text: str):
        head, tail = split(text)
        return shout(head), shout.named("tail")(tail), split.named("again")(text)

    assert p("a b") == p("a b") == ("A", "B", Halves("a", "b"))
    assert sorted(RAN) == ["a", "a b", "b"]
    RAN.clear()
    assert p("a c") == ("A", "C", Halves("a", "c"))
    assert sorted(RAN) == ["a c", "c"], "the first half is the same"


class Halves(NamedTuple):
    head: str
    tail: str


@node(cache=True)
def split(text: str) -> Halves:
    RAN.append(text)
    return Halves(*text.split())


def test_events_and_json_of_a_reused_run_are_as_whole_as_of_the_first(run_pipeline):
    @pipeline
    def p(xs: list[int]):
        return gather(double(each(xs)))

    first, second = run_pipeline(p, [1, 2]), run_pipeline(p, [1, 2])
    assert json.loads(first.to_json())["outputs"] == json.loads(second.to_json())["outputs"]
    assert second.steps["double"].value == [2, 4]
    assert second.steps["double"].status == "reused"


def test_a_plain_call_of_a_remembering_node_remembers_too():
    assert double(4) == double(4) == 8
    assert RAN == [4]


def test_what_a_pipeline_says_about_reuse_holds_for_its_steps_in_another(run_pipeline):
    @pipeline(cache=True)
    def inner(x: int):
        return node(_counted)(x)

    @pipeline
    def p(x: int):
        return inner(x), node(_counted).named("outside")(x)

    p(1)
    run = run_pipeline(p, 1)
    assert run.steps["inner/_counted"].status == "reused"
    assert run.steps["outside"].status == "done"
