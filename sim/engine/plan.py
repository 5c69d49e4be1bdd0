"""A scenario as tables of numbers: all that an engine needs to know besides the draws.

Reasons, channels and pools are numbered in the scenario's order; -1 means none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import cached_property
from itertools import accumulate
from math import inf, lcm

import numpy as np

from sim.draws.arrivals import cumulative_profile
from sim.draws.draw import Setting, skill_of_agents
from sim.draws.happening import FOLLOW_UP_DAYS, closed_spans
from sim.engine.passing import passing_tables
from sim.scenario.calendar import intervals
from sim.scenario.model import Channel, Pool, Scenario, Step
from sim.scenario.paths import (
    MOST_MOVES,
    Leg,
    all_transfers,
    by_ai_agent,
    handle_time,
    leg_steps,
    legs_of,
    route_of,
    steps_of,
)
from sim.scenario.queues import Balk, Priority
from sim.scenario.skills import by_skill
from sim.scenario.times import TimesOfWeek
from sim.tables import DAY, Draws, Floats, Ints, on_grid


class Kind(IntEnum):
    """The kinds of channel."""

    LIVE = 0
    DEFERRED = 1
    SELF_SERVICE = 2


ALWAYS = TimesOfWeek.parse("daily")

LIVE_FIRST = 1_000_000_000
"""Subtracted from the priority of deferred contacts: live work goes before it (rule 4)."""


@dataclass(frozen=True, eq=False)
class Plan:
    """The tables of one scenario. R reasons, C channels, P pools, G agents, D doors, X legs.

    A *line* is a contact type: number reason * C + channel, or R * C + the number of a leg. `menu`
    lists what each pool may take: rows [line, step, keep_free, priority] of pool p stand at
    menu_first[p] : menu_first[p + 1], highest priority first.
    """

    start: float  # the clock at the beginning
    horizon: float  # the clock at the end, if anything is still open then
    linked: bool
    most_moves: int
    # channels [C]
    kind: Ints
    queue_limit: Ints  # -1: none
    when_free: Ints
    drain: Ints
    hand_over: Ints  # 1: who goes home leaves what is not done to others
    interrupts: Ints  # [C, C] 1: work on the other channel is put down for it
    due: Floats  # inf: never
    overdue_chance: Floats
    overdue_on: Ints
    otherwise: Ints
    callback_over: Floats  # offered when the expected wait is so long; inf: never
    callback_chance: Floats  # that the customer takes it
    reach: Floats  # chance that the customer picks up when called back
    outbound: Ints  # 1: all its contacts are calls to be made
    right_party: Floats  # of those who pick up are whom the call is for
    wrong_party: Floats  # seconds lost on others
    preview: Floats  # seconds of an agent before a call
    reach_again: Floats  # a further call has the chance of the one before times that
    # other chances to pick up while a door is open, those of channel c at
    # reach_first[c] : reach_first[c + 1]; the first that is open holds
    reach_first: Ints
    reach_door: Ints
    reach_then: Floats
    ring: Floats  # seconds lost on one who does not
    callback_door: Ints  # [C] it is offered while this one is open; -1: always
    callback_times: Floats  # the talk of who is called back takes so many times as long
    calls: Ints  # how often a customer is called back at most, until they pick up
    call_again: Floats  # seconds from a call in vain to the next
    announce_over: Floats  # those waiting are told if the expected wait is so long; inf: never
    announce_patience: Floats  # their patience is then so many times as long
    newest: Ints  # [C] 1: the newest first
    trunk: Ints  # [C] the group of lines that customers hold; -1: none
    trunk_lines: Ints  # [groups] how many lines it has
    # ways out of the queues [E], those of channel c at exit_first[c] : exit_first[c + 1]: those on
    # arrival in the scenario's order, then the others by time
    exit_first: Ints
    exit_timed: Ints  # [C] where those after a wait begin
    exit_after: Floats  # seconds waited; 0: on arrival
    exit_over: Floats  # the expected wait is at least so long
    exit_waiting: Ints  # and at least so many wait
    exit_chance: Floats  # that the customer takes it
    exit_on: Ints  # channel; -1: the end
    # reasons [R]
    tries: Ints  # retries at most
    agains: Ints  # new contacts for an unresolved matter at most
    # cumulative profile of reason r at profile_first[r] : profile_first[r + 1]; nothing: evenly
    profile_first: Ints
    profile_time: Floats
    profile_before: Floats  # what of the profile lies before that time
    # contact types [R, C]
    balk: Floats
    balk_by: Ints  # 0: always the same chance, 1: by the expected wait, 2: by the number waiting
    balk_first: Ints  # [R * C + 1] where the points of each contact type begin
    balk_points: Floats  # [points, 2] wait or number, and chance there
    retry_chance: Floats
    retry_on: Ints
    resolved: Floats
    again_on: Ints
    mean_work: Floats  # mean talk and wrap-up, for the expected wait
    closed: Floats  # [R, C, 2 + C] cumulative chances: lost, returns, to channel 0, 1, ...
    by_profile: Ints  # [R, C] 1: who comes back does so as the reason's profile goes
    head_start: Floats  # [R, C, causes] seconds by which a contact goes before others
    door: Ints  # -1: always open
    route_length: Ints
    route_pool: Ints  # [R, C, steps]
    route_after: Floats  # [R, C, steps]
    route_keep: Ints  # [R, C, steps]
    route_rate: Floats  # [R, C, steps] places of an agent there, times their pace and speed
    route_group: Ints  # [R, C, steps] steps of equal rank stand together and have one number
    random: Ints  # [R, C] 1: among pools of equal rank luck chooses
    # values that depend on the time: which variant of them holds since when; at first number 0
    period_begins: Floats
    period_variant: Ints
    # doors: intervals of door d at door_first[d] : door_first[d + 1]
    door_first: Ints
    door_open: Floats
    door_close: Floats
    door_sudden: Ints  # 1: an event closes it, before its usual end
    # agents [G] and pools [P]
    agent_pool: Ints
    first_agent: Ints  # [P + 1]
    shown: Ints  # [P] the scenario's pool: several where people answer otherwise than their pool
    capacity: Ints  # shares of one agent
    unit: Ints  # [P, C] shares that a contact takes; 0: does not answer
    slowness: Floats  # [P, R, C] work takes so many times as long
    paced: Ints  # 1 if the speed depends on how many are in hand
    pace: Floats  # [P, C, most in hand + 1] speed of a contact with j in hand
    accept: Floats  # chance of taking an offer; 2: contacts are not offered but given
    timeout: Floats  # seconds an offer rings
    pause: Floats  # seconds without offers after one not taken
    menu_first: Ints
    menu: Ints
    menu_grows: Floats  # by which the priority of each row grows with a second of waiting
    menu_most: Floats  # and what it does not exceed
    menu_jump: Floats  # from so many seconds of waiting on; inf: never
    menu_then: Ints  # it is this
    # contacts that are passed on (rule 11)
    leg: Ints  # [X, 4] reason of the customer, reason, channel, the only pool or -1: usual route
    leg_door: Ints  # [X]
    leg_rate: Floats  # [X] as `route_rate`, if there is only one pool
    leg_work: Floats  # [X] as `mean_work`
    leg_times: Floats  # [X] its handle time takes so many times as long
    passing: Ints  # rows [line, pool, transfer, leg, most times], those of a line and pool together
    passing_chance: Floats  # of each row: cumulative over the rows of its line and pool
    passing_after: Floats  # share of the talk before it is passed on
    passing_hold: Floats  # seconds that the agent then waits with the customer at most; 0: cold
    # AI agents
    ai: Ints  # [P] 1: the pool is one
    ai_resolves: Floats  # [P, R, C]
    ai_asks: Floats  # [P, R, C] ask for a person
    ai_asked_after: Floats  # [P]
    ai_wrong: Floats  # [P] of those not resolved
    ai_leaves: Floats  # [P] of those not resolved
    reaches: Ints  # [lines, P] 1: to that pool a contact of the line may still be passed on

    @cached_property
    def grouped(self) -> Ints:
        """[R, C] 1: some pools of the route are of equal rank."""
        there = np.arange(1, self.route_pool.shape[2]) < self.route_length[..., None]
        same = (np.diff(self.route_group, axis=2) == 0) & there
        return np.asarray(same.any(axis=2), dtype=np.int64)

    @cached_property
    def puts_down(self) -> bool:
        """Whether work may be put down: for others to go on with, or for other work."""
        return bool(self.hand_over.any() or self.interrupts.any())

    @cached_property
    def rare(self) -> bool:
        """Whether rules may come up that most scenarios do without.

        They are: contacts passed on and AI agents, lines, ways out of queues, outbound calls,
        another order than first come first served, work put down for other work, and pools of
        equal rank.
        """
        return bool(
            len(self.leg)
            or self.ai.any()
            or len(self.trunk_lines)
            or len(self.exit_on)
            or self.outbound.any()
            or self.head_start.any()
            or self.newest.any()
            or self.menu_grows.any()
            or np.isfinite(self.menu_jump).any()
            or self.puts_down
            or self.grouped.any()
        )


def is_rare(plan: Plan, draws: Draws) -> bool:
    """The same of one replication, where contacts may be old or values change with the time."""
    return plan.rare or len(draws.age) > 0 or draws.at_times.size > 0


def make_plan(setting: Setting) -> Plan:
    """The tables of a prepared scenario."""
    scenario, skills = by_skill(setting.scenario)
    calendar = scenario.calendar
    legs = legs_of(scenario)
    routes = _routes(scenario, legs)
    agent_pool = skill_of_agents(setting, skills)
    first_agent = np.searchsorted(agent_pool, np.arange(len(skills) + 1))
    shown = {name: number for number, name in enumerate(setting.scenario.pools)}
    return Plan(
        start=-calendar.warmup * DAY,
        horizon=(calendar.days + calendar.cooldown + FOLLOW_UP_DAYS) * DAY,
        linked=scenario.linked,
        most_moves=MOST_MOVES,
        **_channel_tables(scenario),
        **_call_tables(scenario),
        **_trunk_tables(scenario),
        **_exit_tables(scenario),
        **_balk_tables(scenario),
        **_contact_tables(scenario),
        **_profile_tables(scenario, setting.holidays),
        **_route_tables(scenario, routes),
        period_begins=on_grid(setting.banks.periods.begins),
        period_variant=setting.banks.periods.variant,
        **_doors(scenario, routes, legs, setting.holidays),
        agent_pool=agent_pool,
        first_agent=first_agent,
        shown=np.array([shown[skill.pool] for skill in skills], dtype=np.int64),
        **_pool_tables(scenario),
        **_menus(scenario, routes, legs),
        **_leg_tables(scenario, legs),
        **_ai_tables(scenario),
        **passing_tables(scenario, legs, routes),
    )


# --- channels and contact types ---------------------------------------------------------------


def _kind(channel: Channel) -> Kind:
    if channel.unlimited:
        return Kind.SELF_SERVICE
    return Kind.LIVE if channel.live else Kind.DEFERRED


def _channel_tables(scenario: Scenario) -> dict[str, np.ndarray]:
    channels = scenario.channels.values()
    numbers = _numbers(scenario.channels)
    overdue = [c.overdue for c in channels]
    callback = [c.callback for c in channels]
    announced = [c.announcement for c in channels]
    return {
        "kind": np.array([_kind(c) for c in channels]),
        "queue_limit": np.array([-1 if c.queue_limit is None else c.queue_limit for c in channels]),
        "when_free": np.array([int(c.offer == "when_free") for c in channels]),
        "newest": np.array([int(c.order == "newest_first") for c in channels]),
        "drain": np.array([int(c.at_close == "drain") for c in channels]),
        "hand_over": np.array([int(c.hand_over) for c in channels]),
        "interrupts": np.array([[int(n in c.interrupts) for n in numbers] for c in channels]),
        "due": on_grid([inf if c.due is None else c.due for c in channels]),
        "overdue_chance": np.array([0.0 if o is None else o.chance for o in overdue]),
        "overdue_on": np.array([-1 if o is None else numbers[o.on] for o in overdue]),
        "otherwise": np.array([numbers.get(c.otherwise or "", -1) for c in channels]),
        "callback_over": np.array([inf if b is None else b.when_wait_over for b in callback]),
        "callback_chance": np.array([0.0 if b is None else b.accept for b in callback]),
        "callback_times": np.array([1.0 if b is None else b.handle for b in callback]),
        "announce_over": np.array([inf if a is None else a.when_wait_over for a in announced]),
        "announce_patience": np.array([1.0 if a is None else a.patience for a in announced]),
    }


def _call_tables(scenario: Scenario) -> dict[str, np.ndarray]:
    """How agents call customers, who asked for it or stand on a list."""
    channels = scenario.channels.values()
    calls = [c.calls for c in channels]
    listed = [c.outbound for c in channels]
    first = np.cumsum([0, *(0 if o is None else len(o.reach_at) for o in listed)])
    then = [chance for o in listed if o is not None for chance in o.reach_at.values()]
    return {
        "reach": np.array([1.0 if c is None else c.reach for c in calls]),
        "ring": on_grid([0.0 if c is None else c.ring for c in calls]),
        "calls": np.array([1 if c is None else c.attempts for c in calls]),
        "call_again": on_grid([0.0 if c is None else c.again_after for c in calls]),
        "outbound": np.array([int(o is not None) for o in listed]),
        "right_party": np.array([1.0 if o is None else o.right_party for o in listed]),
        "wrong_party": on_grid([0.0 if o is None else o.wrong_party for o in listed]),
        "preview": on_grid([0.0 if o is None else o.preview for o in listed]),
        "reach_again": np.array([1.0 if o is None else o.reach_again for o in listed]),
        "reach_first": first,
        "reach_then": np.array(then, dtype=np.float64),
    }


def _trunk_tables(scenario: Scenario) -> dict[str, np.ndarray]:
    groups = list(scenario.lines.values())
    of = {name: number for number, group in enumerate(groups) for name in group.channels}
    return {
        "trunk": np.array([of.get(name, -1) for name in scenario.channels]),
        "trunk_lines": np.array([group.count for group in groups], dtype=np.int64),
    }


def _exit_tables(scenario: Scenario) -> dict[str, np.ndarray]:
    numbers = _numbers(scenario.channels)
    by_channel = [
        sorted(channel.exits, key=lambda one: one.after or 0.0)
        for channel in scenario.channels.values()
    ]
    exits = [one for ways in by_channel for one in ways]
    first = np.cumsum([0, *map(len, by_channel)])
    return {
        "exit_first": first,
        "exit_timed": first[:-1] + [sum(not one.after for one in ways) for ways in by_channel],
        "exit_after": on_grid([one.after or 0.0 for one in exits]),
        "exit_over": np.array([one.when_wait_over or 0.0 for one in exits], dtype=np.float64),
        "exit_waiting": np.array([one.when_waiting or 0 for one in exits], dtype=np.int64),
        "exit_chance": np.array([one.accept for one in exits], dtype=np.float64),
        "exit_on": np.array([numbers.get(one.to, -1) for one in exits], dtype=np.int64),
    }


def _balk_tables(scenario: Scenario) -> dict[str, np.ndarray]:
    """Who leaves at once if they would have to wait, by contact type."""
    said = [
        reason.balk.at(name) if channel.live else Balk()
        for reason in scenario.reasons.values()
        for name, channel in scenario.channels.items()
    ]
    shape = (len(scenario.reasons), len(scenario.channels))
    points = [point for one in said for point in one.points]
    by = [1 if one.by_wait else 2 if one.by_queue else 0 for one in said]
    return {
        "balk": np.array([one.share for one in said]).reshape(shape),
        "balk_by": np.array(by).reshape(shape),
        "balk_first": np.cumsum([0, *(len(one.points) for one in said)]),
        "balk_points": np.array(points, dtype=np.float64).reshape(-1, 2),
    }


def _contact_tables(scenario: Scenario) -> dict[str, np.ndarray]:
    shape = (len(scenario.reasons), len(scenario.channels))
    numbers = _numbers(scenario.channels)
    retry_chance, resolved = np.zeros(shape), np.ones(shape)
    retry_on, again_on = np.full(shape, -1), np.full(shape, -1)
    closed = np.zeros((*shape, 2 + shape[1]))
    mean_work = np.zeros(shape)
    for r, reason in enumerate(scenario.reasons.values()):
        for c, (name, channel) in enumerate(scenario.channels.items()):
            resolved[r, c] = channel.resolved if channel.unlimited else reason.resolved.at(name)
            if reason.retry is not None:
                retry_chance[r, c] = reason.retry.chance.at(name)
                retry_on[r, c] = numbers.get(reason.retry.on, c)
            if reason.again is not None:
                again_on[r, c] = numbers.get(reason.again.on, c)
            mean_work[r, c] = (
                handle_time(reason, name).expectation() + reason.wrap.at(name).expectation()
            )
            door = reason.closed.at(name)
            closed[r, c, 0], closed[r, c, 1] = door.lost, door.returns
            for target, share in door.to.items():
                closed[r, c, 2 + numbers[target]] += share
    reasons = scenario.reasons.values()
    ahead = [[one.head_start.at(name).of_causes() for name in scenario.channels] for one in reasons]
    return {
        "head_start": on_grid(ahead),
        "tries": np.array([r.retry.attempts if r.retry is not None else 0 for r in reasons]),
        "agains": np.array([r.again.attempts if r.again is not None else 0 for r in reasons]),
        "retry_chance": retry_chance,
        "retry_on": retry_on,
        "resolved": resolved,
        "again_on": again_on,
        "mean_work": mean_work,
        "closed": np.cumsum(closed, axis=2),
    }


def _profile_tables(scenario: Scenario, holidays: frozenset[date]) -> dict[str, np.ndarray]:
    reasons = scenario.reasons.values()
    by_profile = [
        [
            int(door.after is None and door.returns > 0)
            for door in map(one.closed.at, scenario.channels)
        ]
        for one in reasons
    ]
    nothing = np.zeros(0), np.zeros(0)
    some = [
        cumulative_profile(scenario, one, holidays) if any(row) else nothing
        for one, row in zip(reasons, by_profile, strict=True)
    ]
    return {
        "by_profile": np.array(by_profile),
        "profile_first": np.cumsum([0, *(len(times) for times, _ in some)]),
        "profile_time": np.concatenate([times for times, _ in some]),
        "profile_before": np.concatenate([before for _, before in some]),
    }


def _numbers(names: dict[str, object] | dict[str, Channel]) -> dict[str, int]:
    return {name: i for i, name in enumerate(names)}


# --- routes and doors -------------------------------------------------------------------------

Routes = list[list[tuple[int, int, Step]]]
"""By line: its steps, each with the number of its pool and its rank."""


def _routes(scenario: Scenario, legs: tuple[Leg, ...]) -> Routes:
    numbers = {name: i for i, name in enumerate(scenario.pools)}
    routes = [
        steps_of(scenario, reason, channel)
        for reason in scenario.reasons
        for channel in scenario.channels
    ]
    routes += [leg_steps(scenario, leg) for leg in legs]
    return [
        sorted(
            (
                (numbers[step.pool], rank, step)
                for rank, step in zip(
                    accumulate(int(not step.beside) for step in steps), steps, strict=True
                )
            ),
            key=lambda ranked: ranked[2].after,
        )
        for steps in routes
    ]


def _route_tables(scenario: Scenario, routes: Routes) -> dict[str, np.ndarray]:
    shape = (len(scenario.reasons), len(scenario.channels))
    longest = max((len(steps) for steps in routes), default=0)
    length = np.zeros(shape, dtype=np.int64)
    pool = np.full((*shape, longest), -1)
    after = np.full((*shape, longest), inf)
    keep, group = np.zeros((*shape, longest), dtype=np.int64), np.full((*shape, longest), -1)
    rate = np.zeros((*shape, longest))
    random = np.zeros(shape, dtype=np.int64)
    reasons, channels = list(scenario.reasons), list(scenario.channels)
    for line, steps in enumerate(routes[: shape[0] * shape[1]]):
        r, c = divmod(line, shape[1])
        length[r, c] = len(steps)
        route = route_of(scenario, reasons[r], channels[c])
        random[r, c] = int(route is not None and route.choose == "random")
        for s, (p, rank, step) in enumerate(steps):
            pool[r, c, s], after[r, c, s], keep[r, c, s] = p, step.after, step.keep_free
            group[r, c, s] = rank
            rate[r, c, s] = _rate(scenario.pools[step.pool], reasons[r], channels[c])
    return {
        "route_length": length,
        "route_pool": pool,
        "route_after": on_grid(after),
        "route_keep": keep,
        "route_rate": rate,
        "route_group": group,
        "random": random,
    }


def _rate(pool: Pool, reason: str, channel: str) -> float:
    """How many contacts at full speed an agent of the pool gets on with at a time."""
    places = pool.answers[channel]
    return places * pool.paces(channel, places)[-1] * pool.speed.at(reason, channel)


def _leg_tables(scenario: Scenario, legs: tuple[Leg, ...]) -> dict[str, np.ndarray]:
    """What legs have of their own: for the expected wait, and how long they take."""
    rate, work, times = np.zeros(len(legs)), np.zeros(len(legs)), np.ones(len(legs))
    transfers = all_transfers(scenario)
    for x, leg in enumerate(legs):
        transfer, reason = transfers[leg.transfer], scenario.reasons[leg.reason]
        if by_ai_agent(scenario, leg.transfer):
            ai = scenario.pools[(transfer.by or [""])[0]].ai_agent
            times[x] = 1.0 if ai is None else ai.handle_after
        if transfer.to.pool is not None:
            rate[x] = _rate(scenario.pools[transfer.to.pool], leg.reason, leg.channel)
        handle = transfer.handle or handle_time(reason, leg.channel)
        work[x] = handle.expectation() * times[x] + reason.wrap.at(leg.channel).expectation()
        if transfer.warm is not None:
            work[x] += transfer.warm.hand_over.expectation()
    return {"leg_rate": rate, "leg_work": work, "leg_times": times}


def _ai_tables(scenario: Scenario) -> dict[str, np.ndarray]:
    agents = [pool.ai_agent for pool in scenario.pools.values()]

    def by(field: str) -> np.ndarray:
        return np.array(
            [
                [
                    [0.0 if ai is None else getattr(ai, field).at(r, c) for c in scenario.channels]
                    for r in scenario.reasons
                ]
                for ai in agents
            ]
        )

    return {
        "ai": np.array([int(ai is not None) for ai in agents]),
        "ai_resolves": by("resolves"),
        "ai_asks": by("asks_for_person"),
        "ai_asked_after": on_grid([0.0 if ai is None else ai.asked_after for ai in agents]),
        "ai_wrong": np.array([0.0 if ai is None else ai.wrong for ai in agents]),
        "ai_leaves": np.array([0.0 if ai is None else ai.leaves for ai in agents]),
    }


def _doors(
    scenario: Scenario, routes: Routes, legs: tuple[Leg, ...], holidays: frozenset[date]
) -> dict[str, np.ndarray]:
    """Opening times: the channel's own hours, or while a pool on the route is scheduled."""
    calendar = scenario.calendar
    first = -calendar.warmup - 1  # a block may pass midnight into the first day
    # one day more at the end too: a door that never closes must not close at the horizon
    days = calendar.warmup + calendar.days + calendar.cooldown + FOLLOW_UP_DAYS + 2
    pools = list(scenario.pools.values())
    names = [name for _ in scenario.reasons for name in scenario.channels]
    names += [leg.channel for leg in legs]

    def spans_of(times: list[TimesOfWeek]) -> list[tuple[float, float]]:
        return _union(
            [
                span
                for t in times
                for span in intervals(t, calendar.start, first, days, holidays, holidays_apart=True)
            ]
        )

    door = np.full(len(routes), -1)
    found: dict[tuple[tuple[float, float, bool], ...], int] = {}
    for line, (name, steps) in enumerate(zip(names, routes, strict=True)):
        channel = scenario.channels[name]
        closed = closed_spans(scenario, name, holidays)
        if channel.hours is not None:
            times = [channel.hours]
        elif channel.live and not channel.unlimited:
            times = [t for p, _, _ in steps for t, some in pools[p].present().items() if some]
        elif closed:
            times = [ALWAYS]
        else:
            continue
        usual = spans_of(times)
        ends = {high for _, high in usual}
        opened = [(a, b, b not in ends) for a, b in _without(usual, _union(closed))]
        door[line] = found.setdefault(tuple(opened), len(found))

    def door_of(times: TimesOfWeek) -> int:
        """The number of a door that only tells the time."""
        opened = tuple((a, b, False) for a, b in spans_of([times]))
        return found.setdefault(opened, len(found))

    callback_door = np.full(len(scenario.channels), -1)
    reach_door = []
    for c, channel in enumerate(scenario.channels.values()):
        if channel.callback is not None and channel.callback.hours is not None:
            callback_door[c] = door_of(channel.callback.hours)
        if channel.outbound is not None:
            reach_door += [door_of(times) for times in channel.outbound.reach_at]
    types = len(routes) - len(legs)
    return {
        "callback_door": callback_door,
        "reach_door": np.array(reach_door, dtype=np.int64),
        "door": door[:types].reshape(len(scenario.reasons), len(scenario.channels)),
        "leg_door": door[types:],
        "door_first": np.cumsum([0, *(len(spans) for spans in found)]),
        "door_open": np.array([low for spans in found for low, *_ in spans], dtype=np.float64),
        "door_close": np.array([high for spans in found for _, high, _ in spans], dtype=np.float64),
        "door_sudden": np.array([int(by) for spans in found for *_, by in spans], dtype=np.int64),
    }


