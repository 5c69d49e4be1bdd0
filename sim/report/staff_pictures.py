"""The pictures of a staffing: the plan, its targets, what it is worth, service by hour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import accumulate
from math import isfinite, isnan, nan
from typing import TYPE_CHECKING

from sim.experiment.staffed import ERLANG, FOUND, PRESENT
from sim.experiment.staffing.around import curve_target
from sim.experiment.staffing.erlang import Start
from sim.measures import CATALOGUE
from sim.report import charts, option_charts, staff_charts, words
from sim.report.blocks import Block, Chart, Choice, Column, Dataset
from sim.report.charts import Shown
from sim.report.numbers import interval, number
from sim.report.words import BY_CLOCK, WEEKDAYS, capital, clock, hour_of, slug

if TYPE_CHECKING:
    from sim.report.staff_findings import StaffFindings

MAPPED = ("service_level", "unanswered", "occupancy")
"""Measures shown hour by hour of the week, of those that a staffing has by hour."""

CLOCK = (Column("weekday", "Day"), Column("clock", "Time"))


def plan(findings: StaffFindings) -> Iterator[Block]:
    """Who is there: the plan, what it changes, what it covers, its shifts."""
    data, days = _pieces(findings), sorted({slot.day for slot in findings.result.shape.slots})
    people, now = Shown("datum.plan", "people", ",.3~f"), f"datum.{PRESENT}"
    change = Shown(f"datum.plan - {now}", "people more than now", "+,.3~f")
    need = Shown("datum.need", "people", ",.3~f")
    yield Choice(
        "plan",
        "Show",
        (
            _plan_map(findings, data, days, "plan-heads", "This plan", people),
            _plan_map(findings, data, days, "plan-change", "Change from now", change, signed=True),
            _plan_map(findings, data, days, "plan-now", "Now", Shown(now, "people", ",.3~f")),
            _plan_map(findings, data, days, "plan-need", "Needed after Erlang A", need),
        ),
    )
    yield _covered(findings, data, days)
    if findings.result.goal.shifts is not None:
        yield _shifts(findings)


def _pieces(findings: StaffFindings) -> Dataset:
    """The slots of all pools, cut wherever one of any pool begins or ends."""
    shape = findings.result.shape
    need = Start.of(shape, findings.result.goal, findings.result.resolved.targets).heads()
    edges: dict[int, set[int]] = {}
    for slot in shape.slots:
        edges.setdefault(slot.day, set()).update((slot.start, slot.end))
    rows = []
    for place, slot in enumerate(shape.slots):
        cuts = [edge for edge in sorted(edges[slot.day]) if slot.start <= edge <= slot.end]
        rows += [(place, slot, cuts[n], cuts[n + 1]) for n in range(len(cuts) - 1)]
    heads = {name: findings.result.staffings[name].heads for name in findings.names}
    return {
        "pool": [slot.pool for _, slot, _, _ in rows],
        "day": [slot.day for _, slot, _, _ in rows],
        "start": [start / 3600 for *_, start, _ in rows],
        "end": [end / 3600 for *_, end in rows],
        "need": [int(need[place]) for place, *_ in rows],
        "plan": [float(findings.plan.heads[place]) for place, *_ in rows],
        **{name: [float(heads[name][place]) for place, *_ in rows] for name in findings.others},
    }


def _plan_map(
    findings: StaffFindings,
    data: Dataset,
    days: list[int],
    name: str,
    label: str,
    shown: Shown,
    *,
    signed: bool = False,
) -> Chart:
    return Chart(
        name,
        f"People: {label[:1].lower()}{label[1:]}",
        "By weekday and time of day. Those who are absent or on a break are among them.",
        staff_charts.plan_map("data", shown, days, signed=signed, filters=findings.filters),
        {"data": data},
        (*CLOCK, Column("value", shown.label, ",.1f")),
        label,
    )


def _covered(findings: StaffFindings, data: Dataset, days: list[int]) -> Chart:
    names = [("plan", "this plan"), (PRESENT, "now"), ("need", "needed after Erlang A")]
    if ERLANG in findings.others and findings.result.goal.shifts is not None:
        names.append((ERLANG, "shifts that cover it"))
    return Chart(
        "covered",
        "Needed and covered through the week",
        "Columns: people on this plan. Lines: people on the plan now, and what Erlang A asks for "
        "each time by itself, knowing neither retries nor that quiet hours may pay for busy ones.",
        staff_charts.plan_line("data", names, days, findings.filters),
        {
            "data": data,
            "midnights": {"hour": [24 * day for day in range(days[0], days[-1] + 2)]},
        },
        (*CLOCK, *(Column(field, said, ",.1f") for field, said in names)),
    )


def _shifts(findings: StaffFindings) -> Chart:
    counts = findings.plan.counts
    assert counts is not None  # only of the present staffing, which is never chosen
    counted: Counter[tuple[str, int, int, int]] = Counter()
    for duty, count in zip(findings.result.shape.duties, counts.tolist(), strict=True):
        counted[duty.pool, duty.start, duty.end, duty.day] += count
    rows = [(*key, count) for key, count in counted.items() if count]
    data: Dataset = {
        "pool": [pool for pool, *_ in rows],
        "shift": [f"{clock(start)}-{clock(end)}" for _, start, end, *_ in rows],
        "weekday": [WEEKDAYS[day] for *_, day, _ in rows],
        "heads": [count for *_, count in rows],
    }
    return Chart(
        "shifts",
        "Shifts of this plan",
        "How many people begin and end at these times.",
        staff_charts.shift_map("data", findings.filters),
        {"data": data},
        (Column("shift", "Shift"), Column("weekday", "Day"), Column("heads", "People", ",.0f")),
    )


# --- targets and worth --------------------------------------------------------------------------


def targets(findings: StaffFindings) -> Iterator[Block]:
    """Each target of each staffing, and on how many days it holds."""
    yield Choice(
        "targets",
        "Target",
        tuple(_target(findings, place) for place in range(len(findings.plan.held))),
    )
    rows = [
        (_named(findings, place), label, findings.result.staffings[name].held[place])
        for place, held in enumerate(findings.plan.held)
        if not isnan(held.days)
        for name, label in findings.names.items()
    ]
    if not rows:
        return
    days = [(line, label, one.days, one.days_low, one.days_high) for line, label, one in rows]
    if len(findings.plan.held) > 1:
        days += [
            ("All together", label, *findings.result.staffings[name].good_days)
            for name, label in findings.names.items()
        ]
    data: Dataset = {
        "line": [line for line, *_ in days],
        "staffing": [label for _, label, *_ in days],
        **words.bounds_of((value, low, high) for _, _, value, low, high in days),
        "text": [number(value, "share") for _, _, value, *_ in days],
        "interval": [interval(low, high, "share") for *_, low, high in days],
    }
    yield Chart(
        "good-days",
        f"On how many {findings.periods} each target holds",
        f"A target that is reached in the mean is missed on some {findings.periods}. The lines are "
        f"{findings.confidence} intervals.",
        staff_charts.staffings(
            "data",
            Shown("value", f"of {findings.periods}", ".1%"),
            names=list(findings.names.values()),
            lines=len({line for line, *_ in days}),
        ),
        {"data": data},
        (
            *(Column("line", "Target"), Column("staffing", "Staffing")),
            *(Column("text", f"Good {findings.periods}"), Column("interval", "Interval")),
        ),
    )


def _named(findings: StaffFindings, place: int) -> str:
    target = findings.plan.held[place].target
    label = CATALOGUE[target.measure].label
    return label if target.group == "all" else f"{target.group}: {label.lower()}"


def _target(findings: StaffFindings, place: int) -> Chart:
    held = findings.plan.held[place]
    one, name = CATALOGUE[held.target.measure], _named(findings, place)
    rows = [findings.result.staffings[staffing].held[place] for staffing in findings.names]
    data: Dataset = {
        "line": [name] * len(rows),
        "staffing": list(findings.names.values()),
        **words.bounds_of((row.value, row.low, row.high) for row in rows),
        "text": [findings.held(row) for row in rows],
        "interval": [findings.sure(row) or "–" for row in rows],
        "wanted": [held.target.value] * len(rows),
    }
    return _staffings(
        findings,
        f"target-{place}",
        f"{name}: {findings.wanted(held)}",
        f"{one.definition} The dashed line is what is wanted; the others are {findings.confidence} "
        "intervals of the mean.",
        one.name,
        data,
        name,
    )


def worth(findings: StaffFindings) -> Iterator[Block]:
    """Each measure of each staffing, and what the plan differs by."""
    order = sorted(findings.shown, key=lambda name: name != findings.result.aim)
    yield Choice("staffings", "Show", tuple(_worth(findings, name) for name in order))
    if found := tuple(_against(findings, name) for name in order if findings.gaps(name)):
        yield Choice("against", "Difference in", found)


def curve(findings: StaffFindings) -> Iterator[Block]:
    """What plans of fewer and more hours come to."""
    points = findings.result.curve
    target = curve_target(findings.result.resolved.targets)
    measure = target.measure
    unit = CATALOGUE[measure].unit
    joined = accumulate(int(one.told_apart) for one in points)
    data: Dataset = {
        "hours": [one.hours for one in points],
        **words.bounds_of((one.value, one.low, one.high) for one in points),
        "text": [number(one.value, unit, findings.currency) for one in points],
        "interval": [interval(one.low, one.high, unit, findings.currency) for one in points],
        "staffing": ["this plan" if one.plan else "another plan" for one in points],
        "joined": list(joined),
    }
    yield Chart(
        "curve",
        f"{CATALOGUE[measure].label} by hours on duty",
        f"Plans of the search, on the customers of the judgement. Vertical lines are "
        f"{findings.confidence} intervals; thick lines join plans that cannot be told apart.",
        staff_charts.curve(
            "data",
            Shown("hours", CATALOGUE["hours"].label, ",.1f"),
            Shown(
                "value", words.axis_title(measure, findings.currency), words.axis_format(measure)
            ),
        ),
        {"data": data},
        (
            *(Column("hours", "Hours", ",.1f"), Column("text", CATALOGUE[measure].label)),
            *(Column("interval", "Interval"), Column("staffing", "Plan")),
        ),
    )


def _worth(findings: StaffFindings, name: str) -> Chart:
    one = CATALOGUE[name]
    rows = [findings.result.staffings[staffing].get(name) for staffing in findings.names]
    data: Dataset = {
        "line": [one.short] * len(rows),
        "staffing": list(findings.names.values()),
        **words.bounds_of((row.value, row.low, row.high) for row in rows),
        "text": [number(row.value, row.unit, findings.currency) for row in rows],
        "interval": [words.stated(row, findings.currency) or "–" for row in rows],
    }
    return _staffings(
        findings,
        f"worth-{slug(name)}",
        f"{one.label} of an average {findings.span}",
        f"{one.definition} The lines are {findings.confidence} intervals.",
        name,
        data,
        one.short,
    )


def _staffings(
    findings: StaffFindings,
    name: str,
    title: str,
    text: str,
    measure: str,
    data: Dataset,
    label: str,
) -> Chart:
    one = CATALOGUE[measure]
    return Chart(
        name,
        title,
        text,
        staff_charts.staffings(
            "data",
            Shown(
                "value", words.axis_title(measure, findings.currency), words.axis_format(measure)
            ),
            names=list(findings.names.values()),
            lines=1,
            wanted="wanted" in data,
        ),
        {"data": data},
        (
            *(Column("staffing", "Staffing"), Column("text", one.label)),
            Column("interval", "Interval"),
        ),
        label,
    )


def _against(findings: StaffFindings, name: str) -> Chart:
    one, gaps = CATALOGUE[name], findings.gaps(name)
    rows = [words.scaled(gap) for gap in gaps]
    data: Dataset = {
        "option": [f"than {_NAMES[gap.against]}" for gap in gaps],
        **words.bounds_of(rows),
        "end": [max(high if isfinite(high) else value, 0.0) for value, _, high in rows],
        "text": [_change(findings, gap) for gap in gaps],
        "interval": [words.between(gap, findings.currency) or "–" for gap in gaps],
    }
    less = " Less is better." if one.better < 0 else ""
    title = words.axis_title(name, findings.currency, difference=True)
    return Chart(
        f"against-{slug(name)}",
        f"{one.label}: this plan less the others",
        f"On the same customers, so that differences are known better than the values themselves."
        f"{less} In parentheses where not significant ({findings.confidence}).",
        option_charts.differences(
            "data",
            Shown("value", title, words.axis_format(name, difference=True)),
            lines=len(gaps),
        ),
        {"data": data},
        (*(Column("option", "More"), Column("text", "Difference")), Column("interval", "Interval")),
        one.short,
    )


_NAMES = {FOUND: "this plan", ERLANG: "Erlang", PRESENT: "now"}


def _change(findings: StaffFindings, gap: words.Bounded) -> str:
    said = words.more(gap, findings.currency)
    sure = words.significant(gap.low, gap.high) or gap.low == gap.high
    return said if sure else f"({said})"


# --- hour by hour -------------------------------------------------------------------------------


def maps(findings: StaffFindings) -> Iterator[Block]:
    """Service hour by hour of the week: of this plan, of now, and the change."""
    data = _hours(findings)
    found: list[Chart] = []
    for name in MAPPED:
        one = CATALOGUE[name]
        share = one.unit == "share"
        each, form = ("", ".1%") if share else (" an hour", ",.1f")
        plan, now = f"datum.plan_{name}", f"datum.now_{name}"
        for whose, top in (("this plan", plan), ("now", now)):
            shown = Shown("value", one.spoken + each, form)
            known = f"isValid({top}) ? 1 : 0"
            spec = charts.week_map("data", shown, top=top, bottom=known)
            found.append(_hour_map(name, whose, data, spec, shown))
        unit = "points more than now" if share else "more than now, an hour"
        shown = Shown("value", f"{one.spoken}: {unit}", ",.1f")
        spec = charts.week_map(
            "data",
            shown,
            top=f"({plan} - {now}) * {100 if share else 1}",
            bottom=f"isValid({plan}) && isValid({now}) ? 1 : 0",
            signed=True,
            less_is_better=one.better < 0,
        )
        found.append(_hour_map(name, "change", data, spec, shown))
    yield Choice("service-by-hour", "Show", tuple(found))


def _hour_map(name: str, whose: str, data: Dataset, spec: dict[str, object], shown: Shown) -> Chart:
    one = CATALOGUE[name]
    blue = " Blue is better." if whose == "change" else ""
    return Chart(
        f"{slug(name)}-{whose.rsplit(maxsplit=1)[-1]}",
        f"{one.label}, hour by hour: {whose}",
        f"{one.definition}{blue}",
        spec,
        {"data": data},
        (*BY_CLOCK, Column("value", capital(shown.label), shown.format)),
        f"{one.short}: {whose}",
    )


def _hours(findings: StaffFindings) -> Dataset:
    """Measures by hour of the week, of the plan and of now; totals for one such hour."""
    times = words.times_of_hours(findings.result.shape.scenario)
    cells: dict[str, dict[str, float]] = {}
    for prefix, one in (("plan", findings.plan), ("now", findings.result.staffings[PRESENT])):
        for row in one.rows:
            if row.by == "hour" and row.measure in MAPPED:
                each = 1 if row.unit == "share" else max(times[hour_of(row.group)], 1)
                cells.setdefault(row.group, {})[f"{prefix}_{row.measure}"] = row.value / each
    return {
        "hour": [hour_of(group) for group in cells],
        **{
            f"{prefix}_{name}": [cell.get(f"{prefix}_{name}", nan) for cell in cells.values()]
            for prefix in ("plan", "now")
            for name in MAPPED
        },
    }
