"""What a scenario means, worked out once more: routes, doors, shares, priorities, legs.

For the laws and their witness; knows nothing of the engines.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from math import floor, inf, lcm
from typing import Any

import numpy as np
from centre import DAY

from sim.draws import prepare
from sim.scenario import Scenario
from sim.scenario.by_time import ByTime, NumberByTime
from sim.scenario.calendar import holidays_of
from sim.scenario.distributions import Distribution, scaled
from sim.scenario.paths import all_transfers, legs_of
from sim.scenario.times import Times
from sim.scenario.transfers import Transfer
from sim.tables import TIMED, Draws, Purpose

TICK = 2.0**-20
FOLLOW_UP = 14  # days that staff patterns go on after the last arrivals


class LawBroken(AssertionError):  # noqa: N818 (it says what happened)
    """The log is not what the rules say."""


def demand(holds: bool | np.bool_, rule: str) -> None:
    if not holds:
        raise LawBroken(rule)


def to_grid(seconds: float) -> float:
    """Rounded to the grid, halves up; infinity stays."""
    return floor(seconds / TICK + 0.5) * TICK if seconds < inf else inf


def is_some(share: Any) -> bool:
    """Whether a share is more than nothing, at some time."""
    return isinstance(share, NumberByTime) or share > 0


def values(draws: Draws, reason: int, attempt: int) -> np.ndarray:
    """The values of a reason's customers for their contact of this number."""
    if attempt == 0:
        return draws.values[draws.begins[reason] : draws.begins[reason + 1]]
    return draws.more.contact_values(reason, attempt)


Spans = list[tuple[float, float]]


def _outside(spans: Spans, holes: Spans) -> Spans:
    """What of the spans lies in no hole."""
    for low, high in holes:
        spans = [
            (a, b)
            for begin, end in spans
            for a, b in ((begin, min(end, low)), (max(begin, high), end))
            if a < b
        ]
    return spans


@dataclass
class Line:
    """A contact type."""

    reason: int
    channel: int
    steps: list[tuple[int, float, int]]  # pool, after, keep_free
    door: int | None  # None: always open
    ranks: list[int]  # of the steps: those of equal rank have one
    random: bool
    leg: int = -1  # its number, if its contacts were passed on
    whose: int = -1  # reason of the customers; `reason`: as which they are handled
    passed_by: str = ""  # the transfer
    reaches: frozenset[int] = frozenset()  # pools to which its contacts may be passed on

    def groups(self, joined: int) -> list[list[tuple[int, float, int]]]:
        """The first so many steps, those of equal rank together."""
        together: dict[int, list[tuple[int, float, int]]] = {}
        for rank, step in zip(self.ranks[:joined], self.steps, strict=False):
            together.setdefault(rank, []).append(step)
        return list(together.values())


