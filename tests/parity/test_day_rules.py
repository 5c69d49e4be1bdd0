"""Rules of people and days: both engines agree where any of them meet, and every pair does meet.

A small centre of two hours, in which each rule is said or not by chance; whether a rule did
something is read from the draws and the log.
"""

# ruff: noqa: ARG001 - every rule is said alike

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np
from both import Known
from centre import scenario_of

from sim.draws import draw, prepare
from sim.tables import Cause, Draws, Outcome

SERIES = 100
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
    data["routing"] = [{"to": [list(data["pools"])], "choose": choose}]


def comes_back(data: Data, rng: random.Random) -> None:
    data["channels"]["phone"]["hours"] = "daily 00:15-00:50, 00:55-01:20"
    data["reasons"]["call"]["closed"] = {"returns": 0.8}


def named(data: Data, rng: random.Random) -> None:
    """Two people by name, one of whom takes e-mails only, with a meeting and a day off."""
    data["pools"]["named"] = {
        "roster": {
            "Ana": {"daily 00:00-02:00": "work", "daily 00:30-00:40": "meeting"},
            "Bo": {"daily 00:10-02:00": "work", "2026-01-06": "off"},
        },
        "people": {"Ana": {"answers": {"email": 2}}},
    }
    data["routing"] = [{"to": ["team", "other", "named"]}]


def learns(data: Data, rng: random.Random) -> None:
    late = data["pools"]["team"]["shifts"]["late"]
    late |= {"ramp": [[1, 0.5], [3, 1]], "since": "2025-12-30"}


def meetings(data: Data, rng: random.Random) -> None:
    said = data["pools"]["team"].get("presence", 1)
    data["pools"]["team"]["presence"] = {"by_hour": 0.7, **(said if said != 1 else {"mean": 1})}


def drops(data: Data, rng: random.Random) -> None:
    """Two from 00:20 on, one from 00:30 on: who came first goes."""
    data["pools"]["other"]["agents"] = {"daily 00:00-00:30": 1, "daily 00:20-02:00": 1}


def by_date(data: Data, rng: random.Random) -> None:
    data["pools"]["other"]["agents"]["2026-01-06 00:05-01:10"] = 2


def busy_day(data: Data, rng: random.Random) -> None:
    event = {"at": "2026-01-06", "reasons": {"call": {"volume": 1.6}}}
    data["calendar"]["events"]["busy"] = event


def kinds_of_day(data: Data, rng: random.Random) -> None:
    data["day_kinds"] = {"calls": {"chance": 0.5, "call": 1.4, "mail": 0.7}}


def by_channel(data: Data, rng: random.Random) -> None:
    data["profiles"]["end"] = {"daily 00:40-01:30": 1}
    data["reasons"]["mail"] |= {
        "channels": {"email": 0.6, "phone": 0.4},
        "profile": {"email": "night", "phone": "end"},
    }


def tries_go_first(data: Data, rng: random.Random) -> None:
    data["reasons"]["call"] |= {
        "retry": {"chance": 0.8, "after": {"exponential": "2 min"}},
        "head_start": {"retry": "10 min"},
    }


def speed_by_time(data: Data, rng: random.Random) -> None:
    data["pools"]["team"]["speed"] = {"daily 00:25-00:55": 0.6, "other": 1.2}


def resolved_by_time(data: Data, rng: random.Random) -> None:
    lines = {"daily 00:20-00:50": 0.2, "other": 0.8}
    data["reasons"]["call"] |= {"resolved": lines, "again": {"after": "3 min"}}


def priority_by_time(data: Data, rng: random.Random) -> None:
    lines = {"daily 00:20-01:10": 3, "other": -1}
    data["pools"]["other"]["priority"] = {"mail": lines, "call": 1}


def passed_on_by_time(data: Data, rng: random.Random) -> None:
    lines = {"daily 00:20-00:50": 0.6, "other": 0.1}
    data["transfers"] = {"hard": {"by": "team", "share": {"call": lines}, "to": "other"}}


Says = Callable[[Data, random.Random], None]
Without = Callable[[], Draws]
"""The draws of the same day without the rule."""

Did = Callable[[Known, Without], Any]


def _answered_in(known: Known, low: float, high: float, pool: int | None = None) -> Any:
    log = known.logs[0]
    answered = (log.outcome == Outcome.ANSWERED) & ((log.pool == pool) | (pool is None))
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
    return len(np.unique(known.logs[0].pool[known.logs[0].pool >= 0])) > 1


def _took(known: Known, *agents: int) -> Any:
    return np.isin(known.logs[0].agent, agents).any()


