"""From a study back to a file: its options are resolved scenarios, compared as they were."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sim.experiment.study import Size, Study
from sim.measures import measure_of
from sim.scenario.numbers import duration_text, share_text
from sim.scenario.write import flow_text


def study_text(study: Study, files: Mapping[str, str]) -> str:
    """A study file that reads as an equal study.

    Args:
        study: to be written.
        files: option -> the file of its resolved scenario, as seen from the study file.
    """
    return "".join(f"{line}\n" for line in _lines(study, files))


def _lines(study: Study, files: Mapping[str, str]) -> Iterator[str]:
    yield f"study: {flow_text(study.question)}"
    yield "options:"
    for option in study.options:
        yield f"  {flow_text(option)}: {{extends: {flow_text(files[option])}}}"
    yield f"against: {flow_text(study.against)}"
    yield f"decide: {flow_text(study.decide)}"
    if study.precision is not None:
        measure, half_width = study.precision.measure, study.precision.half_width
        size = _size(half_width, measure)
        yield f"precision: {{measure: {flow_text(measure)}, half_width: {size}}}"
    if study.replications is not None:
        yield f"replications: {study.replications}"
    yield f"indifference: {_size(study.indifference, study.decide)}"
    if study.years != 1:
        yield f"years: {flow_text(study.years)}"
    if not study.control_variates:
        yield "control_variates: false"
    yield f"confidence: {share_text(study.confidence)}"
    yield f"seed: {study.seed}"
    for name, factors in (("vary", study.vary), ("sweep", study.sweep)):
        if factors:
            yield f"{name}:"
        for factor in factors:
            yield f"  {flow_text(factor.path)}: [{', '.join(factor.values)}]"
    if study.uncertain:
        yield f"uncertain: {flow_text(study.uncertain.plain())}"
    if study.staff is not None:
        yield f"staff: {flow_text(study.staff.plain())}"


def _size(size: Size, measure: str) -> str:
    """In the words of `study_file.SizeText`."""
    unit = measure_of(measure).unit
    if size.relative or unit == "share":
        share = share_text(size.amount)
        text = share if isinstance(share, str) else f"{100 * share!r} %"
        return text if size.relative else text.replace("%", "points")
    if unit in ("s", "h"):
        return duration_text(size.amount * (3600.0 if unit == "h" else 1.0))
    return flow_text(size.amount)
