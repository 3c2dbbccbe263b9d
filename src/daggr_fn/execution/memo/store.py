"""The entries on disk: one folder for each key, with the result and what people want to know of it.

Written through joblib's file system backend, which writes aside and renames. `output.pkl` is read without it: its
unpickler is written in Python, and costs more than all the rest of a look.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import logging
import os
import pickle
import shutil
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from daggr_fn import files
from daggr_fn.remembered import Entry

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

logger = logging.getLogger("daggr_fn")

SCHEMA = 1
_LARGE = 256 * 1024
_TOUCH_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Stored(Entry):
    """An entry as it was read.

    Attributes:
        payload: The pickled value; `None` when it is large, and lies in the file `large`.
        large: The kept file with the pickled value, relative to the root, and the sha256 of its content.
        kept: The kept files that the value refers to, relative to the root.
    """

    payload: bytes | None = field(default=None, repr=False, compare=False)
    large: tuple[str, str] | None = field(default=None, repr=False)
    kept: tuple[str, ...] = ()


class Store:
    """The entries under one root.

    Args:
        root: The root of the store; results lie in `results` below it.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._touched: dict[str, float] = {}

    @functools.cached_property
    def _backend(self) -> Any:
        from joblib import Memory

        memory: Any = Memory(str(self.root / "results"), verbose=0)
        return memory.store_backend

    @functools.cached_property
    def folder(self) -> str:
        """The folder of all entries. joblib's `Memory` puts it one below the location that it is given."""
        return str(self.root / "results" / "joblib")

    def read(self, key: str) -> Stored | None:
        """The entry under a key; `None` when there is none, or it is damaged, which clears it."""
        try:
            with open(f"{self.folder}/{key[:2]}/{key}/output.pkl", "rb") as file:
                raw = file.read()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            logger.warning("the remembered result %s can't be read: %s", key, error)
            return None
        entry = _parsed(raw, key)
        if entry is None or not all(files.kept_ok(self.root / one, root=self.root) for one in self._needed(entry)):
            logger.info("the remembered result %s is damaged and will be made anew", key)
            self.clear(key)
            return None
        self._touch(key)
        return entry

    @staticmethod
    def _needed(entry: Stored) -> tuple[str, ...]:
        return entry.kept if entry.large is None else (*entry.kept, entry.large[0])

    def payload(self, entry: Stored) -> bytes:
        """The pickled value of an entry.

        Raises:
            LookupError: Its file is gone or damaged.
        """
        if entry.payload is not None:
            return entry.payload
        assert entry.large is not None
        relative, digest = entry.large
        try:
            data = (self.root / relative).read_bytes()
        except OSError as error:
            raise LookupError(f"the remembered result {entry.key} is gone") from error
        if hashlib.sha256(data).hexdigest() != digest:
            raise LookupError(f"the remembered result {entry.key} is damaged")
        return data

    def write(self, entry: Entry, data: bytes, kept: list[str], about: Mapping[str, Any]) -> Stored:
        """Store a pickled value. What is said about it is written first, so that every entry has it."""
        large = None
        if len(data) > _LARGE:
            place = files.keep_bytes(data, "value.pkl", root=self.root)
            large = (place.relative_to(self.root).as_posix(), hashlib.sha256(data).hexdigest())
        stored = Stored(
            entry.key, entry.digest, entry.parts, entry.seconds, entry.created,
            payload=data if large is None else None, large=large, kept=tuple(kept),
        )  # fmt: skip
        refers = list(self._needed(stored))
        call_id = [entry.key[:2], entry.key]
        self._backend.store_metadata(call_id, {**about, "schema": SCHEMA, "files": refers})
        self._backend.dump_item(call_id, _formatted(stored), verbose=0)
        return stored

    def clear(self, key: str) -> None:
        """Remove an entry: first the result, then the rest, so that a crash between leaves no half of it."""
        folder = f"{self.folder}/{key[:2]}/{key}"
        with contextlib.suppress(OSError):
            os.unlink(f"{folder}/output.pkl")
        shutil.rmtree(folder, ignore_errors=True)

    def about(self, key: str) -> dict[str, Any]:
        """What was written beside a result; empty when there is nothing to be read."""
        found: Any = self._backend.get_metadata([key[:2], key])
        return dict(found)

    def _touch(self, key: str) -> None:
        """Note, at most once an hour, that an entry is in use. Set by hand: many systems mount without access times."""
        now = time.time()
        if now - self._touched.get(key, 0.0) < _TOUCH_SECONDS:
            return
        if len(self._touched) > 100_000:
            self._touched.clear()
        self._touched[key] = now
        path = f"{self.folder}/{key[:2]}/{key}/output.pkl"
        with contextlib.suppress(OSError):  # someone removed it just now
            os.utime(path, (now, os.stat(path).st_mtime))


class _BytesOnly(pickle.Unpickler):
    def find_class(self, module_name: str, global_name: str, /) -> Any:
        raise pickle.UnpicklingError(f"{module_name}.{global_name} where only bytes can be")


def _formatted(entry: Stored) -> tuple[bytes, bytes, bytes]:
    facts = (
        SCHEMA, entry.key, entry.digest, dict(entry.parts), entry.seconds, entry.created, entry.large, entry.kept,
        entry.payload is not None,
    )  # fmt: skip
    header = pickle.dumps(facts, protocol=4)
    payload = entry.payload or b""
    return header, payload, hashlib.sha256(header + payload).digest()


def _parsed(raw: bytes, key: str) -> Stored | None:
    """The entry in the bytes of an `output.pkl`; `None` when they are damaged.

    What was stored can be trusted, but what a crash left of it may be anything: only bytes are unpickled before the
    checksum was compared.
    """
    try:
        header, payload, checksum = _BytesOnly(io.BytesIO(raw)).load()
        if hashlib.sha256(header + payload).digest() != checksum:
            return None
        schema, own_key, digest, parts, seconds, created, large, kept, here = pickle.loads(header)
    except Exception as error:  # noqa: BLE001  # damaged pickles raise anything
        logger.debug("the remembered result %s: %s", key, error)
        return None
    if schema != SCHEMA or own_key != key:
        return None
    return Stored(
        key, digest, parts, seconds, created,
        payload=payload if here else None, large=large, kept=kept,
    )  # fmt: skip
