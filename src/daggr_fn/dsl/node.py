"""The node that users hold: called while a pipeline is traced it makes a step, called anywhere else it runs now."""

from __future__ import annotations

import functools
import types
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Generic, NoReturn, ParamSpec, Protocol, TypedDict, TypeVar, Union, overload

from daggr_fn.annotations import caller_scope
from daggr_fn.dsl.backups import When, WithBackup
from daggr_fn.dsl.binding import holds_lazy
from daggr_fn.dsl.choosing import Choice, either
from daggr_fn.dsl.loose import loose_call
from daggr_fn.errors import WiringError, did_you_mean, listed
from daggr_fn.kinds import Errors, NodeKind, NodeSpec, Options
from daggr_fn.limits import Limit, Pool
from daggr_fn.nodes.function import FunctionKind
from daggr_fn.places import calling_place, defined_at
from daggr_fn.rates import Rate
from daggr_fn.retries import Retry
from daggr_fn.runners import read_runner
from daggr_fn.tracing import TRACE
from daggr_fn.values import is_sequence

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

P = ParamSpec("P")
Q = ParamSpec("Q")
P2 = ParamSpec("P2")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
U = TypeVar("U")
U_co = TypeVar("U_co", covariant=True)
Outputs = Mapping[str, Any]

# By arity, so that type checkers know the parameters of a lambda.
Postprocess = Union[  # noqa: UP007  # of a type variable, which `|` can't subscript on Python 3.10
    Callable[[Any], U],
    Callable[[Any, Any], U],
    Callable[[Any, Any, Any], U],
    Callable[[Any, Any, Any, Any], U],
    Callable[[Any, Any, Any, Any, Any], U],
]


class TypedOptions(TypedDict, total=False):
    """The options of a node that don't change the type of its value.

    Attributes:
        name: The name of the node's steps.
        cache: Whether, or for how long, a result is reused for the same inputs.
        version: Replaces the node's code in the keys of its results: change it when the results should change.
        retries: How many times a failed call is made again, or a `Retry` that says when, and after which errors. By
            default none is made again.
        timeout: Seconds (or a timedelta) after which a call fails; each attempt has that long.
        limit: How many calls of this node may go on at once, in the whole process.
        rate: How many calls of this node may begin in a stretch of time, in the whole process: "30/minute".
        pool: A limit or a rate that several nodes share.
        runner: Where the function is called: "thread" (here; final), "process", a `concurrent.futures.Executor`, or a
            Dask cluster: "tcp://host:8786" or a `distributed.Client`. Spaces and models are called from here.
        after: A step, or several, that must have ended before.
        on_error: What `gather` does about items of this node that failed, where it doesn't say.
        preprocess: Changes the inputs, a dict by name, before the call.
    """

    name: str
    cache: bool | timedelta | None
    version: str | None
    retries: int | Retry | None
    timeout: float | timedelta | None
    limit: int | None
    rate: str | None
    pool: Pool | None
    runner: Any
    after: Any
    on_error: Errors
    preprocess: Callable[[dict[str, Any]], dict[str, Any]] | None


class NodeOptions(TypedOptions, total=False):
    """The options of a node, on its decorator or factory and on `.options(...)`.

    Attributes:
        postprocess: Makes the node's value of what the call returned; several outputs are given as several arguments.
    """

    postprocess: Postprocess[Any] | None


