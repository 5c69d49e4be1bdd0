"""The laws hold on every run, and the checker notices when they do not.

The reference engine runs a fixed series of random scenarios and those that hypothesis thinks of;
`laws.check` compares each log with RULES.md. Then faults are planted in the engine on purpose: a
checker that lets one of them pass is no checker.
"""

from __future__ import annotations

import copy
import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from centre import KINDS, Run, caller, centre, monday, run, scenario_of
from hypothesis import HealthCheck, Phase, given, settings
from laws import check
from meaning import Centre, LawBroken
from scenes import DECLINED_AFTER_DUTY
from strategies import (
    scenarios,
    some_days,
    some_scenario,
    some_with_conferences,
    some_with_transfers,
    twisted,
)

import sim.engine.planning.doors
from sim.draws import draw, periods, prepare
from sim.engine import Plan, make_plan, plain, reference
from sim.engine.reference import things
from sim.scenario import Scenario
from sim.tables import ByAi, Draws

SERIES = (*range(30), 38, 49, 60, 75, 76, 109, 130, 135, 216)  # show everything; more are proofs

DAYS = 60
"""Scenarios of the series with rules of days."""

FOUND = Path(__file__).with_name("found_by_laws.json")
"""Where each fault was found in the series when somebody last looked: there one looks first.
To write it again: `python tests/engine/test_laws.py`.
"""

RARE = (448,)
"""One that shows what is rare: who stays after duty takes a contact whose pool joins."""

EVERYTHING = [
    "answered",
    "abandoned",
    "balked",
    "blocked",
    "closed",
    "expired",
    "withdrawn",
    "self_served",
    "unfinished",
    "dismissed",
    "draining",
    "overtime",
    "staying_idle",
    "taken_off_duty",
    "taken_at_joining",
    "taken_by_a_staying_agent",
    "change_of_pace",
    "overtime_into_the_next_spell",
    "offered",
    "declined",
    "offer_broken_off",
    "callback",
    "unreached",
    "called_again",
    "outbound",
    "wrong_party",
    "other_chance_to_reach",
    "callback_expired",
    "no_callback_at_this_hour",
    "later_block",
    "last_contact",
    "back_late",
    "break_longer_than_the_rest",
    "slow_spell",
    "equal_rank",
    "chosen_at_random",
    "interrupted",
    "interrupted_at_joining",
    "resumed",
    "handed_over",
    "aside_handed_over",
    "flowed_out",
    "exit_on_arrival",
    "exit_after_a_wait",
    "second_exit",
    "announced",
    "balk_by_wait",
    "balk_by_queue",
    "no_line",
    "kept_line",
    "line_of_a_callback",
    "own_place",
    "newest_first",
    "grown",
    "jumped",
]

PASSED_ON = (*range(42), 129)
"""Of the series in which contacts are passed on, by people or AI agents."""

OF_LEGS = [
    "passed_on",
    "passed_on_again",
    "not_once_more",
    "as_another_reason",
    "on_another_channel",
    "leg_keeps_line",
    "held",
    "leg_behind_the_door",
    "leg_turned_away",
    "backlog_of_legs",
    "stays",
    "stays_no_longer",
    "hold_is_over",
    "told",
    "ai_resolved",
    "ai_wrong",
    "ai_left",
    "ai_handed_over",
    "ai_asked",
]

CONFERENCES = range(40)
"""Of the series in which agents ask others to join their talks."""

OF_CONFERENCES = ["joined", "nobody_to_join", "line_of_a_conference", "passed_on", "stays"]

OF_DAYS = ["closed_by_an_event", "by_profile", "by_time"]

NO_DEADLINE = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],  # shrinking takes minutes; the series has small ones
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@cache
def inputs(k: int, make: Callable[[int], dict[str, Any]]) -> tuple[Scenario, Plan, Draws]:
    """Of the k-th of a fixed series; every other one has spells of duty of all kinds."""
    scenario = scenario_of(make(k))
    setting = prepare(scenario)
    draws = draw(setting, 1, 0)
    if k % 2:
        draws = twisted(draws, random.Random(k))
    return scenario, make_plan(setting), draws


