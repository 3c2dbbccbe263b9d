"""Conditions, choices, backups, turns and people in groups that are mapped, once and twice."""

from __future__ import annotations

import pytest

from daggr_fn import (
    Retry,
    StepFailed,
    accumulate,
    approve,
    ask,
    choice,
    choose_one,
    each,
    gather,
    node,
    pipeline,
    repeat,
    switch,
    when,
)


@node
def plus(x: int, y: int = 1) -> int:
    return x + y


@node
def minus(x: int) -> int:
    return -x


@node
def odd_fails(x: int) -> int:
    if x % 2:
        raise ConnectionError(x)
    return x


def conditional(x: int):
    return when(plus(x, 0), minus(x), 100)


def switched(x: int):
    return switch(x, {0: plus(x), 1: minus(x)}, default=7)


def backed_up(x: int):
    return odd_fails.or_else(minus)(x)


def chosen(x: int):
    return choice(plus, minus, name="sign")(x=x)


def repeated(x: int):
    return repeat(plus, until=lambda x: x > 2, max_turns=9)(x)


def folded(x: int):
    return accumulate(plus, [10, 20], x).results


def approved(x: int):
    return minus(approve(plus(x, 0), name="ok"))


def picked(x: int):
    return plus(choose_one([x, 10], name="pick"), 0)


def asked(x: int):
    return plus(ask(None, value=x, name="value"), 0)


MODELS = {
    conditional: lambda x: -x if x else 100,
    switched: lambda x: {0: 1, 1: -1}.get(x, 7),
    backed_up: lambda x: -x if x % 2 else x,
    chosen: lambda x: -x,
    repeated: lambda x: max(3, x + 1),
    folded: lambda x: [x + 10, x + 30],
    approved: lambda x: -x,
    picked: lambda x: 10,
    asked: lambda x: x * 5,
}


def person(question):
    if question.sort == "approve":
        return True
    return question.options[-1] if question.sort == "choose" else question.value * 5


@pytest.mark.parametrize("body", MODELS, ids=lambda body: body.__name__)
@pytest.mark.parametrize("way", ["called", "eager", "map"])
def test_a_mapped_group_does_for_each_item_what_the_pipeline_does(body, way):
    inner = pipeline(body)

    @pipeline
    def once(xs: list[int]):
        return gather(inner(each(xs)))

    @pipeline
    def twice(xss: list[list[int]]):
        return gather(once(each(xss)))

    xss = [[0, 1, 2], [], [3]]
    choose = dict.fromkeys(twice.dag.choices, "minus")
    p = twice.options(on_ask=person, choose=choose)
    expected = [[MODELS[body](x) for x in xs] for xs in xss]
    if way == "map":
        assert [run.value for run in p.map([{"xss": xss}, {"xss": [[]]}])] == [expected, [[]]]
    else:
        assert (p.eager if way == "eager" else p)(xss) == expected


def test_answers_in_groups_that_are_mapped_twice_are_given_by_index():
    inner = pipeline(asked)

    @pipeline
    def once(xs: list[int]):
        return gather(inner(each(xs)))

    @pipeline
    def twice(xss: list[list[int]]):
        return gather(once(each(xss)))

    step = "once/asked/value"
    assert twice.options(answers={step: [[1, 2], [3]]})([[0, 0], [0]]) == [[1, 2], [3]]
    assert twice.options(answers={step: 8, f"{step}[0][1]": 9})([[0, 0], [0]]) == [[8, 9], [8]]


def test_a_refused_item_of_a_mapped_group_is_left_out():
    inner = pipeline(approved)

    @pipeline
    def once(xs: list[int]):
        return gather(inner(each(xs)))

    assert once.options(answers={"approved/ok": [True, False, True]})([1, 2, 3]) == [-1, -3]


DRAWN: list[int] = []  # not in a closure: a node that changes what its closure holds has another key each time


def test_the_rows_of_a_table_that_asks_go_on_with_their_answers():
    DRAWN.clear()

    @node
    def draw(x: int) -> int:
        DRAWN.append(x)
        return x

    @pipeline
    def studio(x: int):
        return approve(draw(x), name="ok")

    rows = [{"x": 1}, {"x": 2}]
    runs = studio.options(on_ask=lambda question: question.value == 1 or 1 / 0).map(rows, on_error="keep", resume=True)
    assert [run.ok for run in runs] == [True, False]
    again = studio.options(answers={"ok": True}).map(rows, resume=True)
    assert [run.value for run in again] == [1, 2]
    assert sorted(DRAWN) == [1, 2]


def test_a_backup_is_tried_after_the_last_attempt_and_the_run_tells_of_each(run_pipeline):
    first = odd_fails.options(retries=Retry(2, wait=0), name="first")

    @pipeline
    def p(xs: list[int]):
        return gather(first.or_else(minus)(each(xs)))

    run = run_pipeline(p, [1, 2])
    assert run.value == [-1, 2]
    assert run.steps["first"].items[0,].attempts == 3
    assert run.steps["minus"].items[1,].status == "skipped"
    order = [event.kind for event in run.events if getattr(event, "index", None) == (0,)]
    assert order == ["started", "retrying", "started", "retrying", "started", "failed", "started", "finished"]


def test_a_person_is_asked_once_also_when_what_follows_is_tried_again():
    heard: list[str] = []

    def once(question):
        heard.append(question.name)
        return True

    fails = [True, False]

    @node(retries=Retry(1, wait=0))
    def publish(x: int) -> int:
        if fails.pop(0):
            raise ConnectionError(x)
        return x

    @pipeline
    def p(x: int):
        return publish(approve(x, name="ok"))

    assert p.options(on_ask=once)(1) == 1
    assert heard == ["ok"]


def test_who_is_asked_and_fails_fails_the_step_and_is_not_asked_again():
    heard: list[str] = []

    def person(question):
        heard.append(question.name)
        raise RuntimeError("no time")

    @pipeline
    def p(x: int):
        return plus(approve(x, name="ok"))

    with pytest.raises(StepFailed, match="RuntimeError: no time"):
        p.options(on_ask=person)(1)
    assert heard == ["ok"]
