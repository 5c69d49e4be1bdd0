"""What the pictures of a comparison draw: tables of plain columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import isfinite, isnan, nan
from typing import Any

import numpy as np

from sim.experiment.bridge import COST
from sim.experiment.compare import HOURLY, Difference
from sim.experiment.vary import Vary
from sim.measures import CATALOGUE, Row
from sim.report.chosen import WAITS, hour_of, times_of_hours
from sim.report.compare_told import Told, is_sure
from sim.report.numbers import half_width, number, signed
from sim.report.option_charts import STANDINGS
from sim.report.page import Dataset
from sim.tables import Floats

MEASURES = {
    "margin": "Margin",
    "incremental_revenue": "Incremental revenue",
    "cost": "Cost",
    "unanswered": "Unanswered",
    "missed_buyers": "Missed buyers",
    "conversion": "Conversion",
    "answer_rate": "Answer rate",
    "service_level": "Service level",
    "asa": "ASA",
    "satisfaction": "Satisfaction",
}
"""Measures in which options are set against the reference, with a short label."""

BY_GROUP = {
    "window": ("margin", "unanswered", "missed_buyers", "service_level"),
    "channel": ("unanswered", "service_level", "asa", "satisfaction"),
}
"""Split -> measures in which it is told where the difference comes from."""

SERVICE = ("answer_rate", "service_level", "satisfaction")

STEPS = {
    "reached": "Buyers reached",
    "conversion": "Conversion",
    "basket": "Value of a sale",
    "unaided": "Would have come anyway",
    "gross_margin": "Gross margin rate",
}
"""Steps of the margin, as the picture calls them; those of cost are called by their source."""

CLASSES = 44
"""Of the values of replications, over all options."""


def compared(told: Told) -> dict[str, str]:
    """The measures in which the options differ, the deciding one first, with their labels."""
    labels = {told.decide.name: told.decide.label} | MEASURES
    return {
        name: label
        for name, label in labels.items()
        if not (name in WAITS and told.mixed)
        and any(
            (one := told.difference(option, name)) is not None and one.value
            for option in told.others
        )
    }


def compared_by(told: Told, by: str) -> dict[str, str]:
    """The same by the groups of a split."""
    if len(told.groups(by)) < 2:
        return {}
    names = dict.fromkeys((told.decide.name, *BY_GROUP[by]))
    labels = {told.decide.name: told.decide.label} | MEASURES
    return {
        name: labels[name]
        for name in names
        if by in CATALOGUE[name].splits
        and any(
            (one := told.difference(option, name, by, group)) is not None and one.value
            for option in told.others
            for group in told.groups(by)
        )
    }


def services(told: Told) -> list[str]:
    """The measures to set against the deciding one: of service, or cost if that is one itself."""
    names = (*SERVICE, COST) if told.decide.name in SERVICE else SERVICE
    return [
        name
        for name in names
        if name != told.decide.name
        and all(told.row(option, name) for option in told.result.outcomes)
        and len({told.result.outcomes[option].get(name).value for option in told.ranked}) > 1
    ]


def unit_of(told: Told, measure: str, *, difference: bool = False) -> str:
    """The unit of a measure, as the title of an axis says it."""
    unit = CATALOGUE[measure].unit
    share = "points" if difference else ""
    return {"share": share, "money": told.currency, "s": "s", "h": "hours"}.get(unit, unit)


# --- one option against the reference -----------------------------------------------------------


def scaled(found: Difference) -> tuple[float, float, float]:
    """Value and bounds; of shares in points."""
    size = 100.0 if found.unit == "share" else 1.0
    return found.value * size, found.low * size, found.high * size


def differences(told: Told, measure: str) -> Dataset:
    """Every option's difference in a measure."""
    found = [one for name in told.others if (one := told.difference(name, measure))]
    rows = [(one, *scaled(one)) for one in found]
    return {
        "option": [one.option for one, *_ in rows],
        "value": [value for _, value, _, _ in rows],
        "low": [low if isfinite(low) else None for _, _, low, _ in rows],
        "high": [high if isfinite(high) else None for _, _, _, high in rows],
        "end": [high if isfinite(high) else value for _, value, _, high in rows],
        "text": [doubtful(one) for one in found],
        "interval": [told.sure(one) for one in found],
    }


