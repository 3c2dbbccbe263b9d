"""The lazy port: what a node call returns while a pipeline is traced.

A port has no value. Taking a part of it, putting it in a string and passing it on make new expressions; everything
else that Python can do with a value is refused at that line, with what to write instead.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, NoReturn, get_args, get_origin

from daggr_fn import templates
from daggr_fn.annotations import Field, declared_parts, describe, is_plain, record_fields
from daggr_fn.errors import LazyValueError, UnknownOutputError, did_you_mean, listed
from daggr_fn.expressions import Axes, Expression, Gathered, Item, Part, along
from daggr_fn.places import Place, calling_place
from daggr_fn.refusals import ELSEWHERE, REFUSED
from daggr_fn.tracing import TRACE
from daggr_fn.values import class_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from daggr_fn.kinds import NodeSpec


class Port:
    """A lazy reference to one output of a step, to a pipeline input, or to a part of one.

    Args:
        expression: What the port stands for.
        spec: The description of the node, for the port that stands for a whole step.
        made_at: The line that makes it, where that is known already.
        outputs: The ports of its outputs, where these are more than parts of its value.
    """

    __slots__ = ("__weakref__", "_expression", "_made_at", "_outputs", "_spec")

    def __init__(
        self,
        expression: Expression,
        spec: NodeSpec | None = None,
        made_at: Place | None = None,
        outputs: Mapping[str, Port] | None = None,
    ) -> None:
        set_ = object.__setattr__
        set_(self, "_outputs", outputs or {})
        set_(self, "_expression", expression)
        set_(self, "_spec", spec)
        set_(self, "_made_at", made_at or calling_place())

    _expression: Expression
    _spec: NodeSpec | None
    _made_at: Place
    _outputs: Mapping[str, Port]

    # ---- parts of a value

    def __getattr__(self, name: str) -> Port:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in self._outputs:
            return self._outputs[name]
        spec = self._spec
        if spec is not None and name in spec.outputs:
            return self._output(name, spec)
        fields = self._fields()
        if name in fields:
            return self._part(name, by_attribute=self._reads_attributes(), annotation=fields[name].annotation)
        if name == "each":
            return Port(item_of(self._expression))
        if name == "all":
            return functools.partial(_all, self)  # type: ignore[return-value]  # daggr's form, which is untyped
        if name == "keys":
            self._refuse("it was unpacked with **", f"name each argument: text={self._code}['text']")
        raise self._unknown(name, dict.fromkeys([*output_ports(self), *fields]))

    def __getitem__(self, key: Any) -> Port:
        if _holds_port(key):
            self._refuse("it was indexed with a port", f"apply(lambda x, i: x[i], {self._code}, {_code(key)})")
        if isinstance(key, str) and key in self._outputs:
            return self._outputs[key]
        spec = self._spec
        if spec is not None and spec.record:
            names = list(spec.outputs)
            if isinstance(key, int) and -len(names) <= key < len(names):
                return self._output(names[key], spec)
            if key in spec.outputs:
                return self._output(str(key), spec)
            raise self._unknown(key, spec.outputs)
        fields = self._fields()
        if fields and isinstance(key, str):
            if key not in fields:
                raise self._unknown(key, fields)
            return self._part(key, by_attribute=self._reads_attributes(), annotation=fields[key].annotation)
        annotation = self._expression.annotation if isinstance(key, slice) else None
        return self._part(key, annotation=annotation)

    def __iter__(self) -> Iterator[Port]:
        spec = self._spec
        if spec is not None and spec.record:
            return iter([self._output(name, spec) for name in spec.outputs])
        if len(self._outputs) > 1:
            return iter(self._outputs.values())
        length = _tuple_length(self._expression.annotation)
        if length is not None:
            return iter([self[i] for i in range(length)])
        return self._refuse("it was iterated or unpacked", f"each({self._code}), which maps the nodes that take it")

    def _output(self, name: str, spec: NodeSpec) -> Port:
        if not spec.record:
            return self
        return self._part(
            name, by_attribute=spec.record == "attribute", port=True, annotation=spec.outputs[name].annotation
        )

    def _part(self, key: Any, *, by_attribute: bool = False, port: bool = False, annotation: Any = None) -> Port:
        part = Part(self._expression, key, by_attribute=by_attribute, port=port, annotation=annotation)
        return Port(part)

    def _fields(self) -> Mapping[str, Field]:
        record = declared_parts(self._expression.annotation)
        return record[1] if record is not None else {}

    def _reads_attributes(self) -> bool:
        record = declared_parts(self._expression.annotation)
        return record is not None and record[0] == "attribute"

    def _unknown(self, name: Any, valid: Any) -> UnknownOutputError:
        kind = "output" if self._spec is not None else "part"
        names = list(valid)
        notes = {"valid": listed(names)} if names else {"type": describe(self._expression.annotation)}
        instead = ELSEWHERE.get(str(name))
        if instead is None and not names and isinstance(name, str) and not is_plain(self._expression.annotation):
            instead = f"{self._code}[{name!r}] when it is a dict, or apply(lambda x: x.{name}, {self._code})"
        what = f"{self._label} has no {kind} {name!r}{did_you_mean(name, names)}"
        return UnknownOutputError(what, here=calling_place(), made_at=self._made_at, instead=instead, notes=notes)

    # ---- strings

    def __format__(self, spec: str) -> str:
        return templates.CURRENT.get().token(self, spec)

    def __str__(self) -> str:
        return templates.CURRENT.get().token(self, "")

    def __repr__(self) -> str:
        # The delimiter makes a string that was made of a repr fail where it arrives.
        return f"<{templates.OPEN}port {self._label}>"

    @property
    def _label(self) -> str:
        return self._expression.label

    @property
    def _code(self) -> str:
        return self._expression.code

    # ---- what is harmless

    def __copy__(self) -> Port:
        return self

    def __deepcopy__(self, memo: Any) -> Port:
        return self

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return self._refuse(
            "it was compared", f"apply(lambda x: x == ..., {self._code}), and when(...) to branch on it"
        )

    def __ne__(self, other: object) -> bool:
        return not self == other

    # ---- what is refused

    def __hash__(self) -> int:  # noqa: PLE0309  # a port has none
        self._refuse("it was used as a key of a dict or in a set", f"switch({self._code}, {{...}})")

    def __setattr__(self, name: str, value: object) -> None:
        self._refuse(f"its {name!r} was set", "a node that returns the changed value")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        self._refuse("it was pickled", "pass it to a node")

    def _refuse(self, what: str, instead: str) -> NoReturn:
        raise LazyValueError(
            f"{self._label} has no value while the pipeline is traced, but {what}",
            here=calling_place(),
            made_at=self._made_at,
            instead=instead,
        )


def _refusal(name: str, what: str, instead: str) -> None:
    def refuse(self: Port, *_args: object, **_kwargs: object) -> NoReturn:
        self._refuse(what, instead.replace("PORT", self._code))

    refuse.__name__ = name
    setattr(Port, name, refuse)


for _method, (_what, _instead) in REFUSED.items():
    _refusal(_method, _what, _instead)


def _holds_port(key: Any) -> bool:
    if class_of(key) is slice:
        return any(map(_holds_port, (key.start, key.stop, key.step)))
    return class_of(key) is Port


def _code(value: Any) -> str:
    return value._expression.code if isinstance(value, Port) else repr(value)


def _tuple_length(annotation: Any) -> int | None:
    args = get_args(annotation)
    if get_origin(annotation) is tuple and args and args[-1] is not Ellipsis:
        return len(args)
    record = record_fields(annotation)
    return len(record[1]) if record is not None and hasattr(annotation, "_fields") else None


def output_ports(port: Port) -> dict[str, Port]:
    """The ports of a step's outputs by name, for a port that stands for a whole step of several outputs."""
    if port._outputs:
        return dict(port._outputs)
    spec = port._spec
    return {name: port._output(name, spec) for name in spec.outputs} if spec is not None and spec.record else {}


