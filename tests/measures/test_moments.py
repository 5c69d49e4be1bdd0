"""How many wait at once, and for how long; by hand, and against the queue that has a formula."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from scipy import stats
from tiny_log import HOUR, SHOP, Contact, Tiny, answered, ended

import sim
from sim.experiment.simulation import Simulation
from sim.measures import mean_ends
from sim.tables import Cause, Outcome

NINE = 9 * HOUR


def queue_of(tiny: Tiny) -> dict[tuple[str, str, int], float]:
    """[window, channel, number waiting] seconds."""
    queue = mean_ends(tiny.basis, [tiny.tally.ends]).queue
    keys = zip(queue["window"], queue["channel"], queue["waiting"].tolist(), strict=True)
    return dict(zip(keys, (queue["hours"] * HOUR).tolist(), strict=True))


def test_so_many_wait_for_so_long() -> None:
    # Calls wait 9:00:00-9:01:00 and 9:00:30-9:01:30: one for 30 s, two for 30 s, one for 30 s. A
    # third from 17:59:50 to 18:00:20, over the border of two windows: 10 s and 20 s. A chat waits
    # from 23:59:00 on, to the end of the counted day; its call of the day before counts no more.
    tiny = Tiny(
        [
            answered(NINE, 60.0, 60.0),
            ended(Outcome.ABANDONED, NINE + 30, 60.0),
            answered(18 * HOUR - 10, 30.0, 60.0),
            ended(Outcome.UNFINISHED, 24 * HOUR - 60, float("nan"), channel="chat"),
            answered(-600.0, 300.0, 60.0),
        ]
    )
    found = queue_of(tiny)
    assert found["office", "phone", 2] == pytest.approx(30)
    assert found["office", "phone", 1] == pytest.approx(30 + 30 + 10)
    assert found["office", "phone", 0] == pytest.approx(9 * HOUR - 100)
    assert found["evening", "phone", 1] == pytest.approx(20)
    assert found["other", "chat", 1] == pytest.approx(60)
    assert found["other", "email", 0] == pytest.approx(10 * HOUR)
    assert ("other", "phone", 1) not in found
    assert sum(found.values()) == pytest.approx(4 * 24 * HOUR)  # four channels


def test_exactly_three_waiting() -> None:
    """M/M/5 at a load of 3: with k waiting for the part C (1 - .6) .6^k of the time, k > 0.

    C is the chance to wait, Erlang's: 0.2362. For three that is 0.0204. 40 runs of 7 days; the
    finding is sought at 5 standard errors, of about 0.00026 each: 6 % of the share.
    """
    scenario = sim.loads(
        """
