"""What every kind of result has in common: one interface, one folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest

import sim
from sim.experiment.result import StudyResult
from sim.options import COMMANDS

CENTRE = """
name: A small centre
calendar: {start: 2026-01-05, days: 1}
profiles: {day: {mon 09:00-10:00: 1, mon 10:00-11:00: 2.5}}
reasons:
  calls: {volume: 50 per day, profile: day, handle: {exponential: 3 min},
          patience: {exponential: 2 min}, buying: {basket: 40}}
pools:
  team: {agents: {mon 09:00-11:00: 3}, contract: {per_hour: 20}, sells: {conversion: 10 %}}
run: {service_level: 20 s, replications: 4}
"""

scenario = cache(lambda: sim.loads(CENTRE))


def _compared() -> sim.Comparison:
    other = sim.loads(CENTRE.replace("11:00: 3", "11:00: 4"))
    return sim.compare({"three": scenario(), "four": other}, replications=6, jobs=1)


MAKERS: dict[str, Callable[[], StudyResult]] = {
    "run": cache(lambda: sim.run(scenario(), jobs=1)),
    "compare": cache(_compared),
    "sweep": cache(lambda: sim.sweep(scenario(), {"pools.team.presence": ["50 %", 1]}, jobs=1)),
    "staff": cache(lambda: sim.staff(scenario(), {"asa": "30 s"}, blocks="lines", jobs=1)),
    "size": cache(
        lambda: sim.size(
            scenario(), {"service_level": 0.5}, levels=["50 %", 0.6], blocks="lines", jobs=1
        )
    ),
}

pytestmark = pytest.mark.usefixtures("rough")


kinds = pytest.mark.parametrize("kind", MAKERS)


def test_every_kind_is_tried_here() -> None:
    assert set(MAKERS) == set(COMMANDS)


@kinds
def test_what_was_saved_is_loaded(kind: str, tmp_path: Path) -> None:
    result = MAKERS[kind]()
    again = sim.load_result(result.save(tmp_path / "result"))
    assert type(again) is type(result)
    assert again.as_json() == result.as_json()
    assert again.provenance() == result.provenance()
    assert again.scenarios() == result.scenarios()
    assert again.summary() == result.summary()
    for one in fields(result):  # type: ignore[arg-type]
        # as text: nan differs from itself
        assert str(getattr(again, one.name)) == str(getattr(result, one.name)), one.name
    there, here = result.tables(), again.tables()
    assert list(there) == list(here)
    for name in there:
        assert there[name].equals(here[name]), name


@kinds
def test_every_result_is_asked_the_same_way(kind: str) -> None:
    result = MAKERS[kind]()
    assert result.kind == kind
    names = result.estimates()
    assert result.answer in names
    for name, one in names.items():
        row = result.get("service_level", by="channel", group="phone", of=name)
        assert 0.0 <= row.low <= row.value <= row.high <= 1.0
        assert row in one.rows
    assert result.get("hours") == result.get("hours", of=result.answer)
    with pytest.raises(KeyError, match="did you mean 'service_level'"):
        result.get("service_levl")
    with pytest.raises(KeyError, match=f"there is no 'nobody'; there is .*{result.answer}"):
        result.get("hours", of="nobody")


@kinds
def test_what_is_no_result_of_a_kind_is_said_so(kind: str, tmp_path: Path) -> None:
    result = MAKERS[kind]()
    with pytest.raises(ValueError, match="no result of `sim`"):
        type(result).load(tmp_path)
    folder = result.save(tmp_path / "result")
    said = json.loads((folder / "fields" / "fields.json").read_text(encoding="utf-8"))
    del said["engine"]
    (folder / "fields" / "fields.json").write_text(json.dumps(said))
    with pytest.raises(ValueError, match="another version of sim"):
        type(result).load(folder)
    (folder / "fields" / "fields.json").write_text("{")
    with pytest.raises(ValueError, match="damaged"):
        type(result).load(folder)
    other = "sweep" if kind == "compare" else "compare"
    (folder / "provenance.json").write_text(f'{{"kind": "{other}"}}')
    with pytest.raises(ValueError, match=f"of `sim {other}`"):
        type(result).load(folder)
