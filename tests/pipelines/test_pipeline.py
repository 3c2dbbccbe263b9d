"""The object that `@pipeline` makes: what can be asked of it without running it."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import json

import networkx
import pytest
from pydantic import BaseModel

from daggr_fn import StepFailed, WiringError, node, pipeline


@node
def plus(x: int, y: int = 1) -> int:
    return x + y


@pipeline
def inner(x: int):
    return plus(x)


@pipeline
def simple(x: int, y: int = 2):
    """Two sums."""
    return plus(plus.named("first")(x), y)


def test_it_is_a_function_with_its_name_documentation_and_signature():
    assert simple.__name__ == "simple"
    assert simple.__doc__ == "Two sums."
    assert repr(simple) == "<pipeline simple>"
    assert simple(1) == simple(x=1, y=2) == 4


def test_its_graph_is_a_networkx_dag():
    assert isinstance(simple.graph, networkx.DiGraph)
    assert list(networkx.topological_sort(simple.graph)) == ["first", "plus"]
    assert simple.graph.nodes["first"]["step"].spec.name == "plus"


def test_it_draws_itself_as_mermaid():
    text = simple.to_mermaid()
    assert text.startswith(("flowchart", "graph"))
    assert "first" in text


def test_its_schema_names_inputs_outputs_and_defaults():
    schema = simple.schema()
    text = json.dumps(schema)
    assert '"x"' in text
    assert '"y"' in text
    assert "Two sums." in text
    assert json.loads(text)


def test_options_make_a_copy_and_share_the_graph():
    fresh = simple.options(fresh=True, workers=1)
    assert fresh is not simple
    assert fresh.graph is simple.graph
    assert simple.settings.fresh is False
    assert simple.options(fresh=True).options(workers=2).settings.fresh is True
    with pytest.raises(WiringError, match="there is no option 'frsh'; did you mean 'fresh'"):
        simple.options(frsh=True)


def test_no_input_name_is_reserved():
    @pipeline
    def p(fresh: int, name: int, cache: int, given: int, only: int, self_: int):
        return plus(fresh, name), plus(cache, given), plus(only, self_)

    assert p(fresh=1, name=2, cache=3, given=4, only=5, self_=6) == (3, 7, 11)
    assert p.run(fresh=1, name=2, cache=3, given=4, only=5, self_=6).ok
    assert p.plan(fresh=1, name=2, cache=3, given=4, only=5, self_=6).steps


def test_inputs_by_place_only_and_by_name_only():
    @pipeline
    def p(a: int, /, b: int = 2, *, c: int = 3):
        return plus(plus(a, b), c)

    assert p(1) == 6
    assert p(1, 5, c=0) == 6


def test_many_rows_make_many_runs():
    rows = [{"x": 1}, {"x": 2, "y": 0}]
    assert [run.value for run in simple.map(rows)] == [4, 3]


def test_a_failing_row_fails_alone():
    @pipeline
    def p(x: int):
        return node(lambda x: 1 // x)(x)

    good, bad = p.map([{"x": 1}, {"x": 0}], on_error="keep")
    assert good.value == 1
    with pytest.raises(StepFailed):
        _ = bad.value


def test_check_finds_what_is_wrong_without_running():
    @pipeline
    def p(x: int):
        return plus(x).typo

    with pytest.raises(ValueError, match="plus has no output 'typo'"):
        p.check()


def test_a_body_that_returns_nothing_and_says_so_is_run_for_its_effect():
    ran = []

    @pipeline
    def p(x: int) -> None:
        node(ran.append)(x)

    assert p(1) is None
    assert ran == [1]


def test_threads_that_ask_for_the_graph_at_once_trace_it_once():
    import threading

    traced = []
    begin = threading.Barrier(8)

    @pipeline
    def p(x: int):
        traced.append(1)
        return plus(x)

    def ask():
        begin.wait(10)
        p.check()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert traced == [1]


class Tone(enum.Enum):
    SOFT = "soft"


class Line(BaseModel):
    text: str
    tone: Tone = Tone.SOFT


@dataclasses.dataclass
class Scene:
    day: datetime.date
    lines: list[Line]


def test_records_of_all_sorts_are_json_for_other_programs_and_whole():
    @node
    def write(text: str) -> tuple[Scene, Tone]:
        return Scene(datetime.date(2026, 11, 22), [Line(text=text)]), Tone.SOFT

    @pipeline
    def p(text: str):
        return {"made": write(text)}

    long = "rain " * 100
    told = json.loads(p.run(long).to_json())["outputs"]["made"]
    assert told == [{"day": "2026-11-22", "lines": [{"text": long, "tone": "soft"}]}, "soft"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"timeout": 0}, "timeout=0\n  valid    seconds, more than 0, or a timedelta"),
        ({"timeout": "5"}, "timeout='5'"),
        ({"workers": 0}, "workers=0\n  valid    1, 2, ..."),
        ({"choose": "loud"}, "choose='loud'\n  valid    a dict: choose={'choice': ...}"),
        ({"answers": ["yes"]}, "answers=['yes']\n  valid    a dict: answers={'step': ...}"),
        ({"given": 3}, "given=3\n  valid    a dict: given={'step': ...}"),
        ({"on_ask": True}, "on_ask=True\n  valid    a function of the question"),
        ({"cache": 60}, "cache=60\n  valid    True, False, a timedelta"),
        ({"only": 5}, "only=5\n  valid    a step's name, or a list of them"),
        ({"fresh": 5}, "fresh=5\n  valid    a step's name, or a list of them, True"),
        ({"retries": 3}, "retries= is an option of nodes, and this is a pipeline"),
    ],
)
def test_an_option_of_the_wrong_sort_is_refused_where_it_is_said(options, told):
    with pytest.raises(WiringError) as error:
        inner.options(**options)
    assert str(error.value).startswith(told)
    assert "  inner.options(**options)" in str(error.value)


def test_a_run_may_be_told_its_time_as_a_span():
    assert "at most 1 min" in str(inner.options(timeout=datetime.timedelta(minutes=1)).plan(1))


def test_a_limit_of_nothing_is_refused_where_it_is_said():
    with pytest.raises(WiringError, match=r"a limit is a whole number .*, not 0\n  valid    1, 2, ...\n  here"):
        plus.options(limit=0)
