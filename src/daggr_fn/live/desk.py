"""The desk: the sheets that are open in this process, each once, for all of its pages."""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING, Any

from daggr_fn.live.accounts import Accounts
from daggr_fn.live.chores import Chores
from daggr_fn.live.lookout import Lookout
from daggr_fn.live.sheet import OpenSheet

if TYPE_CHECKING:
    from daggr_fn.pipelines import Pipeline
    from daggr_fn.store import SheetInfo, Store

FIRST_NAME = "Sheet 1"

MOST_IDLE = 100
"""How many sheets stay open of those that nobody looks at: each visit of a program that keeps no cookie makes one."""


class _Turn:
    """Held while a sheet is opened, which may take as long as Spaces are asked for its plan: others need not wait."""

    def __init__(self) -> None:
        self.lock = threading.Lock()


class Desk:
    """Opens sheets.

    Attributes:
        accounts: Who is signed in.

    Args:
        store: Where they are kept. Runs of servers that are gone are marked as interrupted now.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.accounts = Accounts()
        self._lock = threading.RLock()
        self._turns: weakref.WeakValueDictionary[str, _Turn] = weakref.WeakValueDictionary()
        self._open: dict[str, OpenSheet] = {}
        self._folding = Chores("daggr_fn sheets")
        self._planning = Chores("daggr_fn plans")
        self._lookout = Lookout(store, self._planning)
        store.interrupt_dead_runs()

    def sheets(self, pipeline: Pipeline[..., Any], user: str = "") -> list[SheetInfo]:
        """The sheets of a user and a pipeline, newest change first."""
        return self.store.sheets(user, stored_as(pipeline))

    def open(
        self, pipeline: Pipeline[..., Any], user: str = "", sheet: str | None = None, *, key: str = ""
    ) -> OpenSheet:
        """A sheet, opened if it isn't; without an id the one that changed last, or a first one.

        Sheets are kept under the pipeline's name, or under a key of their own.

        A pipeline that was changed (hot reload) is opened anew once no run of the old one goes on.

        Raises:
            SheetNotFound: There is no such sheet of this user and pipeline.
        """
        name = key or stored_as(pipeline)
        with self._lock:
            info = self._find(name, user, sheet)
            turn = self._turns.setdefault(info.id, _Turn())
        with turn.lock:
            with self._lock:
                found = self._open.pop(info.id, None)
                if found is not None:
                    self._open[info.id] = found  # the last one again: those that were asked for long ago go first
            if found is None or (found.pipeline.dag is not pipeline.dag and not found.going):
                found = self._opened(info, pipeline)
                with self._lock:
                    self._open[info.id] = found
                self._let_go()
                return found
        found.catch_up()
        return found

    def _let_go(self) -> None:
        """Let go of the sheets that nobody has needed for longest."""
        with self._lock:
            idle = [name for name, sheet in self._open.items() if sheet.is_idle]
            for name in idle[:-MOST_IDLE]:
                del self._open[name]

    def _opened(self, info: SheetInfo, pipeline: Pipeline[..., Any]) -> OpenSheet:
        found = self._open_anew(info, pipeline)
        renamed = found.renamed_steps().items()
        if sum(self.store.rename_step(info.pipeline, old, new) for old, new in renamed) == 0:
            return found
        return self._open_anew(info, pipeline)

    def _open_anew(self, info: SheetInfo, pipeline: Pipeline[..., Any]) -> OpenSheet:
        folding, planning = self._folding, self._planning
        return OpenSheet(
            info, pipeline, self.store, self.accounts, folding=folding, planning=planning, lookout=self._lookout
        )

    def sign_in(self, user: str, token: str) -> None:
        """Sign a user in to Hugging Face: what their sheets plan and run from now on is on their account.

        Raises:
            SignInRefused: The Hub does not know the token, or can't be asked.
        """
        self.accounts.sign_in(user, token)
        self._tell_face(user)

    def sign_out(self, user: str) -> None:
        """Forget a user's account; what runs goes on with it."""
        self.accounts.sign_out(user)
        self._tell_face(user)

    def _tell_face(self, user: str) -> None:
        with self._lock:
            opened = [sheet for sheet in self._open.values() if sheet.info.user == user]
        for sheet in opened:
            sheet.tell_face()

    def _find(self, pipeline: str, user: str, sheet: str | None) -> SheetInfo:
        from daggr_fn.store import SheetNotFound

        if sheet is None:
            known = self.store.sheets(user, pipeline)
            return known[0] if known else self.store.make_sheet(user, pipeline, FIRST_NAME)
        info = self.store.sheet(user, sheet)
        if info.pipeline != pipeline:
            raise SheetNotFound(f"{pipeline} has no such sheet")
        return info

    def make(self, pipeline: Pipeline[..., Any], user: str = "", name: str = "", *, key: str = "") -> OpenSheet:
        """A new sheet, opened."""
        key = key or stored_as(pipeline)
        number = len(self.store.sheets(user, key)) + 1
        info = self.store.make_sheet(user, key, name or f"Sheet {number}")
        return self.open(pipeline, user, info.id, key=key)

    def duplicate(self, sheet: OpenSheet, name: str) -> SheetInfo:
        """A new sheet with all that is on this one."""
        return self.store.duplicate_sheet(sheet.info.id, name)

    def delete(self, user: str, sheet: str) -> None:
        """Remove a sheet, and stop what runs on it.

        Raises:
            SheetNotFound: There is no such sheet of this user.
        """
        info = self.store.sheet(user, sheet)
        with self._lock:
            opened = self._open.pop(info.id, None)
        if opened is not None:
            opened.close()
        self.store.delete_sheet(info.id)

    @property
    def is_idle(self) -> bool:
        """Whether nothing runs on any sheet."""
        with self._lock:
            return not any(sheet.going for sheet in self._open.values())

    def close(self) -> None:
        """Stop all runs, and take in what they said last."""
        with self._lock:
            opened, self._open = list(self._open.values()), {}
        for sheet in opened:
            sheet.close()
        self._planning.close()
        self._folding.close()


def stored_as(pipeline: Pipeline[..., Any]) -> str:
    """What the sheets of a pipeline are stored under."""
    return pipeline.name
