"""An export that shows calls back says so, to who looks at it and to who fits it."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from sim.data import fit, look, read_data


def moments(number: int) -> list[str]:
    """One in 7 and a half minutes, from 9 to half past 4."""
    first = datetime.datetime(2026, 2, 2, 9)
    return [
        f"{first + datetime.timedelta(days=i // 60, minutes=7.5 * (i % 60))}" for i in range(number)
    ]


def test_a_log_that_shows_calls_back(tmp_path: Path) -> None:
    lines = ["start,queue,status,wait (s),talk (s),direction,Callback requested"]
    for i, moment in enumerate(moments(1800)):
        asked = i % 7 == 0
        status, talk = ("callback", "") if asked else ("answered", 200 + i % 90)
        if i % 9 == 1 and not asked:
            status, talk = "abandoned", ""
        way = "callback" if i % 20 == 3 else "inbound"
        cells = (moment, "sales", status, 20 + i % 50, talk, way, "yes" if asked else "no")
        lines.append(",".join(map(str, cells)))
    (tmp_path / "log.csv").write_text("\n".join(lines))
    data = read_data(tmp_path / "log.csv")
    assert data.left_out["outbound contacts"] == 90  # agents make them: they wait for nobody
    (said,) = data.callbacks
    assert said.startswith(
        "customers are called back (258 rows with `callback` as status; 90 rows with `callback` as "
        "direction; 258 in the column `Callback requested`): "
    )
    assert said in look(data).odd
    assert said in fit(data).notes


@pytest.mark.parametrize(("header", "shown"), [("Callbacks", True), ("Voicemails", False)])
def test_a_report_that_counts_calls_back(tmp_path: Path, header: str, *, shown: bool) -> None:
    lines = [f"Interval,Queue,Offered,Answered,Abandoned,ASA,AHT,{header}"]
    rows = enumerate(moments(1800)[::4])
    lines += [f"{moment},sales,20,18,1,{10 + i % 7},200,{i % 3}" for i, moment in rows]
    (tmp_path / "report.csv").write_text("\n".join(lines))
    data = read_data(tmp_path / "report.csv")
    assert bool(data.callbacks) is shown
    if shown:
        assert "(450 in the column `Callbacks`)" in data.callbacks[0]
