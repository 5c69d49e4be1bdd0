"""One replication: from its log to sums per slice."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from sim.draws.luck import CustomerLuck
from sim.measures.agents import (
    add_busy,
    add_duty,
    add_waiting,
    busy_time,
    duty_time,
    ringing_time,
)
from sim.measures.basis import Basis
from sim.measures.components import AGENT, SPLITS, needed
from sim.measures.contacts import add_contacts
from sim.measures.costs import add_minimums, add_sources
from sim.measures.customers import add_customers
from sim.measures.ends import EndCounts, count_ends, joined
from sim.measures.facts import Facts, short_apart
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
    wanted: Collection[str] | None = None,
    splits: Collection[str] = SPLITS,
    *,
    pictures: bool = False,
) -> Tally:
    """Add up one replication.

    Args:
        basis: of the scenario (`make_basis`).
        draws: what the engine was given.
        luck: of the same seed and replication (`customer_luck`).
        log, duty: what the engine gave.
        wanted: the components to add up (`components_of`); the others are nan, and neither waits
            nor where contacts ended are counted. Everything if not given.
        splits: what the tally holds of the components wanted; everything in every split.
        pictures: whether to count where contacts ended, a fifth of the work, if all is wanted.
    """
    sums = Sums(basis) if wanted is None else Sums(basis, needed(wanted), splits)
    waits, ends = Waits(basis), list[EndCounts]()
    busy = np.zeros((len(basis.capacity), basis.clock.counted))
    for some, theirs in parts(short_apart(basis, log), draws):
        facts = Facts(basis, some, theirs)
        contacts_at = add_contacts(sums, basis, some, facts)
        add_customers(sums, basis, some, facts, theirs, luck, contacts_at)
        add_waiting(sums, basis, some)
        add_people(sums, some, facts)
        if sums.wants("busy", "busy_any"):
            busy += busy_time(basis, some, duty)
        if wanted is None:
            waits.add(facts)
            if pictures:
                ends.append(count_ends(basis, some, facts))
    add_duty(sums, basis, duty, draws.aside)
    if sums.wants("busy", "busy_any"):
        if len(log.rings.contact):
            busy += ringing_time(basis, log, duty)
        add_busy(sums, basis, busy, log, duty)
    if basis.slices.size(AGENT):
        add_people_time(sums, basis, log, duty, draws.aside)
    sums.settle()  # minimums and sources are made of sums by slice
    add_minimums(sums, basis, duty)
    sums.settle()
    add_sources(sums, basis)
    if wanted is not None:
        return Tally(sums.known(), {}).only(basis.slices, splits)
    if not pictures:
        return Tally(sums.values, waits.tally())
    cells, seconds = count_queue(basis, log)
    counted = replace(
        joined(ends),
        queue_cells=cells.astype(np.int32),
        queue_seconds=seconds,
        agents=count_agents(basis, duty_time(basis, duty), busy).ravel(),
    )
    return Tally(sums.values, waits.tally(), ends=counted)