def of_series(k: int, make: Callable[[int], dict[str, Any]] = some_scenario) -> Run:
    """The k-th of a fixed series."""
    scenario, plan, draws = inputs(k, make)
    return Run(scenario, draws, *reference.simulate(plan, draws))


# --- the laws ---------------------------------------------------------------------------------


def test_laws_hold_on_the_series() -> None:
    """And the series shows each way to end and each turn of the rules, else it checks nothing."""
    seen: Counter[str] = Counter()
    for k in SERIES:
        try:
            seen.update(check(of_series(k)).seen)
        except LawBroken as broken:
            pytest.fail(f"scenario {k}: {broken}")
    for k in RARE:
        seen.update(check(run(some_scenario(k, plain=True))).seen)
    missing = [name for name in EVERYTHING if not seen[name]]
    assert missing == []


@pytest.mark.proof
@pytest.mark.parametrize("start", range(0, 3000, 300))
def test_laws_hold_on_thousands(start: int) -> None:
    for k in range(start, start + 300):
        try:
            check(of_series(k))
        except LawBroken as broken:
            pytest.fail(f"scenario {k}: {broken}")


def passed_on(k: int) -> Run:
    """The k-th of the series in which contacts are passed on."""
    return of_series(k, some_with_transfers)


def test_laws_hold_where_contacts_are_passed_on() -> None:
    seen: Counter[str] = Counter()
    for k in PASSED_ON:
        try:
            seen.update(check(passed_on(k)).seen)
        except LawBroken as broken:
            pytest.fail(f"scenario {k}: {broken}")
    missing = [name for name in OF_LEGS if not seen[name]]
    assert missing == []


def with_conferences(k: int) -> Run:
    """The k-th of the series in which agents ask others to join their talks."""
    return of_series(k, some_with_conferences)


def test_laws_hold_in_conferences() -> None:
    seen: Counter[str] = Counter()
    for k in CONFERENCES:
        try:
            seen.update(check(with_conferences(k)).seen)
        except LawBroken as broken:
            pytest.fail(f"scenario {k}: {broken}")
    assert [name for name in OF_CONFERENCES if not seen[name]] == []


@pytest.mark.proof
@pytest.mark.parametrize("start", range(0, 1000, 250))
def test_laws_hold_in_a_thousand_conferences(start: int) -> None:
    for k in range(start, start + 250):
        try:
            check(with_conferences(k))
        except LawBroken as broken:
            pytest.fail(f"scenario {k}: {broken}")


@pytest.mark.proof
@pytest.mark.parametrize("start", range(0, 1000, 250))
def test_laws_hold_where_a_thousand_are_passed_on(start: int) -> None:
    for k in range(start, start + 250):
        try:
            check(passed_on(k))
        except LawBroken as broken:
            pytest.fail(f"scenario {k}: {broken}")


def test_laws_hold_where_one_day_is_not_like_another() -> None:
    seen: Counter[str] = Counter()
    for k in range(DAYS):
        try:
            seen.update(check(run(some_days(k))).seen)
        except LawBroken as broken:
            pytest.fail(f"scenario {k}: {broken}")
    missing = [name for name in OF_DAYS if seen[name] < 10]
    assert missing == []


@NO_DEADLINE
@given(scenarios())
def test_laws_hold_on_any_scenario(data: dict[str, Any]) -> None:
    check(run(data))


# --- the same again, and what others do not change --------------------------------------------


@pytest.mark.parametrize("k", range(20))
def test_same_seed_same_bytes(k: int) -> None:
    data = some_scenario(k)
    one, other, different = run(data), run(copy.deepcopy(data)), run(data, seed=2)
    assert one.log.identical(other.log)
    assert one.duty.identical(other.duty)
    assert one.draws.identical(other.draws)
    assert len(one.draws.values) == 0 or not one.draws.identical(different.draws)


def haunted(data: dict[str, Any], *, first: bool) -> dict[str, Any]:
    """The scenario and, before or after all else, a reason, a channel and a pool of their own."""
    ghost = {
        "reasons": {"ghost": {"volume": "300 per day", "channels": {"line": 1}, "handle": "1 min"}},
        "channels": {"line": {"live": True}},
        "pools": {"ghosts": {"agents": {"daily 00:00-12:00": 2}, "answers": {"line": 1}}},
    }
    changed = dict(data)
    for part, more in ghost.items():
        changed[part] = {**more, **data[part]} if first else {**data[part], **more}
    changed["routing"] = [{"channel": "line", "to": ["ghosts"]}, *data["routing"]]
    return changed


