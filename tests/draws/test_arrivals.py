"""Arrivals: expected numbers by hour, day and week; who the k-th customer is; busy days.

A count of independent arrivals is Poisson. Limits of statistical tests are set at six standard
deviations (a false alarm in 5e8), and what they can detect stands beside them. Seeds are fixed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from drawing import DAY, arrivals, bank, drawn, setting_of

from sim.draws import draw, prepare
from sim.draws.arrivals import ArrivalRate
from sim.scenario import loads, to_yaml
from sim.tables import Purpose, on_grid

MONDAY = {"days": 7}
SHOPPING = {"mon-fri 08:00-18:00": 1.0, "mon-fri 18:00-23:00": 1.8, "sat-sun 09:00-23:00": 1.6}


def reason(**parts: Any) -> dict[str, Any]:
    return {"a": {"handle": {"exponential": "1 min"}, **parts}}


def rate_of(profile: dict[str, float] | None, volume: str, **calendar: Any) -> ArrivalRate:
    parts: dict[str, Any] = {"calendar": calendar, "reasons": reason(volume=volume)}
    if profile is not None:
        parts["profiles"] = {"p": profile}
        parts["reasons"]["a"]["profile"] = "p"
    return setting_of(**parts).rates[0]


def expected(rate: ArrivalRate, low: float, high: float) -> float:
    """Expected arrivals between two times."""
    cumulative = np.concatenate([[0], np.cumsum(rate.expected)])
    return float(np.diff(np.interp([low, high], rate.edges, cumulative))[0])


# --- volumes and profiles ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("volume", "week"), [("700 per week", 700), ("100 per day", 700), ("5 per hour", 840)]
)
def test_volume_without_a_profile(volume: str, week: float) -> None:
    rate = rate_of(None, volume)
    assert rate.total == pytest.approx(week)
    assert expected(rate, 0, DAY) == pytest.approx(week / 7)


def test_volume_per_week_is_the_total_of_a_week() -> None:
    # Weights: 5 days of 10 h at 1 and 5 h at 1.8 = 5 x 19, and 2 x 14 h at 1.6 = 44.8: 139.8.
    rate = rate_of(SHOPPING, "1398 per week")
    assert rate.total == pytest.approx(1398)
    assert expected(rate, 8 * 3600, 9 * 3600) == pytest.approx(10)
    assert expected(rate, 19 * 3600, 20 * 3600) == pytest.approx(18)
    assert expected(rate, 5 * DAY + 10 * 3600, 5 * DAY + 11 * 3600) == pytest.approx(16)
    assert expected(rate, 0, 8 * 3600) == 0


def test_volume_per_day_is_the_mean_of_the_days_with_weight() -> None:
    # Mon-fri only: 100 on each, 500 a week, weekends nothing.
    rate = rate_of({"mon-fri 08:00-18:00": 2.0}, "100 per day")
    assert rate.total == pytest.approx(500)
    assert expected(rate, 0, DAY) == pytest.approx(100)
    assert expected(rate, 5 * DAY, 7 * DAY) == 0


def test_volume_per_hour_is_the_mean_of_the_hours_with_weight() -> None:
    # 10 h a day at weight 1 and 10 h at 3: 20 h of mean 12 = 240 a day: 6 and 18 an hour.
    rate = rate_of({"daily 00:00-10:00": 1, "daily 10:00-20:00": 3}, "12 per hour")
    assert expected(rate, 0, DAY) == pytest.approx(240)
    assert expected(rate, 0, 3600) == pytest.approx(6)
    assert expected(rate, 10 * 3600, 11 * 3600) == pytest.approx(18)


def test_overlapping_lines_add_up() -> None:
    rate = rate_of({"daily 00:00-10:00": 1, "daily 05:00-10:00": 2}, "140 per week")
    # 5 h at 1 and 5 h at 3 a day: 20 a day.
    assert expected(rate, 0, 5 * 3600) == pytest.approx(5)
    assert expected(rate, 5 * 3600, 10 * 3600) == pytest.approx(15)


def test_profile_past_midnight() -> None:
    # Fri 22:00-02:00: two hours on Friday, two on Saturday; 40 a week is 10 an hour.
    rate = rate_of({"fri 22:00-02:00": 1}, "40 per week")
    assert expected(rate, 4 * DAY + 22 * 3600, 5 * DAY) == pytest.approx(20)
    assert expected(rate, 5 * DAY, 5 * DAY + 7200) == pytest.approx(20)
    assert rate.total == pytest.approx(40)


def test_profile_past_midnight_into_the_first_day_and_out_of_the_last() -> None:
    # Sunday 22:00-02:00: Monday's first two hours have their share, though Sunday was before; of
    # the last Sunday's four hours two lie within the week.
    rate = rate_of({"sun 22:00-02:00": 1}, "40 per week")
    assert expected(rate, 0, 7200) == pytest.approx(20)
    assert expected(rate, 6 * DAY, 7 * DAY) == pytest.approx(20)
    assert rate.edges[0] == 0
    assert rate.edges[-1] == 7 * DAY


def test_the_week_begins_where_the_calendar_says() -> None:
    # The calendar starts on Thursday, 2026-01-08: Monday is day 4.
    rate = rate_of({"mon 09:00-10:00": 1}, "10 per week", start="2026-01-08")
    assert expected(rate, 4 * DAY + 9 * 3600, 4 * DAY + 10 * 3600) == pytest.approx(10)


def test_a_holiday_is_like_its_weekday_unless_the_profile_names_it() -> None:
    # 2026-01-01 is a Thursday and a holiday in France; the next day is an ordinary Friday.
    calendar = {"start": "2026-01-01", "days": 2, "holidays": "FR"}
    plain = rate_of({"thu-fri 09:00-11:00": 1}, "8 per week", **calendar)
    assert expected(plain, 0, DAY) == pytest.approx(4)
    named = {"thu-fri 09:00-11:00": 1, "holiday 09:00-10:00": 0.5}
    apart = rate_of(named, "8 per week", **calendar)
    # An ordinary week has 4 h for 8: 2 an hour at weight 1; the holiday one hour at half.
    assert expected(apart, 0, DAY) == pytest.approx(1)
    assert expected(apart, DAY, 2 * DAY) == pytest.approx(4)


def test_warm_up_and_cool_down_days_have_arrivals() -> None:
    rate = rate_of(None, "100 per day", days=2, warmup=1, cooldown=3)
    assert (rate.edges[0], rate.edges[-1]) == (-DAY, 5 * DAY)
    assert rate.total == pytest.approx(600)


def test_no_step_crosses_midnight() -> None:
    rate = rate_of({"daily 22:00-02:00": 1, "daily 03:00-03:30": 5}, "1000 per week")
    days = np.floor(rate.edges[:-1] / DAY)
    assert (rate.edges[1:] <= (days + 1) * DAY).all()


def test_no_volume() -> None:
    draws = drawn(reasons=reason(volume="0 per week"))
    assert len(draws.arrival) == 0


# --- counts and replay ------------------------------------------------------------------------


def test_counts_per_interval() -> None:
    # 30 over midnight 23:00-01:00, 12 in the hour after; nothing else.
    counts = [[23 * 3600, 25 * 3600, 30], [25 * 3600, 26 * 3600, 12]]
    rate = setting_of(reasons=reason(arrivals={"counts": counts})).rates[0]
    assert expected(rate, 23 * 3600, DAY) == pytest.approx(15)
    assert expected(rate, DAY, 25 * 3600) == pytest.approx(15)
    assert expected(rate, 25 * 3600, 26 * 3600) == pytest.approx(12)
    assert rate.total == pytest.approx(42)


def test_counts_beyond_the_calendar_are_cut() -> None:
    # Of 24 between -12 h and 12 h only the half after 0 h is simulated.
    parts = {"calendar": {"days": 1}, "reasons": reason(arrivals={"counts": [[-43200, 43200, 24]]})}
    assert setting_of(**parts).rates[0].total == pytest.approx(12)


def test_replay_is_exact_sorted_and_on_the_grid() -> None:
    draws = drawn(
        calendar={"days": 1}, reasons=reason(arrivals={"replay": [12.7, 0.0, 5.0, 5.0, 86399.9]})
    )
    assert draws.arrival.tolist() == [0, 5, 5, on_grid(12.7), on_grid(86399.9)]
    assert draws.row.tolist() == [0, 1, 2, 3, 4]


def test_replay_keeps_to_the_calendar() -> None:
    draws = drawn(
        calendar={"days": 1, "warmup": 1},
        reasons=reason(arrivals={"replay": [-86401.0, -86400.0, -1.0, 86399.0, 86400.0]}),
    )
    assert draws.arrival.tolist() == [-86400, -1, 86399]


def test_replay_is_the_same_in_every_replication() -> None:
    one, other = (
        drawn(replication=k, reasons=reason(arrivals={"replay": [1.0, 2.0]})) for k in (0, 1)
    )
    assert one.arrival.tobytes() == other.arrival.tobytes()
    assert one.values.tobytes() != other.values.tobytes()


# --- chance -----------------------------------------------------------------------------------


def test_arrivals_follow_the_profile() -> None:
    # 60,000 in a week; each hour's count is Poisson, so (n - m) / sqrt(m) is nearly standard
    # normal: beyond six in one of 5e8; 168 hours. A step of the profile that is wrong by 60 % of
    # an hour's 300 is seen for certain, and so is a total that is wrong by 5 %.
    profile = {"daily 00:00-24:00": 1, "mon-fri 09:00-12:00": 1, "sat 22:00-04:00": 2}
    parts = {"profiles": {"p": profile}, "reasons": reason(volume="60000 per week", profile="p")}
    rate = setting_of(**parts).rates[0]
    times = arrivals(drawn(**parts))
    hours = np.bincount((times // 3600).astype(int), minlength=168)
    mean = np.array([expected(rate, 3600 * h, 3600 * (h + 1)) for h in range(168)])
    assert np.abs((hours - mean) / np.sqrt(mean)).max() < 6
    assert abs(hours.sum() - 60_000) < 6 * np.sqrt(60_000)
    assert mean[9] == pytest.approx(2 * mean[8])


def test_arrivals_are_poisson() -> None:
    # Variance over mean of 2,000 counts of mean 10 is 1 with sd about sqrt(2 / 2000) = 0.032;
    # limit 0.2 (six sd). An even spread (0) or pairs (2) are seen for certain.
    times = arrivals(drawn(calendar={"days": 2000}, reasons=reason(volume="10 per day")))
    counts = np.bincount((times // DAY).astype(int), minlength=2000)
    assert abs(counts.var(ddof=1) / counts.mean() - 1) < 0.2


def test_gaps_are_exponential() -> None:
    # Kolmogorov-Smirnov over 7,000 gaps: sqrt(n) D > 2.78 has chance 2 exp(-2 x 2.78^2) = 4e-7.
    # A distribution function that is off by 0.04 anywhere is seen for certain.
    times = arrivals(drawn(reasons=reason(volume="7000 per week")))
    gaps = np.sort(np.diff(times, prepend=0.0)) * 7000 / (7 * DAY)
    ranks = np.arange(len(gaps) + 1) / len(gaps)
    distance = np.abs(1 - np.exp(-gaps) - [ranks[:-1], ranks[1:]]).max()
    assert np.sqrt(len(gaps)) * distance < 2.78


@pytest.mark.parametrize("cv", [0.2, 1.0])
def test_busyness_gives_days_a_gamma_factor(cv: float) -> None:
    # Daily counts of mean m = 400: mean m, variance m + (cv m)^2. Over n = 3,000 days the mean has
    # sd sqrt(var / n); the sample variance has relative sd sqrt((k - 1) / n) with kurtosis k about
    # 3 + 6 cv^2 (Gamma). Limits six sd: the cv is then known to about 20 % or better.
    n, m = 3000, 400.0
    times = arrivals(drawn(calendar={"days": n}, reasons=reason(volume="400 per day", busyness=cv)))
    counts = np.bincount((times // DAY).astype(int), minlength=n)
    variance = m + (cv * m) ** 2
    assert abs(counts.mean() - m) < 6 * np.sqrt(variance / n)
    spread = np.sqrt((2 + 6 * cv**2) / n)
    assert abs(counts.var(ddof=1) / variance - 1) < 6 * spread
    # Neighbouring days are independent: correlation normal with sd 1 / sqrt(n).
    assert abs(np.corrcoef(counts[:-1], counts[1:])[0, 1]) < 6 / np.sqrt(n)


def test_busyness_is_one_factor_for_a_whole_day() -> None:
    # With cv 2 mornings and afternoons of 300 expected each rise and fall together.
    parts = {"calendar": {"days": 300}, "reasons": reason(volume="600 per day", busyness=2)}
    times = arrivals(drawn(**parts))
    halves = np.bincount((times // (DAY / 2)).astype(int), minlength=600).reshape(-1, 2)
    assert np.corrcoef(halves.T)[0, 1] > 0.98


def test_a_day_keeps_its_factor_in_a_longer_run() -> None:
    # The factor of day 3 is the same whether the run has 5 days or 9, and whatever the warm-up.
    def daily(**calendar: int) -> np.ndarray:
        parts = {"calendar": calendar, "reasons": reason(volume="100000 per day", busyness=1)}
        times = arrivals(drawn(**parts))
        return np.bincount((times[times >= 0] // DAY).astype(int), minlength=calendar["days"])

    short, long, warm = daily(days=3), daily(days=5), daily(days=3, warmup=2)
    # Counts of 100,000 f have sd 316 sqrt(f); the factors differ by far more.
    assert np.abs(long[:3] - short).max() < 6 * np.sqrt(short.max())
    assert np.abs(warm - short).max() < 6 * np.sqrt(short.max() + warm.max())
    assert short.std() > 10_000


# --- the k-th customer ------------------------------------------------------------------------

RICH = {
    "patience": {"lognormal": {"mean": "1 min", "cv": 1}},
    "handle": {"gamma": {"mean": "1 min", "cv": 0.7}},
    "wrap": {"mixture": [[0.3, "10 s"], [0.7, {"weibull": {"mean": "1 min", "cv": 2}}]]},
    "retry": {"chance": 0.5, "after": {"erlang": {"mean": "1 min", "k": 3}}},
    "again": {"after": {"uniform": ["1 min", "2 min"]}},
    "resolved": 0.5,
    "balk": 0.1,
    "closed": {"returns": 0.5, "after": {"empirical": ["1 s", "2 s", "5 s"]}},
    "channels": {"phone": 0.6, "chat": 0.4},
}


@pytest.mark.parametrize("more", ["701 per week", "1400 per week", "3 per hour", "99999 per week"])
def test_the_kth_customer_stays_the_same_when_the_volume_changes(more: str) -> None:
    few = drawn(reasons=reason(volume="500 per week", **RICH))
    many = drawn(reasons=reason(volume=more, **RICH))
    n = min(len(few.arrival), len(many.arrival))
    by_row = [draws.channel[np.argsort(draws.row)] for draws in (few, many)]
    assert by_row[0][:n].tobytes() == by_row[1][:n].tobytes()
    compared = 0
    for purpose in Purpose:
        for channel in (0, 1):
            if few.at[purpose, 0, channel] < 0:
                continue
            for attempt in range(5):
                one = bank(few, purpose, channel=channel, attempt=attempt)
                other = bank(many, purpose, channel=channel, attempt=attempt)
                assert len(one) == len(few.arrival)
                assert one[:n].tobytes() == other[:n].tobytes(), purpose.name
                compared += 1
    # Patience, handle, wrap, balk and again, retry, after, after, closed, after: on two channels.
    assert compared == 10 * 5 * 2


def test_the_kth_customer_comes_at_the_kth_point_of_the_same_process() -> None:
    # Twice the volume: the k-th customer comes after half the time, to a tick.
    few, many = (drawn(reasons=reason(volume=v)) for v in ("500 per week", "1000 per week"))
    n = len(few.arrival)
    assert len(many.arrival) > n
    assert np.abs(few.arrival / 2 - many.arrival[:n]).max() <= 2.0**-20


def test_customers_are_numbered_by_time_then_reason_then_row() -> None:
    parts = {
        name: {"arrivals": {"replay": times}, "handle": "1 min"}
        for name, times in {"b": [5.0, 1.0, 5.0], "a": [5.0, 1.0]}.items()
    }
    draws = drawn(reasons=parts)
    assert list(zip(draws.arrival, draws.reason, draws.row, strict=True)) == [
        *((1, 0, 0), (1, 1, 0), (5, 0, 1), (5, 0, 2), (5, 1, 1)),
    ]
    assert draws.reason_size.tolist() == [3, 2]


def test_first_channels_have_their_shares() -> None:
    # 40,000 customers: a share of 20 % has sd 0.002; limit six sd. 1.5 % off is seen for certain.
    shares = {"phone": 0.5, "chat": 0.2, "mail": 0.3}
    draws = drawn(
        channels={"chat": {}, "mail": {"due": "1 h"}, "phone": {}},
        reasons=reason(volume="40000 per week", channels=shares),
    )
    found = np.bincount(draws.channel, minlength=3) / len(draws.channel)
    assert np.abs(found - [0.2, 0.3, 0.5]).max() < 6 * 0.5 / 200


def test_a_share_of_nothing_is_nobody() -> None:
    draws = drawn(
        channels={"chat": {}, "phone": {}},
        reasons=reason(volume="5000 per week", channels={"chat": 0, "phone": 1}),
    )
    assert set(draws.channel.tolist()) == {1}
    assert (draws.at[:, 0, 0] == -1).all()  # nothing is drawn for a channel never reached


def test_everything_is_on_the_grid() -> None:
    draws = drawn(
        reasons=reason(volume="1000 per week", busyness=0.5, **RICH),
        pools={
            "team": {
                "agents": {"daily 08:00-18:00": 7},
                "breaks": [{"between": "daily 12:00-13:00", "length": "100.1 s"}],
            }
        },
    )
    columns = [draws.arrival, draws.duty_on, draws.duty_off]
    columns += [
        bank(draws, purpose, attempt=k)
        for purpose in (Purpose.PATIENCE, Purpose.HANDLE, Purpose.WRAP, Purpose.RETRY_AFTER)
        for k in (0, 8)
    ]
    for column in columns:
        assert len(column)
        assert (column * 2.0**20 % 1 == 0).all()


def test_a_day_that_ends_after_midnight_is_one_day() -> None:
    # Monday to Friday evenings until two: five days begin, so 100 per day are 500 a week.
    profiles = {"late": {"mon-fri 18:00-02:00": 1}}
    setting = setting_of(profiles=profiles, reasons=reason(volume="100 per day", profile="late"))
    assert setting.rates[0].total == pytest.approx(500)


def test_profiles_by_channel() -> None:
    # 7,000 calls spread over 08:00 to 12:00, 3,000 e-mails over 08:00 to 20:00. Poisson numbers;
    # five standard deviations, a false alarm in a million: 420, 160 and 225.
    text = """
calendar: {start: 2026-01-05, days: 1}
profiles: {morning: {daily 08:00-12:00: 1}, day: {daily 08:00-20:00: 5}}
reasons:
  a:
    volume: 10000 per day
    channels: {phone: 70 %, email: 30 %}
    profile: {phone: morning, email: day}
    handle: 1 s
channels: {phone: {}, email: {due: 1 d}}
pools: {team: {agents: 1}}
"""
    found = draw(prepare(loads(text)), 1, 0)
    hour, email = found.arrival / 3600.0, found.channel == 1
    assert 8 <= hour[~email].min() < hour[~email].max() < 12
    assert abs((~email).sum() - 7000) < 420
    early = hour < 12
    assert abs((early & email).sum() - 1000) < 160
    assert abs((~early & email).sum() - 2000) < 225
    assert loads(to_yaml(loads(text))) == loads(text)
    one = draw(prepare(loads(text.replace("{phone: morning, email: day}", "day"))), 1, 0)
    both = text.replace("phone: morning, email", "phone: day, email")
    same = draw(prepare(loads(both)), 1, 0)
    assert (one.arrival == same.arrival).all()
    assert (one.channel == same.channel).all()
