"""Sweeps: curves, knees and break-even values that are known, and what is said of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

import sim
from sim.experiment.grid import factor_of
from sim.experiment.runner import Runner
from sim.experiment.study import Precision, Size, Study
from sim.experiment.sweep import FADED, SweepResult, sweep
from sim.report import report
from sim.scenario import Scenario, ScenarioError
from sim.scenario.faults import Wrong
from sim.scenario.uncertain import Uncertain
from sim.theory import erlang_a


def answer(result: SweepResult) -> list[str]:
    """What the first page says, sentence by sentence."""
    made = report(result)
    return [made.answer, made.certainty, *(one.text for one in made.because)]


FALSE_ALARM = 1e-8
"""Of each comparison with theory; about forty of them in this file."""

HOUR = 3600.0


def swept(
    scenario: Scenario,
    values: Mapping[str, str | Sequence[object]],
    *,
    jobs: int = 1,
    **more: object,
) -> SweepResult:
    study = Study.of({"it": scenario}, question="What if?", **more)
    factors = tuple(factor_of(path, said) for path, said in values.items())
    with Runner(jobs=jobs) as runner:
        return sweep(replace(study, sweep=factors), runner)


# --- against Erlang A -------------------------------------------------------------------------

QUEUE = """\
name: Erlang A
calendar: {days: 6, warmup: 1}
reasons:
  call: {volume: 30 per hour, patience: {exponential: 10 min}, handle: {exponential: 20 min}}
pools:
  team: {agents: 10}
run: {service_level: 2 min, replications: 40}
"""
HEADS = tuple(range(6, 21, 2))
EXACT = [erlang_a(30 / HOUR, 1200.0, heads, 600.0) for heads in HEADS]


@pytest.fixture(scope="module")
def staffing() -> SweepResult:
    # bounds that are missed once in 10^8, of the estimates and of all steps of a measure together
    return swept(
        sim.loads(QUEUE),
        {"pools.team.agents": HEADS},
        decide="service_level",
        confidence=1 - FALSE_ALARM,
        jobs=2,
    )


@pytest.mark.parametrize(
    ("measure", "exact", "detectable"),
    [
        ("service_level", [one.sl_offered(120.0) for one in EXACT], 0.05),
        ("abandonment", [one.p_abandon for one in EXACT], 0.05),
        ("occupancy", [one.occupancy for one in EXACT], 0.05),
    ],
)
def test_the_curve_is_that_of_erlang_a(staffing, measure, exact, detectable) -> None:
    rows = [point.get(measure) for point in staffing.points]
    assert all(row.low <= true <= row.high for row, true in zip(rows, exact, strict=True))
    assert max(row.high - row.low for row in rows) < 2 * detectable


def test_what_each_agent_brings_is_that_of_erlang_a(staffing) -> None:
    levels = np.array([one.sl_offered(120.0) for one in EXACT])
    steps = [step for step in staffing.steps if step.measure == "service_level"]
    for step, true in zip(steps, np.diff(levels), strict=True):
        assert step.low <= true <= step.high
        assert step.per_unit == pytest.approx(step.value / 2)
        assert step.per_unit_low == pytest.approx(step.low / 2)
    # the same customers: the bounds are far closer than those of the estimates
    middle = staffing.points[2].get("service_level")
    assert steps[2].high - steps[2].low < middle.high - middle.low


def test_the_knee_is_that_of_erlang_a(staffing) -> None:
    slopes = np.diff([one.sl_offered(120.0) for one in EXACT])
    true = int(np.flatnonzero(slopes > FADED * slopes.max()).max()) + 1
    assert 0 < true < len(HEADS) - 1  # within the grid: more heads do bring little
    assert staffing.knee is not None
    assert staffing.knee.first <= true <= staffing.knee.last
    assert staffing.knee.last - staffing.knee.first <= 1
    assert staffing.knee.at in (staffing.knee.first, staffing.knee.last)
    [said] = [line for line in answer(staffing) if "brings little" in line]
    assert f"Beyond {HEADS[staffing.knee.at]} more brings little" in said


def test_more_agents_never_hurt_the_service_level(staffing) -> None:
    assert staffing.best == len(HEADS) - 1


# --- a margin known in closed form ------------------------------------------------------------

LINE = """\
name: Everybody is answered
calendar: {days: 1}
gross_margin: 50 %
reasons:
  order:
    volume: 100 per day
    profile: morning
    handle: 1 min
    buying: {unaided: 0 %, basket: 40, window: 10 min}
