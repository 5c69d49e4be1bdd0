"""A measure with a new component and a new split are edits of two files (CONTRIBUTING.md)."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import sim

ENTRY = """
late_tries | Third and later contacts | contacts | less | Further contacts
    Contacts of customers who had made two or more before.
    + late_tries (contact): contacts after two others of their customer
"""

SPLIT = """split try | Try | contact | contacts late_tries abandonment | first, second, later
"""

ADDED_UP = """    at = sums.places(groups, lambda: facts.segment, facts.counts)
    sums.add("late_tries", at.of(np.flatnonzero(log.attempt >= 2)))
"""

FOUND = """GROUPS: dict[str, Callable[[Facts], Numbers]] = {
    "try": lambda facts: np.minimum(facts.log.attempt, 2),
"""

LAST_SPLIT, FIRST_ENTRY = "split hour | ", "\ncustomers | "
EDITS = {
    "measures.txt": {LAST_SPLIT: SPLIT + LAST_SPLIT, FIRST_ENTRY: ENTRY + FIRST_ENTRY[1:]},
    "contacts.py": {text.splitlines(keepends=True)[0]: text for text in (ADDED_UP, FOUND)},
}

# Each of 6 customers of the first day meets nobody and tries three times more, ten minutes later:
# of four contacts two come after two others.
SCENARIO = """
calendar: {start: 2026-01-05, days: 1}
reasons:
  advice:
    arrivals: {replay: "0 1000 2000 3000 4000 5000"}
    handle: 5 min
    patience: 1 min
    retry: {chance: 100 %, after: 10 min, attempts: 3}
channels: {phone: {hours: daily}}
pools: {team: {agents: {tue: 1}}}
run: {replications: 2}
"""


def test_measure_component_and_split_are_declared_together_and_shown(tmp_path: Path) -> None:
    package = tmp_path / "sim"
    shutil.copytree(Path(sim.__file__).parent, package)
    for name, edits in EDITS.items():
        file = package / "measures" / name
        text = file.read_text(encoding="utf-8")
        for before, after in edits.items():
            assert text.count(before) == 1
            text = text.replace(before, after)
        file.write_text(text, encoding="utf-8")
    (tmp_path / "tiny.yaml").write_text(SCENARIO, encoding="utf-8")
    rows = json.loads(_run(tmp_path, "--json"))["rows"]
    found = {(row["measure"], row["by"], row["group"]): row["value"] for row in rows}
    mine = {key[1:]: value for key, value in found.items() if key[0] == "late_tries"}
    assert mine["total", "all"] == 12.0
    assert mine["channel", "phone"] == 12.0
    assert mine["reason", "advice"] == 12.0
    assert [found["contacts", "try", one] for one in ("first", "second", "later")] == [6, 6, 12]
    assert [mine["try", one] for one in ("first", "second", "later")] == [0, 0, 12]
    assert {by for by, _ in mine}.isdisjoint({"pool", "agent", "source"})
    assert ("customers", "try", "first") not in found
    totals, by_try = _run(tmp_path).split("Totals")[1].split("By try")
    assert "Third and later contacts" in totals
    assert "later" in by_try


def _run(folder: Path, *options: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "sim", "run", "tiny.yaml", *options, "--out", "results"],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
