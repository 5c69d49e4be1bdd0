"""Reports with a column for each date, or for each interval: the rows that they stand for."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim.data import read_data
from sim.scenario import ScenarioError

DATES = "16/11/2026", "17/11/2026", "18/11/2026"
DATES_DOWN = [f"{date},{i},{i + 10}," for i, date in enumerate(DATES, start=1)]


def read(folder: Path, text: str) -> pd.DataFrame:
    path = folder / "report.csv"
    path.write_text(text)
    found = read_data(path).intervals
    assert found is not None
    return found


@pytest.mark.parametrize(
    "text",
    [
        f"Interval,{','.join(DATES)},Total\n08:00,1,2,3,6\n08:30,11,12,13,36\nTotal,12,14,16,42\n",
        f"Calls offered by day\n\n,{','.join(DATES)}\n,Mon,Tue,Wed\n08:00,1,2,3\n08:30,11,12,13\n",
        ",Mon 16 Nov 2026,Tue 17 Nov 2026,Wed 18 Nov 2026\n8:00 AM,1,2,3\n8:30 AM,11,12,13\n",
        "Date,08:00 - 08:30,08:30 - 09:00,09:00 - 09:30\n" + "\n".join(DATES_DOWN),
    ],
    ids=["dates across", "caption and weekdays", "names of days", "intervals across"],
)
def test_dates_by_intervals(tmp_path: Path, text: str) -> None:
    # 1, 2, 3 contacts at 8:00 of three days and ten more at 8:30; an empty cell is unknown, not 0
    found = read(tmp_path, text)
    assert [f"{one:%d %H:%M}" for one in found["start"]] == [
        *("16 08:00", "16 08:30", "17 08:00", "17 08:30", "18 08:00", "18 08:30")
    ]
    assert found["offered"].tolist() == [1, 11, 2, 12, 3, 13]
    assert set(found["length"]) == {1800}


def test_queues_of_a_crosstab(tmp_path: Path) -> None:
    rows = "Sales,08:00,1,2,3\nSales,08:30,4,5,6\nHelp,08:00,7,8,9\nHelp,08:30,0,,1\n"
    found = read(tmp_path, f"Queue,Interval,{','.join(DATES)}\n{rows}")
    assert found.groupby("queue", observed=True)["offered"].sum().to_dict() == {
        "Sales": 21,
        "Help": 25,
    }
    assert len(found) == 11


def test_dates_across_decide_day_and_month_together(tmp_path: Path) -> None:
    text = "Time,11/02/2026,11/03/2026,11/13/2026\n08:00,1,2,3\n08:30,1,2,3\n"
    assert [str(one.date()) for one in read(tmp_path, text)["start"][::2]] == [
        "2026-11-02",
        "2026-11-03",
        "2026-11-13",
    ]


def test_a_crosstab_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="is a table of `AHT` by date and interval, without"):
        read(tmp_path, f"AHT,{','.join(DATES)}\n08:00,241,252,263\n08:30,241,252,263\n")


def test_moments_of_a_contact_are_no_crosstab(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    row = "{},23/11/2026,7:00:3{},7:01:36,7:02:09,7:05:00,answered\n"
    text = "id,date,time,answered at,end time,closed,status\n" + row.format(1, 1) + row.format(2, 2)
    path.write_text(text)
    found = read_data(path).contacts
    assert found is not None
    assert [f"{one:%d %H:%M:%S}" for one in found["arrived"]] == ["23 07:00:31", "23 07:00:32"]
