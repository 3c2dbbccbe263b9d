"""What the syntax check reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from daggr_fn.errors import WiringError


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake in the body of a pipeline.

    Attributes:
        error: Whether the pipeline is refused; else the message is a warning.
        message: What is wrong, where, and what to write instead; to be raised, or to be the text of the warning.
    """

    error: bool
    message: WiringError