class Node(Generic[P, R_co]):
    """A reusable definition of work. Calling it makes a step in a pipeline's body, and runs it anywhere else."""

    _is_daggr_fn_node = True

    def __init__(self, kind: NodeKind, options: Options) -> None:
        # What `postprocess` makes has no more the outputs that the node declared.
        reshaped = getattr(kind, "reshaped", None) if options.postprocess is not None else None
        self.kind: NodeKind = kind if reshaped is None else reshaped()
        self._options = options
        function = getattr(kind, "function", None)
        if function is not None and not isinstance(function, functools.partial):
            functools.update_wrapper(self, function, updated=())

    @property
    def name(self) -> str:
        """The name that its steps get."""
        return self._options.name or self.kind.name

    @property
    def spec(self) -> NodeSpec:
        """The description of the node: parameters, outputs, documentation."""
        return self.kind.spec()

    def __repr__(self) -> str:
        return f"<{self.kind.label} node {self.name}>"

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co:
        """Make a step when a pipeline is traced or an argument is a port; else run now and return the value.

        Raises:
            WiringError: An argument is unknown, missing or of the wrong type.
        """
        trace = TRACE.get()
        if trace is not None:
            return trace.call(self.kind, self._options, args, kwargs)  # type: ignore[no-any-return]  # a port
        if any(holds_lazy(value) for value in (*args, *kwargs.values())):
            return loose_call(self.kind, self._options, args, kwargs)  # type: ignore[return-value]
        from daggr_fn.dsl.plain import call_now

        return call_now(self.kind, self._options, args, kwargs)  # type: ignore[no-any-return]

    async def acall(self, *args: P.args, **kwargs: P.kwargs) -> R_co:
        """Run now, from code that runs in an event loop."""
        from daggr_fn.dsl.plain import acall_now

        return await acall_now(self.kind, self._options, args, kwargs)  # type: ignore[no-any-return]

    def named(self, name: str, /) -> Self:
        """A copy whose steps have this name."""
        return self.options(name=name)

    @overload
    def options(self, *, outputs: Outputs, **options: Unpack[NodeOptions]) -> Node[P, Any]: ...
    @overload
    def options(self, **options: Unpack[TypedOptions]) -> Self: ...
    @overload
    def options(self, *, postprocess: Postprocess[U], **options: Unpack[TypedOptions]) -> Node[P, U]: ...
    def options(self, *, outputs: Outputs | None = None, **options: Any) -> Node[P, Any]:
        """A copy with other options; those not given stay, and a `limit` or `rate` that stays is shared.

        Raises:
            WiringError: There is no such option.
        """
        kind = self.kind
        if outputs is not None:
            with_outputs = getattr(kind, "with_outputs", None)
            if with_outputs is None:
                raise WiringError(f"the outputs of a {kind.label} node can't be changed", here=calling_place())
            kind = with_outputs(outputs)
        return type(self)(kind, changed_options(self._options, options))

    @overload
    def __or__(self, other: Node[P, U]) -> Choice[P, R_co | U]: ...
    @overload
    def __or__(self, other: Node[Q, U]) -> Choice[..., R_co | U]: ...
    @overload
    def __or__(self, other: Any) -> Choice[..., Any]: ...
    def __or__(self, other: Any) -> Choice[..., Any]:
        """A choice between this node and another node or pipeline."""
        return either(self, other)

    @overload
    def or_else(self, backup: Node[..., U], /, *, when: When = None) -> WithBackup[P, R_co | U]: ...
    @overload
    def or_else(self, backup: Any, /, *, when: When = None) -> WithBackup[P, Any]: ...
    def or_else(self, backup: Any, /, *, when: When = None) -> WithBackup[P, Any]:
        """This node with a backup, which runs when a call of this one failed for good.

        Args:
            backup: A node or pipeline; it takes the arguments that it knows.
            when: Classes of errors, or a function of the error, that the backup is for; all by default.
        """
        return WithBackup(self, backup, when)

    def test(self, **inputs: Any) -> R_co:
        """Run the node alone; inputs that are missing get the example value of their component or type."""
        from daggr_fn.dsl.plain import call_now, with_examples

        return call_now(self.kind, self._options, (), with_examples(self.kind, inputs))  # type: ignore[no-any-return]

    def __get__(self, instance: object, owner: type | None = None) -> NoReturn:
        raise WiringError(
            f"{self.name} is a method; a node is a function",
            here=calling_place(),
            instead="a function outside of the class that takes what it needs, or a @staticmethod over the @node",
        )


