"""The pictures of a comparison: differences, trade-offs, bridges, maps; each with its data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import isfinite, isnan, nan
from typing import Any

import numpy as np
from altair.utils.schemapi import debug_mode

from sim.experiment.bridge import COST
from sim.experiment.compare import HOURLY
from sim.measures import CATALOGUE, Row, measure_of
from sim.report import cells, values, words
from sim.report.axis import STANDINGS
from sim.report.blocks import Block, Chart, Dataset
from sim.report.charts import Shown
from sim.report.compare_findings import BY_GROUP, MEASURES, CompareFindings, compared_by, differs
from sim.report.drawing import (
    chart,
    choice,
    columns,
    cost_chart,
    differences,
    measure_differences,
    measured,
)
from sim.report.numbers import NOTHING, number, signed
from sim.report.words import WAITS, hour_of, scaled, significant, slug
from sim.tables import Floats

SERVICE = ("answer_rate", "service_level", "satisfaction")

STEPS = {
    "reached": "Buyers reached",
    "conversion": "Conversion",
    "basket": "Value of a sale",
    "unaided": "Would have come anyway",
    "gross_margin": "Gross margin rate",
    "luck": "Luck, left out",
}
"""Steps of the margin, as the picture calls them; those of cost are called by their source."""


def how_much(findings: CompareFindings) -> Iterator[Block]:
    """Differences, trade-offs, how replications differ."""
    with debug_mode(False):  # looking for mistakes in each picture takes as long as all the rest
        names, services = _compared(findings), _services(findings)
        yield from choice(
            "differences", "Difference in", (_difference(findings, name) for name in names)
        )
        yield from choice("trade-off", "Against", (_trade_off(findings, one) for one in services))
        spreads = (_spread(findings, paired=paired) for paired in (True, False))
        yield from choice(
            "weeks", "Show", (one for one in spreads if one.picture.data["data"]["option"])
        )


def _compared(findings: CompareFindings) -> list[str]:
    """The measures in which the options differ, the deciding one first."""
    names = dict.fromkeys((findings.decide.name, *MEASURES))
    return [
        name for name in names if not (name in WAITS and findings.mixed) and differs(findings, name)
    ]


def _services(findings: CompareFindings) -> list[str]:
    """The measures to set against the deciding one: of service, or cost if that is one itself."""
    names = (*SERVICE, COST) if findings.decide.name in SERVICE else SERVICE
    return [
        name
        for name in names
        if name != findings.decide.name
        and all(findings.row(option, name) for option in findings.result.outcomes)
        and len({findings.result.outcomes[option].get(name).value for option in findings.ranked})
        > 1
    ]


def _difference(findings: CompareFindings, measure: str) -> Chart:
    one = measure_of(measure)
    found = [gap for name in findings.others if (gap := findings.difference(name, measure))]
    less = " Less is better." if one.better < 0 else ""
    picture = measure_differences(measure, findings.currency, found, [gap.option for gap in found])
    return chart("compare.difference", picture, measure, f=findings, one=one, less=less)


# --- all options --------------------------------------------------------------------------------


def _trade_off(findings: CompareFindings, measure: str) -> Chart:
    """Every option by the deciding measure and another one."""
    one, names = measure_of(measure), findings.ranked
    x = [findings.result.outcomes[name].get(measure) for name in names]
    y = [findings.result.outcomes[name].get(findings.decide.name) for name in names]
    places = list(zip(_places(x), _places(y), strict=True))
    standing = [
        STANDINGS[
            0 if name == findings.result.leader else 1 if name in findings.result.rivals else 2
        ]
        for name in names
    ]
    data: Dataset = {
        "option": names,
        "standing": standing,
        "left": [int(place > 0.65) for place, _ in places],
        "dy": _beside(names, places),
        **_bounded(findings, "x", x),
        **_bounded(findings, "y", y),
    }
    rivals = findings.tell("squares" if findings.result.rivals else "nothing-else")
    axes = [measured(name, findings.currency) for name in (measure, findings.decide.name)]
    said: dict[str, Any] = {
        "is_best": "is" if findings.decided else "looks",
        "rivals": rivals,
    }
    picture = values.trade_off(data, *axes)
    return chart("compare.trade-off", picture, measure, f=findings, one=one, **said)


def _places(rows: Sequence[Row]) -> list[float]:
    """Where values lie in a picture of them and their intervals, from 0 to 1."""
    known = [one for row in rows for one in (row.value, row.low, row.high) if isfinite(one)]
    least, room = min(known), (max(known) - min(known)) or 1.0
    return [(row.value - least) / room for row in rows]


PICTURE = (500.0, 340.0)
"""Its size in pixels, where names are to be kept apart: between a telephone and a screen."""

LETTER = (7.0, 14.0)
"""Width of a letter and height of a line, pixels."""


def _beside(names: Sequence[str], places: Sequence[tuple[float, float]]) -> list[int]:
    """How far above or below its point each name stands so that it covers no other."""
    taken: list[tuple[float, float, float]] = []  # from, to, height
    found = []
    for name, (across, up) in zip(names, places, strict=True):
        at, height = across * PICTURE[0], (1.0 - up) * PICTURE[1]
        length = LETTER[0] * min(len(name), 20)
        start, end = (at - length, at) if across > 0.65 else (at, at + length)
        for shift in (-9, 13, -24, 28, -39, 43, -54, 58):
            free = all(
                end < a or start > b or abs(height + shift - c) >= LETTER[1] for a, b, c in taken
            )
            if free:
                break
        taken.append((start, end, height + shift))
        found.append(shift)
    return found


def _bounded(findings: CompareFindings, axis: str, rows: Sequence[Row]) -> dict[str, list[Any]]:
    return {
        axis: [row.value for row in rows],
        f"{axis}_low": [row.low for row in rows],
        f"{axis}_high": [row.high for row in rows],
        f"{axis}_text": [
            f"{findings.say(row)} ({words.stated(row, findings.currency) or NOTHING})"
            for row in rows
        ],
    }


def _spread(findings: CompareFindings, *, paired: bool) -> Chart:
    """The deciding measure of every replication, in classes; `paired`: against the reference."""
    unit = words.unit_of(findings.by_week.name, findings.currency, difference=True)
    shown = Shown("value", ", ".join(filter(None, (findings.by_week.label, unit))))
    times = 100.0 if findings.decide.unit == "share" else 1.0
    names = findings.others if paired else findings.ranked
    beside = [[name, *([_win_rate(findings, name)] if paired else [])] for name in names]
    rows = [
        (name, len(names) - 1 - place, times * value)
        for place, name in enumerate(names)
        for value in _deciding(findings, name, paired=paired).tolist()
        if not isnan(value)
    ]
    picture = values.spread(columns("option row value", rows), beside, shown, paired=paired)
    return chart("compare.weeks-paired" if paired else "compare.weeks-each", picture, f=findings)


def _win_rate(findings: CompareFindings, option: str) -> str:
    value = findings.result.outcomes[option].chance[0]
    return "" if isnan(value) else f"win rate {100 * value:.0f} %"


def _deciding(findings: CompareFindings, option: str, *, paired: bool) -> Floats:
    """What decides, of every replication; `paired`: less that of the reference."""
    values, less = (findings.result.outcomes[one].deciding for one in (option, findings.against))
    both = min(len(values), len(less))
    return values[:both] - less[:both] if paired else values


# --- where it comes from ------------------------------------------------------------------------


def bridges(findings: CompareFindings) -> Iterator[Block]:
    """The steps from the reference's margin to that of each option, where help sells."""
    sells = findings.says("incremental_revenue")
    moved = {one.option for one in findings.result.steps if one.value}
    options = [name for name in findings.others if sells and name in moved]
    yield from choice("bridge", "Option", (_bridge(findings, *one) for one in enumerate(options)))


