"""The report of a fit: every input with its interval, the data beside it, what was assumed."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan

from sim.data import Fit
from sim.data.counting import counted
from sim.data.fitting.days import iso
from sim.data.fitting.durations import Patience, Times
from sim.data.fitting.found import Queue
from sim.data.fitting.inputs import WORDS, Input, head_counts, inputs_of
from sim.data.fitting.likelihood import Interval
from sim.report.blocks import Block, Cell, Figure, Later, Line, Report, Section, Source, Table, Text
from sim.report.numbers import interval, number
from sim.report.own_data import named, origin, sentences
from sim.report.tables import line, number_cell, table
from sim.report.terminal import SENTENCES
from sim.report.words import Amount, in_full, listed

tell = sentences("fit")


def report(found: Fit) -> Report:
    """The report of a fit."""
    days = found.days.date
    rows = f"{found.read:,} {found.source} of " if found.read else ""
    return Report(
        title=f"A scenario fitted to {named(found.files)}",
        about=f"Fitted: {rows}{counted(len(days), 'day')}, {iso(days[0])} to {iso(days[-1])}",
        answer=_answer(found),
        certainty=_certainty(found),
        figures=tuple(_figures(found)),
        because=(),
        risks=found.notes,
        assumed=tuple(f"{_place(at)}: {why}" for at, why in found.assumed.items()),
        sections=tuple(_sections(found)),
        origin=origin("fit", found.files, (Source("fitted scenario", found.text),)),
        notes=tell("notes"),
    )


def _place(path: str) -> str:
    """`sales: patience` of `reasons.sales.patience`."""
    _, *names = path.split(".")
    return ": ".join(names)


def _answer(found: Fit) -> str:
    busiest = max(found.queues, key=lambda one: one.arrivals.per_week.value)
    of = f" to {busiest.name}, the largest of {len(found.queues)} queues" * (len(found.queues) > 1)
    said = [f"{_said(busiest.arrivals.per_week, '')} customers come in an ordinary week{of}"]
    if busiest.handle is not None:
        said.append(f"a contact takes {_said(busiest.handle.mean, 's')} on average")
    if busiest.patience is not None and busiest.patience.times is not None:
        said.append(f"patience is {_said(busiest.patience.times.mean, 's')}")
    return f"{listed(said)}."


def _certainty(found: Fit) -> str:
    left = sum(map(len, found.days.left_out.values()))
    days = counted(len(found.days.date), "day")
    said = tell("used", days=days, left=left) if left else "All days count"
    if notes := len(found.notes):
        said += tell("remarks", many=notes, say="notes say" if notes > 1 else "note says")
    if many := len(found.assumed):
        said += tell("assumed", many=many, are="inputs are" if many > 1 else "input is")
    return f"{said}."


def _said(one: Interval, unit: str) -> str:
    return in_full(Amount(one.value, one.low, one.high, unit))


def _figures(found: Fit) -> Iterator[Figure]:
    busiest = max(found.queues, key=lambda one: one.arrivals.per_week.value)
    of = f" of {busiest.name}" if len(found.queues) > 1 else ""

    def figure(label: str, one: Interval, unit: str, meaning: str) -> Figure:
        bounds = interval(one.low, one.high, unit)
        return Figure(label, number(one.value, unit), bounds, f"{meaning}{of}")

    yield figure("Volume", busiest.arrivals.per_week, "", "a week")
    if busiest.handle is not None:
        yield figure("Handle time", busiest.handle.mean, "s", "mean of talk and hold")
    if busiest.patience is not None and busiest.patience.times is not None:
        mean = busiest.patience.times.mean
        yield figure("Patience", mean, "s", "mean time until customers abandon")


# --- blocks -------------------------------------------------------------------------------------


def _sections(found: Fit) -> Iterator[Section]:
    pictures = Later.of("fit_pictures", found)
    yield Section("inputs", "What was fitted", (_inputs(found),))
    yield Section(
        "arrivals",
        "When customers come",
        (pictures("arrivals"), pictures("days"), *_left_over(found)),
        tell("arrivals"),
    )
    yield Section("times", "How long contacts take", (pictures("handle"), *_families(found)))
    yield Section("patience", "How long customers wait", (pictures("patience"),))
    yield Section("staff", "Who was there", (pictures("staff"), *_attendance(found)))
    if found.assumed:
        rows = (line(_place(at), why) for at, why in found.assumed.items())
        assumed = table("assumed-inputs", "What is assumed", ("Input", "Assumed"), rows, first=True)
        yield Section("assumptions", "What is assumed", (assumed,))
    yield Section("left-out", "What was left out, and what may not hold", tuple(_left_out(found)))


def _inputs(found: Fit) -> Table:
    lines = [_line(found, one) for one in inputs_of(found) if one.whose]
    lines += _inferred_lines(found)
    if found.common:
        shared = number_cell(found.common, "share")
        lines.append(line("day factor, shared by all queues", shared, Cell(""), Cell(""), ""))
    heads = ("", "Value", "95 % interval", "Rests on", "As")
    return table("numbers", "Inputs of the scenario", heads, lines, first=True)


def _line(found: Fit, one: Input) -> Line:
    several = found.pools.names if one.path.startswith("pools.") else found.queues
    known, assumed = one.known, "assumed in part" if found.mark(one.path) else ""
    label, unit, of, shape = WORDS[one.field]
    return line(
        f"{one.whose}: {label}" if len(several) > 1 else label,
        number_cell(known.value, unit),
        Cell(interval(known.low, known.high, unit)),
        Cell(f"{known.n:,} {of}" if known.n else "", sort=float(known.n)),
        "; ".join(filter(None, (shape, one.shape, one.note, assumed))),
    )


def _inferred_lines(found: Fit) -> Iterator[Line]:
    """Head counts that no export has."""
    for place, pool in enumerate(found.pools.names):
        for times, many, doubt in head_counts(found, place):
            if doubt is not None:
                low, high = doubt.around(many)
                texts = f"{pool}, {times}", f"{many}", f"{low} to {high}", "", "inferred from waits"
                yield line(*map(Cell, texts))


def _attendance(found: Fit) -> Iterator[Table]:
    """Who came of those rostered, by hour."""
    rows = [
        line(
            *(pool, f"{hour:02d}:00", Cell(f"{due:,.0f} h", sort=due)),
            *(Cell(f"{there:,.0f} h", sort=there), number_cell(1 - there / due, "share")),
        )
        for pool, one in zip(found.pools.names, found.attendance, strict=False)
        if one is not None
        for hour, (due, there) in one.by_hour.items()
    ]
    if rows:
        yield table(
            "shrinkage",
            "Shrinkage by hour",
            ("pool", "hour", "rostered", "present", "shrinkage"),
            rows,
            tell("shrinkage"),
        )


def _families(found: Fit) -> Iterator[Table]:
    """How well each family does on days left out."""
    rows = []
    for queue in found.queues:
        for what, times in _all_times(queue):
            for name, score in times.scores.items():
                chosen = "chosen" if name == times.family.name else ""
                likely = Cell(f"{1000 * score:+.1f}", sort=score)
                rows.append(line(f"{queue.name}: {what}", name, likely, chosen))
    if rows:
        yield table(
            "families",
            "Families",
            ("Of", "Family", "Likelihood", ""),
            rows,
            tell("families"),
        )


def _all_times(queue: Queue) -> Iterator[tuple[str, Times]]:
    patience: Patience | None = queue.patience
    for what, times in (
        ("handle time", queue.handle),
        ("wrap-up", queue.wrap),
        ("patience", patience.times if patience is not None else None),
    ):
        if times is not None and times.scores:
            yield what, times


def _left_over(found: Fit) -> Iterator[Block]:
    """Whether half hours vary beyond chance within their day."""
    rows = (
        line(one.name, Cell(f"{over:.2f}", sort=over), _chance(one.arrivals.left_over_p))
        for one in found.queues
        if not isnan(over := one.arrivals.left_over)
    )
    yield table(
        "clustering",
        "Within the day",
        ("Queue", "Variance over chance", "Probability of so much"),
        rows,
        tell("clustering"),
    )


def _chance(p: float) -> Cell:
    return Cell("under 0.001" if p < 0.001 else f"{p:.3f}", sort=p)


def _left_out(found: Fit) -> Iterator[Block]:
    rows = [line(what, counted(many, "row")) for what, many in found.left_out.items()]
    rows += [line(what, ", ".join(dates)) for what, dates in found.days.left_out.items()]
    if rows:
        yield table("days-left-out", "Left out", ("What", "Which"), rows, first=True)
    if found.notes:
        more = len(found.notes) > SENTENCES  # the first of them are among the risks
        yield Text(found.notes, "Where the model may not hold", first=more)
