"""Files on their way to a model, whatever their form: huggingface_hub's client takes the path of each."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio.to_thread

from daggr_fn.inference.errors import ModelInputError
from daggr_fn.media import converter, suffix_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daggr_fn.inference.results import NewFile
    from daggr_fn.inference.sorting import Where
    from daggr_fn.kinds import Parameter

FETCH_SECONDS = 60.0


async def sendable(
    inputs: Mapping[str, Any], parameters: Mapping[str, Parameter], new_file: NewFile, where: Where
) -> dict[str, Any]:
    """The inputs with pictures, arrays, bytes and addresses written to files; these are named by a text.

    The client takes a `Path` for most tasks and providers, and a text for all.

    Raises:
        ModelInputError: An address can't be fetched.
    """
    found = dict(inputs)
    for name, value in inputs.items():
        if parameters[name].is_file:
            is_url = isinstance(value, str) and value.startswith(("http://", "https://"))
            # The client would fetch it on the event loop, and wait for ever.
            found[name] = str(
                await _fetched(value, new_file, where)
                if is_url
                else await anyio.to_thread.run_sync(as_file, value, new_file)
            )
    return found


def as_file(value: Any, new_file: NewFile) -> Path:
    """A picture, array, bytes or path as a file. Writes."""
    convert = converter(Path)
    path: Any = convert(value, new_file) if convert is not None else value
    return Path(path).absolute()


async def _fetched(url: str, new_file: NewFile, where: Where) -> Path:
    import httpx

    try:
        async with httpx.AsyncClient(timeout=FETCH_SECONDS, follow_redirects=True) as client:
            answer = (await client.get(url)).raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        shown = url.partition("?")[0]
        raise ModelInputError(f"{where}: {shown} can't be fetched: {error}", **where.names) from error
    kind = answer.headers.get("content-type", "").partition(";")[0]
    path = new_file(mimetypes.guess_extension(kind) or suffix_of(answer.content))
    path.write_bytes(answer.content)
    return path