profiles: {morning: {mon-fri 08:00-13:00: 1}}
pools:
  team:
    agents: {mon-fri 08:00-13:30: 20}
    contract: {per_hour: 5}
    sells: {conversion: 50 %}
run: {replications: 8}
"""
WAGES = [4, 8, 12, 16]
BREAK_EVEN = 100 * 0.5 * 40 * 0.5 / (20 * 5.5)
"""100 customers, half of whom buy for 40 of which half is left: 1,000. 110 hours are paid."""


def test_the_break_even_of_a_line_is_where_it_must_be() -> None:
    # the sweep of wages is a straight line: the crossing between 8 and 12 is exact
    found = swept(
        sim.loads(LINE),
        {"pools.team.contract.per_hour": WAGES},
        confidence=1 - FALSE_ALARM,
        replications=100,
    )
    assert found.decide == "margin"
    [crossing] = found.break_even
    assert crossing.low <= BREAK_EVEN <= crossing.high
    assert crossing.high - crossing.low < 2  # a wage of 10 or 8 would be told apart
    assert not crossing.rising
    margins = [point.get("margin").value for point in found.points]
    slope = (margins[-1] - margins[0]) / (WAGES[-1] - WAGES[0])
    assert crossing.value == pytest.approx(WAGES[0] - margins[0] / slope)
    # nobody's luck is in the difference of two wages: 110 hours a unit, without an interval
    for step in found.steps:
        if step.measure == "margin":
            assert step.per_unit == pytest.approx(-110)
            assert step.per_unit_low == pytest.approx(-110)
    # the least wage is the best for sure, and nothing beats it
    assert (found.best, found.plausible, found.no_gain) == (0, (0,), ())
    said = " ".join(answer(found))
    assert f"The margin turns negative at {crossing.value:.1f}" in said
    assert "below 4" in said


@pytest.mark.proof
def test_the_break_even_lies_in_its_interval_as_often_as_promised() -> None:
    # 250 seeds, 8 replications each, 95 %; DETECTABLE: a true coverage below 80 %. How often
    # exactly is measured on normal numbers in tests/stats/test_crossing.py.
    scenario = sim.loads(LINE)
    hits = 0
    for seed in range(250):
        found = swept(scenario, {"pools.team.contract.per_hour": [4, 16]}, seed=seed)
        hits += any(one.low <= BREAK_EVEN <= one.high for one in found.break_even)
    assert hits >= stats.binom.ppf(FALSE_ALARM, 250, 0.95)
    assert hits < 250  # 95 % would be so many once in 370,000 times


def test_an_end_beyond_the_grid_is_told() -> None:
    few = swept(sim.loads(LINE), {"pools.team.contract.per_hour": [4, 9]}, seed=3, replications=3)
    [crossing] = few.break_even
    assert crossing.above
    assert "or more, even beyond the values tried" in " ".join(answer(few)) or crossing.below


def test_where_a_gain_is_eaten_up_again() -> None:
    # Revenue that 20 agents for 100 calls cannot raise any more: the first agents pay, the last
    # ones only cost. The oracle: the straight line through the neighbouring means.
    found = swept(
        sim.loads(LINE.replace("volume: 100", "volume: 900")),
        {"pools.team.agents.mon-fri 08:00-13:30": [1, 3, 6, 60, 120, 240, 400]},
        replications=10,
    )
    margin = np.array([point.get("margin").value for point in found.points])
    gain = margin - margin[0]
    [place] = [k for k in range(1, 6) if gain[k] > 0 > gain[k + 1]]
    numbers = found.axes[0].numbers
    assert numbers is not None
    expected = np.interp(0, gain[[place + 1, place]], [numbers[place + 1], numbers[place]])
    [crossing] = found.no_gain
    assert crossing.value == pytest.approx(expected)
    assert crossing.low < expected < crossing.high
    assert found.best not in (0, 6)
    assert found.knee is not None
    assert (found.knee.at, found.knee.first) == (found.best, found.plausible[0])
    said = " ".join(answer(found))
    assert "the margin is lower than at 1" in said
    assert "still brings" in said


# --- other grids ------------------------------------------------------------------------------

BUSY = """\
    handle: {exponential: 6 min}
    patience: {exponential: 1 min}"""
SHOP = LINE.replace("    handle: 1 min", BUSY)


def test_what_changes_nothing_is_told() -> None:
    found = swept(sim.loads(SHOP), {"run.seed": [1, 2]}, replications=3)
    assert found.moved == ()
    assert answer(found)[0].startswith("Nothing changes")
    other = swept(sim.loads(SHOP), {"pools.team.satisfaction": ["80 %", "90 %"]}, replications=3)
    assert other.moved == ("satisfaction",)
    assert answer(other)[0] == (
        "The margin is the same at every value. What changes: satisfaction."
    )


def test_words_have_a_best_but_no_slope() -> None:
    two = sim.loads(SHOP, overrides={"pools.team.agents.mon-fri 08:00-13:30": 2})
    patience = {"reasons.order.patience": [{"exponential": "10 s"}, "never"]}
    found = swept(two, patience, replications=10)
    assert found.knee is None
    assert found.break_even == found.no_gain == ()
    assert found.best == 1
    [step] = [one for one in found.steps if one.measure == "margin"]
    assert step.value > 0
    assert np.isnan(step.per_unit)


def test_two_axes_are_all_pairs() -> None:
    found = swept(
        sim.loads(SHOP),
        {
            "pools.team.contract.per_hour": [8, 4],
            "pools.team.agents.mon-fri 08:00-13:30": [10, 2],
        },
        replications=5,
    )
    assert [point.texts for point in found.points] == [
        ("4", "2"),
        ("4", "10"),
        ("8", "2"),
        ("8", "10"),
    ]
    alone = sim.loads(
        SHOP,
        overrides={
            "pools.team.contract.per_hour": 8,
            "pools.team.agents.mon-fri 08:00-13:30": 2,
        },
    )
    direct = sim.run(alone, replications=5).get("margin")
    assert found.points[2].get("margin") == direct
    assert (found.steps, found.knee, found.break_even) == ((), None, ())
    assert found.best in found.plausible


def test_everything_wrong_is_told_once_and_nothing_is_run() -> None:
    with pytest.raises(ScenarioError) as error:
        swept(sim.loads(SHOP), {"pools.team.presence": ["50 %", "150 %", "200 %"]})
    assert [fault.path for fault in error.value.faults] == ["pools.team.presence"] * 2
    with pytest.raises(ScenarioError, match="did you mean `presence`"):
        swept(sim.loads(SHOP), {"pools.team.presense": [0.5, 1]})


@pytest.mark.parametrize("paths", [[], ["a", "b", "c"]])
def test_one_or_two_values_are_swept(paths) -> None:
    with pytest.raises(Wrong, match="one or two"):
        swept(sim.loads(SHOP), {path: [1, 2] for path in paths})


def test_numbers_do_not_depend_on_jobs_and_are_good_json() -> None:
    wages = {"pools.team.contract.per_hour": [4, 8]}
    one, two = (swept(sim.loads(SHOP), wages, jobs=jobs, replications=6) for jobs in (1, 2))
    told = json.dumps(one.as_json(), allow_nan=False)
    assert told == json.dumps(two.as_json(), allow_nan=False)
    for name, table in one.tables().items():
        assert table.equals(two.tables()[name])
    assert set(one.scenarios()) == {"4", "8"}


def test_one_replication_has_points_without_bounds() -> None:
    found = swept(sim.loads(SHOP), {"pools.team.contract.per_hour": [4, 8]}, replications=1)
    assert found.best == 0
    assert found.plausible == (0, 1)
    assert "One replication does not tell how sure this is." in answer(found)
    json.dumps(found.as_json(), allow_nan=False)


def test_replications_go_on_until_every_point_is_exact_enough() -> None:
    wages = {"pools.team.contract.per_hour": [2, 4]}
    wide = Precision("margin", Size(0.05, relative=True))
    found = swept(sim.loads(SHOP), wages, precision=wide)
    assert found.replications > 20
    for point in found.points:
        row = point.get("margin")
        assert (row.high - row.low) / 2 <= 0.05 * row.value
    capped = swept(sim.loads(SHOP), wages, precision=wide, replications=30)
    assert capped.replications == 30


def test_from_python() -> None:
    scenario = sim.loads(SHOP)
    result = sim.sweep(scenario, {"pools.team.contract.per_hour": "4..12 step 4"}, replications=4)
    assert [point.texts for point in result.points] == [("4",), ("8",), ("12",)]
    assert "Everybody is answered" in result.summary()
    assert max(map(len, result.summary().splitlines())) <= 80
    study = Study.of({"it": scenario})
    with pytest.raises(ValueError, match="does not say what to sweep"):
        sim.sweep(study)
    with pytest.raises(ValueError, match="no measure"):
        sim.sweep(scenario, {"pools.team.presence": [0.5, 1]}, decide="margins")


# --- what is uncertain, and luck that is known ------------------------------------------------

BY_THE_CALL = """\
calendar: {days: 1}
reasons:
  call: {volume: 110 per day, profile: morning, handle: {exponential: 1 min}}
