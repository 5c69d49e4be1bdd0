"""Statement C: four pools side by side, and when they are there."""

from __future__ import annotations

import numpy as np
import pytest
from statements import agrees, certain, run

import sim
from sim.tables import DAY, ContactLog, Outcome

POOLS = ("in_house", "contractor", "experts", "ambassadors")


@pytest.mark.parametrize(
    ("measure", "printed", "within"),
    [
        ("conversion", (0.13, 0.13, 0.21, 0.07), 0.01),
        ("revenue_per_contact", (96, 93, 137, 34), 6),
        ("satisfaction", (0.91, 0.91, 0.921, 0.926), 0.008),
    ],
)
def test_what_a_contact_with_each_pool_is_worth(
    measure: str, printed: tuple[float, ...], within: float
) -> None:
    result = run("pools")
    for pool, value in zip(POOLS, printed, strict=True):
        assert agrees(result.get(measure, "pool", pool), value, within), pool


def test_headline_revenue_of_employees_and_volunteers() -> None:
    """The customers are those of pools.yaml, so the other pools' revenue is the same number."""
    headline, sectors = run("pools-headline"), run("pools")
    for pool, value in {"in_house": 105, "ambassadors": 22}.items():
        assert agrees(headline.get("revenue_per_contact", "pool", pool), value, 6), pool
    for pool in ("contractor", "experts"):
        row = headline.get("revenue_per_contact", "pool", pool)
        assert row == sectors.get("revenue_per_contact", "pool", pool)


def test_headline_and_sector_figures_can_be_told_apart() -> None:
    """Else agreeing with both would mean nothing."""
    for pool, other in {"in_house": 105, "ambassadors": 22}.items():
        assert not agrees(run("pools").get("revenue_per_contact", "pool", pool), other, 6), pool


def test_human_cost_of_a_contact() -> None:
    result = run("pools")
    for pool, printed in zip(POOLS, (4, 4, 2, 1), strict=True):
        cost, answered = (result.get(name, "pool", pool).value for name in ("cost", "answered"))
        assert cost / answered == pytest.approx(printed), pool


@pytest.mark.parametrize(("pool", "printed"), [("in_house", 4), ("ambassadors", 1)])
def test_human_cost_of_those_paid_by_the_hour_and_the_week(pool: str, printed: float) -> None:
    """Cost is certain here; cost / contacts is as uncertain as the contacts."""
    result = run("pools-hourly")
    cost = certain(result.get("cost", "pool", pool))
    assert agrees(result.get("answered", "pool", pool), cost / printed, 0.06 * cost / printed)


def test_half_the_customers_make_employees_dearer_and_experts_not() -> None:
    """4 EUR a contact is a statement about occupancy, 2 EUR is a contract."""
    full = run("pools-hourly", run__replications=10)
    half = run("pools-hourly", run__replications=10, reasons__purchase__volume="4000 per week")

    def each(result: sim.Result, pool: str) -> float:
        return result.get("cost", "pool", pool).value / result.get("answered", "pool", pool).value

    assert each(half, "in_house") > 1.2 * each(full, "in_house")
    assert each(half, "ambassadors") > 1.5 * each(full, "ambassadors")
    assert each(half, "experts") == pytest.approx(each(full, "experts")) == 2


# --- when they are there ----------------------------------------------------------------------


def test_nobody_is_answered_when_the_team_is_at_home() -> None:
    result = run("office-hours")
    for window in ("evening", "weekend"):
        assert certain(result.get("answered", "window", window)) == 0
        assert result.get("closed_share", "window", window).value == 1
    outside = sum(result.get("contacts", "window", name).value for name in ("evening", "weekend"))
    assert outside / result.get("contacts").value > 0.5


def test_volunteers_and_experts_answer_outside_office_hours() -> None:
    scenario, logs = run("evenings").scenario, []

    def keep(_: int, log: ContactLog) -> None:
        logs.append(log)

    sim.run(scenario, jobs=1, on_replication=keep)
    pools = list(scenario.pools)
    office = {name: [0, 0] for name in pools}
    for log in logs:
        rows = log.outcome == Outcome.ANSWERED
        day, hour = log.ended // DAY % 7, log.ended % DAY / 3600
        inside = (day < 5) & (hour >= 9) & (hour < 18)
        for p, name in enumerate(pools):
            mine = rows & (log.pool == p)
            office[name][0] += int(np.count_nonzero(mine & inside))
            office[name][1] += int(np.count_nonzero(mine))
    assert office["experts"][0] == 0 < office["experts"][1]
    assert 0 < office["ambassadors"][0] < 0.5 * office["ambassadors"][1]
    assert office["in_house"][0] == office["in_house"][1] > 0


def test_evenings_are_worth_it() -> None:
    """They add more than they cost; the employees' own office hours hardly change."""
    before, after = run("office-hours"), run("evenings")
    assert after.get("margin").low > before.get("margin").high
    for window in ("evening", "weekend"):
        gained, paid = (after.get(n, "window", window).low for n in ("margin", "cost"))
        assert gained > paid > 0
        assert after.get("margin", "window", window).low > 0


def test_more_members_do_more_than_readier_ones() -> None:
    twice = run(
        "evenings",
        pools__experts__members=120,
        pools__ambassadors__members=160,
        run__replications=10,
    )
    ready = run(
        "evenings",
        pools__experts__offers__accept="100 %",
        pools__experts__offers__response="2 s",
        pools__ambassadors__offers__accept="100 %",
        pools__ambassadors__offers__response="2 s",
        run__replications=10,
    )
    left = [r.get("abandonment", "window", "evening") for r in (twice, ready, run("evenings"))]
    assert left[0].value < 0.9 * left[1].value
    assert left[1].value < 0.9 * left[2].value