def doubtful(found: Difference) -> str:
    """A difference with its sign; in parentheses where not significant."""
    if found.low == found.value == found.high == 0:
        return "0"
    said = signed(found.value, found.unit)
    return said if is_sure(found) else f"({said})"


def matrix(told: Told, by: str, measure: str) -> Dataset:
    """Every option's difference in a measure, by the groups of a split."""
    found = [
        one
        for name in told.others
        for group in told.groups(by)
        if (one := told.difference(name, measure, by, group))
    ]
    return {
        "option": [one.option for one in found],
        by: [one.group for one in found],
        "value": [scaled(one)[0] for one in found],
        "sure": [int(is_sure(one)) for one in found],
        "text": [doubtful(one) for one in found],
        "error": [
            half_width(one.low, one.high, one.unit) if one.low < one.high else "" for one in found
        ],
        "interval": [told.sure(one) for one in found],
    }


def bridge(told: Told, option: str) -> Dataset:
    """The steps from the reference's margin to that of an option; they add up."""
    steps = [one for one in told.result.steps if one.option == option and one.value]
    # the reference has run at least as often: this is its margin on the option's replications
    end = told.result.outcomes[option].get("margin").value
    start = end - sum(one.value for one in steps)
    ends = start + np.cumsum([one.value for one in steps])
    sources = _sources(told)
    lines = [STEPS.get(one.step) or f"{sources[one.source]}: cost" for one in steps]
    floor = bridge_floor([start, *ends.tolist()])
    bounds = [(floor, start), *pairwise((start, *ends.tolist())), (floor, end)]
    kinds = ["total", *("more" if one.value > 0 else "less" for one in steps), "total"]
    names = _told_apart([told.against, *lines, option])
    return {
        "line": names,
        "next": [*names[1:], None],
        "start": [low for low, _ in bounds],
        "end": [high for _, high in bounds],
        "right": [max(pair) for pair in bounds],
        "kind": kinds,
        "text": [
            number(start, "money"),
            *(signed(one.value, "money") for one in steps),
            number(end, "money"),
        ],
    }


def bridge_floor(places: Sequence[float]) -> float:
    """Where the totals of a bridge begin: at 0, or near the least if else no step could be seen."""
    least, most = min(places), max(places)
    if least <= 0.0 or least == most or most - least > LEAST_SEEN * most:
        return 0.0
    step = 10.0 ** np.floor(np.log10(most - least))
    return float(max(np.floor((least - (most - least)) / step) * step, 0.0))


LEAST_SEEN = 0.3
"""Of the largest total: smaller steps are told from an axis that does not begin at 0."""


def _sources(told: Told) -> dict[str, str]:
    """Source -> its name; of a pool and a channel of one name, with what they are."""
    groups = told.groups("source")
    names = [group.partition(" ")[2] for group in groups]
    return {
        group: name if names.count(name) == 1 else group
        for group, name in zip(groups, names, strict=True)
    }


def _told_apart(names: Sequence[str]) -> list[str]:
    """An option may be called like a step: each line has a name of its own."""
    return [
        name if name not in names[:place] else f"{name} ({place + 1})"
        for place, name in enumerate(names)
    ]


def hours(told: Told) -> Dataset:
    """Hour of the week by hour of the week; only what is no chance.

    Columns: `option`, `hour`, `first` (1 of the option shown first), `against`, the measures of
    `HOURLY` (shares in points, the others for one such hour), `per_hour`: margin for every agent
    hour that the option has more than the reference.
    """
    times = times_of_hours(told.study.reference.scenario)
    sums: dict[tuple[str, int], dict[str, float]] = {}
    for one in told.result.differences:
        if one.by == "hour":
            cell = sums.setdefault((one.option, hour_of(one.group)), {})
            each = max(times[hour_of(one.group)], 1) if one.unit != "share" else 1
            sure = is_sure(one) or one.measure == "hours"
            cell[one.measure] = scaled(one)[0] / each if sure else nan
    return {
        "option": [option for option, _ in sums],
        "hour": [hour for _, hour in sums],
        "first": [int(option == told.shown) for option, _ in sums],
        "against": [told.against] * len(sums),
        **{name: [cell.get(name, nan) for cell in sums.values()] for name in HOURLY},
        "per_hour": [_each(cell) for cell in sums.values()],
    }


