"""A failure as a card shows it: the user's own line first, then the traceback, with libraries marked as such."""

from __future__ import annotations

import linecache
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from daggr_fn.errors import message_of
from daggr_fn.places import Place, is_users

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from daggr_fn.graph import Step

_MOST_FRAMES = 60
_LONGEST_MESSAGE = 4000


def told_failure(error: BaseException, step: Step, secrets: Sequence[object] = ()) -> dict[str, Any]:
    """A failure in JSON: `type`, `message`, `line` ("podcast.py:17"), `file`, `code` (the source line), `causes`.

    Where no line of the user's took part (a Space failed), the line is where the node is called. What the message
    quotes of `secrets` is not told.
    """
    place = _own_place(error) or step.place
    return {
        "type": type(error).__name__,
        "message": _message(error, secrets),
        "line": f"{Path(place.file).name}:{place.line}",
        "file": place.file,
        "code": place.source,
    }


def told_traceback(error: BaseException, secrets: Sequence[object] = ()) -> list[dict[str, Any]]:
    """The exceptions of a traceback, the last one first, each with its frames: `own` says whether they are the user's.

    Frames are innermost last, as Python prints them. What the messages quote of `secrets` is not told.
    """
    return [
        {"type": type(one).__name__, "message": _message(one, secrets), "frames": list(_frames(one))}
        for one in _chain(error)
    ]


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _frames(error: BaseException) -> Iterator[dict[str, Any]]:
    frames = traceback.extract_tb(error.__traceback__)
    for frame in frames[-_MOST_FRAMES:]:
        own = is_users(frame.filename)
        line = frame.lineno or 0
        yield {
            "file": frame.filename,
            "line": f"{Path(frame.filename).name}:{line}",
            "function": frame.name,
            "code": linecache.getline(frame.filename, line).strip(),
            "own": own,
        }


def _own_place(error: BaseException) -> Place | None:
    for one in _chain(error):
        for frame in reversed(traceback.extract_tb(one.__traceback__)):
            if is_users(frame.filename):
                return Place(frame.filename, frame.lineno or 0)
    return None


def _message(error: BaseException, secrets: Sequence[object]) -> str:
    text = message_of(error, secrets)
    return text if len(text) <= _LONGEST_MESSAGE else f"{text[:_LONGEST_MESSAGE]}…"
