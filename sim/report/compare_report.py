"""The report of a comparison: which option, by how much, how sure, and why."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan

from altair.utils.schemapi import debug_mode

from sim.experiment import Comparison
from sim.experiment.files import scenario_files
from sim.experiment.vary import Vary
from sim.measures import CATALOGUE
from sim.report import charts, compare_data, option_charts
from sim.report.charts import Shown
from sim.report.compare_data import BY_GROUP, MATTERS, compared, compared_by, services, unit_of
from sim.report.compare_tables import tables
from sim.report.compare_told import Told
from sim.report.numbers import NOTHING, half_width, signed
from sim.report.page import (
    Because,
    Block,
    Cell,
    Chart,
    Choice,
    Column,
    Dataset,
    Filter,
    Heading,
    Line,
    Origin,
    Report,
    Section,
    Source,
    Table,
    Text,
)
from sim.report.vary import vary_answer
from sim.scenario import to_yaml

FILTERS = {"option": "Option", "window": "Window", "channel": "Channel"}

BY_CLOCK = (Column("weekday", "Day"), Column("clock", "From hour", "d"))


def compare_report(result: Comparison) -> Report:
    """The report of a comparison."""
    told = Told(result)
    with debug_mode(False):  # looking for mistakes in each picture takes as long as all the rest
        sections = tuple(_sections(told))
    shown = {block.name for one in sections for block in one.blocks if not isinstance(block, Text)}
    return Report(
        title=result.question,
        about=told.about(),
        answer=told.answer(),
        certainty=told.certainty(),
        figures=tuple(told.figures()),
        because=tuple(
            one if one.shown_in in shown else Because(one.text) for one in told.because()
        ),
        sections=sections,
        datasets=compare_data.together(_datasets(told)),
        origin=_origin(result),
        filters=tuple(_filters(told)),
        recommended=told.recommended(),
    )


def _filters(told: Told) -> Iterator[Filter]:
    yield Filter("option", FILTERS["option"], tuple(told.result.outcomes))
    for by in ("window", "channel"):
        if compared_by(told, by):
            yield Filter(by, FILTERS[by], tuple(told.groups(by)))


def _datasets(told: Told) -> Iterator[tuple[str, Dataset]]:
    for measure in compared(told):
        yield f"difference {measure}", compare_data.differences(told, measure)
    for measure in services(told):
        yield f"trade-off {measure}", compare_data.trade_off(told, measure)
    for place, option in enumerate(_bridged(told)):
        yield f"bridge {place}", compare_data.bridge(told, option)
    for by in BY_GROUP:
        for measure in compared_by(told, by):
            yield f"{by} {measure}", compare_data.matrix(told, by, measure)
    yield "hours", compare_data.hours(told)
    yield "paired", compare_data.spread(told, paired=True)
    yield "each", compare_data.spread(told, paired=False)
    if told.says("cost"):
        yield "costs", compare_data.costs(told)
    if told.result.vary is not None:
        yield "tornado", compare_data.tornado(told, told.result.vary)


# --- sections ---------------------------------------------------------------------------------


def _sections(told: Told) -> Iterator[Section]:
    yield Section(
        "how-much",
        "How much better, and how sure",
        tuple(_how_much(told)),
        "A click on an option, a window or a channel shows it everywhere; a second click shows all "
        "again.",
    )
    if bridged := _bridged(told):
        pictures = [_bridge(told, place, option) for place, option in enumerate(bridged)]
        yield Section(
            "why-money",
            "Where the difference in margin comes from",
            (Choice("bridge", "Option", tuple(pictures)),),
        )
    if blocks := tuple(_when(told)):
        yield Section("when", "When and where it comes from", blocks)
    if told.says("cost"):
        yield Section("what-it-costs", "What it costs", (_cost(told),))
    if told.result.vary is not None:
        yield Section(
            "what-is-uncertain",
            "Sensitivity to uncertain inputs",
            tuple(_uncertain(told, told.result.vary)),
        )
    yield Section("numbers", "All numbers", tuple(tables(told)))


def _how_much(told: Told) -> Iterator[Block]:
    yield Choice(
        "differences",
        "Difference in",
        tuple(_difference(told, name, label) for name, label in compared(told).items()),
    )
    if pictures := tuple(_trade_off(told, name) for name in services(told)):
        yield Choice("trade-off", "Against", pictures)
    yield Choice("weeks", "Show", (_spread(told, paired=True), _spread(told, paired=False)))


def _difference(told: Told, measure: str, label: str) -> Chart:
    one = CATALOGUE[measure]
    unit = unit_of(told, measure, difference=True)
    less = " Less is better." if one.better < 0 else ""
    return Chart(
        f"difference-{_slug(measure)}",
        f"{one.label}: difference to “{told.against}”",
        f"{one.definition}{less} The line is what the difference may be, for all options together "
        f"({told.confidence}); in parentheses where not significant.",
        option_charts.differences(
            f"difference {measure}",
            Shown("value", ", ".join(filter(None, (label, unit))), _format(measure)),
            lines=len(told.others),
        ),
        option_charts.OPTION,
        (
            *(Column("option", "Option"), Column("text", f"Difference, {unit}".rstrip(", "))),
            Column("interval", "Interval"),
        ),
        label,
    )


def _trade_off(told: Told, measure: str) -> Chart:
    one = CATALOGUE[measure]
    rivals = (
        "Nothing else may be as good."
        if not told.result.rivals
        else "Squares are as good as it for all these data tell."
    )
    return Chart(
        f"trade-off-{_slug(measure)}",
        f"{told.decide.label} and {one.label.lower()} of every option",
        f"The diamond is the option that {'is' if told.result.verdict.best else 'looks'} best. "
        f"{rivals} Lines are {told.confidence} intervals.",
        option_charts.trade_off(
            f"trade-off {measure}", _axis(told, measure), _axis(told, told.decide.name)
        ),
        option_charts.OPTION,
        (
            Column("option", "Option"),
            Column("y_text", told.decide.label),
            Column("x_text", one.label),
            Column("standing", "Standing"),
        ),
        one.label,
    )


def _axis(told: Told, measure: str) -> Shown:
    one = CATALOGUE[measure]
    words = ", ".join(filter(None, (one.label, unit_of(told, measure))))
    return Shown(measure, words, ".1%" if one.unit == "share" else ",.0f")


def _spread(told: Told, *, paired: bool) -> Chart:
    label, points = told.decide.label, unit_of(told, told.decide.name, difference=True)
    title = f"{label}, {told.span} by {told.span}"
    if paired:
        name, title, tab = "weeks-paired", f"{title}: option less “{told.against}”", "Differences"
        text = (
            f"How the same {told.spans} turn out with the option and with “{told.against}”: the "
            "higher a column, the more of them. Columns in the other colour are those in which the "
            "option does worse."
        )
        beside = [[option, _chance(told, option)] for option in told.others]
    else:
        name, tab = "weeks-each", "Values"
        text = f"How much one {told.span} differs from another, whatever is chosen."
        beside = [[option] for option in told.ranked]
    return Chart(
        name,
        title,
        text,
        option_charts.spread(
            "paired" if paired else "each",
            beside,
            Shown("low", ", ".join(filter(None, (label, points))), ",.0f"),
            zero=paired,
        ),
        option_charts.OPTION,
        (Column("option", "Option"), Column("text", label), Column("said", f"Of all {told.spans}")),
        tab,
    )


def _chance(told: Told, option: str) -> str:
    """How often an option does better."""
    value = told.result.outcomes[option].chance[0]
    return "" if isnan(value) else f"win rate {100 * value:.0f} %"


# --- where it comes from ----------------------------------------------------------------------


def _bridged(told: Told) -> list[str]:
    """The options whose margin can be followed step by step: where help sells."""
    sells = told.says("incremental_revenue")
    moved = {one.option for one in told.result.steps if one.value}
    return [name for name in told.others if sells and name in moved]


def _bridge(told: Told, place: int, option: str) -> Chart:
    data = compare_data.bridge(told, option)
    (begins,) = {data["start"][0], data["start"][-1]}
    cut = f" The axis begins at {begins:,.0f}, not at 0." if begins else ""
    return Chart(
        f"bridge-{place + 1}",
        f"Margin: from “{told.against}” to “{option}”",
        "From above: more customers ready to buy are reached (at the old conversion and value of a "
        "sale), then they buy more or less often, then for more or less; less what they would have "
        "bought without help, each times the gross margin; then what each source costs. The steps "
        f"add up to the difference.{cut}",
        option_charts.waterfall(
            f"bridge {place}", Shown("value", told.currency, ",.0f"), lines=len(data["line"])
        ),
        (),
        (Column("line", "Step"), Column("text", f"{told.currency} a {told.span}")),
        option,
        {"option": option},
    )


def _when(told: Told) -> Iterator[Block]:
    for by in BY_GROUP:
        if found := compared_by(told, by):
            pictures = tuple(_matrix(told, by, name, label) for name, label in found.items())
            yield Choice(f"by-{by}", f"By {by}, difference in", pictures)
    if pictures := tuple(_maps(told)):
        yield Choice("maps", "Hour by hour, difference in", pictures)


def _matrix(told: Told, by: str, measure: str, label: str) -> Chart:
    one = CATALOGUE[measure]
    unit = unit_of(told, measure, difference=True)
    return Chart(
        f"{by}-{_slug(measure)}",
        f"{one.label} by {by}: difference to “{told.against}”",
        f"{BETTER} In parentheses and without colour: not significant. Below: half the "
        f"{told.confidence} interval, for all options together.",
        option_charts.matrix(
            f"{by} {measure}",
            Shown("value", ", ".join(filter(None, (label, unit))), _format(measure)),
            columns=by,
            scale=charts.two_sided(
                compare_data.bound(compare_data.matrix(told, by, measure)["value"]),
                less_is_better=one.better < 0,
            ),
        ),
        ("option", by),
        (
            *(Column("option", "Option"), Column(by, FILTERS[by])),
            *(Column("text", f"Difference, {unit}".rstrip(", ")), Column("interval", "Interval")),
        ),
        label,
    )


BETTER = "Blue is better than the reference, orange is worse."


def _maps(told: Told) -> Iterator[Chart]:
    one_hour = f"{BETTER} Only what is no chance is shown, each hour judged by itself."
    shown = {
        "unanswered": ("Unanswered", Shown("value", "contacts an hour", ",.1f")),
        "missed_buyers": ("Missed buyers", Shown("value", "customers an hour", ",.1f")),
        "answer_rate": ("Answer rate", Shown("value", "points", ",.1f")),
        "margin": ("Margin", Shown("value", f"{told.currency} an hour", ",.0f")),
        "per_hour": (
            "Margin per added agent hour",
            Shown("value", f"{told.currency} for each hour more of an agent", ",.0f"),
        ),
    }
    data = compare_data.hours(told)
    for name, (label, quantity) in shown.items():
        if all(value != value for value in data[name]):  # noqa: PLR0124 - all are nan
            continue
        less = name in CATALOGUE and CATALOGUE[name].better < 0
        yield Chart(
            f"hours-{_slug(name)}",
            f"{label}, hour by hour: difference to “{told.against}”",
            f"Of the option picked above; “{told.shown}” if none is. {one_hour}",
            charts.week_map(
                "hours",
                quantity,
                top=f"datum.{name}",
                bottom=f"isValid(datum.{name}) ? 1 : 0",
                signed=True,
                bound=compare_data.bound(data[name]),
                less_is_better=less,
                one_of="option",
            ),
            ("option",),
            (*BY_CLOCK, Column("value", f"{label}, {quantity.label}", quantity.format)),
            label,
        )


def _cost(told: Told) -> Chart:
    return Chart(
        "cost-by-source",
        f"Cost of an average {told.span}, by source",
        "A source is a pool, with what its contract asks, or a channel with a cost of its own.",
        charts.parts(
            "costs",
            Shown("value", told.currency, ",.0f"),
            height=36 * len(told.ranked) + 10,
            filters=("option",),
        ),
        ("option",),
        (Column("line", "Option"), Column("part", "Source"), Column("text", "Cost")),
    )


# --- what is uncertain --------------------------------------------------------------------------


def _uncertain(told: Told, vary: Vary) -> Iterator[Block]:
    yield Text(tuple(vary_answer(vary)))
    rival = f"“{vary.base.rival}”" if vary.base.rival else "the others"
    unit = unit_of(told, told.decide.name, difference=True)
    yield Chart(
        "tornado",
        f"How far each input moves the lead of “{vary.chosen}”",
        f"One input at a time; at the ends of a bar the values that lead there. The mark is the "
        f"lead over {rival} as things are, the grey behind it what may be chance of simulation. "
        "Left of 0 another option is better.",
        option_charts.tornado(
            "tornado",
            Shown("value", ", ".join(filter(None, (f"Lead in {told.decide.label.lower()}", unit)))),
            lines=len(vary.factors),
        ),
        (),
        (
            Column("line", "Input"),
            *(Column("at_least", "Least lead at"), Column("least", "Least lead", ",.1f")),
            *(Column("at_most", "Most lead at"), Column("most", "Most lead", ",.1f")),
            Column("depends", "The answer"),
        ),
    )
    unit = CATALOGUE[told.decide.name].unit
    yield Table(
        "table-uncertain",
        "Every value tried",
        (
            Heading("Input", number=False),
            *(Heading("Value", number=False), Heading("May be the best", number=False)),
            *(Heading(f"Lead of {vary.chosen}", told.currency if unit == "money" else ""),),
            *(Heading("Over", number=False), Heading("The answer", number=False)),
        ),
        tuple(
            Line(
                (
                    Cell(one.factor.path, sort=one.factor.path),
                    Cell(f"{trial.text}{' (baseline)' if trial.base else ''}", sort=trial.text),
                    Cell(", ".join(trial.plausible), sort=", ".join(trial.plausible)),
                    Cell(
                        signed(trial.lead.value, unit),
                        half_width(trial.lead.low, trial.lead.high, unit),
                        trial.lead.value,
                    ),
                    Cell(trial.rival or NOTHING, sort=trial.rival),
                    Cell(MATTERS[one.depends], sort=one.depends),
                )
            )
            for one in vary.factors
            for trial in one.trials
        ),
    )


# --- the rest -----------------------------------------------------------------------------------


def _format(measure: str) -> str:
    """Of the numbers of a difference on an axis; shares are in points there."""
    return ",.1f" if CATALOGUE[measure].unit == "share" else ",.0f"


def _slug(name: str) -> str:
    return name.replace("_", "-")


def _origin(result: Comparison) -> Origin:
    facts = result.provenance()
    numbers = sorted({one.replications for one in result.outcomes.values()})
    shown = {
        "Made by": f"sim {facts['version']}",
        "Engine": facts["engine"],
        "Replications": " to ".join(f"{n:,}" for n in dict.fromkeys((numbers[0], numbers[-1]))),
        "Seed": str(facts["seed"]),
        "Python": facts["python"],
        **facts["libraries"],
        **{
            f"Fingerprint of {name}": one["fingerprint"][:16]
            for name, one in facts["options"].items()
        },
    }
    files = scenario_files(result.outcomes)
    return Origin(
        shown,
        f"sim compare study.yaml --engine {result.engine}",
        (
            Source("study.yaml", result.study_text()),
            *(
                Source(f"{files[name]}: {name}", to_yaml(one.scenario))
                for name, one in result.outcomes.items()
            ),
        ),
        "Save each of the texts below under its name, all in one folder; this command gives the "
        "same numbers, to the last digit:",
    )
