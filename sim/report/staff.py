"""What `sim staff` shows: the answer in words, the targets, what it is worth, then the plan."""

from __future__ import annotations

from itertools import groupby
from math import isfinite, isnan
from typing import TYPE_CHECKING

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.experiment.staff import ERLANG, FOUND, PRESENT
from sim.experiment.staffing.verify import CAPPED, UNREACHABLE
from sim.measures import CATALOGUE
from sim.report.numbers import NOTHING, brief_duration, half_width, interval, number, signed, span
from sim.scenario.times import DAY, DAYS

if TYPE_CHECKING:
    from sim.experiment.staff import Difference, Held, Staffed, StaffResult
    from sim.tables import Floats, Ints

NAMES = {FOUND: "this plan", ERLANG: "Erlang", PRESENT: "now"}

SHOWN = {
    "hours": "Hours",
    "answered": "Answered",
    "unanswered": "Unanswered",
    "abandonment": "Abandonment",
    "occupancy": "Occupancy",
    "cost": "Cost",
    "expected_margin": "Margin",
}
"""Measures of the whole, with headings short enough for 80 columns."""


def summary(result: StaffResult) -> RenderableType:
    """The answer, the targets, the staffings side by side, the plan."""
    parts: list[RenderableType] = [
        _title(result),
        Padding(Text("\n".join(answer(result))), (0, 1)),
    ]
    if result.fitted.targets:
        parts.append(_targets(result))
    parts.append(_staffings(result))
    if result.goal.shifts is not None:
        parts += [_shifts(result, pool) for pool in result.fitted.pools]
    parts += [_heads(result, pool) for pool in result.fitted.pools]
    parts.append(Padding(Text(_footnote(result), style="dim"), (0, 1)))
    return Group(*parts)


def _title(result: StaffResult) -> RenderableType:
    days = result.shape.scenario.calendar.days
    what = f"{result.replications} x {days} day{'s' if days > 1 else ''}, seed {result.seed}"
    return Text.assemble((f" {result.question}", "bold"), (f"\n {what}", "dim"))


# --- in words ---------------------------------------------------------------------------------


def answer(result: StaffResult) -> list[str]:
    """The outcome in sentences, for whoever reads no further."""
    return [*_outcome(result), *_days(result), *_worth(result), *_search(result)]


def _outcome(result: StaffResult) -> list[str]:
    plan, targets = result.plan, result.fitted.targets
    hours = number(plan.get("hours").value, "h")
    most = most_at_once(result)
    people = f"{most} {'person' if most == 1 else 'people'} at most, {hours} {_per(result)}"
    if not targets:
        row = plan.get("expected_margin")
        bounds = _bounds(result, row.low, row.high, row.unit)
        return [f"{people}, bring the most: a margin of {_money(result, row.value)}{bounds}."]
    lines = [f"- {_one(result, held)}" for held in plan.held]
    if result.reached:
        verb = "surely reach" if most != 1 else "surely reaches"
        return [f"{people}, {verb} {_the_targets(result)}:", *lines]
    return [_why_not(result), *lines, f"Shown is what comes nearest: {people}."]


def _why_not(result: StaffResult) -> str:
    """What keeps the targets out of reach: the cap, nothing that people can change, or chance."""
    targets, verdict = _the_targets(result).capitalize(), result.verdict
    cap = f" with up to {result.goal.at_most} people" if result.goal.at_most is not None else ""
    if verdict.outcome == CAPPED:
        assert verdict.without_cap is not None
        slots = result.shape.slots
        most = most_at_once(result, verdict.without_cap)
        hours = sum(slot.hours * n for slot, n in zip(slots, verdict.without_cap, strict=True))
        return (
            f"{targets} cannot be reached{cap}: the cap is what stops it. Without it {most} people "
            f"at most, {number(float(hours), 'h')} {_per(result)}, would be enough:"
        )
    if verdict.outcome == UNREACHABLE:
        return (
            f"{targets} cannot be reached{cap} in these hours, nor with any number: even with far "
            "more people than there is work for, they stay out of reach:"
        )
    return (
        f"Whether {targets[:1].lower()}{targets[1:]} can be reached{cap} is not certain in "
        f"{result.replications} replications, however many people are there:"
    )


def _the_targets(result: StaffResult) -> str:
    return "the target" if len(result.fitted.targets) == 1 else "the targets"


def most_at_once(result: StaffResult, heads: Floats | Ints | None = None) -> int:
    """The most people at any one time, of all pools; [slot] heads are the plan's unless given."""
    slots = result.shape.slots
    heads = result.plan.heads if heads is None else heads
    return max(
        sum(
            int(heads[place])
            for place, slot in enumerate(slots)
            if slot.day == day and slot.start <= at < slot.end
        )
        for day, at in {(slot.day, slot.start) for slot in slots}
    )


