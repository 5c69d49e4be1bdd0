"""The report of a back-test: how often the truth lay in the band, and what would do better."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.data import Backtest
from sim.data.testing.scores import Score, score_of
from sim.data.testing.verdict import POINTS, amount
from sim.report.blocks import Because, Block, Cell, Figure, Later, Report, Section, Table, Text
from sim.report.own_data import named, origin, sentences
from sim.report.tables import count_cell, line, percent_cell, table
from sim.report.words import capital

tell = sentences("backtest")


def report(found: Backtest) -> Report:
    """The report of a back-test."""
    weeks = f"{len(found.weeks)} weeks" if len(found.weeks) > 1 else "one week"
    return Report(
        title=tell("title", export=named(found.files)),
        about=tell("about", weeks=weeks, first=found.weeks[0], times=found.replications),
        answer=found.verdict,
        certainty=tell("certainty"),
        figures=tuple(_figures(found)),
        because=tuple(_because(found)),
        sections=tuple(_sections(found)),
        origin=origin(f"backtest --replications {found.replications}", found.files),
        risks=(_of_the_plan(found), *found.notes),
        notes=tell("notes"),
    )


def _figures(found: Backtest) -> Iterator[Figure]:
    for measure in ("offered", "service level", "abandonment"):
        for one in found.scores:
            if (one.measure, one.level) == (measure, "half hour"):
                share, low, high = one.inside[0.8]
                yield Figure(
                    capital(measure),
                    _percent(share),
                    f"{_percent(low)} to {_percent(high)}",
                    "of half hours inside the 80 % band",
                )


def _because(found: Backtest) -> Iterator[Because]:
    """Which of forecast, week before and formula is nearest, and which assumption costs most."""
    for place, measure in enumerate(("offered", "abandonment", "service level")):
        if place == 1 and (worst := _costs_most(found)):
            name, lost = worst
            yield Because(tell("matters", name=name, days=100 * lost), "ablations")
        errors = {model: said[measure] for model, said in found.rivals.items() if measure in said}
        if "simulation" in errors and len(errors) > 1:
            own = amount(measure, errors.pop("simulation"))
            others = " and ".join(f"{amount(measure, one)} by {of}" for of, one in errors.items())
            said = tell("off", measure=capital(measure), own=own, others=others)
            yield Because(said, "rivals")


def _costs_most(found: Backtest) -> tuple[str, float] | None:
    """The ablation after which the coverage of days is worst, and by how much."""
    base = {(one.measure, one.level): one.inside[0.8][0] for one in found.scores}
    worst: tuple[str, float] | None = None
    for name, scores in found.ablations.items():
        for one in scores:
            key = (one.measure, one.level)
            if one.level == "day" and one.measure in ("offered", "service level"):
                lost = base[key] - one.inside[0.8][0]
                if lost > (worst[1] if worst else 0.05):
                    worst = name, lost
    return worst


def _of_the_plan(found: Backtest) -> str:
    """What is lost by who does not know yet who will be there."""
    said, of = "", ("service level", "day")
    if any((one.measure, one.level) == of for one in found.planned):
        there, planned = (score_of(some, *of) for some in (found.scores, found.planned))
        said = tell(
            "planned",
            planned=_percent(planned.inside[0.8][0]),
            there=_percent(there.inside[0.8][0]),
            planned_error=amount(of[0], planned.error),
            error=amount(of[0], there.error),
        )
    return tell("staff", planned=said)


# --- blocks -------------------------------------------------------------------------------------


def _sections(found: Backtest) -> Iterator[Section]:
    pictures = Later.of("backtest_pictures", found)
    yield Section(
        "bands",
        "Actual values and their bands",
        (pictures("bands"), _scores("scores", "Forecast and staff", found.scores)),
        tell("bands"),
    )
    yield Section(
        "calibration",
        "Are the bands as wide as they should be?",
        (pictures("places"),),
        tell("places"),
    )
    if found.served:
        table = _scores("served", "With the contacts that came", found.served)
        yield Section("waiting", "Waiting and abandonment alone", (table,), tell("served"))
    if found.planned:
        table = _scores("planned", "With the staff that was planned", found.planned)
        yield Section("planned", "As who plans a week sees it", (table,), tell("of-planned"))
    yield Section("beside", "Beside other models", tuple(_rivals(found)))
    yield Section("worth", "What each assumption is worth", (_ablations(found),))
    if found.notes:
        yield Section("left-out", "What was left out", (Text(found.notes),))


def _scores(name: str, title: str, scores: Sequence[Score]) -> Table:
    lines = []
    for one in scores:
        share, low, high = one.inside[0.8]
        scale = 100 if one.measure in POINTS else 1
        value, least, most = (scale * bound for bound in one.bias)
        cells = (
            *(f"{capital(one.measure)} by {one.level}", count_cell(one.n)),
            percent_cell(one.inside[0.5][0]),
            Cell(_percent(share), f"{100 * low:.0f} to {100 * high:.0f}", share),
            percent_cell(one.inside[0.95][0]),
            Cell(f"{value:+.2f}", f"{least:.2f} to {most:.2f}", value),
            Cell(amount(one.measure, one.width), sort=one.width),
        )
        lines.append(line(*cells))
    inside = (f"In {band} %" for band in (50, 80, 95))
    return table(name, title, ("", "Values", *inside, "Bias", "Width"), lines, first=True)


def _rivals(found: Backtest) -> Iterator[Block]:
    if not found.rivals:
        return
    names = list(found.rivals["simulation"])
    yield table(
        "rivals",
        "Mean absolute error by half hour",
        ("", *map(capital, names)),
        (
            line(
                model,
                *(Cell(amount(name, errors[name]), sort=errors[name]) for name in names),
                strong=model == "simulation",
            )
            for model, errors in found.rivals.items()
        ),
        tell("rivals"),
        first=True,
    )


def _ablations(found: Backtest) -> Table:
    columns = [(m, at) for m in ("offered", "service level") for at in ("half hour", "day")]
    lines = []
    for name, scores in {"as fitted": found.scores, **found.ablations}.items():
        inside = {(one.measure, one.level): one.inside[0.8][0] for one in scores}
        cells = (percent_cell(inside[key]) if key in inside else Cell("") for key in columns)
        lines.append(line(name, *cells, strong=name == "as fitted"))
    heads = (f"{capital(measure)} by {level}" for measure, level in columns)
    return table("ablations", "Share inside the 80 % band", ("", *heads), lines, first=True)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
