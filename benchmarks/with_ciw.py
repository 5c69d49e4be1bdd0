"""The Erlang-A queue in Ciw, a queueing-network library in plain Python.

It plays our draws: a customer's patience and handling time are his own, so the same customers are
answered at the same times.

The week it cannot express: an individual waits at one node, so no further pool can join for who has
waited, and a server does not choose among the queues of several contact types.
"""

from __future__ import annotations

import ciw
import numpy as np

from benchmarks.idiomatic import simple_queue
from benchmarks.processes import ABANDONED, ANSWERED, Log
from sim.engine import Plan
from sim.tables import Draws

NEVER = 1e15


class ByCustomer(ciw.dists.Distribution):  # type: ignore[misc]
    """Each customer's own value."""

    def __init__(self, values: list[float]) -> None:
        self.values = values

    def sample(self, t: float | None = None, ind: ciw.Individual | None = None) -> float:  # noqa: ARG002
        """The value of this individual."""
        assert ind is not None
        return self.values[ind.id_number - 1]


def simulate(plan: Plan, draws: Draws) -> Log:
    """Run one replication; a row a customer.

    Raises:
        ValueError: if the plan is not one queue before one pool that is always there.
    """
    queue = simple_queue(plan, draws)
    gaps = np.diff(draws.arrival, prepend=0.0).tolist()
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Sequential([*gaps, NEVER])],
        service_distributions=[ByCustomer(queue.work)],
        reneging_time_distributions=[ByCustomer(queue.patience)],
        number_of_servers=[queue.agents],
    )
    simulation = ciw.Simulation(network)
    count = len(gaps)
    simulation.simulate_until_max_customers(count, method="Finish")
    outcome = np.full(count, ABANDONED, dtype=np.int8)
    ended, freed = np.empty(count), np.full(count, np.nan)
    for record in simulation.get_all_records():
        row = record.id_number - 1
        ended[row] = record.arrival_date + record.waiting_time
        if record.record_type == "service":
            outcome[row], freed[row] = ANSWERED, record.service_end_date
    nobody = np.full(count, -1)
    return Log(outcome, draws.arrival, ended, nobody, nobody, freed, freed)