LEAST = 0.25
"""Agents more than the reference has, below which there is no margin for each of their hours."""


def _each(cell: dict[str, float]) -> float:
    more = cell.get("hours", 0.0)
    return cell.get("margin", nan) / more if more >= LEAST else nan


# --- all options --------------------------------------------------------------------------------


def trade_off(told: Told, measure: str) -> Dataset:
    """Every option by the deciding measure and another one."""
    names = told.ranked
    x = [told.result.outcomes[name].get(measure) for name in names]
    y = [told.result.outcomes[name].get(told.decide.name) for name in names]
    places = list(zip(_places(x), _places(y), strict=True))
    standing = [
        STANDINGS[0 if name == told.result.leader else 1 if name in told.result.rivals else 2]
        for name in names
    ]
    return {
        "option": names,
        "standing": standing,
        "left": [int(place > 0.65) for place, _ in places],
        "dy": _beside(names, places),
        **{f"x{end}": column for end, column in _bounded(told, x).items()},
        **{f"y{end}": column for end, column in _bounded(told, y).items()},
    }


def _places(rows: Sequence[Row]) -> list[float]:
    """Where values lie in a picture of them and their intervals, from 0 to 1."""
    known = [one for row in rows for one in (row.value, row.low, row.high) if isfinite(one)]
    least, room = min(known), (max(known) - min(known)) or 1.0
    return [(row.value - least) / room for row in rows]


PICTURE = (500.0, 340.0)
"""Its size in pixels, where names are to be kept apart: between a telephone and a screen."""

WORD = (7.0, 14.0)
"""Width of a letter and height of a line, pixels."""


def _beside(names: Sequence[str], places: Sequence[tuple[float, float]]) -> list[int]:
    """How far above or below its point each name stands so that it covers no other."""
    taken: list[tuple[float, float, float]] = []  # from, to, height
    found = []
    for name, (across, up) in zip(names, places, strict=True):
        at, height = across * PICTURE[0], (1.0 - up) * PICTURE[1]
        length = WORD[0] * min(len(name), 20)
        start, end = (at - length, at) if across > 0.65 else (at, at + length)
        for shift in (-9, 13, -24, 28, -39, 43, -54, 58):
            free = all(
                end < a or start > b or abs(height + shift - c) >= WORD[1] for a, b, c in taken
            )
            if free:
                break
        taken.append((start, end, height + shift))
        found.append(shift)
    return found


def _bounded(told: Told, rows: Sequence[Row]) -> dict[str, list[Any]]:
    return {
        "": [row.value for row in rows],
        "_low": [row.low for row in rows],
        "_high": [row.high for row in rows],
        "_text": [f"{told.say(row)} ({told.sure(row)})" for row in rows],
    }


def spread(told: Told, *, paired: bool) -> Dataset:
    """The deciding measure of every replication, in classes; `paired`: against the reference."""
    values = _paired(told) if paired else _each_option(told)
    known = np.concatenate(list(values.values()))
    size = 100.0 if told.decide.unit == "share" else 1.0
    edges = _edges(known * size)
    counts = {name: np.histogram(one * size, edges)[0] / len(one) for name, one in values.items()}
    rows = [
        (place, name, low, high, share, share / shares.max())
        for place, (name, shares) in enumerate(counts.items())
        for low, high, share in zip(edges, edges[1:], shares, strict=False)
        if share > 0
    ]
    floors = [float(len(values) - 1 - place) for place, *_ in rows]
    columns = dict(
        zip(
            ("place", "option", "low", "high", "share", "height"),
            zip(*rows, strict=True),
            strict=True,
        )
    )
    middles = [told.sign * (low + high) / 2 for _, _, low, high, *_ in rows]
    return {
        "option": columns["option"],
        "low": columns["low"],
        "high": columns["high"],
        "bottom": floors,
        "top": [
            floor + 0.85 * height for floor, height in zip(floors, columns["height"], strict=True)
        ],
        "better": [int(middle > 0) if paired else None for middle in middles],
        "text": [f"{_brief(low)} to {_brief(high)}" for _, _, low, high, *_ in rows],
        "said": [number(float(share), "share") for share in columns["share"]],
    }


