"""Times of the week: what they say, and when they hold."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario.calendar import holidays_of, intervals, names_holidays, public_holidays
from sim.scenario.faults import Wrong
from sim.scenario.model import Calendar
from sim.scenario.times import DAY, EVERY_DAY, Times, TimesOfWeek

HOUR = 3600
MONDAY = datetime.date(2026, 1, 5)


def days(*numbers: int) -> frozenset[int]:
    return frozenset(numbers)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("mon-fri 09:00-18:00", [Times(days(0, 1, 2, 3, 4), False, 9 * HOUR, 18 * HOUR)]),
        ("mon-fri 9:00-18:00", [Times(days(0, 1, 2, 3, 4), False, 9 * HOUR, 18 * HOUR)]),
        ("mon,wed 09:00-12:00", [Times(days(0, 2), False, 9 * HOUR, 12 * HOUR)]),
        ("fri-mon", [Times(days(4, 5, 6, 0), False, 0, DAY)]),
        ("sat-sun", [Times(days(5, 6), False, 0, DAY)]),
        ("Saturday", [Times(days(5), False, 0, DAY)]),
        ("daily 22:00-02:00", [Times(EVERY_DAY, True, 22 * HOUR, 26 * HOUR)]),
        ("holiday 10:00-16:00", [Times(days(), True, 10 * HOUR, 16 * HOUR)]),
        ("sat,holiday 10:00-16:00", [Times(days(5), True, 10 * HOUR, 16 * HOUR)]),
        ("mon 20:00-24:00", [Times(days(0), False, 20 * HOUR, DAY)]),
        ("mon 00:00-24:00", [Times(days(0), False, 0, DAY)]),
        ("mon 22:00-00:00", [Times(days(0), False, 22 * HOUR, DAY)]),
        ("mon 09:00:30-09:01", [Times(days(0), False, 32_430, 32_460)]),
        (
            "mon-fri 18:00-23:00, sat 10:00-12:00",
            [
                Times(days(0, 1, 2, 3, 4), False, 18 * HOUR, 23 * HOUR),
                Times(days(5), False, 10 * HOUR, 12 * HOUR),
            ],
        ),
        (
            "mon 09:00-12:00, 14:00-18:00",
            [
                Times(days(0), False, 9 * HOUR, 12 * HOUR),
                Times(days(0), False, 14 * HOUR, 18 * HOUR),
            ],
        ),
        (
            "mon 09:00-12:00, sun",
            [Times(days(0), False, 32_400, 43_200), Times(days(6), False, 0, DAY)],
        ),
    ],
)
def test_texts(text, lines):
    assert set(TimesOfWeek.read(text)) == set(lines)


def test_a_list_is_the_same_as_one_text():
    assert TimesOfWeek.read(["mon 09:00-10:00", "sun"]) == TimesOfWeek.read("mon 09:00-10:00, sun")


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        ",",
        "mon,",
        "mun",
        "mon 9-18",
        "mon 09:00",
        "09:00-18:00",
        "mon 09:00-25:00",
        9,
        None,
        "mon 24:00-02:00",
        "mon 09:00-09:00",
        "mon-",
        "-mon",
        "mon-tue-wed",
        [],
        [3],
        {},
        "mon 09:60-10:00",
    ],
)
def test_texts_refused(value):
    with pytest.raises(Wrong):
        TimesOfWeek.read(value)


lines = st.builds(
    lambda days, holiday, start, length: Times(
        frozenset(days) if days or holiday else EVERY_DAY,
        holiday,
        start * 60,
        start * 60 + (min(length, 1439) if start else length) * 60,
    ),
    st.sets(st.integers(0, 6)),
    st.booleans(),
    st.integers(0, 1439),
    st.integers(1, 1440),
)


@given(st.lists(lines, min_size=1, max_size=4))
def test_the_canonical_text_says_the_same(many):
    times = TimesOfWeek(many)
    assert TimesOfWeek.read(str(times)) == times


def test_impossible_times_cannot_be_made():
    for arguments in [
        (days(), False, 0, DAY),
        (days(7), False, 0, DAY),
        (days(0), False, 10, 10),
        (days(0), False, DAY, DAY + 1),
        (days(0), False, 10, DAY + 10),
    ]:
        with pytest.raises(ValueError, match="times"):
            Times(*arguments)


def when(text, first=0, n=7, holidays=frozenset(), apart=True):
    found = intervals(TimesOfWeek.read(text), MONDAY, first, n, holidays, holidays_apart=apart)
    return [(start / HOUR, end / HOUR) for start, end in found]


def test_intervals_of_a_week():
    assert when("mon,wed 09:00-12:00") == [(9, 12), (48 + 9, 48 + 12)]


def test_intervals_pass_midnight_and_are_not_cut():
    assert when("daily 22:00-02:00", n=2) == [(22, 26), (46, 50)]
    assert when("daily 22:00-02:00", first=-1, n=1) == [(-2, 2)]


def test_intervals_that_touch_are_merged():
    assert when("daily", n=3) == [(0, 72)]
    assert when("mon 09:00-12:00, mon 11:00-13:00, mon 13:00-14:00") == [(9, 14)]


def test_days_before_the_first_are_the_week_before():
    assert when("sun 10:00-11:00", first=-7, n=7) == [(-14, -13)]


TUESDAY = frozenset({datetime.date(2026, 1, 6)})


def test_on_a_holiday_supply_needs_a_line_that_names_it():
    assert when("mon-tue 09:00-12:00", holidays=TUESDAY) == [(9, 12)]
    assert when("daily 09:00-12:00", n=2, holidays=TUESDAY) == [(9, 12), (33, 36)]
    assert when("holiday 10:00-11:00", holidays=TUESDAY) == [(34, 35)]
    assert when("mon-tue 09:00-12:00, holiday 10:00-11:00", holidays=TUESDAY) == [(9, 12), (34, 35)]


def test_on_a_holiday_demand_goes_on_as_on_its_weekday():
    assert when("mon-tue 09:00-12:00", holidays=TUESDAY, apart=False) == [(9, 12), (33, 36)]


def test_a_holiday_line_holds_on_holidays_only():
    assert when("holiday 10:00-11:00") == []


def test_a_mapping_sets_holidays_apart_if_a_line_names_them():
    weekdays, daily = TimesOfWeek.read("mon-fri 09:00-18:00"), TimesOfWeek.read("daily")
    assert not names_holidays([weekdays, daily])
    assert names_holidays([weekdays, TimesOfWeek.read("holiday 10:00-12:00")])


def test_public_holidays():
    assert datetime.date(2026, 7, 14) in public_holidays("FR", [2026])
    epiphany = datetime.date(2026, 1, 6)
    assert epiphany in public_holidays("DE-BY", [2026])
    assert epiphany not in public_holidays("DE-BE", [2026])
    assert public_holidays(None, [2026]) == frozenset()
    new_years_eve = Calendar(start=datetime.date(2026, 12, 28), holidays="FR")
    assert datetime.date(2027, 1, 1) in holidays_of(new_years_eve)
    with pytest.raises(Wrong, match="not a country"):
        public_holidays("FX", [2026])
    with pytest.raises(Wrong, match="not a part of DE"):
        public_holidays("DE-XX", [2026])
