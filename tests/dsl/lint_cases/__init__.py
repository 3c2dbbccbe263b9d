"""Bodies of pipelines: wrong ones with what the user reads, and right ones."""

from __future__ import annotations

from tests.dsl.lint_cases.blocks import BLOCKS
from tests.dsl.lint_cases.calls import CALLS
from tests.dsl.lint_cases.case import Case
from tests.dsl.lint_cases.innocent import INNOCENT
from tests.dsl.lint_cases.loops import LOOPS
from tests.dsl.lint_cases.shapes import SHAPES

WRONG = [*LOOPS, *BLOCKS, *CALLS, *SHAPES]

__all__ = ["INNOCENT", "WRONG", "Case"]
