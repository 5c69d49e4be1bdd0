"""Where replications are run: in this process, on its cores, or on a Dask cluster.

All are `concurrent.futures.Executor`s, so that nothing else knows the difference.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sim.experiment.branching import Branching, Here, begin_helping, can_branch, no_processes
from sim.experiment.store import code_hash

if TYPE_CHECKING:
    from distributed import Client

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
    room: the tasks to hand over at a time, so that nobody is without work, given the seconds that
        are known to be ahead; may grow.
    who: in a message.
    failing: what the executor raises if it cannot do the work.
    """

    executor: Executor
    room: Callable[[float], int]
    who: str = ""
    failing: tuple[type[Exception], ...] = ()


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
        return Helpers(Here(), lambda _: 1)
    who, failing = f"one of {jobs} processes", (BrokenExecutor,)
    if can_branch():
        branching = Branching(jobs, engine)
        return Helpers(branching, branching.room, who, failing)
    if engine == "compiled":
        return Helpers(ThreadPoolExecutor(jobs), lambda _: 2 * jobs)
    try:
        processes = ProcessPoolExecutor(jobs, initializer=begin_helping)
    except (OSError, ImportError) as error:  # no semaphores
        no_processes(error)
        return Helpers(Here(), lambda _: 1)
    return Helpers(processes, lambda _: 2 * jobs, who, failing)


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
        host, _ = get_address_host_port(address)  # a client that cannot read it would not end,
        host.encode("idna")  # nor one that cannot ask for the name
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

    def room(self, _: float) -> int:
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
