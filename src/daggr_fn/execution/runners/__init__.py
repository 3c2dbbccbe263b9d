"""Where calls are made that are not made in the caller's threads: processes, executors, clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daggr_fn.execution.runners.errands import Backend, Errand

if TYPE_CHECKING:
    from daggr_fn.runners import Runner

__all__ = ["Backend", "Errand", "backend_of"]


def backend_of(runner: Runner) -> Backend | None:
    """What carries the errands of a runner out; `None` for the run's own threads."""
    if runner.sort == "process":
        from daggr_fn.execution.runners.processes import PROCESSES
        from daggr_fn.execution.runners.worker import in_worker

        return None if in_worker() else PROCESSES
    if runner.sort == "executor":
        from daggr_fn.execution.runners.executors import ExecutorBackend

        return ExecutorBackend(runner.name, runner.target)
    if runner.sort == "dask":
        from daggr_fn.execution.runners.cluster import cluster_of

        return cluster_of(runner)
    return None
