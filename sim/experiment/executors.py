"""Where replications are run: in this process, on its cores, or on a Dask cluster.

All are `concurrent.futures.Executor`s, so that nothing else knows the difference.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import (
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.context import BaseContext
from threading import Thread, current_thread, main_thread
from typing import TYPE_CHECKING, Any

from sim.engine import load, needs_compiling
from sim.experiment.border import SimWarning
from sim.experiment.store import code_hash

if TYPE_CHECKING:
    from distributed import Client

SECONDS_ALONE = 0.3
"""Work done in this process before it asks for help: to start others takes a tenth of that."""

SECONDS_TO_CONNECT = 10
SECONDS_WITHOUT_WORKERS = 60
"""How long a cluster may have lost all its workers: others may be on their way."""

TIMES_ASKED, SECONDS_BETWEEN = 3, 1.0
"""How often workers are asked for their version, if all of those asked are lost."""


KEPT = "what was finished before is kept: the same command goes on from there"


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


class Here(Executor):
    """Does what is submitted at once, where it was submitted."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The finished future of a call."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class Branching(Executor):
    """Does the work here while there is little, then in processes branched off this one.

    They hold what is loaded and compiled by then, and a short command never waits for them.
    """

    def __init__(self, jobs: int, engine: str) -> None:
        self._jobs, self._engine = jobs, engine
        self._here: Executor = Here()
        self._processes: Executor | None = None
        self._seconds = 0.0

    def room(self) -> int:
        """The tasks to hand over at a time."""
        return 1 if self._seconds < SECONDS_ALONE else 2 * self._jobs

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The future of a call, finished if it was done here."""
        if self._seconds < SECONDS_ALONE:
            begun = time.monotonic()
            future = self._here.submit(fn, *args, **kwargs)
            self._seconds += time.monotonic() - begun
            return future
        if self._processes is None:
            self._processes = branched(self._jobs, self._engine) or self._here
        return self._processes.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes."""
        if self._processes is not None:
            self._processes.shutdown(wait, cancel_futures=cancel_futures)


def can_branch() -> bool:
    """Whether processes can be branched off this one, here and now.

    They inherit what is loaded; where other threads may hold locks (anywhere but in the main
    thread), or where the system's own libraries do not stand it, that is not safe.
    """
    return (
        sys.platform == "linux"
        and current_thread() is main_thread()
        and not multiprocessing.current_process().daemon
    )


def branched(jobs: int, engine: str) -> Executor | None:
    """Processes branched off this one, with the engine loaded; None if the system has no room.

    Warns:
        SimWarning: if there is none.
    """
    load(engine)
    return _processes(jobs, multiprocessing.get_context("fork"))


def standing(jobs: int, engine: str) -> Executor:
    """Helpers for a server: branched off before it starts, or threads where that cannot be.

    While the engine is still to be compiled, threads too: a page should not wait for it.
    """
    pool = branched(jobs, engine) if can_branch() and not needs_compiling(engine) else None
    if pool is None:
        return ThreadPoolExecutor(jobs, thread_name_prefix="replication")
    pool.submit(os.getpid).result()  # the first task starts them
    return pool


def _processes(jobs: int, context: BaseContext | None = None) -> Executor | None:
    try:
        return ProcessPoolExecutor(jobs, context, initializer=_begin_helping)
    except (OSError, ImportError) as error:  # no semaphores: /dev/shm is full or not to be written
        warnings.warn(
            f"this machine cannot start processes ({error}): one replication at a time",
            SimWarning,
            stacklevel=2,
        )
        return None


@contextmanager
def helpers(*, jobs: int | None, engine: str, cluster: str | None) -> Iterator[Helpers]:
    """The helpers for some work; when it ends, or is broken off, so do they.

    Args:
        jobs: tasks at once on this machine; None for as many as it has cores.
        engine: where no process can be branched off, the compiled one makes do with threads, for
            it leaves the interpreter free; the reference needs processes.
        cluster: address of a Dask scheduler (`tcp://...`), used instead of this machine.

    Raises:
        HelpersError: if the scheduler does not answer, or has no workers.
    """
    if cluster is not None:
        with _cluster(cluster) as found:
            yield found
        return
    found = _on_this_machine(jobs or os.cpu_count() or 1, engine)
    waiting = True
    try:
        yield found
    except KeyboardInterrupt:
        waiting = False  # a replication may take minutes, and nobody wants it any more
        raise
    finally:
        found.executor.shutdown(wait=waiting, cancel_futures=True)


def _on_this_machine(jobs: int, engine: str) -> Helpers:
    if jobs == 1:
        return Helpers(Here(), lambda: 1)
    who, failing = f"one of {jobs} processes", (BrokenExecutor,)
    if can_branch():
        branching = Branching(jobs, engine)
        return Helpers(branching, branching.room, who, failing)
    if engine == "compiled":
        return Helpers(ThreadPoolExecutor(jobs), lambda: 2 * jobs)
    if processes := _processes(jobs):
        return Helpers(processes, lambda: 2 * jobs, who, failing)
    return Helpers(Here(), lambda: 1)


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
        from distributed.comm.addressing import get_address_host_port
    except ImportError:
        raise HelpersError(
            'a cluster needs Dask: pip install "contact-center-sim[cluster]"'
        ) from None
    # what it has to say is said once, by us
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
    try:
        get_address_host_port(address)  # a client that cannot read it would not end
        client = Client(address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise HelpersError(f"no Dask scheduler answers at {address} ({error})") from None
    try:
        _check_workers(client, address)
        yield Helpers(
            client.get_executor(pure=False),
            _Threads(client, address).room,
            who=f"the cluster at {address}",
            failing=(Exception,),
        )
    finally:
        client.close()


def _check_workers(client: Client, address: str) -> None:
    """Refuse workers with another version before they get any work, for it would end them."""
    code = code_hash()
    told = _asked(client, address)
    for worker, found in told.items():
        if isinstance(found, Exception):
            raise HelpersError(f"the worker {worker} cannot run sim ({found})")
        if found != code:
            raise HelpersError(f"the worker {worker} runs another version of sim or its libraries")


def _asked(client: Client, address: str) -> dict[str, Any]:
    """What the workers say to be their code; one that is lost meanwhile is not asked again.

    Raises:
        HelpersError: if there is none, or the scheduler itself is lost.
    """
    for _ in range(TIMES_ASKED):
        try:
            told: dict[str, Any] = client.run(code_hash, on_error="return")
        except Exception as error:  # whatever the loss of a worker or the scheduler looks like
            lost = f" ({type(error).__name__}: {error})"
        else:
            lost = ""
            if there := {who: one for who, one in told.items() if not isinstance(one, OSError)}:
                return there
        time.sleep(SECONDS_BETWEEN)
    raise HelpersError(
        f"the scheduler at {address} has no workers{lost}: start one with: dask worker {address}"
    )


@dataclass
class _Threads:
    """The threads of a cluster's workers, asked anew each time: they come and go."""

    client: Client
    address: str
    seen: float = field(default_factory=time.monotonic)

    def room(self) -> int:
        """Two tasks a thread.

        Raises:
            HelpersError: if there has been no worker for a while.
        """
        threads: int = sum(self.client.nthreads().values())
        if threads:
            self.seen = time.monotonic()
        elif time.monotonic() - self.seen > SECONDS_WITHOUT_WORKERS:
            raise HelpersError(f"the cluster at {self.address} has lost all its workers; {KEPT}")
        return 2 * max(threads, 1)
