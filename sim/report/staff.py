"""The report of a staffing: the plan, whether it reaches its targets, what it is worth."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from sim.experiment.files import REFERENCE_FILE, STUDY_FILE
from sim.experiment.holding import Breaks, Share
from sim.experiment.staff import StaffResult
from sim.experiment.staffing.around import curve_target
from sim.experiment.staffing.goal import Target
from sim.experiment.staffing.roster import Work
from sim.measures import CATALOGUE
from sim.measures.slices import ALL
from sim.report import words
from sim.report.blocks import (
    Block,
    Cell,
    Filter,
    Heading,
    Later,
    Line,
    Origin,
    Report,
    Section,
    Source,
    Table,
    Text,
)
from sim.report.findings import study_origin
from sim.report.knowing import PRIORS, TITLE
from sim.report.numbers import NOTHING, number
from sim.report.staff_findings import StaffFindings, target_name
from sim.report.tables import (
    CHANCE,
    by_measure,
    changed_cell,
    head,
    line,
    number_cell,
    percent_cell,
    table,
    value_cell,
)
from sim.report.words import WEEKDAYS, Amount, brief, capital, clock, path_in_words
from sim.scenario.numbers import duration_text
from sim.scenario.write import flow_text

ON_TERMINAL = 7


def report(result: StaffResult) -> Report:
    """The report of a staffing."""
    findings = StaffFindings(result)
    pools = Filter("pool", words.SPLITS["pool"], result.resolved.pools)
    filters = (pools,) if findings.filters else ()
    return findings.report(result.question, _sections(findings), _origin(result), filters)


# --- blocks -------------------------------------------------------------------------------------


def _sections(findings: StaffFindings) -> Iterator[Section]:
    pictures = Later.of("staff_pictures", findings)
    if findings.plan.held:
        blocks = (_targets(findings), pictures("targets"))
        yield Section("the-targets", "Are the targets reached?", blocks)
    yield Section("worth", "What it is worth", (_staffings(findings), pictures("worth")))
    click = "Choose a pool to see it alone." if findings.filters else ""
    if len(findings.result.curve) > 1:
        blocks = (_curve(findings), pictures("curve"))
        yield Section("trade-off", "What more or fewer hours bring", blocks)
    yield from _uncertain(findings)
    yield Section("the-plan", "Who is there, and when", (*_plan(findings), pictures("plan")), click)
    yield Section("by-hour", "Service by hour of the week", (pictures("maps"),))


def _plan(findings: StaffFindings) -> Iterator[Block]:
    if findings.result.goal.shifts is not None:
        for pool in findings.result.resolved.pools:
            yield _by_day(
                findings, f"table-shifts-{pool}", f"Shifts of {pool}", pool, _shifts(findings, pool)
            )
        if findings.result.roster:
            yield _roster(findings)
    for place, pool in enumerate(findings.result.resolved.pools):
        yield _by_day(
            findings, f"table-plan-{place}", f"People: {pool}", pool, _heads(findings, pool)
        )


def _targets(findings: StaffFindings) -> Table:
    lines = []
    for place, held in enumerate(findings.plan.held):
        mark = "≥" if held.target.sign > 0 else "≤"
        every = [findings.result.staffings[name].held[place] for name in findings.names]
        name = capital(target_name(held))
        cells = (
            Cell(name, sort=held.target.name, measure=held.target.measure),
            Cell(f"{mark} {brief(held.target.value, held.unit)}", sort=held.target.value),
            *(value_cell(one, words.stated(one, findings.currency)) for one in every),
            *(percent_cell(one.days, one.days_low, one.days_high) for one in every),
        )
        lines.append(line(*cells))
    if len(lines) > 1 or findings.plan.wanted is not None:
        lines.append(_together(findings))
    labels = findings.names.values()
    return table(
        "table-targets",
        "Target",
        (
            *("Target", "Wanted", *map(capital, labels)),
            *(Heading(f"Good {findings.periods}", label) for label in labels),
        ),
        lines,
        f"below each value its {findings.confidence} interval",
        first=True,
    )


def _together(findings: StaffFindings) -> Line:
    """The days on which all targets hold."""
    least, nothing = findings.plan.wanted, Cell(NOTHING)
    wanted = nothing
    if least is not None:
        wanted = Cell(f"≥ {brief(least, 'share')} of {findings.periods}", sort=least)
    every = [findings.result.staffings[name].good_days for name in findings.names]
    cells = [Cell("All together", sort="~"), wanted, *(nothing for _ in every)]
    return line(*cells, *(percent_cell(*one) for one in every))


def _staffings(findings: StaffFindings) -> Table:
    result = findings.result
    return by_measure(
        "table-staffings",
        "Totals",
        "Staffing",
        findings.shown,
        findings.currency,
        (
            line(
                Cell(capital(label), sort=label),
                *(
                    changed_cell(result.staffings[name].get(one), result.difference(name, one))
                    for one in findings.shown
                ),
                strong=name == result.chosen,
            )
            for name, label in findings.names.items()
        ),
        f"below a value: this plan less that staffing{CHANCE}",
        first=True,
        columns=min(len(findings.shown), ON_TERMINAL) + 1,
    )


def _curve(findings: StaffFindings) -> Table:
    """What plans of fewer and more hours come to."""
    target = curve_target(findings.result.resolved.targets)
    unit = CATALOGUE[target.measure].unit
    costs = any(point.cost for point in findings.result.curve)
    lines = []
    for point in findings.result.curve:
        reached = Amount(point.value, point.low, point.high, unit)
        gain = Amount(point.gain, point.gain_low, point.gain_high, unit)
        cells = (
            Cell(number(point.hours, "h"), "this plan" if point.plan else "", point.hours),
            *([number_cell(point.cost, "money")] if costs else []),
            value_cell(reached, words.stated(reached)),
            Cell(words.change_of(gain), sort=point.gain),
        )
        lines.append(line(*cells, strong=point.plan))
    return table(
        "table-curve",
        "Hours",
        (
            Heading(CATALOGUE["hours"].short),
            *([head("cost", findings.currency)] if costs else []),
            Heading(curve_label(target), findings.currency if unit == "money" else ""),
            "More than above",
        ),
        lines,
        "in parentheses: not told apart from the plan above",
        first=True,
    )


def curve_label(target: Target) -> str:
    """What a curve is about."""
    short = CATALOGUE[target.measure].short
    return short if target.group == ALL else f"{target.group}: {short.lower()}"


Grid = dict[tuple[int, int], dict[int, tuple[int, str]]]
"""From and to (seconds of a day) -> weekday -> how many, and a note."""


def _shifts(findings: StaffFindings, pool: str) -> Grid:
    """How many work each shift, by weekday."""
    grid: Grid = {}
    for (of, start, end, day), count in findings.shifts().items():
        if of == pool:
            grid.setdefault((start, end), {})[day] = (count, "")
    return dict(sorted(grid.items()))


def _roster(findings: StaffFindings) -> Table:
    """Who works which shift on which weekday, with its breaks, and how many hours a week."""
    weeks: dict[str, dict[int, Work]] = {}
    for work in findings.result.roster:
        weeks.setdefault(work.person, {})[work.day] = work
    days = sorted({day for week in weeks.values() for day in week})
    crew = findings.result.shape.crew
    assert crew is not None  # who works them
    return table(
        "table-roster",
        "Who works when",
        ("Person", *(WEEKDAYS[day] for day in days), Heading("A week", "h")),
        (
            line(
                person,
                *(_shift(week[day]) if day in week else Cell("") for day in days),
                number_cell(sum(work.hours for work in week.values()), "count"),
                picks={"pool": next(iter(week.values())).pool} if findings.filters else {},
            )
            for person, week in weeks.items()
        ),
        f"the same week again and again, at least {duration_text(crew.people.rest)} between two "
        "shifts; below a shift its breaks, which do not count",
        folded=True,
    )


def _shift(work: Work) -> Cell:
    breaks = ", ".join(f"{clock(start)}-{clock(end)}" for start, end in work.breaks)
    return Cell(f"{clock(work.start)}-{clock(work.end)}", breaks, f"{work.start:06d}")


def _heads(findings: StaffFindings, pool: str) -> Grid:
    """How many are there, and how many now; neighbouring times alike as one."""
    grid: Grid = {}
    shape = findings.result.shape
    for slot, heads, now in zip(
        shape.slots, findings.plan.heads.tolist(), shape.present.tolist(), strict=True
    ):
        if slot.pool == pool:
            note = "" if now == heads else f"now {now:.3g}"
            grid.setdefault((slot.start, slot.end), {})[slot.day] = (round(heads), note)
    joined: Grid = {}
    for days, run in groupby(sorted(grid.items()), key=lambda one: one[1]):
        for (start, end), _ in run:
            above = next(reversed(joined), (start, start))
            follows = above[1] == start and joined.get(above) == days
            if follows:
                del joined[above]
            joined[above[0] if follows else start, end] = days
    return joined


def _by_day(findings: StaffFindings, name: str, title: str, pool: str, grid: Grid) -> Table:
    days = sorted({day for counts in grid.values() for day in counts})
    return table(
        words.slug(name),
        title,
        ("Time", *(WEEKDAYS[day] for day in days)),
        (
            line(
                Cell(f"{clock(start)}-{clock(end)}", sort=f"{start:06d}"),
                *(
                    Cell(str(there[day][0]), there[day][1], float(there[day][0]))
                    if day in there
                    else Cell("")
                    for day in days
                ),
                picks={"pool": pool} if findings.filters else {},
            )
            for (start, end), there in grid.items()
        ),
        first=True,
    )


# --- what is uncertain ---------------------------------------------------------------------------


def _uncertain(findings: StaffFindings) -> Iterator[Section]:
    """In how many joint draws the plan holds, and at which values it breaks."""
    if (leads := findings.leads) is not None:
        yield Section("what-is-uncertain", TITLE, tuple(leads.blocks()))
    if findings.result.holding is None:
        return
    blocks = (
        Text(tuple(findings.uncertain()), first=True),
        _holds(findings),
        _inputs(findings),
        Text((PRIORS,), first=True),
    )
    yield Section("what-is-uncertain", TITLE, blocks)


def _holds(findings: StaffFindings) -> Table:
    found = findings.result.holding
    assert found is not None
    names = [capital(target_name(one)) for one in findings.plan.held]
    names += [f"Good {findings.periods}"] if findings.plan.wanted is not None else []
    lines = [_share(name, one) for name, one in zip(names, found.targets, strict=True)]
    if len(lines) > 1:
        lines.append(_share("All together", found.together))
    return table(
        "table-holding",
        "Target",
        ("Target", "holds in"),
        lines,
        f"of {found.draws:,} joint draws, the luck of single weeks left out",
        first=True,
    )


def _share(name: str, one: Share) -> Line:
    return line(name, percent_cell(one.value, one.low, one.high))


def _inputs(findings: StaffFindings) -> Table:
    found = findings.result.holding
    assert found is not None
    text = {one.path: one.text for one in found.inputs}
    return table(
        "table-breaks",
        "What breaks it",
        (
            *("Input", "may be", "breaks it at"),
            *("holds there in", "elsewhere"),
        ),
        (_input(one, text[one.path]) for one in found.breaks),
        "of the draws with these values, and of the others; higher and lower than the mean",
        first=True,
    )


def _input(one: Breaks, text: str) -> Line:
    where = one.where if one.there < one.elsewhere else NOTHING
    shares = map(percent_cell, (one.there, one.elsewhere))
    return line(Cell(path_in_words(one.path), sort=one.path), text, where, *shares)


# --- the rest -----------------------------------------------------------------------------------


def _origin(result: StaffResult) -> Origin:
    found = result.found
    return study_origin(
        result,
        f"{result.replications:,} of each staffing",
        {REFERENCE_FILE: result.shape.scenario},
        {"Search": f"{found.evaluations:,} plans, seed {found.seed}"},
        first=(Source("the plan, to be put into a scenario", _agents(result)),),
        how=f"Save the texts of {STUDY_FILE} and {REFERENCE_FILE} below under these names, in one "
        "folder; this command gives the same numbers, to the last digit:",
    )


def _agents(result: StaffResult) -> str:
    """The pools' head counts, as a scenario file has them."""
    pools = result.plan.scenario.plain()["pools"]
    lines = ["pools:"]
    for name in result.resolved.pools:
        lines += [f"  {flow_text(name)}:", "    agents:"]
        agents = pools[name]["agents"]
        lines += [f"      {flow_text(times)}: {heads}" for times, heads in agents.items()]
    return "\n".join(lines) + "\n"
