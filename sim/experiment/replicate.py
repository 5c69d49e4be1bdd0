"""Independent replications of one scenario, in this process or in several."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from sim.draws import draw, prepare
from sim.draws.luck import customer_luck
from sim.engine import make_plan, simulate
from sim.measures import Ruler, Tally, make_ruler, measure
from sim.scenario import Scenario
from sim.tables import ContactLog, Draws, DutyLog

if TYPE_CHECKING:
    from sim.draws import Setting
    from sim.engine import Plan

WORTH_A_HELPER = 100_000
"""Expected customers in all below which helpers take longer to start than they save."""

Measured = tuple[Tally, ContactLog]


@dataclass(frozen=True)
class Workshop:
    """A scenario made ready to be replicated."""

    setting: Setting
    plan: Plan
    ruler: Ruler
    seed: int
    engine: str

    @classmethod
    def of(cls, scenario: Scenario, seed: int, engine: str) -> Workshop:
        """Prepare a scenario."""
        setting = prepare(scenario)
        return cls(setting, make_plan(setting), make_ruler(setting), seed, engine)

    def play(self, replication: int) -> tuple[Draws, ContactLog, DutyLog]:
        """Run one replication."""
        draws = draw(self.setting, self.seed, replication)
        return draws, *simulate(self.plan, draws, self.engine)

    def measure(self, replication: int) -> Measured:
        """Run one replication and add it up."""
        draws, log, duty = self.play(replication)
        luck = customer_luck(self.setting, self.seed, replication, draws.reason_size)
        return measure(self.ruler, draws, luck, log, duty), log


def replicate(workshop: Workshop, replications: int, jobs: int | None = None) -> Iterator[Measured]:
    """Run replications 0, 1, ... and yield each one's tally and log, in this order.

    Args:
        workshop: of the scenario.
        replications: how many.
        jobs: at once; None for as many as there are cores and is worth it. The numbers do not
            depend on it.
    """
    jobs = min(jobs or _jobs_worth(workshop, replications), replications)
    if jobs == 1:
        yield from map(workshop.measure, range(replications))
        return
    pool, task = _helpers(workshop, jobs)
    # only so many ahead that logs waiting to be used stay few
    numbers = iter(range(replications))
    ahead = [pool.submit(task, k) for k in islice(numbers, 2 * jobs)]
    try:
        while ahead:
            yield ahead.pop(0).result()
            ahead.extend(pool.submit(task, k) for k in islice(numbers, 1))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _helpers(workshop: Workshop, jobs: int) -> tuple[Executor, Callable[[int], Measured]]:
    """Threads where the engine leaves the interpreter free, else processes; and their task."""
    if workshop.engine == "compiled":
        return ThreadPoolExecutor(jobs), workshop.measure
    return ProcessPoolExecutor(jobs, initializer=_start, initargs=(workshop,)), _measure


def _jobs_worth(workshop: Workshop, replications: int) -> int:
    expected = sum(rate.total for rate in workshop.setting.rates) * replications
    return (os.cpu_count() or 1) if expected > WORTH_A_HELPER else 1


def _start(workshop: Workshop) -> None:
    """In a new process: keep the workshop for all replications that come here."""
    global _workshop  # noqa: PLW0603
    _workshop = workshop


_workshop: Workshop


def _measure(replication: int) -> Measured:
    return _workshop.measure(replication)
