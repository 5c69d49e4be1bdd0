"""One replication: from its log to sums per slice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim.draws.luck import CustomerLuck
from sim.measures.agents import add_busy, add_duty, add_waiting, busy_time
from sim.measures.components import AGENT
from sim.measures.contacts import add_contacts
from sim.measures.costs import add_minimums, add_sources
from sim.measures.customers import add_customers
from sim.measures.ends import EndCounts, count_ends, joined
from sim.measures.facts import read_facts, short_apart
from sim.measures.moments import count_agents, count_queue
from sim.measures.parts import parts
from sim.measures.people import add_people, add_people_time
from sim.measures.ruler import Ruler
from sim.measures.sums import Sums
from sim.measures.tally import Tally
from sim.measures.waits import Waits
from sim.tables import ContactLog, Draws, DutyLog


def measure(
    ruler: Ruler,
    draws: Draws,
    luck: CustomerLuck,
    log: ContactLog,
    duty: DutyLog,
    *,
    sums_only: bool = False,
) -> Tally:
    """Add up one replication, in every split.

    Args:
        ruler: of the scenario (`make_ruler`).
        draws: what the engine was given.
        luck: of the same seed and replication (`customer_luck`).
        log, duty: what the engine gave.
        sums_only: leave out the histograms of waits and where contacts ended.
    """
    sums, waits = Sums(ruler), Waits(ruler)
    ends: list[EndCounts] = []
    busy = np.zeros((len(ruler.capacity), ruler.clock.counted))
    for some, theirs in parts(short_apart(ruler, log), draws):
        facts = read_facts(ruler, some, theirs)
        contacts_at = add_contacts(sums, ruler, some, facts)
        add_customers(sums, ruler, some, facts, theirs, luck, contacts_at)
        add_waiting(sums, ruler, some)
        add_people(sums, some, facts)
        busy += busy_time(ruler, some, duty)
        if not sums_only:
            waits.add(some, facts)
            ends.append(count_ends(ruler, some, facts))
    on_duty = add_duty(sums, ruler, duty, draws.aside)
    add_busy(sums, ruler, busy, log, duty)
    if ruler.slices.size(AGENT):
        add_people_time(sums, ruler, log, duty, draws.aside)
    sums.settle()  # minimums and sources are made of sums by slice
    add_minimums(sums, ruler, duty)
    sums.settle()
    add_sources(sums, ruler)
    if sums_only:
        return Tally(sums.values, {})
    cells, seconds = count_queue(ruler, log)
    counted = replace(
        joined(ends),
        queue_cells=cells.astype(np.int32),
        queue_seconds=seconds,
        agents=count_agents(ruler, on_duty, busy).ravel(),
    )
    return Tally(sums.values, waits.tally(), ends=counted)
