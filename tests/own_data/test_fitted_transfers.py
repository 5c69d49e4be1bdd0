"""Talks that are passed on: chained in a log, said in the scenario; retries in another queue."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from known_centre import log_of

import sim
from sim.data import Choices, Fit
from sim.data.fitting.days import Days
from sim.data.fitting.likelihood import Interval
from sim.data.fitting.logs import fit_contacts
from sim.data.fitting.repeats import RETRY_WITHIN, Journeys, fit_repeats
from sim.data.fitting.transfers import Passings, Transfer, fit_transfers, passed_on, whole
from sim.data.tables import CONTACTS, typed

CENTRE = """
calendar: {start: 2026-01-05, days: 56}
profiles: {week: {mon-fri 08:00-18:00: 1}}
reasons:
  sales:
    volume: 1200 per week
    profile: week
    patience: {exponential: 3 min}
    handle: {lognormal: {mean: 4 min, cv: 0.8}}
  billing: {volume: 400 per week, profile: week, handle: {lognormal: {mean: 5 min, cv: 0.6}}}
  experts: {volume: 0 per week, handle: {gamma: {mean: 8 min, cv: 0.5}}}
pools:
  team: {agents: {mon-fri 08:00-18:00: 5}}
  second: {agents: {mon-fri 08:00-18:00: 3}}
routing:
  - {reason: [sales, billing], to: [team]}
  - {reason: experts, to: [second]}
transfers:
  hard: {share: {sales: 15 %}, to: {reason: experts}, after: 50 % of the talk}
  bills: {share: {sales: 4 %}, to: {reason: billing}}
