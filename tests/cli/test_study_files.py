"""Study files on the command line: check, show, schema; and notes, which are no faults."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_centre import Sim

from sim import loads
from sim.experiment.study_file import load_study

STUDY = """\
study: Should we stay later?
base: small.yaml
options:
  closed: {}
  open later: {pools: {team: {agents: {mon-fri 17:00-20:00: 1}}}}
vary: {reasons.calls.patience: [30 s, 2 min]}
"""


@pytest.fixture
def study(small: Path) -> Path:
    file = small.with_name("study.yaml")
    file.write_text(STUDY, encoding="utf-8")
    return file


def test_check_tells_the_options_of_a_good_study(sim: Sim, study: Path) -> None:
    done = sim("check", study.name, "small.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "study.yaml: good, options: closed, open later\nsmall.yaml: good\n"


def test_check_tells_every_fault_of_a_study(sim: Sim, study: Path) -> None:
    study.write_text(STUDY.replace("agents:", "agnts:").replace("30 s", "30"), encoding="utf-8")
    done = sim("check", study.name)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("study.yaml:5: options.open later.pools.team.agnts: unknown")
    study.write_text(STUDY.replace("30 s", "30"), encoding="utf-8")
    told = sim("check", study.name).stderr
    assert told.startswith("study.yaml:6: vary.reasons.calls.patience.1: `30` lacks a unit")


def test_a_note_is_told_beside_good(sim: Sim, study: Path) -> None:
    study.write_text(STUDY.replace("17:00-20:00", "16:00-20:00"), encoding="utf-8")
    done = sim("check", study.name)
    assert (done.returncode, done.stdout) == (0, "study.yaml: good, options: closed, open later\n")
    path = "options.open later.pools.team.agents.mon-fri 16:00-20:00"
    assert done.stderr.startswith(f"note: study.yaml:5: {path}: comes on top of")


def test_show_prints_an_option(sim: Sim, study: Path) -> None:
    done = sim("show", study.name, "--option", "open later")
    assert done.returncode == 0
    assert loads(done.stdout) == load_study(study).options["open later"].scenario


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["study.yaml"], "study.yaml: say which option, with --option: closed, open later\n"),
        (["study.yaml", "--option", "open latr"], "did you mean `open later`?"),
        (["small.yaml", "--option", "closed"], "small.yaml: is no study"),
    ],
)
def test_show_says_what_is_missing(sim: Sim, study: Path, arguments: list[str], told: str) -> None:
    assert study.exists()
    done = sim("show", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr


def test_a_study_is_not_run_as_a_scenario(sim: Sim, study: Path) -> None:
    done = sim("run", study.name)
    assert done.returncode == 2
    assert "study.yaml:1: study: this file is a study" in done.stderr
    assert not study.with_name("results").exists()


def test_the_schema_of_studies_is_json(sim: Sim) -> None:
    told = json.loads(sim("schema", "--study").stdout)
    assert {"study", "base", "options", "vary"} <= set(told["properties"])
