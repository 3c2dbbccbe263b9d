"""The root of all that daggr_fn stores, and the digests of files and folders by content."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

_CHUNK = 1 << 20
_SETTLED_SECONDS = 2.0
_MOST_REMEMBERED = 10_000

_digests: dict[str, tuple[tuple[int, ...], str]] = {}


def home() -> Path:
    """The root of all that daggr_fn stores: `DAGGR_FN_HOME`, else `$HF_HOME/daggr_fn`, else the user's cache."""
    own = os.environ.get("DAGGR_FN_HOME")
    if own:
        return Path(own).expanduser().absolute()
    hugging_face = os.environ.get("HF_HOME") or os.path.join("~", ".cache", "huggingface")
    return Path(hugging_face).expanduser().absolute() / "daggr_fn"


def file_digest(path: str | os.PathLike[str]) -> str:
    """The sha256 of a file's content, or of a folder's tree (names and contents).

    It is remembered for as long as the file's size, times and inode stay what they are. A file that changed in the
    last two seconds is read each time: a second write within the clock's granularity would not show.

    Raises:
        OSError: The file can't be read.
    """
    text = os.fspath(path)
    before = os.stat(text)
    if not os.path.isfile(text):
        return _tree_digest(Path(text))
    signature = (before.st_size, before.st_mtime_ns, before.st_ctime_ns, before.st_ino, before.st_dev)
    known = _digests.get(text)
    if known is not None and known[0] == signature:
        return known[1]
    digest = _content_digest(text)
    settled = time.time() - max(before.st_mtime, before.st_ctime) > _SETTLED_SECONDS
    if settled:
        if len(_digests) >= _MOST_REMEMBERED:
            _digests.clear()
        _digests[text] = (signature, digest)
    return digest


def _content_digest(path: str) -> str:
    hasher = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            hasher.update(chunk)
    return hasher.hexdigest()


def _tree_digest(folder: Path) -> str:
    rows: list[str] = []
    for found in sorted(walk(folder), key=lambda path: path.relative_to(folder).as_posix()):
        name = found.relative_to(folder).as_posix()
        if found.is_symlink() and not found.is_file():
            rows.append(f"link {name} {os.readlink(found)}")
        elif found.is_dir():
            rows.append(f"folder {name}")
        elif found.is_file():
            rows.append(f"file {name} {file_digest(found)}")
    return hashlib.sha256("\0".join(["tree", *rows]).encode("utf-8", "surrogateescape")).hexdigest()


def walk(folder: Path) -> list[Path]:
    """All that a folder holds, at any depth; links to folders are not followed."""
    found: list[Path] = []
    for parent, folders, names in os.walk(folder):
        found.extend(Path(parent, name) for name in [*folders, *names])
    return found
