"""Whether an app still is what a pipeline was traced with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daggr_fn.errors import did_you_mean, listed
from daggr_fn.gradio_http.description import type_of
from daggr_fn.gradio_http.errors import SignatureChangedError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from daggr_fn.gradio_http.description import AppDescription, Endpoint


def still_fits(space: str, traced: Endpoint, live: AppDescription, given: Iterable[str], ports: int) -> Endpoint:
    """The live endpoint, when a call that was wired for the traced one fits it.

    What does not concern the call is no trouble: a new parameter with a default, a changed bound (values are checked
    against the live ones).

    Args:
        space: The app, for the message.
        traced: What the pipeline was traced with.
        live: What the app says now.
        given: The parameters that the call gives.
        ports: How many of the returns are used.

    Raises:
        SignatureChangedError: It does not fit; says which parameter or output.
    """
    found = live.endpoints.get(traced.name)
    names = {"space": space, "endpoint": traced.name}
    if found is None:
        near = did_you_mean(traced.name, live.endpoints)
        raise SignatureChangedError(
            f"{space} has no endpoint {traced.name!r} any more; it has {listed(live.endpoints)}{near}", **names
        )
    if found == traced:
        return found
    changes = list(_changes(traced, found, set(given), ports))
    if changes:
        raise SignatureChangedError(
            f"{space} {traced.name} has changed since the pipeline was wired: {'; '.join(changes)}", **names
        )
    return found


def _changes(traced: Endpoint, live: Endpoint, given: set[str], ports: int) -> Iterable[str]:
    now = [parameter.name for parameter in live.parameters]
    for parameter in traced.parameters:
        found = live.parameter(parameter.name)
        if found is None:
            if parameter.name in given:
                yield f"the parameter {parameter.name!r} is gone{did_you_mean(parameter.name, now)}"
        elif type_of(found.schema) != type_of(parameter.schema) and parameter.name in given:
            was, is_now = type_of(parameter.schema) or "anything", type_of(found.schema) or "anything"
            yield f"the parameter {parameter.name!r} took {was} ({parameter.component}) and takes {is_now} now"
    for parameter in live.parameters:
        if not parameter.has_default and parameter.name not in given:
            yield f"the parameter {parameter.name!r} is required now"
    if len(live.returns) < ports:
        yield f"it returns {len(live.returns)} values now, and {ports} are used"
    for number, (before, after) in enumerate(zip(traced.returns[:ports], live.returns, strict=False), start=1):
        if before.component != after.component:
            yield f"output {number} was {before.component} and is {after.component} now"
