"""`repeat` and `accumulate`: a node called turn after turn."""

from __future__ import annotations

import functools
import operator
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from daggr_fn.annotations import record_fields
from daggr_fn.dsl.node import Node, NodeOptions, changed_options
from daggr_fn.dsl.trace import Trace
from daggr_fn.errors import WiringError
from daggr_fn.execution.memory import memory
from daggr_fn.feeding import asking_steps
from daggr_fn.foreign_paths import NamedFiles, Way
from daggr_fn.kinds import Identity, Options, Parameter
from daggr_fn.nodes.repeating import AccumulateKind, Body, Described, RepeatKind
from daggr_fn.places import calling_place
from daggr_fn.plan import Plan, Settings
from daggr_fn.ports import Port, output_ports
from daggr_fn.stand_ins import acting
from daggr_fn.tracing import TRACE
from daggr_fn.values import is_mapping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from typing_extensions import Unpack

    from daggr_fn.kinds import NodeKind

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


def repeat(body: Callable[P, R], /, *, until: Callable[[R], Any], max_turns: int) -> Callable[P, R]:
    """A node with the body's signature that calls it until a predicate of its value holds.

    A turn's outputs replace the inputs of the same name (a single unnamed output replaces the first input), the rest
    stays; at `max_turns` the last turn is the result. The step has the body's outputs, and `.turns` and `.finished`.

    Args:
        body: A node or a pipeline.
        until: A function, or a node, of the body's value.
        max_turns: How often the body is called at most.

    Raises:
        WiringError: The body is neither a node nor a pipeline, or `max_turns` is less than 1.
    """
    if max_turns < 1:
        raise WiringError(f"repeat(max_turns={max_turns}) would never call the body", here=calling_place())
    return _Repeated(RepeatKind(_body(body, "repeat"), until, max_turns))  # a remote is asked when this is wired


class _Repeated:
    """A repeated node: called like its body."""

    _is_daggr_fn_node = True

    def __init__(self, kind: RepeatKind, options: Options | None = None) -> None:
        self.kind = kind
        self._options = options or Options()

    @property
    def name(self) -> str:
        """The name that its steps get."""
        return self._options.name or self.kind.name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return _whole(Node(self.kind, self._options)(*args, **kwargs))

    def named(self, name: str, /) -> _Repeated:
        """A copy whose steps have this name."""
        return self.options(name=name)

    def options(self, **options: Unpack[NodeOptions]) -> _Repeated:
        """A copy whose steps have other options; those of a turn are the body's own."""
        return _Repeated(self.kind, changed_options(self._options, options))


def accumulate(body: Callable[[T, Any], T], items: Iterable[Any], start: T, /) -> T:
    """The fold: the body is called with what came of the item before and the next item, one after the other.

    The step's value is the last one; `.results` has all of them.

    Args:
        body: A node or a pipeline of two parameters: what came before, and an item.
        items: A port of a list, or a list.
        start: What the first call gets.

    Raises:
        WiringError: The body is neither a node nor a pipeline, or has fewer than two parameters.
    """
    found = _body(body, "accumulate")
    if len(found.describe().parameters) < 2:  # what came before, and an item
        raise WiringError(
            f"accumulate({found.name}): {found.name} needs two parameters: what came before, and an item",
            here=calling_place(),
        )
    node: Node[..., Any] = Node(AccumulateKind(found), Options())
    return _whole(node(items, start))  # type: ignore[no-any-return]


def _whole(made: Any) -> Any:
    """The port of the last value, with what else the step knows as its outputs; a plain value when there is no port."""
    if not isinstance(made, Port):
        return made.value
    ports = output_ports(made)
    value = ports.pop("value")
    fields = {name: getattr(value, name) for name in value._fields()}
    return Port(value._expression, outputs={**fields, **ports})


def _body(body: Any, word: str) -> Body:
    kind = getattr(body, "kind", None)
    if not getattr(body, "_is_daggr_fn_node", False):
        what = f"{word}({body!r}): this is neither a node nor a pipeline"
        raise WiringError(what, here=calling_place(), instead="a @node, space(...), model(...) or a @pipeline")
    if kind is not None:
        return Body(body.name, functools.partial(_node_described, body, kind), kind)
    return Body(body.name, functools.partial(_pipeline_described, body))


def _node_described(node: Node[..., Any], kind: NodeKind) -> Described:
    told = acting(kind)
    spec = told.spec()
    takes = operator.itemgetter if spec.record == "key" else operator.attrgetter
    outputs: dict[str, Callable[[Any], Any]] = {name: takes(name) for name in spec.outputs} if spec.record else {}
    returns = spec.returns if spec.record else next((port.annotation for port in spec.outputs.values()), Any)
    plan = functools.partial(_one_step, kind, node._options)
    naming = NamedFiles({name: {Way()} for name, one in spec.parameters.items() if one.is_file})
    return Described(spec.parameters, outputs, plan, told.identity, returns, naming)


def _one_step(kind: NodeKind, options: Options, inputs: Mapping[str, Any]) -> Plan:
    token = TRACE.set(None)
    try:
        trace = Trace(options.name or kind.name)
        with trace.active():
            graph = trace.graph(trace.call(kind, options, (), dict(inputs)))
    finally:
        TRACE.reset(token)
    return Plan(graph, {}, Settings(), memory())


def _pipeline_described(pipeline: Any) -> Described:
    ports = pipeline.inputs
    graph = pipeline.dag
    found = NamedFiles.of(graph)
    naming = NamedFiles(found.inputs, found.answers(graph))
    parameters = {
        name: Parameter(name, port.annotation, port.default, is_file=Way() in naming.inputs.get(name, ()))
        for name, port in ports.items()
    }
    annotation = getattr(graph.result, "annotation", Any)
    named = annotation is dict or record_fields(annotation) is not None
    outputs = {name: functools.partial(_output, name) for name in graph.outputs} if named else {}
    steps = graph.steps.values()

    def identity() -> Identity:
        each = [step.kind.identity() for step in steps]
        words = ("pipeline", *(word for one in each for word in one.what))
        return Identity(words, tuple(code for one in each for code in one.code))

    def plan(inputs: Mapping[str, Any]) -> Any:
        return pipeline.plan(**inputs)

    return Described(parameters, outputs, plan, identity, annotation, naming, tuple(asking_steps(graph)))


def _output(name: str, value: Any) -> Any:
    return value[name] if is_mapping(value) else getattr(value, name)
