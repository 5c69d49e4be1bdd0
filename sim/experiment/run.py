"""One scenario, replicated: every measure in every split."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from sim.experiment.files import SCENARIO_FILE, file_stem
from sim.experiment.result import Estimated, StudyResult
from sim.experiment.runner import OnLog, OnStage, Runner
from sim.experiment.simulation import Simulation
from sim.experiment.tabled import Columns, of_rows
from sim.measures import Check, Ends, Row, estimate, mean_ends
from sim.scenario import Scenario, fingerprint

RUN = "run"
"""The name of the only scenario."""


@dataclass(frozen=True, repr=False)
class Result(StudyResult, Estimated):
    """Estimates of every measure in every split.

    Attributes:
        scenario: the resolved scenario.
        seed: of all random streams.
        replications: how many independent weeks (or whatever the calendar counts) were run.
        engine: which engine ran them.
        rows: one a measure and group.
        ends: where contacts ended, hour by hour; None if nobody looked at the contacts.
        checks: the laws of conservation, checked on the first replication.
    """

    kind: ClassVar[str] = "run"
    study = None

    scenario: Scenario
    seed: int
    replications: int
    engine: str
    rows: tuple[Row, ...]
    ends: Ends | None = field(default=None, repr=False, compare=False)
    checks: tuple[Check, ...] = field(default=(), repr=False, compare=False)

    @property
    def answer(self) -> str:
        """The only scenario."""
        return RUN

    def estimates(self) -> Mapping[str, Estimated]:
        """What the scenario came to."""
        return {RUN: self}

    def scenario_files(self) -> dict[str, str]:
        """Its file."""
        return {RUN: SCENARIO_FILE}

    def folder_name(self, stem: str) -> str:
        """A name that says what the result is of: the same run gets the same folder."""
        return run_folder_name(stem, self.scenario, self.seed, self.replications)

    def columns(self) -> dict[str, Columns]:
        """`table`, the estimates; the others: see `sim.measures.Ends`."""
        found = {"table": of_rows(Row._fields, self.rows)}
        if self.ends is not None:
            found |= {
                "ends": self.ends.contacts,
                "waits": self.ends.waits,
                "queue": self.ends.queue,
                "agents": self.ends.agents,
            }
        return found

    def origin(self) -> dict[str, Any]:
        """The scenario, and how it was run."""
        return {
            "scenario": self.scenario.name,
            "fingerprint": fingerprint(self.scenario),
            "seed": self.seed,
            "replications": self.replications,
            "checks": [list(check) for check in self.checks],
        }

    def findings(self) -> dict[str, Any]:
        """All estimates."""
        return {"rows": self.rows}


def run_folder_name(stem: str, scenario: Scenario, seed: int, replications: int) -> str:
    """The name of the folder of a run."""
    told = f"{fingerprint(scenario)[:8]}-seed{seed}-n{replications}"
    return f"{file_stem(stem) or 'scenario'}-{told}"


@dataclass(frozen=True)
class Replicating:
    """A scenario, and how it is to be replicated.

    on_replication: called with the number and the log of each replication, in order. All are run
        then: a store keeps no contacts.
    """

    scenario: Scenario
    replications: int
    seed: int
    on_replication: OnLog | None = None


def asked(scenario: Scenario, said: Mapping[str, Any]) -> Replicating:
    """The scenario, asked as the options of the command say (`sim.api.RunOptions`)."""
    if "days" in said:
        scenario = scenario.with_({"calendar.days": said["days"]})
    replications = said.get("replications", scenario.run.replications)
    seed = said.get("seed", scenario.run.seed)
    return Replicating(scenario, replications, seed, said.get("on_replication"))


def run(one: Replicating, runner: Runner, _: OnStage | None = None) -> Result:
    """Replicate a scenario and estimate every measure.

    Args:
        one: the scenario, and how often.
        runner: runs it, in one stage, of which nobody is told.

    Raises:
        HelpersError, StoreError: as `Runner.extend`.
    """
    scenario = one.scenario
    sample = runner.sample(scenario, one.seed, pictures=True)
    runner.extend([sample], one.replications, one.on_replication)
    simulation = Simulation.of(scenario, one.seed, runner.engine)
    return Result(
        scenario,
        one.seed,
        one.replications,
        runner.engine,
        tuple(estimate(scenario, sample.tallies, scenario.run.confidence)),
        mean_ends(simulation.basis, sample.tallies.ends(), one.replications),
        tuple(simulation.check(0)),
    )