def told(result: Run) -> tuple[list[Any], list[Any]]:
    """Contacts and duty without the ghosts, in words that do not depend on the numbering."""
    offset = dict.fromkeys([*result.scenario.pools, None], 0)
    spells = []
    first = reference_first_agents(result)
    for agent, *times in result.spells():
        pool = max((p for p in first if first[p] <= agent), key=lambda p: first[p])
        if pool != "ghosts":
            spells.append((pool, agent - first[pool], *times))
    offset |= first
    rows = []
    who = [
        (result.contacts[c]["reason"], int(result.draws.row[c]))
        for c in range(len(result.draws.row))
    ]
    for row in result.contacts:
        if row["reason"] == "ghost":
            continue
        parent = result.contacts[row["parent"]]["attempt"] if row["parent"] >= 0 else None
        rest = {key: value for key, value in row.items() if key not in ("customer", "parent")}
        rest["agent"] -= offset[row["pool"]]
        rows.append((who[row["customer"]], parent, sorted((k, str(v)) for k, v in rest.items())))
    return rows, spells


def reference_first_agents(result: Run) -> dict[str, int]:
    """The number of each pool's first agent; pools without agents left out."""
    from sim.draws import prepare

    numbers = prepare(result.scenario).roster.first_agent.tolist()
    pools = zip(result.scenario.pools, pairwise(numbers), strict=True)
    return {pool: low for pool, (low, high) in pools if high > low}


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(
    "start", [0, 8, *(pytest.param(k, marks=pytest.mark.proof) for k in range(16, 96, 8))]
)
def test_others_change_nothing(start: int, first: bool) -> None:
    for k in range(start, start + 8):
        data = some_scenario(k)
        alone, together = run(data), run(haunted(data, first=first))
        assert "ghost" in together.column("reason")
        assert told(alone) == told(together), f"scenario {k}"


# --- faults planted on purpose ----------------------------------------------------------------

Patch = pytest.MonkeyPatch


def swap_kinds(one: str, other: str) -> Callable[[Patch], None]:
    def plant(patch: Patch) -> None:
        first, second = getattr(plain, one), getattr(plain, other)
        patch.setattr(plain, one, second)
        patch.setattr(plain, other, first)

    return plant


def agents_by(key: Callable[[things.Agent], Any]) -> Callable[[Patch], None]:
    """Another order of agents than that of rule 3."""

    def best(self: Any, pool: things.Pool, unit: int) -> things.Agent | None:
        mine = [agent for agent in self.agents if agent.pool is pool and agent.on]
        able = [agent for agent in mine if agent.load + unit <= pool.capacity]
        return min(able, key=key, default=None)

    return lambda patch: patch.setattr(reference.Centre, "_best", best)


def changed(owner: type, method: str, change: Callable[..., Any]) -> Callable[[Patch], None]:
    """A method that is given the old one and may do otherwise."""

    def plant(patch: Patch) -> None:
        old = getattr(owner, method)
        patch.setattr(owner, method, lambda self, *args: change(old, self, *args))

    return plant


def last_in_line(_: Any, line: things.Line) -> things.Contact | None:
    waiting = [contact for contact in line.queue if contact.state == things.WAITING]
    return waiting[-1] if waiting else None


def one_more_share(old: Any, pool: things.Pool, *args: Any) -> None:
    old(pool, *args)
    pool.capacity += 1


def one_more_place(old: Any, channel: things.Channel, *args: Any) -> None:
    old(channel, *args)
    channel.queue_limit += 1


def pace_of_the_next_level(old: Any, pool: things.Pool, *args: Any) -> None:
    old(pool, *args)
    pool.pace = [[*speeds[1:], speeds[-1]] for speeds in pool.pace]


