"""Hours, occupancy and what hours cost."""

from __future__ import annotations

import pytest
from tiny_log import HOUR, SHOP, Tiny, answered, ended

import sim
from sim.tables import Outcome

NINE = 9 * HOUR


def spell(
    agent: int, on: float, off: float, left: float | None = None
) -> tuple[int, float, float, float]:
    return (agent, on * HOUR, off * HOUR, (off if left is None else left) * HOUR)


def test_hours_agents_and_overtime() -> None:
    # 9 to 17 and 12 to 18: 14 hours; the second stays until 18:30.
    tiny = Tiny([], [spell(0, 9, 17), spell(1, 12, 18, 18.5)])
    assert tiny.value("hours") == 14
    assert tiny.value("overtime_hours") == 0.5
    assert tiny.value("agents") == pytest.approx(14 / 24)
    assert tiny.value("hours", "pool", "team") == 14
    assert tiny.value("hours", "pool", "experts") == 0
    # From 12 to 17 both are there; overtime falls into the evening.
    assert tiny.value("agents", "hour", "mon 12:00") == 2
    assert tiny.value("agents", "window", "office") == pytest.approx(14 / 9)
    assert tiny.value("overtime_hours", "window", "evening") == 0.5


def test_time_outside_the_counted_day_does_not_count() -> None:
    # From 22:00 of the day before to 02:00 and from 23:00 to 03:00 of the next: 2 + 1 hours.
    tiny = Tiny([], [spell(0, -2, 2), spell(0, 23, 27, 28)])
    assert tiny.value("hours") == 3
    assert tiny.value("overtime_hours") == 0


def test_occupancy_of_telephone_calls() -> None:
    # On duty 9 to 11; in hand 30 + 6 minutes and 20 minutes: 56 of 120 minutes, however counted.
    calls = [answered(NINE, 0.0, 1800.0, 360.0), answered(NINE + HOUR, 0.0, 1200.0)]
    tiny = Tiny(calls, [spell(0, 9, 11)])
    assert tiny.value("occupancy") == pytest.approx(56 / 120)
    assert tiny.value("occupancy_any") == pytest.approx(56 / 120)
    assert tiny.value("occupancy", "hour", "mon 09:00") == pytest.approx(36 / 60)
    assert tiny.value("occupancy", "hour", "mon 10:00") == pytest.approx(20 / 60)


def test_occupancy_with_several_chats_at_once() -> None:
    # Two chats at most. One from 9:00 to 9:30, one from 9:20 to 9:40, one from 9:50 to 10:00:
    # slots (30 + 20 + 10) / 2 = 30 of 60 minutes; any contact 9:00-9:40 and 9:50-10:00 = 50.
    chats = [
        answered(NINE + start * 60, 0.0, length * 60, agent=2, channel="chat")
        for start, length in [(0, 30), (20, 20), (50, 10)]
    ]
    tiny = Tiny(chats, [spell(2, 9, 10)])
    assert tiny.value("occupancy") == pytest.approx(30 / 60)
    assert tiny.value("occupancy_any") == pytest.approx(50 / 60)


def test_a_call_takes_the_whole_of_an_agent_who_may_have_two_chats() -> None:
    # A call of 20 minutes and a chat of 20 minutes, half of him: 30 of 60 slot-minutes, 40 any.
    tiny = Tiny(
        [
            answered(NINE, 0.0, 1200.0),
            answered(NINE + 1800, 0.0, 1200.0, channel="chat"),
        ],
        [spell(0, 9, 10)],
    )
    assert tiny.value("occupancy") == pytest.approx(30 / 60)
    assert tiny.value("occupancy_any") == pytest.approx(40 / 60)


def test_work_after_duty_and_in_breaks_is_not_occupancy() -> None:
    # On duty 9:00-9:30 and 9:40-10:00 (a break between). A call from 9:20 to 9:50: ten minutes
    # before the break and ten after it count, of 50 minutes on duty; ten are overtime.
    tiny = Tiny(
        [answered(NINE + 1200, 0.0, 1800.0)],
        [(0, NINE, NINE + 1800, NINE + 2400), (0, NINE + 2400, NINE + HOUR, NINE + HOUR)],
    )
    assert tiny.value("occupancy") == pytest.approx(20 / 50)
    assert tiny.value("overtime_hours") == pytest.approx(10 / 60)


