"""Independent replications of scenarios: run wherever there is room, each only once."""

from __future__ import annotations

import time
import warnings
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import compress
from operator import not_
from pathlib import Path
from typing import Any, TypeVar

from sim.draws import Alike, shared_luck
from sim.engine import expect
from sim.experiment.border import SimWarning, engine_of, whole
from sim.experiment.executors import KEPT, Helpers, HelpersError, helpers
from sim.experiment.simulation import Simulation
from sim.experiment.store import Store, StoreBusyError, StoreError, code_hash, keys_of
from sim.measures import SPLITS, Basis, Tally, components_of
from sim.measures.ends import cells_of
from sim.measures.slices import Slices, slices_of
from sim.measures.tallies import Tallies
from sim.scenario import Scenario
from sim.tables import ContactLog

TASK_SECONDS = 0.25
"""Work in one task: enough that handing it over costs nothing, little to lose or to wait for."""

AT_FIRST = 8
"""Replications in a task at most until it is known how long one takes."""

LOOK_EVERY = 5.0
"""Seconds after which helpers that have nothing to tell are looked at."""

READ_AT_ONCE = 1_000
"""Replications that are read from the store together."""

WRITE_EVERY = 0.5
"""Seconds of finished work that being killed may cost."""


NOT_KEPT = "the numbers are right, but replications were not kept"


Reader = Callable[[Basis, ContactLog], Any]
"""Takes from a log what is wanted of it, where it was played: a log itself is large."""


@dataclass(frozen=True)
class Subject:
    """What is replicated, by which engine, and what of it is added up.

    wanted: the components; None for all, in all splits.
    splits: in which they are.
    pictures: whether it is counted where contacts ended, if all components are wanted.
    key: in the store; played: what its replications are but for how they are measured; alike:
        which parts of its draws others have too.
    read: what is read of each besides; can be hashed and handed to another process.
    """

    key: str
    played: str = field(compare=False)
    alike: Alike = field(compare=False)
    scenario: Scenario = field(compare=False)
    seed: int = field(compare=False)
    engine: str
    wanted: frozenset[str] | None = None
    splits: tuple[str, ...] = SPLITS
    read: Reader | None = None
    pictures: bool = False

    @classmethod
    def of(
        cls,
        scenario: Scenario,
        seed: int,
        engine: str,
        wanted: frozenset[str] | None = None,
        splits: tuple[str, ...] = SPLITS,
        read: Reader | None = None,
        pictures: bool = False,
    ) -> Subject:
        """A scenario with its key in the store."""
        keys = keys_of(scenario, seed, wanted, splits)
        return cls(*keys, scenario, seed, engine, wanted, splits, read, pictures)

    @cached_property
    def slices(self) -> Slices:
        """Those of its tallies."""
        return slices_of(self.scenario)


@dataclass(frozen=True)
class Sample:
    """The replications `first`, `first` + 1, ... of a scenario that have been run so far.

    Attributes:
        subject: what is replicated.
        tallies: of the replications, in order.
        first: the number of the first of them.
        splits: what the tallies hold; None for what the runner says.
        readings: what was read of each log, by place among the tallies.
    """

    subject: Subject
    tallies: Tallies = field(default_factory=Tallies)
    readings: dict[int, Any] = field(default_factory=dict)
    first: int = 0
    splits: tuple[str, ...] | None = None

    @property
    def scenario(self) -> Scenario:
        """The scenario that was run."""
        return self.subject.scenario

    def __len__(self) -> int:
        return len(self.tallies)


Progress = Callable[[int, int], None]
"""Called with the replications finished and those asked for, both of the present call."""

Result = TypeVar("Result")

OnLog = Callable[[int, ContactLog], None]
"""Called with the number and the contacts of each replication, in order."""

