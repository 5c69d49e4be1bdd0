"""Hold time: part of the talk or on top of it, by what the export says, or asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.data import Fit, fit, read_data
from sim.scenario import ScenarioError

TALK, HOLD, WRAP = 200.0, 60.0, 30.0  # every other contact is on hold for a minute


def export(folder: Path, *, apart: bool, **more: object) -> Path:
    """3,000 contacts of 30 days; `more`: columns besides, as functions of talk, hold, wrap."""
    chance = np.random.default_rng(4)
    number = np.arange(3000)
    hold = np.where(number % 2, HOLD, 0.0)
    talk = chance.gamma(16, TALK / 16, 3000).round().clip(70)
    start = pd.Timestamp("2026-02-02 09:00") + pd.to_timedelta(
        86400 * (number // 100) + 240 * (number % 100), unit="s"
    )
    frame = pd.DataFrame(
        {
            "Start": start,
            "Queue": "sales",
            "Agent": "Ana",
            "Wait (s)": 5,
            "Talk (s)": talk if apart else talk + hold,
            "Hold (s)": hold,
            "ACW (s)": WRAP,
        }
    )
    whole = pd.to_timedelta(talk + hold, unit="s")
    columns = {
        "Handle time (s)": talk + hold + WRAP,
        "Answered at": start + pd.Timedelta(seconds=5),
        "Ended at": start + pd.Timedelta(seconds=5) + whole,
    }
    frame = frame.assign(**{name: columns[name] for name in more.get("columns", ())})
    frame.to_csv(folder / "log.csv", index=False)
    return folder / "log.csv"


def handle(found: Fit) -> float:
    return found.queues[0].handle.mean.value


@pytest.mark.parametrize("columns", [["Handle time (s)"], ["Answered at", "Ended at"]])
@pytest.mark.parametrize("apart", [True, False], ids=["apart", "in the talk"])
def test_what_else_a_log_says_decides(tmp_path: Path, columns: list[str], *, apart: bool) -> None:
    data = read_data(export(tmp_path, apart=apart, columns=columns))
    said = [one for one in data.told if one.startswith("hold: ")]
    assert said[0].startswith("hold: added to the talk" if apart else "hold: part of the talk")
    assert said[0].endswith(
        "handle times contain it (23% of them where there is some)"
    )  # 60 of 260
    found = fit(data)
    assert handle(found) == pytest.approx(TALK + HOLD / 2, rel=0.02)
    assert found.queues[0].hold == pytest.approx(HOLD / 2 / (TALK + HOLD / 2), rel=0.02)
    assert "; 13 % of it on hold" in found.text


def test_what_has_two_meanings_is_asked_for(tmp_path: Path) -> None:
    log = export(tmp_path, apart=True)
    with pytest.raises(ScenarioError) as refused:
        read_data(log)
    assert str(refused.value) == (
        f"{log}: Hold (s): may be part of `Talk (s)` or come on top of it (1,500 contacts with "
        "both); say `hold: in talk` or `hold: apart` in a map"
    )
    text = (
        "map: x\nrows: contacts\nhold: SAID\ncolumns: {arrived: Start, queue: Queue, agent: Agent, "
        "wait: Wait (s), talk: Talk (s), hold: Hold (s), wrap: ACW (s)}\n"
    )
    for said, mean in (("apart", TALK + HOLD / 2), ("in talk", TALK)):
        (tmp_path / "map.yaml").write_text(text.replace("SAID", said))
        data = read_data(log, tmp_path / "map.yaml")
        assert any(", as the map says; " in one for one in data.told)
        assert handle(fit(data)) == pytest.approx(mean, rel=0.02)


def test_hold_longer_than_the_talk_is_apart(tmp_path: Path) -> None:
    log = export(tmp_path, apart=True)
    table = pd.read_csv(log)
    table.loc[1, "Hold (s)"] = 900
    table.to_csv(log, index=False)
    told = read_data(log).told
    assert any("for 1 time it is longer than the talk" in one for one in told), told


def test_hold_of_a_report_is_asked_for_too(tmp_path: Path) -> None:
    rows = ["Interval,Offered,Answered,Total talk time (s),Total hold time (s)"]
    rows += [
        f"2026-02-{day:02d} {hour:02d}:00,10,9,900,90" for day in range(2, 20) for hour in (9, 10)
    ]
    report = tmp_path / "report.csv"
    report.write_text("\n".join(rows))
    with pytest.raises(ScenarioError, match="may be part of `Total talk time"):
        read_data(report)
    text = "\n".join(rows).replace("Offered,", "Offered,AHT (s),").replace(",10,9,", ",10,110,9,")
    report.write_text(text)
    assert read_data(report).intervals["handle"].iloc[0] == 9 * 110
