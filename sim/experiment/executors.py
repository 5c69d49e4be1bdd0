"""Where replications are run: in this process, on its cores, or on a Dask cluster.

All are `concurrent.futures.Executor`s, so that nothing else knows the difference.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import (
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Any

SECONDS_TO_CONNECT = 10


class HelpersError(ValueError):
    """Those who were to run the replications cannot be reached, were lost, or will not do."""


@dataclass(frozen=True)
class Helpers:
    """Who runs the replications.

    executor: takes the tasks.
    room: the tasks to hand over at a time, so that nobody is without work; may grow.
    who: in a message.
    failing: what the executor raises if it cannot do the work.
    """

    executor: Executor
    room: Callable[[], int]
    who: str = ""
    failing: tuple[type[Exception], ...] = ()


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
        HelpersError: if the scheduler does not answer, or has no workers.
    """
    if cluster is not None:
        with _cluster(cluster) as found:
            yield found
        return
    found = _on_this_machine(jobs or os.cpu_count() or 1, engine)
    try:
        yield found
    finally:
        found.executor.shutdown(wait=True, cancel_futures=True)


def _on_this_machine(jobs: int, engine: str) -> Helpers:
    if jobs == 1:
        return Helpers(InThisProcess(), lambda: 1)
    if engine == "compiled":
        return Helpers(ThreadPoolExecutor(jobs), lambda: 2 * jobs)
    return Helpers(
        ProcessPoolExecutor(jobs, initializer=_begin_helping),
        lambda: 2 * jobs,
        who=f"one of {jobs} processes",
        failing=(BrokenExecutor,),
    )


def _begin_helping() -> None:
    """In a new process: an interrupt is for the one that asked, and without it there is no work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


@contextmanager
def _cluster(address: str) -> Iterator[Helpers]:
    try:
        from distributed import Client
    except ImportError:
        raise HelpersError(
            'a cluster needs Dask: pip install "contact-center-sim[cluster]"'
        ) from None
    # what it has to say is said once, by us
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
    try:
        client = Client(address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise HelpersError(f"no Dask scheduler answers at {address} ({error})") from None
    try:
        if not client.nthreads():
            raise HelpersError(f"the scheduler at {address} has no workers: dask worker {address}")
        yield Helpers(
            client.get_executor(pure=False),
            # asked anew: workers may join later, and all may be lost for a while
            lambda: 2 * max(sum(client.nthreads().values()), 1),
            who=f"the cluster at {address}",
            failing=(Exception,),
        )
    finally:
        client.close()
