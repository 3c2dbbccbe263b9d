"""The bodies of requests: JSON objects of a limited size, and what would be right where they are something else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from daggr_fn.errors import DaggrError
from daggr_fn.values import is_mapping

if TYPE_CHECKING:
    from starlette.requests import Request


class BodyRefused(DaggrError):
    """A body that is not taken.

    Args:
        status: The HTTP status that says so.
        message: What would be right.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


async def json_object(request: Request, most_bytes: int, form: str, hint: str = "") -> dict[str, Any]:
    """The JSON object that a request sends. No message repeats what was sent.

    Args:
        request: The request.
        most_bytes: How long its body may be.
        form: An example of the object, for the message.
        hint: What to do with a body that is longer.

    Raises:
        BodyRefused: It is of another type, too long, no JSON or no object.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise BodyRefused(415, "send JSON, with the header Content-Type: application/json")
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > most_bytes:
            raise BodyRefused(413, f"more than {most_bytes:,} bytes{hint}")
    try:
        body: Any = json.loads(bytes(data) or b"{}")
    except (ValueError, RecursionError) as error:
        raise BodyRefused(400, f"the body is no JSON: {error}") from error
    if not is_mapping(body):
        raise BodyRefused(400, f"the body is an object: {form}")
    return {str(name): value for name, value in body.items()}
