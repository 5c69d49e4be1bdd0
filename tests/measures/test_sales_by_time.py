"""Conversion, revenue per contact and satisfaction that depend on when."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from tiny_log import HOUR, SHOP, Tiny, answered

import sim
from sim.scenario import ScenarioError, loads, to_yaml
from sim.scenario.by_time import usual

NINE, SIX = 9 * HOUR, 18 * HOUR
TEAM, EXPERTS = "{conversion: 40 %, basket: 200}", "{conversion: 50 %, revenue_per_contact: 120}"


def by_time(**said: str) -> str:
    """`SHOP` with other values of pools."""
    text = SHOP.replace("satisfaction: 90 %", f"satisfaction: {said.get('satisfaction', '90 %')}")
    text = text.replace(TEAM, f"{{conversion: {said.get('team', '40 %')}, basket: 200}}")
    return text.replace(EXPERTS, said.get("experts", EXPERTS))


def test_the_moment_of_the_answer_decides() -> None:
    # The team sells to 10 % from 18:00 on, else to 40 %; all have the luck 0.2. The first is
    # answered at 17:59:59; the second comes at 17:59 and is answered at 18:00:00; the third is
    # answered in the evening. With the same luck the first two are (0.8 < 0.9) and are not
    # (0.8 >= 0.7) satisfied, the third is by the first line that covers it (19:00, 85 %).
    contacts = [
        answered(SIX - 1, 0.0, 300.0),
        answered(SIX - 60, 60.0, 300.0, agent=1),
        answered(SIX + HOUR, 0.0, 300.0),
    ]
    text = by_time(
        team="{mon 18:00-24:00: 10 %, other: 40 %}",
        satisfaction="{daily 19:00-20:00: 85 %, mon 18:00-24:00: 70 %, other: 90 %}",
    )
    tiny = Tiny(contacts, buy=[0.2] * 3, satisfied=[0.8] * 3, text=text)
    assert tiny.value("sales") == 1
    assert tiny.value("satisfaction") == pytest.approx(2 / 3, rel=1e-12)
    # On average 40 %, 10 % and 10 % buy for 200, and 10 % of each would for 100 unaided; the
    # experts cost 10 a day.
    assert tiny.value("expected_margin") == pytest.approx(200 * 0.6 - 3 * 10 - 10, rel=1e-12)


def test_a_sale_brings_the_revenue_per_contact_over_the_conversion_of_its_time() -> None:
    # At nine 120 over 50 %: 240 a sale. In the evening 30 over 20 %: 150 a sale. Both buy.
    experts = (
        "{conversion: {chat: {daily 18:00-24:00: 20 %, other: 50 %}}, "
        "revenue_per_contact: {advice: {chat: {daily 17:00-24:00: 30, other: 120}}, other: 9}}"
    )
    at = {"channel": "chat", "agent": 2}
    contacts = [answered(NINE, 0.0, 300.0, **at), answered(SIX, 0.0, 300.0, **at)]
    tiny = Tiny(contacts, buy=[0.1, 0.1], text=by_time(experts=experts))
    assert tiny.value("revenue") == pytest.approx(240 + 150, rel=1e-12)


def test_the_basket_is_that_of_the_answer() -> None:
    # The team's customers spend 300 from 18:00 on, else 200. The second comes at 17:59 and is
    # answered at 18:00.
    # All buy, of whom nobody would unaided, but for a tenth on average for 100: that is 0.4 times
    # (200 + 300 + 300), less 3 x 10, less the experts' 10 a day.
    contacts = [
        answered(SIX - 1, 0.0, 300.0),
        answered(SIX - 60, 60.0, 300.0, agent=1),
        answered(SIX + HOUR, 0.0, 300.0),
    ]
    text = SHOP.replace("basket: 200", "basket: {mon 18:00-24:00: 300, other: 200}")
    tiny = Tiny(contacts, buy=[0.2] * 3, text=text)
    assert tiny.value("revenue") == 800
    assert tiny.value("expected_margin") == pytest.approx(0.4 * 800 - 30 - 10, rel=1e-12)


def test_a_basket_by_time_of_one_reason_leaves_the_others() -> None:
    # Of advice by chat the evening's; by phone the pool says none, and the reason's 100 counts.
    text = SHOP.replace("basket: 200", "basket: {chat: {daily 18:00-24:00: 300, other: 200}}")
    contacts = [
        answered(SIX, 0.0, 300.0, channel="chat"),
        answered(SIX, 0.0, 300.0, agent=1),
        answered(NINE, 0.0, 300.0, channel="chat"),
    ]
    tiny = Tiny(contacts, buy=[0.2] * 3, text=text)
    assert tiny.value("revenue") == 300 + 100 + 200


def test_baskets_of_one_family_share_their_luck() -> None:
    # Exponential baskets of 80 and of 20: who spends x in the evening would have spent x / 4 in the
    # morning. With the same seed everybody buys the same way, four times as much.
    text = """
    calendar: {days: 2}
    reasons: {advice: {volume: 200 per day, handle: 0 s, buying: {basket: 1}}}
    channels: {phone: {}}
    pools:
      team:
        agents: 1
        sells:
          conversion: 50 %
          basket: {TIMES: {exponential: 80}, other: {exponential: 20}}
    run: {replications: 3}
    """
    always, never = (
        sim.run(loads(text.replace("TIMES", times))).get("revenue").value
        for times in ("daily", "2030-01-01")
    )
    assert always == pytest.approx(4 * never, rel=1e-9)
    assert never > 0


def test_a_day_of_three_conversions_sells_what_they_come_to_on_average() -> None:
    # Everybody is answered at once, so the hour in which they come decides. Weights 1 : 2 : 3 of
    # the hours 09:00, 10:00 and 11:00 and conversions of 60 %, 30 % and 10 %: of all customers
    # (60 + 60 + 30) / 6 = 25 % buy, none of them unaided. With about n = 18,000 of them the
    # standard error is below sqrt(.25 x .75 / n) = 0.33 points. A false alarm beyond 5.5 of them
    # has a chance of 4e-8; the plain mean of the lines, 33 %, lies 25 away.
    text = """
    calendar: {days: 7}
    profiles: {morning: {daily 09:00-10:00: 1, daily 10:00-11:00: 2, daily 11:00-12:00: 3}}
    reasons:
      advice: {volume: 18000 per week, profile: morning, handle: 0 s, buying: {basket: 100}}
    channels: {phone: {}}
    pools:
      team:
        agents: 1
        sells:
          conversion:
            advice: {phone: {daily 09:00-10:00: 60 %, daily 10:00-11:00: 30 %, other: 10 %}}
    run: {replications: 1}
    """
    result = sim.run(loads(text))
    n = result.get("customers").value
    found = result.get("conversion").value
    assert abs(found - 0.25) < 5.5 * sqrt(0.25 * 0.75 / n)
    hours = [result.get("conversion", "hour", f"wed {hour:02d}:00").value for hour in (9, 10, 11)]
    assert np.all(np.diff(hours) < 0)


def test_it_is_written_as_it_was_said_and_merged_by_its_lines() -> None:
    said = "{advice: {phone: {mon-fri 18:00-20:00: 20 %, sat: 5 %, other: 40 %}}, other: 10 %}"
    scenario = loads(by_time(team=said))
    assert "phone: {mon-fri 18:00-20:00: 20 %, sat: 5 %, other: 40 %}" in to_yaml(scenario)
    assert loads(to_yaml(scenario)) == scenario
    path = "pools.team.sells.conversion.advice.phone"
    changed = scenario.with_({f"{path}.sat": "7 %"})
    assert loads(by_time(team=said.replace("5 %", "7 %"))) == changed
    plain = loads(by_time(team="{advice: {phone: 7 %}, other: 10 %}"))
    assert plain == scenario.with_({path: "7 %"})


def test_a_reason_may_be_called_like_a_time() -> None:
    text = by_time(team="{holiday: 20 %, other: {sat: 3 %, other: 10 %}}")
    scenario = loads(text.replace("tracking", "holiday"))
    conversion = scenario.pools["team"].sells.conversion
    assert conversion is not None
    assert conversion.at("holiday", "phone") == 0.2
    assert usual(conversion.at("advice", "phone")) == 0.1


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (
            "{sat: 10 %}",
            "is missing; say what holds at all other times, as in `other: 10 %",
        ),
        ("{sat: 10 %, other: 120 %}", "conversion.other: `120 %` is more than the whole"),
        ("{sat: 10 %, phone: 3 %, other: 2 %}", "`phone` is no time of the week; where values"),
        ("{advice: {sat: 10 %, chat: 3 %, other: 2 %}}", "advice.chat: `chat` is no time"),
        (
            "{advice: 10 %, sat: 5 %}",
            "sat: where values differ by reason too, say the times within",
        ),
        ("{sat 25:00-26:00: 10 %, other: 2 %}", "25:00"),
    ],
)
def test_what_is_not_clear_is_refused(said: str, message: str) -> None:
    with pytest.raises(ScenarioError) as told:
        loads(by_time(team=said))
    assert message in str(told.value)
