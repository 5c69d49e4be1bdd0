"""What the report of a run says, in numbers of one and in spans of any length."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.report import report as report_of

CENTRE = """
calendar: {start: 2026-01-05, days: 1}
reasons: {calls: {arrivals: {replay: [32400, 32460]}, handle: 20 min, patience: 1 min}}
pools: {desk: {agents: {"mon 09:00-12:00": 1}}}
"""
"""Two call, at 9:00 and at 9:01; the second waits for a minute and gives up."""


def said_of(changes: dict[str, object]) -> tuple[str, list[str]]:
    found = report_of(sim.run(sim.loads(CENTRE, overrides=changes), replications=2, jobs=1))
    return found.answer, [one.text for one in found.because]


def test_one_contact_is_said_in_the_singular() -> None:
    answer, why = said_of({})
    assert answer.startswith("Of 2 contacts a day that need an agent, 50.0 % are answered")
    assert why[0] == "1 contact was not answered: 1 abandoned."
    assert why[1].endswith("begins on Monday at 09:00: 1 contact.")
    answer, _ = said_of({"reasons.calls.arrivals.replay": [32400]})
    assert answer.startswith("Of 1 contact a day that needs an agent, 100.0 % are answered")


@pytest.mark.parametrize(("days", "span"), [(1, "all day"), (7, "all week"), (14, "in 14 days")])
def test_where_nobody_went_unanswered_the_span_is_said_in_words(days: int, span: str) -> None:
    _, why = said_of({"calendar.days": days, "reasons.calls.arrivals.replay": [32400]})
    assert why[0] == f"No contact that needed an agent went unanswered {span}."


def test_a_workbook_has_numbers_as_numbers_and_intervals_as_they_are_read(tmp_path: Path) -> None:
    busy = "{calls: {volume: 100 per day, handle: {exponential: 5 min}}}"
    scenario = sim.loads(f"calendar: {{days: 1}}\nreasons: {busy}\npools: {{desk: {{agents: 2}}}}")
    result = sim.run(scenario, replications=5, jobs=1)
    result.to_excel(tmp_path / "run.xlsx")
    sheet = pd.read_excel(tmp_path / "run.xlsx", sheet_name="Totals", engine="calamine")
    mean, interval = sheet.set_index("Measure").loc["Answered"]
    row = result.get("answered")
    assert mean == row.value
    assert interval == f"{row.low:.1f} to {row.high:.0f}"
    assert row.low < 100 < row.high
