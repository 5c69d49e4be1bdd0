"""`--report` of `sim sweep`, `sim staff` and `sim size`, and `sim report` of their folders."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_centre import SMALL, Sim

COMMANDS = {
    "sweep": ("--set", "pools.team.presence=50 %, 100 %", "-n", "3"),
    "staff": ("--target", "service_level=50%", "--blocks", "lines", "-n", "3"),
    "size": (*("--target", "service_level=50%", "--levels", "40%,90%"), "--blocks=lines", "-n3"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_study_writes_its_report_and_its_folder_gives_the_same(
    command: str, sim: Sim, small: Path
) -> None:
    small.write_text(SMALL.replace("calendar: {", "calendar: {days: 1, "), encoding="utf-8")
    done = sim(command, small, *COMMANDS[command], "--report", rough=True)
    assert done.returncode == 0, done.stderr
    (folder,) = (one for one in (small.parent / "results").iterdir() if one.is_dir())
    page = folder / "report.html"
    assert done.stdout.splitlines()[-1] == f"Report: {page.relative_to(small.parent)}"
    there = page.read_bytes()
    assert any((folder / "pictures").glob("*.svg"))
    page.unlink()
    small.unlink()  # nothing but the folder is needed
    done = sim("report", folder)
    assert done.returncode == 0, done.stderr
    assert page.read_bytes() == there
