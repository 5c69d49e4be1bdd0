"""A sweep on disk: what its tables do not hold, and all of it read again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby, product
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from sim.experiment.grid import Axis
from sim.experiment.result import read_columns, read_provenance
from sim.experiment.study import Factor, Option, Precision, Size, Study
from sim.experiment.study_files import REFERENCE_FILE, SCENARIOS, STUDY_FILE, scenario_files
from sim.experiment.study_text import study_text
from sim.experiment.sweep import Knee, Point, Step, SweepResult
from sim.measures import Row
from sim.scenario import load as load_scenario
from sim.scenario import to_yaml
from sim.stats import Crossing

REST_FILE = "sweep.json"


@dataclass(frozen=True)
class _Rest:
    """What is neither a table nor a scenario: what was asked, which points are best."""

    question: str
    against: str
    decide: str
    sweep: tuple[Factor, ...]
    precision: Precision | None
    replications: int | None
    indifference: Size
    confidence: float
    seed: int
    engine: str
    run: int
    best: int | None
    plausible: tuple[int, ...]
    knee: Knee | None
    moved: tuple[str, ...]


ASKED = (
    *("question", "against", "decide", "sweep", "precision", "replications", "indifference"),
    *("confidence", "seed"),
)
"""What the study says of the sweep; its other options have no part in it."""

_REST = TypeAdapter(_Rest)


def swept_study(study: Study) -> Study:
    """The study with nothing but what is swept."""
    return Study(options={study.against: study.reference}, **_asked(study))


def _asked(said: Study | _Rest) -> dict[str, Any]:
    return {name: getattr(said, name) for name in ASKED}


def sweep_text(study: Study) -> str:
    """The study file that repeats a sweep, beside its reference option in `REFERENCE_FILE`."""
    return study_text(swept_study(study), {study.against: REFERENCE_FILE})


def write_rest(result: SweepResult, folder: Path) -> None:
    """What `read` needs beside the files that every study has, and the study to run again.

    Raises:
        OSError: if it cannot be written.
    """
    rest = _Rest(
        **_asked(result.study),
        engine=result.engine,
        run=result.replications,
        best=result.best,
        plausible=result.plausible,
        knee=result.knee,
        moved=result.moved,
    )
    (folder / REST_FILE).write_bytes(to_json(rest, indent=2, inf_nan_mode="strings") + b"\n")
    scenarios = folder / SCENARIOS
    reference = to_yaml(result.study.reference.scenario)
    (scenarios / REFERENCE_FILE).write_text(reference, encoding="utf-8")
    (scenarios / STUDY_FILE).write_text(sweep_text(result.study), encoding="utf-8")


def read(folder: Path) -> dict[str, Any]:
    """The fields of a sweep in a folder; errors as of `SweepResult.load`."""
    kind = read_provenance(folder).get("kind", "run")
    if kind != "sweep":
        raise ValueError(f"{folder}: no result of `sim sweep`, but of `sim {kind}`")
    try:
        return _fields(folder, _REST.validate_json((folder / REST_FILE).read_bytes()))
    except (KeyError, TypeError, ValidationError, FileNotFoundError) as error:
        raise ValueError(f"{folder}: written by another version of sim ({error})") from None


def _fields(folder: Path, rest: _Rest) -> dict[str, Any]:
    reference = load_scenario(folder / SCENARIOS / REFERENCE_FILE)
    option = Option.of_scenario(rest.against, reference)
    study = Study(options={rest.against: option}, **_asked(rest))
    axes = tuple(Axis.of(factor.path, factor.values) for factor in rest.sweep)
    crossings = read_columns(folder / "crossings.parquet")
    found = [
        (of, Crossing(*one))
        for of, *one in _rows(crossings, ("of", *Crossing.__slots__) if crossings else ())
    ]
    return {
        "study": study,
        "engine": rest.engine,
        "replications": rest.run,
        "axes": axes,
        "points": tuple(_points(folder, rest, axes)),
        "best": rest.best,
        "plausible": rest.plausible,
        "steps": tuple(
            map(Step._make, _rows(read_columns(folder / "steps.parquet"), Step._fields))
        ),
        "knee": rest.knee,
        "break_even": tuple(one for of, one in found if of == "break_even"),
        "no_gain": tuple(one for of, one in found if of == "no_gain"),
        "moved": rest.moved,
    }


def _points(folder: Path, rest: _Rest, axes: tuple[Axis, ...]) -> Iterable[Point]:
    paths = [axis.path for axis in axes]
    rows = _by_point(folder / "points.parquet", paths, Row._fields)
    weeks = _by_point(folder / "replications.parquet", paths, (rest.decide,))
    grid = list(product(*(axis.texts for axis in axes)))
    files = scenario_files(", ".join(texts) for texts in grid)
    for texts in grid:
        yield Point(
            texts,
            load_scenario(folder / SCENARIOS / files[", ".join(texts)]),
            tuple(map(Row._make, rows[texts])),
            np.array([value for (value,) in weeks[texts]], dtype=np.float64),
        )


def _by_point(
    file: Path, paths: list[str], names: Iterable[str]
) -> dict[tuple[str, ...], list[tuple[Any, ...]]]:
    """Values of the axes -> the rows of that point, which stand together."""
    rows = _rows(read_columns(file), (*paths, *names))
    point = itemgetter(slice(len(paths)))
    return {texts: [row[len(paths) :] for row in own] for texts, own in groupby(rows, point)}


def _rows(columns: dict[str, list[Any]], names: Iterable[str]) -> list[tuple[Any, ...]]:
    return list(zip(*(columns[name] for name in names), strict=True))
