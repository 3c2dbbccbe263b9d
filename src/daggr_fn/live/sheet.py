"""`OpenSheet`: a sheet that is open, with what people do to it; all pages of it show the same."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

from daggr_fn.errors import DaggrError, InvalidInputError, did_you_mean, listed
from daggr_fn.live.accounts import told_account
from daggr_fn.live.asked import Asked, steps_named
from daggr_fn.live.chores import Soon
from daggr_fn.live.going import new_run_id
from daggr_fn.live.going_back import go_back
from daggr_fn.live.plans import refuse_without_inputs, valid_choices
from daggr_fn.live.reading import ReadSheet
from daggr_fn.live.staleness import Staleness
from daggr_fn.live.undoing import UNSET, Change, Undoing
from daggr_fn.store import SheetNotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from daggr_fn.expressions import Index
    from daggr_fn.live.accounts import Accounts
    from daggr_fn.live.chores import Chores
    from daggr_fn.live.lookout import Lookout
    from daggr_fn.live.states import Patch
    from daggr_fn.pipelines import Pipeline
    from daggr_fn.store import Glance, SheetInfo, Store

logger = logging.getLogger("daggr_fn")

_PAUSE_SECONDS = 0.03


class OpenSheet(ReadSheet):
    """A sheet that is open. Any thread may call it; what takes long happens in others.

    Args:
        info: Which sheet it is.
        pipeline: Its pipeline.
        store: Where it is kept.
        accounts: On whose account its user's calls are made.
        folding: The thread that takes events in.
        planning: The thread that finds out what is stale.
        lookout: Has it take in what other servers do, while a page is open.
    """

    def __init__(
        self,
        info: SheetInfo,
        pipeline: Pipeline[..., Any],
        store: Store,
        accounts: Accounts,
        *,
        folding: Chores,
        planning: Chores,
        lookout: Lookout,
    ) -> None:
        self._lookout = lookout
        self._stale = Soon(planning, self.refresh, _PAUSE_SECONDS)
        self._undoing = Undoing(self._set)
        super().__init__(info, pipeline, store, accounts, folding=folding, over=self._stale.ask)
        self.refresh()
        self._board.settle()
        if self._others.going:
            self.catch_up()

    def watch(self, listener: Callable[[Patch], None]) -> Callable[[], None]:
        """Have a listener hear each patch from now on, in order, from any thread; it must not block.

        As long as one does, what other servers do on the sheet is taken in.

        Returns:
            What ends that.
        """
        unwatch = super().watch(listener)
        self._lookout.add(self)
        return unwatch

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
            self._change_setting("choices", lambda picked: {**(picked or {}), choice: variant})

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
            self._change_setting("view", lambda now: {**(now or {}), **view})

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
        return None if found is None else self._begin(*found)

    def stop(self, step: str | None = None) -> None:
        """Stop one step or group, and the rest goes on; or all runs.

        Raises:
            DaggrError: What runs is another server's.
        """
        if self.runs_elsewhere and not self.going:
            raise DaggrError("this run is another server's: stop it on a page of that server")
        for name in [None] if step is None else steps_named(self.graph, step):
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
            go_back(self.store, sheet, name, number, self.graph.before([name]))
            self._results.forget()
            self._entered.reload()
            self._undoing.note_restored(before, self._entered.values)
            self._touched.inputs(self.graph.inputs)
            self._board.send({"inputs": {name: self._entered.told(name) for name in self.graph.inputs}})
        self._stale.ask()

    def edit_items(self, step: str, port: str, rows: list[Any] | None, index: Index = ()) -> None:
        """Replace a list that a step returned by an edited one; `None` takes the edits back.

        Raises:
            LookupError: The step has no result that could be edited.
        """
        with self._board.lock:
            self._edits.edit(self._step(step), port, rows, tuple(index))
            told = self._edits.told[step]
            self._change_setting("edits", lambda now: {**(now or {}), step: told})
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

    def _change_setting(self, name: str, change: Callable[[Any], Any]) -> None:
        """Change a setting from what it is now, whoever changed it last."""
        self._take_setting(name, self.store.change_setting(self.info.id, name, change))

    def _take_setting(self, name: str, now: Any) -> None:
        """A setting is another now: tell what that changes."""
        before, self._settings[name] = self._settings.get(name), now
        if name == "positions":
            moved = {card for card in {**(before or {}), **now} if (before or {}).get(card) != now.get(card)}
            if moved:
                self._board.send({"positions": {card: now.get(card) for card in moved}})
        elif name == "choices":
            self._touched.inputs(choice for choice in now if (before or {}).get(choice) != now[choice])
            self._board.send({"choices": self.choices})
            self._stale.ask()
        elif name == "edits":
            self._edits.know(now)
        else:
            self._board.send({name: now})

    # ---- what other servers do

    def catch_up(self, changed: float | None = None) -> None:
        """Take in what other servers have changed; it happens by itself as long as a page is open.

        Args:
            changed: When the store says that the sheet was changed last; it is asked where this isn't given.
        """
        if changed is None:
            changed = self.store.changed([self.info.id]).get(self.info.id)
        if changed == self._others.last.info.changed and not self._others.going:
            return
        with self._board.lock:
            try:
                found = self._take_in(self._others.glance())
            except SheetNotFound:
                return
        if found:
            self.refresh()
            self._board.send_changes(self._runs.told())

    def _take_in(self, now: Glance) -> bool:
        """Take in what others have changed; whether they have."""
        inputs = self._entered.take_in(now.inputs)
        if inputs:
            self._touched.inputs(inputs)
            self._board.send({"inputs": {name: self._entered.told(name) for name in inputs}})
        settings = [name for name, data in now.settings.items() if data != _plain(self._settings.get(name))]
        for name in settings:
            self._take_setting(name, now.settings[name])
        if self.info.name != now.info.name:
            self.info = now.info
            self._board.send({"sheet": self._told_sheet()})
        went_on = self._others.going
        steps, ended = self._others.take_in(now, self._results, self._runs.pending)
        self._touched.ended(steps, self._touched.now)
        if ended is not None:
            self._runs.theirs_ended(ended)
        return bool(inputs or settings or steps or ended or went_on != self._others.going)

    def _begin(self, name: str, asked: Asked, finished: Collection[str] = (), *, keep_edits: bool = False) -> str:
        self.catch_up()
        ask = self._runs.on_ask(name)
        with self._acting():
            plan = self._planner.plan(asked, on_ask=ask, finished=finished, run=name, keep_edits=keep_edits)
            refuse_without_inputs(plan, self._entered.check())
            self._undoing.seal()
            self._runs.begin(name, plan, asked.words)
        return name

    def refresh(self) -> None:
        """Bring the cards to what a plan says now. It happens by itself, shortly after anything has changed."""
        then, pending = (self._touched.now, self._runs.ended), self._runs.pending
        try:
            with self._acting():
                plan = self._planner.plan(Asked())
                _ = plan.steps
        except InvalidInputError as error:
            logger.debug("what is stale on %s can't be said: %s", self.info.name, error)
            return
        with self._board.lock:
            if then != (self._touched.now, self._runs.ended):
                self._stale.ask()  # it isn't so any more
                return
            pending |= self._runs.pending
            self._others.note_complete(plan)
            Staleness(plan, self.cards, self._results, pending | self._others.pending, self._touched).update()
            self._others.tell_running(plan, pending)
            self._edits.tell(self.cards)
            self._board.sides.update(self.cards, self._results, plan.inputs)
            self._board.send_changes()

    def tell_face(self) -> None:
        """Tell the pages who is signed in now; what is on somebody's account may be stale for another."""
        self._board.send({"face": told_account(self._accounts.of(self.info.user))})
        self._stale.ask()


def _folded(now: list[str] | None, group: str, *, folded: bool) -> list[str]:
    others = [name for name in now or () if name != group]
    return [*others, group] if folded else others


def _moved(now: Mapping[str, Any] | None, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: at for name, at in {**(now or {}), **values}.items() if at is not None}


def _plain(data: Any) -> Any:
    """A setting as the store gives it back."""
    return json.loads(json.dumps(data))
