"""The pictures of a staffing: the plan, its targets, what it is worth, service by hour."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate, pairwise
from math import isnan, nan
from typing import TYPE_CHECKING, Any

from sim.experiment.staffed import ERLANG, FOUND, PRESENT
from sim.experiment.staffing.around import curve_target
from sim.experiment.staffing.erlang import Start
from sim.measures import CATALOGUE
from sim.measures.slices import ALL
from sim.report import cells, values, weeks, words
from sim.report.blocks import Block, Chart, Dataset
from sim.report.charts import Shown
from sim.report.drawing import (
    chart,
    choice,
    columns,
    estimates,
    hours_curve,
    measure_differences,
    measured,
)
from sim.report.words import WEEKDAYS, Amount, clock, hour_of, slug

if TYPE_CHECKING:
    from sim.report.staff_findings import StaffFindings

MAPPED = ("service_level", "unanswered", "occupancy")
"""Measures shown hour by hour of the week, of those that a staffing has by hour."""


def plan(findings: StaffFindings) -> Iterator[Block]:
    """Who is there: the plan, what it changes, what it covers, its shifts."""
    data = _pieces(findings)
    now = f"datum.{PRESENT}"
    maps = {
        "heads": ("This plan", "datum.plan", "people"),
        "change": ("Change from now", f"datum.plan - {now}", "people more than now"),
        "now": ("Now", now, "people"),
        "need": ("Needed after Erlang A", "datum.need", "people"),
    }
    found = (_plan_map(findings, data, name, *one) for name, one in maps.items())
    yield from choice("plan", "Show", found)
    yield _covered(findings, data)
    if findings.result.goal.shifts is not None:
        yield _shifts(findings)


def _pieces(findings: StaffFindings) -> Dataset:
    """The slots of all pools, cut wherever one of any pool begins or ends."""
    shape = findings.result.shape
    need = Start.of(shape, findings.result.goal, findings.result.resolved.targets).heads()
    edges: dict[int, set[int]] = {}
    for slot in shape.slots:
        edges.setdefault(slot.day, set()).update((slot.start, slot.end))
    heads = {name: findings.result.staffings[name].heads for name in findings.names}
    rows = []
    for place, slot in enumerate(shape.slots):
        cuts = [edge for edge in sorted(edges[slot.day]) if slot.start <= edge <= slot.end]
        counts = [int(need[place]), float(findings.plan.heads[place])]
        counts += [float(heads[name][place]) for name in findings.others]
        for start, end in pairwise(cuts):
            rows.append((slot.pool, slot.day, start / 3600, end / 3600, *counts))
    return columns(" ".join(["pool day start end need plan", *findings.others]), rows)


def _plan_map(
    findings: StaffFindings, data: Dataset, name: str, label: str, formula: str, said: str
) -> Chart:
    shown = Shown(formula, said, "+,.3~f" if " - " in formula else ",.3~f")
    picture = cells.plan_map(data, shown, findings.filters)
    lower = f"{label[:1].lower()}{label[1:]}"
    return chart("staff.plan", picture, name, label=label, lower=lower)


def _covered(findings: StaffFindings, data: Dataset) -> Chart:
    names = [("plan", "this plan"), (PRESENT, "now"), ("need", "needed after Erlang A")]
    if ERLANG in findings.others and findings.result.goal.shifts is not None:
        names.append((ERLANG, "shifts that cover it"))
    return chart("staff.covered", weeks.plan_line(data, names, findings.filters))


def _shifts(findings: StaffFindings) -> Chart:
    rows = [
        (pool, f"{clock(start)}-{clock(end)}", WEEKDAYS[day], count)
        for (pool, start, end, day), count in findings.shifts().items()
    ]
    data = columns("pool shift weekday value", rows)
    return chart("staff.shifts", cells.shift_map(data, findings.filters))


# --- targets and worth --------------------------------------------------------------------------


def targets(findings: StaffFindings) -> Iterator[Block]:
    """Each target of each staffing, and on how many days it holds."""
    held = findings.plan.held
    yield from choice("targets", "Target", (_target(findings, n) for n in range(len(held))))
    rows = [
        (_named(findings, place), label, Amount(one.days, one.days_low, one.days_high, "share"))
        for place, target in enumerate(held)
        if not isnan(target.days)
        for name, label in findings.names.items()
        for one in [findings.result.staffings[name].held[place]]
    ]
    if not rows:
        return
    if len(held) > 1:
        rows += [
            ("All together", label, Amount(*findings.result.staffings[name].good_days, "share"))
            for name, label in findings.names.items()
        ]
    data: Dataset = {
        **columns("target staffing", rows),
        **estimates([days for *_, days in rows], findings.currency),
    }
    shown = Shown("value", f"of {findings.periods}", ".1%")
    yield chart("staff.good-days", values.intervals(data, shown, line="target"), f=findings)


def _named(findings: StaffFindings, place: int) -> str:
    target = findings.plan.held[place].target
    label = CATALOGUE[target.measure].label
    return label if target.group == ALL else f"{target.group}: {label.lower()}"


def _target(findings: StaffFindings, place: int) -> Chart:
    held = findings.plan.held[place]
    one, name = CATALOGUE[held.target.measure], _named(findings, place)
    rows = [findings.result.staffings[staffing].held[place] for staffing in findings.names]
    data: Dataset = {
        "staffing": list(findings.names.values()),
        **estimates(rows, findings.currency),
        "wanted": [held.target.value] * len(rows),
    }
    picture = values.intervals(data, measured(one.name, findings.currency), line="staffing")
    said: dict[str, Any] = {
        "f": findings,
        "one": one,
        "target": name,
        "wanted": findings.wanted(held),
    }
    return chart("staff.target", picture, f"{place}", **said)


def worth(findings: StaffFindings) -> Iterator[Block]:
    """Each measure of each staffing, and what the plan differs by."""
    order = sorted(findings.shown, key=lambda name: name != findings.result.aim)
    yield from choice("staffings", "Show", (_worth(findings, name) for name in order))
    found = (_against(findings, name) for name in order if findings.gaps(name))
    yield from choice("against", "Difference in", found)


def curve(findings: StaffFindings) -> Iterator[Block]:
    """What plans of fewer and more hours come to."""
    points = findings.result.curve
    measure = curve_target(findings.result.resolved.targets).measure
    unit, joined = CATALOGUE[measure].unit, accumulate(int(one.told_apart) for one in points)
    plans = ("this plan" if one.plan else "another plan" for one in points)
    found = (Amount(one.value, one.low, one.high, unit) for one in points)
    rows = zip((one.hours for one in points), found, plans, joined, strict=True)
    picture = hours_curve(measure, findings.currency, rows)
    yield chart("staff.curve", picture, f=findings, one=CATALOGUE[measure])


def _worth(findings: StaffFindings, name: str) -> Chart:
    rows = [findings.result.staffings[staffing].get(name) for staffing in findings.names]
    data: Dataset = {
        "staffing": list(findings.names.values()),
        **estimates(rows, findings.currency),
    }
    picture = values.intervals(data, measured(name, findings.currency), line="staffing")
    return chart("staff.worth", picture, name, f=findings, one=CATALOGUE[name])


def _against(findings: StaffFindings, name: str) -> Chart:
    one, gaps = CATALOGUE[name], findings.gaps(name)
    than = {FOUND: "this plan", ERLANG: "Erlang", PRESENT: "now"}
    names = [f"than {than[gap.option]}" for gap in gaps]
    less = " Less is better." if one.better < 0 else ""
    picture = measure_differences(name, findings.currency, gaps, names)
    return chart("staff.against", picture, name, f=findings, one=one, less=less)


# --- hour by hour -------------------------------------------------------------------------------


def maps(findings: StaffFindings) -> Iterator[Block]:
    """Service hour by hour of the week: of this plan, of now, and the change."""
    data = _hours(findings)
    found = (
        _hour_map(name, whose, data) for name in MAPPED for whose in ("this plan", "now", "change")
    )
    yield from choice("service-by-hour", "Show", found)


def _hour_map(name: str, whose: str, data: Dataset) -> Chart:
    one, change = CATALOGUE[name], whose == "change"
    share, plan, now = one.unit == "share", f"datum.plan_{name}", f"datum.now_{name}"
    if change:
        said = f"{one.spoken}: {'points more than now' if share else 'more than now, an hour'}"
        top, known = f"({plan} - {now}) * {100 if share else 1}", [plan, now]
    else:
        said = one.spoken + ("" if share else " an hour")
        top = now if whose == "now" else plan
        known = [top]
    shown = Shown("value", said, ".1%" if share and not change else ",.1f")
    picture = cells.week_map(
        data,
        shown,
        top=top,
        bottom=f"{' && '.join(f'isValid({one})' for one in known)} ? 1 : 0",
        signed=change,
        less_is_better=one.better < 0,
    )
    blue = " Blue is better." if change else ""
    name = f"{slug(name)}-{whose.rsplit(maxsplit=1)[-1]}"
    return chart("staff.by-hour", picture, name=name, one=one, whose=whose, blue=blue)


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
