"""Progress, partial values, the `Run` and its tables."""

from __future__ import annotations

import json

import gradio as gr
import pytest
from tqdm import tqdm
from tqdm.auto import trange

from daggr_fn import each, events, gather, node, pipeline, progress


def told(run):
    return [(e.step, e.fraction, e.text) for e in run.events if isinstance(e, events.StepProgress)]


def test_progress_of_a_node_is_progress_of_its_step(run_pipeline):
    @node
    def work() -> int:
        progress(0.5, "half")
        progress(None, "nearly")
        return 1

    @pipeline
    def p():
        return work()

    assert told(run_pipeline(p)) == [("work", 0.5, "half"), ("work", None, "nearly")]
    progress(1.0)  # outside of a run nothing happens


def test_an_items_progress_is_its_own(run_pipeline):
    @node
    def work(x: int) -> int:
        progress(x / 10)
        return x

    @pipeline
    def p(xs: list[int]):
        return gather(work(each(xs)))

    run = run_pipeline(p, [1, 2])
    assert sorted((e.index, e.fraction) for e in run.events if isinstance(e, events.StepProgress)) == [
        ((0,), 0.1),
        ((1,), 0.2),
    ]


def test_a_gradio_progress_is_progress_of_the_step(run_pipeline):
    @node
    def work(x: int, bar: gr.Progress = gr.Progress()) -> int:  # noqa: B008  # as Gradio's own functions have it
        bar(0.25, desc="quarter")
        bar((1, 2))
        for _ in bar.tqdm(range(2), desc="loop"):
            pass
        return x

    @pipeline
    def p(x: int):
        return work(x)

    said = told(run_pipeline(p, 1))
    assert said[:2] == [("work", 0.25, "quarter"), ("work", 0.5, "")]
    assert said[-1][1] == 1.0
    assert work(3) == 3
    assert "bar" not in work.spec.parameters


@pytest.mark.parametrize("bars", [lambda: tqdm(range(4), desc="images"), lambda: trange(4, desc="images")])
def test_a_tqdm_bar_is_progress_of_the_step(bars, capsys, run_pipeline):
    @node
    def work(many) -> int:
        return sum(1 for _ in many())

    @pipeline
    def p(many):
        return work(many)

    run = run_pipeline(p, bars)
    assert run.value == 4
    assert told(run)
    assert told(run)[-1][:2] == ("work", 1.0)
    assert "images" in told(run)[-1][2]
    assert [e.kind for e in run_pipeline(p, bars).events][-2:] == ["finished", "run-ended"]


@pytest.mark.parametrize("kind", ["generator", "async generator"])
def test_a_generator_shows_each_value_and_its_last_one_counts(kind, run_pipeline):
    @node
    def count(n: int):
        yield from (f"{i} of {n}" for i in range(1, n + 1))

    @node
    async def count_async(n: int):
        for i in range(1, n + 1):
            yield f"{i} of {n}"

    counter = count if kind == "generator" else count_async

    @pipeline
    def p(n: int):
        return counter(n)

    run = run_pipeline(p, 2)
    assert [e.value for e in run.events if isinstance(e, events.StepPartial)] == ["1 of 2", "2 of 2"]
    assert run.value == counter(2) == "2 of 2"
    assert p(0) is None


def test_a_generator_that_fails_half_way_fails_its_step(run_pipeline):
    @node
    def count():
        yield 1
        raise ValueError("boom")

    @pipeline
    def p():
        return count()

    run = run_pipeline(p)
    assert [e.kind for e in run.events] == ["run-started", "started", "partial", "failed", "run-ended"]


def test_a_run_tells_values_status_and_times_of_every_step(run_pipeline):
    @node
    def a(x: int) -> int:
        return x

    @pipeline
    def p(xs: list[int]):
        return {"all": gather(a(each(xs))), "one": a.named("single")(5)}

    run = run_pipeline(p, [1, 2])
    assert run.value == run.outputs == {"all": [1, 2], "one": 5}
    assert run.steps["a"].value == [1, 2]
    assert (run.steps["a"].status, run.steps["a"].attempts) == ("done", 2)
    assert run.steps["single"].seconds >= 0
    data = json.loads(run.to_json())
    assert data["outputs"] == {"all": [1, 2], "one": 5}
    assert [step["name"] for step in data["steps"]] == ["a", "single"]
    assert data["steps"][0]["items"][1]["value"] == 2
    assert data["status"] == "done"
    assert "single" in str(run)
    assert "single" in run._repr_html_()


def test_values_that_json_does_not_know_are_shown_short(tmp_path, run_pipeline):
    @node
    def make() -> list:
        return [tmp_path / "a.png", float("nan"), {1: (2, object)}, b"x" * 1000, None]

    @pipeline
    def p():
        return make()

    (value,) = json.loads(run_pipeline(p).to_json())["outputs"].values()
    assert value[0] == str(tmp_path / "a.png")
    assert value[1] == "nan"
    assert value[4] is None


def test_an_empty_map_is_done(run_pipeline):
    @node
    def a(x: int) -> int:
        return x

    @pipeline
    def p(xs: list[int]):
        return gather(a(each(xs)))

    run = run_pipeline(p, [])
    assert run.steps["a"].status == "done"
    assert run.steps["a"].items == {}
