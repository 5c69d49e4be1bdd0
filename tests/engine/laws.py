"""The laws of RULES.md, checked on the logs of one replication. Knows nothing of the engines.

`check` brings two kinds of checker together:

- *laws of the log*: sums and orders that hold on the rows as they stand (columns, chains,
  capacity, duty, patience, first come first served);
- *the witness*: goes through the events of the run in their order, with nothing but lists and
  loops, and at every event asks whether the log says what the rules say. Between two instants it
  looks at the whole centre: nobody over capacity, nobody idle who could take a waiting contact.

What the scenario means (routes, doors, shares, priorities) is worked out here once more. Contacts
that are passed on, by people or AI agents, are followed too.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise
from math import floor, inf, isnan, lcm, nan
from typing import Any

import numpy as np
from centre import DAY, Run

from sim.draws import prepare
from sim.scenario import Scenario
from sim.scenario.ai_agent import AiAgent
from sim.scenario.by_time import ByTime, NumberByTime, scaled, usual
from sim.scenario.calendar import holidays_of
from sim.scenario.distributions import Distribution
from sim.scenario.paths import all_transfers, legs_of
from sim.scenario.queues import Exit, LineGroup, Outbound
from sim.scenario.times import Times
from sim.scenario.transfers import Transfer
from sim.tables import TIMED, ByAi, Cause, ContactLog, Draws, Outcome, Purpose

TICK = 2.0**-20
FOLLOW_UP = 14  # days that staff patterns go on after the last arrivals
MOST_MOVES = 3
GIVEN_UP = (
    *(Outcome.ABANDONED, Outcome.BALKED, Outcome.BLOCKED, Outcome.UNREACHED),
    *(Outcome.FLOWED_OUT, Outcome.NO_LINE),
)
TAKEN = [Outcome.ANSWERED, Outcome.UNREACHED]  # an agent has had it in hand
PASSED_ON = [Cause.TRANSFER, Cause.HAND_OVER]
MOVES = (Cause.CLOSED, Cause.OVERDUE, Cause.OTHERWISE, Cause.EXIT)


class LawBroken(AssertionError):  # noqa: N818 (it says what happened)
    """The log is not what the rules say."""


def check(run: Run) -> Witness:
    """Raise `LawBroken` if the run breaks a law; else return the witness of it."""
    centre = Centre(run.scenario)
    for law in (columns, chains, limits, grid, capacity, duty, patience, first_come_first_served):
        law(run, centre)
    witness = Witness(run, centre)
    witness.watch()
    little(run, witness)
    return witness


def demand(holds: bool | np.bool_, rule: str) -> None:
    if not holds:
        raise LawBroken(rule)


def to_grid(seconds: float) -> float:
    """Rounded to the grid, halves up; infinity stays."""
    return floor(seconds / TICK + 0.5) * TICK if seconds < inf else inf


# --- what the scenario means ------------------------------------------------------------------


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

    def grown(self, pool: int, contact: Contact, now: float, key: float) -> float:
        """The priority of a contact that waits, which may have grown."""
        line = contact.line
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

    def ways(self, line: Line, pool: int) -> list[tuple[str, Line | None]]:
        """The transfers of what a pool answers of a contact type, and to which legs they lead.

        None: a leg of which there are none, since nobody comes by this contact type.
        """
        names = self.reason_names[line.reason], self.channel_names[line.channel]
        found = []
        ai = self.pools[pool].ai_agent is not None
        for name, transfer in self.transfers.items():
            mine = transfer.passes_on(self.pool_names[pool])
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
        for low, high in shut:
            spans = [
                (a, b)
                for begin, end in spans
                for a, b in ((begin, min(end, low)), (max(begin, high), end))
                if a < b
            ]
        sudden = {high for _, high in spans} - usual
        doors = list(zip(self.doors, self.sudden, strict=True))
        if (spans, sudden) not in doors:
            self.doors.append(spans)
            self.sudden.append(sudden)
            return len(doors)
        return doors.index((spans, sudden))

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

    def is_open(self, line: Line, now: float) -> bool:
        return line.door is None or any(low <= now < high for low, high in self.doors[line.door])

    def next_opening(self, line: Line, now: float) -> float:
        if self.is_open(line, now):
            return now
        assert line.door is not None
        return min((low for low, _ in self.doors[line.door] if low > now), default=inf)


# --- laws of the log --------------------------------------------------------------------------


def columns(run: Run, centre: Centre) -> None:
    """Every contact ends exactly one way, and its row says only what that way has (rule 10)."""
    log, draws = run.log, run.draws
    n = len(draws.arrival)
    for name, first in (("reason", draws.reason), ("channel", draws.channel)):
        demand((getattr(log, name)[:n] == first).all(), f"customers' {name}")
    demand((log.arrived[:n] == draws.arrival).all(), "customers' arrivals")
    demand((log.customer[:n] == np.arange(n)).all(), "the first contacts are the customers'")
    answered = np.isin(log.outcome, TAKEN)
    unfinished = log.outcome == Outcome.UNFINISHED
    demand(np.isin(log.outcome, list(Outcome)).all(), "an outcome is one of the list")
    for name in ("talked", "freed"):
        demand((~np.isnan(getattr(log, name)) == answered).all(), f"{name} if answered")
    for name in ("pool", "agent"):
        demand(((getattr(log, name) >= 0) == answered).all(), f"{name} if answered")
    demand((np.isnan(log.ended) == unfinished).all(), "ended unless unfinished")
    for before, after in (("arrived", "ended"), ("ended", "talked"), ("talked", "freed")):
        one, other = getattr(log, before), getattr(log, after)
        demand(((one <= other) | np.isnan(other)).all(), f"{before} <= {after}")
    at_once = np.isin(log.outcome, [Outcome.BALKED, Outcome.BLOCKED, Outcome.SELF_SERVED])
    demand((log.ended == log.arrived)[at_once].all(), "balked, blocked, self-served at once")
    live = np.array([channel.live for channel in centre.channels])[log.channel]
    web = np.array([channel.unlimited for channel in centre.channels])[log.channel]
    demand((live | ~(log.outcome == Outcome.ABANDONED)).all(), "only live contacts are abandoned")
    late = live & (log.callback == 0)
    demand((~late | ~(log.outcome == Outcome.EXPIRED)).all(), "only what nobody waits for expires")
    demand(
        (
            (log.outcome == Outcome.SELF_SERVED)
            == (web & ~unfinished & ~np.isin(log.outcome, [Outcome.WITHDRAWN, Outcome.NO_LINE]))
        ).all(),
        "self-served on self-service channels",
    )
    answered = log.outcome == Outcome.ANSWERED
    done = answered | (log.outcome == Outcome.SELF_SERVED)
    passed_on = np.isin(np.arange(len(log)), log.parent[np.isin(log.cause, PASSED_ON)])
    demand((log.resolved[passed_on] == -1).all(), "who was passed on is neither resolved nor not")
    open_ = passed_on | (bool(centre.transfers) & (log.talked >= centre.horizon))
    demand((np.isin(log.resolved, [0, 1]) | ~done | open_).all(), "resolved or not, if served")
    demand(
        (log.resolved[~answered & ~(log.outcome == Outcome.SELF_SERVED)] == -1).all(), "not served"
    )


def chains(run: Run, centre: Centre) -> None:
    """Each contact has the parent that its cause asks for; attempts count through (rule 8)."""
    log, n = run.log, len(run.draws.arrival)
    attempts: dict[int, int] = {}
    children: dict[tuple[int, str], int] = defaultdict(int)
    for k in range(len(log)):
        cause, parent, customer = Cause(log.cause[k]), int(log.parent[k]), int(log.customer[k])
        demand((cause == Cause.FIRST) == (k < n), f"contact {k}: first ones first")
        demand((parent == -1) == (cause == Cause.FIRST), f"contact {k}: a parent unless first")
        attempts[customer] = attempts.get(customer, -1) + 1
        demand(log.attempt[k] == attempts[customer], f"contact {k}: attempts count through")
        if parent < 0:
            continue
        demand(parent < k and log.customer[parent] == customer, f"contact {k}: parent before it")
        if cause not in PASSED_ON:
            demand(run.draws.reason[customer] == log.reason[k], f"contact {k}: the reason stays")
        outcome, when = Outcome(log.outcome[parent]), log.ended[parent]
        children[parent, "due" if cause == Cause.OVERDUE else "end"] += 1
        reason = run.scenario.reasons[centre.reason_names[log.reason[k]]]
        said, came_by = (
            centre.channel_names[log.channel[k]],
            centre.channel_names[log.channel[parent]],
        )
        if cause == Cause.RETRY:
            good = outcome in GIVEN_UP and reason.retry is not None
            when = log.freed[parent] if outcome == Outcome.UNREACHED else when
            good = good and said in (reason.retry.on, came_by if reason.retry.on == "same" else "")
        elif cause == Cause.CALL:
            good, when = (
                said == came_by and called_again(log, centre, parent),
                log.freed[parent],
            )
        elif cause == Cause.AGAIN:
            good, when = (
                outcome == Outcome.ANSWERED and log.resolved[parent] == 0,
                log.freed[parent],
            )
            good = good and said in (reason.again.on, came_by if reason.again.on == "same" else "")
        elif cause == Cause.CLOSED:
            good = outcome == Outcome.CLOSED and said in (came_by, *reason.closed.at(came_by).to)
        elif cause == Cause.OTHERWISE:
            good = outcome == Outcome.SELF_SERVED and log.resolved[parent] == 0
            good = good and said == run.scenario.channels[came_by].otherwise
        elif cause in PASSED_ON:
            good = log.resolved[parent] == -1 and outcome == Outcome.ANSWERED
            good = good and is_led(log, centre, parent, k)
            when = log.arrived[k]
        elif cause == Cause.EXIT:
            ways = [way.to for way in run.scenario.channels[came_by].exits]
            good = outcome == Outcome.FLOWED_OUT and said in ways and log.arrived[k] == when
        else:
            channel = run.scenario.channels[came_by]
            good = channel.overdue is not None and said == channel.overdue.on
            age = run.draws.age[parent] if parent < len(run.draws.age) else 0.0
            when = log.arrived[parent] + max(to_grid(channel.due or 0) - age, 0.0)
            good = good and log.arrived[k] == when and not log.ended[parent] < when
        demand(good, f"contact {k}: its parent gives no cause for {cause.name}")
        demand(log.arrived[k] >= when, f"contact {k}: not before its cause")
    demand(max(children.values(), default=0) <= 1, "one contact out of one cause")


def is_some(share: Any) -> bool:
    """Whether a share is more than nothing, at some time."""
    return isinstance(share, NumberByTime) or share > 0


def is_led(log: ContactLog, centre: Centre, parent: int, k: int) -> bool:
    """Whether a transfer leads from a contact, of the pool that answered it, to another."""
    names = centre.reason_names[log.reason[parent]], centre.channel_names[log.channel[parent]]
    found = (centre.reason_names[log.reason[k]], centre.channel_names[log.channel[k]])
    return any(
        (one.to.reason or names[0], one.to.channel or names[1]) == found
        and log.arrived[k] <= log.talked[parent]
        and (one.warm is not None or log.arrived[k] == log.talked[parent])
        for name, one in centre.transfers.items()
        if (name in centre.scenario.transfers) == (log.cause[k] == Cause.TRANSFER)
        and one.passes_on(centre.pool_names[log.pool[parent]])
        and is_some(one.share.at(*names))
    )


def called_again(log: ContactLog, centre: Centre, k: int) -> bool:
    """Whether the customer may be called once more, who did not pick up."""
    channel = centre.channels[log.channel[k]]
    calls = channel.outbound or channel.callback
    return log.outcome[k] == Outcome.UNREACHED and calls is not None and calls.attempts > 1


def limits(run: Run, centre: Centre) -> None:
    """Retries, agains and moves within their limits (rule 8)."""
    log = run.log
    n = len(run.draws.arrival)
    for cause, most in (
        ([Cause.RETRY], [r.retry.attempts if r.retry else 0 for r in centre.reasons]),
        ([Cause.AGAIN], [r.again.attempts if r.again else 0 for r in centre.reasons]),
        (MOVES, [MOST_MOVES for _ in centre.reasons]),
    ):
        count = np.bincount(log.customer[np.isin(log.cause, cause)], minlength=n)
        demand((count <= np.array(most)[run.draws.reason]).all(), f"at most so many {cause}")


def grid(run: Run, centre: Centre) -> None:
    """All times are multiples of 2^-20 s."""
    del centre
    times = [run.log.arrived, run.log.ended, run.log.talked, run.log.freed]
    times += [run.duty.on, run.duty.off, run.duty.left]
    for column in times:
        ticks = column[~np.isnan(column)] / TICK
        demand((ticks == np.floor(ticks)).all(), "times are on the grid")


def capacity(run: Run, centre: Centre) -> None:
    """No agent's shares in hand exceed his capacity (rule 6)."""
    log = run.log
    steps: dict[int, list[tuple[float, int, int]]] = defaultdict(list)
    pool_of = agent_pools(run)
    for k, agent, began, until in pieces(run):
        pool = pool_of[agent]
        unit = centre.unit(pool, int(log.channel[k]))
        # At one instant an agent first finishes, then takes.
        if until > began:
            steps[agent] += [(began, 1, unit), (until, 0, -unit)]
            steps[agent] += [(nan, 0, centre.capacity[pool])]
    for agent, found in steps.items():
        room = next(unit for when, _, unit in found if isnan(when))
        load = 0
        for _, _, unit in sorted(step for step in found if not isnan(step[0])):
            load += unit
            demand(0 <= load <= room, f"agent {agent} has {load} of {room} shares in hand")


