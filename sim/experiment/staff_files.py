"""A staffing on disk: what its tables do not hold, and all of it read again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from sim.experiment.result import read_columns, read_provenance
from sim.experiment.staff import (
    ERLANG,
    FOUND,
    PRESENT,
    Difference,
    Held,
    Staffed,
    StaffResult,
)
from sim.experiment.staffing.goal import StaffGoal
from sim.experiment.staffing.search import Found
from sim.experiment.staffing.shape import make_shape
from sim.experiment.staffing.verify import Verdict
from sim.experiment.study import Study
from sim.experiment.study_files import REFERENCE_FILE, SCENARIOS, STUDY_FILE, scenario_files
from sim.experiment.study_text import goal_plain, study_text
from sim.measures import Row
from sim.scenario import Scenario, to_yaml
from sim.scenario import load as load_scenario
from sim.tables import Ints

REST_FILE = "staff.json"
STAFFED = "staffed"
"""The scenario of the plan; the others are called as their staffings."""


@dataclass(frozen=True)
class _Rest:
    """What is neither a table nor a scenario: what was asked, what the search came to."""

    question: str
    goal: dict[str, Any]
    seed: int
    asked: int
    replications: int
    engine: str
    confidence: float
    aim: str
    chosen: str
    found: tuple[int, ...]
    start: tuple[int, ...]
    reachable: bool
    evaluations: int
    searched: int
    search_seed: int
    exhaustive: bool
    worth: tuple[float, ...]
    outcome: str
    verified: int
    without_cap: tuple[int, ...] | None


ASKED = ("question", "seed", "asked", "replications", "engine", "confidence", "aim", "chosen")

_REST = TypeAdapter(_Rest)


def staff_text(result: StaffResult) -> str:
    """The study file that repeats a staffing, beside its scenario in `REFERENCE_FILE`."""
    scenario = result.shape.scenario
    study = Study.of(
        {"present": scenario},
        question=result.question,
        replications=result.asked,
        confidence=result.confidence,
        seed=result.seed,
    )
    return study_text(replace(study, staff=result.goal), {"present": REFERENCE_FILE})


def write_rest(result: StaffResult, folder: Path) -> None:
    """What `read` needs beside the files that every study has, and the study to run again.

    Raises:
        OSError: if it cannot be written.
    """
    found, verdict = result.found, result.verdict
    more = verdict.without_cap
    rest = _Rest(
        **{name: getattr(result, name) for name in ASKED},
        goal=goal_plain(result.goal),
        found=tuple(found.counts.tolist()),
        start=tuple(found.start.tolist()),
        reachable=found.reachable,
        evaluations=found.evaluations,
        searched=found.replications,
        search_seed=found.seed,
        exhaustive=found.exhaustive,
        worth=tuple(found.worth.tolist()),
        outcome=verdict.outcome,
        verified=verdict.plans,
        without_cap=None if more is None else tuple(more.tolist()),
    )
    (folder / REST_FILE).write_bytes(to_json(rest, indent=2, inf_nan_mode="strings") + b"\n")
    scenarios = folder / SCENARIOS
    (scenarios / REFERENCE_FILE).write_text(to_yaml(result.shape.scenario), encoding="utf-8")
    (scenarios / STUDY_FILE).write_text(staff_text(result), encoding="utf-8")


def read(folder: Path) -> dict[str, Any]:
    """The fields of a staffing in a folder; errors as of `StaffResult.load`."""
    kind = read_provenance(folder).get("kind", "run")
    if kind != "staff":
        raise ValueError(f"{folder}: no result of `sim staff`, but of `sim {kind}`")
    try:
        return _fields(folder, _REST.validate_json((folder / REST_FILE).read_bytes()))
    except (KeyError, TypeError, ValidationError, FileNotFoundError) as error:
        raise ValueError(f"{folder}: written by another version of sim ({error})") from None


def _fields(folder: Path, rest: _Rest) -> dict[str, Any]:
    names = (STAFFED, *(name for name in (FOUND, ERLANG, PRESENT) if name != rest.chosen))
    scenarios = {
        rest.chosen if name == STAFFED else name: load_scenario(folder / SCENARIOS / file)
        for name, file in scenario_files(names).items()
    }
    goal = StaffGoal.model_validate(rest.goal)
    present = scenarios[PRESENT]
    fitted = goal.fitted(present)
    shape = make_shape(present, goal, fitted.pools)
    counts = {FOUND: np.array(rest.found, np.int64), ERLANG: np.array(rest.start, np.int64)}
    rows = _by_staffing(folder / "staffings.parquet", Row._fields)
    losses = _by_staffing(folder / "replications.parquet", ("loss",))
    held = _by_staffing(folder / "targets.parquet", Held._fields[1:]) if fitted.targets else {}

    def staffed(name: str, scenario: Scenario, heads: Any, counts: Ints | None) -> Staffed:
        return Staffed(
            name,
            scenario,
            heads.astype(np.float64),
            counts,
            tuple(map(Row._make, rows[name])),
            tuple(
                Held(target, *bounds)
                for target, bounds in zip(fitted.targets, held.get(name, []), strict=True)
            ),
            np.array([loss for (loss,) in losses[name]], dtype=np.float64),
        )

    return {
        **{name: getattr(rest, name) for name in ASKED},
        "goal": goal,
        "fitted": fitted,
        "shape": shape,
        "found": Found(
            counts[FOUND],
            counts[ERLANG],
            rest.reachable,
            rest.evaluations,
            rest.searched,
            rest.search_seed,
            rest.exhaustive,
            np.array(rest.worth, np.float64),
        ),
        "verdict": Verdict(
            rest.outcome,
            rest.verified,
            rest.replications,
            None if rest.without_cap is None else np.array(rest.without_cap, np.int64),
        ),
        "staffings": {
            **{
                name: staffed(name, scenarios[name], shape.heads(some), some)
                for name, some in counts.items()
            },
            PRESENT: staffed(PRESENT, present, shape.present, None),
        },
        "differences": tuple(
            map(Difference._make, _rows(folder / "differences.parquet", Difference._fields))
        ),
    }


def _by_staffing(file: Path, names: Iterable[str]) -> dict[str, list[tuple[Any, ...]]]:
    """Staffing -> its rows, which stand together."""
    rows = _rows(file, ("staffing", *names))
    return {name: [row[1:] for row in own] for name, own in groupby(rows, itemgetter(0))}


def _rows(file: Path, names: Iterable[str]) -> list[tuple[Any, ...]]:
    columns = read_columns(file)
    return list(zip(*(columns[name] for name in names), strict=True))
