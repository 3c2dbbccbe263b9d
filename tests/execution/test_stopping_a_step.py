"""One step of a run can be stopped; a question waits in no thread."""

from __future__ import annotations

import threading

from daggr_fn import approve, gather, node, pipeline
from daggr_fn.errors import RunCancelled, StepStopped
from daggr_fn.execution.execution import Execution
from daggr_fn.kinds import NotYetAnswered

SECONDS = 30
began, go = threading.Event(), threading.Event()


@node
def slow(x: int) -> int:
    began.set()
    assert go.wait(SECONDS)
    return x


@node
def same(x: int) -> int:
    return x


def stopped(pipe, said):
    began.clear()
    go.clear()
    execution = Execution(pipe.plan(), listen=said.append)
    execution.start()
    assert began.wait(SECONDS)
    execution.stop("slow")
    assert execution.done.wait(SECONDS)
    go.set()


def test_no_backup_stands_in_for_a_step_that_was_stopped():
    @pipeline
    def safe(x: int = 1):
        return same.named("end")(slow.or_else(same)(x))

    stopped(safe, said := [])
    ended = [(one.step, one.kind) for one in said if one.kind in ("cancelled", "skipped", "finished")]
    assert sorted(ended) == [("end", "skipped"), ("same", "skipped"), ("slow", "cancelled")]


def test_a_list_without_an_item_that_was_stopped_is_not_passed_on():
    from daggr_fn import each

    @node
    def total(xs: list[int]) -> int:
        return sum(xs)

    @pipeline
    def listed():
        return total(gather(slow(each([1]))))

    stopped(listed, said := [])
    assert said[-1].status == "cancelled"
    assert "finished" not in {event.kind for event in said}


def test_stopped_is_told_from_failed():
    assert issubclass(StepStopped, RunCancelled)


def test_a_question_that_waits_holds_no_thread_and_is_asked_once():
    waiting, asked, said = [], [], []
    parked = threading.Event()

    def ask(question):
        asked.append(question.name)
        if len(asked) == 1:

            def when(call_back):
                waiting.append(call_back)
                parked.set()

            raise NotYetAnswered(when)
        return True

    @pipeline
    def judged(x: int = 1):
        return same(approve(x, name="ok"))

    execution = Execution(judged.options(on_ask=ask).plan(), listen=said.append)
    execution.start()
    assert parked.wait(SECONDS)
    assert not execution.done.is_set()
    waiting[0]()
    assert execution.done.wait(SECONDS)
    assert asked == ["ok", "ok"]
    assert [event.kind for event in said if getattr(event, "step", "") == "ok"] == ["started", "finished"]


def test_a_question_that_waits_can_be_cancelled_and_its_answer_does_no_harm():
    waiting, said = [], []
    parked = threading.Event()

    def ask(question):
        def when(call_back):
            waiting.append(call_back)
            parked.set()

        raise NotYetAnswered(when)

    @pipeline
    def judged(x: int = 1):
        return approve(x, name="ok")

    execution = Execution(judged.options(on_ask=ask).plan(), listen=said.append)
    execution.start()
    assert parked.wait(SECONDS)
    execution.cancel()
    waiting[0]()
    assert execution.done.is_set()
    assert [event.kind for event in said][-2:] == ["cancelled", "run-ended"]