def no_priorities(old: Any, engine: Any, *args: Any) -> None:
    old(engine, *args)
    for pool in engine.pools:
        pool.menu = [replace(dish, priorities=[0] * len(dish.priorities)) for dish in pool.menu]


def one_retry_less(old: Any, engine: Any, *args: Any) -> None:
    old(engine, *args)
    engine.tries = [max(tries - 1, 0) for tries in engine.tries]


def two_moves(old: Any, engine: Any, *args: Any) -> None:
    old(engine, *args)
    engine.most_moves = 2


def keep_one_less(old: Any, step: things.Step, pools: Any, keep: int, *args: Any) -> None:
    old(step, pools, max(keep - 1, 0), *args)


def patience_a_tick_late(old: Any, engine: Any, time: float, kind: int, *args: Any) -> None:
    old(engine, time + (2.0**-20 if kind == plain.PATIENCE_ENDS else 0), kind, *args)


def highest_number_first(old: Any, engine: Any, time: float, kind: int, n: int, *args: Any) -> None:
    old(engine, time, kind, n if kind == plain.THE_END else 2**40 - n, *args)


def takes_one_only(_: Any, engine: Any, agent: things.Agent) -> None:
    contact = engine._choose(agent)
    if contact is not None:
        engine._answer(contact, agent)
        engine._leave_queue(contact)


def idle_on_return(old: Any, engine: Any, agent: things.Agent) -> None:
    if agent.since != engine.now or agent.load or engine.now % 2:
        old(engine, agent)


def door_stays_open_at_closing(_: Any, door: things.Door, now: float) -> bool:
    return any(low <= now <= high for low, high in zip(door.opens, door.closes, strict=True))


def nothing(*_: Any) -> None:
    return None


NOT_NOTICED = {
    ("OFF_DUTY", "TALK_ENDS"),
    ("TALK_ENDS", "FINISHED"),  # where nobody is passed on
    ("ON_DUTY", "LINE_FREED"),
    ("POOL_JOINS", "EXIT_OPENS"),
    ("EXIT_OPENS", "DUE"),
}
"""Events of one instant whose order hardly ever tells: a leg arrives later in any case, agents ask
for no line, and ways out."""

FAULTS: dict[str, Callable[[Patch], None]] = {
    **{f"{a} <-> {b}": swap_kinds(a, b) for a, b in pairwise(KINDS) if (a, b) not in NOT_NOTICED},
    "FINISHED <-> PATIENCE_ENDS": swap_kinds("FINISHED", "PATIENCE_ENDS"),
    "highest number first": changed(reference.Centre, "_at", highest_number_first),
    "patience a tick late": changed(reference.Centre, "_at", patience_a_tick_late),
    "agent of highest number": agents_by(lambda a: (a.load, a.since, -a.number)),
    "agent of lowest number": agents_by(lambda a: (a.load, a.number)),
    "agent free for the shortest time": agents_by(lambda a: (a.load, -a.since, a.number)),
    "agent with least room": agents_by(lambda a: (-a.load, a.since, a.number)),
    "last come first served": changed(things.Line, "head", last_in_line),
    "one share too many": changed(things.Pool, "__init__", one_more_share),
    "one place too many": changed(things.Channel, "__init__", one_more_place),
    "pace off by one": changed(things.Pool, "__init__", pace_of_the_next_level),
    "priorities ignored": changed(reference.Centre, "_build", no_priorities),
    "one retry less": changed(reference.Centre, "_build", one_retry_less),
    "two moves": changed(reference.Centre, "_build", two_moves),
    "keeps one less free": changed(things.Step, "__init__", keep_one_less),
    "takes one only": changed(reference.Centre, "_take", takes_one_only),
    "idle for nothing": changed(reference.Centre, "_take", idle_on_return),
    "open at closing": changed(things.Door, "is_open", door_stays_open_at_closing),
    "withdraws nobody": changed(reference.Centre, "_withdraw_others", nothing),
    "does not stay": changed(reference.Centre, "_best_staying", nothing),
    "never overdue": changed(reference.Centre, "_due", nothing),
    "nobody who stays is asked": changed(reference.Centre, "_staying_for", nothing),
}


def the_whole_talk(old: Any, engine: Any, *args: Any) -> Any:
    way = old(engine, *args)
    return None if way is None else way._replace(after=1.0)


