"""Contacts by how many their customer had made before, counted by hand and from logs."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pandas as pd
import pytest
from tiny_log import HOUR, Tiny, answered, ended

import sim
from sim.experiment.simulation import Simulation
from sim.measures import estimate
from sim.tables import Cause, ContactLog, Outcome

NINE = 9 * HOUR
GROUPS = ("0", "1", "2", "3 or more")

CENTRE = """
name: Customers who call again and again
calendar: {days: 2}
reasons:
  orders:
    volume: 300 per day
    profile: office
    handle: {exponential: 5 min}
    patience: {exponential: 1 min}
    retry: {chance: 80 %, after: {exponential: 10 min}, attempts: 6}
    resolved: 60 %
    again: {after: {exponential: 2 h}}
profiles: {office: {daily 09:00-17:00: 1}}
channels: {phone: {callback: {when_wait_over: 1 min, accept: 40 %, reach: 70 %}}}
transfers: {second: {by: team, share: 20 %, to: experts}}
routing: [{to: [team]}]
pools:
  team: {agents: {daily 09:00-17:00: 3}}
  experts: {agents: {daily 09:00-17:00: 1}}
run: {replications: 2}
"""


def test_contacts_are_told_by_those_before_them() -> None:
    """Two customers, counted by hand.

    The first one abandons at 9:00, is answered at the second call, which is passed on, and calls
    twice more; what was made last comes third. The second one writes, and calls because nobody has
    answered.
    """
    again = {"customer": 0, "attempt": 1}
    tiny = Tiny(
        [
            ended(Outcome.ABANDONED, NINE, 50.0),
            answered(NINE, 5 * HOUR, 60.0, channel="email", reason="tracking"),
            answered(NINE + 600, 10.0, 60.0, resolved=-1, cause=Cause.RETRY, parent=0, **again),
            answered(NINE + 670, 30.0, 90.0, cause=Cause.TRANSFER, parent=2, **again),
            answered(NINE + 9000, 100.0, 60.0, cause=Cause.AGAIN, parent=3, **again),
            answered(NINE + 7200, 20.0, 60.0, cause=Cause.AGAIN, parent=3, **again),
            ended(
                *(Outcome.ABANDONED, NINE + 3600, 40.0),
                customer=1,
                attempt=1,
                reason="tracking",
                cause=Cause.OVERDUE,
                parent=1,
            ),
        ],
        spells=[(0, NINE, 20 * HOUR, 20 * HOUR)],
    )

    def found(measure: str) -> list[float]:
        return [tiny.value(measure, "earlier", group) for group in GROUPS]

    assert found("contacts") == [2, 2, 1, 1]
    assert found("answered") == [1, 1, 1, 1]
    assert found("abandonment") == [1 / 2, 1 / 2, 0, 0]
    assert found("asa") == [5 * HOUR, 10, 20, 100]
    assert found("handled") == [1, 2, 1, 1]  # the second talk belongs to the contact passed on
    assert found("transfers") == [0, 1, 0, 0]
    assert tiny.value("repeated") == 4 / 6
    assert tiny.value("repeated", "channel", "email") == 0
    assert tiny.checks()["groups add up to the total: earlier"].passed


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_both_engines_are_counted_as_their_logs_say(engine: str) -> None:
    simulation = Simulation.of(sim.loads(CENTRE), 3, engine)
    tally, log = simulation.measure(0)
    rows = estimate(simulation.setting.scenario, [tally], splits=["earlier"])
    found = {(row.measure, row.group): row.value for row in rows}
    for measure, by_group in _by_hand(log, simulation.basis.clock.end).items():
        told = [found[measure, group] for group in GROUPS]
        assert told == [by_group[group] for group in GROUPS], measure
        assert min(told) > 0, measure


def _by_hand(log: ContactLog, end: float) -> dict[str, defaultdict[str, float]]:
    """Measure -> group -> contacts: all, and those answered in the queue."""
    parts = (Cause.CALL, Cause.TRANSFER, Cause.HAND_OVER, Cause.CONFERENCE)
    mine = defaultdict(list)
    for row in range(len(log)):
        if log.cause[row] not in parts:
            mine[log.customer[row]].append(row)
    found: dict[str, dict[str, float]] = {
        "contacts": defaultdict(int),
        "answered": defaultdict(int),
    }
    for rows in mine.values():
        rows.sort(key=lambda row: log.arrived[row])
        if 0 <= log.arrived[rows[0]] < end:
            for before, row in enumerate(rows):
                group = GROUPS[min(before, 3)]
                found["contacts"][group] += 1
                in_queue = log.outcome[row] == Outcome.ANSWERED and not log.callback[row]
                found["answered"][group] += in_queue
    return found


def test_they_are_shown_wherever_results_are(tmp_path: Path) -> None:
    result = sim.run(sim.loads(CENTRE), seed=3)
    assert result.get("contacts", by="earlier", group="2").value > 0
    with pytest.raises(KeyError, match="there is 0, 1, 2, 3 or more"):
        result.get("contacts", by="earlier", group="3")
    told = result.summary()
    assert "By earlier" in told
    assert "3 or more" in told
    assert "Repeated contacts" in told
    page = result.to_html(tmp_path / "page.html").read_text(encoding="utf-8")
    assert "By earlier contacts" in page
    book = pd.read_excel(result.to_excel(tmp_path / "book.xlsx"), None, engine="calamine")
    assert "3 or more" in next(one for name, one in book.items() if "earlier" in name).to_string()
