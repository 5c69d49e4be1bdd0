"""Every documented way of writing a value, and what it means."""

from __future__ import annotations

import datetime
import math

import pytest

from sim.scenario.faults import Wrong, meant, shown, written
from sim.scenario.numbers import (
    duration_text,
    parse_amount,
    parse_coefficient,
    parse_duration,
    parse_share,
    share_text,
    whole_number,
)
from sim.scenario.values import AfterWait, CountOf, Date, Flag, Name, Volume


def reader(annotated):
    return annotated.__metadata__[0].read


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("76 s", 76),
        ("76s", 76),
        ("5 min", 300),
        ("24 h", 86_400),
        ("2 d", 172_800),
        ("500 ms", 0.5),
        ("1 h 30 min", 5400),
        ("1h30min", 5400),
        ("1.5 min", 90),
        ("1e2 s", 100),
        ("0 s", 0),
        ("0", 0),
        (0, 0),
        (0.0, 0),
        (" 20 s ", 20),
    ],
)
def test_durations(text, seconds):
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "value",
    [
        76,
        7.6,
        "76",
        "",
        " ",
        "s",
        "5 minutes",
        "5 m",
        "5 S",
        "-5 s",
        "5 s and more",
        "1,5 s",
        True,
        None,
        [],
        {},
        math.nan,
        math.inf,
        -math.inf,
        "inf s",
        "nan s",
        "1e999 s",
        10**400,
    ],
)
def test_durations_refused(value):
    with pytest.raises(Wrong):
        parse_duration(value)


def test_a_duration_without_unit_is_told_what_to_write():
    with pytest.raises(Wrong, match="lacks a unit; write `76 s`, `76 min` or `76 h`"):
        parse_duration(76)


@pytest.mark.parametrize(
    ("value", "share"),
    [
        ("13 %", 0.13),
        ("13%", 0.13),
        ("12.3 %", 0.123),
        ("100 %", 1),
        ("0 %", 0),
        (0.13, 0.13),
        (1, 1),
        (0, 0),
        ("0.5", 0.5),
    ],
)
def test_shares(value, share):
    assert parse_share(value) == share


@pytest.mark.parametrize(
    "value",
    ["130 %", 13, 1.01, -0.1, "-5 %", "x", "", "%", "1 % %", True, None, math.nan, math.inf, [0.5]],
)
def test_shares_refused(value):
    with pytest.raises(Wrong):
        parse_share(value)


def test_a_share_over_one_may_be_a_percentage():
    with pytest.raises(Wrong, match="did you mean `13 %`"):
        parse_share(13)


def test_coefficients_may_exceed_one():
    assert parse_coefficient("150 %") == 1.5
    assert parse_coefficient(2) == 2


def test_amounts_are_plain_numbers():
    assert parse_amount(738) == 738
    assert parse_amount(0.5) == 0.5
    for value in ("738", "24 EUR", -1, math.nan, math.inf, True, None):
        with pytest.raises(Wrong):
            parse_amount(value)


def test_a_negative_zero_is_zero():
    assert math.copysign(1, parse_amount(-0.0)) == 1


@pytest.mark.parametrize(
    ("text", "volume"),
    [
        ("9000 per week", Volume(9000, "week")),
        ("120 per hour", Volume(120, "hour")),
        ("0.5 per day", Volume(0.5, "day")),
        ("100/week", Volume(100, "week")),
        ("0 per day", Volume(0, "day")),
    ],
)
def test_volumes(text, volume):
    assert Volume.read(text) == volume


@pytest.mark.parametrize("value", [9000, "9000", "per week", "9000 per month", "-5 per day", None])
def test_volumes_refused(value):
    with pytest.raises(Wrong):
        Volume.read(value)


def test_counts():
    count = CountOf(1, 100)
    assert count.read(12) == 12
    assert count.read(12.0) == 12
    for value in (0, 101, 2.5, "12", True, None, math.nan, math.inf):
        with pytest.raises(Wrong):
            count.read(value)


def test_whole_numbers_may_be_negative():
    assert whole_number(-3) == -3


def test_dates():
    read = reader(Date)
    assert read("2026-11-23") == datetime.date(2026, 11, 23)
    for value in ("23/11/2026", "2026-02-30", "1492-01-01", 20261123.5, None, ""):
        with pytest.raises(Wrong):
            read(value)


def test_yes_is_a_text():
    assert reader(Flag)(True) is True
    for value in ("yes", "true", 1, None):
        with pytest.raises(Wrong):
            reader(Flag)(value)


@pytest.mark.parametrize("name", ["in_house", "2nd line", "click-to-call", "téléphone", "A"])
def test_names(name):
    assert reader(Name)(name) == name


@pytest.mark.parametrize("name", ["", " a", "a ", "a.b", "a,b", "a:b", 12, None, "-a"])
def test_names_refused(name):
    with pytest.raises(Wrong):
        reader(Name)(name)


@pytest.mark.parametrize("seconds", [0, 0.1, 1e-5, 59, 60, 90, 3600, 86_400, 1e9 + 0.25, 1 / 3])
def test_durations_are_written_exactly(seconds):
    assert parse_duration(duration_text(seconds)) == seconds


@pytest.mark.parametrize("share", [0, 0.13, 0.123, 1, 1 / 3, 1e-7, 0.07, 2.5, 0.29])
def test_shares_are_written_exactly(share):
    assert parse_coefficient(share_text(share)) == share


def test_messages_repeat_values_shortly_and_paths_from_one():
    assert shown("x" * 100).endswith("...`")
    assert shown(None) == "nothing"
    assert shown({}) == "a mapping"
    assert shown(True) == "`true`"
    assert written(("routing", 0, "to", 1)) == "routing.1.to.2"
    assert meant("volum", ["volume", "wrap"]) == "; did you mean `volume`? allowed: volume, wrap"
    assert meant("x", []) == "; there are none"


def test_what_a_wait_leaves():
    read = reader(AfterWait)
    points = ((30.0, 1.0), (120.0, 0.5), (600.0, 0.0))
    assert read([["30 s", "100 %"], ["2 min", "50 %"], ["10 min", "0 %"]]) == points
    assert read([[0, 0.25]]) == ((0.0, 0.25),)
    # The share may rise again: what a planner has measured is what counts.
    assert read([["1 s", 0.5], ["2 s", 1]]) == ((1.0, 0.5), (2.0, 1.0))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("50 %", "not a list of points"),
        ([], "is empty"),
        (["30 s", "100 %"], "1: a point is a wait and the share"),
        ([["30 s", "100 %"], ["30 s", "50 %"]], "2.1: the wait must be longer"),
        ([["30 s", "100 %"], ["20 s", "50 %"]], "2.1: the wait must be longer"),
        ([[30, "200 %"]], "1.1: `30` lacks a unit.*1.2: `200 %` is more than the whole"),
    ],
)
def test_no_curve(value, message):
    with pytest.raises(Wrong, match=message):
        reader(AfterWait)(value)
