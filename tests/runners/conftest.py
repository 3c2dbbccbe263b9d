"""A Dask cluster of two worker processes, the same for all tests of this folder."""

from __future__ import annotations

from contextlib import contextmanager

import pytest


@contextmanager
def cluster(workers=2):
    """A client of a cluster whose workers are processes with one thread each."""
    from distributed import Client, LocalCluster

    options = {"n_workers": workers, "threads_per_worker": 1, "processes": True, "dashboard_address": "127.0.0.1:0"}
    with LocalCluster(**options) as made, Client(made, set_as_default=False) as client:
        yield client


@pytest.fixture(scope="session")
def client():
    with cluster() as client:
        yield client


@pytest.fixture(params=["process", "executor", "dask"])
def runner(request):
    """Each runner that calls functions in other processes."""
    if request.param == "dask":
        return request.getfixturevalue("client")
    if request.param == "process":
        return "process"
    return request.getfixturevalue("executor")


@pytest.fixture(scope="session")
def executor():
    """An executor of the standard library, whose processes are forked from a server: the test's process has threads."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as executor:
        yield executor