profiles: {morning: {mon-fri 08:00-13:00: 1}}
pools:
  team: {agents: {mon-fri 08:00-13:30: 10}, contract: {per_contact: 2}}
run: {replications: 40}
uncertain:
  reasons.call.volume: 50 to 150 per day
  reasons.call.handle.exponential: 30 s to 90 s
  pools.team.contract.per_contact: 1 to 9
"""
PRICE = "pools.team.contract.per_contact"


def test_what_changes_nothing_is_said_to_change_nothing() -> None:
    """Hours are paid, whoever calls."""
    text = BY_THE_CALL.replace("per_contact: 2", "per_hour: 10").replace(f"  {PRICE}: 1 to 9\n", "")
    paid = sim.loads(text)
    result = swept(paid, {"pools.team.contract.per_hour": [10, 20]}, decide="cost", replications=30)
    said = " ".join(answer(result))
    assert "does not change the cost at 10 (in 30 joint draws)" in said
    assert "anywhere" not in said


def test_what_is_uncertain_moves_every_value_as_far_as_it_does() -> None:
    """Every call is answered: at a price of c a day costs c V, and V is uniform from 50 to 150."""
    result = swept(sim.loads(BY_THE_CALL), {PRICE: [1, 3]}, decide="cost")
    joint = result.joint
    assert joint is not None
    # what is swept is decided, and not drawn besides
    assert [one.path for one in joint.inputs] == [
        "reasons.call.volume",
        "reasons.call.handle.exponential",
    ]
    for price, standing in zip((1, 3), joint.standings, strict=True):
        assert standing.least == pytest.approx(52.5 * price, abs=4.0 * price)
        assert standing.most == pytest.approx(147.5 * price, abs=4.0 * price)
    assert joint.standings[0].share == 1.0
    said = " ".join(answer(result))
    assert "moves the cost at 1 anywhere from" in said
    assert "of 200 joint draws" in said
    again = json.loads(json.dumps(result.as_json()))
    assert again["joint"]["draws"] == 200


CONTRACT = "pools.team.contract"
CONTRACTS = [{"per_week": 1260, "per_contact": 0}, {"per_week": 0, "per_contact": 2}]
"""180 a day, whoever calls, or 2 a call: the same at 90 calls a day."""


def test_where_the_best_value_flips_is_found_for_every_uncertain_input() -> None:
    """Below 90 calls a day paying by the call costs less; how long a call takes changes nothing."""
    result = swept(sim.loads(BY_THE_CALL), {CONTRACT: CONTRACTS}, decide="margin", replications=30)
    assert result.vary is not None
    volume, handle = result.vary.factors
    by_week, by_call = result.names()
    assert result.answer == by_week
    assert volume.factor.path == "reasons.call.volume"
    assert volume.depends == "yes"
    [flip] = volume.flips
    assert flip.rival == by_call
    assert flip.at.rising
    assert flip.at.low < 90.0 < flip.at.high
    assert flip.at.high - flip.at.low < 10.0
    assert handle.depends == "no"
    assert handle.moved[0] == pytest.approx(handle.moved[1])
    said = " ".join(report(result).risks)
    assert f"Below {flip.at.value:.3g} per day" in said
    assert f"“{by_call}” overtakes “{by_week}”" in said
    assert "stays the best at every value tried of call: handle, exponential" in said
    [again] = json.loads(json.dumps(result.as_json()))["vary"]["vary_flips"]
    assert again["value"] == flip.at.value


def test_inputs_to_vary_are_tried_at_every_value_but_not_the_one_that_is_swept() -> None:
    certain = sim.loads(BY_THE_CALL).model_copy(update={"uncertain": Uncertain()})
    vary = [factor_of("reasons.call.volume", ["60 per day"]), factor_of(CONTRACT, CONTRACTS)]
    result = swept(certain, {CONTRACT: CONTRACTS}, decide="margin", replications=5, vary=vary)
    assert result.vary is not None
    [volume] = result.vary.factors
    assert volume.trials[0].best == result.names()[1]


def test_nothing_flips_where_more_is_always_better_or_nobody_chooses() -> None:
    chosen = swept(sim.loads(BY_THE_CALL), {"pools.team.agents.mon-fri 08:00-13:30": [8, 9]})
    assert chosen.decide == "service_level"
    assert chosen.vary is None
    given = swept(
        sim.loads(BY_THE_CALL),
        {"reasons.call.volume": ["50 per day", "90 per day"]},
        decide="margin",
    )
    assert given.vary is None


def test_too_few_replications_draw_nothing() -> None:
    assert swept(sim.loads(BY_THE_CALL), {PRICE: [1, 3]}, replications=20).joint is None


def test_known_luck_is_taken_out_of_all_points() -> None:
    """What a day costs is the price of its calls: with their expected number it is known."""
    scenario = sim.loads(BY_THE_CALL).model_copy(update={"uncertain": Uncertain()})
    found = swept(scenario, {PRICE: [1, 3]}, decide="cost")
    plain = swept(scenario, {PRICE: [1, 3]}, decide="cost", control_variates=False)
    for price, point, without in zip((1, 3), found.points, plain.points, strict=True):
        row, other = point.get("cost"), without.get("cost")
        assert row.value == pytest.approx(110.0 * price)
        assert row.low == pytest.approx(row.high)
        assert other.value == pytest.approx(without.deciding.mean())
        assert other.high - other.low > 1.0
    [step] = [one for one in found.steps if one.measure == "cost"]
    assert step.value == pytest.approx(220.0)
    assert step.high - step.low == pytest.approx(0.0, abs=1e-9)
