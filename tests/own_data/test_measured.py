"""An export is measured by the catalogue: as the same replications, and by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from known_centre import centre, half_hours, log_of

import sim
from sim.data import Data, Map, measures


def data_of(contacts: pd.DataFrame | None, report: pd.DataFrame | None = None) -> Data:
    kind = "contacts" if contacts is not None else "intervals"
    when = {"arrived": "a"} if contacts is not None else {"start": "a", "offered": "b"}
    chosen = Map.read({"map": "m", "rows": kind, "columns": when})
    return Data(contacts, report, chosen, {}, (), {}, 0, ())


def test_a_log_from_outside_has_the_measures_of_its_replications() -> None:
    # two replications, once as the product measures them and once by way of their export; sums are
    # over both. Exports have whole microseconds, so that times differ in the seventh digit
    scenario = centre(calendar__days="7")
    result = sim.run(scenario, replications=2, seed=1)
    logs = pd.concat([log_of(scenario, one) for one in range(2)], ignore_index=True)
    found = measures(data_of(logs), "total").iloc[0]
    shares = ("service_level", "sl_answered", "abandonment", "answer_rate", "no_wait")
    for name in (*shares, "asa", "time_to_abandon", "aht", "talk", "wrap", "abandoned_within"):
        assert found[name] == pytest.approx(result.get(name).value, rel=1e-5), name
    for name in ("offered", "answered", "abandoned", "handled"):
        assert found[name] == 2 * result.get(name).value, name


def test_half_hours_by_hand() -> None:
    # 08:10 answered after 30 s, talk 100 s and wrap-up 20 s; 08:20 abandoned after 10 s;
    # 08:40 answered at once, passed on at 08:45 and answered again: one contact, handled twice
    day = "2026-11-23 "
    table = log_of(centre(calendar__days="7")).head(4).copy()
    table["arrived"] = pd.to_datetime([day + one for one in ("08:10", "08:20", "08:40", "08:45")])
    table["outcome"] = pd.Categorical(["answered", "abandoned", "answered", "answered"])
    table["wait"], table["leg"] = [30.0, 10.0, 0.0, 5.0], [0, 0, 0, 1]
    table["talk"], table["wrap"] = [100.0, np.nan, 60.0, 80.0], [20.0, np.nan, 0.0, 0.0]
    found = measures(data_of(table))
    assert found.index.astype(str).tolist() == [day + "08:00:00", day + "08:30:00"]
    names = ["offered", "handled", "service_level", "abandonment", "asa", "aht"]
    assert found[names].to_numpy().tolist() == [[2, 1, 0, 0.5, 30, 120], [1, 2, 1, 0, 0, 70]]
    assert "blocked" not in found


def test_a_report_has_the_measures_of_its_log() -> None:
    log = log_of(centre(calendar__days="7"))
    mine, other = (measures(one, "total").iloc[0] for one in (data_of(log), _reported(log)))
    for name in ("service_level", "abandonment", "asa", "aht", "time_to_abandon"):
        assert other[name] == pytest.approx(mine[name], rel=1e-6), name


def _reported(log: pd.DataFrame) -> Data:
    return data_of(None, half_hours(log))
