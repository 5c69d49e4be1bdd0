"""`sim run`: what is printed, what is written, what is refused."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from rich.text import Text
from small_centre import SMALL, Sim

from sim import load
from sim.experiment.store import STORE


def results(folder: Path) -> list[Path]:
    """The folders of results, beside the store."""
    return sorted(entry for entry in (folder / "results").iterdir() if entry.name != STORE)


def test_the_summary_tells_the_whole_and_every_split(sim: Sim, small: Path) -> None:
    done = sim("run", small)
    assert done.returncode == 0, done.stderr
    for words in ("A small centre", "4 weeks", "seed 1", "By pool", "By window", "morning"):
        assert words in done.stdout
    assert "95 % interval" in done.stdout
    # no progress bar in a pipe; the first run on a machine says that it compiles
    assert [line for line in done.stderr.splitlines() if not line.startswith("Compiling")] == []
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "\x1b" not in done.stdout  # no colour codes in a pipe


def test_json_is_one_object_with_a_row_a_measure_and_group(sim: Sim, small: Path) -> None:
    done = sim("run", small, "--json", "-n", "3", "--seed", "5")
    told = json.loads(done.stdout)
    assert {key: told[key] for key in ("scenario", "seed", "replications", "engine")} == {
        "scenario": "A small centre",
        "seed": 5,
        "replications": 3,
        "engine": told["engine"],
    }
    assert all(
        list(row) == ["by", "group", "measure", "value", "low", "high", "unit"]
        for row in told["rows"]
    )
    whole = {row["measure"]: row for row in told["rows"] if row["by"] == "total"}
    # every call is answered, gives up, or comes as the door closes
    parts = sum(whole[name]["value"] for name in ("answered", "abandoned", "closed"))
    assert whole["contacts"]["value"] == pytest.approx(parts)
    assert whole["answered"]["low"] < whole["answered"]["value"] < whole["answered"]["high"]
    assert {row["by"] for row in told["rows"]} >= {
        *("total", "channel", "reason", "pool", "window", "day", "hour"),
    }


def test_the_result_folder_holds_all_that_is_needed_to_repeat_the_run(
    sim: Sim, small: Path
) -> None:
    told = json.loads(sim("run", small, "--json", "--log").stdout)
    (folder,) = results(small.parent)
    assert sorted(file.name for file in folder.iterdir()) == [
        *("agents.csv", "agents.parquet", "contacts.parquet", "ends.csv", "ends.parquet", "fields"),
        *(
            "provenance.json",
            "queue.csv",
            "queue.parquet",
            "scenario.yaml",
            "summary.svg",
            "table.csv",
            "table.parquet",
        ),
        *("waits.csv", "waits.parquet"),
    ]
    assert load(folder / "scenario.yaml") == load(small)
    provenance = json.loads((folder / "provenance.json").read_text())
    assert provenance["seed"] == 1
    assert provenance["replications"] == 4
    assert provenance["version"]
    table = pd.read_parquet(folder / "table.parquet")
    assert len(table) == len(told["rows"])
    assert table.shape == pd.read_csv(folder / "table.csv", keep_default_na=False).shape
    contacts = pd.read_parquet(folder / "contacts.parquet")
    # means over four replications: contacts of the log over 4 are the contacts of the table
    whole = table[(table.by == "total") & (table.measure == "contacts")]
    assert len(contacts) / 4 == pytest.approx(whole.value.item())
    assert set(contacts.outcome) <= {"answered", "abandoned", "closed"}


def test_the_repeated_run_gives_the_same_bytes_whatever_the_number_of_jobs(
    sim: Sim, small: Path
) -> None:
    for out, jobs in [("one", "1"), ("two", "2")]:
        assert sim("run", small, "--out", out, "--jobs", jobs, "--log").returncode == 0
    one, two = (next((small.parent / out).glob("*-n4")) for out in ("one", "two"))
    assert one.name == two.name
    for file in sorted(file for file in one.rglob("*") if file.is_file()):
        assert file.read_bytes() == (two / file.relative_to(one)).read_bytes(), file.name


def test_days_and_engine_are_taken(sim: Sim, small: Path) -> None:
    told = json.loads(sim("run", small, "--json", "--days", "1", "--engine", "reference").stdout)
    assert told["engine"] == "reference"
    assert told["rows"] == json.loads(sim("run", small, "--json", "--days", "1").stdout)["rows"]
    assert {row["group"] for row in told["rows"] if row["by"] == "day"} == {"2026-01-05"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--engine", "steam"], "engine: there is no `steam`"),
        (["--replications", "0"], "replications: 0 is out of range"),
        (["--seed", "-1"], "seed: -1 is out of range"),
        (["--days", "x"], "--days"),
        (["--out", "small.yaml/below"], "small.yaml"),
        (["--reps", "3"], "--reps"),
    ],
)
def test_wrong_arguments_get_one_message_and_leave_nothing(
    sim: Sim, small: Path, arguments: list[str], message: str
) -> None:
    done = sim("run", small, *arguments)
    assert done.returncode == 2
    assert message in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert [file.name for file in small.parent.rglob("*") if file.is_file()] == ["small.yaml"]


def test_a_faulty_file_gets_every_fault_with_its_line(sim: Sim, small: Path) -> None:
    small.write_text(SMALL.replace("4 min", "4 mn").replace("20}", "-20}"))
    done = sim("run", small)
    assert done.returncode == 2
    first, second = done.stderr.splitlines()
    assert first.startswith(f"{small}:7: reasons.calls.handle")
    assert second.startswith(f"{small}:12: pools.team.contract.per_hour")


def test_a_missing_file_is_named(sim: Sim) -> None:
    done = sim("run", "nowhere.yaml")
    assert done.returncode == 2
    assert "nowhere.yaml" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_interrupted_run_leaves_nothing_half_written(small: Path) -> None:
    running = subprocess.Popen(
        [sys.executable, "-m", "sim", "run", str(small), "-n", "1000000", "--jobs", "1"],
        cwd=small.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not (small.parent / "results" / "store.sqlite").exists() and time.monotonic() < deadline:
        time.sleep(0.05)  # what is finished is kept from the start; the end is far away
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=60)
    assert running.returncode == 130
    assert errors.splitlines()[-1].startswith("interrupted; finished replications are kept in ")
    assert "Traceback" not in errors
    assert results(small.parent) == []


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_replication_that_takes_hours_does_not_hold_the_end_up(small: Path, jobs: str) -> None:
    """500 agents who decline offers of a second, for 300 days: billions of events."""
    text = small.read_text(encoding="utf-8")
    declining = "offers: {accept: 0 %, pause: 1 s, response: 0 s}, agents: {daily: 500}"
    text = text.replace("agents: {mon-fri 09:00-17:00: 2}", declining)
    text = text.replace("patience: {exponential: 1 min}", "patience: never")
    small.write_text(text.replace("calendar: {", "calendar: {days: 300, "), encoding="utf-8")
    running = subprocess.Popen(
        [sys.executable, "-m", "sim", "run", str(small), "-n", "2", "--jobs", jobs],
        cwd=small.parent,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not (small.parent / "results" / "store.sqlite").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(2)  # it is in the midst of a replication now
    running.send_signal(signal.SIGTERM)
    _, errors = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "Traceback" not in errors
    assert errors.count("interrupted") == 1
    if jobs == "2":  # alone it cannot tidy up; the next run clears away what was begun
        assert results(small.parent) == []


def test_a_result_replaces_the_one_of_the_same_name_and_keeps_what_others_put_there(
    sim: Sim, small: Path
) -> None:
    sim("run", small, "--log")
    (folder,) = results(small.parent)
    (folder / "notes.txt").write_text("precious")
    (folder / "table.csv").write_text("spoilt")
    sim("run", small)
    assert results(small.parent) == [folder]
    assert (folder / "notes.txt").read_text() == "precious"
    assert (folder / "table.csv").read_text().startswith("by,group,measure")
    assert not (folder / "contacts.parquet").exists()  # of another run


def test_a_result_repeats_itself(sim: Sim, small: Path) -> None:
    first = sim("run", small, "--json", "-n", "3", "--seed", "9", "--days", "2")
    (folder,) = results(small.parent)
    again = sim("run", folder / "scenario.yaml", "--json", "--out", "again")
    assert json.loads(again.stdout) == json.loads(first.stdout)


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_being_told_to_end_ends_all_of_it(small: Path, engine: str) -> None:
    running = subprocess.Popen(
        [
            *(sys.executable, "-m", "sim", "run", small, "-n", "100000"),
            *("--engine", engine, "--jobs", "2"),
        ],
        cwd=small.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not (small.parent / "results/store.sqlite").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    time.sleep(2)
    running.terminate()
    # helpers left behind would hold the pipes open, and this would not return
    running.communicate(timeout=60)
    assert running.returncode == 130
    assert results(small.parent) == []


def test_an_interrupt_amid_text_that_is_executed_ends_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "amid.py").write_text(
        "import sim.cli\nsim.cli.app = lambda: exec('raise KeyboardInterrupt')\nsim.cli.main()\n"
    )
    amid = [sys.executable, "-m", "amid"]
    done = subprocess.run(amid, cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (130, b"interrupted\n")


def test_names_from_the_file_are_shown_as_text(sim: Sim, small: Path) -> None:
    name = "Nuit & <script>alert(1)</script> [bold]gras[/bold] مرحبا"
    small.write_text(SMALL.replace("A small centre", f"'{name}'"), encoding="utf-8")
    done = sim("run", small, PYTHONIOENCODING="utf-8")
    assert done.returncode == 0, done.stderr
    assert "[bold]gras[/bold]" in done.stdout
    (folder,) = results(small.parent)
    assert "<script>" not in (folder / "summary.svg").read_text(encoding="utf-8")


def test_a_console_without_the_characters_is_no_failure(sim: Sim, small: Path) -> None:
    done = sim("run", small, PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert "A small centre" in done.stdout


def test_the_picture_asks_for_nothing_from_elsewhere(sim: Sim, small: Path) -> None:
    sim("run", small)
    (folder,) = results(small.parent)
    picture = (folder / "summary.svg").read_text(encoding="utf-8")
    assert "url(http" not in picture
    assert 'url("http' not in picture
    assert "centre" in Text.from_markup(picture.replace("&#160;", " ").replace("[", "\\[")).plain
