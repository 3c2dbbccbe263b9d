"""Back to an earlier version of a step: what it was made of comes back with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from daggr_fn.store import Store


def go_back(store: Store, sheet: str, step: str, number: int, before: Iterable[str]) -> set[str]:
    """Select a version of a step, its inputs, and the versions before it that the same run made.

    Args:
        store: Where the sheet is kept.
        sheet: Its id.
        step: The step.
        number: The version.
        before: The steps whose values the step may be made of.

    Returns:
        The steps of which versions were selected.

    Raises:
        LookupError: There is no such version.
    """
    version = next((one for one in store.versions(sheet, step) if one.number == number), None)
    if version is None:
        raise LookupError(f"the step {step!r} has no version {number} on this sheet")
    made_with = store.versions_in(sheet, version.run)
    others = (set(before) - {step}) & made_with.keys()
    for earlier in others:
        store.select(sheet, earlier, made_with[earlier], restore_inputs=False)
    store.select(sheet, step, number)
    return {step} | others