def _union(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The spans in order, those that touch or overlap made one."""
    merged: list[tuple[float, float]] = []
    for low, high in sorted(spans):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return merged


def _without(
    spans: list[tuple[float, float]], holes: list[tuple[float, float]]
) -> list[tuple[float, float]]:
    """What is left of the spans outside the holes; both in order."""
    for low, high in holes:
        cut = [(max(a, low), min(b, high)) for a, b in spans]
        spans = [
            piece
            for (a, b), (begin, end) in zip(spans, cut, strict=True)
            for piece in ([(a, b)] if begin >= end else [(a, begin), (end, b)])
            if piece[0] < piece[1]
        ]
    return spans


# --- pools ------------------------------------------------------------------------------------


def _pool_tables(scenario: Scenario) -> dict[str, np.ndarray]:
    pools, channels = scenario.pools.values(), list(scenario.channels)
    capacity = np.array([lcm(*pool.answers.values()) for pool in pools])
    unit = np.array(
        [
            [capacity[p] // pool.answers[name] if name in pool.answers else 0 for name in channels]
            for p, pool in enumerate(pools)
        ]
    )
    slowness = np.array(
        [
            [
                [1.0 / pool.speed.at(reason, name) for name in channels]
                for reason in scenario.reasons
            ]
            for pool in pools
        ]
    )
    most = max((max(pool.answers.values()) for pool in pools), default=1)
    pace = np.array([[[1.0, *pool.paces(name, most)] for name in channels] for pool in pools])
    return {
        "capacity": capacity,
        "unit": unit,
        "slowness": slowness,
        "accept": np.array([2.0 if p.offers is None else p.offers.accept for p in pools]),
        "timeout": on_grid([inf if p.offers is None else p.offers.timeout for p in pools]),
        "pause": on_grid([inf if p.offers is None else p.offers.pause for p in pools]),
        "paced": (pace != 1.0).any(axis=(1, 2)).astype(np.int64),
        "pace": pace,
    }


def _menus(scenario: Scenario, routes: Routes, legs: tuple[Leg, ...]) -> dict[str, np.ndarray]:
    kinds = [(reason, channel) for reason in scenario.reasons for channel in scenario.channels]
    kinds += [(leg.reason, leg.channel) for leg in legs]
    pools = list(scenario.pools.values())
    rows: list[list[tuple[list[int], list[float]]]] = [[] for _ in pools]
    for line, ((reason, channel), steps) in enumerate(zip(kinds, routes, strict=True)):
        for s, (p, _, step) in enumerate(steps):
            own = pools[p].priority.at(reason, channel)
            said = scenario.reasons[reason].priority if own is None else Priority(start=own)
            behind = LIVE_FIRST if own is None and not scenario.channels[channel].live else 0
            most = inf if said.at_most is None else said.at_most - behind
            jump = inf if said.after is None else on_grid(said.after)
            row = [line, s, step.keep_free, said.start - behind, (said.then or 0) - behind]
            rows[p].append((row, [said.per_minute / 60.0, most, jump]))
    for menu in rows:
        menu.sort(key=lambda row: (-row[0][3], *row[0][:2]))
    flat = [row for menu in rows for row in menu]
    which = np.array([row for row, _ in flat], dtype=np.int64).reshape(-1, 5)
    change = np.array([one for _, one in flat], dtype=np.float64).reshape(-1, 3)
    return {
        "menu_first": np.cumsum([0, *(len(menu) for menu in rows)]),
        "menu": which[:, :4],
        "menu_then": which[:, 4],
        "menu_grows": change[:, 0],
        "menu_most": change[:, 1],
        "menu_jump": change[:, 2],
    }
