"""The engine against printed results of another simulator, ContactCenters (Buist & L'Ecuyer).

Its examples stand in its documentation with all that decides them: transfers, conferences, calls
that leave the queue, skills. What it prints are means of 1,000 runs with intervals of 95 %, which
have an error of their own beside ours (`Published`).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from exact.judge import Case, Published, judge
from exact.table import PUBLISHED, Reads
from sim.tables import Cause, ContactLog, Outcome

RUNS = 1000  # that they made
FALSE_ALARM = 1e-6
"""The probability that a right engine fails any of these tests."""


def printed(case: str, **fields: str) -> Reads:
    """What is compared -> what was printed, by its name there and perhaps a factor."""
    return {what: _one(case, *said.split(" x ")) for what, said in fields.items()}


def _one(case: str, field: str, factor: str = "1") -> object:
    low, high = (float(factor) * one for one in PUBLISHED[case][field])
    found = Published((low + high) / 2, (high - low) / 2, RUNS)
    return lambda _: found


# --- conferences and transfers ----------------------------------------------------------------

STAFF = (2, 1, 5, 1, 1)
POOLS = ("reception", "accounting", "support", "development", "manager")


def teamwork(log: ContactLog, days: int) -> Mapping[str, float]:
    """As they count: served by the manager or support, disconnected if nobody of support is free.

    The wait of those served is that of both talks. Agents who finish after hours are busy too.
    """
    wait = log.ended - log.arrived
    first, leg = log.cause == Cause.FIRST, log.cause == Cause.TRANSFER
    gave_up = log.outcome == Outcome.ABANDONED
    served = np.flatnonzero(leg & (log.outcome == Outcome.ANSWERED))
    waits = wait[served] + wait[log.parent[served]]
    closed = (first | leg) & (log.outcome == Outcome.CLOSED)
    hours = 9 * 3600 * days
    return {
        "served": len(served),
        "abandoned in a queue": (gave_up & (first | (leg & (wait > 0)))).sum(),
        "disconnected": (closed | (leg & gave_up & (wait == 0))).sum(),
        "in target": (waits < 120).sum(),
        "wait of served": waits.mean(),
        **{
            f"busy {name}": (log.freed - log.ended)[log.pool == p].sum() / hours / STAFF[p]
            for p, name in enumerate(POOLS)
        },
    }


TEAMWORK = Case(
    "cc_teamwork",
    oracle=lambda: None,
    measures=printed(
        "P26",
        **{
            "served": "served",
            "abandoned in a queue": "abandoned",
            "disconnected": "disconnected",
            "in target": "in_target",
            "wait of served": "speed_of_answer_min x 60",
            **{f"busy {name}": f"{name} x 0.01" for name in POOLS},
        },
    ),
    customers={"call": 1000},
    talk={},
    probe=teamwork,
    replications=100,
    limits={"in target": 0.04, "busy development": 0.08, "busy manager": 0.08},
)


# --- a message after two minutes --------------------------------------------------------------


def telethon(log: ContactLog, days: int) -> Mapping[str, float]:
    """Volunteers who finish after hours are busy too."""
    return {"busy": np.nansum(log.freed - log.ended) / (5 * 4 * 3600 * 12) * 7 / days}


TELETHON = Case(
    "cc_telethon",
    oracle=lambda: None,
    measures=printed(
        "P27",
        answered="served",
        abandoned="abandoned",
        flowed_out="messages",
        answered_within="in_target",
        busy="occupancy x 0.01",
    ),
    customers={"donor": 1000 / 7},
    talk={"donor": 600},
    probe=telethon,
    replications=800,
    limits={"abandoned": 0.12, "flowed_out": 0.2},
)


# --- three types of call, two groups ----------------------------------------------------------


BY_PERIOD = {
    f"answered_within reason {kind}{p}": f"in_target_{k}_{p}"
    for k, kind in enumerate("abc")
    for p in range(2)
}
"""In the third period half of the agents leave. There agents are places, and free ones go first.
Here they are people, some of those who stay may be free, and somewhat more calls are answered."""

LAMBDA = {"a": (4.2, 5.3, 3.2), "b": (5.1, 4.3, 4.8), "c": (6.3, 5.2, 4.8)}
SIMPLE_MSK = Case(
    "cc_simple_msk",
    oracle=lambda: None,
    measures=printed(
        "P28",
        answered="served",
        abandoned="abandoned",
        sl_exclude_short="sl",
        **BY_PERIOD,
    ),
    customers={
        f"{k}{p}": 120 * rate for k, rates in LAMBDA.items() for p, rate in enumerate(rates)
    },
    talk={},
    replications=800,
    limit=0.25,
    limits={"sl_exclude_short": 0.08, "answered": 0.06},
)

PRINTED = [TEAMWORK, TELETHON, SIMPLE_MSK]
LEVEL = FALSE_ALARM / sum(case.comparisons for case in PRINTED)


@pytest.mark.slow
@pytest.mark.parametrize("case", PRINTED, ids=lambda case: case.name)
def test_agrees_with_what_was_printed(case: Case) -> None:
    findings = judge(case, LEVEL)
    table = "\n".join(map(str, findings))
    print(table)
    assert all(finding.agrees for finding in findings), f"disagrees\n{table}"
    assert all(finding.has_power for finding in findings), f"no power\n{table}"
