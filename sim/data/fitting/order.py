"""Which queues of a pool are answered before others: priority, seen in whom agents take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations

import numpy as np
import pandas as pd

from sim.data.counting import counted
from sim.data.fitting.likelihood import Fitted
from sim.data.fitting.staffing import FEW, Pools
from sim.data.remarks import Remarks
from sim.data.times import seconds_of
from sim.tables import Floats

LEAST = 20  # customers of one queue taken before others who had come earlier
AGAINST = 0.05  # share of the choices that may fall on the other queue
OFTEN = 0.2  # share of the choices by which the order is not that of coming, for a note
LONGER = 1.5  # times the wait of another queue of the pool that is no matter of patience
SECOND = 1.0  # to which exports round


@dataclass(frozen=True)
class Rank:
    """priority: as the scenario has it. why: how often agents chose so."""

    priority: int
    why: str


def fit_priorities(table: pd.DataFrame, pools: Pools, remarks: Remarks) -> dict[str, Rank]:
    """The queues that are answered before others of their pool.

    Agents who answer two queues, with customers waiting in both, take those of the first alone,
    also where the others have come earlier. Who answers one of them chooses nothing. Where they
    often do so but not always, it is noted.
    """
    found: dict[str, Rank] = {}
    answered = ((table["outcome"] == "answered") & (table["agent"] != "")).to_numpy()
    agent = np.where(answered, table["agent"].cat.codes.to_numpy(np.int64), -1)
    for names in pools.answers:
        before: dict[tuple[str, str], str] = {}
        lines = {name: _Line.of(table, agent, name) for name in names} if len(names) > 1 else {}
        for one, other in permutations(lines, 2):
            a, b = lines[one], lines[other]
            both = a.agents & b.agents
            chosen, earlier = a.taken_while(b, both)
            against, _ = b.taken_while(a, both)
            many = chosen + against
            if earlier >= LEAST and against > AGAINST * many and earlier > OFTEN * many:
                often = counted(many, "time")
                remarks.note("sometimes-first", queue=one, other=other, earlier=earlier, many=often)
            if earlier >= LEAST and against <= AGAINST * many:
                before[one, other] = (
                    f"{chosen:,} of {counted(many, 'time')} before {other}, both waiting"
                )
        level = _levels(names, set(before))
        for name in names:
            why = [said for (one, _), said in before.items() if one == name]
            if level[name] and why:
                found[name] = Rank(level[name], "; ".join(why))
    return found


def note_unlike_waits(
    table: pd.DataFrame, pools: Iterable[Sequence[str]], remarks: Remarks
) -> None:
    """Of queues of a report that share agents, those that wait far longer than others do meanwhile.

    In one line all meet the same wait; that of the answered differs by patience alone.
    """
    for names in pools:
        for one, other in combinations(names, 2):
            both = table[table["queue"] == one].merge(
                table[table["queue"] == other], on=["start", "again"], suffixes=("", " of other")
            )
            both = both[(both["answered"] > 0) & (both["answered of other"] > 0)]
            day = np.unique(both["start"].dt.normalize(), return_inverse=True)[1]
            asa, apart = [], np.zeros(day.max(initial=0) + 1)
            for sign, of in ((1, ""), (-1, " of other")):
                wait, number = (
                    np.bincount(day, np.nan_to_num(both[name + of]), minlength=len(apart))
                    for name in ("wait_answered", "answered")
                )
                if not wait.sum() > 0:
                    break
                asa.append(wait.sum() / number.sum())
                apart += sign * (wait / wait.sum() - number / number.sum())
            if len(asa) < 2:
                continue
            log = Fitted(np.log([asa[0] / asa[1]]), apart[:, None])
            found = log.interval(lambda theta: float(theta[0]), len(both), log=False)
            if max(found.low, -found.high) > np.log(LONGER):
                first, last = (one, other) if asa[0] < asa[1] else (other, one)
                low, high = sorted(asa)
                remarks.note("unlike-waits", first=first, last=last, low=low, high=high)


@dataclass(frozen=True)
class _Line:
    """Customers of one queue, in order of coming, and the agents who often answer it.

    reach: [customers] until when any of those up to this one waited. agent: code of who answered,
    or -1.
    """

    arrived: Floats
    end: Floats
    reach: Floats
    agent: np.ndarray
    agents: frozenset[int]

    @classmethod
    def of(cls, table: pd.DataFrame, agent: np.ndarray, name: str) -> _Line:
        mine = (table["queue"] == name).to_numpy()
        arrived = seconds_of(table["arrived"])[mine]
        end = arrived + np.nan_to_num(table["wait"].to_numpy()[mine])
        every = np.bincount(agent[agent >= 0])
        number = np.bincount(agent[mine & (agent >= 0)], minlength=len(every))
        often = frozenset(np.flatnonzero((number > 0) & (number >= FEW * every)).tolist())
        return cls(arrived, end, np.maximum.accumulate(end), agent[mine], often)

    def taken_while(self, other: _Line, agents: frozenset[int]) -> tuple[int, int]:
        """How many of these were taken by some agents while others waited; who came earlier."""
        mine = np.isin(self.agent, list(agents)) & (self.end > self.arrived)
        arrived, taken = self.arrived[mine], self.end[mine]
        waited = [other.waits(taken, since - SECOND) for since in (taken, arrived)]
        return int(waited[0].sum()), int(waited[1].sum())

    def waits(self, moment: Floats, since: Floats) -> np.ndarray:
        """[moments] whether somebody who had come before another moment still waited."""
        place = np.searchsorted(self.arrived, since)
        reach = np.append(-np.inf, self.reach)[place]
        return reach > moment + SECOND


def _levels(names: tuple[str, ...], before: set[tuple[str, str]]) -> dict[str, int]:
    """Priorities so that each is higher than of those after it; 0 for all where none are."""
    level = dict.fromkeys(names, 0)
    for _ in names:
        for one, other in before:
            level[one] = max(level[one], level[other] + 1)
    return level if max(level.values()) < len(names) else dict.fromkeys(names, 0)
