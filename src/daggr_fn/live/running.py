"""The runs of a sheet, several at once if need be, and what they ask of people."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from daggr_fn.live.asked import Asked
from daggr_fn.live.chores import Soon
from daggr_fn.live.folding import Folding
from daggr_fn.live.going import SheetRun, new_run_id
from daggr_fn.live.logs import Logs
from daggr_fn.live.questions import Questions, told_question
from daggr_fn.live.states import GOING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from daggr_fn.expressions import Index
    from daggr_fn.kinds import Question
    from daggr_fn.live.board import Board
    from daggr_fn.live.chores import Chores
    from daggr_fn.live.memory import Results
    from daggr_fn.live.menus import Times
    from daggr_fn.live.others import Others, TheirRun
    from daggr_fn.live.states import Patch
    from daggr_fn.live.touched import Touched
    from daggr_fn.plan import Plan
    from daggr_fn.store import RunInfo


class Runs:
    """The runs of a sheet.

    Attributes:
        interrupted: The run that a server which is gone left unfinished, if the last one was.
        ended: How many runs have ended here.

    Args:
        board: The cards.
        results: The results of the sheet.
        times: How long steps take.
        touched: What was changed since steps ran.
        chores: The thread that takes events in.
        others: What other servers do on the sheet.
        over: Called when a run is over, or has made what is stale already.
    """

    def __init__(
        self,
        board: Board,
        results: Results,
        times: Times,
        touched: Touched,
        *,
        chores: Chores,
        interrupted: RunInfo | None,
        others: Others,
        over: Callable[[], None],
    ) -> None:
        self.interrupted = interrupted
        self.ended = 0
        self.questions = Questions(self._asked)
        self.logs = Logs(self._logged)
        self._board = board
        self._results = results
        self._times = times
        self._touched = touched
        self._chores = chores
        self._others = others
        self._over = over
        self._runs: dict[str, SheetRun] = {}
        self._last: Patch | None = _told_interrupted(interrupted) if interrupted is not None else None
        self._tracebacks: dict[tuple[str, Index], list[dict[str, Any]]] = {}
        self._unsent = Soon(chores, board.send_changes)

    # ---- what goes on

    @property
    def going(self) -> list[SheetRun]:
        """The runs that go on, oldest first."""
        with self._board.lock:
            return [run for run in self._runs.values() if not run.over]

    @property
    def pending(self) -> set[str]:
        """The steps that the runs which go on have still to do."""
        with self._board.lock:
            return {step for run in self._runs.values() for step in run.pending}

    def told(self) -> Patch | None:
        """The newest run in JSON, and how many go on; of the last one when none does.

        Where only other servers' runs go on it is one of these, and says `elsewhere`.
        """
        with self._board.lock:
            going = list(self._runs.values())
            if going:
                return {**going[-1].told(), "going": len(going)}
            theirs = self._others.going
            return {**theirs[-1].told(), "going": len(theirs), "elsewhere": True} if theirs else self._last

    def partial(self, step: str, index: Index) -> Any:
        """The value on the way to the last one. Raises LookupError."""
        for run in reversed(self.going):
            if (step, index) in run.partials:
                return run.partials[step, index]
        raise LookupError(f"{step} has no value on the way")

    def traceback(self, step: str, index: Index) -> list[dict[str, Any]]:
        """The traceback of a failure; empty when there is none."""
        return self._tracebacks.get((step, index), [])

    # ---- beginning and stopping

    def on_ask(self, run: str) -> Callable[[Question], Any]:
        """What a run asks people with."""
        return functools.partial(self.questions.ask, run)

    def begin(self, name: str, plan: Plan, how: str) -> None:
        """Begin a run.

        Args:
            name: Its id; that of an earlier run when that is resumed.
            plan: What to do.
            how: What was asked for, in the words of the store.
        """
        results, board = self._results, self._board
        with board.lock:
            if name in self._runs:  # two people had it go on at the same time
                return
            asks, partly = self.questions.asks, plan.settings.items
            fold = Folding(name, plan.graph, board.cards, results.numbers, results.note, asks, partly, plan.secrets)
            run = SheetRun(
                name, plan, folding=fold, results=results, logs=self.logs, chores=self._chores, heard=self._heard
            )
            run.then = self._touched.now
            results.store.begin_run(results.sheet, name, [one for one in plan.graph.steps if one in run.steps], how)
            results.store.carry_over(results.sheet, name, partly)
            self.interrupted = None
            self._runs[name] = run
            board.send_changes(self.told())
        run.start()

    def to_resume(self) -> tuple[str, Asked, Collection[str]] | None:
        """The run that can be gone on with: its id, what it was asked for, and the steps that it has done."""
        interrupted = self.interrupted
        if interrupted is not None:
            sheet = self._results.sheet
            same = self._results.store.has_inputs_of(sheet, interrupted.run)  # else it is not what that run would make
            return interrupted.run if same else new_run_id(), Asked.read(interrupted.how), interrupted.done
        last = next(iter(self._results.store.runs(self._results.sheet, 1)), None)
        if last is None or last.status not in ("failed", "cancelled"):
            return None
        return new_run_id(), Asked.read(last.how), last.done

    def theirs_ended(self, run: TheirRun) -> None:
        """A run of another server is over; it can be gone on with here, if that server is gone."""
        self._last = run.told()
        last = next(iter(self._results.store.runs(self._results.sheet, 1)), None)
        self.interrupted = last if last is not None and last.status == "interrupted" else None

    def stop(self, step: str | None) -> None:
        """Stop one step, and the rest of its runs goes on; or all runs."""
        for run in self.going:
            if step is None:
                run.execution.cancel()
            elif step in run.steps:
                run.execution.stop(step)
                self._drop_questions([step], run.id)

    def _heard(self, run: SheetRun) -> None:
        """Events of a run were taken in."""
        board = self._board
        with board.lock:
            self._tracebacks |= run.take_tracebacks()
            for step, seconds in run.take_times():
                self._times.note(step, seconds)
            news = run.take_news()
            for step in news:
                board.cards[step].tell(logs=self.logs.count(step) or None)
            if news & board.sides.deciding:
                board.sides.update(board.cards, self._results, run.plan.inputs)
            outdated = self._ended(run, news)
            if run.over and run.id in self._runs:
                self._last = run.told()
                del self._runs[run.id]
                self.ended += 1
                self._drop_questions(run.steps, run.id)
            board.send_changes(self.told())
        if run.over or outdated:
            self._over()

    def _ended(self, run: SheetRun, news: set[str]) -> bool:
        """Steps have ended in a run: whether any was made of what has been changed since the run began."""
        ended = (news & run.ended) - run.plan.settings.items.keys()
        self._touched.ended(ended, run.then)
        return any(self._touched.why(step) is not None for step in ended)

    # ---- questions and logs

    def _asked(self, step: str, index: Index) -> None:
        """A question was asked or answered."""
        with self._board.lock:
            card = self._board.cards[step]
            word = "wait" if self.questions.asks(step, index) else "running"
            if card.items is not None and card.items.word(index) in GOING:
                card.items.set(index, word)
                card.tell(state=card.items.state)
            elif not index and card.state in GOING:
                card.tell(state=word)
            self._tell_question(step)
        self._unsent.ask()

    def _drop_questions(self, steps: Iterable[str], run: str) -> None:
        with self._board.lock:
            for step in self.questions.drop(steps, run):
                self._tell_question(step)
        self._unsent.ask()

    def _tell_question(self, step: str) -> None:
        first, number = self.questions.first(step)
        told = told_question(first) | {"of": number} if first is not None else None
        self._board.cards[step].tell(question=told)

    def _logged(self, step: str) -> None:
        card = self._board.cards.get(step)
        if card is not None:
            with self._board.lock:
                card.tell(logs=self.logs.count(step) or None)
            self._unsent.ask()


def _told_interrupted(run: RunInfo) -> Patch:
    return {"id": run.run, "state": "interrupted", "since": run.created, "done": len(run.done), "of": len(run.steps)}