"""


@cache
def fitted() -> Fit:
    return fit_contacts(log_of(sim.loads(CENTRE)), Choices(), None)


def near(found: Interval, truth: float) -> bool:
    """Within 2.5 half widths of a 95 % interval, 5 standard errors: a false alarm of 6e-7."""
    return abs(found.value - truth) <= 2.5 * (found.high - found.low) / 2


def test_transfers_of_a_known_centre_come_back() -> None:
    # about 9,600 talks of sales: a share of 15 % is known within 0.4 points (1 se), so that one
    # wrong by 2 points is caught
    shares = {one.name: one for one in fitted().transfers}
    assert list(shares) == ["sales to billing", "sales to experts"]
    assert near(shares["sales to experts"].share, 0.15)
    assert near(shares["sales to billing"].share, 0.04)
    assert shares["sales to experts"].after == pytest.approx(0.5, abs=0.05)
    assert shares["sales to billing"].after == 1


def test_legs_after_a_transfer_are_no_new_customers() -> None:
    sales, billing, experts = (
        next(one for one in fitted().queues if one.name == name)
        for name in ("sales", "billing", "experts")
    )
    assert near(sales.arrivals.per_week, 1200)
    assert near(billing.arrivals.per_week, 400)
    assert experts.arrivals.per_week.value == 0
    # talks that were cut short count as the whole that they would have been
    assert near(sales.handle.mean, 240)
    assert near(experts.handle.mean, 480)


def test_the_scenario_has_them_and_each_draw_of_its_inputs_is_one() -> None:
    said = fitted().scenario.transfers
    assert said["sales to experts"].to.reason == "experts"
    row = fitted().inputs(5).iloc[3].to_dict()
    assert "transfers.sales to experts.share" in row
    assert sim.loads(fitted().text, overrides=row).transfers.keys() == said.keys()


def rows(*said: tuple[int, int, str, str, float]) -> pd.DataFrame:
    """Legs: chain, leg, queue, outcome, talk."""
    frame = pd.DataFrame(said, columns=["chain", "leg", "queue", "outcome", "talk"])
    frame["arrived"] = pd.Timestamp("2026-01-05 09:00") + pd.to_timedelta(frame.index, unit="s")
    table = typed(frame.assign(channel="phone", again=False), CONTACTS)
    return table.assign(reason=table["queue"])


def test_shares_by_hand() -> None:
    # 40 talks of a: 20 go on to b, of which 5 come back to a and stay there; once is all that
    # happens to one contact, so the 5 could not go on: 20 of 35, or 20 of 40 without the bound
    table = rows(
        *[(i, 0, "a", "answered", 60.0) for i in range(35)],
        *[(i, 1, "b", "answered", 90.0) for i in range(20)],
        *[(i, 2, "a", "answered", 60.0) for i in range(5)],
    )
    days = Days(np.array([20458]), np.array([0]), np.ones((1, 48)), {})
    (only,) = fit_transfers(table, days)
    assert (only.by, only.to, only.at_most, only.after) == ("a", "b", 1, 1.0)
    assert only.share.value == pytest.approx(20 / 35)
    legs, part = passed_on(table, (only,))
    # the way back from b to a is too rare for a line: its legs are arrivals of a
    assert legs.tolist() == [False] * 35 + [True] * 20 + [False] * 5
    assert np.all(part == 1)


def test_an_overflow_is_no_transfer() -> None:
    table = rows((0, 0, "a", "flowed out", np.nan), (0, 1, "b", "answered", 60.0))
    assert len(Passings.of(table).talk) == 0


def test_no_more_than_all_talks_are_passed_on() -> None:
    one = Interval(0.7, 0.6, 0.8, 100)
    some = (Transfer("a", "b", one, 1.0, 1), Transfer("a", "c", one, 1.0, 1))
    shares = whole({"a to b": np.array([0.7, 0.2]), "a to c": np.array([0.5, 0.2])}, some)
    assert shares["a to b"] + shares["a to c"] == pytest.approx([0.999, 0.4])
    assert shares["a to b"][0] / shares["a to c"][0] == pytest.approx(7 / 5)


def test_retries_in_another_queue_are_retries() -> None:
    # 30 % of those who gave up in sales call again, half of them another queue: as it was, half of
    # them were new customers. 1,500 gave up: 30 % within 5 se (6 points)
    chance = np.random.default_rng(8)
    size = 6000
    day = np.arange(size) // 150
    frame = pd.DataFrame({"customer": np.arange(1, size + 1, dtype=np.uint64)})
    frame["arrived"] = pd.Timestamp("2026-01-05") + pd.to_timedelta(day + day // 5 * 2, unit="D")
    frame["arrived"] += pd.to_timedelta(chance.uniform(8, 17, size).round(4), unit="h")
    frame["queue"] = np.where(chance.random(size) < 0.5, "sales", "help")
    gave_up = chance.random(size) < 0.25
    frame["outcome"] = np.where(gave_up, "abandoned", "answered")
    frame["wait"] = chance.exponential(60, size).round(1)
    frame["talk"] = np.where(gave_up, np.nan, chance.exponential(120, size).round(1))
    frame["agent"] = np.where(gave_up, "", "Ana")
    again = frame[gave_up & (chance.random(size) < 0.3)].copy()
    again["arrived"] += pd.to_timedelta(again["wait"] + chance.exponential(600, len(again)), "s")
    again["queue"] = np.where(chance.random(len(again)) < 0.5, "sales", "help")
    again = again.assign(outcome="answered", talk=100.0, agent="Ana")
    log = pd.concat([frame, again]).sort_values("arrived", ignore_index=True)
    log = typed(log.assign(channel="phone", again=False, chain=np.arange(len(log))), CONTACTS)
    found = fit_contacts(log, Choices(), None)
    for queue in found.queues:
        assert near(queue.retry.share, 0.3)
        assert near(queue.arrivals.per_week, size / 2 / 8)
    assert any("of the retries come to another queue" in note for note in found.notes)


def test_who_gives_up_after_a_transfer_tries_again_where_they_gave_up() -> None:
    # forty give up in sales for good; of forty who are passed on and give up in experts all come
    # again there: by the queue that they came to first, half of those of sales would
    rows: list[tuple[object, ...]] = []
    for i in range(40):
        minute = 24 * 60 * (i // 4) + 20 * (i % 4)
        rows += [
            (minute, i + 1, "sales", "abandoned", 4 * i, 0),
            (minute + 1, 100 + i, "sales", "answered", 4 * i + 1, 0),
            (minute + 3, 100 + i, "experts", "abandoned", 4 * i + 1, 1),
            (minute + 10, 100 + i, "experts", "answered", 4 * i + 2, 0),
        ]
    rows.append((100 * 24 * 60, 999, "sales", "answered", 999, 0))
    names = ["minute", "customer", "queue", "outcome", "chain", "leg"]
    table = pd.DataFrame(rows, columns=names).sort_values("minute", ignore_index=True)
    minutes = pd.to_timedelta(table.pop("minute"), unit="min")
    table["arrived"] = pd.Timestamp("2026-02-02 09:00") + minutes
    table = typed(table.assign(wait=30.0, talk=60.0), CONTACTS)
    table = table.assign(reason=table["queue"])
    journeys = Journeys.of(table, (table["leg"] > 0).to_numpy(), apart=False)
    day = (minutes // pd.Timedelta(days=1)).to_numpy()
    shares = {
        name: fit_repeats(journeys, name, day, "abandoned", RETRY_WITHIN)
        for name in ("sales", "experts")
    }
    assert {name: one and one.share.value for name, one in shares.items()} == {
        "sales": 0,
        "experts": 1,
    }
