"""`sim staff` on the command line: the answer, the folder, what is said wrong."""

from __future__ import annotations

import json
import re
from pathlib import Path

from small_centre import Sim

MORNING = """
calendar: {start: 2026-01-05, days: 1}
reasons:
  calls: {volume: 120 per day, profile: day, handle: {exponential: 3 min},
          patience: {exponential: 2 min}}
profiles: {day: {mon 09:00-12:00: 1}}
pools: {team: {agents: {mon 09:00-12:00: 2}}}
"""
FEW = ("-n", "10", "--at-most", "4", "--blocks", "lines", "--jobs", "1")


def test_the_plan_is_told_and_can_be_run(sim: Sim, tmp_path: Path) -> None:
    (tmp_path / "morning.yaml").write_text(MORNING, encoding="utf-8")
    done = sim("staff", "morning.yaml", "--target", "service_level=70%", *FEW, rough=True)
    assert done.returncode == 0, done.stderr
    assert "reach the target" in done.stdout
    [plan] = (tmp_path / "results").glob("morning-staff-*/scenarios/01-staffed.yaml")
    again = sim("run", plan.relative_to(tmp_path), "-n", "10", "--json", "--jobs", "1")
    rows = json.loads(again.stdout)["rows"]
    level = next(
        row["value"] for row in rows if row["by"] == "total" and row["measure"] == "service_level"
    )
    # the same, less the luck of how many called
    told = re.search(r"Service level [0-9.]+ % \(([0-9.]+) to ([0-9.]+) %\), wanted", done.stdout)
    assert told is not None
    low, high = map(float, told.groups())
    assert low < 100 * level < high


def test_json_is_one_object(sim: Sim, tmp_path: Path) -> None:
    (tmp_path / "morning.yaml").write_text(MORNING, encoding="utf-8")
    done = sim("staff", "morning.yaml", "--target", "phone.asa=40s", "--json", *FEW, rough=True)
    said = json.loads(done.stdout)
    assert said["targets"] == {"phone.asa": 40.0}
    assert sum(said["agents"]["team"].values()) >= 1
    assert said["reached"] in (True, False)


def test_what_is_said_wrong_ends_with_code_2(sim: Sim, tmp_path: Path) -> None:
    (tmp_path / "morning.yaml").write_text(MORNING, encoding="utf-8")
    for arguments, message in [
        ((), "does not say what to reach"),
        (("--target", "service_level"), "write a name and a value"),
        (("--target", "servicelevel=80%"), "did you mean `service_level`?"),
        (("--maximise", "profit"), "`profit` is not known"),
        (("--target", "asa=30s", "--pool", "tem"), "did you mean `team`?"),
        (("--target", "asa=30s", "--shift", "8h"), "no shift covers mon 09:00"),
    ]:
        done = sim("staff", "morning.yaml", *arguments)
        assert done.returncode == 2
        assert message in done.stderr
        assert "Traceback" not in done.stderr
    assert not (tmp_path / "results").exists() or not list((tmp_path / "results").glob("*staff*"))
