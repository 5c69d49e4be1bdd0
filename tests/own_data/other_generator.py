"""A centre in plain numpy, which shares no rule with the product: logs with known truth."""

from __future__ import annotations

import heapq

import numpy as np
import pandas as pd

from sim.data.tables import CONTACTS, typed

VOLUME = 5 * (8 * 28 + 12 * 18)  # a week: 28 in each half hour of 08-12, 18 of 12-18, mon-fri
BUSYNESS, TALK, CV, WRAP = 0.15, 200.0, 0.8, 40.0
RETRY, AFTER = 0.3, 600.0
COMES, LEAVES = -1, -2


def other_log(
    seed: int, weeks: int = 8, agents: int = 5, patience: float = 180.0, cv: float = CV
) -> pd.DataFrame:
    """A log of one queue, first come first served; times in whole seconds, as exports have them.

    Talk is lognormal, wrap-up gamma (cv 0.5), patience exponential; a share of those who gave up
    comes again before closing.
    """
    chance = np.random.default_rng(seed)
    rate = np.repeat([0.0, 28.0, 18.0, 0.0], [16, 8, 12, 12])
    rows: list[dict[str, object]] = []
    customer = 0
    for day in (one for one in range(7 * weeks) if one % 7 < 5):
        number = chance.poisson(rate * chance.gamma(1 / BUSYNESS**2, BUSYNESS**2))
        times = np.repeat(1800.0 * np.arange(48), number) + 1800 * chance.random(number.sum())
        events = [(time, customer + i + 1, COMES) for i, time in enumerate(times.tolist())]
        customer += len(events)
        heapq.heapify(events)
        rows += [
            {"day": day, **row} for row in _day(events, list(range(agents)), patience, cv, chance)
        ]
    found = pd.DataFrame(rows)
    start = pd.Timestamp("2026-02-02") + pd.to_timedelta(found.pop("day"), unit="D")
    found["arrived"] = start + pd.to_timedelta(found["arrived"].round(), unit="s")
    for name in ("wait", "talk", "wrap"):
        found[name] = found[name].round()
    found["customer"] = found["customer"].astype(np.uint64)
    found["queue"], found["channel"], found["again"] = "sales", "phone", False
    found = found.sort_values("arrived", kind="stable", ignore_index=True)
    return typed(found.assign(chain=np.arange(len(found))), CONTACTS)


def _day(
    events: list[tuple[float, int, int]],
    free: list[int],
    patience: float,
    cv: float,
    chance: np.random.Generator,
) -> list[dict[str, object]]:
    """Events are (time, customer, what): an agent who becomes free, COMES or LEAVES."""
    rows: list[dict[str, object]] = []
    waiting: dict[int, float] = {}  # customer -> came, in order of coming

    def note(customer: int, came: float, now: float, agent: int, talk: float, wrap: float) -> None:
        names = ("customer", "arrived", "wait", "agent", "talk", "wrap", "outcome")
        who, how = (f"agent {agent}", "answered") if agent >= 0 else ("", "abandoned")
        rows.append(
            dict(zip(names, (customer, came, now - came, who, talk, wrap, how), strict=True))
        )

    def serve(customer: int, came: float, now: float) -> None:
        sigma = np.sqrt(np.log(1 + cv**2))
        talk = chance.lognormal(np.log(TALK) - sigma**2 / 2, sigma)
        wrap, agent = chance.gamma(4, WRAP / 4), free.pop(int(chance.integers(len(free))))
        heapq.heappush(events, (now + talk + wrap, 0, agent))
        note(customer, came, now, agent, talk, wrap)

    while events:
        now, customer, what = heapq.heappop(events)
        if what >= 0:
            free.append(what)
            if waiting:
                first = next(iter(waiting))
                serve(first, waiting.pop(first), now)
        elif what == COMES and free:
            serve(customer, now, now)
        elif what == COMES:
            waiting[customer] = now
            heapq.heappush(events, (now + chance.exponential(patience), customer, LEAVES))
        elif customer in waiting:
            note(customer, waiting.pop(customer), now, -1, np.nan, np.nan)
            again = now + chance.exponential(AFTER)
            if chance.random() < RETRY and again < 18 * 3600:
                heapq.heappush(events, (again, customer, COMES))
    return rows
