"""The pictures of a run: maps of the week, where contacts end, waits, costs, with their data."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import cycle
from math import isnan

import altair as alt
import numpy as np

from sim.measures import CATALOGUE, COST_PARTS, Row
from sim.measures.ends import WAITS
from sim.report import cells, charts, values, weeks, words
from sim.report.blocks import Block, Chart, Dataset
from sim.report.charts import Shown
from sim.report.drawing import chart, choice, cost_chart, estimates, measured
from sim.report.numbers import brief_duration
from sim.report.pictures import for_vega
from sim.report.run_findings import RunFindings
from sim.report.waits import waits as waits_of
from sim.report.words import COSTS, ENDINGS, UNANSWERED
from sim.scenario.distributions import Distribution
from sim.tables import Floats

FILTERS = ("channel", "pool", "window")
WINDOW = ("window",)

COLOURS = {
    "abandoned": charts.VERMILION,
    "blocked": charts.PURPLE,
    "closed": charts.ORANGE,
    "expired": charts.YELLOW,
}

POOLS = (charts.BLUE, charts.SKY, charts.GREEN)
"""Colours of those who answer, again and again."""

COMPARED = (
    *("answer_rate", "service_level", "abandonment", "unanswered", "missed_buyers"),
    *("occupancy", "margin", "satisfaction"),
)
"""Measures compared by window, channel and pool."""


def when(findings: RunFindings) -> Iterator[Block]:
    """When contacts go unanswered, and where."""
    yield from choice("maps", "Show", _maps(findings))
    several = [name for name in COMPARED if len(_split_rows(findings, name)) > 1]
    yield from choice("compared", "Compare", (_compared(findings, name) for name in several))


def waits(findings: RunFindings) -> Iterator[Block]:
    """How long customers wait, by channel."""
    data = {name: column.tolist() for name, column in findings.ends.waits.items()}
    channels = _channels_with_waits(findings)
    yield from choice("waits", "Channel", (_waits(findings, one, data) for one in channels))


def cost(findings: RunFindings) -> Iterator[Block]:
    """What it costs, by source."""
    if findings.value("cost"):
        yield cost_chart(findings, "source", _costs(findings))


# --- maps of the week -------------------------------------------------------------------------


def _maps(findings: RunFindings) -> Iterator[Chart]:
    """Maps of the week: measure, unit, format, data, what is added up, and divided by, filters."""

    def made_of(*endings: str) -> str:
        return f"indexof({list(endings)!r}, datum.ending) >= 0 ? datum.contacts : 0"

    ends, hours, answered = findings.by_ending, findings.by_hour, made_of("answered")
    wanted, offered = made_of("answered", *UNANSWERED), made_of("answered", "abandoned")
    in_time, split = "answered within the threshold", ("channel", "window")
    an_hour, margin = ("contacts an hour", ",.1f"), f"{findings.currency} an agent hour"
    maps: tuple[tuple[str, str, str, Dataset, str, str, tuple[str, ...]], ...] = (
        ("unanswered", *an_hour, ends, made_of(*UNANSWERED), "", split),
        ("missed_buyers", "customers an hour", ",.1f", hours, "datum.missed_buyers", "", WINDOW),
        ("answer_rate", "answered", ".1%", ends, answered, wanted, split),
        ("service_level", in_time, ".1%", ends, "datum.in_time", offered, split),
        ("answered", *an_hour, ends, answered, "", FILTERS),
        ("margin", margin, ",.0f", hours, "datum.margin", "datum.agent_hours", WINDOW),
    )
    groups = findings.result.groups("hour")
    margins = [findings.value("margin_per_hour", "hour", hour) for hour in groups]
    needs = {"missed_buyers": "missed_buyers", "margin": "cost"}
    for name, unit, form, data, top, bottom, filters in maps:
        if name in needs and not findings.value(needs[name]):
            continue
        money = name == "margin"
        picture = cells.week_map(
            data,
            Shown("value", unit, form),
            top=top,
            bottom=bottom,
            signed=money,
            bound=cells.largest(margins) if money else 0.0,
            filters=filters,
        )
        one = CATALOGUE["margin_per_hour" if money else name]
        yield chart("run.by-hour", picture, name=f"{words.slug(name)}-by-hour", one=one)


# --- by window, channel and pool --------------------------------------------------------------


def _split_rows(findings: RunFindings, name: str) -> list[Row]:
    splits = CATALOGUE[name].splits
    return [
        row
        for by in ("window", "channel", "pool")
        if by in splits and (len(findings.result.groups(by)) > 1 or by == "pool")
        for group in findings.result.groups(by)
        if not isnan((row := findings.result.get(name, by, group)).value)
    ]


def _compared(findings: RunFindings, name: str) -> Chart:
    one, rows = CATALOGUE[name], _split_rows(findings, name)
    data: Dataset = {
        "of": [f"{row.by} {row.group}" for row in rows],
        **{by: [row.group if row.by == by else "" for row in rows] for by in FILTERS},
        **estimates(rows, findings.currency),
    }
    picture = values.intervals(data, measured(name, findings.currency), bars=True)
    return chart("run.compared", picture, name, f=findings, one=one)


# --- the week, and where contacts end ----------------------------------------------------------


def week(findings: RunFindings) -> Iterator[Block]:
    """The week, hour by hour."""
    base = charts.only(charts.table("ends"), FILTERS)
    became = (
        "datum.ending == 'answered' ? 'answered' : "
        f"indexof({list(UNANSWERED)!r}, datum.ending) >= 0 ? 'unanswered' : 'other'"
    )
    arrivals = (
        base.transform_calculate(became=became)
        .transform_aggregate(contacts="sum(contacts)", groupby=["hour", "became"])
        .transform_stack(
            stack="contacts",
            groupby=["hour"],
            sort=[alt.SortField("became")],
            as_=["bottom", "top"],
        )
    )
    waited = (
        base.transform_filter("datum.ending == 'answered' && (channel != '' || datum.live == 1)")
        .transform_aggregate(waited="sum(waited)", contacts="sum(contacts)", groupby=["hour"])
        .transform_calculate(wait="datum.waited / datum.contacts")
    )
    colours = alt.Scale(
        domain=["answered", "unanswered", "other"],
        range=[charts.SKY, charts.VERMILION, charts.GREY],
    )
    came = weeks.panel(
        arrivals,
        Shown("top", "contacts", ",.1f"),
        alt.Color("became:N", title=None, scale=colours),
        [("became", "became"), ("contacts", "contacts an hour", ",.1f")],
        bottom="bottom:Q",
    )
    hourly = charts.table("hours")
    below = [
        came,
        weeks.panel(hourly, Shown("agents", "agents", ",.1f"), charts.BLUE),
        weeks.panel(hourly, Shown("occupancy", "occupancy", ".1%"), charts.GREEN),
        weeks.panel(waited, Shown("wait", "ASA, s"), charts.PURPLE),
    ]
    data = {"ends": findings.by_ending, "hours": findings.by_hour}
    yield chart("run.week", weeks.panels(below, data, FILTERS))


def ends(findings: RunFindings) -> Iterator[Block]:
    """How the contacts of each channel end: a bar of parts, that of each pool first."""
    seen = set(findings.ends.contacts["ending"].tolist())
    others = [name for name in ENDINGS if name in seen and name != "answered"]
    colours = dict(zip(map(for_vega, findings.scenario.pools), cycle(POOLS), strict=False))
    colours |= {ENDINGS[name].lower(): COLOURS.get(name, charts.GREY) for name in others}
    parts = (
        charts.only(charts.table("ends"), FILTERS)
        .transform_aggregate(contacts="sum(all_of_them)", groupby=["channel", "end"])
        .transform_joinaggregate(all="sum(contacts)")
        .transform_calculate(
            share="datum.contacts / datum.all",
            place=f"indexof({json.dumps([*colours])}, datum.end)",
        )
        .transform_stack(
            stack="contacts",
            groupby=["channel"],
            sort=[alt.SortField("place")],
            as_=["begins", "stops"],
        )
        .transform_calculate(middle="(datum.begins + datum.stops) / 2")
    )
    across = charts.quantity(alt.X, "begins", Shown("", "contacts"))
    channels = [*map(for_vega, findings.scenario.channels)]
    scale = alt.Scale(domain=[*colours], range=[*colours.values()])
    legend = alt.Legend(columns=alt.ExprRef("narrow ? 2 : 6"), labelLimit=charts.room())
    told = (("channel", "channel"), ("end", "ends"))
    layers = cells.cells(
        parts,
        {"x": across, "y": charts.names_down("channel", sort=channels)},
        alt.Color("end:N", title=None, scale=scale, legend=legend),
        charts.tips(*told, ("contacts", "contacts", ",.1f"), ("share", "of all", ".1%")),
        [("end", 11, 0, cells.where_it_fits("begins", "stops", "end"))],
        dark="luminance(scale('color', datum.end)) < 0.35",
        end={"x2": "stops:Q", "middle": alt.X("middle:Q")},
    )
    picture = charts.finished(
        layers,
        {"ends": findings.by_ending},
        FILTERS,
        width=charts.WIDTH - 100,
        height=alt.Step(44),
    )
    yield chart("run.ends", picture, f=findings)


# --- waits --------------------------------------------------------------------------------------


def _channels_with_waits(findings: RunFindings) -> list[str]:
    channels = findings.result.scenario.channels
    waited = set(findings.ends.waits["channel"].tolist())
    return [name for name, one in channels.items() if name in waited and not one.unlimited]


def _waits(findings: RunFindings, channel: str, waits: Dataset) -> Chart:
    end = _longest(findings, channel)
    place = list(findings.result.scenario.channels).index(channel)
    thresholds = _thresholds(findings, channel)
    texts = [f"{one:g} s" if one < 60 else brief_duration(one) for one in thresholds]
    picture = waits_of(
        waits,
        _borne(findings, channel, end),
        {"seconds": thresholds, "what": [f"threshold: {one}" for one in texts]},
        longest=end,
        filters=("window",),
        channel=for_vega(channel),
    )
    picks = {"channel": channel}
    return chart("run.waits", picture, f"{place}-{channel}", picks=picks, channel=channel)


def _longest(findings: RunFindings, channel: str) -> float:
    """The end of the axis of waits: most waits and most of the patience lie before it."""
    waits = findings.ends.waits
    mine = (waits["channel"] == channel) & np.isfinite(waits["upto"])
    upto, contacts = waits["upto"][mine], waits["contacts"][mine]
    order = np.argsort(upto)
    past = np.cumsum(contacts[order]) / max(contacts.sum(), 1e-12)
    most = float(upto[order][np.searchsorted(past, 0.985)]) if len(upto) else 60.0
    wanted = max(most, 1.5 * _thresholds(findings, channel)[-1], 10.0)
    return float(WAITS[np.searchsorted(WAITS, min(wanted, WAITS[-2]))])


def _thresholds(findings: RunFindings, channel: str) -> list[float]:
    scenario = findings.result.scenario
    return scenario.run.thresholds(channel, scenario.reasons)


def _borne(findings: RunFindings, channel: str, longest: float) -> Dataset:
    """How many would still be there, and still ready to buy, if nobody answered."""
    seconds = np.linspace(0.0, longest, 121)
    ends = findings.ends.contacts  # of those who waited or were answered
    waited = np.isin(ends["ending"], ["answered", "abandoned"])
    weights = findings.reasons((ends["channel"] == channel) & waited)
    reasons = findings.result.scenario.reasons
    live = findings.result.scenario.channels[channel].live
    lines: dict[str, Floats] = {}
    if live and any(_gives_up(reasons[name].patience.at(channel)) for name in weights):
        lines["would still wait, unanswered"] = _mix(
            weights, lambda name: reasons[name].patience.at(channel).survival(seconds)
        )
    buyers = {name: size for name, size in weights.items() if reasons[name].buying is not None}
    if buyers:
        total = sum(buyers.values())
        shares = {name: size / total for name, size in buyers.items()}
        lines["of those ready to buy: still are"] = _mix(
            shares, lambda name: _window(findings, name, channel).survival(seconds)
        )
    lines = _apart(lines)
    return {
        "seconds": [*seconds.tolist()] * len(lines),
        "left": [float(value) for line in lines.values() for value in line],
        "what": [what for what in lines for _ in seconds],
    }


def _apart(lines: dict[str, Floats]) -> dict[str, Floats]:
    """Two lines that are the same become one."""
    first, *others = [*lines.values(), np.zeros(0)]
    if len(others) == 2 and np.allclose(first, others[0]):
        return {"would still wait, and be ready to buy": first}
    return lines


def _mix(weights: dict[str, float], curve: Callable[[str], Floats]) -> Floats:
    total = sum(size * curve(name) for name, size in weights.items())
    return np.asarray(total, dtype=np.float64)


def _gives_up(patience: Distribution) -> bool:
    return bool(patience.survival(np.array([30 * 86400.0]))[0] < 1)


def _window(findings: RunFindings, reason: str, channel: str) -> Distribution:
    who = findings.result.scenario.reasons[reason]
    assert who.buying is not None
    window = who.buying.window
    return who.patience.at(channel) if isinstance(window, str) else window


# --- cost ---------------------------------------------------------------------------------------


def _costs(findings: RunFindings) -> Iterator[tuple[str, str, float]]:
    """Source, part and amount."""
    for source in findings.result.groups("source"):
        for name in COST_PARTS:
            if (value := findings.value(name, "source", source)) > 0:
                yield source.partition(" ")[2], COSTS[name].lower(), value