def _one(result: StaffResult, held: Held) -> str:
    unit = CATALOGUE[held.target.measure].unit
    value = number(held.value, unit, result.shape.scenario.currency)
    wanted = number(held.target.value, unit, result.shape.scenario.currency)
    bounds = _bounds(result, held.low, held.high, unit)
    least = "at least" if held.target.sign > 0 else "at most"
    return f"{_label(held)} {value}{bounds}; wanted: {least} {wanted}"


def _label(held: Held) -> str:
    label = CATALOGUE[held.target.measure].label.lower()
    return label if held.target.group == "all" else f"{held.target.group}, {label}"


def _days(result: StaffResult) -> list[str]:
    known = [held for held in result.plan.held if not isnan(held.days)]
    if not known:
        return []
    worst = min(known, key=lambda held: held.days)
    which = _label(worst).capitalize() if len(known) > 1 else "It"
    bounds = f" ({interval(worst.days_low, worst.days_high, 'share')})"
    rest = "; the others on more" if len(known) > 1 else ""
    return [f"{which} holds on {100 * worst.days:.0f} % of days{bounds}{rest}."]


def _worth(result: StaffResult) -> list[str]:
    lines = []
    aim = result.aim
    for against, whom in ((PRESENT, "the staffing today"), (ERLANG, "the Erlang start")):
        gap = result.difference(against, aim)
        if gap is None or gap.value == gap.low == gap.high == 0.0:
            continue
        size = number(abs(gap.value), gap.unit, result.shape.scenario.currency)
        more = "more" if gap.value >= 0 else "less"
        verb = {"cost": "costs", "hours": "takes", "expected_margin": "brings"}[aim]
        said = f"It {verb} {size} {more} than {whom}{_chance(result, gap)}"
        other = result.staffings[against]
        missed = [held for held in other.held if not held.reached]
        if missed:
            unit = CATALOGUE[missed[0].target.measure].unit
            said += f", which misses {_label(missed[0])}: {number(missed[0].value, unit)}"
        lines.append(f"{said}.")
    return lines


def _chance(result: StaffResult, gap: Difference) -> str:
    if not isfinite(gap.low) or gap.low == gap.high:
        return ""
    if gap.low < 0 < gap.high:
        return " (not significant)"
    low, high = sorted((abs(gap.low), abs(gap.high)))
    return _bounds(result, low, high, gap.unit)


def _search(result: StaffResult) -> list[str]:
    tried = f"{result.found.evaluations} plans"
    tried = f"all {tried} there are" if result.found.exhaustive else tried
    same = result.chosen == ERLANG or np.array_equal(result.found.counts, result.found.start)
    if same and result.reached:
        return [f"It is the Erlang start: of {tried} none did better on customers not seen before."]
    return []


# --- tables -----------------------------------------------------------------------------------


def _targets(result: StaffResult) -> RenderableType:
    table = _table("Target")
    others = [name for name in (ERLANG, PRESENT) if name != result.chosen]
    headings = ("wanted", "reached", "", "good days", *(NAMES[n] for n in others))
    for heading in headings:
        table.add_column(heading, justify="right", overflow="fold")
    for place, held in enumerate(result.plan.held):
        unit = CATALOGUE[held.target.measure].unit
        mark = "≥" if held.target.sign > 0 else "≤"
        cells = [_brief(result.staffings[name].held[place].value, unit) for name in others]
        days = NOTHING if isnan(held.days) else f"{100 * held.days:.0f} %"
        table.add_row(
            Text(held.target.name),
            f"{mark} {_brief(held.target.value, unit)}",
            Text(_brief(held.value, unit), style="bold"),
            half_width(held.low, held.high, unit),
            days,
            *cells,
        )
    return table


def _staffings(result: StaffResult) -> RenderableType:
    shown = {
        measure: heading
        for measure, heading in SHOWN.items()
        if any(one.get(measure).value not in (0.0,) for one in result.staffings.values())
        and not (measure == "expected_margin" and result.plan.get("revenue").value == 0)
        and not all(isnan(one.get(measure).value) for one in result.staffings.values())
    }
    table = _table("Totals")
    for heading in shown.values():
        table.add_column(heading, justify="right", overflow="fold")
    names = [result.chosen, *(n for n in (PRESENT, ERLANG) if n != result.chosen)]
    for name in names:
        one = result.staffings[name]
        label = NAMES[FOUND] if name == result.chosen else NAMES[name]
        table.add_row(Text(label), *(_cell(result, one, measure) for measure in shown))
    return table