class RemoteNode(Node[..., Any]):
    """What `space()` and `model()` return: its parameters are known when its API is."""

    @overload
    def typed(self, function: Callable[P2, R], /, *, take: str | None = None) -> Node[P2, R]: ...
    @overload
    def typed(self, /, *, take: str) -> PlainDecorator: ...
    def typed(self, function: Any = None, /, *, take: str | None = None) -> Any:
        """Give it a signature and types: `@space("owner/name", "/endpoint").typed` over a function without body.

        The signature is checked against the real API when the node is first traced or called. Parameters that it leaves
        out keep the remote's own defaults. What the remote returns becomes what the function's annotation says: a PIL
        picture, a path, a NamedTuple of returns by their names, a pydantic model for a chat.

        Args:
            function: A function whose body is `...`.
            take: The one of many returns that is the value.

        Raises:
            WiringError: The function has a body of its own.
        """
        if function is None:
            return functools.partial(self.typed, take=take)
        from daggr_fn.nodes.typed import TypedKind

        made: Node[..., Any] = Node(TypedKind(self.kind, function, take, caller_scope(function)), self._options)
        return made


def changed_options(options: Options, changes: Mapping[str, Any]) -> Options:
    """The options with changes.

    Raises:
        WiringError: There is no such option, or a value is not one of its values.
    """
    valid = NodeOptions.__annotations__
    for name in changes:
        if name not in valid:
            raise WiringError(
                f"there is no option {name!r}{did_you_mean(name, valid)}",
                here=calling_place(),
                notes={"valid": listed(valid)},
                instead="inputs are given to the call: node(...)",
            )
    values = dict(changes)
    if "limit" in values:
        values["limit"] = None if values["limit"] is None else _read_option("limit", values["limit"])
    if values.get("retries") is not None:
        values["retries"] = _read_option("retries", values["retries"])
    if values.get("runner") is not None:
        values["runner"] = read_runner(values["runner"], calling_place())
    if values.get("rate") is not None:
        values["rate"] = _read_option("rate", values["rate"])
    if "after" in values:
        after = values["after"]
        values["after"] = tuple(after) if is_sequence(after) else (after,)
    _refuse_wrong_times(values)
    if values.get("on_error", "raise") not in ("raise", "keep", "skip"):
        raise WiringError(
            f"on_error={values['on_error']!r}", notes={"valid": "'raise', 'keep', 'skip'"}, here=calling_place()
        )
    return replace(options, **values)


def _read_option(name: str, value: Any) -> Any:
    """What a policy, a rate or a limit is made of, told at the user's line where it is nothing of the kind."""
    if isinstance(value, (Retry, Rate)):
        return value
    made, valid = _READ[name]
    try:
        return made(value)
    except ValueError as error:
        raise WiringError(str(error), notes={"valid": valid}, here=calling_place()) from error


_READ: Mapping[str, tuple[Callable[[Any], Any], str]] = {
    "retries": (Retry, "3, Retry(3, wait=2)"),
    "rate": (Rate, "'30/minute', '5/second', '10/30 seconds'"),
    "limit": (Limit, "1, 2, ..."),
}


def _refuse_wrong_times(values: Mapping[str, Any]) -> None:
    cache, timeout = values.get("cache"), values.get("timeout")
    if cache is not None and not isinstance(cache, (bool, timedelta)):
        raise WiringError(f"cache={cache!r}", notes={"valid": "True, False, a timedelta"}, here=calling_place())
    seconds = timeout.total_seconds() if isinstance(timeout, timedelta) else timeout
    if seconds is not None and (not isinstance(seconds, (int, float)) or seconds <= 0):
        what = f"timeout={timeout!r}"
        raise WiringError(what, notes={"valid": "seconds, more than 0, or a timedelta"}, here=calling_place())


