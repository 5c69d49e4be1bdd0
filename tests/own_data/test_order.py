"""Queues that are answered before others of their pool."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from known_centre import half_hours, log_of

import sim
from sim.data import Choices
from sim.data.fitting.logs import fit_contacts
from sim.data.fitting.order import _levels, fit_priorities
from sim.data.fitting.reports import fit_intervals
from sim.data.fitting.staffing import Pools
from sim.data.remarks import Remarks
from sim.data.tables import CONTACTS, typed

CENTRE = """
calendar: {start: 2026-01-05, days: 28}
profiles: {week: {mon-fri 08:00-18:00: 1}}
reasons:
  gold: {volume: 500 per week, profile: week, handle: {exponential: 4 min}, priority: 1}
  plain: {volume: 900 per week, profile: week, handle: {exponential: 4 min}, priority: 0}
pools: {team: {agents: {mon-fri 08:00-18:00: 2}}}
"""


@pytest.mark.parametrize("priority", [0, 1])
def test_the_priority_of_a_known_centre_comes_back(priority: int) -> None:
    scenario = sim.loads(CENTRE, overrides={"reasons.gold.priority": priority})
    found = fit_contacts(log_of(scenario), Choices(), None)
    fitted = found.scenario.reasons
    assert fitted["gold"].priority.start == priority
    assert fitted["plain"].priority.start == 0
    assert ("times before plain, both waiting" in found.text) == bool(priority)


def table(agents: tuple[str, str]) -> pd.DataFrame:
    """30 times two customers wait, and who has come later is taken first, by the first agent."""
    rows = []
    for i in range(30):
        start = pd.Timestamp("2026-01-05") + pd.Timedelta(hours=i)
        for queue, came, wait, agent in (("b", 0, 90, agents[1]), ("a", 10, 50, agents[0])):
            rows.append((start + pd.Timedelta(seconds=came), queue, float(wait), agent))
    frame = pd.DataFrame(rows, columns=["arrived", "queue", "wait", "agent"])
    return typed(frame.assign(outcome="answered", channel="phone", talk=60.0), CONTACTS)


def test_choices_by_hand() -> None:
    pools = Pools(("agents",), (("a", "b"),), {})
    (only,) = fit_priorities(table(("Ana", "Ana")), pools, Remarks()).items()
    assert only[0] == "a"
    assert (only[1].priority, only[1].why) == (1, "30 of 30 times before b, both waiting")
    # an agent of each queue alone has no choice
    assert fit_priorities(table(("Ana", "Bo")), pools, Remarks()) == {}
    # a third of the times the other queue is first: neither in turn nor always first
    turned = table(("Ana", "Ana")).replace({"queue": {"a": "b", "b": "a"}})
    turned["arrived"] += pd.Timedelta(days=10)
    kept = pd.concat([table(("Ana", "Ana")), turned[:30]], ignore_index=True)
    for name in ("queue", "agent", "channel", "outcome"):
        kept[name] = kept[name].astype(str).astype("category")
    remarks = Remarks()
    assert fit_priorities(kept, pools, remarks) == {}
    assert remarks.notes[0] == (
        "a: 30 of 45 times with both waiting, agents took a customer before one of b who had come "
        "earlier: neither in turn nor always first; the scenario has them in turn"
    )


@pytest.mark.parametrize("priority", [0, 1])
def test_a_priority_that_a_report_cannot_have_is_noticed(priority: int) -> None:
    scenario = sim.loads(CENTRE, overrides={"reasons.gold.priority": priority})
    log = log_of(scenario)
    parts = [half_hours(log[log["queue"] == name]).assign(queue=name) for name in ("gold", "plain")]
    report = pd.concat(parts, ignore_index=True)
    report["queue"] = report["queue"].astype("category")
    notes = fit_intervals(report, Choices(pools={"team": ["gold", "plain"]}), None).notes
    said = [one for one in notes if "a queue answered by priority" in one]
    assert len(said) == priority
    assert all(one.startswith("gold: answered after ") for one in said)


def test_levels_of_a_chain_and_of_a_circle() -> None:
    names = ("a", "b", "c")
    assert _levels(names, {("a", "b"), ("b", "c"), ("a", "c")}) == {"a": 2, "b": 1, "c": 0}
    circle = {("a", "b"), ("b", "c"), ("c", "a")}
    assert np.all([level == 0 for level in _levels(names, circle).values()])