def _bridge(findings: CompareFindings, place: int, option: str) -> Chart:
    data = _steps(findings, option)
    (begins,) = {data["start"][0], data["start"][-1]}
    cut = f" The axis begins at {begins:,.0f}, not at 0." if begins else ""
    picture = values.waterfall(data, Shown("value", f"{findings.currency} {findings.span.per}"))
    said: dict[str, Any] = {"one": CATALOGUE[findings.added_up], "option": option, "cut": cut}
    picks = {"option": option}
    return chart("compare.bridge", picture, f"{place + 1}", picks=picks, f=findings, **said)


def _steps(findings: CompareFindings, option: str) -> Dataset:
    """The steps from the reference's margin to that of an option; they add up."""
    steps = [one for one in findings.result.steps if one.option == option and one.value]
    # the reference has run at least as often: this is its margin on the option's replications
    end = findings.result.outcomes[option].get(findings.added_up).value
    start = end - sum(one.value for one in steps)
    ends = start + np.cumsum([one.value for one in steps])
    sources = _sources(findings)
    lines = [STEPS.get(one.step) or f"{sources[one.source]}: cost" for one in steps]
    floor = bridge_floor([start, *ends.tolist()])
    bounds = [(floor, start), *pairwise((start, *ends.tolist())), (floor, end)]
    names = _distinct([findings.against, *lines, option])
    said = [("more" if one.value > 0 else "less", signed(one.value, "money")) for one in steps]
    totals = [("total", number(one, "money")) for one in (start, end)]
    return columns(
        "line next start end right kind text",
        [
            (name, after, *pair, max(pair), *what)
            for name, after, pair, what in zip(
                names, [*names[1:], None], bounds, [totals[0], *said, totals[1]], strict=True
            )
        ],
    )


LEAST_SEEN = 0.3
"""Of the largest total: smaller steps are told from an axis that does not begin at 0."""


