"""What pools state by reason and channel, and perhaps by time of the week: P pools, R, C."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from sim.draws.draw import Setting
from sim.measures.clock import covered, spans_of
from sim.scenario.by import ByReason
from sim.scenario.by_time import NumberByTime, usual
from sim.scenario.calendar import names_holidays
from sim.tables import Floats, Ints, Numbers

Said = Sequence[ByReason[float | NumberByTime] | None]
"""Of each pool."""


@dataclass(frozen=True)
class Stated:
    """Numbers of pools.

    usual: [P, R, C], nan where the pool states none.
    timed: [P, R, C] row of `by_time` where the number depends on when, else -1.
    begins: [period] since when, seconds, growing from minus infinity.
    by_time: [row, period].
    """

    usual: Floats
    timed: Ints
    begins: Floats
    by_time: Floats

    def at(self, pool: Numbers, reason: Numbers, channel: Numbers, moment: Floats) -> Floats:
        """[contact] the number of each; moment: when it is answered, seconds."""
        found = self.usual[pool, reason, channel]
        if len(self.by_time):
            row = self.timed[pool, reason, channel]
            some = np.flatnonzero(row >= 0)
            period = np.searchsorted(self.begins, moment[some], side="right") - 1
            found[some] = self.by_time[row[some], period]
        return np.asarray(found)


def make_stated(setting: Setting, said: Said) -> Stated:
    """The tables of what each pool says."""
    scenario, rows = setting.scenario, _rows(said)
    names = [(reason, channel) for reason in scenario.reasons for channel in scenario.channels]
    shape = len(said), len(scenario.reasons), len(scenario.channels)
    each = [_at(by, reason, channel) for by in said for reason, channel in names]
    spans = [_spans(setting, one) for one in rows]
    begins = np.unique([-inf, *(edge for lines in spans for line in lines for edge in line.flat)])
    return Stated(
        usual=np.array([usual(one) for one in each]).reshape(shape),
        timed=np.array(
            [rows[one] if isinstance(one, NumberByTime) else -1 for one in each]
        ).reshape(shape),
        begins=begins,
        by_time=np.array([_by_time(*both, begins) for both in zip(rows, spans, strict=True)]),
    )


def _rows(said: Said) -> dict[NumberByTime, int]:
    """The numbers that depend on time, each once, and their places."""
    leaves = [one for by in said if by is not None for one in by.leaves()]
    timed = dict.fromkeys(one for one in leaves if isinstance(one, NumberByTime))
    return {one: row for row, one in enumerate(timed)}


def _at(
    by: ByReason[float | NumberByTime] | None, reason: str, channel: str
) -> float | NumberByTime:
    try:
        return np.nan if by is None else by.at(reason, channel)
    except KeyError:
        return np.nan


def _spans(setting: Setting, said: NumberByTime) -> list[Floats]:
    """When each line holds: [span, 2]."""
    apart = names_holidays(times for times, _ in said.lines)
    return [
        np.array(spans_of(setting, times, holidays_apart=apart)).reshape(-1, 2)
        for times, _ in said.lines
    ]


def _by_time(said: NumberByTime, spans: list[Floats], begins: Floats) -> Floats:
    """[period] the number of the first line that holds, else the usual one."""
    found = np.full(len(begins), said.usual)
    for (_, number), line in reversed(list(zip(said.lines, spans, strict=True))):
        found[covered(begins, line.tolist())] = number
    return found
