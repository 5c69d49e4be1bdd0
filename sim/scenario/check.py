"""What must fit together between the parts of a scenario: names, ways through it, sizes."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from functools import lru_cache

from sim.scenario.calendar import holidays_of, intervals, names_holidays
from sim.scenario.check_ways import WaysChecker
from sim.scenario.faults import Wrong
from sim.scenario.fields import Names
from sim.scenario.model import Calendar, Reason, Scenario
from sim.scenario.repair import Broken
from sim.scenario.times import DAY, TimesOfWeek

MOST_CONTACTS = 50_000_000
MOST_AGENT_DAYS = 50_000_000


def check(scenario: Scenario, names: Names, broken: Broken) -> Wrong:
    """Everything that does not fit together; parts that are broken themselves are passed over."""
    checker = _Checker(scenario, names, broken)
    checker.reserved_names()
    checker.references()
    checker.recorded_customers()
    checker.special_days()
    checker.queues()
    checker.events()
    checker.answers()
    checker.routing()
    checker.transfers()
    checker.ways()
    checker.orders()
    checker.circles()
    checker.sizes()
    return checker.wrong


class _Checker(WaysChecker):
    """And sizes that no machine could play."""

    def sizes(self) -> None:
        calendar = self.scenario.calendar
        days = calendar.warmup + calendar.days + calendar.cooldown
        total = 0.0
        for name, reason in self.scenario.reasons.items():
            tries = 1 + sum(one.attempts for one in (reason.retry, reason.again) if one is not None)
            total += _customers(name, reason, calendar, self.scenario.profiles) * tries
        if total > MOST_CONTACTS:
            self.wrong.add(
                f"up to {total:,.0f} contacts in {days} days; allowed: {MOST_CONTACTS:,}."
                " Lower the volume, the days or the attempts",
                "reasons",
            )
        pools = self.scenario.pools.values()
        agents = sum(pool.scheduled() for pool in pools)
        if agents * days > MOST_AGENT_DAYS:
            message = f"{agents * days:,} agents times days; allowed: {MOST_AGENT_DAYS:,}"
            self.wrong.add(message, "pools")


Profile = Mapping[TimesOfWeek, float]
MONDAY = datetime.date(2024, 1, 1)


def _customers(
    name: str, reason: Reason, calendar: Calendar, profiles: Mapping[str, Profile] | None = None
) -> float:
    """How many to expect, at most: an event may hold all the time, and more than once."""
    events = [said for event in calendar.events.values() if (said := event.of_reason(name))]
    most = math.prod(max(said.volume, 1.0) for said in events)
    days = calendar.warmup + calendar.days + calendar.cooldown
    mine = [(profiles or {}).get(profile, {}) for profile in reason.profile.leaves()]
    usual = _usual_customers(name, reason, calendar, mine)
    return most * usual + sum(said.extra + sum(said.waiting.values()) for said in events) * (
        days if events else 0
    )


def _usual_customers(
    name: str, reason: Reason, calendar: Calendar, profiles: list[Profile]
) -> float:
    """Without events; odd days bring their multiple, replayed times come as they are."""
    special = {
        (day - calendar.start).days: factor.at(name, None)
        for day, factor in calendar.special_days.items()
    }
    if reason.volume is not None:
        per_day = {"hour": 24.0, "day": 1.0, "week": 1 / 7}[reason.volume.per]
        days = calendar.warmup + calendar.days + calendar.cooldown
        odd = dict(special)
        factors = [
            _on_a_holiday(*profile.items()) for profile in profiles if names_holidays(profile)
        ]
        if (factor := max(factors, default=1.0)) != 1.0:
            for day in _holidays(calendar):
                odd[day] = special.get(day, 1.0) * factor
        return reason.volume.amount * per_day * (days + sum(odd.values()) - len(odd))
    if reason.arrivals is None:
        return 0.0
    if reason.arrivals.replay is not None:
        return float(len(reason.arrivals.replay))
    counts = reason.arrivals.counts or ()
    return sum(number * special.get(int(start // DAY), 1.0) for start, _, number in counts)


@lru_cache(maxsize=256)  # a study reads the same profiles hundreds of times
def _on_a_holiday(*lines: tuple[TimesOfWeek, float]) -> float:
    """How many times as many come on a public holiday as on a day of an ordinary week."""

    def weight(days: int, *holidays: datetime.date) -> float:
        there = frozenset(holidays)
        return sum(
            heavy * (end - start)
            for times, heavy in lines
            for start, end in intervals(times, MONDAY, 0, days, there, holidays_apart=True)
        )

    week = weight(7)
    return 7 * weight(1, MONDAY) / week if week else 1.0


def _holidays(calendar: Calendar) -> set[int]:
    """The simulated days that are public holidays."""
    days = range(-calendar.warmup, calendar.days + calendar.cooldown)
    return {(day - calendar.start).days for day in holidays_of(calendar)} & {*days}
