"""A tally as bytes, and without the splits that a study does not need."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_log import HOUR, Tiny, answered, ended

from sim.draws import draw, prepare
from sim.draws.luck import customer_luck
from sim.engine import make_plan, simulate
from sim.measures import COMPONENTS, SPLITS, Basis, Tally, estimate, make_basis, measure, values
from sim.measures.packing import pack, unpack
from sim.measures.tally import Sparse
from sim.scenario import load
from sim.tables import Outcome

SHOP = Path(__file__).parents[2] / "scenarios/shop/base.yaml"
NINE = 9 * HOUR


@cache
def shop() -> tuple[Basis, list[Tally]]:
    """Two weeks of the web shop."""
    setting = prepare(load(SHOP))
    plan, basis = make_plan(setting), make_basis(setting)
    tallies = []
    for k in range(2):
        draws = draw(setting, 1, k)
        luck = customer_luck(setting, 1, k, draws.reason_size)
        tallies.append(measure(basis, draws, luck, *simulate(plan, draws)))
    return basis, tallies


def tiny() -> Tally:
    return Tiny([answered(NINE, 5.0, 60.0), ended(Outcome.ABANDONED, NINE, 30.0)]).tally


def assert_equal(one: Tally, other: Tally) -> None:
    assert one.splits == other.splits
    assert one.sums.tobytes() == other.sums.tobytes()
    assert one.sums.shape == other.sums.shape
    assert list(one.waits) == list(other.waits)
    for by, sparse in one.waits.items():
        for found, wanted in [
            (sparse.index, other.waits[by].index),
            (sparse.count, other.waits[by].count),
        ]:
            assert found.dtype == wanted.dtype == np.int32
            assert np.array_equal(found, wanted)
    assert (one.ends is None) == (other.ends is None)
    if one.ends is not None and other.ends is not None:
        for name, column in vars(one.ends).items():
            assert column.dtype == vars(other.ends)[name].dtype
            assert np.array_equal(column, vars(other.ends)[name])


# --- bytes ------------------------------------------------------------------------------------


def test_a_week_of_the_shop_comes_back_exactly_and_is_small() -> None:
    _, (tally, _) = shop()
    data = tally.to_bytes()
    assert_equal(Tally.from_bytes(data), tally)
    assert len(data) <= 36_500  # of 200,000 in memory


def test_the_same_tally_gives_the_same_bytes() -> None:
    _, (tally, other) = shop()
    assert Tally.from_bytes(tally.to_bytes()).to_bytes() == tally.to_bytes()
    assert other.to_bytes() != tally.to_bytes()


number = st.floats(width=64, allow_nan=True, allow_infinity=True)


@given(
    st.lists(st.lists(number, min_size=1, max_size=3), max_size=4),
    st.lists(st.integers(0, 2**31 - 1), unique=True, max_size=5).map(sorted),
)
def test_any_numbers_come_back_bit_for_bit(rows: list[list[float]], index: list[int]) -> None:
    # minus zero and nan among them
    sums = np.zeros((len(rows), len(COMPONENTS)))
    for row, given_row in zip(sums, rows, strict=True):
        row[: len(given_row)] = given_row
    waits = Sparse(np.array(index, dtype=np.int32), np.arange(len(index), dtype=np.int32))
    tally = Tally(sums, {"channel": waits, "window": waits}, ("total", "window"))
    assert_equal(Tally.from_bytes(tally.to_bytes()), tally)


def test_any_change_to_a_byte_is_noticed() -> None:
    data = tiny().to_bytes()
    for i in range(len(data)):
        for flip in (1, 128):
            damaged = bytearray(data)
            damaged[i] ^= flip
            with pytest.raises(ValueError, match="packed arrays"):
                Tally.from_bytes(bytes(damaged))


def test_bytes_cut_short_or_with_more_behind_are_noticed() -> None:
    data = tiny().to_bytes()
    for wrong in [data[:n] for n in range(len(data))] + [data + b"\0"]:
        with pytest.raises(ValueError, match="packed arrays"):
            Tally.from_bytes(wrong)


def test_a_tally_with_other_components_is_refused() -> None:
    about, arrays = unpack(tiny().to_bytes())
    older = pack({**about, "components": about["components"] - 1}, arrays)
    with pytest.raises(ValueError, match="another version"):
        Tally.from_bytes(older)


# --- some splits only -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kept", [SPLITS, SPLITS[:-2], ("total",), ("window", "total"), ("hour", "pool"), ()]
)
def test_estimates_from_some_splits_are_those_from_all(kept: tuple[str, ...]) -> None:
    basis, tallies = shop()
    reduced = [tally.only(basis.slices, kept) for tally in tallies]
    reduced = [Tally.from_bytes(tally.to_bytes()) for tally in reduced]
    wanted = estimate(basis.scenario, tallies, splits=kept)
    # as text: nan equals nan
    assert str(estimate(basis.scenario, reduced)) == str(wanted)
    assert str(estimate(basis.scenario, reduced, splits=kept)) == str(wanted)


def test_values_of_the_total_need_no_other_split() -> None:
    basis, tallies = shop()
    reduced = [tally.only(basis.slices, ["total"]) for tally in tallies]
    for found, wanted in zip(
        values(basis.scenario, reduced, "service_level"),
        values(basis.scenario, tallies, "service_level"),
        strict=True,
    ):
        assert found.tolist() == wanted.tolist()


def test_leaving_out_in_two_steps_is_the_same_as_in_one() -> None:
    basis, (tally, _) = shop()
    twice = tally.only(basis.slices, SPLITS[:-1]).only(basis.slices, ("total", "day"))
    assert_equal(twice, tally.only(basis.slices, ("total", "day")))


def test_without_hours_and_days_little_is_left() -> None:
    basis, (tally, _) = shop()
    small = tally.only(basis.slices, [by for by in SPLITS if by not in ("day", "hour")])
    assert small.sums.nbytes < tally.sums.nbytes / 8


def test_a_split_that_was_left_out_is_missed() -> None:
    basis, tallies = shop()
    reduced = [tally.only(basis.slices, ["total"]) for tally in tallies]
    with pytest.raises(ValueError, match="no hour"):
        estimate(basis.scenario, reduced, splits=["hour"])
    with pytest.raises(ValueError, match="no pool"):
        reduced[0].only(basis.slices, ["pool"])
    with pytest.raises(ValueError, match="same splits"):
        estimate(basis.scenario, [tallies[0], reduced[1]])
    with pytest.raises(KeyError, match="horoscope"):
        estimate(basis.scenario, tallies, splits=["horoscope"])