def resolved_or_not(old: Any, engine: Any, contact: Any) -> Any:
    return max(old(engine, contact), 0)


def away_from_the_door(_: Any, engine: Any, contact: Any) -> None:
    engine._turn_away(contact)


def let_go_as_the_talk_ends(old: Any, engine: Any, moment: Any) -> None:
    old(engine, moment)
    if moment.about.passed_on:
        engine._let_go(moment.about)


def nothing_to_tell(old: Any, engine: Any, leg: Any, *_: Any) -> None:
    old(engine, leg)


def joins_with_a_line(old: Any, engine: Any, contact: Any) -> None:
    engine._connect(contact)
    old(engine, contact)


def goes_on_at_once(old: Any, engine: Any, contact: Any, way: Any) -> None:
    old(engine, contact, way)
    contact.passing = None


def helps_nobody(old: Any, engine: Any, contact: Any, *args: Any) -> None:
    old(engine, contact, *args)
    if contact.by_ai == ByAi.RESOLVED:
        contact.by_ai = int(ByAi.WRONG)


def comes_again(old: Any, engine: Any, contact: Any) -> None:
    left = contact.by_ai == ByAi.LEFT
    contact.by_ai = int(ByAi.WRONG) if left else contact.by_ai
    old(engine, contact)
    contact.by_ai = int(ByAi.LEFT) if left else contact.by_ai


def as_long_as_others(old: Any, engine: Any, *args: Any) -> None:
    old(engine, *args)
    for line in engine.legs:
        line.times = 1.0


CONFERENCE_FAULTS: dict[str, Callable[[Patch], None]] = {
    "nobody is asked": changed(reference.Centre, "_asking", nothing),
    "joins for no time": changed(reference.Centre, "_release_first", nothing_to_tell),
    "who joins needs a line": changed(reference.Centre, "_join", joins_with_a_line),
    "nobody is passed on after it": changed(reference.Centre, "_ask", goes_on_at_once),
    "who joins resolves": changed(reference.Centre, "_is_resolved", resolved_or_not),
}

LEG_FAULTS: dict[str, Callable[[Patch], None]] = {
    "TALK_ENDS <-> FINISHED": swap_kinds("TALK_ENDS", "FINISHED"),
    "the whole talk": changed(reference.Centre, "_passing", the_whole_talk),
    "passed on for ever": lambda patch: patch.setattr(
        reference.deciding, "_may_happen", lambda *_: True
    ),
    "passed on once": lambda patch: patch.setattr(
        reference.deciding, "_may_happen", lambda contact, _: contact.origin is None
    ),
    "resolved though passed on": changed(reference.Centre, "_is_resolved", resolved_or_not),
    "turned away however": changed(reference.Centre, "_come_behind_the_door", away_from_the_door),
    "nobody is held": changed(reference.Centre, "_hold", nothing),
    "let go as the talk ends": changed(reference.Centre, "_talk_ends", let_go_as_the_talk_ends),
    "nobody stays": changed(reference.Centre, "_is_held", lambda *_: False),
    "nothing to tell": changed(reference.Centre, "_release_first", nothing_to_tell),
    "stays to the end": changed(reference.Centre, "_release_first", nothing),
    "an AI agent helps nobody": changed(reference.Centre, "_meet_ai_agent", helps_nobody),
    "who has left comes again": changed(reference.Centre, "_maybe_again", comes_again),
    "no longer after an AI agent": changed(reference.Centre, "_build", as_long_as_others),
    "shares as of all times": changed(reference.Centre, "_period_begins", nothing),
}
"""Faults of rules 11 and 12."""


def periods_a_minute_late(old: Any, engine: Any, *args: Any) -> None:
    old(engine, *args)
    engine.period_begins = [begins + 60 for begins in engine.period_begins]


def no_closing_is_sudden(old: Any, door: things.Door, *args: Any) -> None:
    old(door, *args)
    door.sudden = [0] * len(door.closes)


def evenly(_: Any, __: things.Profile, begin: float, end: float, share: float) -> float:
    return things.on_grid(begin + share * (end - begin))


