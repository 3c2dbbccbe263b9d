"""The shelf: the files that pages may fetch, by ids that nobody can guess.

An id is a keyed hash of the user and the file, so that the same picture has the same address as long as the server
lives and browsers keep it; but only ids that were handed out mean anything. Nothing is ever served by its path.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import mimetypes
import os
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from daggr_fn.files import is_kept, keep, kept_ok

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST_FILES = 50_000
_MOST_TEXTS = 500  # each holds the value that it is made of
_TYPES = {".js": "text/plain", ".mjs": "text/plain", ".webp": "image/webp", ".glb": "model/gltf-binary"}


@dataclass(frozen=True)
class Shelved:
    """What can be fetched by one id.

    Attributes:
        name: What it is called when it is downloaded.
        media_type: Its type.
        user: Whose it is; `None` for whoever knows the id.
        path: Where it lies in the store of files; `None` for a text.
        make: Makes the text; `None` for a file.
    """

    name: str
    media_type: str
    user: str | None
    path: Path | None = None
    make: Callable[[], str] | None = None

    @property
    def etag(self) -> str:
        """The digest under which a file is kept, and so the same as long as its content is."""
        if self.path is None:
            return ""
        return f'"{self.path.parent.name[:32]}-{hashlib.sha256(self.name.encode()).hexdigest()[:8]}"'


class Shelf:
    """The table of ids. Thread-safe; of very many files the ones not asked for longest go."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._files: OrderedDict[str, Shelved] = OrderedDict()
        self._texts: OrderedDict[str, Shelved] = OrderedDict()

    def add(self, path: object, name: str | None, user: str | None) -> str:
        """Put a file on the shelf, and give its id.

        Args:
            path: A `Path`, which is kept by its content if it isn't yet; or the text of the path of a kept file.
            name: What it is called when it is downloaded; by default as it is called now.
            user: Whose it is; `None` for whoever knows the id.

        Raises:
            LookupError: It is no file, or a text that is not the path of a kept file: values that steps return name
                any path they like, which doesn't make them the viewer's.
        """
        kept = _kept(path)
        shelved = Shelved(_plain_name(name or kept.name), _type_of(name or kept.name), user, path=kept)
        text = "\0".join((user or "", "" if user else "anyone", str(kept), shelved.name))
        digest = hmac.digest(self._secret, text.encode("utf-8", "surrogateescape"), "sha256")
        number = base64.urlsafe_b64encode(digest[:18]).decode()
        self._put(self._files, number, shelved, _MOST_FILES)
        return number

    def add_text(self, make: Callable[[], str], name: str, media_type: str, user: str | None) -> str:
        """Put a text on the shelf that is made when it is asked for, and give its id.

        Args:
            make: Makes it, in any thread.
            name: What it is called when it is downloaded.
            media_type: Its type.
            user: Whose it is; `None` for whoever knows the id.
        """
        number = secrets.token_urlsafe(18)
        self._put(self._texts, number, Shelved(_plain_name(name), media_type, user, make=make), _MOST_TEXTS)
        return number

    def _put(self, table: OrderedDict[str, Shelved], number: str, shelved: Shelved, most: int) -> None:
        with self._lock:
            table[number] = shelved
            table.move_to_end(number)
            if len(table) > most:
                table.popitem(last=False)

    def find(self, number: str, user: str | None) -> Shelved | None:
        """What a user may fetch by an id; `None` for an id that is made up or another's, or a file that is gone."""
        with self._lock:
            table = self._files if number in self._files else self._texts
            found = table.get(number)
            if found is None or (found.user is not None and found.user != user):
                return None
            table.move_to_end(number)
        return found if found.path is None or found.path.is_file() else None


def _type_of(name: str) -> str:
    suffix = os.path.splitext(name)[1].lower()
    return _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"


def _kept(path: object) -> Path:
    if isinstance(path, Path):
        kept = path if is_kept(path) and kept_ok(path) else _keep(path)
    elif isinstance(path, str) and is_kept(path) and kept_ok(path):
        kept = Path(os.path.abspath(path))
    else:
        raise LookupError(f"not a file that is kept: {type(path).__name__}")
    if kept.is_symlink() or not kept.is_file():
        raise LookupError(f"not a file: {kept.name}")
    return kept


def _keep(path: Path) -> Path:
    if not path.is_file():
        raise LookupError(f"not a file: {path.name}")
    try:
        return keep(path)
    except OSError as error:
        raise LookupError(f"{path.name} can't be read: {error.strerror}") from error


def _plain_name(name: str) -> str:
    """A name without folders, line ends and what else would have a meaning in a header."""
    base = name.replace("\\", "/").rpartition("/")[2]
    return "".join(one for one in base if one.isprintable()).strip(" .")[:150] or "file"
