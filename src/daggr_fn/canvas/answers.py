"""What a page can ask to know."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from daggr_fn.canvas.meaning import Message, index_of, step_of, step_or_all, way_of
from daggr_fn.canvas.said import call_on
from daggr_fn.schema import mermaid

if TYPE_CHECKING:
    from daggr_fn.canvas.page import Page
    from daggr_fn.store import RunInfo


def _plan(page: Page, message: Message) -> dict[str, Any]:
    how = way_of(message)
    return {"how": how, **page.sheet.plan(how, step_or_all(page, message))}


def _runs(page: Page, message: Message) -> dict[str, Any]:
    found = page.sheet.store.runs(page.sheet.info.id, 50)
    return {"runs": [_told_run(one) for one in found]}


def _told_run(one: RunInfo) -> dict[str, Any]:
    return {"id": one.run, "status": one.status, "began": one.created, "seconds": one.seconds, "steps": len(one.steps)}


def _code(page: Page, message: Message) -> dict[str, Any]:
    return dict(page.context.code(call_on(page.sheet)))


def _logs(page: Page, message: Message) -> dict[str, Any]:
    return {"lines": page.sheet.logs(step_of(page, message))}


def _traceback(page: Page, message: Message) -> dict[str, Any]:
    return {"errors": page.sheet.traceback(step_of(page, message), index_of(message))}


def _mermaid(page: Page, message: Message) -> dict[str, Any]:
    return {"text": mermaid(page.sheet.graph)}


ANSWERS: dict[str, Callable[[Page, Message], dict[str, Any]]] = {
    "plan": _plan,
    "runs": _runs,
    "code": _code,
    "logs": _logs,
    "mermaid": _mermaid,
    "traceback": _traceback,
}
