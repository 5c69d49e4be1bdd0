"""Properties of any log: splits add up, and vectorised time agrees with a plain loop."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_log import CHANNELS, HOUR, POOL_OF_AGENT, REASONS, SHOP, Contact, Tiny

from sim.measures import COST_PARTS
from sim.measures.agents import Spells, merge, within
from sim.measures.clock import make_clock
from sim.tables import Cause, Outcome

TEXT = (
    SHOP.replace("days: 1", "days: 2, warmup: 1, cooldown: 1")
    .replace("phone: {live: true}", "phone: {live: true, callback: {cost_per_contact: 2}}")
    .replace("{per_hour: 24}", "{per_hour: 24, minimum_shift: 3 h, minimum_per_week: 1500}")
    .replace("per_week: 70}", "per_week: 70, minimum_per_week: 200}")
    .replace("answers: {chat: 2}\n    contract", "answers: {chat: 2}\n    offers: {}\n    contract")
    .replace("basket: 200}", "basket: 200, after_wait: [[10 s, 100 %], [60 s, 0 %]]}")
)
DAY_SECONDS = 24 * HOUR
UNANSWERED = [o for o in Outcome if o != Outcome.ANSWERED]


def random_log(seed: int) -> Tiny:
    """Contacts with every outcome, follow-ups among them, and duty; no rule of the engine holds."""
    luck = np.random.default_rng(seed)
    customers = int(luck.integers(1, 25))
    contacts: list[Contact] = []
    for i in range(customers + int(luck.integers(0, 15))):
        parent = -1 if i < customers else int(luck.integers(0, i))
        whose = i if parent < 0 else contacts[parent].customer
        reason = REASONS[luck.integers(2)] if parent < 0 else contacts[parent].reason
        arrived = float(luck.integers(-24 * 60, 72 * 60)) * 60.0
        if parent >= 0:
            arrived = contacts[parent].arrived + float(luck.integers(0, 40)) * HOUR
        causes = [Cause.RETRY, Cause.AGAIN, Cause.CLOSED, Cause.OVERDUE, Cause.OTHERWISE]
        answered = luck.random() < 0.6
        agent = int(luck.integers(3)) if answered else -1
        expert = agent >= 0 and POOL_OF_AGENT[agent] == 1
        outcome = Outcome.ANSWERED if answered else UNANSWERED[luck.integers(len(UNANSWERED))]
        waited = float(luck.integers(0, 200)) * 0.5
        contacts.append(
            Contact(
                outcome,
                arrived,
                np.nan if outcome == Outcome.UNFINISHED else waited,
                talk=float(luck.integers(0, 4000)) if answered else np.nan,
                wrap=float(luck.integers(0, 60)) if answered else np.nan,
                agent=agent,
                resolved=int(luck.integers(2)) if answered else -1,
                customer=whose,
                reason=reason,
                channel=CHANNELS[luck.integers(4)],
                cause=Cause.FIRST if parent < 0 else causes[luck.integers(5)],
                parent=parent,
                attempt=0 if parent < 0 else sum(c.customer == whose for c in contacts),
                window=float(luck.choice([5.0, 50.0, np.inf])),
                callback=int(luck.integers(2)),
                offers=int(luck.integers(expert, 4)),
            )
        )
    spells = []
    for agent in range(3):
        times = np.sort(luck.integers(-24 * 4, 72 * 4, 6)) * 900.0
        for on, off, next_on in zip(times[::2], times[1::2], [*times[2::2], np.inf], strict=True):
            spells.append((agent, on, off, min(off + 900.0 * luck.integers(2), next_on)))
    return Tiny(
        contacts,
        spells,
        buy=luck.random(customers).tolist(),
        satisfied=luck.random(customers).tolist(),
        text=TEXT,
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_every_split_adds_up_to_the_total(seed: int) -> None:
    """What `checks` calls adding up, for logs in which anything may happen."""
    failed = [
        check
        for check in random_log(seed).checks().values()
        if not check.passed and ("add up" in check.name or "sum" in check.name)
    ]
    assert failed == []


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32))
def test_cost_is_the_sum_of_its_parts_and_margin_what_is_left(seed: int) -> None:
    tiny = random_log(seed)
    cost = tiny.value("cost")
    assert cost == pytest.approx(sum(tiny.value(part) for part in COST_PARTS), rel=1e-12)
    assert tiny.value("margin") == pytest.approx(tiny.value("incremental_revenue") - cost)
    names = ["pool team", "pool experts", "channel phone", "channel email", "channel robot"]
    assert sum(tiny.value("cost", "source", name) for name in names) == pytest.approx(cost)
    assert 0 <= tiny.value("offers_declined") <= 1 or tiny.value("offers") == 0


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32))
def test_minimums_agree_with_a_plain_loop(seed: int) -> None:
    """At least 1500 a week for the team and 200 for the experts, in two days of seven."""
    tiny = random_log(seed)
    short = 0.0
    for agent in (0, 1):
        shifts: list[list[tuple[float, float]]] = []
        for _, on, off, _ in (s for s in tiny.spells if s[0] == agent):
            if shifts and on - shifts[-1][-1][1] < 2 * HOUR:
                shifts[-1].append((on, off))
            else:
                shifts.append([(on, off)])
        for shift in shifts:
            length = sum(off - on for on, off in shift)
            counted = sum(max(min(off, 2 * DAY_SECONDS) - max(on, 0.0), 0.0) for on, off in shift)
            if 0 < length < 3 * HOUR:
                short += 24 * (3 * HOUR - length) / HOUR * counted / length
    team = sum(tiny.value(part, "source", "pool team") for part in COST_PARTS)
    rest = team - tiny.value("cost_minimum", "source", "pool team") + short
    assert team == pytest.approx(max(rest, 1500 * 2 / 7))
    assert tiny.value("cost", "source", "pool experts") >= 200 * 2 / 7 - 1e-9


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32))
def test_counts_and_waits_agree_with_a_plain_loop(seed: int) -> None:
    tiny = random_log(seed)
    end = 2 * 86400
    counted = [c for c in tiny.contacts if 0 <= tiny.contacts[first_of(tiny, c)].arrived < end]
    queued = [c for c in counted if not c.callback]
    served = [c for c in queued if c.outcome == Outcome.ANSWERED]
    left = [c for c in queued if c.outcome in (Outcome.ABANDONED, Outcome.BALKED)]
    limit = {"phone": 20, "chat": 40, "email": 86400, "robot": 20}
    soon = [c for c in served if c.waited <= limit[c.channel]]
    assert tiny.value("contacts") == len(counted)
    assert tiny.value("offered") == len(served) + len(left)
    assert tiny.value("service_level") == pytest.approx(
        len(soon) / len(served + left) if served + left else np.nan, nan_ok=True
    )
    assert tiny.value("wait") == pytest.approx(
        np.mean([c.waited for c in served + left]) if served + left else np.nan, nan_ok=True
    )


def first_of(tiny: Tiny, contact: Contact) -> int:
    return tiny.customers[next(i for i, c in enumerate(tiny.contacts) if c is contact)]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32))
def test_occupancy_agrees_with_a_count_of_minutes(seed: int) -> None:
    """All times are on whole half minutes here: look at each of them, agent by agent."""
    luck = np.random.default_rng(seed)
    spells, contacts = [], []
    for agent in range(3):
        on = float(luck.integers(0, 600)) * 60
        for _ in range(3):
            off = on + float(luck.integers(1, 200)) * 60
            spells.append((agent, on, off, off))
            on = off + float(luck.integers(0, 100)) * 60
    for _ in range(12):
        agent = int(luck.integers(3))
        start, talk = (float(x) * 30 for x in luck.integers(0, 2000, 2))
        channel = "chat" if agent == 2 else ("phone", "chat", "email")[luck.integers(3)]
        contacts.append(Contact(Outcome.ANSWERED, start, 0.0, talk, 0.0, agent, 1, channel=channel))
    tiny = Tiny(contacts, spells)
    moments = np.arange(0, 86400, 30) + 15
    duty = slots = some = 0.0
    for agent in range(3):
        mine = [s for s in spells if s[0] == agent]
        there = sum((moments > on) & (moments < off) for _, on, off, _ in mine)
        hand = np.zeros(len(moments))
        for c in contacts:
            if c.agent == agent:
                share = 0.5 if c.channel == "chat" else 1.0
                hand += share * ((moments > c.arrived) & (moments < c.arrived + c.talk))
        duty += there.sum()
        slots += (there * hand).sum()
        some += (there * (hand > 0)).sum()
    assert tiny.value("hours") == pytest.approx(duty / 120)
    assert tiny.value("occupancy") == pytest.approx(slots / duty)
    assert tiny.value("occupancy_any") == pytest.approx(some / duty)
    assert tuple(tiny.basis.agent_pool) == POOL_OF_AGENT


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(-20, 60), st.integers(0, 60), st.integers(0, 1), st.sampled_from([1, 2, 3])
        ),
        max_size=12,
    )
)
def test_time_spent_agrees_with_a_plain_loop(rows: list[tuple[int, int, int, int]]) -> None:
    clock = make_clock(Tiny([]).setting)
    start = np.array([row[0] * 1800.0 + 7 for row in rows])
    end = start + np.array([row[1] * 1111.0 for row in rows])
    group = np.array([row[2] for row in rows], dtype=np.int64)
    weight = np.array([row[3] for row in rows], dtype=np.float64)
    spent = clock.spent(start, end, group, 2, weight)
    expected = np.zeros_like(spent)
    for s, e, g, w in zip(start, end, group, weight, strict=True):
        for k in range(clock.counted):
            inside = min(e, clock.edges[k + 1]) - max(s, clock.edges[k])
            expected[g, k] += w * max(inside, 0.0)
    assert np.array_equal(spent, expected)  # to the bit: all times are on the grid


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 50), st.integers(0, 20)), max_size=10),
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 50), st.integers(1, 20)), max_size=6),
)
def test_spells_merge_and_are_cut_as_sets_of_seconds(
    work: list[tuple[int, int, int]], duty: list[tuple[int, int, int]]
) -> None:
    def spells(rows: list[tuple[int, int, int]]) -> Spells:
        table = np.array(rows, dtype=np.float64).reshape(-1, 3)
        return Spells(table[:, 0].astype(np.int64), table[:, 1], table[:, 1] + table[:, 2])

    def seconds(found: Spells) -> list[tuple[int, int]]:
        return [
            (int(a), second)
            for a, s, e in zip(found.agent, found.start, found.end, strict=True)
            for second in range(int(s), int(e))
        ]

    merged = merge(spells(work))
    assert sorted(seconds(merged)) == sorted(set(seconds(spells(work))))
    apart = merge(spells(duty))  # duty: in order, without overlap
    which, start, end = within(merged, apart)
    cut = Spells(merged.agent[which], start, end)
    assert sorted(seconds(cut)) == sorted(set(seconds(merged)) & set(seconds(apart)))
