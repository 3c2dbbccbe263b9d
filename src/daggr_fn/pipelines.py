"""`@pipeline`, and the object that users hold: a function, a plan, a stream of events, a graph."""

from __future__ import annotations

import copy
import functools
import inspect
import threading
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Protocol, TypedDict, TypeVar, cast, overload

from daggr_fn.annotations import caller_scope
from daggr_fn.dsl.backups import When, WithBackup
from daggr_fn.dsl.body import refuse_mistakes
from daggr_fn.dsl.choosing import Choice, either
from daggr_fn.dsl.groups import Inner, called, inline
from daggr_fn.dsl.inputs import parameter_inputs
from daggr_fn.dsl.loose import Wiring
from daggr_fn.dsl.run_options import changed_settings
from daggr_fn.dsl.trace import Trace
from daggr_fn.errors import WiringError
from daggr_fn.execution.memory import memory
from daggr_fn.feeding import bound_inputs, picked_variants, refuse_unknown_answers
from daggr_fn.places import Place, calling_place, defined_at
from daggr_fn.plan import Plan, Settings
from daggr_fn.stand_ins import all_standing
from daggr_fn.tracing import TRACE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping
    from datetime import timedelta

    from typing_extensions import Self, Unpack

    from daggr_fn.events import Event
    from daggr_fn.expressions import InputPort
    from daggr_fn.graph import Graph
    from daggr_fn.kinds import Question
    from daggr_fn.rows import OnError, Table
    from daggr_fn.runs import Run
    from daggr_fn.server import Handle, SiteOptions

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class PipelineOptions(TypedDict, total=False):
    """The options of a pipeline, on its decorator or on `.options(...)` for a run.

    Attributes:
        name: The pipeline's name.
        cache: Whether, or for how long, results are reused; as an option of a run it wins over the nodes' own, except
            for a node's `cache=False`.
        fresh: True to run everything anew, or the names of steps that run anew.
        given: Values for steps that then do not run, by step or "step.output"; for a mapped step the gathered list.
        only: `"+step"` runs to a step, `"step+"` from a step on, `"+step+"` both; or several of these.
        workers: How many functions of a run may go on at once.
        timeout: Seconds (or a timedelta) after which a run is cancelled.
        runner: Where functions are called: "thread" (here, the default), "process", a `concurrent.futures.Executor`, or
            a Dask cluster: "tcp://host:8786" or a `distributed.Client`. As an option of a run it wins over the nodes'
            own, except for a node's `runner="thread"`.
        choose: The variant of each choice: `{"host": "E2-F5-TTS"}`; the first where nothing is said.
        answers: What people would say to steps that ask them, by step; for a mapped step a list, or by "step[2]".
        on_ask: A function, which may be async, that is asked for what `answers` doesn't say.
    """

    name: str
    cache: Any
    fresh: bool | str | list[str] | tuple[str, ...]
    given: Mapping[str, Any]
    only: str | list[str] | tuple[str, ...]
    workers: int | None
    timeout: float | timedelta | None
    runner: Any
    choose: Mapping[str, str]
    answers: Mapping[str, Any]
    on_ask: Callable[[Question], Any] | None


