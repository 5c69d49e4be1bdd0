"""One replication: from its log to sums per slice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim.draws.luck import CustomerLuck
from sim.measures.agents import add_busy, add_duty, add_waiting, busy_time
from sim.measures.basis import Basis
from sim.measures.components import AGENT
from sim.measures.contacts import add_contacts
from sim.measures.costs import add_minimums, add_sources
from sim.measures.customers import add_customers
from sim.measures.ends import EndCounts, count_ends, joined
from sim.measures.facts import read_facts, short_apart
from sim.measures.moments import count_agents, count_queue
from sim.measures.parts import parts
from sim.measures.people import add_people, add_people_time
from sim.measures.sums import Sums
from sim.measures.tally import Tally
from sim.measures.waits import Waits
from sim.tables import ContactLog, Draws, DutyLog


def measure(
    basis: Basis,
    draws: Draws,
    luck: CustomerLuck,
    log: ContactLog,
    duty: DutyLog,
    *,
    sums_only: bool = False,
) -> Tally:
    """Add up one replication, in every split.

    Args:
        basis: of the scenario (`make_basis`).
        draws: what the engine was given.
        luck: of the same seed and replication (`customer_luck`).
        log, duty: what the engine gave.
        sums_only: leave out the histograms of waits and where contacts ended.
    """
    sums, waits = Sums(basis), Waits(basis)
    ends: list[EndCounts] = []
    busy = np.zeros((len(basis.capacity), basis.clock.counted))
    for some, theirs in parts(short_apart(basis, log), draws):
        facts = read_facts(basis, some, theirs)
        contacts_at = add_contacts(sums, basis, some, facts)
        add_customers(sums, basis, some, facts, theirs, luck, contacts_at)
        add_waiting(sums, basis, some)
        add_people(sums, some, facts)
        busy += busy_time(basis, some, duty)
        if not sums_only:
            waits.add(some, facts)
            ends.append(count_ends(basis, some, facts))
    on_duty = add_duty(sums, basis, duty, draws.aside)
    add_busy(sums, basis, busy, log, duty)
    if basis.slices.size(AGENT):
        add_people_time(sums, basis, log, duty, draws.aside)
    sums.settle()  # minimums and sources are made of sums by slice
    add_minimums(sums, basis, duty)
    sums.settle()
    add_sources(sums, basis)
    if sums_only:
        return Tally(sums.values, {})
    cells, seconds = count_queue(basis, log)
    counted = replace(
        joined(ends),
        queue_cells=cells.astype(np.int32),
        queue_seconds=seconds,
        agents=count_agents(basis, on_duty, busy).ravel(),
    )
    return Tally(sums.values, waits.tally(), ends=counted)
