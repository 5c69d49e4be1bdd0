"""Erlang's figure beside every simple interval: is the simulation of the right size?

An hour of the week is simple where one pool answers one live channel, each agent one contact at a
time, and as many agents are there all the hour. The formula takes the hour to last for ever and
handling times to be exponential, so that it must come near, not agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import isnan
from typing import NamedTuple

import numpy as np

from sim.draws.periods import periods_of
from sim.measures import Row
from sim.report import words
from sim.report.blocks import Block, Cell, Heading, Line, Text
from sim.report.numbers import number
from sim.report.run_findings import RunFindings
from sim.report.tables import count_cell, head, line, number_cell, table, value_cell
from sim.report.words import hour_of
from sim.scenario import Scenario
from sim.tables import Floats
from sim.theory import erlang_g, mixture

LEAST = 5.0
"""Contacts an hour below which an hour says nothing."""

HOUR = 3600.0


class Simple(NamedTuple):
    """A simple hour of the week: what was simulated, and the formula's answer to the same."""

    hour: str
    arrivals: float  # contacts an hour
    agents: int
    handle: float  # seconds
    beside: dict[str, tuple[Row, float]]  # by measure


def why_not_simple(scenario: Scenario) -> str:
    """What keeps all hours of a scenario from being simple; empty if nothing does."""
    queues = [name for name, channel in scenario.channels.items() if not channel.unlimited]
    if len(scenario.pools) > 1:
        return f"{len(scenario.pools)} pools answer"
    if len(queues) > 1:
        return f"the agents answer {len(queues)} channels"
    (pool,) = scenario.pools.values()
    name, channel = queues[0], scenario.channels[queues[0]]
    limits = [pool.answers, *(one.answers for one in pool.people.values())]
    balks = [balk for reason in scenario.reasons.values() for balk in reason.balk.leaves()]
    steps = [step for route in scenario.routing for step in route.to]
    may_wait = not channel.callback and channel.offer == "always" and channel.queue_limit is None
    reasons = {
        "contacts are answered out of a backlog": not channel.live,
        "the agents come, or take contacts, as they like": bool(pool.members or pool.offers),
        "an agent holds several contacts at once": any(one.get(name, 1) > 1 for one in limits),
        "not everybody may wait in the queue": not may_wait,
        "the queue has ways out, or changes patience": bool(channel.exits or channel.announcement),
        "who waits depends on the queue": any(balk.points for balk in balks),
        "agents are held back": any(step.after or step.keep_free for step in steps),
        "not all contacts are to be answered equally soon": (
            len(scenario.run.thresholds(name, scenario.reasons)) > 1
        ),
        "what agents or customers do depends on the time of the week, or on an event": (
            len(periods_of(scenario, frozenset()).variants) > 1
        ),
        "the agents are not equally fast with everything": (
            any(speed != 1.0 for speed in pool.speed.leaves())
        ),
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def simple_hours(findings: RunFindings) -> Iterator[Simple]:
    """The simple hours of a run, in order."""
    if why_not_simple(findings.scenario):
        return
    for hour in findings.result.groups("hour"):
        weeks = findings.times[hour_of(hour)]
        if weeks and (one := _simple(findings, hour, weeks)) is not None:
            yield one


def _simple(findings: RunFindings, hour: str, weeks: int) -> Simple | None:
    """An hour that the counted days hold so often; None if it is not simple."""
    scenario = findings.scenario
    names = ("offered", "agents", "aht", "service_level", "abandonment")
    offered, agents, aht, *simulated = (findings.result.get(name, "hour", hour) for name in names)
    arrivals, constant = offered.value / weeks, agents.value.is_integer()
    if not constant or agents.high > agents.low or agents.value < 1:
        return None
    if arrivals < LEAST or isnan(aht.value):
        return None
    channel = next(name for name, one in scenario.channels.items() if not one.unlimited)
    shares = findings.reasons(findings.ends.contacts["hour"] == hour_of(hour))
    patience = [(share, _stay(scenario, reason, channel)) for reason, share in shares.items()]
    people = int(agents.value)
    try:
        formula = erlang_g(arrivals / HOUR, aht.value, people, mixture(patience))
    except ValueError:  # the queue has no steady state: nobody gives up, and there are too few
        return None
    level = formula.sl_offered(scenario.run.thresholds(channel, scenario.reasons)[0])
    beside = zip(simulated, (level, formula.p_abandon), strict=True)
    found = {row.measure: (row, by_formula) for row, by_formula in beside}
    return Simple(hour, arrivals, people, aht.value, found)


def _stay(scenario: Scenario, reason: str, channel: str) -> Callable[[Floats], Floats]:
    """How many are still there after so long."""
    who = scenario.reasons[reason]
    patience, stays = who.patience.at(channel), 1.0 - who.balk.at(channel).share
    return lambda x: np.asarray(stays * patience.survival(x))


# --- as blocks --------------------------------------------------------------------------------


def blocks(findings: RunFindings) -> Iterator[Block]:
    """Erlang's figures beside the simple hours; made only where the page is."""
    simple = [*simple_hours(findings)]
    if not simple:
        why = why_not_simple(findings.result.scenario) or findings.tell("no-hour")
        yield Text((findings.tell("no-formula", why=why),))
        return
    level, abandonment = (_means(simple, name) for name in simple[0].beside)
    beside = findings.tell("beside-formula", hours=len(simple))
    means = findings.tell("over-all-hours", level=level, abandonment=abandonment)
    yield Text((beside, means))
    both = [
        Heading(head(name).text, of, name if of == "simulated" else "")
        for name in simple[0].beside
        for of in ("simulated", "formula")
    ]
    yield table(
        "table-erlang",
        "Simulation and formula, hour by hour",
        (
            *("Hour", Heading("Contacts", "an hour"), "Agents", head("aht")),
            *both,
        ),
        map(_compared, simple),
        f"below what was simulated its {findings.confidence} interval",
        folded=True,
    )


def _compared(one: Simple) -> Line:
    return line(
        *(Cell(one.hour, sort=f"{hour_of(one.hour):03d}"), number_cell(one.arrivals, "contacts")),
        *(count_cell(one.agents), number_cell(one.handle, "s")),
        *(
            cell
            for row, formula in one.beside.values()
            for cell in (value_cell(row, words.stated(row)), number_cell(formula, "share"))
        ),
    )


def _means(simple: Sequence[Simple], measure: str) -> list[str]:
    """The mean of a share over hours, by their contacts: simulated, and by the formula."""
    shares = [(row.value, formula) for row, formula in (one.beside[measure] for one in simple)]
    means = np.average(shares, axis=0, weights=[one.arrivals for one in simple])
    return [number(float(mean), "share") for mean in means]
