"""The Erlang-A queue in cimba: Python models compiled with numba for an event engine in C.

A process for each customer, as in its documentation; a model is compiled once, before times are
taken. It keeps sums, not a row a contact: its side of the comparison does less.

The week it cannot express: who asks for a place at one more pool must ask anew and loses his place
in the queues, and a pool cannot have an order of its own among contact types (`acquire_any` takes
one priority for all).
"""

from __future__ import annotations

import cimba
import numpy as np
from cimba import inputs

from benchmarks.facts import Facts
from benchmarks.idiomatic import simple_queue
from sim.engine import Plan
from sim.tables import Draws

GIVES_UP = 1  # the signal of a customer's timer


class Call(cimba.Model):
    """A customer."""

    centre: "cimba.Ref[Centre]"  # noqa: UP037
    patience: float = 0.0
    work: float = 0.0

    @cimba.process
    def life(self):
        """Wait for an agent, be served or give up."""
        came = cimba.now()
        cimba.this_process().timer_set(self.patience, GIVES_UP)
        gave_up = self.centre.team.acquire() == GIVES_UP
        self.centre.waited += cimba.now() - came
        if gave_up:
            self.centre.abandoned += 1
        else:
            cimba.this_process().timers_clear()
            self.centre.answered += 1
            cimba.hold(self.work)
            self.centre.team.release()


class Centre(cimba.Model):
    """The queue."""

    gap: cimba.Input[float]
    patience: cimba.Input[float]
    work: cimba.Input[float]
    customers: cimba.Param[int]
    team: cimba.Resource
    answered: cimba.Output[int]
    abandoned: cimba.Output[int]
    waited: cimba.Output[float]

    @cimba.on_start
    def nothing_yet(self):
        """Outputs begin without a value."""
        self.waited = 0.0

    @cimba.process
    def arrivals(self):
        """Customers come, each at its time."""
        for _ in range(self.customers):
            cimba.hold(self.gap.next())
            cimba.spawn(Call, centre=self, patience=self.patience.next(), work=self.work.next())


def simulate(plan: Plan, draws: Draws) -> Facts:
    """Run one replication; its sums.

    Raises:
        ValueError: if the plan is not one queue before one pool that is always there.
    """
    queue = simple_queue(plan, draws)
    centre = Centre()
    centre.gap = inputs.trace(np.diff(draws.arrival, prepend=0.0))
    centre.patience, centre.work = inputs.trace(queue.patience), inputs.trace(queue.work)
    centre.team = cimba.Resource(capacity=queue.agents)
    centre.customers = len(draws.arrival)
    results = cimba.Experiment(centre, window=cimba.Window.until_idle()).run(
        workers=1, on_failure="raise"
    )[centre]
    return Facts(
        answered=int(results.answered.values.item()),
        abandoned=int(results.abandoned.values.item()),
        mean_wait=float(results.waited.values.item()) / len(draws.arrival),
    )
