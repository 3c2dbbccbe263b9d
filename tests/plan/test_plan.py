"""The plan: pure, the run does what it said, and it can tell why."""

from __future__ import annotations

import json

import pytest

from daggr_fn import Pool, WiringError, each, every_run, gather, node, pipeline

RAN: list[object] = []


@pytest.fixture(autouse=True)
def nothing_ran():
    RAN.clear()


@node(cache=True)
def double(x: int) -> int:
    RAN.append(("double", x))
    return 2 * x


@node
def fetch(x: int) -> int:
    RAN.append(("fetch", x))
    return x


@node(cache=True)
def spread(n: int) -> list[int]:
    RAN.append(("spread", n))
    return list(range(n))


@pipeline
def chain(x: int):
    return double(double.named("first")(x))


@pipeline
def after_fetch(x: int):
    return double(fetch(x))


@pipeline
def mapped(n: int):
    return gather(double(each(spread(n))))


def marks(plan):
    return {name: step.mark for name, step in plan.steps.items()}


def files(home):
    return sorted((str(path), path.read_bytes()) for path in home.rglob("*") if path.is_file())


def test_a_plan_executes_nothing_draws_nothing_and_writes_nothing(home):
    def draw():
        raise AssertionError("a plan draws nothing")

    @pipeline
    def p(x: int):
        return chain(x), after_fetch(x), double.named("drawn")(every_run(draw))

    p.check()
    chain(1)
    RAN.clear()
    before = files(home)
    plan = p.plan(1)
    assert marks(plan)
    for text in (str(plan), plan.to_json(), plan._repr_html_(), *(plan.explain(name) for name in plan.steps)):
        assert text
    assert RAN == []
    assert files(home) == before


def test_a_plan_says_run_then_reuse_and_depends_where_it_cannot_know():
    assert marks(chain.plan(1)) == {"first": "run", "double": "depends"}
    chain(1)
    assert marks(chain.plan(1)) == {"first": "reuse", "double": "reuse"}
    assert marks(chain.plan(7)) == {"first": "run", "double": "depends"}
    after_fetch(1)
    plan = after_fetch.plan(1)
    assert marks(plan) == {"fetch": "run", "double": "depends"}
    assert plan.steps["double"].reason == "reused if fetch returns what it did"


def test_a_plan_counts_the_items_of_a_map_as_far_as_they_are_known():
    assert marks(mapped.plan(3)) == {"spread": "run", "double": "depends"}
    mapped(3)
    plan = mapped.plan(3)
    assert (plan.steps["double"].mark, plan.steps["double"].items, plan.steps["double"].reused_items) == ("reuse", 3, 3)
    RAN.clear()
    mapped.options(given={"spread": [0, 1, 7]})(3)
    assert RAN == [("double", 7)]
    changed = mapped.options(given={"spread": [0, 9, 2, 8]}).plan(3)
    assert (changed.steps["double"].mark, changed.steps["double"].items, changed.steps["double"].reused_items) == (
        "run",
        4,
        2,
    )


def test_options_show_in_the_plan():
    chain(1)
    assert marks(chain.options(fresh=True).plan(1)) == {"first": "run", "double": "run"}
    assert marks(chain.options(only="+first").plan(1)) == {"first": "run", "double": "skip"}
    assert marks(chain.options(cache=False).plan(1)) == {"first": "run", "double": "run"}
    given = chain.options(given={"first": 2}).plan(1)
    assert marks(given) == {"first": "reuse", "double": "reuse"}
    assert given.steps["first"].reason == "given"


@pytest.mark.parametrize(
    "options", [{}, {"fresh": True}, {"fresh": ["first"]}, {"only": "+first"}, {"given": {"first": 9}}]
)
@pytest.mark.parametrize("remembered", [False, True])
def test_the_run_does_what_the_plan_said(options, remembered, run_pipeline):
    if remembered:
        chain(1)
    p = chain.options(**options)
    planned = marks(p.plan(1))
    done = {"run": {"done"}, "reuse": {"reused"}, "skip": {"skipped"}, "depends": {"done", "reused"}}
    run = run_pipeline(p, 1)
    assert {name for name, step in run.steps.items() if step.status not in done[planned[name]]} == set()


def test_a_plan_prints_as_a_table_and_serialises():
    chain(1)
    plan = chain.plan(1)
    text = str(plan)
    assert "first" in text
    assert "reuse" in text
    data = json.loads(plan.to_json())
    assert data["pipeline"] == "chain"
    assert data["inputs"] == {"x": "1"}
    assert [step["mark"] for step in data["steps"]] == ["reuse", "reuse"]


def test_explain_says_which_part_of_the_key_changed():
    chain(1)
    text = chain.plan(5).explain("first")
    assert "x" in text.split("changed")[0]
    rows = {line.split()[0]: line.split()[1] for line in text.splitlines() if line.startswith("    ")}
    assert rows == {"code": "same", "node": "same", "x": "changed"}


def test_explain_tells_of_edited_code(app):
    source = """
    from daggr_fn import node, pipeline

    @node(cache=True)
    def work(x: int) -> int:
        return x + 1

    @pipeline
    def p(x: int):
        return work(x)
    """
    app(source).p(1)
    plan = app(source.replace("x + 1", "x + 2")).p.plan(1)
    assert plan.steps["work"].mark == "run"
    assert "its code changed since" in plan.steps["work"].reason
    assert "code" in plan.explain("work")


def test_explain_of_a_step_that_is_not_there_names_those_that_are():
    with pytest.raises(WiringError, match="chain has no step 'frist'; did you mean 'first'"):
        chain.plan(1).explain("frist")


def test_a_step_with_a_drawn_value_says_why_it_runs():
    @pipeline
    def p():
        return double(every_run(lambda: 1))

    assert p.plan().steps["double"].reason == "not remembered: x is drawn anew for each call"


def test_ten_thousand_steps_are_planned_without_a_recursion():
    @pipeline
    def p(x: int):
        for _ in range(10_000):
            x = fetch(x)
        return x

    assert len(p.plan(1).steps) == 10_000
    assert p.graph.number_of_edges() == 9_999


def test_the_plan_says_on_which_terms_steps_are_called():
    gpu = Pool("gpu", limit=2, rate="5/s")
    careful = double.options(retries=1, timeout=30, limit=3, rate="30/minute", pool=gpu)

    @pipeline
    def asked(x: int):
        return fetch(careful(x))

    plan = asked.options(timeout=90.0).plan(1)
    terms = "1 retry, at most 30 s each, 3 at once, 30/minute, pool gpu (2 at once, 5/s)"
    assert [planned.terms for planned in plan.steps.values()] == [terms, ""]
    assert json.loads(plan.to_json())["steps"][0]["terms"] == terms
    shown = " ".join(str(plan).split())
    assert "plan of asked, at most 1 min 30 s" in shown
    assert "double, 1 retry, at most 30 s each" in shown
