"""Lazy expressions: what stands on an edge of the graph until a run can work it out.

An expression is evaluated against the `Cells` of a run. A cell holds the value of one call of a step: of the step, or
of one of its items. An expression that depends on `each` has *axes*: for each level of nesting, the lists that are
mapped over (several when they zip). An `index` has one number per axis.
"""

from __future__ import annotations

from daggr_fn.expressions.base import Axes, Expression, zipped_axes
from daggr_fn.expressions.built import CONTAINERS, Built, along, copied
from daggr_fn.expressions.cells import Cells, Digests, Index, Key, Missing, cell, group, is_group, step_of
from daggr_fn.expressions.maps import Gathered, Item
from daggr_fn.expressions.sources import Concealed, Input, InputPort, Output, Part, StepLike

__all__ = [
    "CONTAINERS",
    "Axes",
    "Built",
    "Cells",
    "Concealed",
    "Digests",
    "Expression",
    "Gathered",
    "Index",
    "Input",
    "InputPort",
    "Item",
    "Key",
    "Missing",
    "Output",
    "Part",
    "StepLike",
    "along",
    "cell",
    "copied",
    "group",
    "is_group",
    "step_of",
    "zipped_axes",
]
