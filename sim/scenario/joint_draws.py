"""The file of joint draws that `uncertain` names: a column for each input, a row for each draw."""

from __future__ import annotations

import csv
import io
import os
from typing import Any

from sim.scenario.faults import Fault, ScenarioError, Wrong, shown
from sim.scenario.repair import Broken
from sim.scenario.source import Node, fault_at, read_bytes, read_text
from sim.scenario.uncertain import DRAWS, FILE


def read_draws(uncertain: Node, faults: list[Fault], broken: Broken | None = None) -> None:
    """Replace `uncertain: {file: ...}` by the joint draws that the file holds."""
    said = uncertain.child(FILE)
    if said is None:
        return
    del uncertain.value[FILE]
    try:
        columns = _columns_of(said)
    except Wrong as wrong:
        faults.append(fault_at(said, ("uncertain", FILE), str(wrong)))
        if broken is not None:
            broken.add(("uncertain", FILE))
        return
    uncertain.value[DRAWS] = said.here(columns)


def _columns_of(said: Node) -> dict[str, list[Any]]:
    """The columns of a Parquet file, or of a CSV file; Wrong with what keeps it from being read."""
    if not isinstance(said.value, str) or not said.value:
        raise Wrong(f"{shown(said.value)} is not the name of a Parquet or CSV file")
    file = os.path.normpath(os.path.join(os.path.dirname(said.file), said.value))
    try:
        columns = _csv(read_text(file)) if file.endswith(".csv") else _parquet(read_bytes(file))
    except ScenarioError as error:
        raise Wrong(f"`{said.value}` {error.faults[0].message}") from None
    except Wrong as wrong:
        raise Wrong(f"`{said.value}` {wrong}") from None
    if not columns or not all(columns.values()):
        raise Wrong(f"`{said.value}` holds no draws")
    for name, values in columns.items():
        gaps = [place for place, one in enumerate(values) if one is None or one != one]  # noqa: PLR0124
        if gaps:
            raise Wrong(f"`{said.value}` has no value of `{name}` in draw {gaps[0] + 1}")
    return columns


def _csv(text: str) -> dict[str, list[Any]]:
    rows = []
    try:
        lines = csv.reader(io.StringIO(text), strict=True)
        names = next(lines, [])
        for row in lines:
            if len(row) > len(names):
                raise Wrong(f"line {lines.line_num} has more cells than there are columns")
            if row:
                rows.append(row + [None] * (len(names) - len(row)))
    except csv.Error as error:
        raise Wrong(f"is not a CSV file: {error}") from None
    if twice := [name for name in names if names.count(name) > 1]:
        raise Wrong(f"has two columns {shown(twice[0])}")
    return {name: [row[at] for row in rows] for at, name in enumerate(names)}


def _parquet(data: bytes) -> dict[str, list[Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        found: dict[str, list[Any]] = pq.read_table(io.BytesIO(data)).to_pydict()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise Wrong(f"is not a Parquet file: {(str(error) or '?').splitlines()[0]}") from None
    return found
