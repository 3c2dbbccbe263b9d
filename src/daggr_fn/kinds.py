"""What a node is to the rest of the house: its description, the `NodeKind` protocol, its options and one call of it.

The graph, the plan, the scheduler and the canvas know nodes through this module alone. A new kind of node is one new
file with a class that fulfils `NodeKind`.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

from daggr_fn.errors import Unanswered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from daggr_fn.limits import Limit, Pool
    from daggr_fn.rates import Rate
    from daggr_fn.retries import Retry
    from daggr_fn.runners import Runner

Errors = Literal["raise", "keep", "skip"]


class _Missing:
    """Stands where there is no default."""

    def __repr__(self) -> str:
        return "<no default>"


MISSING: Any = _Missing()


@dataclass(frozen=True, slots=True)
class Parameter:
    """One input of a node.

    Attributes:
        annotation: The natural type of its values, `Any` when unknown.
        default: What a step that leaves it out gets; `MISSING` when it must be given.
        component: The Gradio component that its annotation carries, if any.
        many: `"positional"` for `*args`, `"named"` for `**kwargs`.
        is_file: Whether a `str` given for it names a file, so that the file's content counts and not its name.
    """

    name: str
    annotation: Any = Any
    default: Any = MISSING
    component: Any = None
    many: Literal["", "positional", "named"] = ""
    is_file: bool = False

    @property
    def required(self) -> bool:
        return self.default is MISSING and not self.many


@dataclass(frozen=True, slots=True)
class OutputPort:
    """One output of a node; `shown` is false for outputs that are returned but not shown."""

    name: str
    annotation: Any = Any
    component: Any = None
    shown: bool = True


@dataclass(frozen=True, slots=True)
class NodeSpec:
    """The description of a node: all that is known of it without calling it.

    Attributes:
        outputs: The ports by name, in order. A node with one port named `output` returns the port's value itself.
        record: How a port is read from the value that the node returns: it is the value (`""`), an attribute of it
            (`"attribute"`: a NamedTuple or dataclass) or a key (`"key"`: a TypedDict).
        returns: The annotation of the whole value.
        link: Where a person can read about the node (the address of a Space), if anywhere.
        anonymous: Whether the name says nothing (a lambda's), so that a step is rather named by its variable.
        asks: What it asks of a person, if it does (see `Question.sort`).
    """

    name: str
    parameters: Mapping[str, Parameter]
    outputs: Mapping[str, OutputPort]
    record: Literal["", "attribute", "key"] = ""
    returns: Any = Any
    doc: str = ""
    link: str = ""
    anonymous: bool = False
    asks: Literal["", "approve", "choose", "ask"] = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a node is for the keys of its results.

    Attributes:
        what: Words that tell this node from others, and its revision: `("space", "owner/name", "/api", sha)`.
        code: Functions whose code belongs to the key.
        user: Who made the results, when a user's token was part of the call. Never the token.
    """

    what: tuple[str, ...]
    code: tuple[Callable[..., Any], ...] = ()
    user: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """What `.options(...)` sets on a node; `None` where nothing was said."""

    name: str | None = None
    cache: bool | timedelta | None = None
    version: str | None = None
    retries: Retry | None = None
    timeout: float | timedelta | None = None
    limit: Limit | None = None
    rate: Rate | None = None
    pool: Pool | None = None
    runner: Runner | None = None
    after: tuple[Any, ...] = ()
    on_error: Errors = "raise"
    preprocess: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    postprocess: Callable[[Any], Any] | None = None

    @property
    def timeout_seconds(self) -> float | None:
        if isinstance(self.timeout, timedelta):
            return self.timeout.total_seconds()
        return self.timeout


@dataclass(frozen=True, slots=True)
class Question:
    """What a step asks of a person.

    Attributes:
        sort: `"approve"` (yes or no to a value), `"choose"` (one of several options) or `"ask"` (a value).
        value: What is to be approved or changed.
        options: What can be chosen.
        component: The Gradio component that takes the answer.
        note: A text beside it.
        around: The step, and its item, in a turn of which it is asked; `None` for a step of the pipeline itself.
    """

    step: str
    index: tuple[int, ...]
    sort: Literal["approve", "choose", "ask"]
    value: Any = None
    options: tuple[Any, ...] = ()
    component: Any = None
    note: str = ""
    around: tuple[str, tuple[int, ...]] | None = None

    @property
    def asker(self) -> tuple[str, tuple[int, ...]]:
        """The step of the pipeline, and its item, that waits for the answer."""
        return self.around or (self.step, self.index)

    @property
    def name(self) -> str:
        """The step with the item's index: `approve[3]`."""
        return self.step + "".join(f"[{i}]" for i in self.index)


class NotYetAnswered(BaseException):  # no error: the call is made again, and no thread waits meanwhile
    """Raised by an `on_ask` that has no answer yet: the node is called once more when it has.

    Args:
        when: Told what to call when there is an answer; it calls it once, from any thread, also at once.
    """

    def __init__(self, when: Callable[[Callable[[], None]], None]) -> None:
        super().__init__()
        self.when = when


@runtime_checkable
class NodeKind(Protocol):
    """One kind of node: it knows how to describe itself and how to be called.

    Attributes:
        label: The word for the kind that people see: `function`, `space`.
        is_async: Whether `call` returns an awaitable, to be awaited on an event loop; else it runs in a worker thread.
        remembers: Whether a result is reused for the same request when nobody said `cache=`.
        calls_sources: Whether a callable given as an argument is called for each call of the step (see `every_run`).
    """

    label: str
    is_async: bool
    remembers: bool
    calls_sources: bool

    @property
    def name(self) -> str:
        """The name that a step of this node gets by default. Known without asking the network."""
        ...

    def spec(self) -> NodeSpec:
        """The description. May ask the network the first time, and remembers the answer."""
        ...

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """The arguments by parameter name; what was left out is left out.

        Raises:
            WiringError: An argument is unknown or missing; says which are valid.
        """
        ...

    def check(self, parameter: str, value: Any) -> None:
        """Look at a value before anything is sent or called.

        Raises:
            WiringError: The value is out of the parameter's bounds, choices or type; says which are valid.
        """
        ...

    def identity(self) -> Identity:
        """What the node is, for the keys of its results."""
        ...

    def call(self, inputs: dict[str, Any], call: Call) -> Any:
        """Do the work: inputs by parameter name in, the value of the node out (an awaitable of it when `is_async`).

        A node with several ports returns the record that `spec().record` tells of. What was returned goes through
        `call.postprocessed` first.
        """
        ...


@dataclass(slots=True, eq=False)
class Call:
    """One call of a node that goes on now: what it can tell the run, and what the run tells it.

    Attributes:
        step: The name of the step.
        index: The indices of the item, outermost map first.
        cancelled: Set when nobody waits for the result any more; long functions may look at it.
        limits: The limits in which the call holds a place.
        postprocess: What is made of the returned values before they are the node's outputs.
        waits_for: What cancels the runs of pipelines that the call waits for.
        depth: How many event loop threads below this one are blocked by calls that wait for it.
        attempt: Which attempt of the step it is, from 1 on.
    """

    step: str
    index: tuple[int, ...] = ()
    cancelled: bool = False
    limits: tuple[Limit, ...] = ()
    depth: int = 0
    attempt: int = 1
    on_progress: Callable[[Call, float | None, str], None] | None = None
    on_partial: Callable[[Call, Any], None] | None = None
    scratch: Callable[[], Path] | None = None
    on_ask: Callable[[Question], Any] | None = None
    on_turn: Callable[[Call, int, Any], Any] | None = None
    postprocess: Callable[..., Any] | None = None
    files_made: int = 0
    waits_for: list[Callable[[], None]] = field(default_factory=list)  # pyright: ignore[reportUnknownVariableType]

    def cancel(self) -> None:
        """Nobody waits for the result any more: tell the node, and the runs of pipelines that it waits for."""
        self.cancelled = True
        for cancel in list(self.waits_for):
            cancel()

    def postprocessed(self, values: Any) -> Any:
        """What the `postprocess` option makes of what the node returned; several values are given to it one by one.

        A kind calls this before it takes the value for its outputs.
        """
        if self.postprocess is None:
            return values
        return self.postprocess(*values) if isinstance(values, tuple) else self.postprocess(values)

    def progress(self, fraction: float | None, text: str = "") -> None:
        """Tell how far the work is: a fraction from 0 to 1, or `None` when only the text is known."""
        if self.on_progress is not None:
            self.on_progress(self, fraction, text)

    def partial(self, value: Any) -> None:
        """Show a value that is not the last one yet."""
        if self.on_partial is not None:
            self.on_partial(self, value)

    def ask(self, question: Question) -> Any:
        """A person's answer.

        Raises:
            Unanswered: Nobody is there to answer.
        """
        if self.on_ask is None:
            raise Unanswered(f"{question.name} asks a person, and nobody is there to answer outside of a run")
        return self.on_ask(question)

    def turn(self, number: int, plan: Any) -> Any:
        """The value of one turn of a repeated step: a plan that is run as an item of this call."""
        if self.on_turn is None:
            raise RuntimeError(f"{self.step} repeats its body, which only a run can do")
        return self.on_turn(self, number, plan)

    def new_file(self, suffix: str = "", name: str | None = None) -> Path:
        """A path for a file that the node is going to write; it is kept with the result when the result holds it.

        Args:
            suffix: The ending, with its dot: `.png`.
            name: The file's name; by default made from the step's.
        """
        folder = self._folder()
        self.files_made += 1
        if name is None:
            ordinal = "" if self.files_made == 1 else f"_{self.files_made}"
            name = self.step.replace("/", "-") + "".join(f"-{i}" for i in self.index) + ordinal + suffix
        return folder / name

    def new_folder(self) -> Path:
        """A fresh folder that goes with the call."""
        import tempfile

        return Path(tempfile.mkdtemp(dir=self._folder()))

    def _folder(self) -> Path:
        import tempfile

        return self.scratch() if self.scratch is not None else Path(tempfile.mkdtemp(prefix="daggr_fn-"))


CURRENT_CALL: ContextVar[Call | None] = ContextVar("daggr_fn_current_call", default=None)
"""The call that the code which asks is part of; `None` outside of a node."""


def new_file(suffix: str = "", *, name: str | None = None) -> Path:
    """A path for a file that the node which calls this is going to write; it is kept with the result.

    Outside of a run (a node called plainly in a unit test) it lies in a fresh temporary folder.

    Args:
        suffix: The ending, with its dot: `.png`.
        name: The file's name; by default made from the step's.
    """
    call = CURRENT_CALL.get() or Call("file")
    return call.new_file(suffix, name)


def progress(fraction: float | None, text: str = "") -> None:
    """Tell, from inside a node, how far it is: a fraction from 0 to 1, or `None` when only the text is known.

    Outside of a run nothing happens.
    """
    call = CURRENT_CALL.get()
    if call is not None:
        call.progress(fraction, text)
