"""A scenario as tables of numbers: all that an engine needs to know besides the draws.

Reasons, channels and pools are numbered in the scenario's order; -1 means none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.draws.draw import Setting, skill_of_agents
from sim.draws.happening import FOLLOW_UP_DAYS
from sim.engine.planning.channels import call_tables, channel_tables, exit_tables, trunk_tables
from sim.engine.planning.contact_types import balk_tables, contact_tables, profile_tables
from sim.engine.planning.doors import door_tables
from sim.engine.planning.passing import passing_tables
from sim.engine.planning.pools import ai_tables, pool_tables
from sim.engine.planning.routes import leg_tables, menu_tables, route_tables, routes_of
from sim.scenario.paths import MOST_MOVES, legs_of
from sim.scenario.skills import by_skill
from sim.tables import DAY, Draws, Floats, Ints, on_grid


@dataclass(frozen=True, eq=False)
class Plan:
    """The tables of one scenario. R reasons, C channels, P pools, G agents, D doors, X legs, and V
    variants of what depends on the time, the usual one first.

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
    rest_door: Ints  # [C] nobody calls from the list while this one is open; -1: whenever
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
    resolved: Floats  # [V, R, C]
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
    slowness: Floats  # [V, P, R, C] work takes so many times as long
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
    menu_timed: Ints  # [rows] row of `priorities` where it depends on the time, else -1
    priorities: Ints  # [such rows, V]
    # contacts that are passed on (rule 11)
    leg: Ints  # [X, 4] reason of the customer, reason, channel, the only pool or -1: usual route
    leg_door: Ints  # [X]
    leg_rate: Floats  # [X] as `route_rate`, if there is only one pool
    leg_work: Floats  # [X] as `mean_work`
    leg_times: Floats  # [X] its handle time takes so many times as long
    # rows [line, pool, transfer, leg, most times, 1: conference], those of a line and pool together
    passing: Ints
    passing_chance: (
        Floats  # [V, rows] cumulative over those of its line and pool; conferences apart
    )
    passing_after: Floats  # share of the talk before it is passed on
    passing_hold: Floats  # seconds that the agent then waits with the customer at most; 0: cold
    # AI agents
    ai: Ints  # [P] 1: the pool is one
    ai_resolves: Floats  # [V, P, R, C]
    ai_asks: Floats  # [V, P, R, C] ask for a person
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
    whole, skills = by_skill(setting.scenario)
    legs = legs_of(whole)
    variants = [by_skill(one)[0] for one in setting.banks.periods.variants]
    scenario = variants[0]
    calendar = scenario.calendar
    routes = routes_of(scenario, legs)
    agent_pool = skill_of_agents(setting, skills)
    first_agent = np.searchsorted(agent_pool, np.arange(len(skills) + 1))
    shown = {name: number for number, name in enumerate(setting.scenario.pools)}
    return Plan(
        start=-calendar.warmup * DAY,
        horizon=(calendar.days + calendar.cooldown + FOLLOW_UP_DAYS) * DAY,
        linked=scenario.linked,
        most_moves=MOST_MOVES,
        **channel_tables(scenario),
        **call_tables(scenario),
        **trunk_tables(scenario),
        **exit_tables(scenario),
        **balk_tables(scenario),
        **contact_tables(variants),
        **profile_tables(scenario, setting.holidays),
        **route_tables(scenario, routes),
        period_begins=on_grid(setting.banks.periods.begins),
        period_variant=setting.banks.periods.variant,
        **door_tables(scenario, routes, legs, setting.holidays),
        agent_pool=agent_pool,
        first_agent=first_agent,
        shown=np.array([shown[skill.pool] for skill in skills], dtype=np.int64),
        **pool_tables(variants),
        **menu_tables(variants, routes, legs),
        **leg_tables(scenario, legs),
        **ai_tables(variants),
        **passing_tables(whole, variants, legs, routes),
    )
