"""The values of a sweep: how they are written, their order, what they are as numbers."""

from __future__ import annotations

import numpy as np
import pytest

from sim.experiment.grid import Axis, factor_of, factors_said, in_steps
from sim.experiment.study import Factor
from sim.options import OPTIONS, pairs_of
from sim.scenario.faults import Wrong
from sim.scenario.quantities import numbers_of


def factor_given(text: str) -> Factor:
    """The factor of a text as on the command line."""
    option = OPTIONS["values"]
    [factor] = factors_said(pairs_of(option, [text]))
    return factor


@pytest.mark.parametrize(
    ("given", "values"),
    [
        ("p=3,1,2", ("3", "1", "2")),
        ("p = 10 %, 20 %", ("10 %", "20 %")),
        ("p=0..12 step 4, 20", ("0", "4", "8", "12", "20")),
        ("p=0..1 step 0.25", ("0", "0.25", "0.50", "0.75", "1.00")),
        ("p=10 %..30 % step 10 %", ("10 %", "20 %", "30 %")),
        ("p=1500..2100 per week step 300", ("1500 per week", "1800 per week", "2100 per week")),
        (
            "p=1 per day..2 per day step 1 per day",
            ("1 per day", "2 per day"),
        ),
        ("p=30..90 step 30 s", ("30 s", "60 s", "90 s")),
        ("p={exponential: 60 s}, never", ("{exponential: 60 s}", "never")),
        ("p=[phone], [phone, chat]", ("[phone]", "[phone, chat]")),
        ("p=true, null", ("true", "null")),
    ],
)
def test_values_are_given_as_in_a_file_or_in_steps(given, values) -> None:
    factor = factor_given(given)
    assert factor.path == "p"
    assert tuple(map(str, (_number(text) for text in factor.values))) == tuple(
        map(str, (_number(text) for text in values))
    )


def _number(text: str) -> object:
    """`0.50` is 0.5."""
    try:
        return float(text)
    except ValueError:
        return text


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("p=[1", "is not YAML"),
        ("p=5..1 step 1", "goes nowhere"),
        ("p=1..5 step 0", "goes nowhere"),
        ("p=1 s..2 min step 1 s", "more than one unit: min, s"),
        ("p=0..1000 step 1", "1,001 values"),
    ],
)
def test_what_is_no_list_of_values_is_told(given, message) -> None:
    with pytest.raises(Wrong, match=message):
        factor_given(given)


def test_python_values_of_any_kind() -> None:
    assert factor_of("p", np.arange(3)).values == ("0", "1", "2")
    assert factor_of("p", range(2)).values == ("0", "1")
    assert factor_of("p", "0..4 step 2").values == ("0", "2", "4")
    assert factor_of("p", [{"exponential": "60 s"}]).values == ("{exponential: 60 s}",)


def test_a_text_without_steps_is_left_as_it_is() -> None:
    assert in_steps("1..2") == ["1..2"]
    assert in_steps(7) == [7]


@pytest.mark.parametrize(
    ("texts", "numbers", "unit"),
    [
        (("3", "1"), (3.0, 1.0), ""),
        (("0", "12.5 %", "0.5"), (0.0, 12.5, 50.0), "%"),
        (("30 s", "2 min"), (30.0, 120.0), "s"),
        (("0", "2 min", "1 h"), (0.0, 2.0, 60.0), "min"),
        (("500 per day", "700 per day"), (500.0, 700.0), "per day"),
        (("500 per day", "700 per week"), None, ""),
        (("never", "2 min"), None, ""),
        (("true", "false"), None, ""),
        (("{exponential: 1 min}", "1 min"), None, ""),
    ],
)
def test_values_as_numbers_of_one_unit(texts, numbers, unit) -> None:
    assert numbers_of(texts) == (numbers, unit)


def test_numbers_ascend_and_words_stay_in_order() -> None:
    assert Axis.of("p", ("90 s", "1 min", "1 h")).texts == ("1 min", "90 s", "1 h")
    assert Axis.of("p", ("never", "1 min")).texts == ("never", "1 min")


def test_too_few_values_and_equal_ones_are_refused() -> None:
    with pytest.raises(Wrong, match="at least two"):
        Axis.of("p", ("1",))
    with pytest.raises(Wrong, match="twice"):
        Axis.of("p", ("1 min", "2 min", "60 s"))
    with pytest.raises(Wrong, match="twice"):
        Axis.of("p", ("never", "never"))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("p=3..7", "`3..7` says no step; write `3..7 step 1`"),
        ("p=10 %..50 %", "write `10 %..50 % step 1 %`"),
        ("p=10..1", "`10..1` goes nowhere; write it upwards and with a step: `1..10 step 1`"),
        ("p=1..5 steps 2", "`1..5 steps 2` is not understood; a range is written"),
        ("p=3..7, 20", "`3..7` says no step"),
    ],
)
def test_a_range_that_says_no_steps_is_told_as_such(given, message) -> None:
    factor = factor_given(given)
    with pytest.raises(Wrong) as caught:
        Axis.of("p", factor.values)
    assert message in str(caught.value)


def test_other_texts_with_dots_are_values() -> None:
    assert Axis.of("p", ("../a.csv", "../b.csv")).texts == ("../a.csv", "../b.csv")
