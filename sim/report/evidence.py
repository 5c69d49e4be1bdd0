"""Erlang's figure beside every simple interval: is the simulation of the right size?

An hour of the week is simple where one pool answers one live channel, each agent one contact at a
time, and as many agents are there all the hour. The formula takes the hour to last for ever and
handling times to be exponential, so that it must come near, not agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import isnan

import numpy as np

from sim.draws.periods import periods_of
from sim.experiment.run import Result
from sim.measures import Row
from sim.report import words
from sim.report.blocks import Block, Cell, Heading, Line, Text
from sim.report.numbers import NOTHING, number
from sim.report.run_findings import RunFindings
from sim.report.tables import count_cell, head, line, number_cell, table, value_cell
from sim.report.words import hour_of
from sim.scenario import Scenario
from sim.scenario.model import Pool
from sim.tables import Floats
from sim.theory import SteadyState, erlang_g, mixture

LEAST = 5.0
"""Contacts an hour below which an hour says nothing."""

HOUR = 3600.0


@dataclass(frozen=True)
class Simple:
    """A simple hour of the week: what was simulated, and the formula's answer to the same."""

    hour: str
    arrivals: float  # contacts an hour
    agents: int
    handle: float  # seconds
    service_level: Row
    abandonment: Row
    formula: SteadyState
    within: float  # seconds, of the service level

    @property
    def formula_level(self) -> float:
        """The service level by the formula."""
        return self.formula.sl_offered(self.within)


def why_not_simple(scenario: Scenario) -> str:  # noqa: PLR0911 - one line for each
    """What keeps all hours of a scenario from being simple; empty if nothing does."""
    queues = [name for name, channel in scenario.channels.items() if not channel.unlimited]
    if len(scenario.pools) > 1:
        return f"{len(scenario.pools)} pools answer"
    if len(queues) > 1:
        return f"the agents answer {len(queues)} channels"
    (pool,) = scenario.pools.values()
    channel = scenario.channels[queues[0]]
    if not channel.live:
        return "contacts are answered out of a backlog"
    if pool.members is not None or pool.offers is not None:
        return "the agents come, or take contacts, as they like"
    limits = [pool.answers, *(one.answers for one in pool.people.values())]
    if any(one.get(queues[0], 1) > 1 for one in limits):
        return "an agent holds several contacts at once"
    if channel.callback is not None or channel.offer != "always" or channel.queue_limit is not None:
        return "not everybody may wait in the queue"
    if channel.exits or channel.announcement is not None:
        return "the queue has ways out, or changes patience"
    if any(balk.points for reason in scenario.reasons.values() for balk in reason.balk.leaves()):
        return "who waits depends on the queue"
    if any(step.after or step.keep_free for route in scenario.routing for step in route.to):
        return "agents are held back"
    if len(scenario.run.thresholds(queues[0], scenario.reasons)) > 1:
        return "not all contacts are to be answered equally soon"
    return _why_nobody_is_alike(scenario, pool)


def _why_nobody_is_alike(scenario: Scenario, pool: Pool) -> str:
    if len(periods_of(scenario, frozenset()).variants) > 1:
        return "what agents or customers do depends on the time of the week, or on an event"
    if any(speed != 1.0 for speed in pool.speed.leaves()):
        return "the agents are not equally fast with everything"
    return ""


def simple_hours(result: Result, weeks: dict[str, int]) -> list[Simple]:
    """The simple hours of a run, in order.

    Args:
        result: of the run.
        weeks: hour of the week -> how often the counted days hold it.
    """
    if why_not_simple(result.scenario) or result.ends is None:
        return []
    found = [_simple(result, hour, weeks[hour]) for hour in result.groups("hour") if weeks[hour]]
    return [one for one in found if one is not None]


