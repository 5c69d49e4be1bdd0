"""Changes of a time: whatever distribution stands there, all of it follows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import sim
from sim.scenario.distributions import Distribution

CENTRE = """
reasons: {calls: {volume: 10 per day, handle: HANDLE, patience: 2 min}}
pools: {team: {agents: 1}}
"""

TIMES = [
    "3 min",
    "{exponential: 3 min}",
    "{lognormal: {mean: 3 min, cv: 1.2}}",
    "{lognormal: {mean: 3 min, sd: 2 min}}",
    "{lognormal: {median: 3 min, cv: 1.2}}",
    "{gamma: {mean: 3 min, cv: 0.5}}",
    "{gamma: {mean: 3 min, sd: 1 min}}",
    "{erlang: {mean: 3 min, k: 3}}",
    "{weibull: {mean: 3 min, shape: 2}}",
    "{weibull: {scale: 3 min, shape: 2}}",
    "{uniform: [1 min, 4 min]}",
    "{uniform: {low: 1 min, high: 4 min}}",
    "{triangular: [1 min, 2 min, 5 min]}",
    "{triangular: {low: 1 min, mode: 2 min, high: 5 min}}",
    "{pert: [1 min, 2 min, 5 min]}",
    "{empirical: [1 min, 2 min, 150 s]}",
    "{mixture: [[30 %, {exponential: 1 min}], [70 %, {lognormal: {mean: 4 min, cv: 1}}]]}",
]
PLUS = [f"{text[:-1]}, plus: 20 s}}" for text in TIMES if text.startswith("{")]


def times(text: str, change: str | None = None) -> Distribution:
    """Of a talk; with a change of it."""
    overrides = {} if change is None else {"reasons.calls.handle": change}
    scenario = sim.loads(CENTRE.replace("HANDLE", text), overrides=overrides)
    return scenario.reasons["calls"].handle.at("phone")


@pytest.mark.parametrize("text", [*TIMES, *PLUS])
def test_all_of_it_follows(text: str) -> None:
    """A talk of twice as long is as likely as one of the usual length was before."""
    usual = times(text)
    longer, later = times(text, "200 %"), times(text, "20 s more")
    seconds = np.linspace(1.0, 1000.0, 997)  # off the edges, where a step may fall to either side
    assert longer.expectation() == pytest.approx(2 * usual.expectation(), rel=1e-6)
    assert longer.survival(2 * seconds) == pytest.approx(usual.survival(seconds), abs=1e-9)
    assert later.survival(seconds + 20) == pytest.approx(usual.survival(seconds), abs=1e-9)


def test_part_of_a_person_stays_where_it_is_said(tmp_path: Path) -> None:
    """13.2 people and 2 more are 15.2; of whole people a percentage gives whole ones, as before."""
    text = CENTRE.replace("HANDLE", "3 min")

    def agents(count: float, change: str) -> list[float]:
        changed = {"pools.team.agents": change}
        file = tmp_path / "centre.yaml"
        file.write_text(text.replace("agents: 1", f"agents: {count}"), encoding="utf-8")
        return list(sim.load(file, overrides=changed).pools["team"].agents.values())

    assert agents(13.2, "2 more") == [15.2]
    assert agents(13.2, "14 fewer") == [0]
    assert agents(13.2, "150 %") == [19.8]
    assert agents(13, "115 %") == [15]
    (tmp_path / "heads.csv").write_text(
        "weekday,from,to,agents\nmon,09:00,17:00,4.5\ntue,09:00,17:00,4\n"
    )
    listed = tmp_path / "listed.yaml"
    listed.write_text(text.replace("agents: 1", "agents: {file: heads.csv}"), encoding="utf-8")
    found = list(sim.load(listed).pools["team"].agents.values())
    assert found == [4.5, 4]
    assert [type(count) for count in found] == [float, int]


@pytest.mark.parametrize(
    ("path", "said", "better"),
    [
        ("pools.team.agents", "1 less", "`1 fewer`, or a percentage, as `90 %`"),
        ("pools.team.agents", "-1", "`1 fewer`, or a percentage, as `90 %`"),
        ("pools.team.agents", "2 more people", "`2 more`, or a percentage, as `110 %`"),
        ("pools.team.agents", "10 % less", "`90 %`"),
        ("reasons.a.handle", "20 s less", "a percentage, as `90 %`"),
        ("reasons.a.handle", "+20 s", "`20 s more`, or a percentage, as `110 %`"),
        ("reasons.a.handle", "-10 %", "`90 %`"),
        ("reasons.a.volume", "+15 %", "`115 %`"),
        ("reasons.a.volume", "100 less", "a percentage, as `90 %`"),
    ],
)
def test_what_looks_like_a_change_is_told_what_to_write(path: str, said: str, better: str) -> None:
    scenario = sim.loads(CENTRE.replace("HANDLE", "3 min"))
    name = next(iter(scenario.reasons))
    with pytest.raises(sim.ScenarioError) as told:
        scenario.with_({path.replace("reasons.a", f"reasons.{name}"): said})
    assert str(told.value).endswith(f"`{said}` is no change; write {better}")