def bridge_floor(places: Sequence[float]) -> float:
    """Where the totals of a bridge begin: at 0, or near the least if else no step could be seen."""
    least, most = min(places), max(places)
    if least <= 0.0 or least == most or most - least > LEAST_SEEN * most:
        return 0.0
    step = 10.0 ** np.floor(np.log10(most - least))
    return float(max(np.floor((least - (most - least)) / step) * step, 0.0))


def _sources(findings: CompareFindings) -> dict[str, str]:
    """Source -> its name; of a pool and a channel of one name, with what they are."""
    groups = findings.groups("source")
    names = [group.partition(" ")[2] for group in groups]
    return {
        group: name if names.count(name) == 1 else group
        for group, name in zip(groups, names, strict=True)
    }


def _distinct(names: Sequence[str]) -> list[str]:
    """An option may be called like a step: each line has a name of its own."""
    return [
        name if name not in names[:place] else f"{name} ({place + 1})"
        for place, name in enumerate(names)
    ]


def when(findings: CompareFindings) -> Iterator[Block]:
    """By window, by channel, and hour by hour of the week."""
    with debug_mode(False):
        for by in BY_GROUP:
            found = (_matrix(findings, by, name) for name in compared_by(findings, by))
            yield from choice(f"by-{by}", f"By {by}, difference in", found)
        yield from choice("maps", "Hour by hour, difference in", _maps(findings))


def _matrix(findings: CompareFindings, by: str, measure: str) -> Chart:
    """Every option's difference in a measure, by the groups of a split."""
    one, currency = measure_of(measure), findings.currency
    found = [
        gap
        for name in findings.others
        for group in findings.groups(by)
        if (gap := findings.difference(name, measure, by, group))
    ]
    data: Dataset = {
        "option": [gap.option for gap in found],
        by: [gap.group for gap in found],
        "sure": [int(significant(gap)) for gap in found],
        "error": [words.error_of(gap) for gap in found],
        **differences(found, currency),
    }
    shown = measured(measure, currency, difference=True)
    picture = cells.matrix(data, shown, by, less_is_better=one.better < 0)
    name = f"{by}-{slug(measure)}"
    return chart("compare.by-group", picture, name=name, f=findings, one=one, by=by)


def _maps(findings: CompareFindings) -> Iterator[Chart]:
    data = _hours(findings)
    shown = {
        "unanswered": ("contacts an hour", ",.1f"),
        "missed_buyers": ("customers an hour", ",.1f"),
        "answer_rate": ("points", ",.1f"),
        "margin": (f"{findings.currency} an hour", ",.0f"),
        "per_hour": (findings.currency, ",.0f"),
    }
    for name, (unit, form) in shown.items():
        if all(isnan(float(str(value))) for value in data[name]):
            continue
        one = CATALOGUE.get(name)
        label = one.label if one else "Margin per added agent hour"
        picture = cells.week_map(
            data,
            Shown("value", f"{label}, {unit}", form),
            top=f"datum.{name}",
            bottom=f"isValid(datum.{name}) ? 1 : 0",
            signed=True,
            bound=cells.largest(data[name]),
            less_is_better=one is not None and one.better < 0,
            one_of="option",
        )
        yield chart("compare.hours", picture, name, f=findings, label=label)


LEAST = 0.25
"""Agents more than the reference has, below which there is no margin for each of their hours."""


def _hours(findings: CompareFindings) -> Dataset:
    """Hour of the week by hour of the week; only what is significant.

    Columns: `option`, `hour`, `first` (1 of the option shown first), `against`, the measures of
    `HOURLY` (shares in points, the others for one such hour), `per_hour`: margin for every agent
    hour that the option has more than the reference.
    """
    times = words.times_of_hours(findings.study.reference.scenario)
    sums: dict[tuple[str, int], dict[str, float]] = {}
    for one in findings.result.differences:
        if one.by == "hour":
            cell = sums.setdefault((one.option, hour_of(one.group)), {})
            each = max(times[hour_of(one.group)], 1) if one.unit != "share" else 1
            sure = significant(one) or one.measure == "hours"
            cell[one.measure] = scaled(one)[0] / each if sure else nan
    return {
        "option": [option for option, _ in sums],
        "hour": [hour for _, hour in sums],
        "first": [int(option == findings.shown) for option, _ in sums],
        "against": [findings.against] * len(sums),
        **{name: [cell.get(name, nan) for cell in sums.values()] for name in HOURLY},
        "per_hour": [_each(cell) for cell in sums.values()],
    }


def _each(cell: dict[str, float]) -> float:
    more = cell.get("hours", 0.0)
    return cell.get("margin", nan) / more if more >= LEAST else nan


def cost(findings: CompareFindings) -> Iterator[Block]:
    """What every option costs, by source."""
    rows = [
        (name, part, row.value)
        for name in findings.ranked
        for source, part in _sources(findings).items()
        if (row := findings.row(name, "cost", "source", source)) is not None and row.value > 0
    ]
    yield cost_chart(findings, "option", rows)
