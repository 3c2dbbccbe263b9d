"""A plain call of a node: outside of a pipeline, with real values, now."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread

from daggr_fn.annotations import is_component
from daggr_fn.dsl.trace import Trace
from daggr_fn.errors import WiringError
from daggr_fn.execution.loops import in_running_loop
from daggr_fn.kinds import CURRENT_CALL, MISSING, Call, NodeKind, Options
from daggr_fn.places import calling_place
from daggr_fn.plan import Plan, Settings
from daggr_fn.runners import THREAD
from daggr_fn.stand_ins import acting

if TYPE_CHECKING:
    from collections.abc import Mapping


def call_now(kind: NodeKind, options: Options, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """The value that a step of this call would have.

    A function is called in this thread as it is; what is remembered or runs elsewhere is run as a pipeline of one step.

    Raises:
        WiringError: An argument is unknown, missing or of the wrong type.
    """
    acts = acting(kind)
    if _needs_a_run(acts, options):
        from daggr_fn.execution.entries import value_of

        return _unwrapped(functools.partial(value_of, _plan(kind, options, args, kwargs)))
    inputs = _inputs(acts, args, kwargs)
    if not kind.is_async:
        return acts.call(_preprocessed(options, inputs), _call(kind, options))
    if in_running_loop():
        raise WiringError(
            f"{kind.name} is async, and an event loop runs here",
            here=calling_place(),
            instead=f"await {kind.name}.acall(...)",
        )
    return anyio.run(functools.partial(_acall, acts, options, inputs))


async def acall_now(kind: NodeKind, options: Options, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """`call_now` in an event loop; a plain function runs in a thread."""
    acts = acting(kind)
    if _needs_a_run(acts, options):
        from daggr_fn.execution.entries import avalue_of

        return await avalue_of(_plan(kind, options, args, kwargs))
    inputs = _inputs(acts, args, kwargs)
    if kind.is_async:
        return await _acall(acts, options, inputs)
    return await anyio.to_thread.run_sync(lambda: acts.call(_preprocessed(options, inputs), _call(kind, options)))


async def _acall(kind: NodeKind, options: Options, inputs: dict[str, Any]) -> Any:
    return await kind.call(_preprocessed(options, inputs), _call(kind, options))


def _needs_a_run(kind: NodeKind, options: Options) -> bool:
    remembered = kind.remembers if options.cache is None else bool(options.cache)
    waits = (options.limit, options.rate, options.pool, options.timeout, options.retries)
    away = options.runner is not None and options.runner is not THREAD
    return remembered or away or getattr(kind, "takes_turns", False) or any(option is not None for option in waits)


def _unwrapped(run: Any) -> Any:
    """A plain call raises what the node raised, with the step's story behind it."""
    from daggr_fn.errors import StepFailed

    try:
        return run()
    except StepFailed as error:
        if error.__cause__ is None:
            raise
        raise error.__cause__ from None


def _plan(kind: NodeKind, options: Options, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Plan:
    from daggr_fn.execution.memory import memory

    trace = Trace(kind.name)
    with trace.active():
        port = trace.call(kind, options, args, kwargs)
        return Plan(trace.graph(port), {}, Settings(), memory())


def _inputs(kind: NodeKind, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    try:
        inputs = dict(kind.bind(args, kwargs))
    except WiringError as error:
        error.here = calling_place()
        raise
    for name, parameter in kind.spec().parameters.items():
        if name not in inputs and is_component(parameter.default):
            inputs[name] = parameter.default.value
    return inputs


def _call(kind: NodeKind, options: Options) -> Call:
    """A call whose progress and files go to the call that the code around is part of, if it is."""
    call = Call(options.name or kind.name, postprocess=options.postprocess)
    around = CURRENT_CALL.get()
    if around is not None:
        call.on_progress = lambda _, fraction, text: around.progress(fraction, text)
        call.scratch = around.new_folder
        call.limits, call.depth, call.waits_for = around.limits, around.depth, around.waits_for
    return call


def _preprocessed(options: Options, inputs: dict[str, Any]) -> dict[str, Any]:
    return inputs if options.preprocess is None else options.preprocess(inputs)


def with_examples(kind: NodeKind, given: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs for a trial: those given, and the example value of the component or type for those that must be."""
    inputs = dict(given)
    for name, parameter in acting(kind).spec().parameters.items():
        if name not in inputs and (parameter.required or parameter.default is MISSING) and not parameter.many:
            inputs[name] = _example(parameter.component, parameter.annotation)
    return inputs


def _example(component: Any, annotation: Any) -> Any:
    if component is not None:
        return component.example_value()
    examples: dict[Any, Any] = {str: "example", int: 1, float: 1.0, bool: True, bytes: b"example", list: [], dict: {}}
    return examples.get(getattr(annotation, "__origin__", annotation))
