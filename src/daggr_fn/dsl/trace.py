"""The trace of a pipeline: while its body runs, node calls become steps here."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from daggr_fn import templates
from daggr_fn.dsl.binding import to_expression
from daggr_fn.dsl.groups import Asker, Group, preset, variant_of
from daggr_fn.dsl.naming import name_outputs, name_steps
from daggr_fn.dsl.shown import labelled_input
from daggr_fn.dsl.steps import make_step, step_port
from daggr_fn.errors import WiringError
from daggr_fn.expressions import Expression, Input, InputPort, Item, Output
from daggr_fn.graph import Graph, Step
from daggr_fn.places import Place, defined_at
from daggr_fn.ports import Port
from daggr_fn.stand_ins import StandIn, stand_in
from daggr_fn.tracing import TRACE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Iterable

    from daggr_fn.kinds import NodeKind, Options


class Trace:
    """What a pipeline's body has made so far.

    Args:
        pipeline: The pipeline's name.
        body: The pipeline's body, where it has one.
        warned: The lines of it that the user was warned of.
    """

    def __init__(self, pipeline: str, body: Callable[..., Any] | None = None, warned: Collection[Place] = ()) -> None:
        self.pipeline = pipeline
        self.steps: list[Step] = []
        self.templates = templates.Templates()
        self.inputs: dict[str, InputPort] = {}
        self.choices: dict[str, InputPort] = {}
        self.inside = Group()
        self._described_by: list[StandIn] = []
        self._groups: dict[str, Group] = {}
        self._fresh: set[Step] = set()
        self._bodies: list[Callable[..., Any]] = [] if body is None else [body]
        self._warned = warned
        self._own: set[Step | InputPort] = set()
        self._of_components: dict[int, InputPort] = {}
        self._given_names: dict[str, Place] = {}
        self._from_components: list[tuple[InputPort, Step | Asker]] = []
        self._labelled: list[InputPort] = []

    @contextmanager
    def active(self) -> Generator[Trace, None, None]:
        """While active, node calls make steps of this trace."""
        trace_token = TRACE.set(self)
        templates_token = templates.CURRENT.set(self.templates)
        try:
            yield self
        finally:
            templates.CURRENT.reset(templates_token)
            TRACE.reset(trace_token)

    def input(self, port: InputPort) -> Port:
        """The lazy port of a pipeline input."""
        self.inputs[port.name] = port
        self._own.add(port)
        return Port(Input(port), made_at=defined_at(self._bodies[0]) if self._bodies else None)

    def choice_name(self, name: str) -> str:
        """A name for a choice that no other choice of the pipeline has."""
        name, number = self.inside.prefix + name, 1
        while (name if number == 1 else f"{name}_{number}") in self.choices:
            number += 1
        return name if number == 1 else f"{name}_{number}"

    def add_choice(self, port: InputPort) -> None:
        """Add a choice: an input of its own sort, given by `options(choose=...)` of the pipeline or of a group.

        Raises:
            WiringError: A group picks a variant that there is not.
        """
        for group in self._open_groups():
            name = port.name.removeprefix(group.prefix)
            if name in group.settings.choose:
                group.chosen.add(name)
                port.default = variant_of(port, group.settings.choose[name], group.place)
        self.choices[port.name] = port
        self._own.add(port)

    def _open_groups(self) -> list[Group]:
        """The groups that the body is in now, the innermost first."""
        around = [group for prefix, group in self._groups.items() if self.inside.prefix.startswith(prefix)]
        return sorted(around, key=lambda group: -len(group.prefix))

    def call(self, kind: NodeKind, options: Options, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Port:
        """Make a step of a node call, and return its port."""
        step, inputs = make_step(kind, options, args, kwargs, self._of_components)
        by = stand_in(kind)
        if by is not None and by.describes(kind):
            self._described_by.append(by)
        self.add(step, inputs)
        for edge in step.edges.values():
            self.refuse_foreign(edge, step.name, step.place)
        return step_port(step)

    def add(self, step: Step, inputs: Iterable[InputPort]) -> None:
        """Add a step, and the inputs that its components make."""
        step.name = self._provisional_name(step)
        step.pipeline = self.pipeline
        step.options = replace(
            step.options, cache=self.inside.cache_of(step.options), runner=self.inside.runner_of(step.options)
        )
        step.map_along(self.inside.base, self.inside.along)
        self._own.update(inputs)
        self._from_components += [(port, step) for port in inputs]
        self._own.add(step)
        self.steps.append(step)

    def refuse_foreign(self, expression: Expression, taker: str, here: Place | None) -> None:
        """Refuse a port of another pipeline, kept in a global perhaps: it would silently be the wrong step's value.

        Raises:
            WiringError: There is one in the expression.
        """
        for part in expression.walk():
            if isinstance(part, Output) and part.step not in self._own:
                theirs, made_at = part.step.pipeline, part.step.place
            elif isinstance(part, Input) and part.port not in self._own:
                theirs, made_at = "", None
            else:
                continue
            belongs = f"the pipeline {theirs!r}" if theirs else "no pipeline (module level), or another"
            raise WiringError(
                f"{part.label} belongs to {belongs}, and {taker} to {self.pipeline!r}",
                here=here,
                made_at=made_at,
                instead=f"make it a parameter of {self.pipeline}",
            )

    def _provisional_name(self, step: Step) -> str:
        given = step.options.name
        if given is None:
            return self.inside.prefix + step.spec.name
        name = self.inside.prefix + given
        if name in self._given_names:
            raise WiringError(
                f"two steps of {self.pipeline} are named {name!r}",
                here=step.place,
                notes={"first at": self._given_names[name].quoted()},
            )
        self._given_names[name] = step.place
        return name

    def group_prefix(self, name: str) -> str:
        """What the names of a group's steps begin with, when the group has a name."""
        number = 1
        while (
            prefix := f"{self.inside.prefix}{name}/" if number == 1 else f"{self.inside.prefix}{name}_{number}/"
        ) in self._groups:
            number += 1
        return prefix

    @contextmanager
    def entered(self, group: Group, body: Callable[..., Any], name: str) -> Generator[None, None, None]:
        """While a body runs inside this one, its steps belong to a group.

        Raises:
            WiringError: The pipeline calls itself.
        """
        if body in self._bodies:
            raise WiringError(
                f"{name} calls itself while it is traced, which would never end",
                here=group.place,
                instead="repeat(...), or a plain call of it inside a node",
            )
        outside, first = self.inside, len(self.steps)
        self._groups[group.prefix] = group
        self.inside = group
        self._bodies.append(body)
        try:
            yield
        finally:
            self._bodies.pop()
            self.inside = outside
        if group.settings.fresh is True:
            self._fresh.update(self.steps[first:])

    def asked_for(self, port: InputPort, asker: Asker, *, given: bool) -> Port:
        """The port of the input that a component of a group makes.

        Args:
            port: The input.
            asker: The group.
            given: Whether the component was given, and is no default; one that is given twice is one input.
        """
        known = self._of_components.setdefault(id(port.component), port) if given else port
        if known is port:
            self._own.add(port)
            self._from_components.append((port, asker))
        return Port(Input(known))

    def shown(self, component: Any) -> InputPort:
        """The input of a component that was given to no step: as a condition, or in a list."""
        known = self._of_components.get(id(component))
        if known is None:
            known = self._of_components[id(component)] = labelled_input(component)
            known.asked_by = self.inside.prefix.rstrip("/")
            self.show(known)
        return known

    def show(self, port: InputPort) -> None:
        """Add an input that its component's label names."""
        self._own.add(port)
        self._labelled.append(port)

    def graph(self, result: Any) -> Graph:
        """The graph of all that was made, once the body has returned.

        Raises:
            WiringError: A mapped port is returned, or a string with a port arrived nowhere.
        """
        try:
            returned = to_expression(result)
        except (
            WiringError
        ) as error:  # the body has returned: its own line says more than that of who asked for the graph
            error.here = defined_at(self._bodies[0]) if self._bodies else error.here
            raise
        return self.graph_of(returned, result, to_expression)

    def graph_of(self, returned: Any, result: Any, expression_of: Callable[[Any], Any]) -> Graph:
        """The graph with what it returns as an expression, and as the ports that were returned."""
        if isinstance(returned, Expression):
            self.refuse_foreign(returned, "what is returned", None)
        if isinstance(returned, Expression) and returned.axes:
            raise _mapped_result(self.pipeline, returned)
        self._refuse_lost_templates()
        graph = Graph(self.pipeline)
        name_steps(self.steps, self._given_names)
        graph.choices = dict(self.choices)
        graph.described_by = tuple(self._described_by)
        graph.groups = {prefix.rstrip("/"): group.outside for prefix, group in self._groups.items()}
        for port in self.inputs.values():
            graph.add_input(port)
        for step in self.steps:
            graph.add_step(step)
        self._add_component_inputs(graph)
        graph.given, graph.fresh = preset(graph, self._groups.values(), self._fresh)
        graph.finish(returned, {name: expression_of(value) for name, value in name_outputs(result).items()})
        return graph

    def _refuse_lost_templates(self) -> None:
        for port, place in self.templates.lost():
            if place in self._warned:  # print(port): the user knows
                continue
            raise WiringError(
                f"a string with {port._label} in it was made here and arrived in no argument; it was cut, compared, "
                "logged, measured or left",
                here=place,
                made_at=port._made_at,
                instead='pass the string on whole, and change it with a step: apply(str.lower, f"...")',
            )

    def _add_component_inputs(self, graph: Graph) -> None:
        names = Counter(port.name for port, _ in self._from_components)
        for port, step in self._from_components:
            port.card = port.asked_by = step.name
            if names[port.name] > 1:
                port.name = f"{step.name}_{port.name}".replace("/", "_")
            graph.add_input(port, step.place)
        for port in self._labelled:
            name, number = port.name, 1
            while port.name in graph.inputs:
                number += 1
                port.name = f"{name}_{number}"
            graph.add_input(port)


def _mapped_result(pipeline: str, returned: Expression) -> WiringError:
    mapped = next(part for part in returned.walk() if part.axes)
    while not isinstance(returned, (Item, Output)) and returned.parts():
        inner = [part for part in returned.parts() if part.axes]
        if not inner:
            break
        mapped = returned = inner[0]
    return WiringError(
        f"{pipeline} returns {mapped.label}, one item of a map: what would it be outside of it?",
        here=next((step.place for step in mapped.steps()), None),
        instead=f"return gather({mapped.code})",
    )
