"""Secret inputs: from the environment or a hidden prompt, and never from the command line, where others can read."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import typer

from daggr_fn.kinds import MISSING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from daggr_fn.expressions import InputPort


def variable_of(port: InputPort) -> str:
    """The environment variable that a secret input is read from."""
    return port.name.upper()


def refuse_on_command_line(ports: Iterable[InputPort], words: Sequence[str]) -> None:
    """Refuse a secret among the words of the command line, without repeating it.

    Raises:
        typer.BadParameter: There is one.
    """
    for port in ports:
        flag = "--" + port.name.replace("_", "-")
        if port.secret and any(word == flag or word.startswith(f"{flag}=") for word in words):
            raise typer.BadParameter(
                f"{flag} is a secret, and a command line can be read by others: set {variable_of(port)} in the "
                "environment, or leave it out to be asked for it"
            )


def secret_values(ports: Iterable[InputPort]) -> dict[str, str]:
    """The values of the secret inputs.

    Raises:
        typer.BadParameter: One is not set, and there is nobody to ask.
    """
    values: dict[str, str] = {}
    for port in ports:
        if not port.secret:
            continue
        said = os.environ.get(variable_of(port))
        if said is not None:
            values[port.name] = said
        elif port.default is MISSING:
            values[port.name] = _asked(port)
    return values


def _asked(port: InputPort) -> str:
    if not sys.stdin.isatty():
        raise typer.BadParameter(f"the secret {port.name!r} is not set: set {variable_of(port)} in the environment")
    return str(typer.prompt(port.name, hide_input=True, err=True))
