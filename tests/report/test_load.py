"""A result read again from its folder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim

SCENARIO = """
name: Read me again
reasons: {calls: {volume: 100 per day, handle: 5 min, patience: {exponential: 1 min}}}
pools: {team: {agents: {mon-fri 09:00-17:00: 1}, contract: {per_hour: 20}}}
run: {replications: 3, seed: 7}
"""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sim.run(sim.loads(SCENARIO)).save(tmp_path_factory.mktemp("written") / "result")


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    return shutil.copytree(written, tmp_path / "result")


def test_what_was_written_is_read(folder: Path) -> None:
    there, again = sim.run(sim.loads(SCENARIO)), sim.Result.load(folder)
    assert again.scenario == there.scenario
    assert again.provenance() == there.provenance()
    assert again.as_json() == there.as_json()
    assert again.checks == there.checks
    assert len(again.checks) > 10
    for name in ("contacts", "waits"):
        first, second = getattr(there.ends, name), getattr(again.ends, name)
        assert list(first) == list(second)
        assert all(np.array_equal(first[column], second[column]) for column in first)


def test_all_laws_hold_and_are_named(folder: Path) -> None:
    checks = sim.Result.load(folder).checks
    assert all(check.passed for check in checks)
    assert "every contact ends in exactly one way" in [check.name for check in checks]


def test_what_is_no_result_is_said_so(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="no result of `sim`"):
        sim.Result.load(tmp_path / "empty")
    (tmp_path / "file.csv").touch()
    for name in ("nowhere", "file.csv"):
        with pytest.raises(FileNotFoundError, match="there is no such folder") as told:
            sim.Result.load(tmp_path / name)
        assert told.value.filename == str(tmp_path / name)
    (folder / "fields" / "Row.parquet").unlink()
    with pytest.raises(ValueError, match="another version of sim"):
        sim.Result.load(folder)
    (folder / "provenance.json").write_text("{")
    with pytest.raises(ValueError, match=r"provenance\.json: is damaged"):
        sim.Result.load(folder)


def test_a_damaged_table_is_said_so(folder: Path) -> None:
    (folder / "fields" / "Row.parquet").write_bytes(b"PAR1 nonsense")
    with pytest.raises(ValueError, match=r"Row\.parquet: is not what was written"):
        sim.Result.load(folder)


def test_a_table_of_another_result_is_said_so(folder: Path, tmp_path: Path) -> None:
    """Of the same form, with other numbers."""
    other = sim.run(sim.loads(SCENARIO.replace("seed: 7", "seed: 8"))).save(tmp_path / "other")
    (folder / "fields" / "Row.parquet").write_bytes((other / "fields" / "Row.parquet").read_bytes())
    with pytest.raises(ValueError, match=r"Row\.parquet: is not what was written"):
        sim.Result.load(folder)


ROW = "fields/Row.parquet"


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("provenance.json", '{"kind": []}'),
        ("provenance.json", "[" * 100_000),
        ("fields/fields.json", "[]"),
        ("fields/fields.json", '{"scenario": "scenario.yaml", "tallies": 1}'),
        ("scenario.yaml", "reasons: 1"),
        (ROW, "waits.parquet"),
        (ROW, "fields/Check.parquet"),
        (ROW, None),
    ],
)
def test_whatever_stands_in_place_of_a_file_is_told(
    folder: Path, file: str, content: str | None
) -> None:
    """Nonsense, the file of another table, and the right one with texts in place of numbers."""
    if content is None:
        texts = pd.read_parquet(folder / file).astype({"value": str})
        texts.to_parquet(folder / file, index=False)
    elif file == ROW:
        (folder / file).write_bytes((folder / content).read_bytes())
    else:
        (folder / file).write_text(content)
    with pytest.raises(ValueError, match=r"another version of sim|is damaged|not what was written"):
        sim.load_result(folder)


@pytest.mark.parametrize("place", ["mapping", "numbers"])
def test_fields_of_another_shape_are_told(folder: Path, place: str) -> None:
    said = json.loads((folder / "fields" / "fields.json").read_text())
    for key, value in said.items():
        if place == "mapping" and isinstance(value, dict):
            said[key] = [1]
        elif place == "numbers" and isinstance(value, int):
            said[key] = 10**400
    (folder / "fields" / "fields.json").write_text(json.dumps(said))
    with pytest.raises(ValueError, match="damaged"):
        sim.load_result(folder)
