"""The findings in results/ are those of the shipped studies."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest

from sim.experiment.runner import Runner
from sim.experiment.study_file import load_study
from sim.measures import estimate
from sim.scenario.reading import is_study

ROOT = Path(__file__).resolve().parents[2]
PUBLISH = ROOT / "scenarios" / "studies" / "publish.py"
STUDIES = [
    file for file in sorted((ROOT / "scenarios" / "studies").glob("*.yaml")) if is_study(file)
]


@pytest.mark.parametrize("file", STUDIES, ids=lambda file: file.stem)
def test_every_study_has_its_findings(file: Path) -> None:
    study = load_study(file)
    folder = ROOT / "results" / file.stem
    text = (folder / "findings.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {study.question}\n")
    assert f"scenarios/studies/{file.name}" in text
    assert f"results/{file.stem}" not in text  # no path of a machine or a folder that is not kept
    assert sum(one.stat().st_size for one in folder.iterdir()) < 200_000


def test_one_command_writes_the_findings_of_studies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "calls.yaml").write_text(
        "reasons: {calls: {volume: 100 per day, handle: 3 min, patience: 2 min}}\n"
        "channels: {phone: {hours: 'daily 09:00-17:00'}}\n"
        "pools: {team: {agents: {'daily 09:00-17:00': 1}}}\n"
    )
    asked = "base: calls.yaml\nreplications: 4\n"
    (tmp_path / "more.yaml").write_text(
        f"study: More calls?\n{asked}"
        "options: {now: , more: {reasons: {calls: {volume: 150 per day}}}}\n"
    )
    (tmp_path / "plan.yaml").write_text(
        f"study: How many?\n{asked}staff: {{targets: {{service_level: 50 %}}, blocks: lines}}\n"
    )
    monkeypatch.syspath_prepend(PUBLISH.parent)
    publish = import_module(PUBLISH.stem)
    monkeypatch.setattr(publish, "HERE", tmp_path)
    monkeypatch.setattr(publish, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(sys, "argv", ["publish.py"])
    publish.main()
    for name, question in (("more", "More calls?"), ("plan", "How many?")):
        written = tmp_path / "results" / name
        assert (written / "findings.md").read_text().startswith(f"# {question}\n")
        assert [*written.glob("*.csv")]


COMPARED = [file for file in STUDIES if load_study(file).staff is None]


@pytest.mark.slow
@pytest.mark.parametrize("file", COMPARED, ids=lambda file: file.stem)
def test_the_findings_are_what_the_code_finds(file: Path) -> None:
    """Twenty other weeks of the first option lie where the published ones do; if not: make studies.

    Both means are within 4 of their own standard errors of the truth in all but 1e-4 of cases (few
    degrees of freedom), so that they differ by more than 8 of the two together in less than 1e-7.
    Contacts that are 5 % more or less would be noticed.
    """
    study = load_study(file)
    published = pd.read_csv(ROOT / "results" / file.stem / "options.csv")
    name, option = next(iter(study.options.items()))
    with Runner(jobs=1) as runner:
        sample = runner.sample(option.scenario, study.seed + 1)
        runner.extend([sample], 20)
    [row] = estimate(option.scenario, sample.tallies, measures=["contacts"], splits=["total"])
    [there] = published[
        (published.by == "total") & (published.measure == "contacts") & (published.option == name)
    ].itertuples()
    error = (row.high - row.low) / 2 / 2.09 + (there.high - there.low) / 2 / 1.96
    assert abs(row.value - there.value) < 8 * error
