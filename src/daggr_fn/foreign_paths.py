"""Text of people who may not name files of the server, where a pipeline has it name a file.

An app's parameter for a file takes an address or a path. Its text may come over the network from anybody; a path in it
would have any file of the server sent to that app. So a pipeline's graph is asked which of its inputs, and which
answers and edited lists, come to such a parameter with no function of the pipeline's own in between.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from daggr_fn.annotations import enum_values
from daggr_fn.branching.branches import Guarded
from daggr_fn.errors import InvalidInputError
from daggr_fn.expressions import Built, Expression, Input, Output, Part
from daggr_fn.media import reads_files
from daggr_fn.values import class_of, is_mapping, is_named_tuple, is_sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from daggr_fn.expressions import InputPort
    from daggr_fn.graph import Graph, Step

LOCAL = "local"
"""The one user of a server on one's own machine, whose files are theirs."""

_OWNERS = frozenset({"", LOCAL})
_ADDRESS = ("http://", "https://")
_WORDS = frozenset({"alt_text", "caption", "meta", "mime_type", "name", "orig_name", "text"})
"""The keys of a record with a file in it whose text is only read."""


class Way(NamedTuple):
    """How a text comes to name a file: as the part of a value that `keys` lead to, or as a piece of a longer path."""

    keys: tuple[Any, ...] = ()
    is_piece: bool = False


Ways = dict[str, set[Way]]


@dataclass
class NamedFiles:
    """What of a graph names files for apps.

    Attributes:
        inputs: The ways of inputs, by name.
        steps: The same of the values of steps: answers, to a repeated step those of its turns, and lists that people
            edit.
    """

    inputs: Ways = field(default_factory=Ways)
    steps: Ways = field(default_factory=Ways)

    @classmethod
    def of(cls, graph: Graph) -> NamedFiles:
        """What of a graph names files."""
        found = cls()
        for port in graph.inputs.values():
            if reads_files(port.annotation):
                found.inputs.setdefault(port.name, set()).add(Way())
        for step in graph.steps.values():
            found._look_at(step)
        return found

    def _look_at(self, step: Step) -> None:
        """Follow what a step takes that names a file, in its turns too, and note the answers there that do."""
        turns: Callable[[], NamedFiles] = getattr(step.kind, "named_files", NamedFiles)
        inside = turns()
        for name, edge in step.edges.items():
            parameter = step.spec.parameters.get(name)
            ways = inside.inputs.get(name, set[Way]())
            for way in ways | {Way()} if parameter is not None and parameter.is_file else ways:
                self._follow(edge, way)
        if inside.steps:
            self.steps.setdefault(step.name, set()).update(*inside.steps.values())

    def answers(self, graph: Graph) -> Ways:
        """The ways of what people may answer freely; what they choose of is the pipeline's own."""
        steps = graph.steps
        return {
            name: ways
            for name, ways in self.steps.items()
            if steps[name].asks_people and steps[name].spec.asks in ("", "ask")
        }

    def _follow(self, expression: Expression, way: Way) -> None:
        """Follow a value that names a file to where it comes from."""
        if isinstance(expression, Input):
            self.inputs.setdefault(expression.port.name, set()).add(way)
        elif isinstance(expression, Output):
            self._follow_step(expression.step, way)
        elif isinstance(expression, Part) and not expression.port and class_of(expression.key) is not slice:
            self._follow(expression.of, Way((expression.key, *way.keys), way.is_piece))
        elif isinstance(expression, Built) and _is_template(expression):
            if not _begins(expression).lower().startswith(_ADDRESS):
                for part in expression.parts():
                    self._follow(part, Way(is_piece=expression.label.count("{") > 1 or bool(_fixed(expression))))
        else:
            guarded = [side for _, side in expression.sides()] if isinstance(expression, Guarded) else None
            for part in expression.parts() if guarded is None else guarded:  # what decides is not what is given
                self._follow(part, way)
            for step in expression.own_steps():
                self._follow_step(step, way)

    def _follow_step(self, step: Step, way: Way) -> None:
        if way in self.steps.setdefault(step.name, set()):
            return
        self.steps[step.name].add(way)
        if step.spec.asks:  # what it is asked about is what it may give on
            for edge in step.edges.values():
                self._follow(edge, way)


def _is_template(expression: Built) -> bool:
    return is_sequence(expression.shape) and expression.shape[:1] == ("template",)


def _begins(template: Built) -> str:
    return str(template.shape[1])


