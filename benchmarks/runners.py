"""What a step costs on each runner, and what CPU-bound work gains from a second worker."""

from __future__ import annotations

import atexit
import functools
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

from measure import Case, Contender

from daggr_fn import Pipeline, each, gather, node, pipeline

STEPS = 200
WORK_ITEMS = 8
WORK = 2_000_000
WORKERS = 2


def nothing(x: int) -> int:
    """What each step does where the cost of a step is measured."""
    return x


def count(n: int) -> int:
    """Work that holds the interpreter's lock."""
    total = 0
    for i in range(n):
        total += i & 1
    return total


steps = list(range(STEPS))
does_nothing, counts = node(nothing), node(count)


@pipeline
def mapped() -> list[int]:
    """A step for each item, which does nothing."""
    return gather(does_nothing(each(steps)))


@pipeline
def counted() -> list[int]:
    """A step for each item, which works."""
    return gather(counts(each([WORK] * WORK_ITEMS)))


def cases() -> Iterator[Case]:
    """The cases; the floor of the first is what runs the functions, given them without a pipeline."""
    for name, runner, floor in (
        ("process", lambda: "process", _pool_map),
        ("ProcessPoolExecutor", _pool, _pool_map),
        ("dask", _client, _client_map),
    ):
        contenders = (
            Contender("daggr_fn", functools.partial(_on, mapped, runner)),
            Contender("floor", lambda f=floor: f),
        )
        yield Case(f"map of {STEPS} no-op steps, runner={name}", contenders, expected=steps, rounds=5)
    for name, runner in (("thread", lambda: "thread"), ("process", lambda: "process"), ("dask", _client)):
        two = Contender("daggr_fn", functools.partial(_on, counted, runner, workers=WORKERS))
        one = Contender("floor", functools.partial(_on, counted, runner, workers=1))
        yield Case(f"{WORK_ITEMS} items of CPU work, {name}: {WORKERS} workers (floor: 1)", (two, one), rounds=3)


def _on(made: Pipeline[[], Any], runner: Callable[[], Any], workers: int | None = None) -> Callable[[], Any]:
    return made.options(runner=runner(), workers=workers)


@functools.cache
def _pool() -> ProcessPoolExecutor:
    pool = ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn"))
    atexit.register(pool.shutdown)
    return pool


def _pool_map() -> list[int]:
    return list(_pool().map(nothing, steps))


@functools.cache
def _client() -> Any:
    from distributed import Client, LocalCluster

    cluster = LocalCluster(n_workers=WORKERS, threads_per_worker=1, dashboard_address="127.0.0.1:0")
    client = Client(cluster, set_as_default=False)
    atexit.register(cluster.close)
    atexit.register(client.close)
    return client


def _client_map() -> list[int]:
    client = _client()
    found: list[int] = client.gather(client.map(nothing, steps, pure=False))
    return found
