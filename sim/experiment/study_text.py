"""From a study back to a file: its options are resolved scenarios, compared as they were."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sim.experiment.study import Factor, Size, Study
from sim.measures import measure_of
from sim.scenario.numbers import duration_text, plain_number, share_text
from sim.scenario.source import read_value
from sim.scenario.write import file_text


def study_text(study: Study, files: Mapping[str, str]) -> str:
    """A study file that reads as an equal study.

    Args:
        study: to be written.
        files: option -> the file of its resolved scenario, as seen from the study file.
    """
    exact = study.precision
    said = {
        "study": study.question,
        "options": {option: {"extends": files[option]} for option in study.options},
        "against": study.against,
        "decide": study.decide,
        "precision": exact
        and {"measure": exact.measure, "half_width": _size(exact.half_width, exact.measure)},
        "replications": study.replications,
        "indifference": _size(study.indifference, study.decide),
        "years": None if study.years == 1 else plain_number(study.years),
        "control_variates": None if study.control_variates else False,
        "confidence": share_text(study.confidence),
        "seed": study.seed,
        "vary": _factors(study.vary),
        "sweep": _factors(study.sweep),
        "uncertain": study.uncertain.plain(),
        "staff": study.staff and study.staff.plain(),
    }
    return file_text({name: one for name, one in said.items() if one not in (None, {})})


def _factors(factors: Iterable[Factor]) -> dict[str, list[Any]]:
    return {one.path: [read_value(text, "", []).plain() for text in one.values] for one in factors}


def _size(size: Size, measure: str) -> Any:
    """In the words of `study_file.SizeText`."""
    unit = measure_of(measure).unit
    if size.relative or unit == "share":
        share = share_text(size.amount)
        text = share if isinstance(share, str) else f"{100 * share!r} %"
        return text if size.relative else text.replace("%", "points")
    if unit in ("s", "h"):
        return duration_text(size.amount * (3600.0 if unit == "h" else 1.0))
    return size.amount
