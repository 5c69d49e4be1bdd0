"""From tallies of several replications to rows."""

from __future__ import annotations

import pickle
import subprocess
import sys
from functools import cache
from math import isnan, sqrt

import numpy as np
import pytest
from tiny_log import HOUR, Tiny, answered, ended

from sim.draws.draw import draw, prepare
from sim.draws.luck import customer_luck
from sim.engine.plan import make_plan
from sim.engine.run import simulate
from sim.measures import (
    CATALOGUE,
    COMPONENTS,
    COST_PARTS,
    Tally,
    checks,
    estimate,
    make_basis,
    measure,
    table,
    values,
)
from sim.scenario import Scenario, loads
from sim.tables import Outcome

NINE = 9 * HOUR


def runs(*answered_of_four: int) -> list[Tiny]:
    """Replications of four calls each, so many of them answered at once."""
    return [
        Tiny(
            [answered(NINE + i, 0.0, 60.0) for i in range(n)]
            + [ended(Outcome.ABANDONED, NINE + i, 60.0) for i in range(n, 4)]
        )
        for n in answered_of_four
    ]


def test_totals_have_students_interval() -> None:
    # 2, 3 and 4 answered: mean 3, standard deviation 1, t(2 degrees, 95 %) = 4.302653.
    found = runs(2, 3, 4)
    scenario = found[0].setting.scenario
    (row,) = estimate(scenario, [t.tally for t in found], measures=["answered"], splits=["total"])
    half = 4.302653 / sqrt(3)
    assert (row.by, row.group, row.unit) == ("total", "all", "contacts")
    assert (row.value, row.low, row.high) == pytest.approx((3, 3 - half, 3 + half), rel=1e-6)


def test_ratios_are_of_sums_and_not_means_of_ratios() -> None:
    # 1 of 1 and 1 of 4 answered at once: 2 of 5, not the mean of 100 % and 25 %.
    one = Tiny([answered(NINE, 0.0, 60.0)])
    four = runs(1)[0]
    tallies = [one.tally, four.tally]
    (row,) = estimate(one.setting.scenario, tallies, measures=["no_wait"], splits=["total"])
    assert row.value == 2 / 5


def test_shares_near_one_keep_an_honest_interval() -> None:
    found = runs(4, 4, 4)
    scenario = found[0].setting.scenario
    rows = estimate(scenario, [t.tally for t in found], measures=["no_wait"], splits=["total"])
    assert rows[0].value == rows[0].high == 1
    assert 0 < rows[0].low < 1


def test_one_replication_has_no_bounds() -> None:
    (tiny,) = runs(3)
    for row in estimate(tiny.setting.scenario, [tiny.tally], splits=["total", "pool"]):
        assert isnan(row.low)
        assert isnan(row.high)


def test_rows_are_ordered_and_complete() -> None:
    (tiny,) = runs(3)
    rows = estimate(tiny.setting.scenario, [tiny.tally])
    assert [row.measure for row in rows if row.by == "total"] == list(CATALOGUE)
    assert list(dict.fromkeys(row.by for row in rows)) == [
        "total", "pool", "source", "channel", "reason", "earlier", "window", "day", "hour",
    ]  # fmt: skip
    assert {row.group for row in rows if row.by == "window"} == {"office", "evening", "other"}
    frame = table(rows)
    assert list(frame.columns) == ["by", "group", "measure", "value", "low", "high", "unit"]
    assert len(frame) == len(rows)


def test_values_for_comparisons_give_the_same_point() -> None:
    found = runs(2, 3)
    scenario, tallies = found[0].setting.scenario, [t.tally for t in found]
    points = {r.measure: r.value for r in estimate(scenario, tallies, splits=["total"])}
    for name in ("answered", "cost", "margin", "service_level", "hours", "asa"):
        numerator, denominator = values(scenario, tallies, name)
        assert numerator.sum() / denominator.sum() == pytest.approx(points[name])
    with pytest.raises(ValueError, match="asa_p90 is a quantile"):
        values(scenario, tallies, "asa_p90")


def test_misuse_is_told() -> None:
    (tiny,) = runs(3)
    with pytest.raises(ValueError, match="no replication"):
        estimate(tiny.setting.scenario, [])
    with pytest.raises(KeyError, match="no_such"):
        estimate(tiny.setting.scenario, [tiny.tally], measures=["no_such"])


def test_no_windows_no_split_by_window() -> None:
    text = Tiny([]).text.replace(
        "windows: {office: daily 09:00-18:00, evening: daily 18:00-23:00}", "windows: {}"
    )
    tiny = Tiny([answered(NINE, 0.0, 60.0)], text=text)
    rows = estimate(tiny.setting.scenario, [tiny.tally])
    assert "window" not in {row.by for row in rows}


def test_pandas_is_imported_for_a_table_only() -> None:
    code = "import sim.measures, sys; assert 'pandas' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


# --- with the real engine ---------------------------------------------------------------------

