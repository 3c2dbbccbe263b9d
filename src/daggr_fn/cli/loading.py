"""A user's file as a module of its own name, and the pipelines in it."""

from __future__ import annotations

import importlib.util
import os
import sys
from dataclasses import dataclass
from importlib.machinery import SOURCE_SUFFIXES, SourceFileLoader
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeGuard

import typer

from daggr_fn.cli.failures import FileFailed
from daggr_fn.errors import did_you_mean, listed
from daggr_fn.pipelines import Pipeline

if TYPE_CHECKING:
    from types import ModuleType


@dataclass(frozen=True)
class Target:
    """What a command is about: `app.py` or `app.py:podcast`."""

    file: Path
    pipeline: str = ""

    def __str__(self) -> str:
        return f"{os.path.relpath(self.file)}:{self.pipeline}" if self.pipeline else os.path.relpath(self.file)


def target_of(text: str) -> Target:
    """The file and the name of a pipeline in it that a word of the command line means.

    Raises:
        typer.BadParameter: There is no such file.
    """
    path, colon, name = text.rpartition(":")
    if not colon or os.path.exists(text) or "/" in name or "\\" in name:
        path, name = text, ""
    file = Path(path).expanduser()
    if file.is_dir():
        raise typer.BadParameter(f"{path!r} is a folder; name a file in it: {listed(_programs(file)[:8])}")
    if not file.is_file():
        folder = file.parent if file.parent.is_dir() else Path()
        near = did_you_mean(file.name, _programs(folder))
        raise typer.BadParameter(f"there is no file {path!r}{near}")
    return Target(file.resolve(), name)


def _programs(folder: Path) -> list[str]:
    return sorted(found.name for found in folder.glob("*.py"))


class _AsItIs(SourceFileLoader):
    """Loads a file as Python loads a script: without its cache of bytecode, for which two edits in a second are one."""

    def path_stats(self, path: str) -> NoReturn:
        """Say that nothing is known of a file that a cache could be compared with."""
        raise OSError(f"bytecode of {path} is not kept")


def load(file: Path) -> ModuleType:
    """Import a file as `import app` would: under its own name, with its folder on the path.

    Raises:
        FileFailed: It raised something.
    """
    folder = str(file.parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    sys.argv = [str(file)]
    name = file.stem if file.stem not in sys.modules else f"daggr_fn_program_{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file, loader=_AsItIs(name, str(file)))
    if spec is None or spec.loader is None or file.suffix not in SOURCE_SUFFIXES:
        raise typer.BadParameter(f"{file.name!r} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # sys.exit() too: whatever a user's file raises
        del sys.modules[name]
        raise FileFailed(error) from error
    return module


def pipelines_of(module: ModuleType) -> dict[str, Pipeline[Any, Any]]:
    """The pipelines of a module by variable; those it imports only where it has none of its own."""
    found: dict[int, tuple[str, Pipeline[Any, Any]]] = {}
    for name, one in _all_pipelines(module).items():
        found.setdefault(id(one), (name, one))
    own = {name: one for name, one in found.values() if one._place.file == module.__file__}
    return own or dict(found.values())


def _all_pipelines(module: ModuleType) -> dict[str, Pipeline[Any, Any]]:
    return {name: value for name, value in vars(module).items() if _is_pipeline(value)}


def _is_pipeline(value: object) -> TypeGuard[Pipeline[Any, Any]]:
    return isinstance(value, Pipeline)


def chosen(target: Target, module: ModuleType) -> tuple[str, Pipeline[Any, Any]]:
    """The variable and the pipeline that a target means.

    Raises:
        typer.BadParameter: There is none, there is no such one, or there are several and none is named.
    """
    file, pipelines = target.file.name, pipelines_of(module)
    if not target.pipeline:
        if len(pipelines) == 1:
            return next(iter(pipelines.items()))
        if not pipelines:
            raise typer.BadParameter(f"{file} has no pipeline: put @pipeline over a function in it")
        names = ", ".join(f"{file}:{name}" for name in pipelines)
        raise typer.BadParameter(f"{file} has {len(pipelines)} pipelines; name one: {names}")
    every = _all_pipelines(module)
    by_name = {value.name: value for value in every.values()}
    found = every.get(target.pipeline) or by_name.get(target.pipeline)
    if found is None:
        near = did_you_mean(target.pipeline, every)
        raise typer.BadParameter(f"{file} has no pipeline {target.pipeline!r}{near}; it has {listed(every)}")
    return target.pipeline, found
