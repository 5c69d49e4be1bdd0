"""Self-scheduled members: when they log in, how long they stay, what others do not change."""

from __future__ import annotations

from typing import Any

import numpy as np
from drawing import DAY, drawn, scenario_of, setting_of, told

from sim.draws import draw, prepare
from sim.scenario import Scenario
from sim.tables import on_grid

HOUR = 3600
RUN = 21  # a week and 14 days in which patterns go on
Z = 6.5  # standard errors: false alarms below 1e-9 a comparison, far below 1e-6 over this file


def club(members: int = 200, **more: Any) -> dict[str, Any]:
    """A pool of members who log in with a chance of 30 % an hour, daily from 18 to 23 h."""
    pool = {
        "members": members,
        "sessions": {"daily 18:00-23:00": "30 %"},
        "session": {"exponential": "40 min"},
        **more,
    }
    return {"pools": {"club": pool}, "channels": {"phone": {"hours": "daily"}}}


def test_sessions_lie_within_the_hours_and_do_not_overlap() -> None:
    draws = drawn(**club())
    on, off = draws.duty_on, draws.duty_off
    day = np.floor(on / DAY)
    assert (on >= day * DAY + 18 * HOUR).all()
    assert (off <= day * DAY + 23 * HOUR).all()
    assert (off > on).all()
    same = draws.duty_agent[1:] == draws.duty_agent[:-1]
    assert (on[1:] >= off[:-1])[same].all()
    assert (on_grid(on) == on).all()
    assert (on_grid(off) == off).all()


def test_a_pool_without_members_has_no_sessions() -> None:
    draws = drawn(**club(0))
    assert len(draws.duty_on) == len(draws.duty_agent) == 0


def test_members_present_are_those_of_a_two_state_chain() -> None:
    # Away -> present at rate a = -ln(0.7) an hour, present -> away at rate b = 1.5 an hour. From
    # 18 h, when all are away, p(t) = a / (a + b) * (1 - exp(-(a + b) t)) of them are present.
    a, b = -np.log(0.7), 1.5
    members, days = 2000, 7
    draws = drawn(**club(members))
    for hours in (0.25, 1.0, 2.0, 4.9):
        now = (np.arange(days) * 24 + 18 + hours) * HOUR
        here = (draws.duty_on <= now[:, None]) & (now[:, None] < draws.duty_off)
        p = a / (a + b) * (1 - np.exp(-(a + b) * hours))
        # 14,000 independent looks: a difference of 6.5 * sqrt(p (1 - p) / 14,000) is found
        error = np.sqrt(p * (1 - p) / (members * days))
        assert abs(here.sum() / (members * days) - p) < Z * error


def test_the_chance_is_that_of_logging_in_within_an_hour() -> None:
    # Sessions until the end of the hours: by 19 h a member is there with the stated 30 %.
    members = 2000
    draws = drawn(**club(members, session="never"))
    logged_in = np.floor(draws.duty_on / DAY) * DAY + 19 * HOUR > draws.duty_on
    share = logged_in.sum() / (members * RUN)
    assert abs(share - 0.3) < Z * np.sqrt(0.3 * 0.7 / (members * RUN))
    assert (draws.duty_off % DAY == 23 * HOUR).all()


def test_more_members_and_other_pools_change_nobody_else() -> None:
    few, many = drawn(**club(10)), drawn(**club(30))
    mine = many.duty_agent < 10
    assert (few.duty_on == many.duty_on[mine]).all()
    assert (few.duty_off == many.duty_off[mine]).all()
    parts = club(10, offers={"accept": 0.5, "response": "8 s", "timeout": "20 s"})
    alone = scenario_of(**parts)
    parts["pools"] = {"team": {"agents": 3}, **parts["pools"]}
    beside = scenario_of(**parts)
    assert club_of(alone) == club_of(beside)


def club_of(scenario: Scenario) -> bytes:
    """All that is drawn for the club."""
    setting = prepare(scenario)
    return told(draw(setting, 1, 0), scenario, setting)["pool", "club"]


def test_answers_to_offers_are_a_row_an_agent() -> None:
    offers = {"accept": 0.5, "response": {"exponential": "8 s"}, "timeout": "20 s"}
    few, many = drawn(**club(10, offers=offers)), drawn(**club(30, offers=offers))
    assert few.offer_first[0] == 0
    assert len(few.offer_luck) == len(few.offer_response) == few.offer_first[-1]
    n = few.offer_first[-1]
    assert (many.offer_luck[:n] == few.offer_luck).all()
    assert (many.offer_response[:n] == few.offer_response).all()
    # mean 8 s: with 7,680 draws a difference of 6.5 * 8 / sqrt(7,680) = 0.6 s is found
    assert abs(many.offer_response.mean() - 8) < Z * 8 / np.sqrt(len(many.offer_response))
    assert len(drawn(**club(10)).offer_luck) == 0


def volumes(replications: int, **parts: Any) -> np.ndarray:
    """Customers by replication, day of the week and reason."""
    setting = setting_of(**parts)
    table = []
    for k in range(replications):
        draws = draw(setting, 1, k)
        day = np.floor(draws.arrival / DAY).astype(int)
        counts = [np.bincount(day[draws.reason == r], minlength=7) for r in range(2)]
        table.append(np.stack(counts, axis=1))
    return np.array(table)


TWO_REASONS = {
    name: {"volume": "2800 per week", "handle": "1 min", "busyness": own}
    for name, own in [("a", 0), ("b", 0.2)]
}


def test_shared_busyness_moves_all_reasons_together() -> None:
    # 400 a day of each. Shared factor F with cv 0.3: Cov(a, b) = 400² · 0.09 = 14,400. Variances:
    # a: 400 + 400² · 0.09 = 14,800; b: 400 + 400² · (1.09 · 1.04 - 1) = 400 + 400² · 0.1336.
    table = volumes(300, reasons=TWO_REASONS, busyness=0.3).reshape(-1, 2).astype(float)
    covariance = np.cov(table.T)
    # 2,100 days; Gamma days have fourth moments near 3.5: 6.5 errors are about 25 %
    assert abs(covariance[0, 1] / 14_400 - 1) < 0.25
    assert abs(covariance[0, 0] / 14_800 - 1) < 0.25
    assert abs(covariance[1, 1] / (400 + 400**2 * 0.1336) - 1) < 0.25
    assert abs(table.mean() / 400 - 1) < 0.05


def test_special_days_multiply_the_usual_volume_of_that_day_only() -> None:
    calendar = {"start": "2026-01-05", "special_days": {"2026-01-07": {"a": "250 %"}}}
    reasons = {name: {**reason, "busyness": 0} for name, reason in TWO_REASONS.items()}
    usual = volumes(50, reasons=reasons)
    special = volumes(50, reasons=reasons, calendar=calendar)
    # Wednesday of a: 1000 a day; 50 days: 6.5 * sqrt(1000 / 50) = 29 is found
    assert abs(special[:, 2, 0].mean() - 1000) < Z * np.sqrt(1000 / 50)
    assert (special[:, :2] == usual[:, :2]).all()
    assert (special[:, :, 1] == usual[:, :, 1]).all()
    assert abs(special[:, 3:, 0].mean() - 400) < Z * np.sqrt(400 / 200)