def duty(run: Run, centre: Centre) -> None:
    """Agents answer on duty, or behind a closed door that drains; spells do not overlap (9)."""
    log = run.log
    spells: dict[int, list[tuple[float, float, float]]] = defaultdict(list)
    for (agent, on, off, left), came in zip(run.spells(), run.duty.came.tolist(), strict=True):
        demand(on < off <= left, f"agent {agent} leaves after his duty began and ended")
        demand(on <= came <= left, f"agent {agent} comes before he leaves")
        demand(not spells[agent] or spells[agent][-1][2] <= came, f"agent {agent} is there twice")
        spells[agent].append((came, off, left))
    pool_of = agent_pools(run)
    for k, agent, when, until in pieces(run):
        mine = [spell for spell in spells[agent] if spell[0] <= when <= spell[2]]
        demand(bool(mine), f"contact {k}: its agent is not there")
        offered = centre.pools[pool_of[agent]].offers is not None  # begun on duty, accepted later
        leg = log.cause[k] in PASSED_ON  # the witness looks at these
        if not offered and not leg and not any(on <= when < off for on, off, _ in mine):
            channel = centre.channels[log.channel[k]]
            line = centre.lines[int(log.reason[k]), int(log.channel[k])]
            demand(
                channel.live and channel.at_close == "drain" and line.door is not None,
                f"contact {k}: taken off duty, and its channel does not drain",
            )
            shut = [high for _, high in centre.doors[line.door or 0]]
            closed = any(log.arrived[k] < high <= when for high in shut)
            demand(closed, f"contact {k}: taken off duty, and its door has not closed")
        last = [spell for spell in spells[agent] if spell[0] <= until][-1]
        demand(
            until <= last[2] or until > centre.horizon,
            f"contact {k}: its agent left before it was finished",
        )


def pieces(run: Run) -> list[tuple[int, int, float, float]]:
    """Contact, agent, from, to of all that was in hand: what was put down, and how it went on."""
    log, found = run.log, []
    begun = {int(k): float(log.ended[k]) for k in np.flatnonzero(np.isin(log.outcome, TAKEN))}
    some = log.put_down
    for k, agent, began, until, resumed in zip(
        *(getattr(some, name).tolist() for name in vars(some)), strict=True
    ):
        found.append((k, agent, began, until))
        demand(began <= until and not resumed < until, f"contact {k}: put down after it was begun")
        if k in begun:
            begun[k] = resumed
    return found + [(k, int(log.agent[k]), at, float(log.freed[k])) for k, at in begun.items()]


def agent_pools(run: Run) -> list[int]:
    """The pool of each agent."""
    first = prepare(run.scenario).roster.first_agent
    return np.repeat(np.arange(len(first) - 1), np.diff(first)).tolist()


def values(draws: Draws, reason: int, attempt: int) -> np.ndarray:
    """The values of a reason's customers for their contact of this number."""
    if attempt == 0:
        return draws.values[draws.begins[reason] : draws.begins[reason + 1]]
    return draws.more.contact_values(reason, attempt)


def patience(run: Run, centre: Centre) -> None:
    """Nobody waits longer than his patience, and nobody gives up before (rule 7)."""
    log, draws = run.log, run.draws
    leg = np.isin(log.cause, PASSED_ON)  # the witness looks at these
    lines = (centre.lines[k] for k in zip(log.reason.tolist(), log.channel.tolist(), strict=True))
    at = np.array(
        [
            centre.begins(draws, Purpose.PATIENCE, line, now)
            for line, now in zip(lines, log.arrived.tolist(), strict=True)
        ],
        dtype=np.int64,
    )
    at[leg] = -1
    limit = np.full(len(log), inf)
    for reason, attempt in np.unique(np.stack([log.reason, log.attempt]), axis=1).T.tolist():
        rows = np.flatnonzero((log.reason == reason) & (log.attempt == attempt) & (at >= 0))
        place = at[rows] - draws.begins[reason] + draws.row[log.customer[rows]]
        limit[rows] = values(draws, reason, attempt)[place]
    limit[log.callback == 1] = inf  # the witness looks at who is called back
    gave_up = np.isin(log.outcome, [Outcome.ABANDONED, Outcome.EXPIRED])
    told = np.array([channel.announcement is not None for channel in centre.channels])[log.channel]
    limit[told] = inf  # the witness looks at these
    demand(
        (log.ended == log.arrived + limit)[gave_up & ~told & ~leg & (log.callback == 0)].all(),
        "gives up when patience ends",
    )
    wait = np.where(np.isnan(log.ended), centre.horizon, log.ended) - log.arrived
    demand((wait <= limit)[log.outcome != Outcome.UNFINISHED].all(), "nobody waits beyond patience")


def first_come_first_served(run: Run, centre: Centre) -> None:
    """Nobody of a line is answered while one who came before him in it goes on waiting (5)."""
    log = run.log
    at_once = [Outcome.BALKED, Outcome.BLOCKED, Outcome.SELF_SERVED, Outcome.NO_LINE]
    after_waiting = ~np.isin(log.outcome, at_once) & ~np.isin(log.cause, PASSED_ON)
    after_waiting &= (log.outcome != Outcome.FLOWED_OUT) | (log.ended > log.arrived)
    for reason, channel in centre.lines:
        mine = np.flatnonzero((log.reason == reason) & (log.channel == channel) & after_waiting)
        keys = [
            centre.key(run.draws, reason, channel, int(log.cause[k]), float(log.arrived[k]), int(k))
            for k in mine
        ]
        if keys != log.arrived[mine].tolist():
            continue  # places of their own: the witness looks at these
        mine = mine[np.lexsort((mine, log.arrived[mine]))]
        ended = np.where(np.isnan(log.ended[mine]), inf, log.ended[mine])
        for k, began in zip(log.put_down.contact, log.put_down.began, strict=True):
            ended[mine == k] = np.minimum(ended[mine == k], began)
        if any(centre.pools[p].offers for p, *_ in centre.lines[reason, channel].steps):
            continue  # those on offer are answered as agents respond
        answered = np.where(np.isin(log.outcome[mine], TAKEN), ended, inf)
        arrived = log.arrived[mine]
        coming = (log.outcome[mine] == Outcome.UNFINISHED) & (arrived > centre.horizon)
        if not len(mine):
            continue
        later = np.minimum.accumulate(np.append(answered, inf)[::-1])[::-1][1:]
        good = (ended <= later) | coming | (later == inf)
        demand(good.all(), f"first come first served on {centre.channel_names[channel]}")