def _cell(result: StaffResult, one: Staffed, measure: str) -> Text:
    row = one.get(measure)
    if isnan(row.value):
        return Text(NOTHING, style="dim")
    value = number(row.value, "" if row.unit == "h" else row.unit)
    gap = result.difference(one.name, measure)
    if gap is None or isnan(gap.value):
        return Text(value)
    below = signed(gap.value, "" if gap.unit == "h" else gap.unit)
    if gap.low <= 0 <= gap.high:
        below = f"({below})"
    return Text.assemble(value, ("\n" + below, "dim"))


def _shifts(result: StaffResult, pool: str) -> RenderableType:
    """How many work each shift, by weekday."""
    counts = result.plan.counts
    assert counts is not None
    grid: dict[tuple[int, int], dict[int, int]] = {}
    for duty, count in zip(result.shape.duties, counts.tolist(), strict=True):
        if duty.pool == pool and count:
            line = duty.times[0]
            grid.setdefault((line.start, line.end), {})[min(line.days)] = count
    return _by_day(f"Shifts of {pool}", sorted(grid.items()))


def _heads(result: StaffResult, pool: str) -> RenderableType:
    """How many are there, by time of day and weekday; neighbouring times alike as one row."""
    grid = _grid(result, pool, result.plan.heads)
    rows = []
    for _, same in groupby(sorted(grid.items()), key=lambda one: tuple(sorted(one[1].items()))):
        run = list(same)
        for piece in _joined([key for key, _ in run]):
            rows.append((piece, run[0][1]))
    return _by_day(f"People: {pool}", sorted(rows))


def _grid(result: StaffResult, pool: str, heads: Floats) -> dict[tuple[int, int], dict[int, int]]:
    grid: dict[tuple[int, int], dict[int, int]] = {}
    for slot, count in zip(result.shape.slots, heads.tolist(), strict=True):
        if slot.pool == pool:
            grid.setdefault((slot.start, slot.end), {})[slot.day] = round(count)
    return grid


def _joined(pieces: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in pieces:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _by_day(corner: str, rows: list[tuple[tuple[int, int], dict[int, int]]]) -> RenderableType:
    days = sorted({day for _, counts in rows for day in counts})
    table = _table(corner)
    for day in days:
        table.add_column(DAYS[day], justify="right")
    for (start, end), counts in rows:
        cells = [str(counts[day]) if day in counts else "" for day in days]
        table.add_row(Text(f"{_clock(start)}-{_clock(end)}"), *cells)
    return table


def _table(corner: str) -> Table:
    table = Table(box=SIMPLE_HEAD, header_style="bold", padding=(0, 1, 0, 0))
    table.add_column(corner, overflow="fold", min_width=14)
    return table


def _clock(seconds: int) -> str:
    seconds = seconds if seconds <= DAY else seconds - DAY
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"


# --- numbers ----------------------------------------------------------------------------------


def _brief(value: float, unit: str) -> str:
    return brief_duration(value) if unit == "s" and not isnan(value) else number(value, unit)


def _bounds(result: StaffResult, low: float, high: float, unit: str) -> str:
    if not isfinite(low):
        return ""
    return f" ({interval(low, high, unit, result.shape.scenario.currency)})"


def _money(result: StaffResult, value: float) -> str:
    return number(value, "money", result.shape.scenario.currency)


def _per(result: StaffResult) -> str:
    days = result.shape.scenario.calendar.days
    return f"a {span(days)}" if days in (1, 7) else f"in {days} days"


def _enlarged(result: StaffResult) -> str:
    """How many plans were verified."""
    plans = result.verdict.plans
    return f"; {plans} plans were verified until one held" if result.reached and plans > 1 else ""


def _footnote(result: StaffResult) -> str:
    found = result.found
    lines = (
        f"All three meet the same customers, whom the search has not seen; it tried "
        f"{found.evaluations} plans on {found.replications} replications with seed {found.seed}"
        f"{_enlarged(result)}. "
        "Now: the staffing of the scenario. Erlang: what Erlang A asks for hour by hour, where the "
        "search started. Below a value: this plan less that staffing, in parentheses where not "
        "significant."
    )
    if result.plan.get("revenue").value > 0:
        lines += " Margin: with the luck of single sales averaged out."
    if result.fitted.targets:
        lines += (
            f" ±: half the width of the {100 * result.confidence:g} % interval. Good days: days on "
            "which the target holds. People are those on the plan, absent ones and those on a "
            "break among them."
        )
    return lines