WEEK = """
calendar:
  {start: 2026-11-23, days: 2, warmup: 1, cooldown: 1, windows: {office: mon-fri 09:00-18:00}}
reasons:
  purchase:
    volume: 300 per day
    profile: shopping
    channels: {chat: 60 %, phone: 40 %}
    patience: {exponential: 76 s}
    balk: 5 %
    buying:
      {unaided: 2 %, window: {exponential: 60 s}, lapse: stay, basket: {gamma: {mean: 700, cv: 1}}}
    handle: {email: 4 min, chat: {exponential: 8 min}, phone: {exponential: 5 min}}
    wrap: 20 s
    resolved: 80 %
    again: {after: {exponential: 2 h}}
    retry: {chance: 30 %, after: {exponential: 10 min}}
    closed: {lost: 50 %, returns: 25 %, email: 25 %}
  tracking:
    volume: 100 per day
    channels: {email: 50 %, phone: 30 %, robot: 20 %}
    handle: 3 min
    patience: 3 min
profiles: {shopping: {daily 08:00-23:00: 1}}
channels:
  phone:
    live: true
    queue_limit: 1
    at_close: drain
    callback: {when_wait_over: 30 s, accept: 50 %, reach: 80 %}
  chat: {live: true, offer: when_free}
  email: {due: 4 h, overdue: {chance: 50 %, on: phone}, cost_per_contact: 0.5}
  robot: {unlimited: true, resolved: 70 %, otherwise: phone, cost_per_contact: 0.1}
pools:
  team:
    agents: {daily 09:00-18:00: 4}
    presence: 90 %
    breaks: [{between: daily 12:00-14:00, length: 30 min}]
    answers: {phone: 1, chat: 3, email: 1}
    pace: {chat: [1, 0.85, 0.7]}
    contract:
      {per_hour: 24, premium: {daily 17:00-20:00: 25 %}, overtime: 150 %, minimum_shift: 12 h}
    sells: {conversion: 13 %, basket: {lognormal: {mean: 738, cv: 0.6}}}
    satisfaction: 91 %
  experts:
    agents: {daily 18:00-23:00: 2}
    offers: {accept: 75 %, response: 5 s, pause: 1 min}
    answers: {chat: 2}
    contract: {per_contact: 2, per_minute: 0.1, per_sale: 1, revenue_share: 1 %, per_week: 70}
    sells: {conversion: 21 %, revenue_per_contact: 137}
    satisfaction: 92.1 %
routing: [{to: [[team, experts]]}]
transfers:
  to a colleague:
    {by: team, share: {phone: 25 %}, to: team, after: 30 % of the talk, patience: 40 s}
"""


@cache
def played() -> tuple[Scenario, list[Tally]]:
    setting = prepare(loads(WEEK))
    plan, basis = make_plan(setting), make_basis(setting)
    tallies = []
    for k in range(4):
        draws = draw(setting, 7, k)
        luck = customer_luck(setting, 7, k, draws.reason_size)
        log, duty = simulate(plan, draws)
        tallies.append(measure(basis, draws, luck, log, duty))
        assert [c for c in checks(basis, draws, log, duty, tallies[-1]) if not c.passed] == []
    return setting.scenario, tallies


def test_a_real_run_passes_every_check_and_uses_every_component() -> None:
    _, tallies = played()
    found = np.sum([tally.sums[0] for tally in tallies], axis=0)
    zero = [name for name, value in zip(COMPONENTS, found, strict=True) if value == 0]
    # Nothing expires, is withdrawn, lacks a line or is unfinished here, no abandonment is short;
    # there are no AI agents, outbound calls, warm transfers and conferences.
    ai_agent = {name for name in COMPONENTS if name.startswith("ai_")} | {"cost_resolutions"}
    ai_agent |= {"cost_waiting"}  # nobody has set a price on that
    unused = {"expired", "withdrawn", "no_line", "unfinished", "short_abandoned"}
    unused |= {"dials", "right_party", "unreached", "hold_time", "callbacks_expired"}
    unused |= {"conferences", "conferences_missed"}
    assert set(zero) == unused | ai_agent


def test_a_real_run_gives_sound_rows() -> None:
    scenario, tallies = played()
    rows = {(r.by, r.group, r.measure): r for r in estimate(scenario, tallies)}
    for row in rows.values():
        assert isnan(row.value) or isnan(row.low) or row.low <= row.value <= row.high, row
        if CATALOGUE[row.measure].estimator == "share" and not isnan(row.value):
            assert 0 <= row.value <= 1
    cost = rows["total", "all", "cost"].value
    assert cost == pytest.approx(sum(rows["total", "all", p].value for p in COST_PARTS), rel=1e-12)
    assert 0 < rows["total", "all", "occupancy"].value <= 1
    assert rows["total", "all", "occupancy"].value <= rows["total", "all", "occupancy_any"].value


def test_a_tally_survives_its_way_between_processes() -> None:
    _, tallies = played()
    again = pickle.loads(pickle.dumps(tallies[0]))
    assert np.array_equal(again.sums, tallies[0].sums)
    assert all(
        np.array_equal(again.waits[by].count, tallies[0].waits[by].count) for by in tallies[0].waits
    )