def test_work_of_the_warm_up_keeps_agents_busy_but_is_no_counted_contact() -> None:
    # A customer of the warm-up is answered at -60 s and takes 120 s: 60 s of the first hour.
    text = SHOP.replace("days: 1", "days: 1, warmup: 1")
    tiny = Tiny([answered(-60.0, 0.0, 120.0)], [spell(0, -1, 1)], text=text)
    assert tiny.value("contacts") == 0
    assert tiny.value("occupancy", "hour", "mon 00:00") == pytest.approx(60 / 3600)


def test_a_contact_that_still_waits_at_the_end_waits_all_the_time() -> None:
    # From 18:00 to the end of the day: a quarter of it.
    tiny = Tiny([ended(Outcome.UNFINISHED, 18 * HOUR, float("nan"))])
    assert tiny.value("queue_length") == 0.25
    assert tiny.value("queue_length", "channel", "phone") == 0.25


# --- what hours cost --------------------------------------------------------------------------


def with_contract(contract: str, days: int = 1) -> str:
    return SHOP.replace("{per_hour: 24}", contract).replace("days: 1", f"days: {days}")


def test_hours_cost_their_rate() -> None:
    # Three hours at 24.
    tiny = Tiny([], [spell(0, 9, 10), spell(1, 9, 11)])
    assert tiny.value("cost_hours") == pytest.approx(72)
    assert tiny.value("cost_hours", "pool", "team") == pytest.approx(72)
    assert tiny.value("cost_hours", "hour", "mon 10:00") == pytest.approx(24)


def test_the_highest_premium_counts_and_duty_is_cut_at_its_borders() -> None:
    # Evening + 25 % from 20:00, night + 50 % from 22:00 to 02:00, past midnight. Duty 19:30 to
    # 23:00 on Monday: 0.5 h x 20 + 2 h x 25 + 1 h x 30 = 90. Tuesday 01:30 to 03:00, of
    # Monday's night: 0.5 h x 30 + 1 h x 20 = 35.
    contract = "{per_hour: 20, premium: {daily 20:00-24:00: 25 %, daily 22:00-02:00: 50 %}}"
    tiny = Tiny([], [spell(0, 19.5, 23), spell(0, 25.5, 27)], text=with_contract(contract, 2))
    assert tiny.value("cost_hours", "day", "2026-11-23") == pytest.approx(90)
    assert tiny.value("cost_hours", "day", "2026-11-24") == pytest.approx(35)
    assert tiny.value("cost_hours") == pytest.approx(125)


def test_the_order_of_premiums_does_not_matter() -> None:
    # 22:00 to 23:00 at + 50 %, though the line of 25 % stands last and covers it too.
    contract = "{per_hour: 20, premium: {daily 22:00-02:00: 50 %, daily 20:00-24:00: 25 %}}"
    tiny = Tiny([], [spell(0, 22, 23)], text=with_contract(contract))
    assert tiny.value("cost_hours") == pytest.approx(30)


def test_a_night_that_began_before_the_first_day_reaches_into_it() -> None:
    # Sunday's night line ends at 02:00 on Monday: 1 h x 30 + 1 h x 20.
    contract = "{per_hour: 20, premium: {daily 22:00-02:00: 50 %}}"
    tiny = Tiny([], [spell(0, 1, 3)], text=with_contract(contract))
    assert tiny.value("cost_hours") == pytest.approx(50)


def test_premiums_on_public_holidays() -> None:
    # Christmas Eve (Thursday) 1 h at 20; Christmas Day at double, because a line names holidays.
    text = with_contract("{per_hour: 20, premium: {holiday: 100 %}}", 2)
    text = text.replace("start: 2026-11-23", "start: 2026-12-24, holidays: FR")
    tiny = Tiny([], [spell(0, 9, 10), spell(0, 33, 34)], text=text)
    assert tiny.value("cost_hours", "day", "2026-12-24") == pytest.approx(20)
    assert tiny.value("cost_hours", "day", "2026-12-25") == pytest.approx(40)


def test_a_public_holiday_is_like_its_weekday_if_no_premium_names_holidays() -> None:
    # Christmas Day 2026 is a Friday: 1 h x 20 x 1.5.
    text = with_contract("{per_hour: 20, premium: {fri: 50 %}}")
    text = text.replace("start: 2026-11-23", "start: 2026-12-25, holidays: FR")
    assert Tiny([], [spell(0, 9, 10)], text=text).value("cost_hours") == pytest.approx(30)


