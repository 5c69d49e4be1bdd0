"""Values by time of the week over values by channel, and the other way round."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import loads
from sim.scenario.by_time import ByTime
from sim.scenario.distributions import Constant

BASE = """
reasons: {a: {volume: 1 per day, channels: {phone: 1}, handle: HANDLE}}
channels: {phone: {}, chat: {}}
pools: {team: {agents: 1}}
"""
TIMES = "{mon 08:00-12:00: 4 min, other: 5 min}"


@pytest.mark.parametrize(
    ("base", "over", "usual"),
    [
        ("{phone: 3 min, chat: 2 min}", TIMES, 300),
        ("3 min", TIMES, 300),
        (TIMES, "{phone: 6 min, other: 1 min}", 360),
        (TIMES, "{exponential: 2 min}", 120),
        (TIMES, "{other: 7 min}", 420),
        (TIMES, "{mon 8:00-12:00: 1 min}", 300),  # another way to write the same times
        ("{phone: 3 min, chat: 2 min}", f"{{phone: {TIMES}}}", 300),
    ],
)
def test_the_one_replaces_the_other(base: str, over: str, usual: float, tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(BASE.replace("HANDLE", base), encoding="utf-8")
    text = f"extends: base.yaml\nreasons: {{a: {{handle: {over}}}}}\n"
    found = loads(text, str(tmp_path / "over.yaml")).reasons["a"].handle.at("phone")
    assert found.expectation() == usual
    if "8:00" in over or over == "{other: 7 min}":
        assert isinstance(found, ByTime)
        assert found.lines[0][1] == Constant(60.0 if "1 min" in over else 240.0)


def test_a_file_replaces_lines_and_lines_replace_a_file(tmp_path: Path) -> None:
    rows = "date,from,to,agents\n2026-01-05,09:00,17:00,5\n"
    (tmp_path / "heads.csv").write_text(rows, encoding="utf-8")
    base = BASE.replace("HANDLE", "1 min")
    lines, file = "{mon 08:00-12:00: 2, tue: 1}", "{file: heads.csv}"
    for first, second, expected in ((lines, file, [5]), (file, lines, [2, 1])):
        text = base.replace("agents: 1", f"agents: {first}")
        (tmp_path / "base.yaml").write_text(text, encoding="utf-8")
        over = f"extends: base.yaml\npools: {{team: {{agents: {second}}}}}\n"
        found = loads(over, str(tmp_path / "over.yaml")).pools["team"].agents
        assert list(found.values()) == expected