def _fixed(template: Built) -> str:
    """What of a template is written in the pipeline."""
    return "".join(str(text) for text in template.shape[1 : len(template.inside) + 2])


class Gate:
    """Refuses what a user may not send.

    Args:
        graph: The pipeline's graph.
        user: Whose values they are: one who owns the machine may name its files. `None` for anybody.
    """

    def __init__(self, graph: Graph, user: str | None) -> None:
        self._graph = graph
        self._named = NamedFiles() if user in _OWNERS else NamedFiles.of(graph)

    def check_input(self, name: str, value: Any) -> None:
        """See that the value of an input is one that the user may send.

        Raises:
            InvalidInputError: It names a file of the server's.
        """
        ways = self._named.inputs.get(name)
        if ways:
            _refuse_foreign_paths(name, value, ways, _own_texts(self._graph.inputs[name]))

    def check_step(self, name: str, value: Any, own: Any = None) -> None:
        """See that an answer, or an edited list, is one that the user may send.

        Args:
            name: The step.
            value: What was sent.
            own: What the step was given or has returned: texts in it are the pipeline's own.

        Raises:
            InvalidInputError: It names a file of the server's.
        """
        ways = self._named.steps.get(name)
        if ways:
            _refuse_foreign_paths(name, value, ways, own)

    def check_answer(self, name: str, value: Any) -> None:
        """See that an answer that comes before its question is one that the user may send.

        Args:
            name: The step that asks, the item (`ask[0]`), or the step in the turns of another (`essay/ask`).
            value: The answer, or those of several items.

        Raises:
            InvalidInputError: It names a file of the server's.
        """
        for step, ways in self._named.answers(self._graph).items():
            if name.partition("[")[0] == step or name.startswith(f"{step}/"):
                _refuse_foreign_paths(step, value, ways)


def _own_texts(port: InputPort) -> list[Any]:
    """What the author of a pipeline has written as values of an input."""
    told = [getattr(port.component, name, None) for name in ("choices", "value")]
    return [port.default, enum_values(port.annotation), *(one for one in told if not callable(one))]


def _refuse_foreign_paths(name: str, value: Any, ways: Iterable[Way], own: Any = None) -> None:
    """Refuse a value that names a file of the server's.

    Args:
        name: What it is for, in words.
        value: What a person sent. Files that were sent as such are paths (`Path`), and taken.
        ways: How it comes to name files.
        own: Texts that may stand in it since they are not the person's: a default, choices, what a step returned.

    Raises:
        InvalidInputError: It does.
    """
    known: set[str] | None = None
    for way in ways:
        for text in (text for part in _at(value, way.keys) for text in _texts(part)):
            if text.startswith(_ADDRESS) or (way.is_piece and _is_plain(text)):
                continue
            known = set(_texts(own, all_of_it=True)) if known is None else known
            if text and text not in known:
                raise InvalidInputError(
                    f"{name} names a file: send the file itself, or its address (https://...). A path on the server "
                    "is not read from there"
                )


def _is_plain(text: str) -> bool:
    """Whether a piece of a path can't lead out of its folder."""
    return not any(sign in text for sign in ("/", "\\", "\0", "..", "~", ":"))


def _at(value: Any, keys: tuple[Any, ...]) -> Iterator[Any]:
    """The parts of a value that keys lead to; of a list, those of all items."""
    if not keys or isinstance(value, str):  # a part of a text is a text
        yield value
    elif is_mapping(value):
        if keys[0] in value:
            yield from _at(value[keys[0]], keys[1:])
    elif is_sequence(value) and not (is_named_tuple(value) and keys[0] in value._fields):
        for item in value:
            yield from _at(item, keys[1:] if isinstance(keys[0], int) else keys)
    elif isinstance(keys[0], str) and hasattr(value, keys[0]):
        yield from _at(getattr(value, keys[0]), keys[1:])


def _texts(value: Any, *, all_of_it: bool = False) -> Iterator[str]:
    """The texts in a value that can name files."""
    if isinstance(value, str):
        yield value
    elif is_mapping(value):
        for key, part in _items(value):
            if all_of_it or key not in _WORDS:
                yield from _texts(part, all_of_it=all_of_it)
    elif is_sequence(value):
        is_captioned = class_of(value) is tuple and not all_of_it  # a file and what is said of it: (path, caption)
        for part in value[:1] if is_captioned else value:
            yield from _texts(part, all_of_it=all_of_it)


def _items(value: Mapping[Any, Any]) -> Iterator[tuple[Any, Any]]:
    yield from value.items()
