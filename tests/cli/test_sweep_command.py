"""`sim sweep`: what is printed, what is written, what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from small_centre import Sim

HEADS = "pools.team.agents.mon-fri 09:00-17:00"


def test_the_answer_comes_first_then_the_curve(sim: Sim, small: Path) -> None:
    done = sim("sweep", small, "--set", f"{HEADS}=2..6 step 2", "-n", "10")
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stderr.splitlines() if not line.startswith("Compiling")] == []
    for words in ("A small centre", "Simulated: 3 values of", "10 weeks each", "Best "):
        assert words in done.stdout
    assert done.stdout.index("Best ") < done.stdout.index("95 % interval")
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "\x1b" not in done.stdout


def test_the_folder_holds_tables_scenarios_and_provenance(sim: Sim, small: Path) -> None:
    done = sim("sweep", small, "--set", f"{HEADS}=2,4", "-n", "5", "--decide", "service_level")
    assert done.returncode == 0, done.stderr
    folder = small.parent / done.stdout.splitlines()[-1].removeprefix("Results in ")
    points = pd.read_csv(folder / "points.csv")
    assert set(points[HEADS]) == {2, 4}
    level = points[(points.measure == "service_level") & (points.by == "total")]
    # the scenario of a point, run by itself, gives the same
    two, four = sorted((folder / "scenarios").glob("0*.yaml"))
    for file, value in zip((two, four), level.value, strict=True):
        rows = json.loads(sim("run", file, "-n", "5", "--json").stdout)["rows"]
        [alone] = [
            row["value"]
            for row in rows
            if (row["by"], row["measure"]) == ("total", "service_level")
        ]
        assert alone == value
    provenance = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    assert provenance["sweep"] == {HEADS: ["2", "4"]}
    assert (provenance["seed"], provenance["replications"]) == (1, 5)


def test_the_same_sweep_again_runs_nothing_and_gives_the_same_bytes(sim: Sim, small: Path) -> None:
    asked = ("sweep", small, "--set", f"{HEADS}=2,4", "-n", "4", "--json")
    assert sim(*asked).stdout == sim(*asked, "--jobs", "1").stdout


def test_a_study_file_may_hold_the_values(sim: Sim, small: Path) -> None:
    study = small.parent / "study.yaml"
    study.write_text(
        f"study: How many?\nbase: {small.name}\nreplications: 4\nsweep: {{{HEADS}: 1..3 step 1}}\n",
        encoding="utf-8",
    )
    done = sim("sweep", study, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["question"] == "How many?"
    assert told["sweep"] == {HEADS: ["1", "2", "3"]}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "does not say what to sweep"),
        (["--set", "pools.team.presence"], "write a path and its values"),
        (["--set", "=1,2"], "write a path and its values"),
        (["--set", "pools.team.presence="], "write a path and its values"),
        (["--set", "pools.team.presence=1"], "needs at least two values"),
        (["--set", "pools.team.membres=3..7"], "did you mean `members`?"),
        (["--set", f"{HEADS}=3..7"], "`3..7` says no step; write `3..7 step 1`"),
        (
            ["--set", "pools.team.agents=3,4"],
            "`pools.team.agents=3` means 3 people at all hours; to change a line write "
            f'"{HEADS}=3,4"',
        ),
        (["--set", "pools.team.presense=50%,1"], "did you mean `presence`?"),
        (
            ["--set", "pools.taem.presence=50%,1"],
            "--set: pools.taem.presence: no pool has the name",
        ),
        (["--set", "pools.team.presence=50%,150%"], "`150%` is more than the whole"),
        (["--set", "pools.team.presence=5..1 step 1"], "goes nowhere"),
        (["--set", "a=1,2", "--set", "a=3,4"], "`a` is given twice"),
        (["--set", "pools.team.presence=50%,1", "--decide", "margins"], "did you mean `margin`"),
    ],
)
def test_what_cannot_be_swept_is_told_in_one_line(
    sim: Sim, small: Path, arguments: list[str], message: str
) -> None:
    done = sim("sweep", small, *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert not [one for one in small.parent.glob("results/*") if one.name != "store.sqlite"]