def little(run: Run, witness: Witness) -> None:
    """L = lambda W on the path: the integral of the number waiting is the sum of the waits."""
    log = run.log
    ended = np.where(np.isnan(log.ended), witness.clock, log.ended)
    some = log.put_down
    for k, began in zip(some.contact, some.began, strict=True):
        ended[k] = min(ended[k], began)
    waits = np.maximum(ended - log.arrived, 0.0)
    resumed = np.where(np.isnan(some.resumed), witness.clock, some.resumed)
    waited = waits.sum() + (resumed - some.until).sum()
    demand(waited == witness.waited, f"waits {waited}, seen {witness.waited}")
    held = sum(min(until, witness.clock) - began for _, _, began, until in pieces(run))
    demand(held == witness.held, f"in hand {held}, seen {witness.held}")


# --- the witness ------------------------------------------------------------------------------

(SHUT, OFF, TALKED, FINISHED, OFFER_ENDS, PAUSE_ENDS, ON, ARRIVES) = range(8)
(JOINS, LEAVES, DUE, PATIENCE, END) = range(8, 13)
COMING, WAITING, OFFERED, IN_HAND, ENDED = "coming", "waiting", "on offer", "in hand", "ended"
PUT_DOWN = "put down"


@dataclass
class Contact:
    """What the witness knows of a contact."""

    number: int
    customer: int
    attempt: int
    line: Line
    cause: Cause
    parent: int
    arrived: float
    state: str = COMING
    joined: int = 0
    draining: bool = False
    withdrawn: bool = False
    callback: int = 0  # which call; 0: nobody is to call
    patience_times: float = 1.0
    kept_line: bool = False  # from the contact before
    menu_until: float = -inf
    offers: int = 0
    accepts: bool = False
    reached: bool = True
    agent: Agent | None = None
    talk: float = 0.0
    wrap: float = 0.0
    freed: float = nan
    talked: float = nan
    done: float = 0.0
    touched: float = nan
    speed: float | None = None
    began: float = nan  # the present piece of work
    slow: tuple[float, float] = (1.0, 1.0)
    rest: tuple[float, float] | None = None  # before speed, of work that was put down
    answered: float = nan  # when it was first taken in hand
    before_speed: float = nan  # the wrap-up
    row: list[float] = field(default_factory=list)  # of what was put down, the latest
    passing: tuple[str, Line] | None = None  # by which transfer it will be passed on, to what
    passed_on: bool = False
    talk_ends: float = nan  # if it is passed on then
    by_ai: ByAi = ByAi.NO
    stays: bool = False  # who passed it on stays with the customer, or did
    held: bool = False  # agents stay for what it may become
    origin: Contact | None = None  # what it was before it was passed on


@dataclass
class Agent:
    """What the witness knows of an agent."""

    number: int
    pool: int
    on: bool = False
    there: bool = False
    since: float = -inf
    spell: int = -1
    paused: bool = False
    resumes: float = nan
    offers: int = 0
    slowness: float = 1.0
    over: bool = True  # the spell has ended
    rested: float = -inf  # when the break before the next spell may have begun
    missed: list[int] = field(default_factory=list)  # spells that wait for him to leave
    hand: list[Contact] = field(default_factory=list)
    ringing: list[Contact] = field(default_factory=list)  # on offer to him
    aside: list[Contact] = field(default_factory=list)  # put down, for him to go on with

    @property
    def idle(self) -> bool:
        return self.on and not self.paused and not self.hand and not self.ringing


