"""The reading of a pipeline's body when it is decorated: what a port can't refuse is found in the syntax."""

from __future__ import annotations

import contextlib
import warnings
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from daggr_fn.places import Place, calling_place

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from daggr_fn.errors import WiringError

_COLLECTED: ContextVar[list[tuple[str, WiringError]] | None] = ContextVar("daggr_fn_collected", default=None)


class BodyWarning(UserWarning):
    """Something in a pipeline's body is allowed, and probably not what was meant."""


def refuse_mistakes(function: Callable[..., Any], name: str) -> set[Place]:
    """Raise the first mistake that is provable from the body's syntax, and warn of what is only doubtful.

    Returns:
        The lines that were warned of.

    Raises:
        WiringError: The body does what can't be traced.
    """
    from daggr_fn.dsl.lint import check_body

    warned: set[Place] = set()
    for finding in check_body(function, what_it_is, name):  # type: ignore[arg-type]
        if finding.error:
            collected = _COLLECTED.get()
            if collected is None:
                raise finding.message
            collected.append((name, finding.message))
            continue
        place = finding.message.here or calling_place()
        warnings.warn_explicit(str(finding.message), BodyWarning, place.file, place.line)
        warned.add(place)
    return warned


@contextlib.contextmanager
def collected_mistakes() -> Generator[list[tuple[str, WiringError]], None, None]:
    """Collect the mistakes in the bodies that are decorated inside, each with its pipeline's name, and raise none."""
    found: list[tuple[str, WiringError]] = []
    token = _COLLECTED.set(found)
    try:
        yield found
    finally:
        _COLLECTED.reset(token)


def what_it_is(value: object) -> str | None:
    """What an object is to the syntax check: `"node"`, `"pipeline"`, `"lazy"` (its calls give ports), or `None`."""
    from daggr_fn.dsl.applying import apply
    from daggr_fn.dsl.conditions import switch, when
    from daggr_fn.dsl.inputs import inputs
    from daggr_fn.dsl.maps import each, gather, product
    from daggr_fn.dsl.people import approve, ask, choose_one
    from daggr_fn.dsl.repeats import accumulate

    if getattr(value, "_is_daggr_fn_node", False):
        return "pipeline" if hasattr(value, "settings") else "node"
    lazy = (each, gather, product, apply, inputs, switch, when, accumulate, approve, ask, choose_one)
    return "lazy" if any(value is function for function in lazy) else None
