"""`daggr-fn`: run, check and draw pipelines from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(args: Sequence[str] | None = None) -> None:
    """The command `daggr-fn`. It ends the process with 0, 1 (something failed), 2 (wrong usage) or 130 (Ctrl-C).

    Args:
        args: The words after the command; by default the process's own.
    """
    from daggr_fn.cli.app import app

    app(args=args, prog_name="daggr-fn")
