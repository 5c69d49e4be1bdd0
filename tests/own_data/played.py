"""A log of our own as the canonical table of contacts, straight from the arrays of the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.data.simulated import REPORTED
from sim.data.tables import CONTACTS, typed
from sim.scenario import Scenario
from sim.tables import ContactLog, Outcome

if TYPE_CHECKING:
    import pandas as pd


def contacts_of(scenario: Scenario, log: ContactLog) -> pd.DataFrame:
    """One replication as a centre would export it: what happened, not why.

    Customers are known by a number; contacts after the counted days, unfinished ones and
    conferences are left out.
    """
    import pandas as pd

    called = log.callback == 1
    outbound = [one.outbound is not None for one in scenario.channels.values()]
    known = np.isin(log.outcome, list(REPORTED)) & ~np.isnan(log.ended) | called
    known &= (log.is_made | log.is_leg) & ~np.array(outbound)[log.channel] & (log.arrived >= 0)
    rows = np.flatnonzero(known & (log.arrived < scenario.calendar.days * 86400.0))
    rows = rows[np.argsort(log.arrived[rows], kind="stable")]
    first, leg = np.arange(len(log)), np.zeros(len(log), np.int64)
    for row in np.flatnonzero(log.is_leg).tolist():  # parents stand before their legs
        parent = log.parent[row]
        first[row], leg[row] = first[parent], leg[parent] + 1
    start = pd.Timestamp(scenario.calendar.start)
    called = called[rows]
    answered = (log.outcome[rows] == Outcome.ANSWERED) & ~called
    outcome = np.where(called, Outcome.FLOWED_OUT, log.outcome[rows])
    agents = np.where(answered, np.char.add("agent ", (log.agent[rows] + 1).astype(str)), "")
    frame = pd.DataFrame(
        {
            "contact": rows.astype(str).astype(object),
            "customer": log.customer[rows].astype(np.uint64) + 1,
            "queue": pd.Categorical(np.array(list(scenario.reasons))[log.reason[rows]]),
            "channel": pd.Categorical(np.array(list(scenario.channels))[log.channel[rows]]),
            "arrived": start + pd.to_timedelta(np.round(log.arrived[rows] * 1e6), unit="us"),
            "outcome": pd.Categorical([REPORTED[Outcome(code)] for code in outcome.tolist()]),
            "wait": np.where(called, 0.0, log.ended[rows] - log.arrived[rows]),
            "talk": np.where(answered, log.talk()[rows], np.nan),
            "wrap": np.where(answered, (log.work() - log.talk())[rows], np.nan),
            "agent": pd.Categorical(agents),
            "chain": first[rows],
            "leg": leg[rows],
        }
    )
    frame["again"] = False
    return typed(frame, CONTACTS)
