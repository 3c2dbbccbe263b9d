"""`ReadSheet`: what an open sheet shows, for who only looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daggr_fn.errors import InvalidInputError
from daggr_fn.execution.memory import memory
from daggr_fn.kinds import MISSING
from daggr_fn.live.accounts import told_account
from daggr_fn.live.asked import Asked
from daggr_fn.live.board import Board
from daggr_fn.live.editing import Edits
from daggr_fn.live.entered import Entered
from daggr_fn.live.memory import Results
from daggr_fn.live.menus import known_times, told_plan
from daggr_fn.live.opening import restore
from daggr_fn.live.others import Others
from daggr_fn.live.planner import Planner
from daggr_fn.live.renaming import renamed_steps
from daggr_fn.live.running import Runs
from daggr_fn.live.same_lists import SameLists
from daggr_fn.live.shown import ShownCells, shown_output, taken_side
from daggr_fn.live.touched import Touched
from daggr_fn.live.values import port_of, shown_value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from daggr_fn.expressions import Index
    from daggr_fn.graph import Graph
    from daggr_fn.kinds import Question
    from daggr_fn.live.accounts import Accounts
    from daggr_fn.live.chores import Chores
    from daggr_fn.live.going import SheetRun
    from daggr_fn.live.states import Card, Patch
    from daggr_fn.pipelines import Pipeline
    from daggr_fn.store import SheetInfo, Store, Version


class ReadSheet:
    """The half of `OpenSheet` that tells and changes nothing. Any thread may ask it.

    A snapshot is `{"inputs", "cards", "run", "choices", "positions", "folded", "view", "sheet", "face"}`; a patch has
    the same shape with the changed parts only, `None` where something is gone.

    Args:
        over: Called when a run is over, or has made what is stale already. The others are those of `OpenSheet`.
    """

    def __init__(
        self,
        info: SheetInfo,
        pipeline: Pipeline[..., Any],
        store: Store,
        accounts: Accounts,
        *,
        folding: Chores,
        over: Callable[[], None],
    ) -> None:
        self.info = info
        self.pipeline = pipeline
        self.graph: Graph = pipeline.dag
        self.store = store
        self._accounts = accounts
        self._settings: dict[str, Any] = store.settings(info.id)
        self._entered = Entered(store, info.id, self.graph, info.user)
        self._results = Results(store, info.id, memory())
        self._board = Board(self.graph)
        self._touched = Touched(self.graph)
        self._others = Others(store, info.id, self.graph, self.cards)
        interrupted = restore(self.cards, self.graph, self._results)
        self._times = known_times(self._results, self.cards)
        self._edits = Edits(self._results, self._settings.get("edits") or {})
        lists = SameLists(self.graph, self.cards, self._results, self._touched)
        self._planner = Planner(
            pipeline, self._results, self._entered, self._edits, lists, lambda: self._picked, self._board.lock
        )
        self._runs = Runs(
            self._board,
            self._results,
            self._times,
            self._touched,
            chores=folding,
            interrupted=interrupted,
            others=self._others,
            over=over,
        )

    # ---- all of it

    def snapshot(self) -> Patch:
        """All that a page shows, but for the values, which are asked for one by one."""
        with self._board.lock:
            cards = {card.step: card.snapshot() for card in self._board.all}
            return {
                "sheet": self._told_sheet(),
                "inputs": {name: self._entered.told(name) for name in self.graph.inputs},
                "cards": cards,
                "run": self._runs.told(),
                "choices": self.choices,
                "positions": dict(self._settings.get("positions") or {}),
                "folded": list(self._settings.get("folded") or ()),
                "view": dict(self._settings.get("view") or {}),
                "face": told_account(self._accounts.of(self.info.user)),
            }

    def watch(self, listener: Callable[[Patch], None]) -> Callable[[], None]:
        """Have a listener hear each patch from now on, in order, from any thread; it must not block.

        Returns:
            What ends that.
        """
        return self._board.listen(listener)

    def look(self, listener: Callable[[Patch], None]) -> tuple[Patch, Callable[[], None]]:
        """A snapshot, and `watch` from that moment on: no patch is missed or told twice."""
        with self._board.lock:
            return self.snapshot(), self.watch(listener)

    @property
    def cards(self) -> Mapping[str, Card]:
        """The cards of the steps."""
        return self._board.cards

    @property
    def runs_elsewhere(self) -> bool:
        """Whether a run of another server goes on."""
        return bool(self._others.going)

    @property
    def watched(self) -> bool:
        """Whether a page is open."""
        return self._board.heard

    @property
    def is_idle(self) -> bool:
        """Whether nobody looks at it, nothing runs on it, and all that is on it is in the store."""
        with self._board.lock:
            return not self.watched and not self.going and self._entered.are_kept and self._results.are_kept

    @property
    def inputs(self) -> dict[str, Any]:
        """The values of the inputs that were set, in their natural types."""
        with self._board.lock:
            return dict(self._entered.values)

    @property
    def choices(self) -> dict[str, str]:
        """The picked variant of each choice."""
        return self._planner.choices

    def setting(self, name: str, default: Any = None) -> Any:
        """A setting of the sheet: `positions`, `folded`, `view`."""
        return self._settings.get(name) or default

    # ---- its cards and their values

    def state_of(self, step: str) -> Patch:
        """What the card of a step, or of a group, tells now."""
        with self._board.lock:
            return self._board.card(step).snapshot()

    def about_item(self, step: str, index: Index) -> str | None:
        """The side that an item decided for, or the condition that it was skipped for; `None` where there is none."""
        return self._board.about_item(step, index, self._results)

    def value(self, step: str, port: str | None = None, index: Index = ()) -> Any:
        """What the card of a step shows, in its natural type: one output, or with `None` the whole value.

        Of a mapped step without an index it is the list of its items, `None` for those without a value.

        Raises:
            LookupError: There is none, or it can't be read any more; in words for people.
        """
        return shown_value(self._results, self._step(step), port, tuple(index))

    def output(self, name: str) -> tuple[Any, Any]:
        """An output of the pipeline, made of what the cards show, and what in the body it is nothing but now.

        Raises:
            LookupError: Something of it has no result; in words for people.
        """
        try:
            plan = self._planner.plan(Asked())
        except InvalidInputError as error:
            raise LookupError(str(error)) from error
        cells = ShownCells(self._results, plan.inputs)
        with self._board.lock:
            cells.know(self.graph, self.cards)
        return shown_output(self.graph, name, cells), taken_side(self.graph.outputs[name], cells)

    def partial(self, step: str, port: str | None = None, index: Index = ()) -> Any:
        """The value on the way to the last one, while a step goes on: one output, or with `None` the whole value.

        Raises:
            LookupError: There is none.
        """
        value = self._runs.partial(step, tuple(index))
        return value if port is None else port_of(self._step(step), value, port)

    def input_value(self, name: str) -> Any:
        """The value of an input, or its default. Raises LookupError for a secret and for what has neither."""
        port = self.graph.inputs[name]
        with self._board.lock:
            value = self._entered.values.get(name, port.default)
        if port.secret or value is MISSING:
            raise LookupError(f"the value of {name} is not shown")
        return value

    def told_input(self, name: str) -> dict[str, Any]:
        """What pages are told of an input; see `Entered.told`."""
        with self._board.lock:
            return dict(self._entered.told(name))

    def traceback(self, step: str, index: Index = ()) -> list[dict[str, Any]]:
        """The traceback of a failure of this server's: see `failures.told_traceback`. Empty when there is none."""
        return self._runs.traceback(step, tuple(index))

    def logs(self, step: str) -> list[dict[str, Any]]:
        """What the last run of a step logged."""
        return self._runs.logs.lines(step)

    def versions(self, step: str) -> list[Version]:
        """The history of a step, oldest first."""
        return self.store.versions(self.info.id, self._step(step).name)

    def renamed_steps(self) -> dict[str, str]:
        """The steps whose history is kept under a name that the pipeline has no more: by the old name the new one."""
        known = self.store.newest_versions(self.info.id).keys()
        if not known - self.graph.steps.keys():
            return {}
        try:
            with self._acting():
                return renamed_steps(self._planner.plan(Asked()), known)
        except InvalidInputError:  # which steps take part can't be said
            return {}

    # ---- what a run would do, and does

    def plan(self, how: str = "all", step: str | None = None) -> dict[str, Any]:
        """What a run would do, for its menu; see `menus.told_plan`. Nothing is changed.

        Raises:
            InvalidInputError: Which steps take part hangs on an input without a value.
        """
        with self._acting():
            plan = self._planner.plan(Asked(how, step))
            return told_plan(plan, self._times, self._edits.replaced(plan))

    def more_than_retried(self, step: str, index: Index) -> str:
        """Why a retry of one item runs the others too that have no result; empty where it runs that item alone."""
        with self._acting():
            return self._planner.retrying(self.cards[self._step(step).name], tuple(index))[1]

    def would_replace_edit(self, how: str = "all", step: str | None = None) -> list[str]:
        """The steps whose edited items a run would replace: to be asked about before."""
        with self._acting():
            return sorted(self._edits.replaced(self._planner.plan(Asked(how, step))))

    @property
    def going(self) -> list[SheetRun]:
        """The runs that go on, oldest first."""
        return self._runs.going

    def question(self, step: str, index: Index = ()) -> Question | None:
        """What a step or an item asks now: with the value that it is about, the options and the component."""
        return self._runs.questions.open(step, tuple(index))

    def questions(self, step: str) -> list[Question]:
        """All that a step asks now, in the order of its items."""
        return self._runs.questions.of(step)

    # ---- inside

    @property
    def _picked(self) -> dict[str, str]:
        return self._settings.get("choices") or {}

    def _step(self, name: str) -> Any:
        return self.graph.step(name)

    def _acting(self) -> AbstractContextManager[None]:
        return self._accounts.acting(self.info.user)

    def _told_sheet(self) -> Patch:
        return {"id": self.info.id, "name": self.info.name, "pipeline": self.info.pipeline}
