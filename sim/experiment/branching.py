"""Work that lasts goes on in processes branched off this one.

The standard library's pool of processes would do, but for one thing: if one is killed while it
answers, the pool waits for the rest of that answer for ever. Here each process has a pipe of its
own, whose end is seen however the process ended.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from queue import SimpleQueue
from threading import Lock, Thread, current_thread, main_thread
from typing import Any

from sim.engine import load, needs_compiling
from sim.experiment.border import SimWarning

SECONDS_ALONE = 0.3
"""Work done in this process before it asks for help, if none knows how much there is to come."""

SECONDS_AHEAD = 0.15
"""Work to come for which it asks at once: to start others takes a fifth of that."""


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


AT_HAND = 2
"""Tasks that a process has: one at work, and the next, so that it need not wait for it."""


class _Child:
    """A process that does tasks one after the other, and answers in that order."""

    def __init__(self) -> None:
        self._process, self._ours = _branch(_serve)
        self._sending, self._receiving = Lock(), Lock()

    def ask(self, task: bytes) -> tuple[bool, Any]:
        """Whether the task went well, and what came of it.

        Raises:
            EOFError, OSError: if the process has ended.
        """
        with self._sending:  # until it is our turn to receive: who sent first receives first
            self._ours.send_bytes(task)
            self._receiving.acquire()
        try:
            answer: tuple[bool, Any] = self._ours.recv()
            return answer
        finally:
            self._receiving.release()

    def end(self) -> None:
        """End it, whatever it does."""
        self._process.terminate()
        self._process.join()
        self._ours.close()


class Branched(ThreadPoolExecutor):
    """Processes forked from this one; threads hand them tasks and wait for answers.

    A task whose process is lost raises `BrokenExecutor`, and so do those that meet it later.
    """

    def __init__(self, jobs: int) -> None:
        super().__init__(AT_HAND * jobs)
        self._children: list[_Child] = []
        for _ in range(jobs):
            self._children.append(_Child())
        self._free: SimpleQueue[_Child] = SimpleQueue()
        for child in AT_HAND * self._children:
            self._free.put(child)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The future of a call in one of the processes, with its arguments as they are now."""
        return super().submit(self._ask, bytes(ForkingPickler.dumps((fn, args, kwargs))))

    def _ask(self, task: bytes) -> Any:
        child = self._free.get()
        try:
            good, answer = child.ask(task)
        except (EOFError, OSError):
            good, answer = False, BrokenExecutor("it was ended from outside")
        finally:
            self._free.put(child)
        if not good:
            raise answer
        return answer

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes: once they are through with their tasks, or at once."""
        if not wait:
            self._end()
        super().shutdown(wait=True, cancel_futures=cancel_futures)
        self._end()

    def _end(self) -> None:
        for child in self._children:
            child.end()


def _branch(serve: Callable[..., None], *more: object) -> tuple[Any, Connection]:
    """A process that serves one end of a pipe, given more; and the other end."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    child = context.Process(target=serve, args=(theirs, *more), daemon=True)
    with warnings.catch_warnings():
        # that other threads may hold locks: none that the new process asks for
        warnings.simplefilter("ignore", DeprecationWarning)
        child.start()
    theirs.close()  # so that its end is seen
    return child, ours


def _serve(asked: Connection) -> None:
    """In a process of its own: do what is asked, one after the other."""
    begin_helping()
    _let_go_of_files(asked.fileno())
    with suppress(EOFError, OSError):  # whoever asked has gone
        while True:
            fn, args, kwargs = asked.recv()
            asked.send(_answer(partial(fn, *args, **kwargs)))


def _answer(fn: Callable[[], Any]) -> tuple[bool, Any]:
    """Whether it went well, and what came of it."""
    try:
        return True, fn()
    except Exception as error:
        return False, error


@contextmanager
def beside(fn: Callable[[], None]) -> Iterator[None]:
    """Does something in a process branched off this one, while this one goes on to the end of the
    context, where both are done. With a single core, or where nothing can branch, it is done first.

    Raises:
        ChildProcessError: if the process was lost.
        Whatever the function raises.
    """
    branched = None
    if os.cpu_count() != 1 and can_branch():
        with suppress(OSError):  # no room for another process
            branched = _branch(_serve_once, fn)
    if branched is None:
        fn()
        yield
        return
    child, ours = branched
    try:
        yield
        good, answer = ours.recv()
    except EOFError:
        message = "a process that helped was ended from outside; call it again"
        raise ChildProcessError(message) from None
    finally:
        child.terminate()
        child.join()
        ours.close()
    if not good:
        raise answer


def _serve_once(asked: Connection, fn: Callable[[], None]) -> None:
    begin_helping()
    _let_go_of_files(asked.fileno())
    asked.send(_answer(fn))


def _let_go_of_files(mine: int) -> None:
    """What the other process has open is its own: sockets of a server, pipes to other programs,
    whose end nobody would see while it is held here too. Its objects are here as well and may
    close their numbers any time, so these stay taken, by nothing.
    """
    parent = multiprocessing.parent_process()
    assert parent is not None
    nothing = os.open(os.devnull, os.O_RDWR)
    for one in map(int, os.listdir("/proc/self/fd")):
        if one > 2 and one not in (mine, parent.sentinel, nothing):
            with suppress(OSError):  # the listing's own, closed by now
                os.dup2(nothing, one)


class Branching(Executor):
    """Does the work here while there is little, then in processes branched off this one.

    They hold what is loaded and compiled by then, and a short command never waits for them.
    """

    def __init__(self, jobs: int, engine: str) -> None:
        self._jobs, self._engine = jobs, engine
        self._here: Executor = Here()
        self.processes: Executor | None = None
        self._seconds = 0.0
        self._lasts = False

    def room(self, ahead: float) -> int:
        """The tasks to hand over at a time, with so many seconds of work known to be to come."""
        self._lasts |= self._seconds >= SECONDS_ALONE or ahead > SECONDS_AHEAD
        return AT_HAND * self._jobs if self._lasts else 1

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The future of a call, finished if it was done here."""
        if not self._lasts:
            begun = time.monotonic()
            future = self._here.submit(fn, *args, **kwargs)
            self._seconds += time.monotonic() - begun
            return future
        if self.processes is None:
            self.processes = branched(self._jobs, self._engine) or self._here
        return self.processes.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes."""
        if self.processes is not None:
            self.processes.shutdown(wait, cancel_futures=cancel_futures)


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
    try:
        return Branched(jobs)
    except OSError as error:
        no_processes(error)
        return None


def no_processes(error: Exception) -> None:
    """Tell that work goes on in this process alone."""
    warnings.warn(
        f"this machine cannot start processes ({error}): one replication at a time",
        SimWarning,
        stacklevel=3,
    )


def standing(jobs: int, engine: str) -> Executor:
    """Helpers for a server: branched off before it starts, or threads where that cannot be.

    While the engine is still to be compiled, threads too: a page should not wait for it.
    """
    if can_branch() and not needs_compiling(engine) and (processes := branched(jobs, engine)):
        return processes
    return ThreadPoolExecutor(jobs, thread_name_prefix="replication")


def begin_helping() -> None:
    """In a new process: an interrupt is for the one that asked, and without it there is no work."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
