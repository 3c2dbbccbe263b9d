"""`OpenSheet`: a sheet that is open, with what people do to it; all pages of it show the same."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from daggr_fn.errors import DaggrError, InvalidInputError, did_you_mean, listed
from daggr_fn.live.accounts import told_account
from daggr_fn.live.asked import Asked, steps_named
from daggr_fn.live.current import CurrentSheet
from daggr_fn.live.going import new_run_id
from daggr_fn.live.going_back import go_back
from daggr_fn.live.opening import show_stored
from daggr_fn.live.plans import refuse_without_inputs, valid_choices
from daggr_fn.live.undoing import UNSET, Change, Undoing

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from daggr_fn.expressions import Index


class OpenSheet(CurrentSheet):
    """A sheet that is open; see `CurrentSheet` for how it is made.

    Any thread may call it; what takes long happens in others.
    """

    @functools.cached_property
    def _undoing(self) -> Undoing:
        return Undoing(self._set)

    # ---- inputs, choices, view

    def set_input(self, name: str, value: Any) -> None:
        """Set an input. Of two people who do, the last one wins; both pages show it.

        Raises:
            InvalidInputError: There is no such input. A value that it can't take is kept, and its note says why.
        """
        self._change("inputs", {name: value})

    def begin_input(self, name: str, value: Any) -> None:
        """Give an input that nobody set the value that its component drew for this sheet; there is nothing to undo."""
        with self._board.lock:
            if name not in self._entered.values:
                self._set("inputs", {name: value})

    def clear_input(self, name: str) -> None:
        """Put an input back to its default."""
        self._change("inputs", {name: UNSET})

    def choose(self, choice: str, variant: str) -> None:
        """Pick the variant of a choice.

        Raises:
            InvalidInputError: There is no such choice, or no such variant.
        """
        if choice not in self.graph.choices:
            near = did_you_mean(choice, self.graph.choices)
            raise InvalidInputError(f"there is no choice {choice!r}{near}\n  valid    {listed(self.graph.choices)}")
        if not valid_choices(self.graph, {choice: variant}):
            raise InvalidInputError(f"the choice {choice!r} has no variant {variant!r}")
        with self._board.lock:
            self._change_setting("choices", lambda picked: _with(picked, {choice: variant}))

    def move(self, positions: Mapping[str, Any]) -> None:
        """Put cards elsewhere: by card its position as JSON; `None` for where the layout would put it."""
        self._change("positions", dict(positions))

    def fold(self, group: str, folded: bool) -> None:
        """Fold or unfold a group."""
        with self._board.lock:
            self._change_setting("folded", lambda now: _folded(now, group, folded=folded))

    def set_view(self, **view: Any) -> None:
        """Keep how the sheet is looked at, as JSON."""
        with self._board.lock:
            self._change_setting("view", lambda now: _with(now, view))

    def undo(self) -> bool:
        """Take the last change of inputs or positions back; false when there is none."""
        with self._board.lock:
            return self._undoing.undo()

    def redo(self) -> bool:
        """Make the change again that was taken back last; false when there is none."""
        with self._board.lock:
            return self._undoing.redo()

    def rename(self, name: str) -> None:
        """Give the sheet another name."""
        self.store.rename_sheet(self.info.id, name)
        with self._board.lock:
            self.info = self.store.sheet(self.info.user, self.info.id)
            self._board.send({"sheet": self._told_sheet()})

    # ---- runs

    def run(self, how: str = "all", step: str | None = None, *, keep_edits: bool = False) -> str:
        """Begin a run, which goes on whether or not a page is open; its id.

        Args:
            how: `all`, or `fresh` for all anew; or `to` a step, `this` step anew, `from` a step on anew.
            step: The step, or a group of them.
            keep_edits: Whether steps with edited items that would run keep the edits, and don't.

        Raises:
            InvalidInputError: An input that is needed has no value, or one that it can't take.
            WiringError: There is no such step.
        """
        return self._begin(new_run_id(), Asked(how, step), keep_edits=keep_edits)

    def retry(self, step: str, index: Index | None = None) -> str:
        """Run an item that failed again, and no other; without an index all items of the step that failed.

        Where it can't be told that the item is the same still, all run that have no result: see `more_than_retried`.
        """
        with self._acting():
            asked, _ = self._planner.retrying(self.cards[self._step(step).name], tuple(index or ()))
        return self._begin(new_run_id(), asked)

    def resume(self) -> str | None:
        """Go on with the run that a server which is gone left unfinished, or with the last one, if it ended badly.

        Returns:
            The run's id; `None` when there is nothing to go on with.
        """
        found = self._runs.to_resume()
        if found is None:
            return None
        run, asked, done = found
        return self._begin(new_run_id() if self._makes_anew(asked, done) else run, asked, done)

    def stop(self, step: str | None = None) -> None:
        """Stop one step or group, and the rest goes on; or all runs.

        Raises:
            DaggrError: What runs is another server's.
        """
        names = set(self.graph.steps) if step is None else steps_named(self.graph, step)
        if self.runs_elsewhere and not any(names & run.steps for run in self.going):
            raise DaggrError("this run is another server's: stop it on a page of that server")
        for name in [None] if step is None else names:
            self._runs.stop(name)

    def answer(self, step: str, index: Index, value: Any) -> None:
        """Answer a question.

        Raises:
            LookupError: Nothing is asked there.
            InvalidInputError: It is none of the options.
        """
        self._runs.questions.answer(step, tuple(index), value)

    # ---- history and edits

    def select_version(self, step: str, number: int) -> None:
        """Go back to a version of a step: to the inputs that made it, and what was made of it and for it.

        Raises:
            LookupError: There is no such version.
        """
        name, sheet = self._step(step).name, self.info.id
        with self._board.lock:
            before = dict(self._entered.values)
            chosen = go_back(self.store, sheet, name, number, self.graph.before([name]))
            self._results.forget()
            changed = self._entered.reload()
            self._undoing.note_restored(before, self._entered.values)
            self._touched.inputs(changed)
            self._touched.step(name)
            self._show_chosen(chosen - self._runs.pending)
            self._board.send({"inputs": {name: self._entered.told(name) for name in self.graph.inputs}})
            self._board.send_changes()
        self._stale.ask()

    def edit_items(self, step: str, port: str, rows: list[Any] | None, index: Index = ()) -> None:
        """Replace a list that a step returned by an edited one; `None` takes the edits back.

        Raises:
            LookupError: The step has no result that could be edited.
        """
        with self._board.lock:
            self._edits.edit(self._step(step), port, rows, tuple(index))
            told = self._edits.told[step]
            self._change_setting("edits", lambda now: _with(now, {step: told}))
            self._touched.step(step)
            card = self.cards[step]
            self._edits.tell(self.cards)
            card.tell(version=self._results.numbers(step), edited=self._edits.ports(step) or None)
            card.revise()
            self._board.send_changes()
        self._stale.ask()

    def close(self) -> None:
        """Stop its runs: the server ends."""
        for run in self.going:
            run.execution.cancel()

    # ---- inside

    def _change(self, what: str, values: Mapping[str, Any]) -> None:
        with self._board.lock:
            before = self._set(what, values)
            self._undoing.note(Change(what, before, dict(values)))

    def _set(self, what: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Set inputs or positions, tell everybody, and say what they were."""
        if what == "inputs":
            before = {name: self._entered.set(name, value) for name, value in values.items()}
            self._touched.inputs(values)
            self._board.send({"inputs": {name: self._entered.told(name) for name in values}})
            self._stale.ask()
            return before
        positions: dict[str, Any] = self._settings.get("positions") or {}
        self._change_setting("positions", lambda now: _moved(now, values))
        return {name: positions.get(name) for name in values}

    def _show_chosen(self, steps: set[str]) -> None:
        """Have cards show the versions that were selected, whatever a run would give now."""
        show_stored(self.cards, self.graph, self._results, steps)
        self._touched.ended(steps, self._touched.now)

    def _makes_anew(self, asked: Asked, done: Collection[str]) -> bool:
        """Whether a run that goes on would make anew what it has done: going on as the same, it would lose that."""
        with self._acting():
            plan = self._planner.plan(asked, finished=done)
        return any(planned.mark == "run" for name, planned in plan.steps.items() if name in done)

    def _begin(self, name: str, asked: Asked, finished: Collection[str] = (), *, keep_edits: bool = False) -> str:
        self.catch_up()
        ask = self._runs.on_ask(name)
        with self._acting():
            plan = self._planner.plan(asked, on_ask=ask, finished=finished, run=name, keep_edits=keep_edits)
            refuse_without_inputs(plan, self._entered.check())
            self._undoing.seal()
            self._runs.begin(name, plan, asked.words)
        return name

    def tell_face(self) -> None:
        """Tell the pages who is signed in now; what is on somebody's account may be stale for another."""
        self._board.send({"face": told_account(self._accounts.of(self.info.user))})
        self._stale.ask()


def _with(now: Mapping[str, Any] | None, more: Mapping[str, Any]) -> dict[str, Any]:
    return {**(now or {}), **more}


def _folded(now: list[str] | None, group: str, *, folded: bool) -> list[str]:
    others = [name for name in now or () if name != group]
    return [*others, group] if folded else others


def _moved(now: Mapping[str, Any] | None, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: at for name, at in _with(now, values).items() if at is not None}
