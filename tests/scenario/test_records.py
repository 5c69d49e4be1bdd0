"""Files that a scenario names, one trait each: the exact values, or the exact message.

All count the same: 31 customers from 08:00 to 08:30 and 1,044 from 08:30 to 09:00 on Monday, 23
November 2026; a scenario that begins on that day holds them as seconds from its midnight.
"""

from __future__ import annotations

import datetime
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.scenario import ScenarioError

START = "calendar: {start: 2026-11-23, days: 2}\n"
POOL = "pools: {desk: {agents: {daily: 3}}}\n"
RIGHT = ((28800.0, 30600.0, 31.0), (30600.0, 32400.0, 1044.0))


def loaded(folder: Path, part: str) -> sim.Scenario:
    file = folder / "scenario.yaml"
    file.write_text(START + part, encoding="utf-8")
    return sim.load(file)


def counts(folder: Path, content: bytes, name: str = "counts.csv") -> tuple[tuple[float, ...], ...]:
    (folder / name).write_bytes(content)
    reasons = f"reasons: {{sales: {{arrivals: {{counts: {name}}}, handle: 4 min}}}}\n"
    found = loaded(folder, reasons + POOL).reasons["sales"].arrivals
    assert found is not None
    return tuple(tuple(row) for row in found.counts)


def refused(folder: Path, content: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        counts(folder, content.encode())
    return str(caught.value).replace(str(folder), "").strip("/")


@pytest.mark.parametrize(
    "content",
    [
        "from,count\n2026-11-23 08:00,31\n2026-11-23 08:30,1044\n",
        "from;to;count\n2026-11-23 08:00;2026-11-23 08:30;31,0\n"
        "2026-11-23 08:30;2026-11-23 09:00;1.044,0\n",
        "﻿from\tcount\r\n23/11/2026 08:00\t31\r\n23/11/2026 08:30\t1044\r\n",
        "from,count\n11/23/2026 8:00 AM,31\n11/23/2026 8:30 AM,1044\n",
        'Date,Interval,Offered\n23.11.2026,08:00 - 08:30,31\n23.11.2026,08:30 - 09:00,"1044"\n',
        "Queue;Date;Interval;Offered;SL\nSales;23/11/2026;08:00 - 08:30;31;81,2\n"
        "Sales;23/11/2026;08:30 - 09:00;1.044;77,0\nTotal;;;1.075;79\n",
        "from,to,count\n28800,30600,31\n30600,32400,1044\n",
        "date|from|to|count\n2026-11-23|08:00|08:30|31\n2026-11-23|08:30|09:00|1044\n",
    ],
    ids=["plain", "decimal comma", "d/m/y", "m/d/y", "labels", "report", "seconds", "bars"],
)  # fmt: skip
def test_counts_however_they_are_written(tmp_path: Path, content: str) -> None:
    assert counts(tmp_path, content.encode()) == RIGHT


def test_encodings(tmp_path: Path) -> None:
    text = "from,count,Bemerkung\n2026-11-23 08:00,31,früh\n2026-11-23 08:30,1044,spät\n"
    for encoding in ("utf-8", "cp1252", "utf-16"):
        assert counts(tmp_path, text.encode(encoding)) == RIGHT


def test_a_spreadsheet_and_parquet(tmp_path: Path) -> None:
    when = pd.to_datetime(["2026-11-23 08:00", "2026-11-23 08:30"])
    frame = pd.DataFrame({"from": when, "count": [31, 1044]})
    frame.to_excel(tmp_path / "counts.xlsx", index=False)
    frame.to_parquet(tmp_path / "counts.parquet", index=False)
    for name in ("counts.xlsx", "counts.parquet"):
        content = (tmp_path / name).read_bytes()
        assert counts(tmp_path, content, name) == RIGHT


def test_a_last_interval_may_end_at_midnight(tmp_path: Path) -> None:
    rows = "date,from,to,count\n2026-11-23,23:30,00:00,7\n"
    assert counts(tmp_path, rows.encode()) == ((84600.0, 86400.0, 7.0),)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "from;count\n01/02/2026 08:00;31\n01/02/2026 08:30;10\n",
            "scenario.yaml:2: reasons.sales.arrivals.counts: `counts.csv` line 2: `01/02/2026` may "
            "be day/month or month/day, and no other date decides; write dates as 2026-11-23",
        ),
        (
            "from;count\n2026-11-23 08:00;31\n2026-11-23 08:30;1.044\n",
            "scenario.yaml:2: reasons.sales.arrivals.counts: `counts.csv` line 3: `1.044` may be "
            "1.044 or 1044; write 1044 without a mark between thousands, or 1.0440 if it is a "
            "decimal one",
        ),
        (
            "from,count\n2026-11-23 08:00,31\n2026-11-23 08:30,312,5\n",
            "scenario.yaml:2: reasons.sales.arrivals.counts: `counts.csv` line 3: has more cells "
            "than there are columns: `312,5` may be one number with a decimal comma, or two; "
            "write decimals with a point",
        ),
        (
            "from,count\n2026-11-23 08:00,31\n2026-11-23 08:30,\n",
            "counts.csv:3: count: there is no number; write 0 for none",
        ),
        (
            "from,to,count\n2026-11-23 23:30,2026-11-23 00:00,7\n",
            "counts.csv:2: ends before it starts; midnight after a day is 00:00 of the next",
        ),
        (
            "from,count\n2026-11-23T08:00Z,31\n2026-11-23T08:30Z,31\n",
            "counts.csv:2: `2026-11-23T08:00Z` names a time zone; write local times without one\n"
            "/counts.csv:3: `2026-11-23T08:30Z` names a time zone; write local times without one",
        ),
        (
            "queue,from,count\nSales,2026-11-23 08:00,3\nService,2026-11-23 08:00,2\n",
            "scenario.yaml:2: reasons.sales.arrivals.counts: `counts.csv`: counts several queues "
            "(`Sales`, `Service`); write a file for each reason",
        ),
    ],
    ids=["dates", "thousands", "commas", "empty", "midnight", "zone", "queues"],
)
def test_what_has_two_readings_or_none_is_refused(
    tmp_path: Path, content: str, message: str
) -> None:
    assert refused(tmp_path, content) == message


