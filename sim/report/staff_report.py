"""The report of a staffing: the plan, whether it reaches its targets, what it is worth."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from math import isfinite, isnan

from sim.experiment import StaffResult
from sim.experiment.files import REFERENCE_FILE, STUDY_FILE
from sim.experiment.staff import ERLANG, FOUND, PRESENT, Difference, Held
from sim.experiment.staffing.erlang import Start
from sim.measures import CATALOGUE, Row
from sim.measures.slices import ALL
from sim.report import charts, option_charts, staff_charts
from sim.report.charts import Shown
from sim.report.chosen import hour_of, times_of_hours
from sim.report.numbers import NOTHING, brief_duration, half_width, interval, number, signed, span
from sim.report.page import (
    Because,
    Block,
    Cell,
    Chart,
    Choice,
    Column,
    Dataset,
    Figure,
    Filter,
    Heading,
    Line,
    Origin,
    Report,
    Section,
    Source,
    Table,
)
from sim.report.staff import NAMES, answer, most_at_once
from sim.scenario import to_yaml
from sim.scenario.times import DAY
from sim.scenario.write import flow_text, to_plain

WORTH = {
    "expected_margin": "Margin",
    "incremental_revenue": "Incremental revenue",
    "cost": "Cost",
    "hours": "Hours",
    "service_level": "Service level",
    "unanswered": "Unanswered",
    "abandonment": "Abandonment",
    "occupancy": "Occupancy",
    "satisfaction": "Satisfaction",
}
"""Measures in which the staffings are set beside each other, with a short label."""

MAPPED = {"service_level": "Service level", "unanswered": "Unanswered", "occupancy": "Occupancy"}
"""Measures shown hour by hour of the week, of those that a staffing has by hour."""

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def staff_report(result: StaffResult) -> Report:
    """The report of a staffing."""
    told = _Told(result)
    head, *rest = answer(result)
    targets = [line[2:] for line in rest if line.startswith("- ")]
    return Report(
        title=result.question,
        about=told.about(),
        answer=f"{head.rstrip(':.')}.",
        certainty=f"{_capital('; '.join(targets))}." if targets else told.certainty(),
        figures=tuple(told.figures()),
        because=tuple(told.because([line for line in rest if not line.startswith("- ")])),
        sections=tuple(_sections(told)),
        datasets=dict(_datasets(told)),
        origin=_origin(result),
        filters=(Filter("pool", "Pool", result.fitted.pools),) if told.filters else (),
        recommended=told.recommended(),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# --- in words ---------------------------------------------------------------------------------


class _Told:
    """A staffing in words."""

    def __init__(self, result: StaffResult) -> None:
        self.result, self.plan = result, result.plan
        scenario = result.shape.scenario
        self.currency, self.days = scenario.currency, scenario.calendar.days
        self.span = span(self.days)
        self.confidence = f"{100 * result.confidence:g} %"
        others = [name for name in (PRESENT, ERLANG) if name != result.chosen]
        self.names = {result.chosen: NAMES[FOUND]} | {name: NAMES[name] for name in others}
        self.others = others
        self.filters = ("pool",) if len(result.fitted.pools) > 1 else ()

    @cached_property
    def shown(self) -> dict[str, str]:
        """The measures of the whole that say anything, with their labels."""
        return {name: label for name, label in WORTH.items() if self._says(name)}

    def _says(self, name: str) -> bool:
        if name == "expected_margin" and self.plan.get("revenue").value == 0:
            return False  # it would be the cost again
        found = [self.result.staffings[one].get(name).value for one in self.names]
        return any(value and not isnan(value) for value in found)

    def say(self, row: Row | Held | Difference, unit: str) -> str:
        """A value with its unit."""
        return number(row.value, unit, self.currency)

    def sure(self, row: Row | Held, unit: str) -> str:
        """Its interval; nothing where there is none."""
        said = interval(row.low, row.high, unit, self.currency)
        return "" if said == NOTHING else said

    def more(self, gap: Difference) -> str:
        """A difference with sign and unit; shares in points."""
        unit = {"share": "points", "money": self.currency, "h": "h"}.get(gap.unit, "")
        return f"{signed(gap.value, gap.unit).removesuffix(' h')} {unit}".rstrip()

    def between(self, gap: Difference) -> str:
        """The interval of a difference."""
        if isnan(gap.low) or gap.low == gap.high:
            return ""
        said = interval(gap.low, gap.high, gap.unit, self.currency)
        return said.replace(" %", " points") if gap.unit == "share" else said

    def about(self) -> str:
        """What was run, and how often."""
        n, found = self.result.replications, self.result.found
        days = {7: "weeks", 1: "days"}.get(self.days, f"x {self.days} days")
        return (
            f"Simulated: {found.evaluations:,} plans in the search, the plan and what it is "
            f"compared with on {n:,} {days} of customers that the search has not seen"
        )

    def certainty(self) -> str:
        """How sure the value of a plan without targets is."""
        return f"Judged on customers that the search has not seen ({self.confidence} intervals)."

    def recommended(self) -> str:
        """What to do."""
        if self.result.chosen == ERLANG:
            return "the Erlang staffing: no plan tried does better"
        nearest = "" if self.result.reached else ", the nearest to the targets"
        return f"the plan below{nearest}"

    def figures(self) -> Iterator[Figure]:
        """The three numbers that matter."""
        yield self._target() or self._value()
        hours, now = self.plan.get("hours"), self.result.staffings[PRESENT].get("hours")
        yield Figure(
            "Hours on duty",
            self.say(hours, "h"),
            "",
            f"of {most_at_once(self.result):,} people at most at once; now {self.say(now, 'h')}",
            "hours",
        )
        gap = self.result.difference(PRESENT, self.result.aim)
        if gap is not None and not isnan(gap.value):
            label = {"cost": "Cost", "hours": "Hours"}.get(self.result.aim, "Margin")
            yield Figure(
                f"{label} against now",
                self.more(gap),
                self.between(gap),
                f"in an average {self.span}, on the same customers",
                self.result.aim,
            )

    def _target(self) -> Figure | None:
        """The target that is held least surely."""
        if not self.plan.held:
            return None
        held = min(self.plan.held, key=_room)
        one, unit = held.target, CATALOGUE[held.target.measure].unit
        least = "at least" if one.sign > 0 else "at most"
        where = "" if one.group == ALL else f" of {one.group}"
        return Figure(
            CATALOGUE[one.measure].label,
            self.say(held, unit),
            self.sure(held, unit),
            f"wanted{where}: {least} {number(one.value, unit, self.currency)}",
            one.measure,
        )

    def _value(self) -> Figure:
        row = self.plan.get(self.result.aim)
        meaning = f"of this plan in an average {self.span}"
        label = CATALOGUE[self.result.aim].label
        return Figure(
            label, self.say(row, row.unit), self.sure(row, row.unit), meaning, self.result.aim
        )

    def because(self, said: list[str]) -> Iterator[Because]:
        """Why: what the answer says further, and where the plan differs most from now."""
        for sentence in said:
            days = " of days" in sentence
            shown = "good-days" if days else "against" if sentence.startswith("It ") else "plan"
            yield Because(sentence, shown)
        if moved := self._moved():
            yield Because(moved, "plan-change")

    def _moved(self) -> str:
        gaps = self.result.plan.heads - self.result.shape.present
        slots, said = self.result.shape.slots, []
        for place, word in ((int(gaps.argmax()), "More"), (int(gaps.argmin()), "Fewer")):
            size = gaps[place] if word == "More" else -gaps[place]
            if size > 0:
                slot = slots[place]
                said.append(
                    f"{word} people than now most of all on {DAYS[slot.day]} at "
                    f"{_clock(slot.start)}: {self.result.plan.heads[place]:.0f} instead of "
                    f"{self.result.shape.present[place]:.3g} of {slot.pool}."
                )
        return " ".join(said)


def _named(held: Held) -> str:
    """A target by name: the measure, and the channel or window it is about."""
    label, group = CATALOGUE[held.target.measure].label, held.target.group
    return label if group == ALL else f"{group}: {label.lower()}"


def _room(held: Held) -> float:
    """How far the nearer end of the interval is from the target, in parts of it."""
    edge = held.low if held.target.sign > 0 else held.high
    edge = edge if isfinite(edge) else held.value
    return held.target.sign * (edge - held.target.value) / max(abs(held.target.value), 1e-9)


def _clock(seconds: int) -> str:
    seconds = seconds if seconds <= DAY else seconds - DAY
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"


# --- data -------------------------------------------------------------------------------------


def _datasets(told: _Told) -> Iterator[tuple[str, Dataset]]:
    yield "plan", _pieces(told)
    days = _days(told)
    yield "midnights", {"hour": [24 * day for day in range(days[0], days[-1] + 2)]}
    if told.result.goal.shifts is not None:
        yield "shifts", _shifts(told)
    for place, held in enumerate(told.plan.held):
        yield f"target {place}", _target(told, place, held)
    if _good_days_known(told):
        yield "good days", _good_days(told)
    for name in told.shown:
        yield f"worth {name}", _worth(told, name)
        if _gaps(told, name):
            yield f"against {name}", _against(told, name)
    yield "hours", _hours(told)


def _pieces(told: _Told) -> Dataset:
    """The slots of all pools, cut wherever one of any pool begins or ends."""
    shape = told.result.shape
    need = Start.of(shape, told.result.goal, told.result.fitted.targets).heads()
    edges: dict[int, set[int]] = {}
    for slot in shape.slots:
        edges.setdefault(slot.day, set()).update((slot.start, slot.end))
    rows = []
    for place, slot in enumerate(shape.slots):
        cuts = [edge for edge in sorted(edges[slot.day]) if slot.start <= edge <= slot.end]
        rows += [(place, slot, cuts[n], cuts[n + 1]) for n in range(len(cuts) - 1)]
    heads = {name: told.result.staffings[name].heads for name in told.names}
    return {
        "pool": [slot.pool for _, slot, _, _ in rows],
        "day": [slot.day for _, slot, _, _ in rows],
        "start": [start / 3600 for *_, start, _ in rows],
        "end": [end / 3600 for *_, end in rows],
        "need": [int(need[place]) for place, *_ in rows],
        "plan": [float(told.plan.heads[place]) for place, *_ in rows],
        **{name: [float(heads[name][place]) for place, *_ in rows] for name in told.others},
    }


def _shifts(told: _Told) -> Dataset:
    counts = told.plan.counts
    assert counts is not None
    rows = [
        (duty.pool, duty.times[0], int(count))
        for duty, count in zip(told.result.shape.duties, counts.tolist(), strict=True)
        if count
    ]
    return {
        "pool": [pool for pool, _, _ in rows],
        "shift": [f"{_clock(line.start)}-{_clock(line.end)}" for _, line, _ in rows],
        "weekday": [DAYS[min(line.days)] for _, line, _ in rows],
        "heads": [count for _, _, count in rows],
    }


def _target(told: _Told, place: int, held: Held) -> Dataset:
    unit = CATALOGUE[held.target.measure].unit
    rows = [told.result.staffings[name].held[place] for name in told.names]
    return {
        "line": [_named(held)] * len(rows),
        "staffing": list(told.names.values()),
        **_bounds([(one.value, one.low, one.high) for one in rows]),
        "text": [told.say(one, unit) for one in rows],
        "interval": [told.sure(one, unit) or NOTHING for one in rows],
        "wanted": [held.target.value] * len(rows),
    }


def _bounds(rows: list[tuple[float, float, float]]) -> Dataset:
    """Values and their intervals; where there is none, nothing but the value."""
    return {
        "value": [value for value, _, _ in rows],
        "low": [low if isfinite(low) else value for value, low, _ in rows],
        "high": [high if isfinite(high) else value for value, _, high in rows],
    }


def _good_days_known(told: _Told) -> bool:
    return any(not isnan(held.days) for held in told.plan.held)


def _good_days(told: _Told) -> Dataset:
    rows = [
        (label, told.result.staffings[name].held[place])
        for place, held in enumerate(told.plan.held)
        if not isnan(held.days)
        for name, label in told.names.items()
    ]
    return {
        "line": [_named(held) for _, held in rows],
        "staffing": [label for label, _ in rows],
        **_bounds([(held.days, held.days_low, held.days_high) for _, held in rows]),
        "text": [number(held.days, "share") for _, held in rows],
        "interval": [interval(held.days_low, held.days_high, "share") for _, held in rows],
    }


def _worth(told: _Told, name: str) -> Dataset:
    rows = [told.result.staffings[one].get(name) for one in told.names]
    return {
        "line": [told.shown[name]] * len(rows),
        "staffing": list(told.names.values()),
        **_bounds([(row.value, row.low, row.high) for row in rows]),
        "text": [told.say(row, row.unit) for row in rows],
        "interval": [told.sure(row, row.unit) or NOTHING for row in rows],
    }


def _gaps(told: _Told, name: str) -> list[Difference]:
    found = [told.result.difference(against, name) for against in told.others]
    return [one for one in found if one is not None and not isnan(one.value)]


def _against(told: _Told, name: str) -> Dataset:
    gaps = _gaps(told, name)
    size = 100.0 if CATALOGUE[name].unit == "share" else 1.0
    return {
        "option": [f"than {NAMES[one.against]}" for one in gaps],
        **_bounds([(size * one.value, size * one.low, size * one.high) for one in gaps]),
        "end": [size * max(one.high if isfinite(one.high) else one.value, 0.0) for one in gaps],
        "text": [_doubtful(told, one) for one in gaps],
        "interval": [told.between(one) or NOTHING for one in gaps],
    }


def _doubtful(told: _Told, gap: Difference) -> str:
    """A difference; in parentheses where not significant."""
    said = told.more(gap)
    return said if gap.low > 0 or gap.high < 0 or gap.low == gap.high else f"({said})"


def _hours(told: _Told) -> Dataset:
    """Measures by hour of the week, of the plan and of now; totals for one such hour."""
    times = times_of_hours(told.result.shape.scenario)
    cells: dict[str, dict[str, float]] = {}
    for prefix, one in (("plan", told.plan), ("now", told.result.staffings[PRESENT])):
        for row in one.rows:
            if row.by == "hour" and row.measure in MAPPED:
                each = 1 if row.unit == "share" else max(times[hour_of(row.group)], 1)
                cells.setdefault(row.group, {})[f"{prefix}_{row.measure}"] = row.value / each
    nothing = float("nan")
    return {
        "hour": [hour_of(group) for group in cells],
        **{
            f"{prefix}_{name}": [cell.get(f"{prefix}_{name}", nothing) for cell in cells.values()]
            for prefix in ("plan", "now")
            for name in MAPPED
        },
    }


# --- sections ---------------------------------------------------------------------------------


def _sections(told: _Told) -> Iterator[Section]:
    click = " Choose a pool to see it alone." if told.filters else ""
    yield Section("the-plan", "Who is there, and when", tuple(_plan(told)), click.strip())
    if told.plan.held:
        yield Section("the-targets", "Are the targets reached?", tuple(_targets(told)))
    yield Section("worth", "What it is worth", tuple(_worths(told)))
    yield Section("by-hour", "Service by hour of the week", (_maps(),))
    yield Section("numbers", "All numbers", tuple(_tables(told)))


def _plan(told: _Told) -> Iterator[Block]:
    people = Shown("datum.plan", "people", ",.3~f")
    now = f"datum.{PRESENT}"
    yield Choice(
        "plan",
        "Show",
        (
            _plan_map(told, "plan-heads", "This plan", people),
            _plan_map(
                told,
                "plan-change",
                "Change from now",
                Shown(f"datum.plan - {now}", "people more than now", "+,.3~f"),
                signed=True,
            ),
            _plan_map(told, "plan-now", "Now", Shown(now, "people", ",.3~f")),
            _plan_map(
                told,
                "plan-need",
                "Needed after Erlang A",
                Shown("datum.need", "people", ",.3~f"),
            ),
        ),
    )
    names = [("plan", NAMES[FOUND]), (PRESENT, NAMES[PRESENT]), ("need", "needed after Erlang A")]
    if ERLANG in told.others and told.result.goal.shifts is not None:
        names.append((ERLANG, "shifts that cover it"))
    yield Chart(
        "covered",
        "Needed and covered through the week",
        "Columns: people on this plan. Lines: people on the plan now, and what Erlang A asks for "
        "each time by itself, knowing neither retries nor that quiet hours may pay for busy ones.",
        staff_charts.plan_line("plan", names, _days(told), told.filters),
        told.filters,
        (
            *(Column("weekday", "Day"), Column("clock", "Time")),
            *(Column(field, words, ",.1f") for field, words in names),
        ),
    )
    if told.result.goal.shifts is not None:
        yield Chart(
            "shifts",
            "Shifts of this plan",
            "How many people begin and end at these times.",
            staff_charts.shift_map("shifts", told.filters),
            told.filters,
            (
                *(Column("shift", "Shift"), Column("weekday", "Day")),
                Column("heads", "People", ",.0f"),
            ),
        )


def _plan_map(told: _Told, name: str, label: str, shown: Shown, *, signed: bool = False) -> Chart:
    absent = "Those who are absent or on a break are among them."
    return Chart(
        name,
        f"People: {label[:1].lower()}{label[1:]}",
        f"By weekday and time of day. {absent}",
        staff_charts.plan_map("plan", shown, _days(told), signed=signed, filters=told.filters),
        told.filters,
        (
            *(Column("weekday", "Day"), Column("clock", "Time")),
            Column("value", shown.label, ",.1f"),
        ),
        label,
    )


def _days(told: _Told) -> list[int]:
    """The weekdays that are planned."""
    return sorted({slot.day for slot in told.result.shape.slots})


def _targets(told: _Told) -> Iterator[Block]:
    names = list(told.names.values())
    pictures = []
    for place, held in enumerate(told.plan.held):
        one = CATALOGUE[held.target.measure]
        least = "at least" if held.target.sign > 0 else "at most"
        wanted = number(held.target.value, one.unit, told.currency)
        pictures.append(
            Chart(
                f"target-{place}",
                f"{_named(held)}: {least} {wanted}",
                f"{one.definition} The dashed line is what is wanted; the others are "
                f"{told.confidence} intervals of the mean.",
                staff_charts.staffings(
                    f"target {place}",
                    Shown("value", one.label + _unit(told, one.unit), _format(one.unit)),
                    names=names,
                    lines=1,
                    wanted=True,
                ),
                (),
                (
                    *(Column("staffing", "Staffing"), Column("text", one.label)),
                    Column("interval", "Interval"),
                ),
                _named(held),
            )
        )
    yield Choice("targets", "Target", tuple(pictures))
    if _good_days_known(told):
        known = [held for held in told.plan.held if not isnan(held.days)]
        yield Chart(
            "good-days",
            "On how many days each target holds",
            "A target that is reached in the mean is missed on some days. The lines are "
            f"{told.confidence} intervals.",
            staff_charts.staffings(
                "good days", Shown("value", "of days", ".1%"), names=names, lines=len(known)
            ),
            (),
            (
                *(Column("line", "Target"), Column("staffing", "Staffing")),
                *(Column("text", "Good days"), Column("interval", "Interval")),
            ),
        )


def _worths(told: _Told) -> Iterator[Block]:
    order = sorted(told.shown, key=lambda name: name != told.result.aim)
    yield Choice("staffings", "Show", tuple(_worth_chart(told, name) for name in order))
    if pictures := tuple(_against_chart(told, name) for name in order if _gaps(told, name)):
        yield Choice("against", "Difference in", pictures)


def _worth_chart(told: _Told, name: str) -> Chart:
    one = CATALOGUE[name]
    return Chart(
        f"worth-{_slug(name)}",
        f"{one.label} of an average {told.span}",
        f"{one.definition} The lines are {told.confidence} intervals.",
        staff_charts.staffings(
            f"worth {name}",
            Shown("value", told.shown[name] + _unit(told, one.unit), _format(one.unit)),
            names=list(told.names.values()),
            lines=1,
        ),
        (),
        (
            *(Column("staffing", "Staffing"), Column("text", one.label)),
            Column("interval", "Interval"),
        ),
        told.shown[name],
    )


def _against_chart(told: _Told, name: str) -> Chart:
    one = CATALOGUE[name]
    share = ", points" if one.unit == "share" else _unit(told, one.unit)
    less = " Less is better." if one.better < 0 else ""
    return Chart(
        f"against-{_slug(name)}",
        f"{one.label}: this plan less the others",
        f"On the same customers, so that differences are known better than the values "
        f"themselves.{less} In parentheses where not significant ({told.confidence}).",
        option_charts.differences(
            f"against {name}",
            Shown("value", f"{told.shown[name]}{share}", ",.0f" if not share else ",.1f"),
            lines=len(_gaps(told, name)),
        ),
        (),
        (
            *(Column("option", "More"), Column("text", "Difference")),
            Column("interval", "Interval"),
        ),
        told.shown[name],
    )


def _maps() -> Choice:
    pictures = []
    for name, label in MAPPED.items():
        one = CATALOGUE[name]
        share = one.unit == "share"
        shown = Shown(
            "value", label.lower() + ("" if share else " an hour"), ".1%" if share else ",.1f"
        )
        plan, now = f"datum.plan_{name}", f"datum.now_{name}"
        for whose, top in (("this plan", plan), ("now", now)):
            known = f"isValid({top}) ? 1 : 0"
            pictures.append(
                Chart(
                    f"{_slug(name)}-{whose.split()[-1]}",
                    f"{one.label}, hour by hour: {whose}",
                    one.definition,
                    charts.week_map("hours", shown, top=top, bottom=known),
                    (),
                    (*BY_CLOCK, Column("value", one.label, shown.format)),
                    f"{label}: {whose}",
                )
            )
        change = f"({plan} - {now}) * {100 if share else 1}"
        unit = "points more than now" if share else "more than now, an hour"
        pictures.append(
            Chart(
                f"{_slug(name)}-change",
                f"{one.label}, hour by hour: change",
                f"{one.definition} Blue is better.",
                charts.week_map(
                    "hours",
                    Shown("value", f"{label.lower()}: {unit}", ",.1f"),
                    top=change,
                    bottom=f"isValid({plan}) && isValid({now}) ? 1 : 0",
                    signed=True,
                    less_is_better=one.better < 0,
                ),
                (),
                (*BY_CLOCK, Column("value", unit.capitalize(), ",.1f")),
                f"{label}: change",
            )
        )
    return Choice("service-by-hour", "Show", tuple(pictures))


BY_CLOCK = (Column("weekday", "Day"), Column("clock", "From hour", "d"))


def _unit(told: _Told, unit: str) -> str:
    said = {"share": "", "money": told.currency, "h": "hours", "s": "s"}.get(unit, "")
    return f", {said}" if said else ""


def _format(unit: str) -> str:
    return ".1%" if unit == "share" else ",.0f"


def _slug(name: str) -> str:
    return name.replace("_", "-")


# --- tables -----------------------------------------------------------------------------------


def _tables(told: _Told) -> Iterator[Block]:
    for place, pool in enumerate(told.result.fitted.pools):
        yield _plan_table(told, place, pool)
    if told.plan.held:
        yield _targets_table(told)
    yield _staffings_table(told)


def _plan_table(told: _Told, place: int, pool: str) -> Table:
    shape = told.result.shape
    found = {
        (slot.start, slot.end, slot.day): (told.plan.heads[n], shape.present[n])
        for n, slot in enumerate(shape.slots)
        if slot.pool == pool
    }
    days = sorted({day for _, _, day in found})
    lines = []
    for start, end in sorted({(start, end) for start, end, _ in found}):
        cells = [Cell(f"{_clock(start)}-{_clock(end)}", sort=f"{start:06d}")]
        for day in days:
            heads = found.get((start, end, day))
            cells.append(
                Cell("") if heads is None else Cell(f"{heads[0]:.0f}", f"{heads[1]:.3g}", heads[0])
            )
        lines.append(Line(tuple(cells), {"pool": pool} if told.filters else {}))
    return Table(
        f"table-plan-{place}",
        f"People of {pool}",
        (Heading("Time", number=False), *(Heading(DAYS[day]) for day in days)),
        tuple(lines),
        "below each number what there is now",
    )


def _targets_table(told: _Told) -> Table:
    headings = [
        *(Heading("Target", number=False), Heading("Wanted")),
        *(Heading(_capital(label)) for label in told.names.values()),
        *(Heading("Good days", label) for label in told.names.values()),
    ]
    lines = []
    for place, held in enumerate(told.plan.held):
        unit = CATALOGUE[held.target.measure].unit
        mark = "≥" if held.target.sign > 0 else "≤"
        wanted = number(held.target.value, unit, told.currency)
        every = [told.result.staffings[name].held[place] for name in told.names]
        cells = [
            Cell(_named(held), sort=_named(held), measure=held.target.measure),
            Cell(f"{mark} {wanted}", sort=held.target.value),
            *(Cell(told.say(one, unit), told.sure(one, unit), one.value) for one in every),
            *(_share(one.days, one.days_low, one.days_high) for one in every),
        ]
        lines.append(Line(tuple(cells)))
    return Table(
        "table-targets",
        "Targets",
        tuple(headings),
        tuple(lines),
        f"below each value its {told.confidence} interval",
    )


def _share(value: float, low: float, high: float) -> Cell:
    if isnan(value):
        return Cell(NOTHING)
    return Cell(number(value, "share"), interval(low, high, "share"), value)


def _staffings_table(told: _Told) -> Table:
    headings = [Heading("Measure", number=False)]
    headings += [Heading(_capital(label)) for label in told.names.values()]
    headings += [Heading("Difference", f"to {NAMES[name]}") for name in told.others]
    lines = []
    for name in told.shown:
        one = CATALOGUE[name]
        cells = [Cell(one.label, sort=one.label, measure=name)]
        for staffing in told.names:
            row = told.result.staffings[staffing].get(name)
            cells.append(_value(row))
        for against in told.others:
            gap = told.result.difference(against, name)
            known = gap is not None and not isnan(gap.value)
            cells.append(
                Cell(_doubtful(told, gap), told.between(gap), gap.value)
                if known and gap is not None
                else Cell(NOTHING)
            )
        lines.append(Line(tuple(cells)))
    return Table(
        "table-staffings",
        "This plan and the others",
        tuple(headings),
        tuple(lines),
        f"money in {told.currency}; ±: half the width of the {told.confidence} interval; "
        "differences on the same customers, in parentheses where not significant",
    )


def _value(row: Row) -> Cell:
    if isnan(row.value):
        return Cell(NOTHING)
    text = brief_duration(row.value) if row.unit == "s" else number(row.value, row.unit)
    return Cell(text, half_width(row.low, row.high, row.unit), row.value)


# --- the rest ---------------------------------------------------------------------------------


def _origin(result: StaffResult) -> Origin:
    facts = result.provenance()
    shown = {
        "Made by": f"sim {facts['version']}",
        "Engine": facts["engine"],
        "Replications": f"{facts['replications']:,} of each staffing",
        "Seed": str(facts["seed"]),
        "Search": f"{result.found.evaluations:,} plans, seed {result.found.seed}",
        "Python": facts["python"],
        **facts["libraries"],
    }
    return Origin(
        shown,
        f"sim staff {STUDY_FILE} --engine {result.engine}",
        (
            Source("the plan, to be put into a scenario", _agents(result)),
            Source(STUDY_FILE, result.study_text()),
            Source(REFERENCE_FILE, to_yaml(result.shape.scenario)),
        ),
        f"Save the texts of {STUDY_FILE} and {REFERENCE_FILE} below under these names, in one "
        "folder; this command gives the same numbers, to the last digit:",
    )


def _agents(result: StaffResult) -> str:
    """The pools' head counts, as a scenario file has them."""
    pools = to_plain(result.plan.scenario)["pools"]
    lines = ["pools:"]
    for name in result.fitted.pools:
        lines.append(f"  {flow_text(name)}:")
        lines.append("    agents:")
        agents = pools[name]["agents"]
        lines += [f"      {flow_text(times)}: {heads}" for times, heads in agents.items()]
    return "\n".join(lines) + "\n"
