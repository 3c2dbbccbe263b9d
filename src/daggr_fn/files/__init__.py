"""Files by content, under one root: what a result keeps, what a function gets to read, what is scratch."""

from __future__ import annotations

from daggr_fn.files.digests import file_digest, home
from daggr_fn.files.kept import is_kept, keep, keep_bytes, kept_ok, private_copy
from daggr_fn.files.mapped import map_paths
from daggr_fn.files.pins import Pins, pinned
from daggr_fn.files.scratch import Scratch

__all__ = [
    "Pins",
    "Scratch",
    "file_digest",
    "home",
    "is_kept",
    "keep",
    "keep_bytes",
    "kept_ok",
    "map_paths",
    "pinned",
    "private_copy",
]