def test_times_of_calls_after_their_date(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text("date;time\n23/11/2026;9:15:30\n23/11/2026;24:00\n")
    part = "reasons: {calls: {arrivals: {replay: calls.csv}, handle: 4 min}}\n" + POOL
    arrivals = loaded(tmp_path, part).reasons["calls"].arrivals
    assert arrivals is not None
    assert tuple(arrivals.replay) == (33330.0, 86400.0)


@pytest.mark.parametrize(
    ("text", "mean"),
    [
        ("value\n60\n312,5\n", 186.25),
        ("60.5\n\n12.5\n", 36.5),
        ("value\n4:12\n1:00:00\n", 1926.0),
        ("value;note\n1.000,0;x\n500,0;y\n", 750.0),
    ],
)
def test_values(tmp_path: Path, text: str, mean: float) -> None:
    (tmp_path / "times.csv").write_text(text)
    part = "reasons: {calls: {volume: 10 per day, handle: {empirical: times.csv}}}\n" + POOL
    handle = loaded(tmp_path, part).reasons["calls"].handle
    values = handle.at("phone").values
    assert sum(values) / len(values) == pytest.approx(mean)


def test_a_roster_of_a_spreadsheet(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "Agent": ["Ana", "Ana", "Bo"],
            "Date": [datetime.date(2026, 11, 23)] * 3,
            "From": [datetime.time(8), datetime.time(12, 30), datetime.time(9)],
            "To": [datetime.time(16), datetime.time(13), datetime.time(17)],
            "Activity": ["work", "break", "Work"],
        }
    )
    frame.to_excel(tmp_path / "roster.xlsx", index=False)
    part = "reasons: {calls: {volume: 10 per day, handle: 4 min}}\n"
    part += "pools: {desk: {roster: {file: roster.xlsx}}}\n"
    roster = loaded(tmp_path, part).pools["desk"].roster
    assert roster is not None
    assert {
        name: {str(at): what for at, what in lines.items()} for name, lines in roster.items()
    } == {
        "Ana": {"2026-11-23 08:00-16:00": "work", "2026-11-23 12:30-13:00": "break"},
        "Bo": {"2026-11-23 09:00-17:00": "work"},
    }


def test_a_profile_and_head_counts_of_other_lands(tmp_path: Path) -> None:
    (tmp_path / "week.csv").write_text("day;from;to;weight\nmon;8:00 AM;12:00 PM;1,5\n")
    (tmp_path / "heads.csv").write_text("date;from;to;agents\n23/11/2026;0800;1700;4\n")
    part = "profiles: {week: {file: week.csv}}\n"
    part += "reasons: {calls: {volume: 10 per week, profile: week, handle: 4 min}}\n"
    part += "pools: {desk: {agents: {file: heads.csv}}}\n"
    scenario = loaded(tmp_path, part)
    assert {str(at): w for at, w in scenario.profiles["week"].items()} == {"mon 08:00-12:00": 1.5}
    heads = scenario.pools["desk"].agents
    assert heads is not None
    assert {str(at): n for at, n in heads.items()} == {"2026-11-23 08:00-17:00": 4}
