"""Files by content, under one root: what a result keeps, what a function gets to read, what is scratch.

A kept file lies at `files/<2>/<digest>/<name>` under `home()`. Its time of modification is set to a number made from
its digest and size, so that one `stat` tells whether it is still what was stored: whoever writes to it changes that.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from pathlib import Path

from daggr_fn.errors import DaggrError
from daggr_fn.files.digests import file_digest, home, walk
from daggr_fn.files.folders import remove

_MOST_FILES_IN_FOLDER = 10_000


def keep(path: str | os.PathLike[str], *, move: bool = False, root: Path | None = None) -> Path:
    """Put a file or a folder into the store by its content, and return where it lies there, read-only.

    A path that lies in the store already is returned as it is.

    Args:
        path: The file or folder.
        move: Whether the original may be taken away instead of copied.
        root: The root of the store; `home()` by default.

    Raises:
        OSError: It can't be read, or the store not written.
        DaggrError: A folder of more than 10,000 files.
    """
    source = Path(os.path.abspath(path))
    store = _store(root)
    if is_kept(source, root=root) and kept_ok(source, root=root):
        _touch(_entry(source, store))
        return source
    if source.is_dir() and len(walk(source)) > _MOST_FILES_IN_FOLDER:
        raise DaggrError(f"the folder {source} holds more than {_MOST_FILES_IN_FOLDER} files: too many to be kept")
    target = _target(store, file_digest(source), source.name)
    if kept_ok(target, root=root) and _touch(target.parent):
        if move:
            remove(source)
        return target
    incoming = _new_incoming(store)
    _bring(source, incoming, move=move)
    return _place(incoming, source.name, store)


def keep_bytes(data: bytes, name: str, *, root: Path | None = None) -> Path:
    """Put bytes into the store as a file of that name, as `keep` does."""
    store = _store(root)
    target = _target(store, hashlib.sha256(data).hexdigest(), name)
    if kept_ok(target, root=root) and _touch(target.parent):
        return target
    incoming = _new_incoming(store)
    incoming.write_bytes(data)
    return _place(incoming, name, store)


def is_kept(path: str | os.PathLike[str], *, root: Path | None = None) -> bool:
    """Whether a path lies in the store."""
    return os.path.abspath(path).startswith(str(_store(root)) + os.sep)


def kept_ok(path: str | os.PathLike[str], *, root: Path | None = None) -> bool:
    """Whether a kept file or folder is there and untouched since it was stored."""
    text = os.path.abspath(path)
    prefix = str(_store(root)) + os.sep
    parts = text.removeprefix(prefix).split(os.sep)
    if not text.startswith(prefix) or len(parts) < 3:  # <2>/<digest>/<name>
        return False
    try:
        return _untouched(text, parts[1])
    except OSError:
        return False


def _untouched(path: str, digest: str) -> bool:
    state = os.stat(path)
    if not os.path.isdir(path):
        return int(state.st_mtime) == _stamp(digest, state.st_size)
    if int(state.st_mtime) != _stamp(digest, 0):
        return False
    with os.scandir(path) as entries:
        return all(_untouched(entry.path, digest) for entry in entries if not entry.is_symlink())


def _stamp(digest: str, size: int) -> int:
    """The time of modification of a kept file, in even seconds: some file systems know none finer."""
    mixed = hashlib.sha256(f"{digest} {size}".encode()).digest()
    return 1_000_000_000 + 2 * (int.from_bytes(mixed[:8], "big") % 200_000_000)


def _store(root: Path | None) -> Path:
    return (root or home()) / "files"


def _target(store: Path, digest: str, name: str) -> Path:
    return store / digest[:2] / digest / name


def _entry(kept: Path, store: Path) -> Path:
    """The folder `<2>/<digest>` in which a kept path lies."""
    return store.joinpath(*kept.relative_to(store).parts[:2])


def _touch(folder: Path) -> bool:
    """Tell an upkeep that goes on now that the folder is in use again; false when it was faster."""
    try:
        os.utime(folder)
    except OSError:
        return False
    return True


def _bring(source: Path, target: Path, *, move: bool) -> None:
    if move:
        shutil.move(source, target)
    elif source.is_dir():
        shutil.copytree(source, target, symlinks=True, copy_function=shutil.copyfile)
    else:
        shutil.copyfile(source, target)


def _new_incoming(store: Path) -> Path:
    """A path in a fresh folder of its own: the folder's age tells an upkeep that a file with a sealed time is new."""
    folder = store / "incoming" / uuid.uuid4().hex
    folder.mkdir(parents=True)
    return folder / "new"


def _place(incoming: Path, name: str, store: Path) -> Path:
    """Give what came in its place by the content it has now: the original may have changed while it was copied."""
    digest = file_digest(incoming)
    target = _target(store, digest, name)
    _seal(incoming, digest)
    while True:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.replace(incoming, target)
        except FileNotFoundError:  # an upkeep took the empty folder away
            if not incoming.exists():
                raise
            continue
        except OSError:
            if not target.is_dir():
                raise
            if not kept_ok(target, root=store.parent):
                remove(target)
                continue
        _touch(target.parent)
        remove(incoming.parent)
        return target


def _seal(path: Path, digest: str) -> None:
    for found in [*(walk(path) if path.is_dir() else []), path]:
        if found.is_symlink():
            continue
        if found.is_file():
            os.chmod(found, 0o444)
        stamp = _stamp(digest, found.stat().st_size if found.is_file() else 0)
        os.utime(found, (stamp, stamp))


def private_copy(path: str | os.PathLike[str], folder: Path) -> Path:
    """A copy of the same name that may be written to: a function that does so damages nothing that others read.

    Args:
        path: The file or folder to copy.
        folder: Where the copy goes; when the name is taken there, into a new folder inside.

    Raises:
        OSError: It can't be read or written.
    """
    source = Path(path)
    target = folder / source.name
    if target.exists():
        target = folder / uuid.uuid4().hex[:8] / source.name
    target.parent.mkdir(parents=True, exist_ok=True)
    _bring(source, target, move=False)
    return target
