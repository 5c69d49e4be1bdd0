"""A log of our own as the canonical table of contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.data.tables import CONTACTS, typed
from sim.scenario import Scenario
from sim.tables import ContactLog, Outcome

if TYPE_CHECKING:
    import pandas as pd

REPORTED = {
    Outcome.ANSWERED: "answered",
    Outcome.ABANDONED: "abandoned",
    Outcome.BALKED: "abandoned",
    Outcome.CLOSED: "closed",
    Outcome.BLOCKED: "flowed out",
    Outcome.FLOWED_OUT: "flowed out",
}
"""Those of other outcomes are no contacts that an ACD would report; nobody sees a busy signal."""


def contacts_of(scenario: Scenario, log: ContactLog) -> pd.DataFrame:
    """One replication as a centre would export it: what happened, not why.

    Customers are known by a number; contacts after the counted days, unfinished ones and
    conferences are left out.
    """
    import pandas as pd

    known = np.isin(log.outcome, list(REPORTED)) & (log.arrived >= 0) & ~np.isnan(log.ended)
    known &= ~log.is_conference
    rows = np.flatnonzero(known & (log.arrived < scenario.calendar.days * 86400.0))
    rows = rows[np.argsort(log.arrived[rows], kind="stable")]
    first, leg = np.arange(len(log)), np.zeros(len(log), np.int64)
    for row in np.flatnonzero(log.is_leg).tolist():  # parents stand before their legs
        parent = log.parent[row]
        first[row], leg[row] = first[parent], leg[parent] + 1
    start = pd.Timestamp(scenario.calendar.start)
    answered = log.outcome[rows] == Outcome.ANSWERED
    agents = np.where(answered, np.char.add("agent ", (log.agent[rows] + 1).astype(str)), "")
    frame = pd.DataFrame(
        {
            "contact": rows.astype(str).astype(object),
            "customer": log.customer[rows].astype(np.uint64) + 1,
            "queue": pd.Categorical(np.array(list(scenario.reasons))[log.reason[rows]]),
            "channel": pd.Categorical(np.array(list(scenario.channels))[log.channel[rows]]),
            "arrived": start + pd.to_timedelta(np.round(log.arrived[rows] * 1e6), unit="us"),
            "outcome": pd.Categorical(
                [REPORTED[Outcome(code)] for code in log.outcome[rows].tolist()]
            ),
            "wait": log.ended[rows] - log.arrived[rows],
            "talk": np.where(answered, log.talk()[rows], np.nan),
            "wrap": np.where(answered, (log.work() - log.talk())[rows], np.nan),
            "agent": pd.Categorical(agents),
            "chain": first[rows],
            "leg": leg[rows],
        }
    )
    frame["again"] = False
    return typed(frame, CONTACTS)