OnStage = Callable[[int], None]
"""Told before each stage of a study how many replications are probably left to run."""


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
        splits: what the samples' tallies hold, of `sim.measures.SPLITS`; None for all. A tenth
            of the memory will do for a study that asks for no hours and days.

    Raises:
        TypeError, ValueError: for a number of jobs that is none or too small, or an engine that
            does not exist.
        StoreError: if the store cannot be used.
    """

    def __init__(
        self,
        *,
        engine: str = "compiled",
        jobs: int | None = None,
        cluster: str | None = None,
        store: Path | None = None,
        on_progress: Progress | None = None,
        splits: Collection[str] | None = None,
    ) -> None:
        self.engine, self.cluster = engine_of(engine), cluster
        self.jobs = None if jobs is None else whole("jobs", jobs, 1)
        self.on_progress, self.splits = on_progress, splits
        self._played: set[str] = set()
        self._size = 1
        self._open = ExitStack()
        self._store = self._open.enter_context(Store(store)) if store is not None else None

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def sample(
        self,
        scenario: Scenario,
        seed: int,
        *,
        first: int = 0,
        splits: tuple[str, ...] | None = None,
        measures: Iterable[str] | None = None,
        read: Reader | None = None,
        pictures: bool = False,
    ) -> Sample:
        """A scenario of which nothing has been run yet.

        Args:
            scenario, seed, first, splits: as of `Sample`.
            measures: which will be asked for, none of them a quantile: to add up little takes
                little time. All if not given.
            read: what is read of each log, for `readings`. All are run, even those in the store,
                for it holds no contacts.
            pictures: whether it is counted where contacts ended.
        """
        wanted = None if measures is None else components_of(measures)
        asked = splits if splits is not None else self.splits
        held = SPLITS
        if wanted is not None and asked is not None:
            held = tuple(by for by in SPLITS if by in asked)
        subject = Subject.of(scenario, seed, self.engine, wanted, held, read, pictures)
        return Sample(subject, first=first, splits=splits)

    def extend(
        self,
        samples: Sequence[Sample],
        replications: int | Sequence[int],
        on_log: OnLog | None = None,
        meanwhile: Callable[[], object] | None = None,
    ) -> None:
        """Have at least so many replications of the samples, the same of all or of each its own.

        With `on_log` all are run, even those in the store, for it holds no contacts. What there is
        to do `meanwhile` is done here once all work has been handed out.

        Raises:
            HelpersError: if the cluster is not there or was lost.
            StoreError: if the store cannot be used.

        Whatever ends the work, what was finished before is in the store.
        """
        if isinstance(replications, int):
            replications = [replications] * len(samples)
        goals = {id(one): (one, n) for one, n in zip(samples, replications, strict=True)}
        receiving = _Receiving(goals.values(), self.splits)
        stored = 0 if on_log is not None else self._read(receiving)
        self._run(receiving, on_log, meanwhile, any_stored=stored > 0)
        for one, n in goals.values():
            one.tallies.reach(max(n, len(one)))

    def _read(self, receiving: _Receiving) -> int:
        """Hand over what the store holds; how many that were."""
        found = 0
        for subject, numbers in receiving.wanted.items():
            if subject.read is not None:
                continue
            for place in range(0, len(numbers), READ_AT_ONCE):
                some = numbers[place : place + READ_AT_ONCE]
                for number, tally in self._stored(subject, some):
                    receiving.hand(subject, number, tally)
                    found += 1
        return found

    def _stored(self, subject: Subject, numbers: Sequence[int]) -> Iterator[tuple[int, Tally]]:
        if self._store is None:
            return
        span = range(numbers[0], numbers[-1] + 1)
        found = twice(lambda store: [*store.read(subject.key, span)], self._store)
        read = [one for one in found if one[0] in numbers]
        if not read:
            return
        basis = simulation(subject).basis
        cells = cells_of(basis)
        for number, tally in read:
            # what does not fit was not written by us: run again
            held = subject.wanted, subject.splits
            if tally.fits(basis.slices, cells, *held, pictures=subject.pictures):
                yield number, tally

    def _run(
        self,
        receiving: _Receiving,
        on_log: OnLog | None,
        meanwhile: Callable[[], object] | None,
        *,
        any_stored: bool,
    ) -> None:
        missing = receiving.missing() if any_stored else receiving.wanted
        work = _Work(missing, min(self._size, AT_FIRST))
        done, total = 0, work.left
        if total == 0:
            if meanwhile is not None:
                meanwhile()
            return
        expect(total)
        with _Keeper(self._store) as keeper:
            for subject, played in self._play(work, meanwhile, logs=on_log is not None):
                for number, tally, seen in played:
                    receiving.hand(subject, number, tally, seen)
                    keeper.keep(subject.key, number, tally)
                    if on_log is not None:
                        on_log(number, seen)
                done += len(played)
                if self.on_progress is not None:
                    self.on_progress(done, total)
        self._size = work.size

    def _play(
        self, work: _Work, meanwhile: Callable[[], object] | None, *, logs: bool
    ) -> Iterator[tuple[Subject, list[Played]]]:
        """What comes of the work, as it is finished; one by one in order where logs are wanted."""
        helpers = self._helpers
        self._played |= {subject.key for subject in work.subjects}
        how = {"logs": logs, "compared": len(self._played) > 1}
        running: dict[Future[tuple[list[list[Played]], float]], list[Turn]] = {}
        try:
            while work.left or running:
                room = helpers.room(work.ahead)
                while work.left and (meanwhile is not None or len(running) < room):
                    task = work.take(1 if logs else -(-work.left // (2 * room)))
                    future = helpers.executor.submit(play, task, code_hash(), **how)
                    running[future] = task
                if meanwhile is not None:
                    meanwhile()
                    meanwhile = None
                awaited = list(running)[:1] if logs else running
                for future in wait(awaited, LOOK_EVERY, FIRST_COMPLETED).done:
                    played, seconds = future.result()
                    work.took(sum(map(len, played)), seconds)
                    for turn, mine in zip(running.pop(future), played, strict=True):
                        yield turn.subject, mine
        except ValueError:
            raise  # not the helpers' fault
        except helpers.failing as error:
            raise HelpersError(
                f"{helpers.who} did not do its work ({type(error).__name__}: {error}); {KEPT}"
            ) from None
        finally:
            for future in running:
                future.cancel()

    @cached_property
    def _helpers(self) -> Helpers:
        return self._open.enter_context(
            helpers(jobs=self.jobs, engine=self.engine, cluster=self.cluster)
        )


class _Receiving:
    """The samples that are to grow, and who gets what.

    wanted: by subject, the numbers that some sample of it lacks.
    """

    def __init__(self, goals: Iterable[tuple[Sample, int]], splits: Collection[str] | None) -> None:
        self._splits = splits
        self._samples: dict[Subject, list[tuple[Sample, int]]] = {}
        self.wanted: dict[Subject, Sequence[int]] = {}
        for one, n in goals:
            self._samples.setdefault(one.subject, []).append((one, n))
            mine = range(one.first + len(one), one.first + n)
            self.wanted[one.subject] = _either(self.wanted.get(one.subject, ()), mine)
        self._there = {one: bytearray(len(numbers)) for one, numbers in self.wanted.items()}

    def hand(self, subject: Subject, number: int, tally: Tally, seen: Any = None) -> None:
        """Give a replication, and what was read of it, to all samples that lack it."""
        self._there[subject][bisect_left(self.wanted[subject], number)] = True
        for one, n in self._samples[subject]:
            if len(one) <= number - one.first < n:
                splits = self._splits if one.splits is None else one.splits
                held = tally if splits is None else tally.only(subject.slices, splits)
                one.tallies.put(number - one.first, held)
                if subject.read is not None:
                    one.readings[number - one.first] = seen

    def missing(self) -> dict[Subject, list[int]]:
        """The numbers that were not handed over yet."""
        return {
            subject: [*compress(numbers, map(not_, self._there[subject]))]
            for subject, numbers in self.wanted.items()
        }


def _either(one: Sequence[int], other: range) -> Sequence[int]:
    """The numbers of both, ascending; of neighbours, and of many, a range."""
    if not one or not other:
        return one or other
    if isinstance(one, range) and one.start <= other.stop and other.start <= one.stop:
        return range(min(one.start, other.start), max(one.stop, other.stop))
    return sorted({*one, *other})


def twice(work: Callable[[Store], Result], store: Store) -> Result:
    """Work with a store that may be deleted at any time: once more, with a new one, if it was."""
    try:
        return work(store)
    except StoreBusyError:
        raise
    except StoreError:
        return work(store)


@dataclass(frozen=True)
class Turn:
    """Replications of a subject; again: whether some of these are played alike for another one."""

    subject: Subject
    numbers: Sequence[int]
    again: bool


Played = tuple[int, Tally, Any]
"""The number of a replication, what it adds up to, and its contacts, or what was read of them."""


class _Work:
    """Replications still to be run, cut into tasks of `TASK_SECONDS`.

    All subjects advance together, those that are played alike one after the other.

    size: replications in the next task.
    """

    def __init__(self, missing: Mapping[Subject, Sequence[int]], size: int) -> None:
        places: dict[str, int] = {}
        for one in missing:
            places.setdefault(one.played, len(places))
        waiting = ((one, numbers) for one, numbers in missing.items() if numbers)
        self._waiting = dict(sorted(waiting, key=lambda one: places[one[0].played]))
        self._alike = Counter(subject.played for subject in self._waiting)
        self.size = size
        self.left = sum(map(len, self._waiting.values()))
        self.subjects = [*self._waiting]
        self._tasks, self._least = 0, 0.0

    @property
    def ahead(self) -> float:
        """Seconds that what is left will take, as far as is known.

        The first task tells little, for much is made ready in it.
        """
        return self.left * self._least if self._tasks > 1 else 0.0

    def take(self, at_most: int) -> list[Turn]:
        """The next task: the same replications of as many subjects as there is time for.

        They meet the same customers, whose luck is at hand then (`sim.draws.shared`).
        """
        first = min(numbers[0] for numbers in self._waiting.values())
        size = min(self.size, at_most)
        here = [one for one, numbers in self._waiting.items() if numbers[0] == first][:size]
        task = []
        for subject in here:
            numbers = self._waiting.pop(subject)
            some, rest = numbers[: size // len(here)], numbers[size // len(here) :]
            task.append(Turn(subject, some, self._alike[subject.played] > 1))
            self.left -= len(some)
            if rest:
                self._waiting[subject] = rest
        return task

    def took(self, replications: int, seconds: float) -> None:
        """Learn from a finished task how large the next may be."""
        each = seconds / replications
        self._tasks, self._least = self._tasks + 1, min(each, self._least or each)
        fitting = int(TASK_SECONDS * replications / max(seconds, 1e-6))
        self.size = max(1, min(fitting, 2 * self.size))


def play(
    task: Sequence[Turn], code: str, *, logs: bool, compared: bool = False
) -> tuple[list[list[Played]], float]:
    """Run some replications; the task that helpers are given.

    Args:
        task: what to run.
        code: the hash of the code that asks: a helper with another version gives other numbers.
        logs: whether the contacts are wanted too.
        compared: whether other scenarios meet the same customers.

    Returns:
        What comes of each turn, and how many seconds all took.

    Raises:
        HelpersError: if this is another version.
    """
    if code != code_hash():
        raise HelpersError("a worker of the cluster runs another version of sim or its libraries")
    begun = time.monotonic()
    played: list[list[Played]] = [[] for _ in task]
    for place in range(max(len(turn.numbers) for turn in task)):
        with shared_luck(compared):
            for turn, mine in zip(task, played, strict=True):
                mine += [_played(turn, number, logs) for number in turn.numbers[place : place + 1]]
    return played, time.monotonic() - begun


def _played(turn: Turn, number: int, logs: bool) -> Played:
    subject, ready = turn.subject, simulation(turn.subject)
    tally, log = ready.measure(
        number,
        subject.wanted,
        subject.splits,
        subject.played if turn.again else None,
        pictures=subject.pictures,
    )
    if logs:
        return number, tally, log
    return number, tally, None if subject.read is None else subject.read(ready.basis, log)


@lru_cache(maxsize=512)  # a fifth of a megabyte each: studies go round and round through many
def simulation(subject: Subject) -> Simulation:
    """The scenario made ready, once in a process."""
    return Simulation.of(subject.scenario, subject.seed, subject.engine, subject.alike)


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

    def _write(self, *, last: bool = False) -> None:
        self._written = time.monotonic()
        if self._store is None or not self._finished:
            return
        try:
            twice(lambda store: store.write(self._finished), self._store)
        except StoreBusyError as error:
            if last:
                warnings.warn(f"{error}; {NOT_KEPT}", SimWarning, stacklevel=2)
            return  # they are written with the next ones
        except (StoreError, OSError) as error:
            if self._store.path.exists():
                raise
            warnings.warn(f"{error}; {NOT_KEPT}", SimWarning, stacklevel=2)
            self._store = None
        self._finished = {}

    def __exit__(self, *_: object) -> None:
        self._write(last=True)
