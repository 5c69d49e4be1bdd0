"""A whole study of the week as an analyst would write it around the idiomatic SimPy model.

Customers are sampled with numpy, in arrays, which is the fastest of the usual ways; the model is
`idiomatic`; the statistics are pandas group-bys by contact type, by channel and window of the week,
and over replications means and Student intervals. That is less than our catalogue: no money, no
sales, no satisfaction, no laws checked, no quantile intervals. So what it takes is a lower bound.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import stats

from benchmarks import idiomatic
from benchmarks.cases import Case
from benchmarks.facts import Log
from sim.engine import Plan
from sim.scenario.distributions import Distribution, Exponential, Lognormal
from sim.scenario.paths import handle_time
from sim.tables import Draws, Floats, Ints, Outcome, Purpose

HOUR = 3600.0
ANSWER_WITHIN = 20.0


@dataclass(frozen=True)
class Study:
    """Means and half-widths of 95 % intervals; a row a slice, a column a measure."""

    mean: pd.DataFrame
    half_width: pd.DataFrame


def run(case: Case, replications: int, seed: int) -> Study:
    """Sample, simulate and add up so many replications."""
    tables = []
    roster = case.draws(0)  # the same in every replication: nobody is ill here
    for k in range(replications):
        draws = sample(case, np.random.default_rng([seed, k]), roster)
        tables.append(statistics(case.plan, draws, idiomatic.simulate(case.plan, draws)))
    everything = pd.concat(tables, keys=range(replications))
    by_slice = everything.groupby(level=[1, 2])
    width = stats.t.ppf(0.975, replications - 1) / np.sqrt(replications)
    return Study(by_slice.mean(), by_slice.std() * width)


# --- sampling ---------------------------------------------------------------------------------


def sample(case: Case, rng: np.random.Generator, roster: Draws) -> Draws:
    """Customers of one replication; who is on duty is taken from the roster."""
    scenario, channels = case.scenario, list(case.scenario.channels)
    arrivals = [
        _arrivals(rng, rate.edges, rate.expected) for rate in case.setting.rates
    ]  # by reason
    sizes = [len(times) for times in arrivals]
    at = np.full(roster.at.shape, -1)
    values: list[Floats] = []
    used = 0
    chosen: list[Ints] = []
    for r, (reason, size) in enumerate(zip(scenario.reasons.values(), sizes, strict=True)):
        shares = [reason.channels.get(channel, 0.0) for channel in channels]
        chosen.append(rng.choice(len(channels), size, p=np.array(shares) / sum(shares)))
        for c, channel in enumerate(channels):
            for purpose, what in (
                (Purpose.PATIENCE, reason.patience.at(channel)),
                (Purpose.HANDLE, handle_time(reason, channel)),
                (Purpose.WRAP, reason.wrap.at(channel)),
            ):
                if roster.at[purpose, r, c] >= 0 and what is not None:
                    at[purpose, r, c] = used
                    values.append(_times(rng, what, size))
                    used += size
    arrival = np.concatenate(arrivals)
    order = np.argsort(arrival, kind="stable")
    return replace(  # what is not of customers is the roster's
        roster,
        arrival=arrival[order],
        reason=np.repeat(np.arange(len(sizes)), sizes)[order],
        row=np.concatenate([np.arange(size) for size in sizes])[order],
        channel=np.concatenate(chosen)[order],
        reason_size=np.array(sizes),
        values=np.concatenate(values),
        at=at,
    )


def _arrivals(rng: np.random.Generator, edges: Floats, expected: Floats) -> Floats:
    """A Poisson process: how many in each step of the rate, then where."""
    counts = rng.poisson(expected)
    low, width = np.repeat(edges[:-1], counts), np.repeat(np.diff(edges), counts)
    return np.sort(low + width * rng.random(len(low)))


def _times(rng: np.random.Generator, what: Distribution, size: int) -> Floats:
    match what:
        case Exponential(mean):
            return rng.exponential(mean, size)
        case Lognormal(mean, cv):
            variance = np.log1p(cv * cv)
            return rng.lognormal(np.log(mean) - variance / 2, np.sqrt(variance), size)
        case _:
            raise ValueError(f"not written for {what}")


# --- statistics -------------------------------------------------------------------------------


def statistics(plan: Plan, draws: Draws, log: Log) -> pd.DataFrame:
    """Measures of one replication by slice."""
    wait = log.ended - log.arrived
    answered = log.outcome == Outcome.ANSWERED
    rows = pd.DataFrame(
        {
            "reason": draws.reason,
            "channel": draws.channel,
            "type": draws.reason * len(plan.kind) + draws.channel,
            "window": (log.arrived // HOUR).astype(int),
            "contacts": 1,
            "answered": answered,
            "abandoned": log.outcome == Outcome.ABANDONED,
            "in_time": answered & (wait <= ANSWER_WITHIN),
            "wait": wait,
            "handled": np.where(answered, log.freed - log.ended, np.nan),
        }
    )
    rows["all"] = 0
    rows["hour"] = rows["channel"] * 1000 + rows["window"]
    slices = ("all", "reason", "channel", "type", "window", "hour")
    return pd.concat({name: _measures(rows.groupby(name)) for name in slices})


def _measures(groups: pd.core.groupby.DataFrameGroupBy) -> pd.DataFrame:
    sums = groups[["contacts", "answered", "abandoned", "in_time", "wait", "handled"]].sum()
    return pd.DataFrame(
        {
            "contacts": sums["contacts"],
            "answer_rate": sums["answered"] / sums["contacts"],
            "abandonment": sums["abandoned"] / sums["contacts"],
            "service_level": sums["in_time"] / sums["contacts"],
            "mean_wait": sums["wait"] / sums["contacts"],
            "wait_p90": groups["wait"].quantile(0.9),
            "handle_time": sums["handled"] / sums["answered"],
        }
    )
