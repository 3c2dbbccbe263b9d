"""Files to an app and back."""

from __future__ import annotations

import base64
import mimetypes
import os
import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

import anyio

from daggr_fn.errors import InvalidInputError
from daggr_fn.gradio_http.connection import expect_success, json_of, sorted_errors
from daggr_fn.gradio_http.errors import SpaceConnectionLostError, SpaceProtocolError, SpaceUnreachableError
from daggr_fn.gradio_http.json_types import is_mapping
from daggr_fn.gradio_http.queue import api_root

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx

    from daggr_fn.gradio_http.remote import Known

_ATTEMPTS = 3
_BAD_IN_NAMES = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f`$!{}]')
_SUFFIXES = {
    "image/jpeg": ".jpg",
    "audio/x-wav": ".wav",
    "audio/wav": ".wav",
    "audio/mpeg": ".mp3",
    "text/plain": ".txt",
}


def is_file_data(value: Any) -> bool:
    """Whether a value is a file as Gradio sends it: `{"path": …, "meta": {"_type": "gradio.FileData"}}`."""
    if not is_mapping(value) or not is_mapping(value.get("meta")):
        return False
    return value["meta"].get("_type") == "gradio.FileData" and bool(value.get("path") or value.get("url"))


def file_data(path: str, name: str) -> dict[str, Any]:
    """A file on the app's side, or at an address, as Gradio wants it."""
    return {"path": path, "orig_name": name, "meta": {"_type": "gradio.FileData"}}


@dataclass
class Transfer:
    """The files of one call: what is uploaded for it and downloaded from it.

    Attributes:
        folder: Makes the folder that downloads go to.
    """

    client: httpx.AsyncClient
    known: Known
    endpoint: str
    folder: Callable[[], Path]
    _uploaded: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    _downloads: Path | None = None

    @property
    def space(self) -> str:
        return self.known.address.space

    async def upload(self, path: Path) -> dict[str, Any]:
        """Send a file; the same file once per call.

        Raises:
            InvalidInputError: The app takes no file of that size.
        """
        key = str(path)
        if key not in self._uploaded:
            limit, size = self.known.description.max_file_size, (await anyio.Path(path).stat()).st_size
            if limit is not None and size > limit:
                raise InvalidInputError(f"{path} has {size} bytes, and {self.space} takes files of at most {limit}")
            with path.open("rb") as content:
                sent = {"files": (_plain_name(path.name), content)}
                with sorted_errors(self.space, self.endpoint):
                    answer = await self.client.post(api_root(self.known) + "upload", files=sent)
            expect_success(answer, self.space, self.endpoint)
            self._uploaded[key] = file_data(json_of(answer, self.space)[0], _plain_name(path.name))
        return self._uploaded[key]

    def address_of(self, data: Mapping[str, Any]) -> str:
        """The address of a file that the app sent."""
        url, path = str(data.get("url") or ""), str(data.get("path") or "")
        if path.startswith(("http://", "https://")):
            return path
        if url.startswith("data:") or (url and (data.get("is_stream") or not path)):
            return url if url.startswith(("data:", "http://", "https://")) else self.known.address.url + url.lstrip("/")
        return f"{api_root(self.known)}file={quote(path)}"

    async def download(self, data: Mapping[str, Any]) -> Path:
        """Fetch a file that the app sent, and name it as the app does.

        Raises:
            SpaceError: It can't be had.
        """
        address = self.address_of(data)
        if address.startswith("data:"):
            return await self._save_inline(address, data)
        partial = self._new_path("download.part")
        with sorted_errors(self.space, self.endpoint):
            mime = await self._fetch(address, partial)
        name = file_name(data, str(data.get("mime_type") or mime))
        target = self._new_path(name)
        partial.replace(target)
        return target

    async def _fetch(self, address: str, target: Path) -> str:
        """GET into a file, again when the connection breaks: a GET changes nothing. Returns the type of the content."""
        for attempt in range(_ATTEMPTS):
            try:
                with sorted_errors(self.space, self.endpoint):
                    async with self.client.stream("GET", address) as response:
                        if not response.is_success:
                            await response.aread()
                            expect_success(response, self.space, self.endpoint)
                        with target.open("wb") as opened:
                            async for chunk in response.aiter_bytes(1 << 16):
                                opened.write(chunk)
                        return str(response.headers.get("content-type", "")).partition(";")[0]
            except (SpaceConnectionLostError, SpaceUnreachableError):
                if attempt == _ATTEMPTS - 1:
                    raise
                await anyio.sleep(0.2 * (attempt + 1))
        raise AssertionError("unreachable")

    async def _save_inline(self, address: str, data: Mapping[str, Any]) -> Path:
        head, comma, body = address.partition(",")
        if not comma:
            raise SpaceProtocolError(f"{self.space} sent a file whose data: address holds nothing", space=self.space)
        content = base64.b64decode(body) if head.endswith(";base64") else unquote(body).encode()
        mime = head.removeprefix("data:").partition(";")[0]
        target = self._new_path(file_name({**data, "path": data.get("path") or ""}, mime))
        await anyio.Path(target).write_bytes(content)
        return target

    def _new_path(self, name: str) -> Path:
        """A path that is not taken. One call's downloads are named one after the other, never at once."""
        if self._downloads is None:
            self._downloads = self.folder()
        target, number = self._downloads / name, 1
        while target.exists():  # two files of one name keep it, each in a folder of its own
            number += 1
            target = self._downloads / str(number) / name
        target.parent.mkdir(exist_ok=True)
        target.touch()
        return target


def file_name(data: Mapping[str, Any], mime: str) -> str:
    """The name for a file that an app sent: the original's, with the ending that its content really has."""
    served = PurePosixPath(unquote(urlsplit(str(data.get("path") or data.get("url") or "")).path)).name
    name = _plain_name(str(data.get("orig_name") or served)) or "file"
    stem, suffix = os.path.splitext(name)
    real = os.path.splitext(served)[1]
    if real and real.lower() != suffix.lower() and data.get("path"):
        return stem + real if suffix else name + real
    if not suffix:
        name += _SUFFIXES.get(mime) or mimetypes.guess_extension(mime or "") or ""
    return name


def _plain_name(name: str) -> str:
    plain = _BAD_IN_NAMES.sub("", os.path.basename(name.replace("\\", "/"))).strip(". ") if name else ""
    stem, suffix = os.path.splitext(plain)
    return stem[:120] + suffix[:20]
