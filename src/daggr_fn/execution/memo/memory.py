"""`Memo`: the memory of results on disk, as the plan and the run ask it."""

from __future__ import annotations

import functools
import hashlib
import logging
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from daggr_fn.execution.memo import histories, upkeep
from daggr_fn.execution.memo.code import code_digest
from daggr_fn.execution.memo.digests import Encoder
from daggr_fn.execution.memo.payload import from_payload, to_payload
from daggr_fn.execution.memo.store import SCHEMA, Store, Stored
from daggr_fn.files import home as default_home
from daggr_fn.remembered import About, Entry

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from daggr_fn.kinds import Identity, Options

logger = logging.getLogger("daggr_fn")

_SAVES_BETWEEN_UPKEEPS = 256


class Memo:
    """The memory of results under one root; it fulfils `Remembered`. Threads and processes may share it.

    Args:
        home: The root; by default `files.home()` at the time of making.
    """

    def __init__(self, home: Path | None = None) -> None:
        self.root = Path(home) if home is not None else default_home()
        self._store = Store(self.root)
        self._saves = 0
        self._guard = threading.Lock()

    def digest(self, value: Any) -> str:
        """The digest of a value: files by content, functions by code, the rest by joblib's hash.

        Raises:
            NotReusable: A part of it can't be hashed; says which, and where in the value it is.
        """
        return Encoder(code_digest).digest(value)

    def code(self, identity: Identity, options: Options, name: str) -> tuple[str, str]:
        """`(node, code)`: the digests of what a node is and of its code, for which `options.version` can stand.

        Raises:
            NotReusable: A closure or a global of its functions holds what can't be hashed; says which.
        """
        around = tuple(one for one in (options.preprocess, options.postprocess) if one is not None)
        if options.version is not None:
            return _node_digest(identity.what, identity.user, name, options.version), ""
        node = _node_digest(identity.what, identity.user, None, None)
        if len(identity.code) == 1 and not around:
            return node, code_digest(identity.code[0])
        shape = f"{options.preprocess is not None} {options.postprocess is not None}"
        digests = [shape, *(code_digest(function) for function in (*identity.code, *around))]
        return node, hashlib.sha256(" ".join(digests).encode()).hexdigest()

    def key(self, parts: Mapping[str, str]) -> str:
        """The key made of parts, in whatever order they come."""
        rows = [f"{len(name)} {name} {len(part)} {part}" for name, part in sorted(parts.items())]
        return hashlib.sha256("\n".join([f"daggr_fn {SCHEMA}", *rows]).encode("utf-8", "surrogatepass")).hexdigest()

    def look(self, key: str, max_age: timedelta | None = None) -> Entry | None:
        """The entry under a key without its value; `None` when there is none, or it is damaged or too old."""
        entry = self._store.read(key)
        if entry is None or (max_age is not None and time.time() - entry.created > max_age.total_seconds()):
            return None
        return entry

    def load(self, entry: Entry, returns: Any = None) -> Any:
        """The value of an entry.

        Args:
            entry: What `look` or `save` gave.
            returns: The node's return annotation: its classes are taken for the result's of the same name.

        Raises:
            LookupError: It is damaged or gone.
        """
        stored = entry if isinstance(entry, Stored) else self._store.read(entry.key)
        if stored is None:
            raise LookupError(f"the remembered result {entry.key} is gone")
        try:
            return from_payload(self._store.payload(stored), self.root, returns)
        except LookupError:
            self._store.clear(entry.key)
            raise

    def save(self, key: str, value: Any, about: About, returns: Any = None) -> Entry:
        """Store a value under a key, whole or not at all.

        Args:
            key: What `key` made.
            value: The value of the node; files in it are kept by content.
            about: What is written beside it for people.
            returns: See `load`.

        Raises:
            NotReusable: It can't be hashed or stored; says why.
        """
        digest, parts = self.digest(value), self._parts(value, about)
        payload = to_payload(value, self.root, returns)
        created = time.time()
        entry = Entry(key, digest, parts, about.seconds, created)
        beside = {**asdict(about), "created": created, "bytes": len(payload.data)}
        stored = self._store.write(entry, payload.data, payload.kept, beside)
        histories.note(self.root, beside)
        self._tidy()
        return stored

    def history(self, pipeline: str, step: str, index: tuple[int, ...]) -> list[tuple[float, Mapping[str, str]]]:
        """When and from which key parts results of a step were made, newest first."""
        return histories.read(self.root, pipeline, step, index)

    def _parts(self, value: Any, about: About) -> dict[str, str]:
        if about.record == "attribute":
            return {port: self.digest(getattr(value, port)) for port in about.ports}
        if about.record == "key":
            return {port: self.digest(value[port]) for port in about.ports}
        return {}

    def _tidy(self) -> None:
        """Hold the size limit, now and then."""
        with self._guard:
            self._saves += 1
            due = self._saves % _SAVES_BETWEEN_UPKEEPS == 1
        if due and upkeep.is_due(self.root):
            upkeep.tidy(self.root)


@functools.lru_cache(maxsize=10_000)
def _node_digest(what: tuple[str, ...], user: str, name: str | None, version: str | None) -> str:
    return hashlib.sha256(repr((what, user, name, version)).encode("utf-8", "surrogatepass")).hexdigest()
