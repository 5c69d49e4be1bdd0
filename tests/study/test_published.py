"""The findings in results/ are those of the shipped studies."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim.experiment.runner import Runner
from sim.experiment.study_file import load_study
from sim.measures import estimate
from sim.scenario.reading import is_study

ROOT = Path(__file__).resolve().parents[2]
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
