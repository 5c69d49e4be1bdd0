"""A small centre to be replicated, and its replications as bytes."""

from __future__ import annotations

from collections.abc import Mapping

import sim
from sim.experiment.runner import Runner, Sample
from sim.scenario import Scenario

SMALL = """\
name: A small centre
calendar: {days: 2, windows: {morning: mon-fri 09:00-12:00}}
busyness: 20 %
reasons:
  calls:
    volume: 100 per day
    profile: day
    handle: {lognormal: {mean: 4 min, cv: 0.8}}
    patience: {exponential: 2 min}
profiles:
  day: {mon-fri 09:00-17:00: 1}
pools:
  team:
    agents: {mon-fri 09:00-17:00: 2}
    presence: 90 %
    contract: {per_hour: 20}
"""


def centre(changes: Mapping[str, object] | None = None) -> Scenario:
    """The centre, with other values at some paths."""
    return sim.loads(SMALL, overrides=changes)


def replicated(
    runner: Runner, scenario: Scenario, number: int, seed: int = 1, *, pictures: bool = False
) -> list[bytes]:
    """So many replications, as bytes."""
    sample = runner.sample(scenario, seed, pictures=pictures)
    runner.extend([sample], number)
    return as_bytes(sample)


def as_bytes(sample: Sample) -> list[bytes]:
    """The tallies as they are stored: the same bytes, the same numbers."""
    return [tally.to_bytes() for tally in sample.tallies]


class Told:
    """What `on_progress` was told."""

    def __init__(self) -> None:
        self.calls: list[tuple[int, int]] = []

    def __call__(self, done: int, total: int) -> None:
        self.calls.append((done, total))

    @property
    def run(self) -> int:
        """How many replications were run."""
        return self.calls[-1][0] if self.calls else 0