def test_overtime_is_a_multiple_of_the_hourly_rate_without_premium() -> None:
    # Half an hour at 1.5 x 20; the Monday premium is not for overtime. By default it is unpaid.
    spells = [spell(0, 9, 17, 17.5)]
    contract = "{per_hour: 20, overtime: 150 %, premium: {mon: 100 %}}"
    assert Tiny([], spells, text=with_contract(contract)).value("cost_overtime") == pytest.approx(
        15
    )
    assert Tiny([], spells).value("cost_overtime") == 0


def test_fixed_cost_of_a_day_is_a_seventh_of_a_week() -> None:
    # The experts cost 70 a week: 10 a day, 10 x 9 / 24 of it in office hours.
    tiny = Tiny([])
    assert tiny.value("cost_fixed") == pytest.approx(10)
    assert tiny.value("cost_fixed", "pool", "experts") == pytest.approx(10)
    assert tiny.value("cost_fixed", "window", "office") == pytest.approx(10 * 9 / 24)


def shifts(minimum: str, *spells: tuple[int, float, float, float]) -> Tiny:
    """A team at 24 an hour with a minimum shift, half as much again after 18:00."""
    contract = f"{{per_hour: 24, premium: {{daily 18:00-24:00: 50 %}}, minimum_shift: {minimum}}}"
    return Tiny([], list(spells), text=SHOP.replace("{per_hour: 24}", contract))


def test_a_short_shift_is_paid_as_the_minimum() -> None:
    # Three hours from 9 to 12, one from 9 to 10: the first agent lacks one hour of four, the other
    # three: 4 x 24. What they lack is spread over their hours: the first's over three of them.
    tiny = shifts("4 h", spell(0, 9, 12), spell(1, 9, 10))
    assert tiny.value("cost_hours") == pytest.approx(4 * 24)
    assert tiny.value("cost_minimum") == pytest.approx(4 * 24)
    assert tiny.value("cost_minimum", "pool", "team") == pytest.approx(96)
    assert tiny.value("cost_minimum", "hour", "mon 09:00") == pytest.approx(24 / 3 + 3 * 24)
    assert tiny.value("cost_minimum", "hour", "mon 11:00") == pytest.approx(24 / 3)
    # Nobody is there: nothing at all, not even a rounding error.
    assert tiny.value("cost_minimum", "hour", "mon 14:00") == 0


def test_what_a_shift_lacks_is_paid_without_premium() -> None:
    # 19 to 21 at 36 an hour, and the two hours that are missing to four at 24.
    tiny = shifts("4 h", spell(0, 19, 21))
    assert tiny.value("cost_hours") == pytest.approx(2 * 36)
    assert tiny.value("cost_minimum") == pytest.approx(2 * 24)


def test_breaks_do_not_end_a_shift_and_do_not_count() -> None:
    # 9 to 12 and 13 to 14 is one shift of four hours: one is missing to five. Away for two hours
    # is another shift: 9 to 12 and 14 to 15 lack two and four.
    assert shifts("5 h", spell(0, 9, 12), spell(0, 13, 14)).value("cost_minimum") == 24
    assert shifts("5 h", spell(0, 9, 12), spell(0, 14, 15)).value("cost_minimum") == 6 * 24
    # Overtime does not make up for it: until 12:30, and still one hour of four is missing.
    assert shifts("4 h", spell(0, 9, 12, 12.5)).value("cost_minimum") == pytest.approx(24)
    # Another agent's shift is his own.
    assert shifts("4 h", spell(0, 9, 12), spell(1, 12, 13)).value("cost_minimum") == 4 * 24


def test_of_a_shift_across_midnight_the_counted_part_counts() -> None:
    # 23:00 of the day before to 02:00: one hour of four is missing, two thirds of the shift count.
    tiny = shifts("4 h", spell(0, -1, 2))
    assert tiny.value("cost_minimum") == pytest.approx(24 * 2 / 3)
    # A shift that is long enough, though little of it counts, lacks nothing.
    assert shifts("4 h", spell(0, -4, 1)).value("cost_minimum") == 0


def test_a_minimum_per_week_is_charged_for_the_counted_days() -> None:
    # 2100 a week are 300 a day. Eight hours of 24 come to 192: 108 are missing, 4.5 for each of
    # the 24 hours of the day, whoever is there.
    text = SHOP.replace("{per_hour: 24}", "{per_hour: 24, minimum_per_week: 2100}")
    tiny = Tiny([], [spell(0, 9, 17)], text=text)
    assert tiny.value("cost_minimum") == pytest.approx(108)
    assert tiny.value("cost_minimum", "hour", "mon 03:00") == pytest.approx(4.5)
    assert tiny.value("cost", "source", "pool team") == pytest.approx(300)
    # Fourteen hours are 336: more than enough.
    assert Tiny([], [spell(0, 9, 23)], text=text).value("cost_minimum") == 0


