"""Who is on duty: head counts, chaining, breaks and presence; and what others do not change."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from drawing import DAY, drawn, scenario_of, setting_of, told
from scipy.stats import binom

from sim.draws import draw
from sim.experiment.simulation import Simulation
from sim.tables import ContactLog, Draws, on_grid

HOUR = 3600
RUN = 21  # a week and 14 days in which staff patterns go on


def team(agents: Any, **more: Any) -> dict[str, Any]:
    return {
        "pools": {"team": {"agents": agents, **more}},
        "channels": {"phone": {"hours": "daily"}},
    }


def spells(draws: Draws, days: int = RUN) -> list[tuple[int, float, float]]:
    """Agent, on and off in hours."""
    rows = zip(draws.duty_agent, draws.duty_on / HOUR, draws.duty_off / HOUR, strict=True)
    return [(int(agent), on, off) for agent, on, off in rows if on < 24 * days]


def head_count(draws: Draws, hour: float) -> int:
    now = hour * HOUR
    return int(((draws.duty_on <= now) & (now < draws.duty_off)).sum())


def test_spells_are_in_order_and_do_not_overlap() -> None:
    draws = drawn(**team({"daily 08:00-16:00": 5, "daily 12:00-20:00": 3}, presence=0.7))
    order = np.lexsort((draws.duty_on, draws.duty_agent))
    assert (order == np.arange(len(order))).all()
    assert (draws.duty_on < draws.duty_off).all()
    same = draws.duty_agent[1:] == draws.duty_agent[:-1]
    assert (draws.duty_on[1:] > draws.duty_off[:-1])[same].all()


@pytest.mark.parametrize("step", [0.5])
def test_head_counts_are_those_of_the_blocks(step: float) -> None:
    # 8 until 10, 7 until 14, of whom... and 4 then 6 in the evening; 2 more from 9 to 21.
    blocks = {
        "daily 08:00-10:00": 8,
        "daily 10:00-14:00": 7,
        "daily 14:00-18:00": 4,
        "daily 18:00-22:00": 6,
        "daily 09:00-21:00": 2,
        "daily 23:00-03:00": 1,
    }
    draws = drawn(**team(blocks))
    for hour in np.arange(24, 48, step):
        clock = hour - 24
        count = sum(
            n
            for (low, high), n in {
                (8, 10): 8,
                (10, 14): 7,
                (14, 18): 4,
                (18, 22): 6,
                (9, 21): 2,
                (23, 24): 1,
                (0, 3): 1,
            }.items()
            if low <= clock < high
        )
        assert head_count(draws, hour) == count, clock


def test_8_then_7_and_4_then_6() -> None:
    draws = drawn(**team({"mon 08:00-10:00": 8, "mon 10:00-14:00": 7}))
    assert spells(draws, 1) == [*((agent, 8, 14) for agent in range(7)), (7, 8, 10)]
    draws = drawn(**team({"mon 08:00-10:00": 4, "mon 10:00-14:00": 6}))
    assert spells(draws, 1) == [
        *((agent, 8, 14) for agent in range(4)),
        *((agent, 10, 14) for agent in (4, 5)),
    ]


def test_always_there_is_one_spell() -> None:
    draws = drawn(calendar={"days": 7, "warmup": 2}, **team(2))
    assert spells(draws) == [(0, -48, 24 * RUN), (1, -48, 24 * RUN)]


def test_nights_chain_through_the_week() -> None:
    # 22:00-06:00 by one line, 06:00-22:00 by another: the same agent is there all the time.
    draws = drawn(**team({"daily 22:00-06:00": 1, "daily 06:00-22:00": 1}))
    assert spells(draws) == [(0, 0, 24 * RUN)]


def test_no_agents_at_all() -> None:
    draws = drawn(**team({"mon 08:00-10:00": 0}))
    assert len(draws.duty_agent) == 0


def test_patterns_go_on_for_14_days_and_stop() -> None:
    draws = drawn(calendar={"days": 1, "cooldown": 2}, **team({"daily 08:00-09:00": 1}))
    assert [on for _, on, _ in spells(draws)] == [24 * day + 8 for day in range(17)]


def test_holidays_send_home_all_but_those_named() -> None:
    # 2026-01-01, a Thursday, is a holiday in France.
    calendar = {"start": "2026-01-01", "days": 2, "holidays": "FR"}
    draws = drawn(calendar=calendar, **team({"thu-fri 08:00-12:00": 2, "holiday 09:00-10:00": 1}))
    assert spells(draws, 2) == [(0, 9, 10), (0, 32, 36), (1, 32, 36)]


# --- breaks -----------------------------------------------------------------------------------


def test_breaks_are_spread_from_the_first_start_to_the_last() -> None:
    # Four agents, 12:00-14:00, half an hour: 12:00, 12:30, 13:00, 13:30.
    pauses = [{"between": "daily 12:00-14:00", "length": "30 min"}]
    draws = drawn(**team({"mon 08:00-18:00": 4}, breaks=pauses))
    assert spells(draws, 1) == [
        row
        for agent in range(4)
        for row in ((agent, 8, 12 + agent / 2), (agent, 12.5 + agent / 2, 18))
        if row[1] < row[2]
    ]
    assert head_count(draws, 13.25) == 3


def test_a_single_agent_has_his_break_at_the_beginning() -> None:
    pauses = [{"between": "daily 12:00-14:00", "length": "30 min"}]
    draws = drawn(**team({"mon 08:00-18:00": 1}, breaks=pauses))
    assert spells(draws, 1) == [(0, 8, 12), (0, 12.5, 18)]


def test_who_is_not_there_all_the_time_has_no_break() -> None:
    pauses = [{"between": "daily 12:00-14:00", "length": "30 min"}]
    draws = drawn(**team({"mon 08:00-13:00": 1}, breaks=pauses))
    assert spells(draws, 1) == [(0, 8, 13)]


def test_a_shift_of_two_blocks_contains_the_break() -> None:
    pauses = [{"between": "daily 12:00-14:00", "length": "30 min"}]
    draws = drawn(**team({"mon 08:00-13:00": 1, "mon 13:00-18:00": 1}, breaks=pauses))
    assert spells(draws, 1) == [(0, 8, 12), (0, 12.5, 18)]


def test_two_breaks_a_day_and_every_day() -> None:
    pauses = [
        {"between": "daily 10:00-10:20", "length": "20 min"},
        {"between": "daily 15:00-15:30", "length": "10 min"},
    ]
    draws = drawn(**team({"mon-tue 08:00-18:00": 1}, breaks=pauses))
    third = 1 / 3
    times = np.array([(on, off) for _, on, off in spells(draws, 2)])
    one = np.array([(8, 10), (10 + third, 15), (15 + third / 2, 18)])
    np.testing.assert_allclose(times, np.concatenate([one, one + 24]))


def test_breaks_are_on_the_grid() -> None:
    # Three agents within 100 s: starts 0, 49.95, 99.9 later, each a tenth of a second long.
    pauses = [{"between": "daily 12:00:00-12:01:40", "length": "0.1 s"}]
    draws = drawn(**team({"mon 08:00-18:00": 3}, breaks=pauses))
    begins = [12 * HOUR + on_grid(x) for x in (0, 99.9 / 2, 99.9)]
    first = draws.duty_off[draws.duty_on == 8 * HOUR]
    assert sorted(set(first.tolist())) == pytest.approx(begins, abs=2.0**-20)
    assert (draws.duty_on * 2.0**20 % 1 == 0).all()


# --- presence ---------------------------------------------------------------------------------


def test_presence_has_its_chance() -> None:
    # 50 agents on 21 + 700 days: share with sd sqrt(.94 x .06 / 35,700) = 0.0013; limit six sd,
    # so 1 % off is seen for certain.
    draws = drawn(calendar={"days": 700}, **team({"daily 08:00-10:00": 50}, presence=0.94))
    share = len(draws.duty_agent) / (50 * 714)
    assert abs(share - 0.94) < 6 * np.sqrt(0.94 * 0.06 / (50 * 714))


def test_presence_of_none_and_all() -> None:
    assert len(drawn(**team({"daily 08:00-10:00": 5}, presence=0)).duty_agent) == 0
    assert len(drawn(**team({"daily 08:00-10:00": 5}, presence=1)).duty_agent) == 5 * RUN


def test_presence_falls_on_agents_and_days_independently() -> None:
    draws = drawn(calendar={"days": 400}, **team({"daily 08:00-10:00": 20}, presence=0.5))
    here = np.zeros((414, 20))
    here[(draws.duty_on // DAY).astype(int), draws.duty_agent] = 1
    # Correlations of 414 pairs of agents: sd 0.05, of successive days: 0.011; limits six sd.
    assert np.abs(np.corrcoef(here.T) - np.eye(20)).max() < 0.3
    assert abs(np.corrcoef(here[1:].ravel(), here[:-1].ravel())[0, 1]) < 0.067


def test_an_agent_keeps_the_luck_of_the_day_when_others_join_the_pool() -> None:
    few = drawn(**team({"daily 08:00-10:00": 5}, presence=0.5))
    many = drawn(**team({"daily 08:00-10:00": 9}, presence=0.5))
    assert spells(few) == [spell for spell in spells(many) if spell[0] < 5]


def test_more_presence_takes_nobody_away() -> None:
    little = set(spells(drawn(**team({"daily 08:00-10:00": 9}, presence=0.5))))
    more = set(spells(drawn(**team({"daily 08:00-10:00": 9}, presence=0.8))))
    assert little < more


def test_part_of_a_person_is_there_on_its_share_of_days() -> None:
    """2.3 people: two every day, a third on 30 % of days, who is neither absent nor paid on others.

    A binomial count of 365 days lies outside these bounds once in a million times.
    """
    days = 365
    blocks = {"daily 09:00-12:00": 2.3, "daily 12:00-17:00": 1.3}
    draws = drawn(calendar={"days": days}, **team(blocks))
    mornings = [head_count(draws, 24 * day + 10) for day in range(days)]
    assert set(mornings) == {2, 3}
    low, high = binom.ppf([5e-7, 1 - 5e-7], days, 0.3)
    assert low <= mornings.count(3) <= high
    assert [head_count(draws, 24 * day + 15) + 1 for day in range(days)] == mornings
    assert len(draws.aside.agent) == 0
    absent = drawn(calendar={"days": days}, **team(blocks, presence=0.5)).aside
    third = absent.agent[absent.agent == 0]
    assert len(third) < 0.3 * 2 * days  # pieces: of the days on which they are rostered alone


def test_a_day_with_part_of_a_person_is_one_with_or_one_without() -> None:
    """Days do not meet (nobody waits overnight): each is, contact by contact, that of 2 or of 3."""
    logs = []
    for agents in (2, 3, 2.4):
        one = scenario_of(
            profiles={"day": {"daily 09:00-12:00": 1}},
            reasons={
                "a": {
                    "volume": "300 per day",
                    "profile": "day",
                    "patience": "10 min",
                    "handle": {"exponential": "2 min"},
                }
            },
            calendar={"days": 14},
            **team({"daily 09:00-13:00": agents}),
        )
        logs.append(Simulation.of(one, 1, "reference").play(0)[1])
    fewer, more, part = logs
    day = (part.arrived // DAY).astype(int)

    def same(other: ContactLog, n: int) -> bool:
        return np.array_equal(part.ended[day == n], other.ended[day == n])

    found = [(same(fewer, n), same(more, n)) for n in range(14)]
    assert all(one != other for one, other in found)
    assert {one for one, _ in found} == {True, False}


def test_a_night_is_one_day_of_presence() -> None:
    # A block past midnight is drawn once, for the day on which it begins: nobody leaves at 00:00.
    draws = drawn(**team({"daily 20:00-04:00": 30}, presence=0.5))
    offs = {off % 24 for _, _, off in spells(draws, 20)}
    assert offs == {4.0}


# --- others -----------------------------------------------------------------------------------

RICH: dict[str, Any] = {
    "reasons": {
        name: {
            "volume": f"{200 + 100 * k} per week",
            "busyness": 0.3,
            "channels": {"phone": 0.6, "mail": 0.4},
            "handle": {"lognormal": {"mean": "3 min", "cv": 1}},
            "patience": {"exponential": "1 min"},
            "retry": {"chance": 0.5, "after": {"exponential": "1 min"}},
        }
        for k, name in enumerate(("one", "two"))
    },
    "channels": {"phone": {}, "mail": {"due": "1 h"}},
    "pools": {
        name: {"agents": {"daily 08:00-18:00": 6, "daily 12:00-20:00": 3}, "presence": 0.7}
        for name in ("in_house", "partner")
    },
}


def all_told(parts: dict[str, Any]) -> dict[tuple[Any, ...], bytes]:
    setting = setting_of(**parts)
    return told(draw(setting, 7, 2), scenario_of(**parts), setting)


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("part", ["reasons", "channels", "pools"])
def test_adding_one_changes_nobody_elses_draws(part: str, first: bool) -> None:
    more = {
        "reasons": {"three": {**RICH["reasons"]["one"], "volume": "1000 per week"}},
        "channels": {"chat": {}},
        "pools": {"third": {"agents": 4, "presence": 0.5, "answers": ["phone", "mail"]}},
    }
    parts = dict(RICH)
    if part == "channels":  # somebody has to answer it
        parts["pools"] = {
            name: {**pool, "answers": ["phone", "mail", "chat"]}
            for name, pool in RICH["pools"].items()
        }
    parts[part] = {**more[part], **parts[part]} if first else {**parts[part], **more[part]}
    before, after = all_told(RICH), all_told(parts)
    assert {key: after[key] for key in before} == before
    assert len(before) > 20


def test_renaming_changes_the_luck() -> None:
    # The key is the name: the same reason under another name is another one.
    renamed = {**RICH, "reasons": dict(zip(("one", "deux"), RICH["reasons"].values(), strict=True))}
    before, after = all_told(RICH), all_told(renamed)
    assert before["one", "arrival"] == after["one", "arrival"]
    assert before["two", "arrival"] != after["deux", "arrival"]


def test_the_order_of_the_file_does_not_matter() -> None:
    turned = {
        part: dict(reversed(list(RICH[part].items()))) for part in ("reasons", "channels", "pools")
    }
    assert all_told(RICH) == all_told(turned)


def test_what_one_reason_says_of_itself_changes_no_other() -> None:
    changed = {**RICH["reasons"]["one"], "patience": "never", "volume": "5000 per week"}
    parts = {**RICH, "reasons": {**RICH["reasons"], "one": changed}}
    before, after = all_told(RICH), all_told(parts)
    theirs = [key for key in before if key[0] in ("two", "pool")]
    assert all(before[key] == after[key] for key in theirs)
    # ... and its own handle times begin alike.
    key = ("one", "phone", "HANDLE")
    assert after[key].startswith(before[key])