def maps_around() -> Axes:
    """The maps around the group whose body is traced now."""
    trace = TRACE.get()
    return trace.inside.base if trace is not None else ()


def item_of(listed: Expression) -> Item:
    """One item of a list; in a mapped group its map lies within those around the group."""
    around = maps_around()
    inside = sum(any(item in level for item in axis) for axis, level in zip(listed.axes, around, strict=False))
    return Item(along(listed, around) if inside < len(around) else listed)


def _all(port: Port, errors: str | None = None) -> Port:
    """Daggr's word for `gather(port)`."""
    return gathered(port, errors, levels=1)


def gathered(port: Port, errors: str | None, levels: int) -> Port:
    """The port of the list that the innermost `levels` maps of a port make again.

    Args:
        port: A mapped port.
        errors: What becomes of items that failed; by default what the step's `on_error` says.
        levels: How many maps are undone; 0 means all.

    Raises:
        LazyValueError: The port is not mapped.
    """
    expression = port._expression
    depth = len(expression.axes) - len(maps_around())
    if depth <= 0:
        port._refuse("it was gathered, and it is not mapped", f"{port._code}, as it is")
    if errors is None:
        step = next(expression.steps(), None)
        errors = str(step.options.on_error) if step is not None and step.axes else "raise"
    return Port(Gathered(expression, errors, levels or depth))
