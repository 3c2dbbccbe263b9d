"""AI workflows as plain Python function calls: run them as functions, see what would run and why, pay once."""

from __future__ import annotations

from daggr_fn import events
from daggr_fn.dsl.applying import apply
from daggr_fn.dsl.body import BodyWarning
from daggr_fn.dsl.choosing import choice
from daggr_fn.dsl.conditions import switch, when
from daggr_fn.dsl.hosted import model
from daggr_fn.dsl.inputs import inputs
from daggr_fn.dsl.maps import each, gather, product
from daggr_fn.dsl.node import Node, node
from daggr_fn.dsl.people import approve, ask, choose_one
from daggr_fn.dsl.remote import space
from daggr_fn.dsl.repeats import accumulate, repeat
from daggr_fn.errors import (
    DaggrError,
    InvalidInputError,
    LazyValueError,
    MissingParameterError,
    NotReusable,
    NoValue,
    OutputError,
    RowFailed,
    RunCancelled,
    RunnerError,
    StepFailed,
    StepTimeout,
    TypeMismatchError,
    Unanswered,
    UnknownOutputError,
    UnknownParameterError,
    WiringError,
    WorkerLost,
)
from daggr_fn.held import Held
from daggr_fn.kinds import Question, new_file, progress
from daggr_fn.limits import Pool
from daggr_fn.pipelines import Pipeline, pipeline
from daggr_fn.plan import Plan
from daggr_fn.retries import Retry
from daggr_fn.runs import Run
from daggr_fn.values import Failed, ItemList, Secret, every_run

__version__ = "0.1.0"

__all__ = [
    "BodyWarning",
    "DaggrError",
    "Failed",
    "Held",
    "InvalidInputError",
    "ItemList",
    "LazyValueError",
    "MissingParameterError",
    "NoValue",
    "Node",
    "NotReusable",
    "OutputError",
    "Pipeline",
    "Plan",
    "Pool",
    "Question",
    "Retry",
    "RowFailed",
    "Run",
    "RunCancelled",
    "RunnerError",
    "Secret",
    "StepFailed",
    "StepTimeout",
    "TypeMismatchError",
    "Unanswered",
    "UnknownOutputError",
    "UnknownParameterError",
    "WiringError",
    "WorkerLost",
    "accumulate",
    "apply",
    "approve",
    "ask",
    "choice",
    "choose_one",
    "each",
    "events",
    "every_run",
    "gather",
    "inputs",
    "model",
    "new_file",
    "node",
    "pipeline",
    "product",
    "progress",
    "repeat",
    "space",
    "switch",
    "when",
]
