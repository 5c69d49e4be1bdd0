"""A measure that needs a new component is two edits of two files, as CONTRIBUTING.md says."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import sim

ENTRY = """ENTRIES = \"\"\"
late_tries | Third and later contacts | contacts | less
    Contacts of customers who had made two or more before.
    + late_tries (contact): contacts after two others of their customer
"""

ADDED_UP = """    at = places(basis, log.channel, log.reason, log.pool, facts.segment, facts.counts)
    sums.add("late_tries", at.of(np.flatnonzero(log.attempt >= 2)))
"""

EDITS = {
    "entries.py": ('ENTRIES = """\n', ENTRY),
    "contacts.py": (ADDED_UP.splitlines(keepends=True)[0], ADDED_UP),
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


def test_component_and_measure_are_declared_together_and_added_up(tmp_path: Path) -> None:
    package = tmp_path / "sim"
    shutil.copytree(Path(sim.__file__).parent, package)
    for name, (before, after) in EDITS.items():
        file = package / "measures" / name
        text = file.read_text(encoding="utf-8")
        assert text.count(before) == 1
        file.write_text(text.replace(before, after), encoding="utf-8")
    (tmp_path / "tiny.yaml").write_text(SCENARIO, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "sim", "run", "tiny.yaml", "--json", "--out", "results"],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["rows"]
    by_group = {
        (row["by"], row["group"]): row["value"] for row in rows if row["measure"] == "late_tries"
    }
    assert by_group["total", "all"] == 12.0
    assert by_group["channel", "phone"] == 12.0
    assert by_group["reason", "advice"] == 12.0
    assert not [by for by, _ in by_group if by in ("pool", "agent", "source")]