def _last_of(known: Known, pool: int) -> int:
    """The agent of highest number, who is there because of one more."""
    return int(known.plan.first_agent[pool + 1]) - 1


def _came(known: Known, cause: Cause) -> Any:
    return (known.logs[0].cause == cause).any()


def _other_customers(known: Known, without: Without) -> Any:
    before, now = without(), known.draws
    return not np.array_equal(before.arrival, now.arrival)


def _in_a_meeting(known: Known, first: int, past: int) -> Any:
    aside = known.draws.aside
    mine = (aside.agent >= first) & (aside.agent < past)
    return (mine & (aside.absent == 0) & (aside.counts == 1)).any()


RULES: dict[str, tuple[Says, Did]] = {
    "by time": (by_time, lambda known, _: _answered_in(known, 30, 60)),
    "talks longer": (talks_longer, lambda known, _: _answered_in(known, 15, 50)),
    "line down": (line_down, lambda known, _: _closed_at(known, 35 * MINUTE)),
    "mailing": (mailing, lambda known, _: (known.draws.reason == 2).any()),
    "backlog": (backlog, lambda known, _: known.draws.age.any()),
    "sick": (sick, lambda known, _: known.draws.aside.absent.any()),
    "drops": (drops, lambda known, _: _answered_in(known, 30, 120, pool=1)),
    "by date": (by_date, lambda known, _: _took(known, _last_of(known, 1))),
    "one more": (one_more, lambda known, _: _took(known, _last_of(known, 1))),
    "breaks": (breaks, lambda known, _: (known.logs[1].came > known.logs[1].on).any()),
    "last contact": (
        last_contact,
        lambda known, _: (known.draws.duty_last < known.draws.duty_off).any(),
    ),
    "hand over": (hand_over, lambda known, _: _taken_up(known, by_another=True)),
    "interrupts": (interrupts, lambda known, _: _taken_up(known, by_another=False)),
    "newcomers": (newcomers, lambda known, _: _took(known, 0, 1)),
    "learns": (
        learns,
        lambda known, _: _took(known, 2, 3) and (known.draws.duty_slowness > 1).any(),
    ),
    "meetings": (meetings, lambda known, _: _in_a_meeting(known, 0, 4)),
    "late": (late, lambda known, _: (known.draws.duty_on % DAY % (40 * MINUTE) > 0).any()),
    # a pool for each way to answer: Ana's comes before that of the others
    "named": (named, lambda known, _: _took(known, int(known.plan.first_agent[2]))),
    "equal rank": (equal_rank, lambda known, _: _both_pools(known)),
    "comes back": (comes_back, lambda known, _: _came(known, Cause.CLOSED)),
    "busy day": (busy_day, _other_customers),
    "kinds of day": (kinds_of_day, _other_customers),
    "by channel": (by_channel, _other_customers),
    "tries go first": (tries_go_first, lambda known, _: _came(known, Cause.RETRY)),
    "speed by time": (speed_by_time, lambda known, _: _answered_in(known, 25, 55, pool=0)),
    "resolved by time": (resolved_by_time, lambda known, _: _came(known, Cause.AGAIN)),
    "priority by time": (
        priority_by_time,
        lambda known, _: _answered_in(known, 20, 70, pool=1),
    ),
    "passed on by time": (passed_on_by_time, lambda known, _: _came(known, Cause.TRANSFER)),
}


def some_day(k: int, left_out: str = "") -> tuple[Data, set[str]]:
    """The k-th day of a fixed series, and the rules that are said, but for one left out."""
    rng = random.Random(f"days {k}")
    data = usual()
    said = [name for name in RULES if rng.random() < 0.5]
    for name in said:
        if name != left_out:
            RULES[name][0](data, random.Random(f"{name} {k}"))
    return data, set(said)


def without(k: int, rule: str) -> Draws:
    """What is drawn on the k-th day if a rule is not said."""
    return draw(prepare(scenario_of(some_day(k, rule)[0])), 1, 0)


def test_every_pair_of_rules_meets_and_both_engines_agree() -> None:
    seen = Counter[tuple[str, ...]]()
    for k in range(SERIES):
        data, said = some_day(k)
        known = Known.of_data(data)
        assert known.differences() == [], f"day {k}: {sorted(said)}"
        did = sorted(name for name in said if RULES[name][1](known, partial(without, k, name)))
        seen.update((name,) for name in did)
        seen.update(combinations(did, 2))
    missing = [pair for pair in combinations(sorted(RULES), 2) if not seen[pair]]
    assert missing == []
    assert all(seen[name,] >= SERIES // 8 for name in RULES), seen