calendar: {days: 7, warmup: 1}
reasons: {calls: {volume: 60 per hour, handle: {exponential: 3 min}}}
pools: {desk: {agents: 5}}
"""
    )
    simulation = Simulation.of(scenario, 11, "compiled")
    shares = []
    for replication in range(40):
        queue = mean_ends(
            simulation.basis, [simulation.measure(replication, pictures=True)[0].ends]
        ).queue
        shares.append(queue["share"][queue["waiting"] == 3].sum())
    load, agents = 3.0, 5
    terms = [load**k / np.prod(np.arange(1, k + 1)) for k in range(agents)]
    last = load**agents / np.prod(np.arange(1, agents + 1)) / (1 - load / agents)
    wanted = last / (sum(terms) + last) * (1 - load / agents) * (load / agents) ** 3
    error = stats.sem(shares)
    assert wanted == pytest.approx(0.0204, abs=5e-5)
    assert 5 * error < 0.1 * wanted
    assert abs(np.mean(shares) - wanted) < 5 * error


# --- by customer ------------------------------------------------------------------------------


def test_answered_by_call_and_by_customer() -> None:
    # One is through at the first call. The other gives up twice and is through at the third, which
    # is passed on: still the third contact. A third one gives up for good.
    tiny = Tiny(
        [
            answered(NINE, 0.0, 60.0),
            ended(Outcome.ABANDONED, NINE, 60.0),
            ended(Outcome.ABANDONED, NINE, 60.0),
            ended(Outcome.ABANDONED, NINE + 600, 60.0, customer=1, cause=Cause.RETRY, parent=1,
                  attempt=1),
            answered(NINE + 1200, 0.0, 60.0, customer=1, cause=Cause.RETRY, parent=3, attempt=2,
                     resolved=-1),
            answered(NINE + 1260, 0.0, 60.0, customer=1, cause=Cause.TRANSFER, parent=4, attempt=3),
            answered(NINE + 9000, 0.0, 60.0, customer=0, cause=Cause.AGAIN, parent=0, attempt=1),
        ]
    )  # fmt: skip
    assert tiny.value("customers_answered") == pytest.approx(2 / 3)
    assert tiny.value("contacts_until_answered") == pytest.approx((1 + 3) / 2)
    assert tiny.value("customers_answered", "channel", "phone") == pytest.approx(2 / 3)


def test_who_is_helped_by_self_service_needs_no_answer() -> None:
    tiny = Tiny(
        [
            Contact(Outcome.SELF_SERVED, NINE, resolved=1, reason="tracking", channel="robot"),
            answered(NINE, 0.0, 60.0),
        ]
    )
    assert tiny.value("customers_answered") == 1


def test_hang_ups_count_when_they_happen() -> None:
    # Called at 8:59:30, hung up at 9:00:10; one of the day before at 0:05; one after the last day.
    tiny = Tiny(
        [
            ended(Outcome.ABANDONED, NINE - 30, 40.0),
            ended(Outcome.ABANDONED, -60.0, 360.0),
            ended(Outcome.ABANDONED, 24 * HOUR - 60, 120.0),
            ended(Outcome.BALKED, NINE),
        ]
    )
    assert tiny.value("hang_ups") == 3
    assert tiny.value("hang_ups", "hour", "mon 09:00") == 2
    assert tiny.value("hang_ups", "hour", "mon 00:00") == 1
    assert tiny.value("abandoned", "hour", "mon 08:00") == 1
    assert tiny.value("abandoned") == 3  # of the counted day's customers


# --- what waiting costs -----------------------------------------------------------------------

DEAR = SHOP.replace(
    "phone: {live: true}", "phone: {live: true, cost_per_waiting_minute: 2, cost_per_contact: 1}"
)


def test_minutes_of_waiting_have_a_price() -> None:
    # 90 s on the telephone answered by the team, 30 s given up, 10 min on the chat (no price).
    tiny = Tiny(
        [
            answered(NINE, 90.0, 60.0),
            ended(Outcome.ABANDONED, NINE, 30.0),
            answered(NINE, 600.0, 60.0, channel="chat"),
        ],
        spells=[(0, NINE, 2 * NINE, 2 * NINE)],
        text=DEAR,
    )
    assert tiny.value("cost_waiting") == pytest.approx(2 * 2.0)
    assert tiny.value("cost_waiting", "pool", "team") == pytest.approx(2 * 1.5)
    assert tiny.value("cost_waiting", "reason", "advice") == pytest.approx(4)
    assert tiny.value("cost_waiting", "hour", "mon 09:00") == pytest.approx(4)
    assert tiny.value("cost", "source", "channel phone") == pytest.approx(4 + 1)
    assert [c for c in tiny.checks().values() if not c.passed] == []


@pytest.mark.parametrize(
    ("people", "right"), [(1, 520.0), (2, 61.01), (3, 62.66)], ids=["one", "two", "three"]
)
def test_how_many_people_waiting_is_worth(people: int, right: float) -> None:
    """20 orders an hour of 2.5 min, 20 an hour a person, 2 a minute waited: 120 an hour waiting.

    M/M/n: 4.1667, 0.1751 and 0.0222 wait on average, so 500 + 20, 21.01 + 40, 2.66 + 60 an hour.
    One person needs two weeks of warm-up, and weeks differ: 5 standard errors are 15 % there and
    2 % elsewhere.
    """
    scenario = sim.loads(
        f"""
currency: USD
calendar: {{days: 56, warmup: {14 if people == 1 else 0}}}
reasons: {{orders: {{volume: 20 per hour, handle: {{exponential: 2.5 min}}}}}}
channels: {{phone: {{cost_per_waiting_minute: 2}}}}
pools: {{reps: {{agents: {people}, contract: {{per_hour: 20}}}}}}
"""
    )
    row = sim.run(scenario, replications=30, seed=5).get("cost")
    hours = 56 * 24
    half = (row.high - row.low) / 2 / hours
    error = half / float(stats.t.ppf(0.975, 29))
    assert 5 * error < right * (0.15 if people == 1 else 0.02)
    assert abs(row.value / hours - right) < 5 * error
    assert error < inf