class Centre:
    """Routes, doors, shares and priorities of a scenario."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        calendar = scenario.calendar
        self.holidays = holidays_of(calendar)
        self.start = -calendar.warmup * DAY
        self.horizon = (calendar.days + calendar.cooldown + FOLLOW_UP) * DAY
        self.reasons = list(scenario.reasons.values())
        self.reason_names = list(scenario.reasons)
        self.channels = list(scenario.channels.values())
        self.channel_names = list(scenario.channels)
        self.pools = list(scenario.pools.values())
        self.pool_names = list(scenario.pools)
        self.capacity = [lcm(*pool.answers.values()) for pool in self.pools]
        self.doors: list[list[tuple[float, float]]] = []
        self.sudden: list[set[float]] = []  # by door: closings by events, before the usual end
        self.variants = prepare(scenario).banks.periods.variants
        self.lines = {
            (r, c): self._line(r, c)
            for r in range(len(self.reasons))
            for c in range(len(self.channels))
        }
        self.transfers = all_transfers(scenario)  # and what AI agents hand over
        self.legs = {tuple(leg): self._leg(x, *leg) for x, leg in enumerate(legs_of(scenario))}
        self.rest_door = [self._rest_door(c) for c in range(len(self.channels))]
        for line in (*self.lines.values(), *self.legs.values()):
            line.reaches = self._reaches(line)

    def channel_number(self, name: str) -> int:
        return self.channel_names.index(name)

    def unit(self, pool: int, channel: int) -> int:
        """Shares of its agent that a contact takes."""
        return self.capacity[pool] // self.pools[pool].answers[self.channel_names[channel]]

    def is_paced(self, pool: int) -> bool:
        return any(speed != 1 for speeds in self.pools[pool].pace.values() for speed in speeds)

    def speed(self, pool: int, channel: int, in_hand: int) -> float:
        speeds = self.pools[pool].pace.get(self.channel_names[channel], [1.0])
        return speeds[min(in_hand, len(speeds)) - 1]

    def slowness(self, pool: int, reason: int, channel: int, now: float) -> float:
        names = self.reason_names[reason], self.channel_names[channel]
        return 1.0 / self.at(self.pools[pool].speed.at(*names), now)

    def priority(self, pool: int, reason: int, channel: int, now: float) -> float:
        own = self.pools[pool].priority.at(self.reason_names[reason], self.channel_names[channel])
        if own is not None:
            return self.at(own, now)
        behind = 0 if self.channels[channel].live else 1_000_000_000
        return self.reasons[reason].priority.start - behind

    def grown(self, pool: int, line: Line, now: float, key: float) -> float:
        """The priority of a contact that waits, which may have grown."""
        start = self.priority(pool, line.reason, line.channel, now)
        names = self.reason_names[line.reason], self.channel_names[line.channel]
        said = self.reasons[line.reason].priority
        if self.pools[pool].priority.at(*names) is not None:
            return start
        if said.after is not None and said.then is not None:
            return start - said.start + said.then if now - key >= said.after else start
        grown = start + said.per_minute / 60.0 * (now - key)
        return grown if said.at_most is None else min(grown, start - said.start + said.at_most)

    def key(
        self, draws: Draws, reason: int, channel: int, cause: int, arrived: float, k: int
    ) -> float:
        """A contact's place in its queue: the least is the first."""
        said = self.reasons[reason].head_start.at(self.channel_names[channel])
        names = (
            "usual",
            "retry",
            "again",
            "returned",
            "overdue",
            "otherwise",
            "exit",
            "retry",  # a further call
            "transfer",
            "hand_over",
            "transfer",  # a conference: it never waits
        )
        ahead = getattr(said, names[cause])
        key = arrived - to_grid(said.usual if ahead is None else ahead)
        if k < len(draws.age):
            key -= float(draws.age[k])
        return -key if self.channels[channel].order == "newest_first" else key

    # --- contacts that are passed on ----------------------------------------------------------

    def _leg(self, number: int, whose: str, reason: str, channel: str, transfer: str) -> Line:
        """The contact type of those whom a transfer has passed on."""
        only = self.transfers[transfer].to.pool
        line = self._line(self.reason_names.index(reason), self.channel_number(channel), only)
        line.leg, line.passed_by, line.whose = number, transfer, self.reason_names.index(whose)
        return line

    def ways(
        self, line: Line, pool: int, *, conferences: bool = False
    ) -> list[tuple[str, Line | None]]:
        """The transfers of what a pool answers of a contact type, and to which legs they lead.

        Or the conferences, to which that of another conference leads neither.

        None: a leg of which there are none, since nobody comes by this contact type.
        """
        names = self.reason_names[line.reason], self.channel_names[line.channel]
        found = []
        ai = self.pools[pool].ai_agent is not None
        if line.passed_by and self.transfers[line.passed_by].conference is not None:
            return found
        for name, transfer in self.transfers.items():
            mine = transfer.passes_on(self.pool_names[pool])
            mine &= conferences == (transfer.conference is not None)
            mine &= ai != (name in self.scenario.transfers)
            if mine and is_some(transfer.share.at(*names)):
                to = transfer.to.reason or names[0], transfer.to.channel or names[1]
                leg = self.legs.get((self.reason_names[line.whose], *to, name))
                found.append((name, leg))
        return found

    def _reaches(self, line: Line) -> frozenset[int]:
        legs: list[Line] = []
        ahead = [line]
        while ahead:
            one = ahead.pop()
            for pool, *_ in one.steps:
                fresh = [leg for _, leg in self.ways(one, pool) if leg and leg not in legs]
                legs += fresh
                ahead += fresh
        return frozenset(pool for leg in legs for pool, *_ in leg.steps)

    def _line(self, reason: int, channel: int, only: str | None = None) -> Line:
        """Of a reason and channel, as the routes have it; or of one pool only."""
        name = self.channel_names[channel]
        steps: list[tuple[int, float, int]] = []
        ranks: list[int] = []
        random = False
        for route in self.scenario.routing if only is None else ():
            reasons, channels = route.reason, route.channel
            if (reasons is None or self.reason_names[reason] in reasons) and (
                channels is None or name in channels
            ):
                numbers = [self.pool_names.index(step.pool) for step in route.to]
                rank = 0
                for p, step in zip(numbers, route.to, strict=True):
                    rank += not step.beside
                    if name in self.pools[p].answers:
                        steps.append((p, to_grid(step.after), step.keep_free))
                        ranks.append(rank)
                random = route.choose == "random"
                break
        if only is not None:
            steps, ranks = [(self.pool_names.index(only), 0.0, 0)], [0]
        order = sorted(range(len(steps)), key=lambda k: steps[k][1])
        steps, ranks = [steps[k] for k in order], [ranks[k] for k in order]
        door = self._door(channel, [p for p, *_ in steps])
        return Line(reason, channel, steps, door, ranks, random, whose=reason)

    # --- doors: numbered by reason, then channel; types with the same times share one ---------

    def _door(self, channel: int, pools: list[int]) -> int | None:
        own = self.channels[channel].hours
        shut = self._shut(channel)
        if self.channels[channel].outbound is not None:
            return None  # nobody comes
        if own is not None:
            spans = self._spans(list(own))
        elif self.channels[channel].live:
            blocks = [self.pools[p].present().items() for p in pools]
            lines = [line for block in blocks for times, n in block if n > 0 for line in times]
            spans = self._spans(lines)
        elif shut:
            spans = [(float(self.start - DAY), float(self.horizon + DAY))]
        else:
            return None
        usual = {high for _, high in spans}
        spans = _outside(spans, shut)
        return self._numbered(spans, {high for _, high in spans} - usual)

    def _numbered(self, spans: list[tuple[float, float]], sudden: set[float]) -> int:
        doors = list(zip(self.doors, self.sudden, strict=True))
        if (spans, sudden) not in doors:
            self.doors.append(spans)
            self.sudden.append(sudden)
            return len(doors)
        return doors.index((spans, sudden))

    def _rest_door(self, channel: int) -> int | None:
        """A door that is open while nobody calls from a list; None: there is always somebody."""
        own, shut = self.channels[channel].hours, self._shut(channel)
        if self.channels[channel].outbound is None or (own is None and not shut):
            return None
        always = [(float(self.start - DAY), float(self.horizon + DAY))]
        calls = _outside(always if own is None else self._spans(list(own)), shut)
        return self._numbered(_outside(always, calls), set())

    def _shut(self, channel: int) -> list[tuple[float, float]]:
        """When events close a channel."""
        return [
            span
            for event in self.scenario.calendar.events.values()
            if self.channel_names[channel] in event.channels
            for span in self._spans(list(event.at), apart=False)
        ]

    def _spans(self, lines: list[Times], *, apart: bool = True) -> list[tuple[float, float]]:
        """From a day before the clock begins to a day after it ends; touching ones are one."""
        found = []
        for day in range(self.start // DAY - 1, self.horizon // DAY + 1):
            for line in lines:
                if self._is_on(line, day, apart=apart):
                    found.append((float(day * DAY + line.start), float(day * DAY + line.end)))
        spans: list[tuple[float, float]] = []
        for low, high in sorted(found):
            if spans and low <= spans[-1][1]:
                spans[-1] = (spans[-1][0], max(high, spans[-1][1]))
            else:
                spans.append((low, high))
        return spans

    def _is_on(self, line: Times, day: int, *, apart: bool) -> bool:
        """Whether a line holds on a day. Apart: on a public holiday only if it says so."""
        date = self.scenario.calendar.start + timedelta(days=day)
        if line.dates is not None:
            return line.dates[0] <= date <= line.dates[1]
        if date in self.holidays and (apart or not line.days):
            return line.holiday
        return date.weekday() in line.days

    def holds(self, lines: list[Times], now: float, *, apart: bool) -> bool:
        """Whether one of the lines covers a moment."""
        day = floor(now / DAY)
        return any(
            self._is_on(line, one, apart=apart) and line.start <= now - one * DAY < line.end
            for line in lines
            for one in (day - 1, day)
        )

    # --- values that depend on the time -------------------------------------------------------

    def begins(self, draws: Draws, purpose: Purpose, line: Line, now: float) -> int:
        """Where a contact type's values for a purpose begin; -1: they were not drawn."""
        own = purpose == Purpose.HANDLE and line.leg >= 0 and self._transfer(line).handle
        if purpose not in TIMED or len(self.variants) == 1 or own:
            if line.leg >= 0:
                return int(draws.at_legs[purpose, line.leg])
            return int(draws.at[purpose, line.reason, line.channel])
        said = self._said(purpose, line, now)
        name, channel = self.reason_names[line.reason], self.channel_names[line.channel]
        having = [
            number
            for number, one in enumerate(self.variants)
            if getattr(one.reasons[name], purpose.name.lower()).at(channel) == said
        ]
        demand(bool(having), f"{purpose.name} of {name} at {now} was never drawn")
        type_ = line.reason * len(self.channels) + line.channel
        if line.leg >= 0:
            type_ = len(self.lines) + line.leg
        return int(draws.at_times[having[0], TIMED.index(purpose), type_])

    def _transfer(self, line: Line) -> Transfer:
        return self.transfers[line.passed_by]

    def takes_times(self, line: Line) -> float:
        """How many times as long its contacts take as others, since an AI agent had them."""
        if line.leg < 0 or line.passed_by in self.scenario.transfers:
            return 1.0
        [pool] = self._transfer(line).by or []
        ai = self.scenario.pools[pool].ai_agent
        return 1.0 if ai is None else ai.handle_after

    def at(self, said: Any, now: float) -> Any:
        """What holds at a moment of a value that may depend on when."""
        if not isinstance(said, ByTime | NumberByTime):
            return said
        apart = any(times.names_holiday for times, _ in said.lines)
        return next(
            (one for times, one in said.lines if self.holds(list(times), now, apart=apart)),
            said.usual,
        )

    def _said(self, purpose: Purpose, line: Line, now: float) -> Distribution:
        """The distribution that holds at a moment."""
        name = self.reason_names[line.reason]
        values = getattr(self.reasons[line.reason], purpose.name.lower())
        said = values.at(self.channel_names[line.channel])
        said = self.at(said, now)
        if purpose == Purpose.HANDLE:
            factor = 1.0
            for event in self.scenario.calendar.events.values():
                more = event.reasons.get(name, event.reasons.get("other"))
                if more and more.handle != 1 and self.holds(list(event.at), now, apart=False):
                    factor *= more.handle
            said = scaled(said, factor)
        return said

    # --- who comes back as the profile goes ---------------------------------------------------

    def comes_back(self, line: Line, now: float, luck: float) -> float:
        """When, in the next opening hours, or in the rest of them; infinity: never."""
        if line.door is None:
            return now
        spans = [span for span in self.doors[line.door] if span[1] > now]
        if not spans:
            return inf
        low, high = spans[0]
        low = max(low, now)
        reason = self.reasons[line.whose]
        profile = (
            []
            if reason.volume is None
            else [
                (list(times), weight)
                for name in reason.profile.leaves()
                for times, weight in self.scenario.profiles[name].items()
            ]
        )
        edges = {low, high}
        for lines, _ in profile:
            edges |= {edge for span in self._spans(lines, apart=False) for edge in span}
        steps = sorted(edge for edge in edges if low <= edge <= high)
        weights = [
            (b - a) * sum(w for lines, w in profile if self.holds(lines, a, apart=False))
            for a, b in pairwise(steps)
        ]
        if not sum(weights):
            return low + luck * (high - low)
        rest = luck * sum(weights)
        for (a, b), weight in zip(pairwise(steps), weights, strict=True):
            if rest < weight:
                return a + (b - a) * rest / weight
            rest -= weight
        return high

    def covers(self, times: list[Times], now: float) -> bool:
        return any(low <= now < high for low, high in self._spans(times))

    def rests(self, channel: int, now: float) -> bool:
        """Whether nobody calls from a list now (rule 5)."""
        door = self.rest_door[channel]
        return door is not None and any(low <= now < high for low, high in self.doors[door])

    def is_open(self, line: Line, now: float) -> bool:
        return line.door is None or any(low <= now < high for low, high in self.doors[line.door])

    def next_opening(self, line: Line, now: float) -> float:
        if self.is_open(line, now):
            return now
        assert line.door is not None
        return min((low for low, _ in self.doors[line.door] if low > now), default=inf)