def _simple(result: Result, hour: str, weeks: int) -> Simple | None:
    said = {name: result.get(name, "hour", hour) for name in ("offered", "agents", "aht")}
    agents, arrivals = said["agents"], said["offered"].value / weeks
    constant = agents.value.is_integer() and not agents.high > agents.low
    if not constant or agents.value < 1 or arrivals < LEAST or isnan(said["aht"].value):
        return None
    channel = next(n for n, one in result.scenario.channels.items() if not one.unlimited)
    threshold = result.scenario.run.thresholds(channel, result.scenario.reasons)[0]
    weights = _reasons(result, hour)
    try:
        formula = erlang_g(
            arrivals / HOUR,
            said["aht"].value,
            int(agents.value),
            mixture([(share, _patience(result, reason, channel)) for reason, share in weights]),
        )
    except ValueError:  # the queue has no steady state: nobody gives up, and there are too few
        return None
    return Simple(
        hour,
        arrivals,
        int(agents.value),
        said["aht"].value,
        result.get("service_level", "hour", hour),
        result.get("abandonment", "hour", hour),
        formula,
        threshold,
    )


def _reasons(result: Result, hour: str) -> list[tuple[str, float]]:
    """The reasons of the contacts of an hour, with their shares."""
    assert result.ends is not None
    ends = result.ends.contacts
    here = ends["hour"] == hour_of(hour)
    sums = {
        reason: float(ends["contacts"][here & (ends["reason"] == reason)].sum())
        for reason in result.scenario.reasons
    }
    total = sum(sums.values())
    return [(reason, amount / total) for reason, amount in sums.items() if amount]


def _patience(result: Result, reason: str, channel: str) -> Callable[[Floats], Floats]:
    who = result.scenario.reasons[reason]
    dist, stays = who.patience.at(channel), 1.0 - who.balk.at(channel).share

    def left(x: Floats) -> Floats:
        return np.asarray(stays * dist.survival(x))

    return left


# --- as blocks --------------------------------------------------------------------------------


def blocks(findings: RunFindings) -> Iterator[Block]:
    """Erlang's figures beside the simple hours; made only where the page is."""
    weeks = {hour: findings.times[hour_of(hour)] for hour in findings.result.groups("hour")}
    simple = simple_hours(findings.result, weeks)
    if not simple:
        why = why_not_simple(findings.result.scenario) or (
            "in no hour are as many agents there from beginning to end, with contacts enough"
        )
        yield Text(
            (
                f"A formula of Erlang's kind cannot stand beside these numbers: {why}. The engine "
                "is checked against such formulas on scenarios made for it.",
            )
        )
        return
    yield Text(
        (
            f"In {len(simple)} hours of the week one pool answers one channel with as many agents "
            "all the hour. There a formula (M/M/n+G, Erlang A with any patience) can be set beside "
            "the simulation. It takes each hour to last for ever and handling times to be "
            "exponential: it must come near, not agree.",
            "Over all these hours the service level is "
            f"{_mean(simple, lambda one: one.service_level.value)} in the simulation, "
            f"{_mean(simple, lambda one: one.formula_level)} by the formula; the abandonment "
            f"{_mean(simple, lambda one: one.abandonment.value)} and "
            f"{_mean(simple, lambda one: one.formula.p_abandon)}.",
        )
    )
    level, abandoned = head("service_level"), head("abandonment")
    yield table(
        "table-erlang",
        "Simulation and formula, hour by hour",
        (
            *("Hour", Heading("Contacts", "an hour"), "Agents", head("aht")),
            *(replace(level, unit="simulated"), Heading(level.text, "formula")),
            *(replace(abandoned, unit="simulated"), Heading(abandoned.text, "formula")),
        ),
        map(_compared, simple),
        f"below what was simulated its {findings.confidence} interval",
        folded=True,
    )


def _compared(one: Simple) -> Line:
    return line(
        *(Cell(one.hour, sort=f"{hour_of(one.hour):03d}"), number_cell(one.arrivals, "contacts")),
        *(count_cell(one.agents), number_cell(one.handle, "s")),
        value_cell(one.service_level, words.stated(one.service_level)),
        number_cell(one.formula_level, "share"),
        value_cell(one.abandonment, words.stated(one.abandonment)),
        number_cell(one.formula.p_abandon, "share"),
    )


def _mean(simple: Sequence[Simple], share: Callable[[Simple], float]) -> str:
    """The mean of a share of contacts over hours, by their contacts."""
    contacts = sum(one.arrivals for one in simple)
    if not contacts:
        return NOTHING
    return number(sum(one.arrivals * share(one) for one in simple) / contacts, "share")
