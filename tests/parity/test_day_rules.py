"""Rules of people and days: both engines agree where any of them meet, and every pair does meet.

A small centre of two hours, in which each rule is said or not by chance; whether a rule did
something is read from the draws and the log.
"""

# ruff: noqa: ARG001 - every rule is said alike

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
from both import Known

from sim.tables import Cause, Outcome

SERIES = 60
MINUTE = 60.0
DAY = 86_400.0

Data = dict[str, Any]


def usual() -> Data:
    """Two pools, calls and e-mails, a busy hour and a half on two days."""
    return {
        "calendar": {"start": "2026-01-05", "days": 2, "events": {}},
        "profiles": {"night": {"daily 00:00-01:30": 1}},
        "reasons": {
            "call": {
                "volume": "60 per day",
                "profile": "night",
                "channels": {"phone": 1},
                "handle": {"exponential": "5 min"},
                "wrap": "20 s",
                "patience": {"exponential": "6 min"},
            },
            "mail": {
                "volume": "25 per day",
                "profile": "night",
                "channels": {"email": 1},
                "handle": {"exponential": "8 min"},
            },
        },
        "channels": {
            "phone": {"hours": "daily 00:00-01:45"},
            "email": {"due": "4 h"},
        },
        "pools": {
            "team": {
                "shifts": {
                    "early": {"count": 2, "at": "daily 00:00-01:00"},
                    "late": {"count": 2, "at": "daily 00:40-02:00"},
                }
            },
            "other": {"agents": {"daily 00:00-02:00": 1}},
        },
        "routing": [{"to": ["team", "other"]}],
    }


# --- each rule: how it is said, and what shows that it did something ------------------------------


def by_time(data: Data, rng: random.Random) -> None:
    lines = {"daily 00:30-01:00": {"exponential": "2 min"}, "other": {"exponential": "5 min"}}
    data["reasons"]["call"]["handle"] = lines
    data["reasons"]["call"]["patience"] = {"mon": "3 min", "other": {"exponential": "9 min"}}


def talks_longer(data: Data, rng: random.Random) -> None:
    event = {"at": "2026-01-05 00:15-00:50", "reasons": {"other": {"handle": 1.7}}}
    data["calendar"]["events"]["slow"] = event


def line_down(data: Data, rng: random.Random) -> None:
    data["channels"]["phone"]["at_close"] = rng.choice(["drain", "dismiss"])
    event = {"at": "2026-01-05 00:35-00:50", "channels": {"phone": "closed"}}
    data["calendar"]["events"]["down"] = event


def mailing(data: Data, rng: random.Random) -> None:
    data["reasons"]["mailing"] = {**data["reasons"]["call"], "volume": "0 per day"}
    event = {"extra": 20, "after": {"exponential": "10 min"}}
    data["calendar"]["events"]["sent"] = {"at": "2026-01-05 00:20", "reasons": {"mailing": event}}


def backlog(data: Data, rng: random.Random) -> None:
    event = {"waiting": {"email": 12}, "age": {"uniform": ["0 h", "9 h"]}}
    data["calendar"]["events"]["left"] = {"at": "2026-01-05 00:05", "reasons": {"mail": event}}


def sick(data: Data, rng: random.Random) -> None:
    data["pools"]["team"]["presence"] = {"mean": 0.8, "together": 0.3}
    event = {"at": "2026-01-06", "pools": {"team": {"presence": 0.5}}}
    data["calendar"]["events"]["sick"] = event


def one_more(data: Data, rng: random.Random) -> None:
    event = {"at": "2026-01-05 00:10-01:10", "pools": {"other": {"agents": "1 more"}}}
    data["calendar"]["events"]["more"] = event


def breaks(data: Data, rng: random.Random) -> None:
    data["pools"]["team"]["shifts"]["late"]["breaks"] = [
        {"length": "10 min"},
        {"random": "6 per hour", "length": "2 min", "late": rng.choice(["whole", "cut"])},
    ]


def last_contact(data: Data, rng: random.Random) -> None:
    data["pools"]["team"]["last_contact"] = "6 min"


def hand_over(data: Data, rng: random.Random) -> None:
    data["channels"]["email"]["hand_over"] = True


