"""A comparison on disk: what its tables do not hold, and all of it read again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from sim.experiment.bridge import Step
from sim.experiment.compare import Comparison, Difference, Outcome, Verdict
from sim.experiment.result import read_columns, read_provenance
from sim.experiment.study import Factor, Option, Precision, Size, Study
from sim.experiment.study_files import SCENARIOS, STUDY_FILE, scenario_files
from sim.experiment.study_text import study_text
from sim.experiment.vary import Trial, Varied, Vary
from sim.measures import Row
from sim.scenario import load as load_scenario

REST_FILE = "comparison.json"


@dataclass(frozen=True)
class _Varied:
    """`Vary` without the study."""

    replications: int
    chosen: str
    base: Trial
    factors: tuple[Varied, ...]

    @classmethod
    def of(cls, vary: Vary) -> _Varied:
        return cls(**{one.name: getattr(vary, one.name) for one in fields(cls)})


@dataclass(frozen=True)
class _Rest:
    """What is neither a table nor a scenario: what was asked of the options, what was decided."""

    question: str
    against: str
    decide: str
    vary: tuple[Factor, ...]
    precision: Precision | None
    replications: int | None
    indifference: Size
    confidence: float
    seed: int
    options: tuple[str, ...]
    engine: str
    verdict: Verdict
    apart: tuple[tuple[str, str], ...]
    varied: _Varied | None

    def study(self, options: dict[str, Option]) -> Study:
        said = {name: getattr(self, name) for name in ASKED}
        return Study(options=options, **said)


ASKED = tuple(
    {one.name for one in fields(Study)} & {one.name for one in fields(_Rest)} - {"options"}
)


_REST = TypeAdapter(_Rest)


def write_rest(result: Comparison, folder: Path) -> None:
    """What `read` needs beside the files that every study has, and the study to run again.

    Raises:
        OSError: if it cannot be written.
    """
    study = result.study
    rest = _Rest(
        **{name: getattr(study, name) for name in ASKED},
        options=tuple(study.options),
        engine=result.engine,
        verdict=result.verdict,
        apart=tuple(sorted((min(pair), max(pair)) for pair in result.apart)),
        varied=_Varied.of(result.vary) if result.vary is not None else None,
    )
    (folder / REST_FILE).write_bytes(to_json(rest, indent=2, inf_nan_mode="strings") + b"\n")
    text = study_text(study, scenario_files(study.options))
    (folder / SCENARIOS / STUDY_FILE).write_text(text, encoding="utf-8")


def read(folder: Path) -> dict[str, Any]:
    """The fields of a comparison in a folder; errors as of `Comparison.load`."""
    kind = read_provenance(folder).get("kind", "run")
    if kind != "compare":
        raise ValueError(f"{folder}: no result of `sim compare`, but of `sim {kind}`")
    try:
        rest = _REST.validate_json((folder / REST_FILE).read_bytes())
        return _fields(folder, rest)
    except (KeyError, TypeError, ValidationError, FileNotFoundError) as error:
        raise ValueError(f"{folder}: written by another version of sim ({error})") from None


def _fields(folder: Path, rest: _Rest) -> dict[str, Any]:
    files = scenario_files(rest.options)
    scenarios = {name: load_scenario(folder / SCENARIOS / file) for name, file in files.items()}
    options = {name: Option.of_scenario(name, one) for name, one in scenarios.items()}
    rows = _by_option(folder / "options.parquet", Row._fields)
    weeks = _by_option(folder / "replications.parquet", (rest.decide,))
    chances = _by_option(folder / "chances.parquet", ("replications", "value", "low", "high"))
    outcomes = {
        name: Outcome(
            name=name,
            scenario=scenario,
            replications=chances[name][0][0],
            rows=tuple(map(Row._make, rows[name])),
            deciding=np.array([value for (value,) in weeks[name]], dtype=np.float64),
            chance=chances[name][0][1:],
        )
        for name, scenario in scenarios.items()
    }
    study = rest.study(options)
    return {
        "study": study,
        "engine": rest.engine,
        "outcomes": outcomes,
        "differences": _tuples(folder / "differences.parquet", Difference),
        "verdict": rest.verdict,
        "apart": frozenset(map(frozenset, rest.apart)),
        "steps": _tuples(folder / "steps.parquet", Step),
        "vary": rest.varied and Vary(study=study, **vars(rest.varied)),
    }


def _rows(file: Path, names: Iterable[str]) -> list[tuple[Any, ...]]:
    columns = read_columns(file)
    return list(zip(*(columns[name] for name in names), strict=True))


def _tuples(file: Path, kind: Any) -> tuple[Any, ...]:
    return tuple(map(kind._make, _rows(file, kind._fields)))


def _by_option(file: Path, names: Iterable[str]) -> dict[str, list[tuple[Any, ...]]]:
    """Option -> its rows, which stand together."""
    rows = _rows(file, ("option", *names))
    return {name: [row[1:] for row in own] for name, own in groupby(rows, itemgetter(0))}
