"""The words that reports share: labels, spans of time, differences, endings, paths.

Labels and definitions of measures stand in `sim.measures.catalogue`; how numbers are written, in
`sim.report.numbers`; everything that two kinds of report say alike, here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import isnan
from typing import Any, NamedTuple, Protocol

from sim.experiment.study import Study
from sim.measures import CATALOGUE, COST_PARTS, entries, measure_of
from sim.measures.controls import expects_any
from sim.report.numbers import (
    NOTHING,
    brief_duration,
    exact,
    half_width,
    interval,
    number,
    rough,
    signed,
)
from sim.scenario import Scenario
from sim.scenario.faults import printable
from sim.scenario.times import DAY, DAYS
from sim.stats.crossing import Crossing

WEEKDAYS = tuple(day.capitalize() for day in DAYS)

LONG_DAYS = (*("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),)

SPLITS = {"option": "Option"} | {split.name: split.label for split in entries.SPLITS}
"""What reports are told by, and can be narrowed by, with its label."""

ENDINGS = {
    name: CATALOGUE[name].label
    for name in (
        *("answered", "closed", "abandoned", "short_abandoned", "blocked", "no_line", "expired"),
        *("self_served", "withdrawn", "unreached", "flowed_out", "unfinished"),
    )
}
"""How contacts end."""

UNANSWERED = ("abandoned", "blocked", "no_line", "closed", "expired")

COSTS = {name: CATALOGUE[name].short for name in COST_PARTS}
"""The parts of cost, by component."""

WAITS = frozenset({"asa", "asa_p90"})
"""Of little meaning over all channels where live and deferred ones are mixed."""

WEEKS_A_YEAR = 365.25 / 7


def mixed(scenario: Scenario) -> bool:
    """Whether live and deferred channels are side by side."""
    return len({channel.live for channel in scenario.channels.values()}) > 1


# --- spans of time ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Span:
    """What is counted: a week, a day, a run of other length."""

    days: int

    def __str__(self) -> str:
        """`week`, `day`, `run of 31 days`."""
        return {1: "day", 7: "week"}.get(self.days, f"run of {self.days} days")

    @property
    def many(self) -> str:
        """`weeks`, `days`, `runs`."""
        return {1: "days", 7: "weeks"}.get(self.days, "runs")

    @property
    def per(self) -> str:
        """`a week`, `a day`, `in 31 days`."""
        return f"a {self}" if self.days in (1, 7) else f"in {self.days} days"

    @property
    def throughout(self) -> str:
        """`all week`, `all day`, `in 31 days`."""
        return f"all {self}" if self.days in (1, 7) else self.per

    def times(self, number: int) -> str:
        """`20 weeks`, `one day`, `20 x 31 days`."""
        if self.days in (1, 7):
            return f"{number:,} {self.many}" if number > 1 else f"one {self}"
        return f"{number:,} x {self.days} days"

    @property
    def a_year(self) -> float:
        """How many of them a year has."""
        return 365.25 / self.days

    def yearly(self, found: Bounded) -> tuple[float, float, float]:
        """An amount a year and its bounds, to three digits where there is chance in it."""
        said = tuple(self.a_year * one for one in (found.value, found.low, found.high))
        value, low, high = said if exact(found.low, found.high) else (rough(x, *said) for x in said)
        return value, low, high

    def worth_a_year(self, found: Bounded, currency: str) -> str:
        """An amount a year, as far as all the year is like what was simulated."""
        value, low, high = self.yearly(found)
        total = number(value, "money", currency)
        sure = interval(low, high, "money", currency)
        bounds = f" ({sure})" if sure != NOTHING and not exact(low, high) else ""
        weeks = f"{WEEKS_A_YEAR:.0f} weeks" if self.days == 7 else f"{self.a_year:.0f} {self.many}"
        return f"{total} a year{bounds}, if all {weeks} were like the one simulated"


PLAIN_MEANS = (
    "Means are plain, of what came in the {many} simulated; studies (`sim compare`, `sweep`, "
    "`staff`) tell them for as many customers as are expected, with less chance in them."
)

EXPECTED_CUSTOMERS = (
    "Means are for as many customers as are expected (control variates); `sim run` tells plain "
    "ones, of what came in the {many} simulated."
)


def how_meant(study: Study, many: str) -> str:
    """What means of a study are, beside those of a run; nothing where they are the same.

    many: what is counted, such as `weeks`.
    """
    if study.control_variates and expects_any(study.reference.scenario):
        return " " + EXPECTED_CUSTOMERS.format(many=many)
    return ""


def clock(seconds: int) -> str:
    """A time of day: `09:30`."""
    seconds = seconds if seconds <= DAY else seconds - DAY
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"


def hour_of(group: str) -> int:
    """The hour of the week, 0 .. 167, of a group of the split by hour: 9 of `mon 09:00`."""
    day, time = group.split()
    return 24 * DAYS.index(day) + int(time[:2])


def times_of_hours(scenario: Scenario) -> list[int]:
    """How often the counted days hold each of the 168 hours of the week."""
    calendar = scenario.calendar
    days = Counter((calendar.start + timedelta(days=n)).weekday() for n in range(calendar.days))
    return [days[hour // 24] for hour in range(168)]


# --- names ------------------------------------------------------------------------------------


def listed(names: Iterable[str], last: str = "and") -> str:
    """`a, b and c`."""
    *others, final = names
    return f"{', '.join(others)} {last} {final}" if others else final


def quoted(name: str | None) -> str:
    """The name of an option within a sentence."""
    return f"“{name}”"


PARTS = frozenset({"pools", "reasons", "channels", "profiles", "calendar", "run"})
PLAIN = frozenset({"sells", "buying", "contract", "offers", "agents"})


def path_in_words(path: str) -> str:
    """A path for people: `experts: conversion` of `pools.experts.sells.conversion`."""
    names = path.split(".")
    if len(names) > 1 and names[0] in PARTS:
        names = names[1:]
    if len(names) > 2:
        names = [names[0], *(name for name in names[1:-1] if name not in PLAIN), names[-1]]
    first, *rest = (name.replace("_", " ") for name in names)
    return f"{first}: {', '.join(rest)}" if rest else first


def slug(name: str) -> str:
    """A name that can be part of an address."""
    return "".join(sign if sign.isalnum() and sign.isascii() else "-" for sign in name.lower())


def capital(text: str) -> str:
    """The same, with a capital letter."""
    return text[:1].upper() + text[1:]


# --- measures ---------------------------------------------------------------------------------


def unit_of(measure: str, currency: str, *, difference: bool = False) -> str:
    """The unit of a measure, as the title of an axis says it; of shares nothing, or points."""
    unit = measure_of(measure).unit
    share = "points" if difference else ""
    return {"share": share, "money": currency, "h": "hours"}.get(unit, unit)


def axis_title(measure: str, currency: str, *, difference: bool = False) -> str:
    """Label and unit."""
    unit = unit_of(measure, currency, difference=difference)
    label = measure_of(measure).short
    return label if unit in ("", "contacts", "customers", label.lower()) else f"{label}, {unit}"


def axis_format(measure: str, *, difference: bool = False) -> str:
    """Of the numbers of an axis; differences of shares are in points."""
    if measure_of(measure).unit == "share":
        return ",.1f" if difference else ".1%"
    return ",.0f"


def brief(value: float, unit: str) -> str:
    """A value for a table."""
    return brief_duration(value) if unit == "s" and not isnan(value) else number(value, unit)


def said(row: Bounded, currency: str) -> str:
    """A value with its unit."""
    return number(row.value, row.unit, currency)


def stated(row: Bounded, currency: str = "") -> str:
    """An interval; nothing where there is none."""
    said = interval(row.low, row.high, row.unit, currency)
    return "" if said == NOTHING else said


def in_full(row: Bounded, currency: str = "") -> str:
    """A value with its unit, and its interval in parentheses where it has one."""
    bounds = stated(row, currency)
    return said(row, currency) + (f" ({bounds})" if bounds else "")


# --- differences ------------------------------------------------------------------------------


class Bounded(Protocol):
    """A value with bounds and a unit: a row, a difference, a step."""

    @property
    def value(self) -> float:
        """The value."""

    @property
    def low(self) -> float:
        """The lower bound."""

    @property
    def high(self) -> float:
        """The upper bound."""

    @property
    def unit(self) -> str:
        """As in the catalogue."""


class Amount(NamedTuple):
    """A value with bounds and a unit that belong to nothing else."""

    value: float
    low: float
    high: float
    unit: str


def unsigned(found: Bounded) -> Bounded:
    """The same as a size: of what is less, how much less."""
    if found.value >= 0:
        return found
    return Amount(-found.value, -found.high, -found.low, found.unit)


def significant(found: Bounded) -> bool:
    """Whether its interval does not hold 0."""
    return found.low > 0 or found.high < 0


def error_of(found: Bounded) -> str:
    """Half the width of its interval; nothing where it has none."""
    return half_width(found.low, found.high, found.unit) if found.low < found.high else ""


def change_of(found: Bounded | None) -> str:
    """`+1,234`; in parentheses where it is not significant; nothing where nothing differs."""
    if found is None or isnan(found.value) or found.value == found.low == found.high == 0:
        return NOTHING
    said = signed(found.value, found.unit)
    sure = significant(found) or exact(found.low, found.high)
    return said if sure else f"({said})"


def more(found: Bounded, currency: str) -> str:
    """A difference with sign and unit: `+1,234 EUR`, `-0.5 points`."""
    unit = {"share": "points", "money": currency, "h": "h"}.get(found.unit, "")
    return f"{signed(found.value, found.unit).removesuffix(' h')} {unit}".rstrip()


def size(value: float, unit: str, currency: str) -> str:
    """The size of a difference; of shares in points."""
    return in_points(number(abs(value), unit, currency), unit)


def in_points(said: str, unit: str) -> str:
    """What is said of a difference: between shares it is in points, not in per cent."""
    return said.replace(" %", " points") if unit == "share" else said


def between(found: Bounded, currency: str) -> str:
    """The interval of a difference; nothing where there is none."""
    if isnan(found.low) or exact(found.low, found.high):
        return ""
    return in_points(interval(found.low, found.high, found.unit, currency), found.unit)


def scaled(found: Bounded) -> tuple[float, float, float]:
    """Value and bounds of a difference; of shares in points."""
    times = 100.0 if found.unit == "share" else 1.0
    return found.value * times, found.low * times, found.high * times


def stretch(one: Crossing, low: str, high: str) -> str:
    """Where a curve may pass through zero; its bounds in words."""
    if one.below and one.above:
        return "the data do not tell where"
    if one.below:
        return f"{high} or less, even below the values tried"
    if one.above:
        return f"{low} or more, even beyond the values tried"
    return f"{low} to {high}"


# --- where a result comes from ------------------------------------------------------------------


def facts_of(provenance: Mapping[str, Any], replications: str) -> dict[str, str]:
    """What makes the same numbers again."""
    return {
        "Made by": f"sim {provenance['version']}",
        "Engine": provenance["engine"],
        "Replications": replications,
        "Seed": str(provenance["seed"]),
        "Python": provenance["python"],
        **provenance["libraries"],
    }


def assumed_of(scenarios: Sequence[Scenario], uncertain: Iterable[str] = ()) -> tuple[str, ...]:
    """What is taken for granted that decides about money, in words: three sentences at most.

    scenarios: all that were run, the reference first; uncertain: paths of what is not known well,
        besides what they say.
    """
    usual = scenarios[0]
    demand = [
        f"{name} {one.volume.amount:,.0f} per {one.volume.per}"
        for name, one in usual.reasons.items()
        if one.volume is not None
    ]
    said = [f"Demand: {_the_first(demand or ['as recorded'])}."]
    buying = [one.buying for one in usual.reasons.values() if one.buying is not None]
    sellers = dict.fromkeys(
        name
        for scenario in scenarios
        for name, pool in scenario.pools.items()
        if pool.sells is not None
    )
    if buying:
        unaided = list(dict.fromkeys(number(one.unaided, "share") for one in buying))
        helped = f", helped by {_the_first(sellers)} as many as stated" if sellers else ""
        said.append(
            f"Without any help {listed(unaided, 'or')} of those ready to buy would buy{helped}; "
            f"{number(usual.gross_margin, 'share')} of revenue is margin."
        )
    paths = [path for scenario in scenarios for path in scenario.uncertain.paths]
    if paths := list(dict.fromkeys([*paths, *uncertain])):
        named = _the_first([path_in_words(path) for path in paths])
        said.append(f"Not known well, and varied in studies: {named}.")
    return tuple(said)


def _the_first(names: Iterable[str], many: int = 4) -> str:
    """Some names, and how many others there are."""
    names = list(names)
    others = len(names) - many
    return listed([*names[:many], *([f"{others} others"] if others > 0 else [])])


def shown(text: str) -> str:
    """A text in which what a name or a header holds is shown, never obeyed (see `printable`)."""
    return "".join(one if _SPACES.fullmatch(one) else printable(one) for one in _SPACES.split(text))


_SPACES = re.compile("([\n\u00a0\u2009\u202f])")
