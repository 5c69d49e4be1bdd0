"""What `sim compare` shows: the answer in words, then what each option brings, and where."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite, isnan
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.measures import CATALOGUE, Row
from sim.report.numbers import NOTHING, brief_duration, half_width, interval, number, span, spans
from sim.report.vary import vary_summary

if TYPE_CHECKING:
    from sim.experiment import Comparison
    from sim.experiment.compare import Difference, Outcome

SHOWN = {
    "unanswered": "Unanswered",
    "service_level": "Service level",
    "conversion": "Conversion",
    "incremental_revenue": "Incremental revenue",
    "cost": "Cost",
    "satisfaction": "Satisfaction",
}
"""Measures of the whole, with headings short enough for 80 columns."""


def summary(result: Comparison) -> RenderableType:
    """The answer, the decision, what each option brings, where it comes from."""
    parts: list[RenderableType] = [
        _title(result),
        Padding(Text("\n".join(answer(result))), (0, 1)),
        _decision(result),
        _whole(result),
    ]
    for by, measure, heading in (
        ("window", result.study.decide, "by part of the week"),
        ("source", "cost", "by source"),
    ):
        groups = _groups(result, by, measure)
        if len(groups) > 1:
            parts.append(_by(result, by, measure, heading, groups))
    parts.append(Padding(Text(_footnote(result), style="dim"), (0, 1)))
    if result.vary is not None:
        parts.append(vary_summary(result.vary))
    return Group(*parts)


def _title(result: Comparison) -> RenderableType:
    numbers = sorted({one.replications for one in result.outcomes.values()})
    runs = f"{numbers[0]:,}" if len(numbers) == 1 else f"{numbers[0]:,} to {numbers[-1]:,}"
    days = _days(result)
    what = f"{len(result.outcomes)} options, {runs} x {days} day{'s' if days > 1 else ''}"
    return Text.assemble(
        (f" {result.question}\n", "bold"), (f" {what}, seed {result.study.seed}", "dim")
    )


def answer(result: Comparison) -> list[str]:
    """The outcome in sentences, for whoever reads no further."""
    if _all_the_same(result):
        return [_same(result)]
    return [_best(result), *_against_reference(result), *_certainty(result)]


def _all_the_same(result: Comparison) -> bool:
    """Whether the deciding measure is the same in every replication of every option."""
    others = (result.difference(name, result.study.decide) for name in result.outcomes)
    return all(one is None or one.value == one.low == one.high == 0 for one in others)


def _same(result: Comparison) -> str:
    row = result.outcomes[result.leader].get(result.study.decide)
    label = CATALOGUE[result.study.decide].label.lower()
    return (
        f"Nothing differs: all options have the same {label}, {_number(result, row)} in an average "
        f"{span(_days(result))}."
    )


def _best(result: Comparison) -> str:
    study, leader = result.study, result.leader
    row = result.outcomes[leader].get(study.decide)
    label = CATALOGUE[study.decide].label.lower()
    value = f"{label} {_number(result, row)}"
    if isfinite(row.low):
        value += f" ({interval(row.low, row.high, row.unit)})"
    verb = "is best" if result.verdict.best or not result.rivals else "looks best"
    return f'"{leader}" {verb}: {value} in an average {span(_days(result))}.'


def _against_reference(result: Comparison) -> list[str]:
    study, leader = result.study, result.leader
    difference = result.difference(leader, study.decide)
    if difference is None or isnan(difference.value):
        return []
    more = "more" if difference.value >= 0 else "less"
    size = amount(abs(difference.value), difference.unit, _currency(result))
    said = f'That is {size} {more} than "{study.against}"'
    if not isfinite(difference.low):
        return [f"{said}."]
    low, high = sorted((abs(difference.low), abs(difference.high)))
    if difference.low * difference.high < 0:
        said += ", which is not significant"
    else:
        said += f" ({in_points(interval(low, high, difference.unit), difference.unit)})"
    chance, surely, perhaps = (100 * one for one in result.outcomes[leader].chance)
    if not isnan(chance):
        bounds = f"{surely:.0f} to {perhaps:.0f} %"
        said += f"; it does better in {chance:.0f} % of {spans(_days(result))} ({bounds})"
    return [f"{said}."]


def _certainty(result: Comparison) -> list[str]:
    study, verdict = result.study, result.verdict
    confidence = f"{100 * study.confidence:g} %"
    small = amount(verdict.indifference, CATALOGUE[study.decide].unit, _currency(result))
    lines = []
    if verdict.best is not None:
        lines.append(
            f"With {confidence} certainty no option beats it by more than {small}, the indifference "  # noqa: E501
            "zone."
        )
    else:
        rest = _listed(verdict.candidates)
        lines.append(
            f"{_replications(verdict.replications)} not decide which is best to within {small}: "
            f"it is one of {rest}. More replications would tell."
        )
    if result.rivals:
        lines.append(f"These data do not tell it apart from: {_listed(result.rivals)}.")
    return lines


def amount(value: float, unit: str, currency: str) -> str:
    """The size of a difference; of shares in points."""
    return in_points(number(value, unit, currency), unit)


def in_points(said: str, unit: str) -> str:
    """What is said of a difference: between shares it is in points, not in per cent."""
    return said.replace(" %", " points") if unit == "share" else said


def _replications(number: int) -> str:
    return f"{number:,} replications do" if number > 1 else "One replication does"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


# --- tables -----------------------------------------------------------------------------------


def _decision(result: Comparison) -> RenderableType:
    study = result.study
    label = CATALOGUE[study.decide].label
    table = Table(box=SIMPLE_HEAD, header_style="bold", padding=(0, 1, 0, 0))
    table.add_column("Option", overflow="fold", min_width=14)
    unit = CATALOGUE[study.decide].unit
    money = f", {_currency(result)}" if unit == "money" else ""
    table.add_column(f"{label}{money}", justify="right", overflow="fold")
    table.add_column(f"{100 * study.confidence:g} % interval", justify="right", no_wrap=True)
    table.add_column(f"against {study.against}", justify="right", overflow="fold")
    table.add_column("Win rate", justify="right")
    table.add_column("Runs", justify="right")
    for name, outcome in ranked(result):
        row = outcome.get(study.decide)
        style = "bold" if name == result.leader else ""
        table.add_row(
            Text(name, style=style),
            Text(number(row.value, row.unit), style=style),
            interval(row.low, row.high, row.unit),
            _with_error(result.difference(name, study.decide)),
            NOTHING if isnan(outcome.chance[0]) else f"{100 * outcome.chance[0]:.0f} %",
            f"{outcome.replications:,}",
        )
    return table


def _whole(result: Comparison) -> RenderableType:
    shown = {
        measure: heading
        for measure, heading in SHOWN.items()
        if measure != result.study.decide
        and any(one.get(measure).value not in (0.0,) for one in result.outcomes.values())
        and not all(isnan(one.get(measure).value) for one in result.outcomes.values())
    }
    table = _table("Totals", shown.values())
    for name, outcome in ranked(result):
        cells = [
            _over_difference(outcome.get(measure), result.difference(name, measure))
            for measure in shown
        ]
        table.add_row(Text(name), *cells)
    return table


def _by(
    result: Comparison, by: str, measure: str, heading: str, groups: list[str]
) -> RenderableType:
    table = _table(f"{CATALOGUE[measure].label} {heading}", groups)
    for name, outcome in ranked(result):
        cells = []
        for group in groups:
            try:
                row = outcome.get(measure, by, group)
            except KeyError:
                cells.append(Text(NOTHING, style="dim"))
                continue
            cells.append(_over_difference(row, result.difference(name, measure, by, group)))
        table.add_row(Text(name), *cells)
    return table


def _table(corner: str, headings: Iterable[str]) -> Table:
    table = Table(box=SIMPLE_HEAD, header_style="bold", padding=(0, 1, 0, 0))
    table.add_column(corner, overflow="fold", min_width=14)
    for heading in headings:
        table.add_column(heading, justify="right", overflow="fold")
    return table


def ranked(result: Comparison) -> list[tuple[str, Outcome]]:
    """The options, the best first."""
    sign = CATALOGUE[result.study.decide].better or 1
    return sorted(
        result.outcomes.items(),
        key=lambda item: (item[0] != result.leader, -sign * item[1].get(result.study.decide).value),
    )


def _groups(result: Comparison, by: str, measure: str) -> list[str]:
    """The groups of a split, of all options, in which the measure is not nothing."""
    return list(
        dict.fromkeys(
            row.group
            for one in result.outcomes.values()
            for row in one.rows
            if row.by == by and row.measure == measure and row.value and not isnan(row.value)
        )
    )


# --- cells ------------------------------------------------------------------------------------


def _over_difference(row: Row, difference: Difference | None) -> Text:
    if isnan(row.value):
        return Text(NOTHING, style="dim")
    value = brief_duration(row.value) if row.unit == "s" else number(row.value, row.unit)
    below = _difference(difference)
    return Text.assemble(value, ("\n" + below, "dim")) if below != NOTHING else Text(value)


def _with_error(difference: Difference | None) -> Text:
    if difference is None:
        return Text(NOTHING)
    error = half_width(difference.low, difference.high, difference.unit)
    return Text.assemble(_difference(difference), (f" {error}", "dim"))


def _difference(difference: Difference | None) -> str:
    """`+1,234`; in parentheses where not significant."""
    if difference is None or isnan(difference.value):
        return NOTHING
    value, unit = difference.value, difference.unit
    if value == difference.low == difference.high == 0:
        return NOTHING
    if unit == "share":
        said = f"{100 * value:+.1f}"
    elif unit == "s":
        said = ("+" if value >= 0 else "-") + brief_duration(abs(value))
    else:
        said = ("+" if value >= 0 else "") + number(value, unit)
    if difference.low <= 0 <= difference.high:
        return f"({said})"
    return said


def _number(result: Comparison, row: Row) -> str:
    return number(row.value, row.unit, _currency(result))


def _currency(result: Comparison) -> str:
    return result.study.reference.scenario.currency


def _days(result: Comparison) -> int:
    return result.study.reference.scenario.calendar.days


def _footnote(result: Comparison) -> str:
    study = result.study
    unequal = len({one.replications for one in result.outcomes.values()}) > 1
    on_both = (
        "Options were run as often as it took; differences are of the replications that both had, "
        "not of the means above. "
    )
    added = any(one.get("incremental_revenue").value for one in result.outcomes.values())
    return (
        f"{_customers(result)} {on_both if unequal else ''}"
        f'Below a value: its difference to "{study.against}", '
        "in parentheses where not significant; this is judged for all options together "
        f"({100 * study.confidence:g} %). Win rate: share of {spans(_days(result))} in which the "
        f'option beats "{study.against}". The {CATALOGUE[study.decide].label.lower()} decides '
        "(--decide for another measure). Unanswered: abandoned, blocked or closed "
        f"contacts.{' Incremental: would not have come unaided.' if added else ''}"
    )


def _customers(result: Comparison) -> str:
    differences = (result.difference(name, "customers") for name in result.outcomes)
    if all(one is None or one.value == 0 for one in differences):
        return "All options meet the same customers."
    return "Options meet the same customers where they expect as many of them."