def _paired(told: Told) -> dict[str, Floats]:
    reference = told.result.outcomes[told.against].deciding
    found = {}
    for name in told.others:
        option = told.result.outcomes[name].deciding
        both = min(len(option), len(reference))
        found[name] = _known(option[:both] - reference[:both])
    return {name: values for name, values in found.items() if len(values)}


def _each_option(told: Told) -> dict[str, Floats]:
    found = {name: _known(told.result.outcomes[name].deciding) for name in told.ranked}
    return {name: values for name, values in found.items() if len(values)}


def _known(values: Floats) -> Floats:
    return np.asarray(values[~np.isnan(values)])


def _edges(values: Floats) -> Floats:
    """Classes of a round width, one of them with its edge at 0."""
    width = (values.max() - values.min()) / CLASSES or 1.0
    power = 10.0 ** np.floor(np.log10(width))
    width = power * next(step for step in (1, 2, 5, 10) if step * power >= width)
    first, last = np.floor(values.min() / width), np.floor(values.max() / width) + 1
    return np.asarray(np.arange(first, last + 1) * width)


def _brief(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 10 else f"{value:,.3g}"


def costs(told: Told) -> Dataset:
    """What every option costs, by source."""
    sources = _sources(told)
    places = list(sources)
    rows = [
        (name, source, row)
        for name in told.ranked
        for source in sources
        if (row := told.row(name, "cost", "source", source)) is not None and row.value > 0
    ]
    return {
        "line": [name for name, _, _ in rows],
        "option": [name for name, _, _ in rows],
        "part": [sources[source] for _, source, _ in rows],
        "place": [places.index(source) for _, source, _ in rows],
        "value": [row.value for _, _, row in rows],
        "text": [told.say(row) for _, _, row in rows],
    }


# --- what is uncertain --------------------------------------------------------------------------

MATTERS = {
    "yes": "the answer depends on it",
    "no": "the answer stays",
    "unclear": "the data do not tell",
}


def tornado(told: Told, vary: Vary) -> Dataset:
    """How far each uncertain input moves the lead of the chosen option over its rival."""
    now, size = vary.base.lead, 100.0 if told.decide.unit == "share" else 1.0
    ends = [
        (
            min(one.trials, key=lambda trial: trial.lead.value),
            max(one.trials, key=lambda trial: trial.lead.value),
        )
        for one in vary.factors
    ]
    every = len(vary.factors)
    return {
        "line": [one.factor.path for one in vary.factors],
        "depends": [MATTERS[one.depends] for one in vary.factors],
        "least": [least.lead.value * size for least, _ in ends],
        "most": [most.lead.value * size for _, most in ends],
        "at_least": [least.text for least, _ in ends],
        "at_most": [most.text for _, most in ends],
        "base": [now.value * size] * every,
        "base_low": [now.low * size if not isnan(now.low) else None] * every,
        "base_high": [now.high * size if not isnan(now.high) else None] * every,
    }


def bound(values: Iterable[object]) -> float:
    """The largest size of numbers; of no numbers 1."""
    return max((abs(x) for x in values if isinstance(x, float) and isfinite(x)), default=1.0) or 1.0


def together(datasets: Iterable[tuple[str, Dataset]]) -> dict[str, Dataset]:
    """Those of the datasets that hold anything."""
    return {name: data for name, data in datasets if any(map(len, data.values()))}
