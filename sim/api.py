"""What `import sim` offers: load, run, compare, sweep, follow a customer."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sim import experiment
from sim.draws import draw, prepare
from sim.engine import ENGINES, make_plan
from sim.experiment import (
    Comparison,
    Result,
    Runner,
    StaffResult,
    Study,
    SweepResult,
    border,
)
from sim.experiment.grid import factor_of
from sim.report.trace import clock, story
from sim.scenario import Scenario
from sim.tables import ContactLog


def run(
    scenario: Scenario,
    *,
    replications: int | None = None,
    seed: int | None = None,
    engine: str = ENGINES[0],
    jobs: int | None = None,
    cluster: str | None = None,
    store: Path | None = None,
    on_replication: Callable[[int, ContactLog], None] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Result:
    """Run a scenario and estimate every measure.

    Args:
        scenario: the resolved scenario.
        replications: independent replications; None for what the scenario says.
        seed: None for what the scenario says.
        engine: one of `sim.engine.ENGINES`.
        jobs: replications at once; None for as many as there are cores. The numbers do not depend
            on it.
        cluster: address of a Dask scheduler to use instead of this machine.
        store: file that keeps finished replications, so that none is run twice.
        on_replication: called with the number and the log of each replication, in order. All are
            run then: a store keeps no contacts.
        on_progress: called with the replications finished and those that had to be run.

    Raises:
        TypeError: if the scenario is none, or what should be a number.
        ValueError: if a number is out of range, there is no such engine, no cluster at the
            address, or the store cannot be used.
    """
    said = border.scenario_of(scenario).run
    number = border.replications_of(said.replications if replications is None else replications)
    seed = border.seed_of(said.seed if seed is None else seed)
    with Runner(
        engine=engine, jobs=jobs, cluster=cluster, store=store, on_progress=on_progress
    ) as runner:
        return experiment.run(
            scenario, runner, replications=number, seed=seed, on_replication=on_replication
        )


def compare(
    options: Study | Mapping[str, Scenario],
    *,
    replications: int | None = None,
    engine: str = ENGINES[0],
    jobs: int | None = None,
    cluster: str | None = None,
    store: Path | None = None,
) -> Comparison:
    """Compare options on the same customers: which is best, by how much, how sure.

    Args:
        options: a study (`sim.load_study`, or `sim.Study.of` for a measure that decides, a
            reference, a precision), or scenarios by name, of which the first is the reference.
        replications: just so many of each; None for what the study says, or until the choice is
            made.
        engine: one of `sim.engine.ENGINES`.
        jobs: replications at once; None for as many as there are cores.
        cluster: address of a Dask scheduler to use instead of this machine.
        store: file that keeps finished replications, so that none is run twice.

    Raises:
        ValueError: for fewer than two options, or a deciding measure without a value.
        ScenarioError: if the options cannot be compared.
    """
    study = options if isinstance(options, Study) else Study.of(options)
    study = study.asking(replications=replications)
    with Runner(engine=engine, jobs=jobs, cluster=cluster, store=store) as runner:
        return experiment.compare(study, runner)


def sweep(
    swept: Study | Scenario,
    values: Mapping[str, str | Sequence[object]] | None = None,
    *,
    decide: str | None = None,
    replications: int | None = None,
    engine: str = ENGINES[0],
    jobs: int | None = None,
    cluster: str | None = None,
    store: Path | None = None,
) -> SweepResult:
    """Sweep one or two inputs: what each step brings, the best value, the break-even.

    Args:
        swept: a scenario, or a study, of which the reference option is swept.
        values: dotted path -> what to put there: a list (`[0, 40, 80]`, `["10 %", "20 %"]`) or
            steps (`"0..120 step 20"`); None for what the study says.
        decide: the measure whose best value is looked for, a name of `sim.measures.CATALOGUE`;
            None for what the study says, or the margin where help can win sales, else the service
            level.
        replications: of each point; None for what the study or the scenario says.
        engine: one of `sim.engine.ENGINES`.
        jobs: replications at once; None for as many as there are cores.
        cluster: address of a Dask scheduler to use instead of this machine.
        store: file that keeps finished replications, so that none is run twice.

    Raises:
        ValueError: unless there are one or two paths with at least two values each; for a measure
            that cannot decide.
        ScenarioError: with what is wrong at any of the values.
    """
    study = _study_of(swept, decide).asking(decide=decide, replications=replications)
    if values is not None:
        said = border.mapping_of("values", values)
        factors = [factor_of(path, some) for path, some in said.items()]
        study = dataclasses.replace(study, sweep=tuple(factors))
    with Runner(engine=engine, jobs=jobs, cluster=cluster, store=store) as runner:
        return experiment.sweep(study, runner)


def staff(
    staffed: Study | Scenario,
    targets: Mapping[str, object] | None = None,
    *,
    maximise: str | None = None,
    pools: Sequence[str] | None = None,
    hours: str | None = None,
    blocks: str | None = None,
    shifts: Mapping[str, object] | None = None,
    at_least: int | None = None,
    at_most: int | None = None,
    replications: int | None = None,
    engine: str = ENGINES[0],
    jobs: int | None = None,
    cluster: str | None = None,
    store: Path | None = None,
) -> StaffResult:
    """Find how many people, and when: reach targets at the least cost, or maximise the margin.

    Args:
        staffed: a scenario, or a study, of which the reference option is staffed.
        targets: name -> value: `{"service_level": "80 %", "phone.asa": "30 s"}`. Names are measures
            of `sim.measures.CATALOGUE`, of which the value is the least or the most that will do,
            after a channel or a window of the calendar where they are about one.
        maximise: `margin`, to maximise it; with targets, of what reaches them.
        pools: whose head counts may change; None for all with `agents`.
        hours: when (`mon-fri 08:00-20:00`); None for when pools are there now.
        blocks: length of the blocks with a head count each, `1 h` if None; `lines` for the pools'
            own lines of `agents`.
        shifts: instead of blocks: `{"lengths": ["8 h", "4 h"], "every": "1 h"}`.
        at_least, at_most: people in a block; None for 1, and no limit.
        replications: of the judgement on fresh customers; None for what the study or the scenario
            says.
        engine: one of `sim.engine.ENGINES`.
        jobs: replications at once; None for as many as there are cores.
        cluster: address of a Dask scheduler to use instead of this machine.
        store: file that keeps finished replications of the judgement.

    Raises:
        ValueError: for a goal that is not clear, or does not fit the scenario.
    """
    study = _study_of(staffed).asking(replications=replications)
    said: dict[str, Any] = {
        "maximise": maximise,
        "pools": border.names_of("pools", pools),
        "hours": hours,
        "blocks": blocks,
        "shifts": None if shifts is None else border.mapping_of("shifts", shifts),
        "at_least": at_least,
        "at_most": at_most,
    }
    if targets is not None or any(value is not None for value in said.values()):
        wanted = None if targets is None else border.mapping_of("targets", targets)
        study = dataclasses.replace(study, staff=experiment.StaffGoal.of(wanted, **said))
    with Runner(engine=engine, jobs=jobs, cluster=cluster, store=store) as runner:
        return experiment.staff(study, runner)


def _study_of(asked: Study | Scenario, decide: str | None = None) -> Study:
    """A study, or that of a single scenario."""
    if isinstance(asked, Study):
        return asked
    scenario = border.scenario_of(asked)
    name = scenario.name or "scenario"
    return Study.of({name: scenario}, question=scenario.name, decide=decide)


def trace(
    scenario: Scenario, customer: int, *, replication: int = 0, seed: int | None = None
) -> str:
    """One customer's story in one replication, a line an event.

    Customers are numbered by arrival from 0, those of warm-up days first.

    Raises:
        ValueError: if there is no such customer.
    """
    from sim.engine.traced import watch

    seed = border.seed_of(border.scenario_of(scenario).run.seed if seed is None else seed)
    replication = border.whole("replication", replication, 0)
    customer = border.whole("customer", customer, 0)
    setting = prepare(scenario)
    plan, draws = make_plan(setting), draw(setting, seed, replication)
    if not 0 <= customer < len(draws.arrival):
        raise ValueError(
            f"customer: there is no {customer}; replication {replication} with seed {seed} has "
            f"customers 0 to {len(draws.arrival) - 1}"
        )
    log, seen = watch(plan, draws, customer)
    events = story(scenario, log, seen, plan.first_agent.tolist(), customer)
    return "\n".join(
        f"{clock(scenario, event.time)}  contact {event.contact}  {event.text}" for event in events
    )
