"""Terminal and page about own data: one document, the numbers of the result in both."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from known_centre import centre, half_hours, log_of

from sim.data import Backtest, Data, Fit, Look, Map, backtest, fit, look
from sim.report.html import to_html

MAP = Map.read({"map": "x", "rows": "contacts", "columns": {"arrived": "Arrived"}})


@cache
def data() -> Data:
    left = {"total lines": 3}
    return Data(log_of(centre()), None, MAP, {}, ("semicolons",), left, 20_083, ("my/calls.csv",))


@cache
def found() -> tuple[Look, Fit, Backtest]:
    return look(data()), fit(data()), backtest(data(), weeks=1, replications=20)


def plain(text: str) -> str:
    return " ".join(text.split())


def test_the_terminal_says_what_the_fit_holds() -> None:
    fitted = found()[1]
    said = plain(fitted.summary(120))
    queue = fitted.queues[0]
    mean = queue.handle.mean
    assert f"{queue.arrivals.per_week.value:,.0f} ({queue.arrivals.per_week.low:,.0f} to" in said
    assert f"{mean.n:,} contacts" in said
    assert "A scenario fitted to calls.csv" in said
    assert "total lines 3 rows" in said
    for name in ("day factor (cv)", "handle time", "wrap-up", "patience", "try again after"):
        assert name in said


def test_the_terminal_says_what_the_back_test_holds() -> None:
    tested = found()[2]
    said = plain(tested.summary(120))
    assert tested.verdict in said
    for one in (*tested.scores, *tested.served):
        assert f"{one.measure.capitalize()} by {one.level}".replace("Asa", "ASA") in said
    share, low, high = tested.get("offered").inside[0.8]
    assert f"{100 * share:.0f} %" in said
    assert f"{100 * low:.0f} to {100 * high:.0f}" in said
    assert "Erlang A" in said
    assert "without the day factor" in said


def test_the_terminal_says_how_an_export_was_read() -> None:
    looked = found()[0]
    said = plain(looked.summary(120))
    for one in (looked.rows, looked.period, *looked.odd, *looked.read):
        assert plain(one) in said
    assert "Mon" in said  # the week as a map


@pytest.mark.parametrize(("place", "names"), [
    (0, ["by-day", "by-hour"]),
    (1, ["arrivals-sales", "days-sales", "quantiles-sales-handle-time", "quantiles-sales-wrap-up",
         "survival-sales", "staff-agents"]),
    (2, [f"{kind}-{measure}" for kind in ("by-day", "half-hours", "places")
         for measure in ("offered", "answered", "abandonment", "service-level", "asa",
                         "occupancy")]),
])  # fmt: skip
def test_every_picture_is_there_and_can_be_drawn(place: int, names: list[str]) -> None:
    report = found()[place].report()
    charts = {chart.name: chart for chart in report.charts()}
    assert sorted(charts) == sorted(names)
    for chart in charts.values():
        assert all(len(one) for one in chart.picture.data.values())
    # a measure's pictures are alike; all of them are drawn in the browser's tests
    assert all(charts[name].picture.vega["marks"] for name in names[::6])


def test_pictures_hold_what_was_counted_and_fitted() -> None:
    fitted = found()[1]
    charts = {chart.name: chart for chart in fitted.report().charts()}
    week = charts["arrivals-sales"].picture.data["week"]
    monday = [i for i, day in enumerate(week["day"]) if day == "Monday"]
    assert len(monday) == 20
    # contacts an hour are twice those of half an hour; 8 Mondays were counted
    eight = data().contacts
    first = eight[(eight["arrived"].dt.day_of_week == 0) & (eight["arrived"].dt.hour == 8)]
    first = first[first["arrived"].dt.minute < 30]
    assert week["value"][monday[0]] == pytest.approx(2 * len(first) / 8, rel=0.1)
    assert week["low"][monday[0]] < week["value"][monday[0]] < week["high"][monday[0]]
    heads = charts["staff-agents"].picture.data["week"]["value"]
    assert sorted(set(heads)) == [2, 5, 7]
    curve = charts["survival-sales"].picture.data["curves"]
    fitted_at = [
        y for y, what in zip(curve["left"], curve["what"], strict=True) if what == "fitted"
    ]
    assert fitted_at[0] == pytest.approx(1.0, abs=1e-4)
    assert np.all(np.diff(fitted_at) < 0)


def test_quantiles_lie_near_the_line_where_the_family_is_true() -> None:
    chart = next(c for c in found()[1].report().charts() if "handle-time" in c.name)
    shown = chart.picture.data["quantiles"]
    ratio = np.array(shown["observed"], float) / np.array(shown["fitted"], float)
    assert np.all(np.abs(ratio[5:-5] - 1) < 0.05)


def test_a_report_by_intervals_has_the_pictures_it_can_have() -> None:
    fitted = fit(Data(None, half_hours(log_of(centre())), MAP, {}, (), {}, 1, ("report.csv",)))
    names = {chart.name for chart in fitted.report().charts()}
    assert names == {"arrivals-sales", "days-sales", "staff-agents"}
    assert "assumed in part" in fitted.summary(160)


def test_a_page_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    page = found()[0].to_html(tmp_path / "calls.data.html")
    assert page.read_text("utf-8").lstrip().startswith("<!doctype html>")
    assert [one.name for one in tmp_path.iterdir()] == ["calls.data.html"]


@pytest.mark.parametrize(("place", "sheet", "said"), [
    (0, "Queues", "20080"),
    (1, "Inputs of the scenario", "volume a week"),
    (2, "Share inside the 80 % band", "as fitted"),
])  # fmt: skip
def test_what_is_said_of_own_data_is_a_workbook_too(
    tmp_path: Path, place: int, sheet: str, said: str
) -> None:
    file = found()[place].to_excel(tmp_path / "told.xlsx")
    sheets = pd.read_excel(file, sheet_name=None, header=None, engine="calamine", dtype=str)
    assert next(iter(sheets)) == "Summary"
    name = next(one for one in sheets if one.startswith(sheet[:20]))
    assert said in sheets[name].to_string()


def test_names_of_an_export_stand_in_the_page_as_text() -> None:
    log = log_of(centre()).assign(
        queue=pd.Categorical(["<script>alert(1)</script>"] * len(log_of(centre())))
    )
    fitted = fit(Data(log, None, MAP, {}, (), {}, 1, ("<b>.csv",)))
    report = replace(fitted.report(), sections=())  # the rest is the template's
    page = to_html(report)
    assert "&lt;b&gt;.csv" in page
    assert "<script>alert(1)" not in page
    assert "<b>.csv" not in page
