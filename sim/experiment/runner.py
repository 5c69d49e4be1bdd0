"""Independent replications of scenarios: run wherever there is room, each only once."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import islice
from pathlib import Path
from types import TracebackType

from sim.experiment.executors import ClusterError, Helpers, helpers
from sim.experiment.store import Store, code_hash, key_of
from sim.experiment.workshop import Workshop
from sim.measures import Tally
from sim.scenario import Scenario
from sim.tables import ContactLog

LARGEST_TASK = 25
"""Replications in one task: enough that handing it over costs nothing, few to lose or wait for."""

WRITE_EVERY = 0.5
"""Seconds of finished work that being killed may cost."""


@dataclass(frozen=True)
class Subject:
    """What is replicated, and by which engine."""

    key: str
    scenario: Scenario = field(compare=False)
    seed: int = field(compare=False)
    engine: str

    @classmethod
    def of(cls, scenario: Scenario, seed: int, engine: str) -> Subject:
        """A scenario with its key in the store."""
        return cls(key_of(scenario, seed), scenario, seed, engine)


@dataclass(frozen=True)
class Sample:
    """The replications 0, 1, ... of a scenario that have been run so far, in order."""

    subject: Subject
    tallies: list[Tally] = field(default_factory=list)

    @property
    def scenario(self) -> Scenario:
        """The scenario that was run."""
        return self.subject.scenario

    def __len__(self) -> int:
        return len(self.tallies)


Progress = Callable[[int, int], None]
"""Called with the replications finished and those asked for, both of the present call."""

OnLog = Callable[[int, ContactLog], None]
"""Called with the number and the contacts of each replication, in order."""


class Runner(AbstractContextManager["Runner"]):
    """Runs replications; use as a context manager.

    The numbers depend neither on the engine, nor on where or how many at once, nor on what the
    store held before.

    Args:
        engine: one of `sim.engine.ENGINES`.
        jobs: replications at once on this machine; None for as many as it has cores.
        cluster: address of a Dask scheduler to use instead of this machine.
        store: file in which finished replications are kept and looked for; None for no store.
        on_progress: told how far the present work has come; what it raises ends the work.
    """

    def __init__(
        self,
        *,
        engine: str = "compiled",
        jobs: int | None = None,
        cluster: str | None = None,
        store: Path | None = None,
        on_progress: Progress | None = None,
    ) -> None:
        self.engine, self.jobs, self.cluster = engine, jobs, cluster
        self.on_progress = on_progress
        self._open = ExitStack()
        self._store = self._open.enter_context(Store(store)) if store is not None else None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()

    def sample(self, scenario: Scenario, seed: int) -> Sample:
        """A scenario of which nothing has been run yet."""
        return Sample(Subject.of(scenario, seed, self.engine))

    def extend(
        self, samples: Sequence[Sample], replications: int, on_log: OnLog | None = None
    ) -> None:
        """Have at least so many replications of each of the samples.

        With `on_log` all are run, even those in the store, for it holds no contacts.

        Raises:
            ClusterError: if the cluster is lost. What was finished before is in the store.
            StoreError: if the store cannot be used.
        """
        wanted = {one.subject: range(len(one), replications) for one in samples}
        found: dict[Subject, dict[int, Tally]] = {subject: {} for subject in wanted}
        if self._store is not None and on_log is None:
            for subject, numbers in wanted.items():
                if numbers:
                    found[subject] = self._store.read(subject.key, numbers)
        missing = {
            subject: [number for number in numbers if number not in found[subject]]
            for subject, numbers in wanted.items()
        }
        self._run(missing, found, on_log)
        for sample in samples:
            ready = found[sample.subject]
            sample.tallies.extend(ready[number] for number in range(len(sample), replications))

    def _run(
        self,
        missing: dict[Subject, list[int]],
        found: dict[Subject, dict[int, Tally]],
        on_log: OnLog | None,
    ) -> None:
        done, total = 0, sum(len(numbers) for numbers in missing.values())
        if total == 0:
            return
        largest = 1 if on_log else -(-total // (4 * self._helpers.at_once))
        tasks = _tasks(missing, min(largest, LARGEST_TASK))
        with _Keeper(self._store) as keeper:
            for subject, numbers, played in self._play(tasks, logs=on_log is not None):
                for number, (tally, log) in zip(numbers, played, strict=True):
                    found[subject][number] = tally
                    keeper.keep(subject.key, number, tally)
                    if on_log is not None and log is not None:
                        on_log(number, log)
                done += len(numbers)
                if self.on_progress is not None:
                    self.on_progress(done, total)

    def _play(
        self, tasks: Iterator[Task], *, logs: bool
    ) -> Iterator[tuple[Subject, Sequence[int], list[Played]]]:
        """The tasks' results in the tasks' order, with only so many ahead as keep all busy."""
        executor, at_once = self._helpers.executor, self._helpers.at_once
        ahead: deque[tuple[Task, Future[list[Played]]]] = deque()

        def submit(some: int) -> None:
            for task in islice(tasks, some):
                ahead.append((task, executor.submit(play, *task, code_hash(), logs)))

        submit(2 * at_once)
        try:
            while ahead:
                (subject, numbers), future = ahead.popleft()
                yield subject, numbers, self._result(future)
                submit(1)
        finally:
            for _, future in ahead:
                future.cancel()

    def _result(self, future: Future[list[Played]]) -> list[Played]:
        if self.cluster is None:
            return future.result()
        from distributed import KilledWorker

        try:
            return future.result()
        except (CancelledError, KilledWorker, OSError) as error:
            raise ClusterError(
                f"the cluster at {self.cluster} was lost ({type(error).__name__}); what was "
                "finished is kept: the same command goes on from there"
            ) from None

    @cached_property
    def _helpers(self) -> Helpers:
        return self._open.enter_context(
            helpers(jobs=self.jobs, engine=self.engine, cluster=self.cluster)
        )


Task = tuple[Subject, Sequence[int]]
Played = tuple[Tally, ContactLog | None]


def _tasks(missing: dict[Subject, list[int]], largest: int) -> Iterator[Task]:
    """Cut the work into tasks; all subjects advance together."""
    rounds = max(-(-len(numbers) // largest) for numbers in missing.values())
    for start in range(0, rounds * largest, largest):
        for subject, numbers in missing.items():
            if start < len(numbers):
                yield subject, numbers[start : start + largest]


def play(subject: Subject, numbers: Sequence[int], code: str, logs: bool) -> list[Played]:
    """Run some replications; the task that helpers are given.

    Args:
        subject: what to run.
        numbers: of the replications.
        code: the hash of the code that asks: a helper with another version gives other numbers.
        logs: whether the contacts are wanted too.

    Raises:
        ClusterError: if this is another version.
    """
    if code != code_hash():
        raise ClusterError("the workers of the cluster run another version of sim or numpy")
    workshop = _workshop(subject)
    played = (workshop.measure(number) for number in numbers)
    return [(tally, log if logs else None) for tally, log in played]


@lru_cache(maxsize=64)
def _workshop(subject: Subject) -> Workshop:
    return Workshop.of(subject.scenario, subject.seed, subject.engine)


class _Keeper(AbstractContextManager["_Keeper"]):
    """Puts finished replications into the store every now and then, and at the end in any case."""

    def __init__(self, store: Store | None) -> None:
        self._store = store
        self._finished: dict[tuple[str, int], Tally] = {}
        self._written = time.monotonic()

    def keep(self, key: str, number: int, tally: Tally) -> None:
        if self._store is None:
            return
        self._finished[key, number] = tally
        if time.monotonic() - self._written > WRITE_EVERY:
            self._write()

    def _write(self) -> None:
        if self._store is not None and self._finished:
            self._store.write(self._finished)
        self._finished = {}
        self._written = time.monotonic()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._write()