def the_last_line_decides(patch: Patch) -> None:
    old = periods._first
    patch.setattr(periods, "_first", lambda lines, begins: last_of(old, lines, begins))


def last_of(old: Any, lines: list[Any], begins: Any) -> Any:
    found = old(lines[::-1], begins)
    return np.where(found < len(lines), len(lines) - 1 - found, found)


DAY_FAULTS: dict[str, Callable[[Patch], None]] = {
    "periods a minute late": changed(reference.Centre, "_build", periods_a_minute_late),
    "the last line that covers decides": the_last_line_decides,
    "events change no handle time": lambda patch: patch.setattr(
        periods, "handle_factors", lambda *_: []
    ),
    "drains though an event closes": changed(things.Door, "__init__", no_closing_is_sudden),
    "events close nothing": lambda patch: patch.setattr(
        sim.engine.planning.doors, "closed_spans", lambda *_: []
    ),
    "back evenly": changed(things.Profile, "point", evenly),
}
"""Faults of what depends on the day."""


BY_HAND: dict[str, dict[str, Any]] = {
    "nobody who stays is asked": DECLINED_AFTER_DUTY,
    # An agent comes as the door closes behind somebody.
    "DOOR_CLOSES <-> OFF_DUTY": centre(
        channels={"phone": {"hours": monday(0, 100)}},
        reasons={"a": caller(40)},
        pools={"team": {"agents": {monday(100, 200): 1}}},
    ),
    # An e-mail falls due and expires in one instant, and so does that of another customer.
    "DUE <-> PATIENCE_ENDS": centre(
        channels={
            "mail": {"due": "60 s", "expires": "60 s", "overdue": {"chance": 1, "on": "phone"}},
            "phone": {"hours": "daily"},
        },
        reasons={"a": caller(0, channels={"mail": 1})},
        pools={"team": {"agents": 1, "answers": ["phone"]}, "post": {"agents": {"sun": 1}}},
    ),
    # The call of a customer whose e-mail is overdue is answered.
    "withdraws nobody": centre(
        linked=True,
        channels={
            "mail": {"due": "50 s", "overdue": {"chance": 1, "on": "phone"}},
            "phone": {"hours": "daily"},
        },
        reasons={"a": caller(0, channels={"mail": 1})},
        pools={"team": {"agents": {monday(60, 900): 1}}},
    ),
    # At 100 `team` finishes, and `shy` declines the call that came before the one that waits.
    "FINISHED <-> OFFER_ENDS": centre(
        reasons={"a": caller(0, 50, 60)},
        pools={
            "team": {"agents": 1},
            "shy": {"agents": 1, "offers": {"accept": 0, "response": "50 s", "pause": "1 h"}},
        },
        routing=[{"to": ["team", "shy"]}],
    ),
    # At 100 the pause of `shy` ends, who is asked again, and `team` comes, who takes the call.
    "PAUSE_ENDS <-> ON_DUTY": centre(
        channels={"phone": {"hours": "daily"}},
        reasons={"a": caller(0)},
        pools={
            "team": {"agents": {monday(100, 900): 1}},
            "shy": {"agents": 1, "offers": {"accept": 0, "response": "0 s", "pause": "100 s"}},
        },
        routing=[{"to": ["team", "shy"]}],
    ),
    # The door closes at 100, during the first talk; the second line stays, and has the leg at 120.
    "let go as the talk ends": centre(
        channels={"phone": {"hours": monday(0, 100), "at_close": "drain"}},
        reasons={"a": caller(50)},
        pools={
            "first": {"agents": {monday(0, 100): 1}},
            "second": {"agents": {monday(0, 100): 1}},
        },
        routing=[{"to": ["first"]}],
        transfers={"up": {"by": "first", "share": 1, "to": "second", "after": 0.7}},
    ),
    # An AI agent helps nobody, and all leave; after other talks half would come again.
    "who has left comes again": centre(
        reasons={"a": caller(0, resolved=0.5, again={"after": "500 s"})},
        pools={"bot": {"agents": 2, "ai_agent": {"resolves": 0, "leaves": 1, "talk": "60 s"}}},
    ),
    # Idle at closing time, the agent stays for a call that his pool joins later.
    "does not stay": centre(
        channels={"phone": {"hours": monday(0, 100), "at_close": "drain"}},
        reasons={"a": caller(50)},
        pools={"team": {"agents": {monday(0, 100): 1}}, "other": {"agents": {"sun": 1}}},
        routing=[{"to": ["other", {"pool": "team", "after": "100 s"}]}],
    ),
}
"""What is too rare in the series to be waited for."""


