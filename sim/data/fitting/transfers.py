"""Talks that agents pass on: which share of a queue's talks goes on to which other queue."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sim.data.fitting.days import Days
from sim.data.fitting.likelihood import Interval, share_by_day
from sim.data.times import seconds_of
from sim.tables import Floats, Ints

FEW = 20  # talks passed on from one queue to another that are worth a line
MOST = 20  # times that the language lets a transfer happen to one contact
SURE = 4.0  # standard errors by which talks that are passed on are shorter than others
WHOLE = 0.999  # of the talks of a queue: rounded shares must not pass it


@dataclass(frozen=True)
class Transfer:
    """Reason `by` passes on to reason `to`.

    share: of the talks. after: how much of a talk has passed by then. at_most: how often it has
    happened to one contact.
    """

    by: str
    to: str
    share: Interval
    after: float
    at_most: int

    @property
    def name(self) -> str:
        """In the scenario."""
        return f"{self.by} to {self.to}"


@dataclass(frozen=True)
class Passings:
    """What went on to another agent: [passings] rows of the talks, and of the legs after them.

    order: [rows] leg by leg, chain by chain; start: [rows] places in it where their chain begins.
    """

    talk: Ints
    leg: Ints
    order: Ints
    start: Ints

    @classmethod
    def of(cls, table: pd.DataFrame) -> Passings:
        """All that a table chains: the leg after a talk. After an overflow it is no transfer."""
        chain = table["chain"].to_numpy()
        order = np.lexsort((table["leg"], chain))
        new = np.append(True, chain[order][1:] != chain[order][:-1])
        talked = (table["outcome"] == "answered").to_numpy()[order]
        moved = np.flatnonzero(~new[1:] & talked[:-1])
        start = np.maximum.accumulate(np.where(new, np.arange(len(order)), 0))
        return cls(order[moved], order[moved + 1], order, start)

    def between(self, table: pd.DataFrame, by: str, to: str) -> Passings:
        """Those from one reason to another."""
        reason = table["reason"]
        mine = ((reason.iloc[self.talk] == by).to_numpy()) & (
            reason.iloc[self.leg] == to
        ).to_numpy()
        return replace(self, talk=self.talk[mine], leg=self.leg[mine])

    def before(self) -> Ints:
        """[rows] how many of them have led to each leg."""
        went = np.zeros(len(self.order), np.int64)
        went[self.talk] = 1
        total = np.cumsum(went[self.order]) - went[self.order]
        found = np.zeros(len(went), np.int64)
        found[self.order] = total - total[self.start]
        return found


def fit_transfers(table: pd.DataFrame, days: Days) -> tuple[Transfer, ...]:
    """The transfers that a log chains, but for rare ones."""
    every = Passings.of(table)
    reason = table["reason"].astype(str).to_numpy()
    inside, day = days.number(seconds_of(table["arrived"]))
    answered = inside & (table["outcome"] == "answered").to_numpy()
    kept = answered.copy()
    kept[every.talk] = False
    found = []
    pairs = Counter(zip(reason[every.talk].tolist(), reason[every.leg].tolist(), strict=True))
    for by, to in sorted(pair for pair, often in pairs.items() if often >= FEW):
        some = every.between(table, by, to)
        before = some.before()
        at_most = min(int(before.max()), MOST)
        could = answered & (reason == by) & (before < at_most)
        went = np.zeros(len(table))
        went[some.talk] = 1.0
        share = share_by_day(went * could, could, day)
        talk = table["talk"].to_numpy()
        after = _shorter(talk[some.talk], talk[kept & (reason == by)])
        found.append(Transfer(by, to, share, after, at_most))
    return tuple(found)


def passed_on(table: pd.DataFrame, transfers: tuple[Transfer, ...]) -> tuple[np.ndarray, Floats]:
    """[rows] whether a transfer has led to this leg; how much of its talk was left to its agent."""
    legs, part = np.zeros(len(table), bool), np.ones(len(table))
    every = Passings.of(table) if transfers else None
    for one in transfers:
        assert every is not None
        some = every.between(table, one.by, one.to)
        legs[some.leg], part[some.talk] = True, one.after
    return legs, part


def whole(shares: dict[str, Floats], transfers: tuple[Transfer, ...]) -> dict[str, Floats]:
    """Shares by transfer's name, so that of no reason more is passed on than all."""
    total = {
        by: np.sum([shares[one.name] for one in transfers if one.by == by], axis=0)
        for by in {one.by for one in transfers}
    }
    return {
        one.name: shares[one.name] * WHOLE / np.maximum(total[one.by], WHOLE) for one in transfers
    }


def _shorter(passed: Floats, others: Floats) -> float:
    """How much of a talk has passed when it is passed on; 1 where that is not surely less."""
    passed, others = passed[~np.isnan(passed)], others[~np.isnan(others)]
    if min(len(passed), len(others)) < FEW or not passed.mean() > 0:
        return 1.0
    ratio = float(passed.mean() / others.mean())
    error = np.hypot(*(np.std(one) / one.mean() / np.sqrt(len(one)) for one in (passed, others)))
    return ratio if np.log(ratio) < -SURE * error else 1.0