def test_all_that_a_contract_says_counts_towards_its_minimum() -> None:
    # The experts get 10 a day fixed, 2 for the contact and 3 for ten minutes, 29 for the sale at
    # 240; of 140 a day 96 are missing. What the channel costs is not the experts'.
    text = SHOP.replace("per_week: 70}", "per_week: 70, minimum_per_week: 980}").replace(
        "chat: {live: true}", "chat: {live: true, cost_per_contact: 7}"
    )
    chat = answered(NINE, 0.0, 540.0, 60.0, agent=2, channel="chat")
    tiny = Tiny([chat], buy=[0.45], text=text)
    assert tiny.value("cost_minimum") == pytest.approx(140 - 10 - 2 - 3 - 29)
    assert tiny.value("cost", "source", "pool experts") == pytest.approx(140)
    assert tiny.value("cost", "source", "channel chat") == pytest.approx(7)


def test_what_is_paid_once_has_its_part_in_each_counted_day() -> None:
    # 14,600 over 730 days are 20 a day, 20 / 24 an hour; the same with a minimum, which it does
    # not fill up: of 300 a day 108 are missing as without it.
    once = "once: {amount: 14600, over: 730 d}"
    text = SHOP.replace("{per_hour: 24}", f"{{per_hour: 24, {once}}}")
    tiny = Tiny([], [spell(0, 9, 17)], text=text)
    assert tiny.value("cost", "source", "pool team") == pytest.approx(8 * 24 + 20)
    assert tiny.value("cost_minimum") == 0
    assert tiny.value("cost_fixed", "hour", "mon 03:00") == pytest.approx(20 / 24 + 10 / 24)
    text = text.replace("per_hour: 24,", "per_hour: 24, minimum_per_week: 2100,")
    tiny = Tiny([], [spell(0, 9, 17)], text=text)
    assert tiny.value("cost", "source", "pool team") == pytest.approx(300 + 20)
    assert tiny.value("cost_minimum") == pytest.approx(108)


def test_both_minimums_together() -> None:
    # Two of four hours are worked: 48 + 48 are paid, and 204 are missing to 300.
    text = SHOP.replace(
        "{per_hour: 24}", "{per_hour: 24, minimum_shift: 4 h, minimum_per_week: 2100}"
    )
    tiny = Tiny([], [spell(0, 9, 11)], text=text)
    assert tiny.value("cost_hours") == 48
    assert tiny.value("cost_minimum") == pytest.approx(48 + 204)
    assert all(check.passed for check in tiny.checks().values())


# --- intervals of the day ---------------------------------------------------------------------


