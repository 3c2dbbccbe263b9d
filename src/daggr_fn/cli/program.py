"""A user's file that is loaded again when it, or a module of the user's that it imports, has changed."""

from __future__ import annotations

import importlib
import linecache
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from daggr_fn.cli.failures import FileFailed, file_failure_text
from daggr_fn.cli.loading import Target, chosen, load
from daggr_fn.errors import DaggrError
from daggr_fn.places import is_users
from daggr_fn.server.showing import shown_by_command

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from daggr_fn.pipelines import Pipeline


class Program:
    """A file with a pipeline.

    Args:
        target: The file, and the pipeline in it.

    Attributes:
        files: The files whose change is a change of the program.
        failed: Whether it could not be loaded the last time.
    """

    def __init__(self, target: Target) -> None:
        self._target = target
        self._modules: dict[str, ModuleType] = {}
        self.files = {str(target.file)}
        self.failed = False
        self._seen: dict[str, tuple[int, ...]] = {}

    @property
    def name(self) -> str:
        """What it is called before its pipeline is known."""
        return self._target.pipeline or self._target.file.stem

    def load(self) -> Pipeline[Any, Any]:
        """Load the file, and the user's modules that it imports, as they are now.

        A file that fails leaves the modules of before in place: runs that go on need them.

        Raises:
            FileFailed: It raised something.
            DaggrError: Its pipeline is wired wrongly.
            typer.BadParameter: It has no such pipeline, or several.
        """
        for name in self._modules:
            sys.modules.pop(name, None)
        others = dict(sys.modules)
        importlib.invalidate_caches()
        linecache.clearcache()
        self.failed = True
        self._seen = self._signature()
        try:
            with shown_by_command():
                module = load(self._target.file)
            _, pipeline = chosen(self._target, module)
            _trace(pipeline)
        except BaseException:
            before = self._seen
            self.files |= {file for _, _, file in _users_modules(others)}
            for name, _, _ in list(_users_modules(others)):
                del sys.modules[name]
            sys.modules.update(self._modules)
            self._seen = {**self._signature(), **before}
            raise
        self.failed = False
        before = self._seen
        self._modules = {name: module for name, module, _ in _users_modules(others)}
        self.files = {str(self._target.file), *(file for _, _, file in _users_modules(others))}
        self._seen = {**self._signature(), **{file: seen for file, seen in before.items() if file in self.files}}
        return pipeline

    @property
    def changed(self) -> bool:
        """Whether the program's files are other ones than when they were loaded.

        After a failure each Python file beside them may be what was missing.
        """
        return self._signature() != self._seen

    def _signature(self) -> dict[str, tuple[int, ...]]:
        files = set(self.files)
        if self.failed:
            files |= {str(file) for folder in self.folders for file in Path(folder).glob("*.py")}
        return {file: _state(file) for file in files}

    @property
    def folders(self) -> set[str]:
        """The folders in which its files lie."""
        return {os.path.dirname(file) for file in self.files}


def _state(file: str) -> tuple[int, ...]:
    try:
        found = os.stat(file)
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino


def trouble_text(error: BaseException) -> str:
    """What is wrong with a program, in words."""
    if isinstance(error, FileFailed):
        return file_failure_text(error.cause)
    if isinstance(error, typer.BadParameter):
        return error.message
    return str(error)


def _trace(pipeline: Pipeline[Any, Any]) -> None:
    try:
        pipeline.check()
    except DaggrError:
        raise
    except Exception as error:  # a body is the user's code, which may raise anything
        raise FileFailed(error) from error


def _users_modules(others: dict[str, ModuleType]) -> Iterator[tuple[str, ModuleType, str]]:
    """The user's modules that are not among the others."""
    for name, module in sys.modules.copy().items():  # at once, as other threads import meanwhile: a list is not
        file = getattr(module, "__file__", None)
        if others.get(name) is not module and isinstance(file, str) and is_users(file):
            yield name, module, os.path.abspath(file)
