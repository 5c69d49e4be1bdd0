"""Public holidays are asked of their library once, and kept, which is not trusted blindly."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

ASKED = """
import sys
from sim.scenario.calendar import public_holidays
print(*sorted(map(str, public_holidays(sys.argv[1], [2026]))))
print("holidays" in sys.modules)
"""


def asked(home: Path, code: str = "DE-BY") -> tuple[set[date], bool]:
    """What a new process answers, and whether it had to import the library."""
    done = subprocess.run(
        [sys.executable, "-c", ASKED, code],
        env=os.environ | {"HOME": str(home), "XDG_CACHE_HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    days, imported = done.stdout.splitlines()
    return {*map(date.fromisoformat, days.split())}, imported == "True"


def kept(home: Path) -> list[Path]:
    return [*home.rglob("holidays-*.txt")]


def test_the_next_process_does_without_the_library(tmp_path: Path) -> None:
    first, imported = asked(tmp_path)
    assert date(2026, 1, 6) in first
    assert imported
    assert asked(tmp_path) == (first, False)


def test_each_place_has_its_own(tmp_path: Path) -> None:
    asked(tmp_path)
    berlin, imported = asked(tmp_path, "DE-BE")
    assert date(2026, 1, 6) not in berlin
    assert imported
    assert len(kept(tmp_path)) == 2


@pytest.mark.parametrize("spoilt", ["", "2026-01-06", "// no seal\n2026-12-24"])
def test_what_is_not_as_it_was_made_is_made_again(tmp_path: Path, spoilt: str) -> None:
    first, _ = asked(tmp_path)
    [file] = kept(tmp_path)
    file.write_text(spoilt, encoding="utf-8")
    assert asked(tmp_path) == (first, True)


def test_a_day_changed_by_hand_does_not_count(tmp_path: Path) -> None:
    first, _ = asked(tmp_path)
    [file] = kept(tmp_path)
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("2026-01-06", "2026-01-07"), encoding="utf-8")
    assert asked(tmp_path) == (first, True)