class NodeDecorator(Protocol):
    """`node(...)` with options and without a function: what is put over one."""

    @overload
    def __call__(self, function: Callable[P, Coroutine[Any, Any, R]], /) -> Node[P, R]: ...
    @overload
    def __call__(self, function: Callable[P, Iterator[R]], /) -> Node[P, R]: ...
    @overload
    def __call__(self, function: Callable[P, AsyncIterator[R]], /) -> Node[P, R]: ...
    @overload
    def __call__(self, function: Callable[P, R], /) -> Node[P, R]: ...


class PlainDecorator(Protocol):
    """`remote.typed(take=...)`: what is put over a function without body."""

    def __call__(self, function: Callable[P, R], /) -> Node[P, R]: ...


class ResultDecorator(Protocol[U_co]):
    """`node(postprocess=...)`, which says what the value is, and `node(outputs=...)`, which does not."""

    def __call__(self, function: Callable[P, Any], /) -> Node[P, U_co]: ...


@overload
def node(function: Callable[P, Any], /, *, outputs: Outputs, **options: Unpack[NodeOptions]) -> Node[P, Any]: ...
@overload
def node(
    function: Callable[P, Any], /, *, postprocess: Postprocess[U], **options: Unpack[TypedOptions]
) -> Node[P, U]: ...
@overload
def node(function: Callable[P, Coroutine[Any, Any, R]], /, **options: Unpack[TypedOptions]) -> Node[P, R]: ...
@overload
def node(function: Callable[P, Iterator[R]], /, **options: Unpack[TypedOptions]) -> Node[P, R]: ...
@overload
def node(function: Callable[P, AsyncIterator[R]], /, **options: Unpack[TypedOptions]) -> Node[P, R]: ...
@overload
def node(function: Callable[P, R], /, **options: Unpack[TypedOptions]) -> Node[P, R]: ...
@overload
def node(*, outputs: Outputs, **options: Unpack[NodeOptions]) -> ResultDecorator[Any]: ...
@overload
def node(*, postprocess: Postprocess[U], **options: Unpack[TypedOptions]) -> ResultDecorator[U]: ...
@overload
def node(**options: Unpack[TypedOptions]) -> NodeDecorator: ...
def node(function: Any = None, /, *, outputs: Outputs | None = None, **options: Any) -> Any:
    """Make a node of a Python function: `@node`, `@node(cache=True)` or `node(fn, name="speak")`.

    Its parameters are the node's inputs; its return annotation names the outputs (see the guide on concepts). The
    function may be `async`, and it may be a generator, whose values are shown as they come and whose last one counts.

    Args:
        function: The function.
        outputs: Output names with their components, for a function whose annotation doesn't say them.
        **options: See `NodeOptions`.

    Raises:
        WiringError: It is no function, or an option is unknown.
    """
    if function is None:
        changed_options(Options(), options)  # refused at this line, and not where the function is
        return functools.partial(node, outputs=outputs, **options)
    _refuse_what_is_no_function(function)
    name = options.pop("name", None)  # of the node: its steps are numbered; `.options(name=)` and `.named` name a step
    kind = FunctionKind(function, outputs, name, caller_scope(function))
    return Node[..., Any](kind, changed_options(Options(), options))


def _refuse_what_is_no_function(function: Any) -> None:
    if isinstance(function, (Node, staticmethod, classmethod)) or not callable(function):
        what = (
            f"{function!r} is no function" if not isinstance(function, Node) else f"{function.name} is a node already"
        )
        raise WiringError(what, here=calling_place(), instead="@node over a plain function")
    qualname = getattr(function, "__qualname__", "")
    parameters = list(getattr(getattr(function, "__code__", None), "co_varnames", ()))
    inside_class = "." in qualname.rpartition("<locals>.")[2]
    if inside_class and parameters[:1] in (["self"], ["cls"]) and not isinstance(function, types.MethodType):
        raise WiringError(
            f"{qualname} is a method; a node is a function",
            here=defined_at(function) if hasattr(function, "__code__") else calling_place(),
            instead="a function outside of the class that takes what it needs",
        )
