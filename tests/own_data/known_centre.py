"""A known centre whose log is fitted."""

from __future__ import annotations

import pandas as pd
from played import contacts_of

import sim
from sim.experiment.simulation import Simulation
from sim.scenario import Scenario

CENTRE = """
calendar: {start: 2026-01-05, days: 56}
profiles:
  week: {mon-fri 08:00-12:00: 3, mon-fri 12:00-18:00: 2, sat 09:00-13:00: 1}
reasons:
  sales:
    volume: 2400 per week
    profile: week
    busyness: 12 %
    patience: {exponential: 3 min}
    handle: {lognormal: {mean: 4 min, cv: 0.8}}
    wrap: {gamma: {mean: 40 s, cv: 0.6}}
    retry: {chance: 40 %, after: {exponential: 10 min}}
pools:
  team: {agents: {mon-fri 08:00-18:00: 5, mon-fri 08:00-12:00: 2, sat 09:00-13:00: 2}}
"""


def centre(**overrides: object) -> Scenario:
    """The centre, with values by dotted path (`__` for `.`)."""
    said = {path.replace("__", "."): value for path, value in overrides.items()}
    return sim.loads(CENTRE, overrides=said)


def log_of(scenario: Scenario, replication: int = 0, seed: int = 1) -> pd.DataFrame:
    """Its log as a centre would export it."""
    simulation = Simulation.of(scenario, seed, "compiled")
    _, log, _ = simulation.play(replication)
    return contacts_of(scenario, log)


def half_hours(log: pd.DataFrame) -> pd.DataFrame:
    """The same log as an ACD would report it, by half hour.

    Offered counts when contacts arrive, answered when they are answered, abandoned when they give
    up; the handle time counts where it ends.
    """
    from sim.data.tables import INTERVALS, typed

    wait = pd.to_timedelta(log["wait"], unit="s")
    handle = log["talk"].fillna(0) + log["wrap"].fillna(0)
    ended = log["arrived"] + wait
    done = ended + pd.to_timedelta(handle, unit="s")
    answered, abandoned = log["outcome"] == "answered", log["outcome"] == "abandoned"
    sums = {
        "offered": (log["arrived"], pd.Series(1.0, log.index)),
        "answered": (ended, answered.astype(float)),
        "abandoned": (ended, abandoned.astype(float)),
        "within": (ended, (answered & (log["wait"] <= 20)).astype(float)),
        "wait_answered": (ended, log["wait"] * answered),
        "wait_abandoned": (ended, log["wait"] * abandoned),
        "handle": (done, handle * answered),
    }
    columns = {
        name: values.groupby(when.dt.floor("30min")).sum() for name, (when, values) in sums.items()
    }
    frame = pd.DataFrame(columns).fillna(0.0)
    frame["start"] = frame.index
    frame["length"], frame["threshold"], frame["again"] = 1800.0, 20.0, False
    frame["queue"], frame["channel"] = "sales", "phone"
    return typed(frame.reset_index(drop=True), INTERVALS)