def interrupts(data: Data, rng: random.Random) -> None:
    data["channels"]["phone"]["interrupts"] = ["email"]


def newcomers(data: Data, rng: random.Random) -> None:
    data["pools"]["team"]["shifts"]["early"]["speed"] = 0.7


def late(data: Data, rng: random.Random) -> None:
    data["pools"]["team"]["lateness"] = {"exponential": "3 min"}


def equal_rank(data: Data, rng: random.Random) -> None:
    choose = rng.choice(["longest_free", "random"])
    data["routing"] = [{"to": [["team", "other"]], "choose": choose}]


def comes_back(data: Data, rng: random.Random) -> None:
    data["channels"]["phone"]["hours"] = "daily 00:15-00:50, 00:55-01:20"
    data["reasons"]["call"]["closed"] = {"returns": 0.8}


Says = Callable[[Data, random.Random], None]
Did = Callable[[Known], Any]


def _answered_in(known: Known, low: float, high: float) -> Any:
    log = known.logs[0]
    answered = log.outcome == Outcome.ANSWERED
    return (answered & (log.ended >= low * MINUTE) & (log.ended < high * MINUTE)).any()


def _taken_up(known: Known, *, by_another: bool) -> Any:
    put_down, log = known.logs[0].put_down, known.logs[0]
    last = log.agent[put_down.contact]
    resumed = ~np.isnan(put_down.resumed)
    return (resumed & ((last != put_down.agent) == by_another)).any()


def _closed_at(known: Known, time: float) -> Any:
    log = known.logs[0]
    return ((log.outcome == Outcome.CLOSED) & (log.ended == time) & (log.arrived < time)).any()


def _both_pools(known: Known) -> Any:
    return len(np.unique(known.logs[0].pool[known.logs[0].pool >= 0])) == 2


RULES: dict[str, tuple[Says, Did]] = {
    "by time": (by_time, lambda known: _answered_in(known, 30, 60)),
    "talks longer": (talks_longer, lambda known: _answered_in(known, 15, 50)),
    "line down": (line_down, lambda known: _closed_at(known, 35 * MINUTE)),
    "mailing": (mailing, lambda known: (known.draws.reason == 2).any()),
    "backlog": (backlog, lambda known: known.draws.age.any()),
    "sick": (sick, lambda known: known.draws.aside.absent.any()),
    "one more": (one_more, lambda known: (known.logs[0].agent == 5).any()),
    "breaks": (breaks, lambda known: (known.logs[1].came > known.logs[1].on).any()),
    "last contact": (
        last_contact,
        lambda known: (known.draws.duty_last < known.draws.duty_off).any(),
    ),
    "hand over": (hand_over, lambda known: _taken_up(known, by_another=True)),
    "interrupts": (interrupts, lambda known: _taken_up(known, by_another=False)),
    "newcomers": (
        newcomers,
        lambda known: (known.logs[0].agent < 2)[known.logs[0].agent >= 0].any(),
    ),
    "late": (late, lambda known: (known.draws.duty_on % DAY % (40 * MINUTE) > 0).any()),
    "equal rank": (equal_rank, _both_pools),
    "comes back": (comes_back, lambda known: (known.logs[0].cause == Cause.CLOSED).any()),
}


def some_day(k: int) -> tuple[Data, set[str]]:
    """The k-th day of a fixed series, and the rules that are said."""
    rng = random.Random(f"days {k}")
    data = usual()
    said = [name for name in RULES if rng.random() < 0.5]
    for name in said:
        RULES[name][0](data, rng)
    return data, set(said)


def test_every_pair_of_rules_meets_and_both_engines_agree() -> None:
    seen = Counter[tuple[str, ...]]()
    for k in range(SERIES):
        data, said = some_day(k)
        known = Known.of_data(data)
        assert known.differences() == [], f"day {k}: {sorted(said)}"
        did = sorted(name for name in said if RULES[name][1](known))
        seen.update((name,) for name in did)
        seen.update(combinations(did, 2))
    missing = [pair for pair in combinations(sorted(RULES), 2) if not seen[pair]]
    assert missing == []
    assert all(seen[name,] >= SERIES // 8 for name in RULES), seen
