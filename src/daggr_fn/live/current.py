"""`CurrentSheet`: what keeps an open sheet up to date, with its plan and with what other servers do."""

from __future__ import annotations

import json
import logging
import threading
from typing import TYPE_CHECKING, Any

from daggr_fn.errors import InvalidInputError
from daggr_fn.live.asked import Asked
from daggr_fn.live.chores import Soon
from daggr_fn.live.reading import ReadSheet
from daggr_fn.live.staleness import Staleness
from daggr_fn.store import SheetNotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from daggr_fn.live.accounts import Accounts
    from daggr_fn.live.chores import Chores
    from daggr_fn.live.lookout import Lookout
    from daggr_fn.live.states import Patch
    from daggr_fn.pipelines import Pipeline
    from daggr_fn.store import Glance, SheetInfo, Store

logger = logging.getLogger("daggr_fn")

FIRST_SECONDS = 3.0
"""How long a sheet that is opened waits for what a plan says of it: Spaces that are asked for that may be asleep."""

_PAUSE_SECONDS = 0.03


class CurrentSheet(ReadSheet):
    """The part of `OpenSheet` that brings what is shown up to date, and nobody need ask for it.

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
        super().__init__(info, pipeline, store, accounts, folding=folding, over=self._stale.ask)
        self._first_look()
        if self._others.going:
            self.catch_up()

    def _first_look(self) -> None:
        """Bring the cards to what a plan says; if that takes long, pages show what is kept and are told of it then."""
        looked = threading.Event()

        def look() -> None:
            try:
                self.refresh()
            except Exception:  # a Space that can't be asked must not keep anybody from what is on the sheet
                logger.exception("what is stale on %s can't be said", self.info.name)
            finally:
                looked.set()

        threading.Thread(target=look, daemon=True, name="daggr_fn first look").start()
        looked.wait(FIRST_SECONDS)
        with self._board.lock:
            self._board.settle()

    def watch(self, listener: Callable[[Patch], None]) -> Callable[[], None]:
        """Have a listener hear each patch from now on, in order, from any thread; it must not block.

        As long as one does, what other servers do on the sheet is taken in.

        Returns:
            What ends that.
        """
        unwatch = super().watch(listener)
        self._lookout.add(self)
        return unwatch

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

    # ---- what other servers do

    def catch_up(self, changed: float | None = None) -> None:
        """Take in what other servers have changed; it happens by itself as long as a page is open.

        Args:
            changed: When the store says that the sheet was changed last; it is asked where this isn't given.
        """
        if not self.store.is_shared:
            return
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

    def tell_gone(self) -> None:
        """Tell the pages that another server has removed the sheet."""
        self._board.send({"gone": True})

    def tell_sheets(self) -> None:
        """Tell the pages that another server has made, renamed or removed sheets of the same user and pipeline."""
        self._board.send({"sheets": True})

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

    # ---- settings

    def _change_setting(self, name: str, change: Callable[[Any], Any]) -> None:
        """Change a setting from what it is now, whoever changed it last."""
        self._take_setting(name, self.store.change_setting(self.info.id, name, change))

    def _take_setting(self, name: str, now: Any) -> None:
        """A setting is another now: tell what that changes."""
        before, self._settings[name] = self._settings.get(name), now
        if name == "positions":
            moved = _differing(before, now)
            if moved:
                self._board.send({"positions": {card: now.get(card) for card in moved}})
        elif name == "choices":
            self._touched.inputs(_differing(before, now))
            self._board.send({"choices": self.choices})
            self._stale.ask()
        elif name == "edits":
            self._edits.know(now)
        else:
            self._board.send({name: now})


def _differing(before: Mapping[str, Any] | None, now: Mapping[str, Any]) -> set[str]:
    """The names under which there is something else now."""
    old = before or {}
    return {name for name in {**old, **now} if old.get(name) != now.get(name)}


def _plain(data: Any) -> Any:
    """A setting as the store gives it back."""
    return json.loads(json.dumps(data))
