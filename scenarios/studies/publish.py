"""Run the shipped studies and write what they found into results/, small enough to be kept.

    make studies

One folder a study: `findings.md` on a page, and the tables behind it. Finished replications are
kept in results/store.sqlite: what was interrupted goes on, and what is there is not run again.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sim.experiment.kinds import answer
from sim.experiment.result import StudyResult
from sim.experiment.runner import Runner
from sim.experiment.store import STORE
from sim.experiment.study_file import load_study
from sim.scenario.reading import is_study

if TYPE_CHECKING:
    import pandas as pd

HERE = Path(__file__).resolve().parent
RESULTS = HERE.parents[1] / "results"

SPLITS = ("total", "window", "source")
MEASURES = (
    *("contacts", "customers", "answered", "unanswered", "abandonment", "closed"),
    *("service_level", "conversion", "sales", "incremental_revenue", "cost", "margin"),
    *("satisfaction", "occupancy", "hours"),
)
"""What is kept of a table of measures by split."""

NOT_KEPT = ("replications",)
"""Tables with a row a replication."""


def main() -> None:
    """All studies, or those named."""
    named = sys.argv[1:]
    for file in sorted(HERE.glob("*.yaml")):
        if is_study(file) and (not named or file.stem in named):
            publish(file)


def publish(file: Path) -> None:
    """Run one study and write its folder."""
    study = load_study(file)
    with Runner(store=RESULTS / STORE) as runner:
        command = "staff" if study.staff is not None else "compare"
        result: StudyResult = answer(command, study, {}, runner)
    target = RESULTS / file.stem
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name, table in result.tables().items():
        if name not in NOT_KEPT and not table.empty:
            kept(table).to_csv(target / f"{name}.csv", index=False, float_format="%.6g")
    (target / "findings.md").write_text(
        findings(file, command, result.summary(), result), encoding="utf-8"
    )
    print(f"{target.relative_to(RESULTS.parent)}: written")


def kept(table: pd.DataFrame) -> pd.DataFrame:
    """The part of a table that is worth keeping."""
    if {"by", "measure"} <= set(table.columns):
        table = table[table["by"].isin(SPLITS) & table["measure"].isin(MEASURES)]
    return table


def findings(file: Path, command: str, text: str, result: StudyResult) -> str:
    """The page of a study."""
    said = result.provenance()
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return (
        f"# {result.question}\n\n"
        f"```text\n{lines}\n```\n\n"
        f"From `sim {command} scenarios/studies/{file.name}`, version {said['version']}, seed "
        f"{said['seed']}; written by `make studies`. The file says what is assumed.\n"
    )


if __name__ == "__main__":
    main()
