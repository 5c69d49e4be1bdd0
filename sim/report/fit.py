"""The report of a fit: every input with its interval, the data beside it, what was assumed."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan

from sim.data import Fit
from sim.data.counting import counted
from sim.data.fitting.days import iso
from sim.data.fitting.durations import Patience, Times
from sim.data.fitting.found import Queue
from sim.data.fitting.likelihood import Interval
from sim.data.fitting.text import duration, head_counts, hold_text
from sim.report.blocks import Block, Cell, Figure, Later, Line, Report, Section, Source, Table, Text
from sim.report.numbers import interval, number
from sim.report.own_data import named, origin
from sim.report.tables import line, number_cell, table
from sim.report.terminal import SENTENCES
from sim.report.words import Amount, in_full, listed


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
        notes="In parentheses: 95 % interval, days resampled. cv: standard deviation over mean.",
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
    said = (
        f"{counted(len(found.days.date), 'day')} used, {left} left out"
        if left
        else "All days count"
    )
    notes = len(found.notes)
    if notes:
        said += (
            f"; {notes} {'notes say' if notes > 1 else 'note says'} where the model may not hold"
        )
    if found.assumed:
        inputs = "inputs are" if len(found.assumed) > 1 else "input is"
        said += f"; {len(found.assumed)} {inputs} assumed, for the data do not say"
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
        "Fresh customers: retries and repeat contacts are taken out where customers are known.",
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
    lines = [one for queue in found.queues for one in _lines(found, queue)]
    lines += [*_presence_lines(found), *_inferred_lines(found)]
    if found.common:
        shared = number_cell(found.common, "share")
        lines.append(line("day factor, shared by all queues", shared, Cell(""), Cell(""), ""))
    heads = ("", "Value", "95 % interval", "Rests on", "As")
    return table("numbers", "Inputs of the scenario", heads, lines, first=True)


def _line(what: str, one: Interval, unit: str, of: str, shape: str) -> Line:
    return line(
        *(what, number_cell(one.value, unit), Cell(interval(one.low, one.high, unit))),
        *(Cell(f"{one.n:,} {of}" if one.n else "", sort=float(one.n)), shape),
    )


def _presence_lines(found: Fit) -> Iterator[Line]:
    """Of those rostered, where a roster is known."""
    for pool, one in zip(found.pools.names, found.attendance, strict=False):
        if one is None:
            continue
        of_pool = f"{pool}: " if len(found.pools.names) > 1 else ""
        together = f"correlation {one.together:.2f}" if one.together else ""
        of = "shifts" if one.free.n else "days"
        yield _line(f"{of_pool}presence", one.mean, "share", of, together)
        if one.free.n:
            yield _line(f"{of_pool}free for contacts", one.free, "share", "shifts", "of who came")
        if one.late is not None:
            shape = "exponential; assumed in part" if one.is_late else "not in the scenario"
            yield _line(f"{of_pool}lateness", one.late, "s", "shifts", shape)


def _inferred_lines(found: Fit) -> Iterator[Line]:
    """Head counts that no export has."""
    for place, pool in enumerate(found.pools.names):
        for times, many, doubt in head_counts(found, place):
            if doubt is not None:
                low, high = doubt.around(many)
                texts = f"{pool}, {times}", f"{many}", f"{low} to {high}", "", "inferred from waits"
                yield line(*map(Cell, texts))


def _lines(found: Fit, queue: Queue) -> Iterator[Line]:
    """The inputs of one queue."""
    mark = {at.rpartition(".")[2] for at in found.assumed if at.startswith(f"reasons.{queue.name}")}
    of_queue = f"{queue.name}: " if len(found.queues) > 1 else ""

    def said(what: str, one: Interval, unit: str, of: str, shape: str, field: str = "") -> Line:
        shape = "; ".join(filter(None, (shape, "assumed in part" if field in mark else "")))
        return _line(f"{of_queue}{what}", one, unit, of, shape)

    yield said("volume a week", queue.arrivals.per_week, "", "customers", "")
    yield said("day factor (cv)", queue.arrivals.busyness, "share", "days", "gamma")
    for what, times, field in (
        ("handle time", queue.handle, "handle"),
        ("wrap-up", queue.wrap, "wrap"),
    ):
        if times is not None:
            held = hold_text(queue) if field == "handle" else ""
            yield said(what, times.mean, "s", "contacts", f"{_shape(times)}{held}", field)
    if queue.patience is not None:
        if queue.patience.times is not None:
            times = queue.patience.times
            yield said("patience", times.mean, "s", "abandoned", _shape(times), "patience")
        if queue.patience.balk.value > 0:
            yield said("leave at once", queue.patience.balk, "share", "who would wait", "")
    if queue.retry is not None:
        yield said("try again", queue.retry.share, "share", "abandoned", "", "retry")
        yield said("try again after", queue.retry.after, "s", "retries", "exponential")
    if queue.again is not None:
        yield said("repeat contacts", queue.again.share, "share", "answered", "within 7 days")
    for one in found.transfers:
        if one.by == queue.name:
            after = f"after {number(one.after, 'share')} of the talk" if one.after < 1 else ""
            yield said(f"passed on to {one.to}", one.share, "share", "talks", after)


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
            "rostered for work, and there from first to last contact, lateness included",
        )


def _shape(times: Times) -> str:
    return times.text(duration).strip("{}").split(":")[0] + f", cv {times.cv.value:.2f}"


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
            "log-likelihood of 1,000 contacts on days left out, less that of the best",
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
        "1 where half hours vary by chance alone, given their day",
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
