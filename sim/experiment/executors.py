"""Where replications are run: in this process, on its cores, or on a Dask cluster.

All are `concurrent.futures.Executor`s, so that nothing else knows the difference.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


class ClusterError(ValueError):
    """The cluster cannot be reached, or was lost."""


@dataclass(frozen=True)
class Helpers:
    """An executor and how many tasks it works on at once."""

    executor: Executor
    at_once: int


class InThisProcess(Executor):
    """Does what is submitted at once, where it was submitted."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The finished future of a call."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


@contextmanager
def helpers(*, jobs: int | None, engine: str, cluster: str | None) -> Iterator[Helpers]:
    """The helpers for some work; when it ends, or is broken off, so do they.

    Args:
        jobs: tasks at once on this machine; None for as many as it has cores.
        engine: the compiled one leaves the interpreter free, so that threads will do; the
            reference needs processes.
        cluster: address of a Dask scheduler (`tcp://...`), used instead of this machine.

    Raises:
        ClusterError: if the scheduler does not answer.
    """
    if cluster is not None:
        with _cluster(cluster) as found:
            yield found
        return
    jobs = jobs or os.cpu_count() or 1
    executor: Executor
    if jobs == 1:
        executor = InThisProcess()
    elif engine == "compiled":
        executor = ThreadPoolExecutor(jobs)
    else:
        executor = ProcessPoolExecutor(jobs)
    try:
        yield Helpers(executor, jobs)
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _cluster(address: str) -> Iterator[Helpers]:
    try:
        from distributed import Client
    except ImportError:
        raise ClusterError(
            'a cluster needs Dask: pip install "contact-center-sim[cluster]"'
        ) from None
    try:
        client = Client(address, timeout="10s", set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(f"no Dask scheduler answers at {address}: {error}") from None
    try:
        workers = client.scheduler_info(n_workers=-1)["workers"].values()
        cores = sum(worker["nthreads"] for worker in workers)
        if not cores:
            raise ClusterError(f"the scheduler at {address} has no workers; start some first")
        yield Helpers(client.get_executor(pure=False), cores)
    finally:
        client.close()