class Witness:
    """Follows a run event by event and compares every decision with the log."""

    def __init__(self, run: Run, centre: Centre) -> None:
        self.run, self.centre, self.log, self.draws = run, centre, run.log, run.draws
        self.values: dict[tuple[int, int], np.ndarray] = {}  # by reason and attempt
        self.clock = float(centre.start)
        self.waited = self.held = 0.0
        self.seen: dict[str, int] = defaultdict(int)  # what happened how often
        self.events: list[tuple[float, int, int, object]] = []
        self.contacts: list[Contact] = []
        self.queue: list[Contact] = []  # all who wait, in the order in which they joined
        self.used = {kind: defaultdict(int) for kind in ("tries", "agains", "moves")}
        self.agents: dict[int, Agent] = {}
        self.put_down: list[list[float]] = []
        self.rings: list[tuple[float, ...]] = []
        self.divided = set(run.log.put_down.contact.tolist())
        self.left = [nan] * len(run.duty.agent)
        self.came = [nan] * len(run.duty.agent)
        self.ended = 0

    def watch(self) -> None:
        """Go through the run."""
        self._expect_all()
        open_ = bool(self.contacts)
        while open_:
            before = self.clock
            time, kind, _, about = heapq.heappop(self.events)
            if time > before:
                self._between(time)
            self.clock = time
            if kind == END:
                break
            self._happen(kind, about)
            open_ = self.ended < len(self.contacts)
        self._afterwards()

    def _expect_all(self) -> None:
        draws = self.draws
        for k, time in enumerate(draws.arrival.tolist()):
            line = self.centre.lines[int(draws.reason[k]), int(draws.channel[k])]
            self.contacts.append(Contact(k, k, 0, line, Cause.FIRST, -1, time))
            self._expect(time, ARRIVES, k, self.contacts[k])
        pools = np.searchsorted(self._first_agent(), draws.duty_agent, side="right") - 1
        for i, (g, p) in enumerate(zip(draws.duty_agent.tolist(), pools.tolist(), strict=True)):
            self.agents.setdefault(g, Agent(g, p))
            self._expect(float(draws.duty_on[i]), ON, g, i)
            for time in {float(draws.duty_last[i]), float(draws.duty_off[i])}:
                self._expect(time, OFF, g, i)
        for d, spans in enumerate(self.centre.doors):
            for _, high in spans:
                if high >= self.centre.start:
                    self._expect(high, SHUT, d, d)
        self._expect(float(self.centre.horizon), END, 0, None)

    def _first_agent(self) -> list[int]:
        return prepare(self.run.scenario).roster.first_agent[:-1].tolist()

    def _expect(self, time: float, kind: int, number: int, about: object) -> None:
        heapq.heappush(self.events, (time, kind, number, _Last(about)))

    def _happen(self, kind: int, about: object) -> None:
        about = about.it  # type: ignore[attr-defined]
        {
            TALKED: self._talk_ends,
            FINISHED: self._finished,
            OFFER_ENDS: self._offer_ends,
            PAUSE_ENDS: self._pause_ends,
            ON: self._comes_on,
            SHUT: self._door_closes,
            OFF: self._goes_off,
            ARRIVES: self._arrives,
            JOINS: self._pool_joins,
            LEAVES: self._exit_opens,
            DUE: self._due,
            PATIENCE: self._patience_ends,
        }[kind](about)

    # --- between two instants: the state of the centre ----------------------------------------

    def _between(self, until: float) -> None:
        length = until - self.clock
        aside = sum(len(agent.aside) for agent in self.agents.values())
        self.waited += length * (len(self.queue) + aside)
        self.held += length * sum(len(agent.hand) for agent in self.agents.values())
        for agent in self.agents.values():
            room = self._room(agent)
            demand(room >= 0, f"agent {agent.number} has more in hand than he can at {self.clock}")
            busy = agent.hand or agent.ringing
            demand(agent.on or agent.there or not busy, f"agent {agent.number} away at work")
            for contact in agent.aside if agent.on and not agent.paused else ():
                unit = self.centre.unit(agent.pool, contact.line.channel)
                demand(room < unit, f"agent {agent.number} could go on with {contact.number}")
        for contact in self.queue:
            if contact.state == OFFERED:
                continue
            for group in contact.line.groups(contact.joined):
                able = self._able_of(group, contact)
                demand(
                    not able,
                    f"contact {contact.number} waits after {self.clock}, "
                    f"agents {[agent.number for agent in able]} could take it (rule 5)",
                )
                staying = self._staying(group, contact)
                demand(
                    not (staying and self._is_first(contact)),
                    f"contact {contact.number} drains after {self.clock}, "
                    f"agents {[agent.number for agent in staying]} stay and could take it (rule 4)",
                )
                demand(
                    self._interrupted(group, contact) is None,
                    f"contact {contact.number} waits after {self.clock}: it interrupts (6c)",
                )

    def _room(self, agent: Agent) -> int:
        both = agent.hand + agent.ringing
        taken = sum(self.centre.unit(agent.pool, one.line.channel) for one in both)
        return self.centre.capacity[agent.pool] - taken

    def _able(self, pool: int, contact: Contact, keep: int) -> list[Agent]:
        mine = [agent for agent in self.agents.values() if agent.pool == pool and agent.on]
        if keep and sum(agent.idle for agent in mine) <= keep:
            return []
        unit = self.centre.unit(pool, contact.line.channel)
        return [agent for agent in mine if not agent.paused and self._room(agent) >= unit]

    def _able_of(self, group: list[tuple[int, float, int]], contact: Contact) -> list[Agent]:
        """The same of pools of equal rank, which are searched as one."""
        pools, keep = [pool for pool, *_ in group], group[0][2]
        idle = sum(one.idle for one in self.agents.values() if one.pool in pools and one.on)
        if keep and idle <= keep:
            return []
        return [agent for pool in pools for agent in self._able(pool, contact, 0)]

    def _best_of(self, able: list[Agent], contact: Contact, *, chance: bool = True) -> Agent | None:
        """The agent of several pools with the least share in use, or of a pool by luck."""
        pools = list(dict.fromkeys(agent.pool for agent in able))
        self.seen["equal_rank"] += len(pools) > 1
        if contact.line.random and chance and len(pools) > 0:
            luck = self._value(contact, Purpose.CHOOSE) if len(contact.line.steps) > 1 else 0
            self.seen["chosen_at_random"] += len(pools) > 1
            mine = pools[int(luck * len(pools))]
            return self._best([agent for agent in able if agent.pool == mine])
        return min(
            able,
            key=lambda agent: (
                Fraction(self.centre.capacity[agent.pool] - self._room(agent))
                / self.centre.capacity[agent.pool],
                agent.since,
                agent.number,
            ),
            default=None,
        )

    def _best_staying(self, group: list[tuple[int, float, int]], contact: Contact) -> Agent | None:
        return self._best_of(self._staying(group, contact), contact, chance=False)

    def _staying(self, group: list[tuple[int, float, int]], contact: Contact) -> list[Agent]:
        """Who is still there after duty and could take a contact behind a closed door."""
        pools = [pool for pool, *_ in group] if contact.draining else []
        return [
            agent
            for agent in self.agents.values()
            if agent.pool in pools
            and agent.there
            and not agent.on
            and not agent.paused
            and self._room(agent) >= self.centre.unit(agent.pool, contact.line.channel)
        ]

    def _best(self, agents: list[Agent]) -> Agent | None:
        """Most free capacity, then longest free, then lowest number (rule 3)."""
        return min(
            agents, key=lambda agent: (-self._room(agent), agent.since, agent.number), default=None
        )

    # --- what happens -------------------------------------------------------------------------

    def _arrives(self, contact: Contact) -> None:
        line, channel = contact.line, self.centre.channels[contact.line.channel]
        if contact.withdrawn:
            self._ends(contact, Outcome.WITHDRAWN)
        elif contact.callback or channel.outbound is not None:
            self.seen["called_again"] += contact.callback > 1
            self.seen["outbound"] += channel.outbound is not None
            contact.callback = max(contact.callback, 1)
            self._comes_in(contact)
        elif not self._has_line(contact):
            self._gives_up(contact, Outcome.NO_LINE)
        elif channel.unlimited:
            self._self_service(contact)
        elif self.centre.is_open(line, self.clock):
            self._comes_in(contact)
        elif contact.origin is not None and not channel.live:
            self.seen["backlog_of_legs"] += 1
            self._comes_in(contact)
        elif contact.origin is not None and channel.at_close == "drain":
            self.seen["leg_behind_the_door"] += 1
            self._waits(contact)
            contact.joined, contact.draining = 0, True
            self._pool_joins(contact)
        else:
            self.seen["leg_turned_away"] += contact.origin is not None
            self._turned_away(contact)
        if contact.origin is not None:
            self._lets_go(contact.origin)

    def _comes_in(self, contact: Contact) -> None:
        line, channel = contact.line, self.centre.channels[contact.line.channel]
        if agent := self._agent_on_arrival(contact):
            if self.centre.pools[agent.pool].offers:
                self._waits(contact)
            self._gives(agent, contact)
            self._goes_on(agent)
        elif contact.callback:
            self._waits(contact)
        elif channel.offer == "when_free" and not self._anybody_for(contact):
            self._turned_away(contact)
        elif self._wants_callback(contact):
            self.seen["callback"] += 1
            contact.callback = 1
            self._leaves_alone(contact)
            self._waits(contact)
        elif way := self._exit_on_arrival(contact):
            self.seen["exit_on_arrival"] += 1
            self._ends(contact, Outcome.FLOWED_OUT)
            self._flows_out(contact, way)
        elif channel.queue_limit is not None and channel.queue_limit <= sum(
            one.line.channel == line.channel and not one.callback for one in self.queue
        ):
            self._gives_up(contact, Outcome.BLOCKED)
        elif channel.live and contact.origin is None and self._balks(contact):
            self._gives_up(contact, Outcome.BALKED)
        else:
            told = channel.announcement
            if told is not None and self._expected_wait(contact) >= told.when_wait_over:
                self.seen["announced"] += 1
                contact.patience_times = told.patience
            self._waits(contact)

    def _has_line(self, contact: Contact) -> bool:
        """Whether a line is free, or the customer has one already, or needs none."""
        group = self._lines_of(self._name(contact))
        if group is None or contact.kept_line:
            return True
        self.seen["lines"] += 1
        return sum(self._holds(one, group) for one in self.contacts) < group.count

    def _lines_of(self, channel: str) -> LineGroup | None:
        groups = self.run.scenario.lines.values()
        return next((group for group in groups if channel in group.channels), None)

    def _holds(self, contact: Contact, group: LineGroup) -> bool:
        """Whether a customer is connected now, for those who arrive later in this instant."""
        if self._name(contact) not in group.channels:
            return False
        if contact.state == COMING:
            return contact.kept_line
        if contact.state in (WAITING, OFFERED):
            return not contact.callback
        if contact.menu_until > self.clock:
            return True
        if contact.passed_on:
            return False
        self.seen["line_of_a_callback"] += contact.callback and contact.state == IN_HAND
        return bool(self.log.talked[contact.number] > self.clock)

    def _keeps_line(self, before: Contact, after: Contact) -> bool:
        group = self._lines_of(self._name(before))
        after.kept_line = group is not None and self._name(after) in group.channels
        self.seen["kept_line"] += after.kept_line
        return after.kept_line

    def _balks(self, contact: Contact) -> bool:
        balk = self._reason(contact).balk.at(self._name(contact))
        chance = balk.share
        if balk.points:
            x = self._expected_wait(contact) if balk.by_wait else self._waiting(contact)
            xs, ys = zip(*balk.points, strict=True)
            chance = ys[-1] if x >= xs[-1] else float(np.interp(x, xs, ys))
            self.seen["balk_by_wait" if balk.by_wait else "balk_by_queue"] += 1
        return self._luck(contact, Purpose.BALK, chance)

    def _waiting(self, contact: Contact) -> int:
        """Contacts waiting on the channel, callbacks not counted."""
        channel = contact.line.channel
        return sum(one.line.channel == channel and not one.callback for one in self.queue)

    def _exit_on_arrival(self, contact: Contact) -> Exit | None:
        luck = None
        for way in self.centre.channels[contact.line.channel].exits:
            if way.after:
                continue
            if (way.when_waiting or 0) > self._waiting(contact):
                continue
            if (way.when_wait_over or 0) > self._expected_wait(contact):
                continue
            if 0 < way.accept < 1:
                luck = self._value(contact, Purpose.EXIT_AT_ONCE) if luck is None else luck
                if luck >= way.accept:
                    luck = (luck - way.accept) / (1 - way.accept)
                    continue
            if way.accept and (way.to == "end" or self._may_move(contact)):
                return way
        return None

    def _exit_opens(self, about: tuple[Contact, int]) -> None:
        contact, nth = about
        if contact.state not in (WAITING, OFFERED):
            return
        ways = self._later_exits(contact)
        way = ways[nth]
        taken = way.accept >= 1
        if 0 < way.accept < 1:
            luck = self._value(contact, Purpose.EXIT)
            for before in ways[:nth]:
                if 0 < before.accept < 1:
                    luck = (luck - before.accept) / (1 - before.accept)
            taken = luck < way.accept
        if taken and (way.to == "end" or self._may_move(contact)):
            self.seen["exit_after_a_wait"] += 1
            self.seen["second_exit"] += nth > 0
            agent = self._stops_waiting(contact, Outcome.FLOWED_OUT)
            self._flows_out(contact, way)
            self._looks_for_work(agent)

    def _later_exits(self, contact: Contact) -> list[Exit]:
        """The ways out after a wait, in the order in which they open."""
        ways = [way for way in self.centre.channels[contact.line.channel].exits if way.after]
        return sorted(ways, key=lambda way: way.after or 0)

    def _flows_out(self, contact: Contact, way: Exit) -> None:
        if way.to == "end":
            self._maybe_retry(contact)
        else:
            on = self.centre.channel_number(way.to)
            self._keeps_line(contact, self._moves(contact, Cause.EXIT, on, self.clock))

    def _expected_wait(self, contact: Contact) -> float:
        line = contact.line
        places = 0.0
        for pool, after, _ in line.steps:
            if after == 0:
                there = sum(one.on for one in self.agents.values() if one.pool == pool)
                limit = self.centre.pools[pool].answers[self._name(contact)]
                pace = self.centre.speed(pool, line.channel, limit)
                names = self.centre.reason_names[line.reason], self._name(contact)
                speed = usual(self.centre.pools[pool].speed.at(*names))
                places += there * (limit * pace * speed)
        ahead = sum(one.line.channel == line.channel for one in self.queue)
        reason = self._reason(contact)
        talk, wrap = (part.at(self._name(contact)) for part in (reason.handle, reason.wrap))
        told = 0.0
        if line.leg >= 0:
            transfer = self._transfer(contact)
            talk = transfer.handle or talk
            told = 0.0 if transfer.warm is None else transfer.warm.hand_over.expectation()
        work = talk.expectation() * self.centre.takes_times(line) + wrap.expectation() + told
        return (ahead + 1) * work / places if places else inf

    def _wants_callback(self, contact: Contact) -> bool:
        callback = self.centre.channels[contact.line.channel].callback
        if callback is None:
            return False
        if callback.hours is not None and not self.centre.covers([*callback.hours], self.clock):
            self.seen["no_callback_at_this_hour"] += 1
            return False
        return self._expected_wait(contact) >= callback.when_wait_over and self._luck(
            contact, Purpose.CALLBACK, callback.accept
        )

    def _agent_on_arrival(self, contact: Contact) -> Agent | None:
        at_once = sum(after == 0 for _, after, _ in contact.line.steps)
        return self._anybody_of(contact, at_once)

    def _anybody_of(self, contact: Contact, joined: int) -> Agent | None:
        for group in contact.line.groups(joined):
            agent = self._best_of(self._able_of(group, contact), contact)
            if agent is not None:
                return agent
        for group in contact.line.groups(joined):
            agent = self._best_staying(group, contact)
            if agent is not None:
                self.seen["declined_and_taken_by_a_staying_agent"] += 1
                return agent
        for group in contact.line.groups(joined):
            agent = self._interrupted(group, contact)
            if agent is not None:
                return agent
        return None

    # --- work that is put down (rule 6c) ------------------------------------------------------

    def _gives_way(self, agent: Agent, contact: Contact) -> list[Contact]:
        names = self.centre.channels[contact.line.channel].interrupts
        if not agent.on or agent.paused or self.centre.pools[agent.pool].offers:
            return []
        return [
            one
            for one in agent.hand
            if self._name(one) in names and one.freed > self.clock and one.passing is None
        ]

    def _interrupted(self, group: list[tuple[int, float, int]], contact: Contact) -> Agent | None:
        """Who has begun last what gives way to the contact, and then has room for it."""
        pools = [pool for pool, _, keep in group if not keep]
        found = [
            (-max(one.began for one in self._gives_way(agent, contact)), agent.number, agent)
            for agent in self.agents.values()
            if agent.pool in pools
            and self._gives_way(agent, contact)
            and self._room_for(agent, contact) >= self.centre.unit(agent.pool, contact.line.channel)
        ]
        return min(found)[-1] if found else None

    def _room_for(self, agent: Agent, contact: Contact) -> int:
        mine = self._gives_way(agent, contact)
        return self._room(agent) + sum(
            self.centre.unit(agent.pool, one.line.channel) for one in mine
        )

    def _puts_down(self, agent: Agent, contact: Contact) -> None:
        if self.centre.is_paced(agent.pool):
            self._advance(contact)
        else:
            contact.done = self.clock - contact.began
            if contact.talked > self.clock:
                contact.talked = nan
        agent.hand.remove(contact)
        slowness, own = contact.slow
        if contact.done < contact.talk:
            talk = to_grid((contact.talk - contact.done) / slowness / own)
            contact.rest = talk, contact.before_speed
        else:
            rest = max(contact.talk + contact.wrap - contact.done, 0.0)
            contact.rest = 0.0, to_grid(rest / slowness / own)
        row = [contact.number, agent.number, contact.began, self.clock, nan]
        self.put_down.append(row)
        contact.row, contact.agent, contact.freed, contact.speed = row, None, nan, None
        if self.centre.is_paced(agent.pool):
            self._speeds(agent)

    def _makes_room(self, agent: Agent, contact: Contact) -> None:
        while self._room(agent) < self.centre.unit(agent.pool, contact.line.channel):
            one = self._gives_way(agent, contact)[-1]
            self.seen["interrupted"] += 1
            self._puts_down(agent, one)
            one.state = PUT_DOWN
            agent.aside.append(one)

    def _goes_on(self, agent: Agent) -> None:
        if agent.aside:
            self._chooses(agent)

    def _hands_over(self, agent: Agent, spell: int) -> None:
        home = self.draws.duty_ends[spell] == 1
        agents = self.draws.duty_agent
        last = spell + 1 == len(agents) or agents[spell + 1] != agent.number
        over = [one for one in agent.hand if home and self._is_handed_over(one)]
        for contact in over:
            self.seen["handed_over"] += 1
            self._puts_down(agent, contact)
        for contact in list(agent.aside):
            if last or (home and self._is_handed_over(contact)):
                self.seen["aside_handed_over"] += 1
                agent.aside.remove(contact)
                over.append(contact)
        for contact in over:
            contact.state = WAITING
            first = sum(after == 0 for _, after, _ in contact.line.steps)
            contact.joined = max(contact.joined, first)
            self.queue.append(contact)
            self.queue.sort(key=lambda one: (one.arrived, one.number))
            self._expect(self.clock, JOINS, contact.number, (contact,))

    def _is_handed_over(self, contact: Contact) -> bool:
        said = self.centre.channels[contact.line.channel].hand_over
        return said and not contact.freed <= self.clock and contact.passing is None

    def _looked_at_again(self, contact: Contact) -> None:
        if contact.state != WAITING:
            return
        agent = self._anybody_of(contact, contact.joined)
        if agent is not None:
            self._gives(agent, contact)
            return
        for after in sorted({after for _, after, _ in contact.line.steps}):
            if contact.arrived + after > self.clock:
                self._expect(contact.arrived + after, JOINS, contact.number, contact)
        self._pool_joins(contact)

    def _anybody_for(self, contact: Contact) -> bool:
        """Whether a pool of the route, joined or not, has an agent who could take it now."""
        return self._anybody_of(contact, len(contact.line.steps)) is not None

    def _waits(self, contact: Contact) -> None:
        contact.state = WAITING
        self.queue.append(contact)
        contact.joined = sum(after == 0 for _, after, _ in contact.line.steps)
        for after in sorted({after for _, after, _ in contact.line.steps if after > 0}):
            self._expect(contact.arrived + after, JOINS, contact.number, contact)
        channel = self.centre.channels[contact.line.channel]
        drawn = self.centre.begins(self.draws, Purpose.PATIENCE, contact.line, self.clock) >= 0
        said = channel.callback.patience if contact.callback and channel.callback else None
        if said is not None or (channel.outbound is not None and channel.expires is not None):
            limit = self._value(contact, Purpose.CALLBACK_PATIENCE)
            self._expect(contact.arrived + limit, PATIENCE, contact.number, contact)
        if drawn and not contact.callback:
            limit = self._value(contact, Purpose.PATIENCE)
            if contact.patience_times != 1:
                limit = to_grid(limit * contact.patience_times)
            if limit < inf:
                self._expect(contact.arrived + limit, PATIENCE, contact.number, contact)
        for nth, way in enumerate(self._later_exits(contact)):
            if not contact.callback:
                opens = contact.arrived + to_grid(way.after or 0)
                self._expect(opens, LEAVES, contact.number, (contact, nth))
        if channel.overdue is not None and channel.due is not None:
            k = contact.number
            age = float(self.draws.age[k]) if k < len(self.draws.age) else 0.0
            due = max(contact.arrived + to_grid(channel.due) - age, contact.arrived)
            self._expect(due, DUE, contact.number, contact)

    def _pool_joins(self, contact: Contact | tuple[Contact]) -> None:
        if isinstance(contact, tuple):
            self._looked_at_again(*contact)
            return
        steps = contact.line.steps
        while (
            contact.state in (WAITING, OFFERED)
            and contact.joined < len(steps)
            and contact.arrived + steps[contact.joined][1] <= self.clock
        ):
            group = next(
                one for one in contact.line.groups(len(steps)) if steps[contact.joined] in one
            )
            contact.joined += len(group)
            if contact.state == OFFERED:
                continue
            agent = self._best_of(self._able_of(group, contact), contact)
            if agent is None and contact.draining:
                agent = self._best_staying(group, contact)
                self.seen["taken_by_a_staying_agent"] += agent is not None
            if agent is None:
                agent = self._interrupted(group, contact)
                self.seen["interrupted_at_joining"] += agent is not None
            if agent is not None:
                self.seen["taken_at_joining"] += 1
                self._gives(agent, contact)
                self._goes_on(agent)

    def _chooses(self, agent: Agent) -> None:
        """He takes contacts as long as he can (rule 4)."""
        while not agent.paused and (contact := self._best_contact(agent)) is not None:
            self.seen["taken_off_duty"] += not agent.on
            self._gives(agent, contact)

    def _gives(self, agent: Agent, contact: Contact) -> None:
        if contact.state == PUT_DOWN:
            self.seen["resumed"] += 1
            agent.aside.remove(contact)
            self._answers(agent, contact)
        elif self.centre.pools[agent.pool].offers:
            self._offered(agent, contact)
        else:
            self._answers(agent, contact)

    def _best_contact(self, agent: Agent) -> Contact | None:
        heads: dict[tuple[int, int, int], Contact] = {}
        for contact in (one for one in self.queue if one.state == WAITING):
            line = (contact.line.reason, contact.line.channel, contact.line.leg)
            if line not in heads or self._place(contact) < self._place(heads[line]):
                heads[line] = contact
        able = []
        for contact in heads.values():
            steps = contact.line.steps[: contact.joined]
            step = next((step for step in steps if step[0] == agent.pool), None)
            if step is None:
                continue
            unit = self.centre.unit(agent.pool, contact.line.channel)
            if self._room(agent) < unit and (step[2] or self._room_for(agent, contact) < unit):
                continue
            group = next(one for one in contact.line.groups(contact.joined) if step in one)
            pools = [pool for pool, *_ in group]
            free = sum(one.idle for one in self.agents.values() if one.pool in pools)
            if (free <= step[2] and step[2]) if agent.on else not contact.draining:
                continue
            key, number = self._place(contact)
            priority = self.centre.grown(agent.pool, contact, self.clock, key)
            self.seen["own_place"] += abs(key) != contact.arrived
            self.seen["newest_first"] += key < 0
            line = contact.line
            usual = self.centre.priority(agent.pool, line.reason, line.channel, self.clock)
            jumps = self._reason(contact).priority.after is not None
            self.seen["jumped" if jumps else "grown"] += priority != usual
            able.append((-priority, key, number, contact))
        for contact in agent.aside if agent.on else ():
            if self._room(agent) >= self.centre.unit(agent.pool, contact.line.channel):
                key, number = self._place(contact)
                priority = self.centre.grown(agent.pool, contact, self.clock, key)
                able.append((-priority, key, number, contact))
        return min(able)[-1] if able else None

    def _is_first(self, contact: Contact) -> bool:
        """Whether nobody waits before it in its queue."""
        return contact is min(
            (one for one in self.queue if one.line is contact.line and one.state == WAITING),
            key=self._place,
        )

    def _place(self, contact: Contact) -> tuple[float, int]:
        """A contact's place in its queue."""
        line, k = contact.line, contact.number
        cause = int(contact.cause)
        key = self.centre.key(self.draws, line.reason, line.channel, cause, contact.arrived, k)
        return key, k

    def _answers(self, agent: Agent, contact: Contact) -> None:
        self.seen["answered"] += 1
        if contact.draining:
            self._holds_on(contact)
        self._leaves_queue(contact)
        self._makes_room(agent, contact)
        contact.state, contact.agent = IN_HAND, agent
        k = contact.number
        times, part = self._work_to_do(contact)
        first = contact.rest is None
        if first:
            contact.answered = self.clock
        if k not in self.divided:  # else when it is finished
            self.seen["unreached"] += not contact.reached
            self._is_in_hand(contact)
        line = contact.line
        slowness = self.centre.slowness(agent.pool, line.reason, line.channel, self.clock)
        if first and contact.reached:
            part *= self.centre.takes_times(line)
            ai = self.centre.pools[agent.pool].ai_agent
            if ai is not None:
                times = self._meets(ai, agent, contact)
            else:
                contact.passing = self._is_passed_on(agent, contact)
                part *= self._transfer(contact).after if contact.passing else 1.0
        if contact.rest is not None:
            times = contact.rest
            contact.row[4] = self.clock
        contact.before_speed, contact.slow = times[1], (slowness, agent.slowness)
        contact.began, contact.done = self.clock, 0.0
        if (slowness, agent.slowness, part) != (1, 1, 1):
            talk, wrap = times
            times = (
                to_grid(talk * slowness * agent.slowness * part),
                to_grid(wrap * slowness * agent.slowness),
            )
        contact.talk, contact.wrap = times[0] + self._hands_over_to(contact), times[1]
        agent.hand.append(contact)
        if self.centre.is_paced(agent.pool):
            contact.touched = self.clock
            self._speeds(agent)
        else:
            if isnan(contact.talked):
                contact.talked = self.clock + contact.talk
            contact.freed = self.clock + contact.talk + contact.wrap
            self._expects_talk_end(contact, contact.talked)
            self._expect(contact.freed, FINISHED, k, (contact, contact.freed))
        if self.run.scenario.linked and contact.reached and first:
            self._withdraws_others(contact)
        self._release()

    def _withdraws_others(self, contact: Contact) -> None:
        for other in self.contacts:
            if other.customer != contact.customer or other is contact:
                continue
            if other.state in (WAITING, OFFERED) and other.rest is None:
                self._looks_for_work(self._stops_waiting(other, Outcome.WITHDRAWN))
            elif other.state == COMING:
                other.withdrawn = True

    def _work_to_do(self, contact: Contact) -> tuple[tuple[float, float], float]:
        """Talk and wrap-up, how many times so long the talk is; who is called may be reached."""
        channel = self.centre.channels[contact.line.channel]
        times = self._value(contact, Purpose.HANDLE), self._value(contact, Purpose.WRAP)
        out, back = channel.outbound, channel.callback
        if out is not None:
            chance, before = self._picks_up(out, contact.callback), to_grid(out.preview)
            other = self._luck(contact, Purpose.REACH, chance)
            contact.reached = self._luck(contact, Purpose.REACH, chance * out.right_party)
            if contact.reached:
                return (before + times[0], times[1]), 1.0
            self.seen["wrong_party"] += other
            return (before + to_grid(out.wrong_party if other else out.ring), 0.0), 1.0
        if contact.callback and back is not None:
            contact.reached = self._luck(contact, Purpose.REACH, back.reach)
            return (times, back.handle) if contact.reached else ((to_grid(back.ring), 0.0), 1.0)
        return times, 1.0

    def _picks_up(self, outbound: Outbound, call: int) -> float:
        """The chance that somebody answers the n-th call, now."""
        chance = outbound.reach
        for times, then in outbound.reach_at.items():
            if self.centre.covers([*times], self.clock):
                self.seen["other_chance_to_reach"] += 1
                chance = then
                break
        for _ in range(call - 1):
            chance = chance * outbound.reach_again
        return chance

    def _is_in_hand(self, contact: Contact) -> None:
        k, agent = contact.number, contact.agent
        assert agent is not None
        outcome = Outcome.ANSWERED if contact.reached else Outcome.UNREACHED
        self._says(k, outcome, contact.answered)
        self._equal(k, "agent", self.log.agent[k], agent.number)
        self._equal(k, "pool", self.log.pool[k], agent.pool)

    def _speeds(self, agent: Agent) -> None:
        """The number in hand has changed (rule 6)."""
        for contact in agent.hand:
            speed = self.centre.speed(agent.pool, contact.line.channel, len(agent.hand))
            if speed == contact.speed or contact.stays:
                continue
            self._advance(contact)
            contact.speed = speed
            rest = max(contact.talk - contact.done, 0.0)
            self._expects_talk_end(contact, self.clock + to_grid(rest / speed))
            rest = max(contact.talk + contact.wrap - contact.done, 0.0)
            contact.freed = self.clock + to_grid(rest / speed)
            self._expect(contact.freed, FINISHED, contact.number, (contact, contact.freed))
            self.seen["change_of_pace"] += len(agent.hand) > 1

    def _advance(self, contact: Contact) -> None:
        if contact.speed is not None:
            done = contact.done + (self.clock - contact.touched) * contact.speed
            if isnan(contact.talked) and done >= contact.talk:
                rest = max(contact.talk - contact.done, 0.0)
                contact.talked = min(contact.touched + to_grid(rest / contact.speed), self.clock)
            contact.done = done
        contact.touched = self.clock

    def _finished(self, about: tuple[Contact, float]) -> None:
        contact, when = about
        if contact.state != IN_HAND or contact.freed != when:
            return  # it has been put off, or brought forward
        agent = contact.agent
        assert agent is not None
        contact.state = ENDED
        self.ended += 1
        agent.since = self.clock
        agent.hand.remove(contact)
        if self.centre.is_paced(agent.pool):
            self._advance(contact)
            if isnan(contact.talked):
                contact.talked = self.clock
            self._speeds(agent)
        k = contact.number
        self._is_in_hand(contact)
        self._equal(k, "freed", self.log.freed[k], self.clock)
        self._equal(k, "talked", self.log.talked[k], contact.talked)
        if contact.reached and not contact.passing:
            self._maybe_again(contact)
        else:
            self._equal(k, "resolved", self.log.resolved[k], -1)
            if not contact.reached and not self._is_called_again(contact):
                self._maybe_retry(contact)
        self._chooses(agent)
        self._maybe_leaves(agent)
        if not contact.passed_on:
            self._lets_go(contact)

    # --- passed on (rule 11) ------------------------------------------------------------------

    def _is_passed_on(self, agent: Agent, contact: Contact) -> tuple[str, Line] | None:
        """By which transfer, and to which leg; decided at the answer."""
        line = contact.line
        ways = self.centre.ways(line, agent.pool)
        if not ways:
            return None
        names = self.centre.reason_names[line.reason], self._name(contact)
        luck, before = self._value(contact, Purpose.TRANSFER), 0.0
        for name, leg in ways:
            transfer = self.centre.transfers[name]
            before += self.centre.at(transfer.share.at(*names), self.clock)
            if luck < before:
                return self._once_more(contact, name, leg)
        return None

    def _once_more(self, contact: Contact, name: str, leg: Line | None) -> tuple[str, Line] | None:
        """What a transfer leads to, unless it has led to this contact too often."""
        assert leg is not None, f"a leg by {name} was not foreseen"
        times, most = self._passed_by(contact).count(name), self.centre.transfers[name].at_most
        self.seen["not_once_more"] += times >= most
        return (name, leg) if times < most else None

    def _passed_by(self, contact: Contact) -> list[str]:
        """What has passed it on, from leg to leg."""
        before = contact.origin
        return [] if before is None else [contact.line.passed_by, *self._passed_by(before)]

    def _transfer(self, contact: Contact) -> Transfer:
        """That will pass it on; else the one that did."""
        name = contact.passing[0] if contact.passing else contact.line.passed_by
        return self.centre.transfers[name]

    def _expects_talk_end(self, contact: Contact, time: float) -> None:
        if contact.passing and not contact.passed_on:
            contact.talk_ends = time
            self._expect(time, TALKED, contact.number, (contact, time))

    def _talk_ends(self, about: tuple[Contact, float]) -> None:
        contact, when = about
        if contact.passed_on or contact.talk_ends != when:
            return  # it has been put off, or brought forward
        assert contact.passing is not None
        contact.talked, contact.passed_on = self.clock, True
        line = contact.passing[1]
        cause = Cause.TRANSFER if contact.by_ai == ByAi.NO else Cause.HAND_OVER
        leg = self._makes(contact, cause, line.channel, self.clock, line)
        leg.origin = contact
        self.seen["passed_on"] += 1
        self.seen["passed_on_again"] += contact.origin is not None
        self.seen["as_another_reason"] += line.reason != contact.line.reason
        self.seen["on_another_channel"] += line.channel != contact.line.channel
        self.seen["leg_keeps_line"] += self._keeps_line(contact, leg)
        warm = self._transfer(contact).warm
        if warm is not None:
            self.seen["stays"] += 1
            self._stays_until(contact, self.clock + to_grid(warm.hold))

    def _stays_until(self, contact: Contact, time: float) -> None:
        """Who passes on warm stays with the customer; the wrap-up follows."""
        contact.stays = True
        contact.freed += time - contact.talked
        contact.talked = time
        self._expect(contact.freed, FINISHED, contact.number, (contact, contact.freed))

    def _is_alone(self, leg: Contact) -> bool:
        """Whether nobody stays with the customer who was passed on, or not any more."""
        return leg.origin is None or not leg.origin.stays or leg.origin.talked <= self.clock

    def _leaves_alone(self, leg: Contact) -> None:
        """Who stayed with a customer need not any longer."""
        if leg.origin is not None and not self._is_alone(leg):
            self.seen["stays_no_longer"] += 1
            self._stays_until(leg.origin, self.clock)

    def _hands_over_to(self, contact: Contact) -> float:
        """How long whoever passed it on and whoever answers it now talk about it."""
        if contact.origin is None or self._is_alone(contact):
            self.seen["hold_is_over"] += contact.origin is not None and contact.origin.stays
            return 0.0
        self.seen["told"] += 1
        time = self._value(contact, Purpose.HAND_OVER)
        self._stays_until(contact.origin, self.clock + time)
        return time

    # --- AI agents (rule 12) ------------------------------------------------------------------

    def _meets(self, ai: AiAgent, agent: Agent, contact: Contact) -> tuple[float, float]:
        """What becomes of a conversation, and how long it takes."""
        line = contact.line
        names = self.centre.reason_names[line.reason], self._name(contact)
        asks, resolves = (
            self.centre.at(said.at(*names), self.clock)
            for said in (ai.asks_for_person, ai.resolves)
        )
        luck = self._value(contact, Purpose.AI_AGENT)
        if luck < asks:
            contact.by_ai = ByAi.ASKED
        elif self._value(contact, Purpose.DIFFICULTY, attempt=0) < resolves:
            contact.by_ai = ByAi.RESOLVED
        elif (luck - asks) / (1 - asks) < ai.wrong:
            contact.by_ai = ByAi.WRONG
        elif (luck - asks) / (1 - asks) < ai.wrong + ai.leaves:
            contact.by_ai = ByAi.LEFT
        else:
            contact.by_ai = ByAi.HANDED_OVER
        self.seen[f"ai_{contact.by_ai.name.lower()}"] += 1
        talk = self._value(contact, Purpose.AI_TALK)
        if contact.by_ai == ByAi.ASKED:
            talk = to_grid(ai.asked_after)
        if contact.by_ai in (ByAi.ASKED, ByAi.HANDED_OVER):
            [way] = self.centre.ways(line, agent.pool)
            contact.passing = self._once_more(contact, *way)
            if contact.passing is None:
                contact.by_ai = ByAi.LEFT
        return talk, 0.0

    def _holds_on(self, contact: Contact) -> None:
        """Agents stay for what a contact behind a closed door may become."""
        drains = self.centre.channels[contact.line.channel].at_close == "drain"
        if drains and not contact.passed_on:
            self.seen["held"] += not contact.held and bool(contact.line.reaches)
            contact.held = True

    def _lets_go(self, contact: Contact) -> None:
        if contact.held:
            contact.held = False
            self._release()

    # --- offers (rule 6b) ---------------------------------------------------------------------

    def _offered(self, agent: Agent, contact: Contact) -> None:
        self.seen["offered"] += 1
        offers = self.centre.pools[agent.pool].offers
        assert offers is not None
        contact.state, contact.agent = OFFERED, agent
        contact.began = self.clock
        agent.ringing.append(contact)
        first, past = self.draws.offer_first[agent.number : agent.number + 2].tolist()
        block, entry = divmod(agent.offers, past - first)
        luck, responses = (
            self.draws.more.answers_to_offers(block)
            if block
            else (
                self.draws.offer_luck,
                self.draws.offer_response,
            )
        )
        self.seen["later_block"] += block > 0
        response = float(responses[first + entry])
        timeout = to_grid(offers.timeout)
        contact.accepts = response <= timeout and luck[first + entry] < offers.accept
        contact.offers += 1
        agent.offers += 1
        until = self.clock + min(response, timeout)
        self._expect(until, OFFER_ENDS, contact.number, (contact, contact.offers))

    def _offer_ends(self, about: tuple[Contact, int]) -> None:
        contact, number = about
        if contact.state != OFFERED or contact.offers != number:
            return
        agent = contact.agent
        assert agent is not None
        self._rings_no_more(agent, contact)
        if contact.accepts:
            self._answers(agent, contact)
            return
        self.seen["declined"] += 1
        contact.state = WAITING
        offers = self.centre.pools[agent.pool].offers
        assert offers is not None
        agent.paused, agent.resumes = True, self.clock + to_grid(offers.pause)
        self._expect(agent.resumes, PAUSE_ENDS, agent.number, (agent, agent.resumes))
        other = self._anybody_of(contact, contact.joined)
        if other is not None:
            self._gives(other, contact)
            self._goes_on(other)
        self._maybe_leaves(agent)

    def _rings_no_more(self, agent: Agent, contact: Contact) -> None:
        agent.ringing.remove(contact)
        if contact.began < self.clock:
            self.rings.append((contact.number, agent.number, contact.began, self.clock))

    def _pause_ends(self, about: tuple[Agent, float]) -> None:
        agent, when = about
        if not agent.paused or agent.resumes != when:
            return
        agent.paused, agent.since = False, self.clock
        if agent.there:
            self._chooses(agent)
            self._maybe_leaves(agent)

    def _stops_waiting(self, contact: Contact, outcome: Outcome) -> Agent | None:
        """It leaves the queue unanswered; the agent it was on offer to is free again."""
        agent = contact.agent if contact.state == OFFERED else None
        self._ends(contact, outcome)
        self._leaves_queue(contact)
        if agent is not None:
            self.seen["offer_broken_off"] += 1
            self._rings_no_more(agent, contact)
        self._release()
        return agent

    def _looks_for_work(self, agent: Agent | None) -> None:
        if agent is not None and agent.there:
            self._chooses(agent)
            self._maybe_leaves(agent)

    def _comes_on(self, about: int | tuple[int, float]) -> None:
        """A spell begins: at once, or when the break before it is over, or never."""
        spell, back = about if isinstance(about, tuple) else (about, None)
        agent = self.agents[int(self.draws.duty_agent[spell])]
        pause = float(self.draws.duty_break[spell])
        if back is None and pause:
            agent.missed.append(spell)
            if not agent.there:
                self._after_the_break(agent)
            return
        if agent.there:
            self.seen["overtime_into_the_next_spell"] += 1
            self.left[agent.spell] = self.clock
            for one in agent.missed:
                self.came[one] = self.left[one] = self.clock
            agent.missed = []
        agent.over = False
        agent.there, agent.on = True, self.clock < self.draws.duty_last[spell]
        agent.spell, agent.since = spell, self.clock
        agent.slowness = float(self.draws.duty_slowness[spell])
        self.seen["slow_spell"] += agent.slowness != 1
        self._chooses(agent)

    def _after_the_break(self, agent: Agent) -> None:
        for spell in agent.missed:
            back = agent.rested + float(self.draws.duty_break[spell])
            if back <= self.clock:
                self._comes_on((spell, back))
            elif back >= self.draws.duty_last[spell]:
                self.seen["break_longer_than_the_rest"] += 1
                left = -inf if agent.spell < 0 else self.left[agent.spell]
                self.came[spell] = self.left[spell] = max(float(self.draws.duty_off[spell]), left)
                agent.rested = back
            else:
                self.seen["back_late"] += 1
                self.came[spell] = back
                self._expect(back, ON, agent.number, (spell, back))
        agent.missed = []

    def _goes_off(self, spell: int) -> None:
        agent = self.agents[int(self.draws.duty_agent[spell])]
        if agent.spell != spell:
            return
        if agent.on:
            agent.on = False
            self.seen["last_contact"] += self.clock < self.draws.duty_off[spell]
        agent.over = self.clock >= self.draws.duty_off[spell]
        if agent.over:
            self._hands_over(agent, spell)
        self._chooses(agent)
        self._maybe_leaves(agent)
        self.seen["overtime"] += agent.there and bool(agent.hand)
        self.seen["staying_idle"] += agent.there and not agent.hand

    def _maybe_leaves(self, agent: Agent) -> None:
        if agent.on or not agent.there or agent.hand or agent.ringing:
            return
        if not agent.over:
            return
        drain = any(
            contact.draining and agent.pool in [pool for pool, *_ in contact.line.steps]
            for contact in self.queue
        )
        may_come = bool(self.centre.legs) and any(
            agent.pool in contact.line.reaches
            for contact in self.contacts
            if contact.held or contact.draining
        )
        if not drain and not may_come:
            agent.there = False
            self.left[agent.spell] = agent.rested = self.clock
            self._after_the_break(agent)

    def _release(self) -> None:
        for agent in self.agents.values():
            self._maybe_leaves(agent)

    def _door_closes(self, door: int) -> None:
        waiting = [
            contact
            for contact in self.queue
            if contact.line.door == door and self.centre.channels[contact.line.channel].live
        ]
        for contact in self.contacts:
            if contact.state == IN_HAND and contact.line.door == door:
                self._holds_on(contact)
        freed = []
        sudden = self.clock in self.centre.sudden[door]
        self.seen["closed_by_an_event"] += sudden and bool(waiting)
        for contact in sorted(waiting, key=lambda contact: contact.number):
            if self.centre.channels[contact.line.channel].at_close == "drain" and not sudden:
                contact.draining = True
                self.seen["draining"] += 1
            elif not contact.callback:
                self.seen["dismissed"] += 1
                freed.append(self._stops_waiting(contact, Outcome.CLOSED))
                self._sent_away(contact)
        for agent in freed:
            self._looks_for_work(agent)
        for agent in sorted(self.agents.values(), key=lambda agent: agent.number):
            if agent.there and not agent.on:
                self._chooses(agent)

    def _patience_ends(self, contact: Contact) -> None:
        if contact.state in (WAITING, OFFERED) and contact.rest is None:
            live = self.centre.channels[contact.line.channel].live and not contact.callback
            self.seen["callback_expired"] += contact.callback > 0
            agent = self._stops_waiting(contact, Outcome.ABANDONED if live else Outcome.EXPIRED)
            self._looks_for_work(agent)
            if live:
                self._maybe_retry(contact)

    def _leaves_queue(self, contact: Contact) -> None:
        contact.draining = False
        if contact in self.queue:
            self.queue.remove(contact)

    # --- second chances -----------------------------------------------------------------------

    def _gives_up(self, contact: Contact, outcome: Outcome) -> None:
        self._ends(contact, outcome)
        self._maybe_retry(contact)

    def _maybe_retry(self, contact: Contact) -> None:
        retry = self._own(contact).retry
        if self.centre.channels[contact.line.channel].outbound is not None:
            return  # nobody got in touch
        if retry is None or self.used["tries"][contact.customer] >= retry.attempts:
            return
        if self._luck(contact, Purpose.RETRY, retry.chance.at(self._name(contact))):
            self.used["tries"][contact.customer] += 1
            time = self.clock + self._value(contact, Purpose.RETRY_AFTER)
            self._makes(contact, Cause.RETRY, self._on(retry.on, contact), time)

    def _is_called_again(self, contact: Contact) -> bool:
        channel = self.centre.channels[contact.line.channel]
        calls = channel.outbound or channel.callback
        if calls is None or contact.callback >= calls.attempts:
            return False
        time = self.clock + to_grid(calls.again_after)
        one = self._makes(contact, Cause.CALL, contact.line.channel, time)
        one.callback = contact.callback + 1
        return True

    def _maybe_again(self, contact: Contact) -> None:
        reason = self._reason(contact)
        resolved = contact.by_ai == ByAi.RESOLVED
        if contact.by_ai == ByAi.NO:
            chance = self.centre.at(reason.resolved.at(self._name(contact)), contact.answered)
            resolved = self._luck(contact, Purpose.AGAIN, chance)
        k = contact.number
        self._equal(k, "resolved", self.log.resolved[k], int(resolved))
        again = self._own(contact).again if contact.by_ai != ByAi.LEFT else None
        if not resolved and again and self.used["agains"][contact.customer] < again.attempts:
            self.used["agains"][contact.customer] += 1
            time = self.clock + self._value(contact, Purpose.AGAIN_AFTER)
            self._makes(contact, Cause.AGAIN, self._on(again.on, contact), time)

    def _self_service(self, contact: Contact) -> None:
        channel = self.centre.channels[contact.line.channel]
        self._ends(contact, Outcome.SELF_SERVED)
        resolved = self._luck(contact, Purpose.AGAIN, channel.resolved)
        k = contact.number
        self._equal(k, "resolved", self.log.resolved[k], int(resolved))
        if not resolved and channel.otherwise is not None and self._may_move(contact):
            time = self.clock + self._value(contact, Purpose.HANDLE)
            on = self.centre.channel_number(channel.otherwise)
            if self._keeps_line(contact, self._moves(contact, Cause.OTHERWISE, on, time)):
                return
        contact.menu_until = self.clock + self._value(contact, Purpose.HANDLE)

    def _turned_away(self, contact: Contact) -> None:
        self._ends(contact, Outcome.CLOSED)
        self._sent_away(contact)

    def _sent_away(self, contact: Contact) -> None:
        door = self._own(contact).closed.at(self._name(contact))
        if door.lost >= 1 or not self._may_move(contact):
            return
        shares = [0.0] * len(self.centre.channels)
        for name, share in door.to.items():
            shares[self.centre.channel_number(name)] += share
        luck = self._value(contact, Purpose.CLOSED)
        choice = int((np.cumsum([door.lost, door.returns, *shares]) <= luck).sum())
        if choice == 1:
            opening = self.centre.next_opening(contact.line, self.clock)
            if opening < inf:
                if door.after is None:
                    time = self._by_profile(contact)
                else:
                    time = opening + self._value(contact, Purpose.CLOSED_AFTER)
                self._moves(contact, Cause.CLOSED, contact.line.channel, time)
        elif 2 <= choice < 2 + len(shares):
            self._moves(contact, Cause.CLOSED, choice - 2, self.clock)

    def _by_profile(self, contact: Contact) -> float:
        """When they come again; what the log says if it is that, but for the last digits."""
        luck = self._value(contact, Purpose.CLOSED_AFTER)
        time = self.centre.comes_back(contact.line, self.clock, luck)
        said = float(self.log.arrived[len(self.contacts)])
        self.seen["by_profile"] += 1
        return said if abs(said - time) <= 2 * TICK else to_grid(time)

    def _due(self, contact: Contact) -> None:
        overdue = self.centre.channels[contact.line.channel].overdue
        if (
            contact.state in (WAITING, OFFERED)
            and contact.rest is None
            and self._luck(contact, Purpose.OVERDUE, overdue.chance)
            and self._may_move(contact)
        ):
            self._moves(contact, Cause.OVERDUE, self.centre.channel_number(overdue.on), self.clock)

    def _may_move(self, contact: Contact) -> bool:
        return self.used["moves"][contact.customer] < MOST_MOVES

    def _moves(self, contact: Contact, cause: Cause, channel: int, time: float) -> Contact:
        self.used["moves"][contact.customer] += 1
        return self._makes(contact, cause, channel, time)

    def _makes(
        self, parent: Contact, cause: Cause, channel: int, time: float, leg: Line | None = None
    ) -> Contact:
        k = len(self.contacts)
        demand(k < len(self.log), f"contact {parent.number} leads to one more ({cause.name})")
        attempt = 1 + sum(
            one.customer == parent.customer for one in self.contacts[parent.customer + 1 :]
        )
        line = leg or self.centre.lines[parent.line.whose, channel]
        contact = Contact(k, parent.customer, attempt, line, cause, parent.number, time)
        self.contacts.append(contact)
        for name, value in (
            ("parent", parent.number),
            ("cause", int(cause)),
            ("customer", parent.customer),
            ("attempt", attempt),
            ("reason", line.reason),
            ("channel", channel),
            ("arrived", time),
        ):
            self._equal(k, name, getattr(self.log, name)[k], value)
        self._expect(time, ARRIVES, k, contact)
        return contact

    # --- comparing ----------------------------------------------------------------------------

    def _ends(self, contact: Contact, outcome: Outcome) -> None:
        contact.state = ENDED
        self._leaves_alone(contact)
        self.ended += 1
        self.seen[outcome.name.lower()] += 1
        self._says(contact.number, outcome, self.clock)

    def _says(self, k: int, outcome: Outcome, ended: float) -> None:
        said = Outcome(self.log.outcome[k]).name
        demand(
            said == outcome.name and self.log.ended[k] == ended,
            f"contact {k} is {outcome.name} at {ended}; the log says {said} at {self.log.ended[k]}",
        )

    def _equal(self, k: int, what: str, said: float, expected: float) -> None:
        demand(said == expected, f"contact {k}: {what} is {expected!r}, the log says {said!r}")

    def _afterwards(self) -> None:
        """At the end nothing is left over: what is open is unfinished or in hand."""
        demand(len(self.contacts) == len(self.log), "no more contacts than were made")
        said = [getattr(self.log.put_down, name).tolist() for name in vars(self.log.put_down)]
        seen = np.array(self.put_down).reshape(-1, 5)
        demand(np.array_equal(np.array(said).T.reshape(-1, 5), seen, equal_nan=True), "put down")
        rang = zip(*(column.tolist() for column in vars(self.log.rings).values()), strict=True)
        demand(list(rang) == self.rings, "what rang, at whom, and how long")
        for contact in self.contacts:
            k = contact.number
            self._equal(k, "offers", self.log.offers[k], contact.offers)
            self._equal(k, "by_ai", self.log.by_ai[k], contact.by_ai)
            self._equal(k, "callback", self.log.callback[k], int(contact.callback > 0))
            if contact.state in (COMING, WAITING, OFFERED, PUT_DOWN):
                self.seen["unfinished"] += 1
                demand(self.log.outcome[k] == Outcome.UNFINISHED, f"contact {k} is unfinished")
            elif contact.state == IN_HAND:
                self._is_in_hand(contact)
                self._equal(k, "freed", self.log.freed[k], contact.freed)
        for one in self.agents.values():
            if one.spell >= 0 and not one.there:
                self._rests_after_the_end(one)
        for i, (agent, _, off, left) in enumerate(self.run.spells()):
            said = self.left[i]
            if isnan(said):  # not over when the run ended: the scheduled end, or the horizon
                mine = self.agents[agent]
                stays = mine.there and not mine.on and mine.spell == i
                said = self.centre.horizon if stays and mine.over else off
                if stays:
                    for one in mine.missed:
                        late = max(float(self.draws.duty_off[one]), said)
                        self.came[one] = self.left[one] = late
            demand(left == said, f"agent {agent} leaves at {said}; the log says {left}")
            on, came = float(self.run.duty.on[i]), float(self.run.duty.came[i])
            expected = on if isnan(self.came[i]) else self.came[i]
            demand(came == expected, f"agent {agent} comes at {expected}; the log says {came}")

    def _rests_after_the_end(self, agent: Agent) -> None:
        """A break that was begun late is whole also where nobody calls any more."""
        rested = agent.rested
        for spell in range(agent.spell + 1, len(self.came)):
            pause = float(self.draws.duty_break[spell])
            if self.draws.duty_agent[spell] != agent.number or not pause:
                return
            if not isnan(self.came[spell]):
                if self.came[spell] == self.left[spell]:
                    continue  # missed already: `rested` says so
                return
            back = rested + pause
            if back <= self.draws.duty_on[spell]:
                return
            if back < self.draws.duty_last[spell]:
                self.came[spell] = back
                return
            left = max(float(self.draws.duty_off[spell]), self.left[agent.spell])
            self.came[spell] = self.left[spell] = left
            rested = back

    # --- looking up ---------------------------------------------------------------------------

    def _reason(self, contact: Contact):
        """As one of which it is handled."""
        return self.centre.reasons[contact.line.reason]

    def _own(self, contact: Contact):
        """That of its customer."""
        return self.centre.reasons[contact.line.whose]

    def _name(self, contact: Contact) -> str:
        return self.centre.channel_names[contact.line.channel]

    def _on(self, name: str, contact: Contact) -> int:
        return contact.line.channel if name == "same" else self.centre.channel_number(name)

    def _value(self, contact: Contact, purpose: Purpose, attempt: int | None = None) -> float:
        """Of this attempt, or of the contact's own."""
        draws, line = self.draws, contact.line
        at = self.centre.begins(draws, purpose, line, self.clock)
        usual = draws.at[purpose, line.reason, line.channel]
        self.seen["by_time"] += line.leg < 0 and at != int(usual)
        assert at >= 0, f"{purpose.name} was never drawn"
        key = (line.whose, contact.attempt if attempt is None else attempt)
        if key not in self.values:
            self.values[key] = values(draws, *key)
        place = at - draws.begins[line.whose] + draws.row[contact.customer]
        return float(self.values[key][place])

    def _luck(self, contact: Contact, purpose: Purpose, chance: float) -> bool:
        if chance <= 0 or chance >= 1:
            return chance >= 1
        return self._value(contact, purpose) < chance


class _Last:
    """Something that never decides the order of events."""

    def __init__(self, it: object) -> None:
        self.it = it

    def __lt__(self, other: object) -> bool:
        return False