def is_seen(make: Callable[[], Run]) -> bool:
    """Whether the checker objects to a run, or the engine itself stumbles over its fault."""
    try:
        check(make())
    except (LawBroken, IndexError):
        return True
    return False


def where_first(fault: str) -> int | None:
    """The number in the series where a planted fault is found; -1: in the one made for it."""
    if fault in BY_HAND and is_seen(lambda: run(BY_HAND[fault])):
        return -1
    before = found_before().get(fault)
    numbers = range(300) if before is None else (before, *range(300))
    return next((k for k in numbers if k >= 0 and is_seen(partial(of_series, k))), None)


@cache
def found_before() -> dict[str, int]:
    return dict(json.loads(FOUND.read_text(encoding="utf-8"))) if FOUND.exists() else {}


@pytest.mark.parametrize("fault", BY_HAND)
def test_the_rare_ones_pass_without_a_fault(fault: str) -> None:
    check(run(BY_HAND[fault]))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    FAULTS[fault](monkeypatch)
    assert where_first(fault) is not None


@pytest.mark.parametrize("fault", LEG_FAULTS)
def test_a_planted_fault_of_transfers_is_found(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    LEG_FAULTS[fault](monkeypatch)
    by_hand = fault in BY_HAND and is_seen(lambda: run(BY_HAND[fault]))
    assert by_hand or any(is_seen(partial(passed_on, k)) for k in PASSED_ON)


@pytest.mark.parametrize("fault", CONFERENCE_FAULTS)
def test_a_planted_fault_of_conferences_is_found(
    fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    CONFERENCE_FAULTS[fault](monkeypatch)
    assert any(is_seen(partial(with_conferences, k)) for k in CONFERENCES)


def check_days() -> None:
    for k in range(DAYS):
        check(run(some_days(k)))


@pytest.mark.parametrize("fault", DAY_FAULTS)
def test_a_planted_fault_of_days_is_found(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    DAY_FAULTS[fault](monkeypatch)
    with pytest.raises(LawBroken):
        check_days()


# --- the checker's own laws, each on a log spoilt by hand -------------------------------------


def busy() -> Run:
    """Ten calls on two agents."""
    calls = {"arrivals": {"replay": [10.0 * k for k in range(10)]}, "handle": "45 s"}
    return run(centre(reasons={"a": calls}, pools={"team": {"agents": 2}}))


def spoilt(column: str, place: int, value: float) -> Run:
    result = busy()
    changed_column = getattr(result.log, column).copy()
    changed_column[place] = value
    object.__setattr__(result.log, column, changed_column)
    return result


@pytest.mark.parametrize(
    ("column", "place", "value"),
    [
        ("outcome", 3, 1),
        ("ended", 5, 2000.0),
        ("agent", 4, 1),
        ("freed", 2, 66.0),
        ("talked", 2, 30.0),
        ("resolved", 1, 0),
        ("pool", 1, -1),
        ("arrived", 6, 61.0),
        ("attempt", 6, 1),
        ("parent", 6, 2),
        ("cause", 6, 1),
        ("customer", 6, 5),
    ],
)
def test_a_spoilt_row_is_found(column: str, place: int, value: float) -> None:
    assert getattr(busy().log, column)[place] != value
    with pytest.raises(LawBroken):
        check(spoilt(column, place, value))


def test_a_good_row_passes() -> None:
    witness = check(busy())
    assert witness.seen["answered"] == 10
    assert Centre(busy().scenario).capacity == [1]


if __name__ == "__main__":
    where = {}
    for fault, plant in FAULTS.items():
        with pytest.MonkeyPatch.context() as patch:
            plant(patch)
            where[fault] = where_first(fault)
    FOUND.write_text(json.dumps(where, indent=1) + "\n", encoding="utf-8")
