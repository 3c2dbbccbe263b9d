"""The values that the cards of a sheet show, in their natural types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from daggr_fn.errors import listed
from daggr_fn.values import is_named_tuple, make_record

if TYPE_CHECKING:
    from daggr_fn.expressions import Index
    from daggr_fn.graph import Step
    from daggr_fn.live.memory import Known, Results


def port_of(step: Step, value: Any, port: str) -> Any:
    """One output of a step's value.

    Raises:
        LookupError: There is no such output, or the value hasn't got it.
    """
    if port not in step.spec.outputs:
        raise LookupError(f"{step.name} has no output {port!r}; there are {listed(step.spec.outputs)}")
    if not step.spec.record:
        return value
    try:
        return value[port] if step.spec.record == "key" else getattr(value, port)
    except (AttributeError, TypeError) as error:
        raise LookupError(f"the value of {step.name} has no {port!r} any more") from error


def with_port(step: Step, value: Any, port: str, new: Any) -> Any:
    """A step's value with another value for one output."""
    port_of(step, value, port)
    if not step.spec.record:
        return new
    if step.spec.record == "key":
        return {**value, port: new}
    if is_named_tuple(value):
        fields = dict(zip(value._fields, value, strict=True)) | {port: new}
        same = type(value).__name__ == "Record"
        return make_record(tuple(fields), fields.values()) if same else value._replace(**{port: new})
    import dataclasses

    return dataclasses.replace(value, **{port: new})


def shown_value(results: Results, step: Step, port: str | None, index: Index = ()) -> Any:
    """What the card of a step shows, of one port or whole; of a mapped step without an index the list of its items.

    Items without a value are `None` in that list.

    Raises:
        LookupError: There is none, or it can't be read any more.
    """
    if len(index) < len(step.axes):
        below = results.items_of(step.name, index)
        if not below:
            raise LookupError(f"{step.name} has no items to show")
        return [_item(results, step, port, (*index, i)) for i in range(max(below) + 1)]
    known = results.shown(step.name, index)
    if known is None:
        raise LookupError(f"{step.name} has no result yet")
    return _loaded(results, step, port, known)


def _item(results: Results, step: Step, port: str | None, index: Index) -> Any:
    try:
        return shown_value(results, step, port, index)
    except LookupError:
        return None


def _loaded(results: Results, step: Step, port: str | None, known: Known) -> Any:
    value = results.load(known, step.spec.returns)
    return value if port is None else port_of(step, value, port)
