"""Who came of those rostered: a roster beside a log."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import scipy.stats

from sim.data.counting import counted
from sim.data.fitting.arrivals import STEP
from sim.data.fitting.days import Days, presence
from sim.data.fitting.likelihood import Interval, ratio, share_by_day, student
from sim.data.fitting.staffing import Pools, Spells
from sim.data.merged import bare
from sim.data.remarks import Remarks, wrong
from sim.data.times import seconds_of
from sim.scenario.calendar import intervals
from sim.scenario.files import read_roster_file
from sim.scenario.times import TimesOfWeek
from sim.spans import union, without
from sim.tables import DAY, SHIFT_GAP, Floats

EPOCH = datetime.date(1970, 1, 1)
OPEN = 3600.0  # seconds for which a pool must be at work before lateness is measured
LEAST = 30  # shifts from which it is
LATE = 20.0  # seconds of lateness that are worth a line
AWAY = 0.98  # share of the time that is free for contacts below which it is worth a line
SURELY = 0.01  # chance of what is called correlated absence where people stay away on their own
EXTRA = 0.05  # share of the time that agents are there without being rostered that is worth a note

Spans = list[tuple[float, float]]


@dataclass(frozen=True)
class Roster:
    """Who is to work when.

    lines: person -> times and activity. teams: person -> their team, where the roster says it: the
    name of a pool, or of a queue that it answers.
    """

    lines: Mapping[str, Sequence[tuple[TimesOfWeek, str]]]
    teams: Mapping[str, str] = field(default_factory=dict)

    def by_pool(self, pools: Pools, remarks: Remarks) -> list[Roster]:
        """Those of each pool.

        Raises:
            ScenarioError: if there are several, and who answers which is not said.
        """
        if len(pools.names) == 1:
            return [self]
        said = {
            bare(name): place
            for place, pool in enumerate(pools.names)
            for name in (pool, *pools.answers[place])
        }
        place = {name: said.get(bare(self.teams.get(name, ""))) for name in self.lines}
        if set(place.values()) == {None}:
            queues = ", ".join(one for some in pools.answers for one in some)
            raise wrong("roster", "roster-without-teams", pools=len(pools.names), queues=queues)
        others = [name for name, one in place.items() if one is None]
        if others:
            teams = dict.fromkeys(self.teams.get(name, "") or "no team" for name in others)
            people = counted(len(others), "person", "people")
            remarks.note("no-team", people=people, teams=", ".join(teams))
        return [
            Roster({name: lines for name, lines in self.lines.items() if place[name] == pool})
            for pool in range(len(pools.names))
        ]


@dataclass(frozen=True)
class Attendance:
    """Of one pool: who came of those rostered.

    heads: [days, half hours] agents rostered for work. mean: share of the shifts whose person came.
    together: correlation of the absence of two people on one day. free: of the rostered work of
    those who came, from their first to their last contact, the share in which they were there.
    late: mean seconds from the begin of a shift to its person's coming, None if it cannot be told.
    by_hour: hour of the day -> rostered hours, hours present. differs: hour of the day -> share of
    those who came who are there, of a report in which hours surely differ.
    """

    heads: Floats
    mean: Interval
    together: float
    free: Interval
    late: Interval | None
    by_hour: dict[int, tuple[float, float]]
    differs: dict[int, float] = field(default_factory=dict)

    @property
    def is_late(self) -> bool:
        """Whether people are surely late, and not by seconds alone."""
        return self.late is not None and self.late.low > 0 and self.late.value > LATE

    @property
    def is_mean_alone(self) -> bool:
        """Whether no more is told of presence than its mean, which then stands in its place."""
        return not (self.together > 0 or self.is_away or self.differs)

    @property
    def is_away(self) -> bool:
        """Whether those who came are surely away for a part of their time."""
        return self.free.high < AWAY

    def mark(self, pool: str, remarks: Remarks) -> None:
        """Say what of it the scenario assumes."""
        if not self.free.n:
            remarks.assume(f"pools.{pool}.presence", "absence")
        if self.is_late:
            remarks.assume(f"pools.{pool}.lateness", "lateness")
        if self.is_away:
            remarks.assume(f"pools.{pool}.presence", "away")


def read_roster(file: str | os.PathLike[str]) -> Roster:
    """A roster: person, day or weekday, from, to, activity, and perhaps team.

    Raises:
        ScenarioError: for all lines that cannot be read.
    """
    return Roster(*read_roster_file(os.fspath(file)))


@dataclass(frozen=True)
class _Shift:
    """One day of work of a person: seconds since 1970, and which of them are for contacts."""

    person: str
    day: int  # number of the day it begins on
    begin: float
    end: float
    work: Spans


def fit_attendance(
    roster: Roster,
    table: pd.DataFrame,
    pools: Pools,
    spells: Spells,
    days: Days,
    remarks: Remarks,
) -> tuple[Attendance | None, ...]:
    """Of each pool, who came of those rostered; None for pools of which nobody is rostered.

    Args:
        roster: of `read_roster`.
        table, pools, spells: the log, who answers what, and when each agent was there.
        days: that are fitted.
        remarks: are added to.

    Raises:
        ScenarioError: if names of the roster are none of the log's.
    """
    names = _matched(roster, pools, table, remarks)
    shifts = {name: _shifts(name, roster.lines[said], days) for name, said in names.items()}
    there: dict[str, Spans] = {}
    firsts: dict[str, list[float]] = {}
    for place, name in enumerate(spells.agent.tolist()):
        there.setdefault(name, []).append((float(spells.on[place]), float(spells.off[place])))
        firsts.setdefault(name, []).append(float(spells.first[place]))
    found: list[Attendance | None] = []
    for place in range(len(pools.names)):
        mine = [
            one for name, some in shifts.items() if pools.of_agent[name] == place for one in some
        ]
        arrived = seconds_of(table["arrived"][table["queue"].isin(pools.answers[place])])
        inside, day = days.number(arrived)
        first = pd.Series(arrived[inside]).groupby(day[inside]).min()
        opened = first.reindex(range(len(days.date)), fill_value=np.inf).to_numpy()
        one = _attendance(mine, there, days) if mine else None
        if one is not None:
            delay = _delays(mine, firsts, spells.gap[place])
            one = replace(one, late=_late(mine, delay, opened))
        found.append(one)
        if one is not None and one.late is None:
            remarks.note("late-unknown", pool=pools.names[place])
    extra = sum(
        high - low
        for name, spans in there.items()
        for low, high in without(
            union(spans), union((s.begin, s.end) for s in shifts.get(name, ()))
        )
        if name in names
    )
    total = float(np.sum(spells.off - spells.on))
    if extra > EXTRA * total:
        remarks.note("outside-shifts", share=extra / total)
    return tuple(found)


def attendance_of_report(
    roster: Roster, pool: str, heads: Floats, known: np.ndarray, days: Days, remarks: Remarks
) -> Attendance:
    """Who came of those rostered, by the head counts of a report: present over rostered.

    A report does not tell who stays away from who is away for an hour. What is lost in the usual
    hour is taken for people who stay away, and what other hours surely lose beyond for the rest.

    Args:
        roster: of `read_roster`.
        pool: the name of those who are rostered.
        heads, known: [days, half hours] agents present, and where the report says it.
        days: that are fitted.
        remarks: are added to.

    Raises:
        ScenarioError: if nobody is rostered where the report has staff.
    """
    shifts = (one for person in roster.lines.items() for one in _shifts(*person, days))
    rostered = _half_hours((span for one in shifts for span in one.work), days) / STEP
    counts = known & (rostered > 0)
    if not counts.any():
        raise wrong("roster", "roster-of-other-times")
    there, due = (np.where(counts, one, 0.0) for one in (heads, rostered))
    extra = float(np.where(known, np.maximum(heads - rostered, 0.0), 0.0).sum() / heads.sum())
    if extra > EXTRA:
        remarks.note("more-than-rostered", pool=pool, share=extra)
    hours = np.stack([one.reshape(-1, 24, 2).sum(axis=2) for one in (there, due)])
    some = np.flatnonzero(hours[1].sum(axis=0) > 0).tolist()
    shares = {hour: _share(hours[:, :, hour]).value for hour in some}
    usual = float(np.median(list(shares.values())))
    # as many standard errors as one of all hours has by chance once in a hundred times
    wide = float(scipy.stats.t.isf(SURELY / 2 / len(some), len(days.date))) / student(
        len(days.date)
    )
    off = {hour: _share(hours[:, :, hour], usual) for hour in some}
    others = {h for h, one in off.items() if abs(one.value) > wide * (one.high - one.value)}
    mean = _share(hours[:, :, [hour for hour in some if hour not in others] or some].sum(axis=2))
    differs = {hour: min(shares[hour] / mean.value, 1.0) for hour in sorted(others)}
    remarks.note("absence-of-report", pool=pool)
    return Attendance(
        rostered,
        replace(mean, value=min(mean.value, 1.0), high=min(mean.high, 1.0)),
        0.0,
        Interval(1.0, 1.0, 1.0, 0),
        None,
        {hour: (hours[1, :, hour].sum() / 2, hours[0, :, hour].sum() / 2) for hour in some},
        differs,
    )


def _share(hours: Floats, usual: float = 0.0) -> Interval:
    """Of [there, due] x [days] those there, less a usual share."""
    there, due = hours
    return ratio(there - usual * due, due, int((due > 0).sum()))


def _matched(roster: Roster, pools: Pools, table: pd.DataFrame, remarks: Remarks) -> dict[str, str]:
    """Agent of the log -> person of the roster; names differ in capitals and spaces at most."""
    plain = {" ".join(name.casefold().split()): name for name in roster.lines}
    found = {
        agent: plain[key]
        for agent in pools.of_agent
        if (key := " ".join(agent.casefold().split())) in plain
    }
    named = table["agent"].astype(str)
    work = named.isin(list(found)).sum() / max((named != "").sum(), 1)
    if work < 1 / 2:
        agents, people = (", ".join(sorted(some)[:3]) for some in (pools.of_agent, roster.lines))
        raise wrong("roster", "roster-of-others", agents=agents, people=people)
    absent = len(roster.lines) - len(set(found.values()))
    if absent:
        remarks.note("never-seen", people=counted(absent, "person", "people"))
    others = len(pools.of_agent) - len(found)
    if others:
        remarks.note("not-rostered", agents=counted(others, "agent"), share=1 - work)
    return found


def _shifts(person: str, lines: Sequence[tuple[TimesOfWeek, str]], days: Days) -> list[_Shift]:
    """The shifts that begin on the days that are fitted."""
    first, size = int(days.date[0]), int(days.date[-1] - days.date[0]) + 1
    start = EPOCH + datetime.timedelta(days=first)

    def spans(work: bool) -> Spans:
        return union(
            span
            for times, activity in lines
            if (activity == "work") == work
            for span in intervals(times, start, -1, size + 1, holidays_apart=True)
        )

    work = without(spans(True), spans(False))
    found: list[_Shift] = []
    for low, high in ((low + first * DAY, high + first * DAY) for low, high in work):
        if found and low - found[-1].end < SHIFT_GAP:
            last = found.pop()
            found.append(replace(last, end=high, work=[*last.work, (low, high)]))
        else:
            found.append(_Shift(person, int(low // DAY), low, high, [(low, high)]))
    place = {date: number for number, date in enumerate(days.date.tolist())}
    return [replace(one, day=place[one.day]) for one in found if one.day in place]


def _attendance(shifts: Sequence[_Shift], there: Mapping[str, Spans], days: Days) -> Attendance:
    day = np.array([one.day for one in shifts])
    seen = [_within([(one.begin, one.end)], there.get(one.person, [])) for one in shifts]
    came = np.array([bool(some) for some in seen])
    mean = share_by_day(came, np.ones(len(shifts), bool), day)
    due: Spans = []
    present: Spans = []
    for shift, spans in zip(shifts, seen, strict=True):
        present += _within(shift.work, spans)
        due += _within(shift.work, [(spans[0][0], spans[-1][1])] if spans else [])
    planned = _half_hours((span for one in shifts for span in one.work), days)
    worked, free = _half_hours(present, days), Interval(1.0, np.nan, np.nan, 0)
    if due:
        expected = _half_hours(due, days).sum(axis=1)
        free = ratio(worked.sum(axis=1), expected, int(came.sum()))
    hours, there_by_hour = (one.sum(axis=0).reshape(24, 2).sum(axis=1) for one in (planned, worked))
    return Attendance(
        planned / STEP,
        mean,
        _together(came, day, mean.value),
        free,
        None,
        {
            hour: (hours[hour] / 3600, there_by_hour[hour] / 3600)
            for hour in np.flatnonzero(hours > 1800).tolist()
        },
    )


def _within(spans: Spans, others: Spans) -> Spans:
    """The parts of spans that lie in others."""
    cut = ((max(a, low), min(b, high)) for a, b in spans for low, high in others)
    return [(a, b) for a, b in cut if a < b]


def _half_hours(spans: Iterable[tuple[float, float]], days: Days) -> Floats:
    """[days, half hours] seconds of spans."""
    begin, end = np.array([*spans]).reshape(-1, 2).T
    return presence(begin, end, days.date)


def _delays(shifts: Sequence[_Shift], firsts: Mapping[str, Sequence[float]], gap: Floats) -> Floats:
    """[shifts] seconds to the first contact, less what colleagues then wait for their next one.

    nan where nobody came; 0 where they were at work before.
    """
    found = np.full(len(shifts), np.nan)
    for place, one in enumerate(shifts):
        mine = [first for first in firsts.get(one.person, ()) if one.begin - 3600 < first < one.end]
        if mine:
            usual = float(gap[int(one.begin % DAY // STEP)])
            found[place] = min(mine) - one.begin - usual if min(mine) > one.begin else 0.0
    return found


def _late(shifts: Sequence[_Shift], delay: Floats, opened: Floats) -> Interval | None:
    """Mean seconds by which people come late, of shifts that begin when the pool is at work.

    When the centre opens all are free at once, and wait longer than colleagues do later.
    """
    day = np.array([one.day for one in shifts])
    begin = np.array([one.begin for one in shifts])
    some = np.isfinite(delay) & (begin >= opened[day] + OPEN - STEP)
    if some.sum() < LEAST:
        return None
    total = np.bincount(day[some], delay[some], minlength=len(opened))
    number = np.bincount(day[some], minlength=len(opened)).astype(float)
    return ratio(total, number, int(some.sum()))


def _together(came: np.ndarray, day: np.ndarray, mean: float) -> float:
    """Correlation of the absence of two people of a day, 0 unless days surely differ."""
    number = np.bincount(day)
    there, number = np.bincount(day, came)[number > 1], number[number > 1]
    variance = mean * (1 - mean)
    if variance <= 0 or len(number) < 10:
        return 0.0
    square = (there - number * mean) ** 2
    chance = scipy.stats.chi2.sf((square / (number * variance)).sum(), len(number) - 1)
    pairs = (number * (number - 1)).sum() * variance
    excess = square.sum() * len(number) / (len(number) - 1) - (number * variance).sum()
    return float(max(excess / pairs, 0.0)) if chance < SURELY else 0.0