class Pipeline(Generic[P, R_co]):
    """A traced DAG with named inputs and outputs. Make one with `@pipeline`, or of ports wired at module level.

    Args:
        name: The pipeline's name.
        outputs: A port, or a list, tuple or dict of ports, from which everything else is found.
    """

    _is_daggr_fn_node = True
    _scope: Mapping[str, Any] = {}
    _wiring: Wiring | None = None

    def __init__(self: Pipeline[..., R], name: str, outputs: R) -> None:
        self._wiring = Wiring(name, outputs)
        self._set_up(name, self._wiring.graph, None)

    @classmethod
    def of_body(cls, function: Callable[P, R], name: str | None, scope: Mapping[str, Any]) -> Pipeline[P, R]:
        """The pipeline of a body, which is read now and traced when the graph is first asked for."""
        made = cast("Pipeline[P, R]", cls.__new__(cls))
        warned = refuse_mistakes(function, name or function.__name__)
        made._scope = scope
        made._set_up(name or function.__name__, functools.partial(made._trace, function, scope, warned), function)
        functools.update_wrapper(made, function, updated=())
        return made

    def _set_up(self, name: str, draw: Callable[[], Graph], body: Callable[..., Any] | None) -> None:
        self.name = self._own_name = name
        self.settings = Settings()
        self._body = body
        self._signature = inspect.signature(body) if body is not None else None
        self._place = calling_place()
        self._drawn = _Drawn(draw)

    def _trace(self, function: Callable[..., Any], scope: Mapping[str, Any], warned: Collection[Place]) -> Graph:
        trace = Trace(self.name, function, warned)
        assert self._signature is not None  # a pipeline with a body has one
        ports = [trace.input(port) for port in parameter_inputs(function, self._signature, scope)]
        with trace.active():
            result = called(function, self._signature, ports)
            graph = trace.graph(result)
        if result is None and graph.steps and not _returns_none(function):
            last = list(graph.steps)[-1]
            raise WiringError(
                f"{self.name} returns nothing. Its last step is {last}: return it, or annotate -> None if it is run "
                "for its effect",
                here=defined_at(function),
            )
        return graph

    # ---- what it is

    @property
    def dag(self) -> Graph:
        """The traced graph, with its steps and expressions."""
        return self._drawn.graph

    @property
    def graph(self) -> Any:
        """The graph as a `networkx.DiGraph`: a node per step, with the step as its attribute `step`."""
        return self.dag.network

    @property
    def inputs(self) -> dict[str, InputPort]:
        """The inputs by name."""
        return self.dag.inputs

    def components(self) -> dict[str, Any]:
        """A Gradio component for each input: the one it was given, else one made from its type and default."""
        from daggr_fn.components import input_component

        return {name: input_component(port) for name, port in self.inputs.items()}

    def check(self) -> None:
        """Trace the body, and find what is wrong with it without running anything.

        Raises:
            WiringError: Something is wired wrongly.
        """
        _ = self.dag

    def schema(self) -> dict[str, Any]:
        """The inputs and outputs as a JSON schema."""
        from daggr_fn.schema import pipeline_schema

        return pipeline_schema(self.dag, self._doc)

    def to_mermaid(self) -> str:
        """The graph as a mermaid flowchart."""
        from daggr_fn.schema import mermaid

        return mermaid(self.dag)

    def _repr_markdown_(self) -> str:
        """In a notebook: its graph."""
        return f"```mermaid\n{self.to_mermaid()}\n```"

    @property
    def _doc(self) -> str:
        return inspect.getdoc(self._body) or "" if self._body is not None else ""

    def __repr__(self) -> str:
        return f"<pipeline {self.name}>"

    # ---- where it is shown; the one import upward: the canvas is a thing that a pipeline does

    def show(
        self,
        host: str | None = None,
        port: int | None = None,
        *,
        open_browser: bool = False,
        block: bool | None = None,
        **options: Unpack[SiteOptions],
    ) -> Handle:
        """Serve its canvas, a page on which it is seen, run and changed.

        Args:
            host: The address to listen on: `GRADIO_SERVER_NAME`, else `127.0.0.1`, which only this machine reaches.
            port: The port: `GRADIO_SERVER_PORT`, else the next free one from 7860 on. 0 is any that is free.
            open_browser: Whether to open it in the browser.
            block: Whether to wait until Ctrl-C; by default in a script, and not in a notebook or at a prompt.
            **options: See `SiteOptions`.

        Returns:
            A handle with its `url` and `close()`, which in a notebook shows the canvas.

        Raises:
            DaggrError: The port is taken, or an option is wrong.
            WiringError: The pipeline is wired wrongly.
        """
        from daggr_fn.server import show

        return show(self, host, port, open_browser=open_browser, block=block, **options)

    def mount(self, app: Any, path: str, **options: Unpack[SiteOptions]) -> None:
        """Serve its canvas as part of a web app of your own.

        Args:
            app: A FastAPI or Starlette app, to which it is added.
            path: Where in the app: `"/podcast"`.
            **options: See `SiteOptions`. Each browser is a user, unless `users=` says otherwise.

        Raises:
            DaggrError: An option is wrong.
            WiringError: The pipeline is wired wrongly.
        """
        from daggr_fn.server import mount

        mount(self, app, path, **options)

    # ---- what it can do

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co:
        """Run it, and return the value in the shape that the body returned. In a body it makes a group of steps.

        Raises:
            InvalidInputError: An input is unknown, missing or of the wrong type.
            StepFailed: A step failed.
        """
        if TRACE.get() is not None:
            return self._inline(args, kwargs)  # type: ignore[no-any-return]
        from daggr_fn.execution.entries import value_of

        return value_of(self._plan(args, kwargs))  # type: ignore[no-any-return]

    async def acall(self, *args: P.args, **kwargs: P.kwargs) -> R_co:
        """The same from code that runs in an event loop, which hosts the async steps."""
        from daggr_fn.execution.entries import avalue_of

        return await avalue_of(self._plan(args, kwargs))  # type: ignore[no-any-return]

    def run(self, *args: P.args, **kwargs: P.kwargs) -> Run[R_co]:
        """Run it, and return the `Run`, which also tells of failures."""
        from daggr_fn.execution.entries import run_blocking

        return run_blocking(self._plan(args, kwargs))

    async def arun(self, *args: P.args, **kwargs: P.kwargs) -> Run[R_co]:
        """The same from code that runs in an event loop."""
        from daggr_fn.execution.entries import run_awaited

        return await run_awaited(self._plan(args, kwargs))

    def map(
        self, rows: Any, *, limit: int | None = None, on_error: OnError = "raise", resume: bool = False
    ) -> list[Run[R_co]]:
        """Run it once per row of a table of inputs, side by side.

        Args:
            rows: Dicts of inputs, the path of a CSV or JSONL file, or a pandas DataFrame. The cells of a CSV become
                values of the inputs' types; an empty one is the input's default.
            limit: How many rows go on at once; by default as many as there are workers.
            on_error: `"raise"` begins no further row once one has failed, and raises that; `"keep"` goes on.
            resume: Keep all that is finished on disk until every row has succeeded, and take what an earlier call
                with `resume=True` kept: it is not done again.

        Returns:
            A `Run` for each row, in order.

        Raises:
            InvalidInputError: A row has an input that is unknown, missing or of the wrong type; nothing has run.
            RowFailed: A row failed, and `on_error` is `"raise"`.
        """
        return self._table(rows, resume).run(limit, on_error)

    async def amap(
        self, rows: Any, *, limit: int | None = None, on_error: OnError = "raise", resume: bool = False
    ) -> list[Run[R_co]]:
        """The same from code that runs in an event loop, which hosts the async steps."""
        return await self._table(rows, resume).arun(limit, on_error)

    def _table(self, rows: Any, resume: bool) -> Table:
        from daggr_fn.rows import Table, rows_of

        scope = f"{self._place.file}:{self._own_name}" if resume else ""
        return Table(self.dag, rows_of(self.dag, rows), self._row_plan, scope)

    def _row_plan(self, inputs: Mapping[str, Any], keep: str) -> Plan:
        changed = copy.copy(self)
        changed.settings = self.settings.changed(keep=keep, resume=bool(keep)) if keep else self.settings
        return changed._plan((), dict(inputs))

    def stream(self, *args: P.args, **kwargs: P.kwargs) -> Iterator[Event]:
        """Run it, and give the events as they come; who stops listening cancels the run."""
        from daggr_fn.execution.entries import stream

        return stream(self._plan(args, kwargs))

    def astream(self, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[Event]:
        """The same from code that runs in an event loop."""
        from daggr_fn.execution.entries import astream

        return astream(self._plan(args, kwargs))

    def eager(self, *args: P.args, **kwargs: P.kwargs) -> R_co:
        """Run the steps one by one, in the order of the body, in this thread: breakpoints and debuggers work."""
        from daggr_fn.execution.entries import run_eagerly

        return run_eagerly(self._plan(args, kwargs))  # type: ignore[no-any-return]

    def plan(self, *args: P.args, **kwargs: P.kwargs) -> Plan:
        """What a run with these inputs would do, and why. Nothing is executed."""
        return self._plan(args, kwargs)

    def options(self, **options: Unpack[PipelineOptions]) -> Self:
        """A copy with other options; those not given stay.

        Raises:
            WiringError: There is no such option, or a value is not one of its values.
        """
        changed = copy.copy(self)
        changed.name = options.get("name", self.name)
        changed.settings = changed_settings(self.settings, options, PipelineOptions.__annotations__)
        return changed

    @property
    def parameters(self) -> list[str]:
        """The names of what it is called with."""
        return list(self._signature.parameters) if self._signature is not None else list(self.inputs)

    def __or__(self, other: Any) -> Choice[..., Any]:
        """A choice between this pipeline and another node or pipeline."""
        return either(self, other)

    def or_else(self, backup: Any, /, *, when: When = None) -> WithBackup[P, Any]:
        """This pipeline as a group, with a backup that runs when one of its steps failed."""
        return WithBackup(self, backup, when)

    def named(self, name: str, /) -> Self:
        """A copy with another name."""
        return self.options(name=name)

    def _plan(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Plan:
        refuse_unknown_answers(self.dag, self.settings.answers)
        inputs = {**bound_inputs(self.dag, args, kwargs), **picked_variants(self.dag, self.settings.choose)}
        return Plan(self.dag, inputs, self.settings, memory())

    def _inline(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return inline(TRACE.get(), self._inner(), args, kwargs)

    def _inner(self) -> Inner:
        if self._wiring is not None:
            return self._wiring.inner(self.dag, self.name, self.settings)
        assert self._body is not None  # a pipeline of a body has one
        assert self._signature is not None  # and so its signature
        name = self._body.__name__ if self.name == self._own_name else self.name
        ports = parameter_inputs(self._body, self._signature, self._scope)
        return Inner(name, self._body, self._signature, ports, self.settings)


class _Drawn:
    """A graph that is drawn once, when first asked for, by one thread; copies of a pipeline share it."""

    def __init__(self, draw: Callable[[], Graph]) -> None:
        self._draw = draw
        self._lock = threading.RLock()
        self._graph: Graph | None = None

    @property
    def graph(self) -> Graph:
        graph = self._graph
        if graph is None or not all_standing(graph.described_by):
            with self._lock:
                graph = self._graph
                if graph is None or not all_standing(graph.described_by):
                    graph = self._graph = self._draw()
        return graph


class PipelineDecorator(Protocol):
    """`pipeline(...)` with options and without a body: what is put over one."""

    def __call__(self, body: Callable[P, R], /) -> Pipeline[P, R]: ...


@overload
def pipeline(body: Callable[P, R], /, **options: Unpack[PipelineOptions]) -> Pipeline[P, R]: ...
@overload
def pipeline(**options: Unpack[PipelineOptions]) -> PipelineDecorator: ...
def pipeline(body: Any = None, /, **options: Any) -> Any:
    """Make a pipeline of a function whose body calls nodes.

    The body is read when it is decorated, which finds what a port cannot refuse, and traced once, at first use.

    Args:
        body: The function. Its parameters are the pipeline's inputs; what it returns are its outputs.
        **options: See `PipelineOptions`.

    Raises:
        WiringError: The body does what can't be traced, or an option is unknown.
    """
    if body is None:
        return functools.partial(pipeline, **options)
    if not inspect.isfunction(body):
        raise WiringError(f"{body!r} is no function", here=calling_place(), instead="@pipeline over a plain function")
    made: Pipeline[Any, Any] = Pipeline.of_body(body, options.pop("name", None), caller_scope(body))
    made.settings = changed_settings(made.settings, options, PipelineOptions.__annotations__, decorated=True)
    return made


def _returns_none(function: Callable[..., Any]) -> bool:
    return function.__annotations__.get("return", ...) in (None, "None", type(None))
