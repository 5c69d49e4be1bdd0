"""What costs money when it is forgotten, and is allowed all the same: more notes of `sim check`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import combinations, islice

from sim.scenario.by_time import each_of
from sim.scenario.calendar import holidays_of, intervals
from sim.scenario.faults import Path
from sim.scenario.model import Pool, Scenario
from sim.scenario.paths import channels_reached, steps_of
from sim.scenario.people import Lines
from sim.scenario.times import DAY, spans_of_week
from sim.spans import union

Note = tuple[Path, str]

ALIKE = 0.85
"""Likeness of two names above which one may be a slip of the pen."""

HARDLY_OPEN = 3600
"""Seconds a week: a channel that is open for less may be so by mistake."""

HUNDREDFOLD = 20
"""A factor from which on it may be a percentage without its sign."""

REST = 11 * 3600
"""Seconds between the work of two days that the law of the European Union asks for."""

MOST_PEOPLE = 500
"""Of a roster, who are looked at for their rest."""

Span = tuple[int, int]


def forgotten(scenario: Scenario) -> Iterator[Note]:
    """All such notes, each with the path that it is about."""
    yield from _sell_nothing(scenario)
    yield from _pace(scenario)
    yield from _breaks(scenario)
    yield from _names(scenario)
    yield from _hardly_open(scenario)
    yield from _absence(scenario)
    yield from _rest(scenario)
    yield from _hundredfold(scenario)


# --- pools --------------------------------------------------------------------------------------


def _sell_nothing(scenario: Scenario) -> Iterator[Note]:
    for name, pool in scenario.pools.items():
        buyers = [
            reason
            for reason, one in scenario.reasons.items()
            if one.buying is not None and _may_answer(scenario, name, pool, reason)
        ]
        if buyers and pool.sells.conversion is None:
            yield (
                ("pools", name),
                f"answers customers who may buy ({', '.join(buyers)}) and sells nothing: they buy "
                "as if nobody had helped; say `sells: {conversion: ...}`",
            )


def _may_answer(scenario: Scenario, name: str, pool: Pool, reason: str) -> bool:
    """Whether customers of a reason can come to a pool."""
    return any(
        step.pool == name
        for channel in channels_reached(scenario, reason) & pool.answers.keys()
        for step in steps_of(scenario, reason, channel)
    )


def _pace(scenario: Scenario) -> Iterator[Note]:
    for name, pool in scenario.pools.items():
        for channel, limit in pool.answers.items():
            if limit > 1 and channel not in pool.pace and channel not in pool.agent_share:
                yield (
                    ("pools", name, "answers", channel),
                    f"{limit} at once, each as fast as one alone: more at once costs no time "
                    "without `pace`; say the part of a contact that is the agent's, as in "
                    f"`agent_share: {{{channel}: 40 %}}`",
                )


def _breaks(scenario: Scenario) -> Iterator[Note]:
    for name, pool in scenario.pools.items():
        if not (pool.agents or pool.shifts):
            continue
        alone = [spans_of_week(shift.at) for shift in pool.shifts.values()]
        worked = [*(union(one) for one in alone), union(_together(pool))]
        for place, one in enumerate(pool.breaks):
            if one.between is None:
                continue
            wanted = spans_of_week(one.between)
            if wanted and not any(_covers(span, spans) for spans in worked for span in wanted):
                yield (
                    ("pools", name, "breaks", place),
                    "no shift covers all of the time in which to take it, so nobody takes it",
                )


def _absence(scenario: Scenario) -> Iterator[Note]:
    for name, pool in scenario.pools.items():
        contract = pool.contract
        if pool.presence.mean < 1 and contract.per_hour > 0 and contract.sick_paid == 0:
            yield (
                ("pools", name, "contract", "sick_paid"),
                f"absence costs nothing: {100 * (1 - pool.presence.mean):.3g} % of rostered hours "
                "are neither worked nor paid",
            )


def _names(scenario: Scenario) -> Iterator[Note]:
    for one, other in combinations(scenario.pools, 2):
        if _alike(one, other):
            yield ("pools", other), f"is nearly called as the pool `{one}`; are both meant?"


def _alike(one: str, other: str) -> bool:
    """Whether two names differ by how they are written; `team 1` and `team 2` are two names."""
    plain = [re.sub(r"[\W_]+", "", name).casefold() for name in (one, other)]
    if plain[0] == plain[1]:
        return True
    words = [re.findall(r"[^\W\d_]{2,}", name.casefold()) for name in (one, other)]
    if words[0] == words[1]:
        return False
    return SequenceMatcher(None, plain[0], plain[1]).ratio() > ALIKE


def _rest(scenario: Scenario) -> Iterator[Note]:
    """Rosters in which somebody closes late and opens early."""
    for name, pool in scenario.pools.items():
        short = [
            (rest, person)
            for person, lines in islice(pool.roster.items(), MOST_PEOPLE)
            if (rest := _shortest(scenario, lines)) < REST
        ]
        if short:
            rest, person = min(short)
            minutes = f" {rest // 60 % 60:.0f} min" if rest % 3600 else ""
            others = f" ({len(short) - 1} others less than 11 h, too)" if len(short) > 1 else ""
            yield (
                ("pools", name, "roster", person),
                f"{rest // 3600:.0f} h{minutes} between the work of two days{others}; the law "
                "of the European Union asks for 11 h of rest",
            )


def _shortest(scenario: Scenario, lines: Lines) -> float:
    """Seconds between the work of one day, which may end after midnight, and of the next."""
    spans: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    calendar = scenario.calendar
    for times, activity in lines.items():
        if activity != "break":
            days = -calendar.warmup, calendar.warmup + calendar.days
            spans[activity != "off"] += intervals(
                times, calendar.start, *days, holidays_of(calendar), holidays_apart=True
            )
    work: dict[int, tuple[float, float]] = {}
    for start, end in sorted(spans[True]):
        if not any(low < end and start < high for low, high in spans[False]):
            begun, ended = work.get(int(start // DAY), (start, end))
            work[int(start // DAY)] = begun, max(ended, end)
    gaps = (work[day + 1][0] - end for day, (_, end) in work.items() if day + 1 in work)
    return min(gaps, default=REST)


# --- factors ------------------------------------------------------------------------------------


def _hundredfold(scenario: Scenario) -> Iterator[Note]:
    """Factors so large that `%` may have been forgotten."""
    for path, factor in _factors(scenario):
        if factor >= HUNDREDFOLD:
            yield path, f"{factor:g} means {100 * factor:,.0f} %; is `{factor:g} %` meant?"


def _factors(scenario: Scenario) -> Iterator[tuple[Path, float]]:
    for name, pool in scenario.pools.items():
        for own in pool.speed.leaves():
            yield from ((("pools", name, "speed"), one) for one in each_of(own))
        for part, them in (("shifts", pool.shifts), ("people", pool.people)):
            yield from ((("pools", name, part, who, "speed"), x.speed) for who, x in them.items())
    for name, event in scenario.calendar.events.items():
        for reason, said in event.reasons.items():
            at = ("calendar", "events", name, "reasons", reason)
            yield (*at, "volume"), said.volume
            yield (*at, "handle"), said.handle


# --- channels -----------------------------------------------------------------------------------


def _hardly_open(scenario: Scenario) -> Iterator[Note]:
    for name, channel in scenario.channels.items():
        if channel.hours is None or channel.unlimited:
            continue
        seconds = sum(end - start for start, end in union(spans_of_week(channel.hours)))
        if seconds < HARDLY_OPEN:
            yield (
                ("channels", name, "hours"),
                f"is open for {seconds / 60:.3g} minutes a week; is that meant?",
            )


# --- times --------------------------------------------------------------------------------------


def _together(pool: Pool) -> list[Span]:
    return [span for times, count in pool.agents.items() if count for span in spans_of_week(times)]


def _covers(span: Span, spans: list[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in spans)