@pytest.mark.parametrize(("length", "groups"), [("15 min", 96), ("30 min", 48), ("60 min", 24)])
def test_results_by_intervals_of_the_day(length: str, groups: int) -> None:
    # On duty 9:00 to 9:50, one call answered at 9:10 for 25 minutes and one at 9:40 for 10.
    calls = [answered(NINE + 600, 0.0, 1500.0), answered(NINE + 2400, 0.0, 600.0)]
    text = SHOP.replace("run: {", f"run: {{interval: {length}, ")
    tiny = Tiny(calls, [spell(0, 9, 9 + 50 / 60)], text=text)
    assert len(tiny.basis.slices.labels[tiny.basis.slices.of("interval")]) == groups
    assert tiny.value("hours", "interval", "09:00") * 60 == pytest.approx(min(50, 1440 // groups))
    busy = {"15 min": 5, "30 min": 20, "60 min": 35}[length]
    share = busy / min(50, 1440 // groups)
    assert tiny.value("occupancy", "interval", "09:00") == pytest.approx(share)
    assert tiny.value("answered", "interval", "09:00") == (2 if groups == 24 else 1)
    assert tiny.value("agents", "interval", "10:00") == 0


# --- by agent ---------------------------------------------------------------------------------

NAMED = SHOP.replace(
    "    agents: {daily: 2}\n", "    roster: {Ana: {daily: work}, Bo: {daily: work}}\n"
)
"""Agents 0 and 1 are Ana and Bo, agent 2 is an expert without a name."""


def test_results_by_agent() -> None:
    # Ana, 9 to 11, has a call of 20 min (wrap-up 2 min), then two chats of half an agent each for
    # 30 min that overlap for 20: 22 + (30 + 30) / 2 = 52 min of capacity, 22 + 40 = 62 min with any
    # contact. Bo, 9 to 10, has a call from 9:50 to 10:10: 10 of 60 min on duty, 10 min overtime.
    # The expert's chat is nobody's.
    minute = 60.0
    calls = [
        answered(NINE, 0.0, 20 * minute, 2 * minute),
        answered(NINE + 30 * minute, 0.0, 30 * minute, channel="chat"),
        answered(NINE + 40 * minute, 0.0, 30 * minute, channel="chat"),
        answered(NINE + 50 * minute, 0.0, 20 * minute, agent=1),
        answered(NINE, 0.0, 5 * minute, agent=2, channel="chat"),
    ]
    spells = [spell(0, 9, 11), (1, NINE, NINE + HOUR, NINE + 70 * minute), spell(2, 9, 10)]
    tiny = Tiny(calls, spells, text=NAMED)

    def of(name: str, who: str) -> float:
        return tiny.value(name, "agent", who)

    assert [of("handled", who) for who in ("Ana", "Bo")] == [3, 1]
    assert of("aht", "Ana") == pytest.approx((22 + 30 + 30) / 3 * minute)
    assert of("aht", "Bo") == 20 * minute
    assert of("occupancy", "Ana") == pytest.approx(52 / 120)
    assert of("occupancy_any", "Ana") == pytest.approx(62 / 120)
    assert of("occupancy", "Bo") == pytest.approx(10 / 60)
    assert of("overtime_hours", "Bo") == pytest.approx(1 / 6)
    assert [of("paid_hours", who) for who in ("Ana", "Bo")] == [2, 1]
    assert [of("cost_hours", who) for who in ("Ana", "Bo")] == [48, 24]
    assert all(check.passed for check in tiny.checks().values())
    with pytest.raises(KeyError):
        of("handled", "")


def test_the_same_name_in_two_pools_is_two_people() -> None:
    text = NAMED.replace("    agents: {daily: 1}\n", "    roster: {Ana: {daily: work}}\n")
    tiny = Tiny([answered(NINE, 0.0, 60.0, agent=2, channel="chat")], [spell(2, 9, 10)], text=text)
    assert tiny.value("handled", "agent", "Ana (experts)") == 1
    assert tiny.value("handled", "agent", "Ana (team)") == 0


RINGING = """
calendar: {days: 1}
reasons: {calls: {arrivals: {replay: [0, 600]}, handle: 200 s}}
channels: {CHANNEL: {}}
pools:
  team:
    roster: {Ana: {daily 00:00-01:00: work}}
    answers: {CHANNEL: LIMIT}
    offers: {accept: ACCEPT, response: 40 s, timeout: 90 s, pause: 100 s}
run: {replications: 1}
"""


def ringing(channel: str = "phone", limit: int = 1, accept: int = 1) -> sim.Result:
    text = RINGING.replace("CHANNEL", channel).replace("LIMIT", str(limit))
    return sim.run(sim.loads(text.replace("ACCEPT", str(accept))))


def test_an_agent_whose_phone_rings_is_busy() -> None:
    # Two calls ring for 40 s each and take 200 s: 480 of 3,600 s, by pool as by person.
    result = ringing()
    for name in ("occupancy", "occupancy_any"):
        assert result.get(name).value == pytest.approx(480 / 3600)
        assert result.get(name, "agent", "Ana").value == pytest.approx(480 / 3600)
    assert result.get("occupancy", "hour", "mon 00:00").value == pytest.approx(480 / 3600)
    # A chat of two takes half as much; but any is one.
    result = ringing("chat", 2)
    assert result.get("occupancy").value == pytest.approx(240 / 3600)
    assert result.get("occupancy_any").value == pytest.approx(480 / 3600)
    assert result.get("occupancy", "agent", "Ana").value == pytest.approx(240 / 3600)


def test_what_rings_in_vain_is_time_too() -> None:
    # Nobody ever takes it: a call that waits for ever rings for 40 of every 140 s from 0 to 3,600,
    # 25 times and from 3,500 to 3,540. The agent can have one call on offer only, so that of 600
    # takes turns with it and changes nothing.
    result = ringing(accept=0)
    assert result.get("occupancy").value == pytest.approx(26 * 40 / 3600)
    assert result.get("answered").value == 0
