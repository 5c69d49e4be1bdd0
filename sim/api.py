"""What `import sim` offers: load, run, compare, sweep, staff, size, follow a customer.

Keyword options are told in `sim.options`; they are those of the command line.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, Unpack

from sim.draws import draw, prepare
from sim.engine import make_plan
from sim.experiment import border
from sim.experiment.kinds import answer, runner_of
from sim.experiment.study import Study
from sim.options import (
    CompareOptions,
    RunOptions,
    Sizing,
    Staffing,
    Sweeping,
    options_of,
)
from sim.report.trace import clock, story
from sim.scenario import Scenario

if TYPE_CHECKING:
    from sim.experiment.compare import Comparison
    from sim.experiment.run import Result
    from sim.experiment.size import SizeResult
    from sim.experiment.staff import StaffResult
    from sim.experiment.sweep import SweepResult

__all__ = ["compare", "run", "size", "staff", "sweep", "trace"]

F = TypeVar("F", bound=Callable[..., object])


def _with_options(function: F) -> F:
    """The function with its options told in its documentation and its signature."""
    found = options_of(function.__name__)
    said = "\n".join(f"    {name}: {option.help}" for name, (_, option) in found.items())
    function.__doc__ = f"{inspect.cleandoc(function.__doc__ or '')}\n\nOptions:\n{said}"
    signature = inspect.signature(function)
    named = [one for one in signature.parameters.values() if one.kind is not one.VAR_KEYWORD]
    taken = {one.name for one in named}
    more = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=hint)
        for name, (hint, _) in found.items()
        if name not in taken
    ]
    function.__signature__ = signature.replace(parameters=[*named, *more])  # type: ignore[attr-defined]
    return function


@_with_options
def run(scenario: Scenario, **options: Unpack[RunOptions]) -> Result:
    """Run a scenario and estimate every measure.

    Raises:
        TypeError: if the scenario is none, or an option is not what it should be.
        ValueError: if a number is out of range, there is no such engine, no cluster at the
            address, or the store cannot be used.
    """
    found: Result = _answered("run", border.scenario_of(scenario), options)
    return found


@_with_options
def compare(options: Study | Mapping[str, Scenario], **more: Unpack[CompareOptions]) -> Comparison:
    """Compare options on the same customers: which is best, by how much, how sure.

    Without a number of replications there are as many as the study says, or until the choice is
    made.

    Args:
        options: a study (`sim.load_study`, or `sim.Study.of` for an indifference, a precision), or
            scenarios by name, of which the first is the reference.

    Raises:
        TypeError: if they are none, or an option is not what it should be.
        ValueError: for fewer than two options, or a deciding measure without a value.
        ScenarioError: if the options cannot be compared.
    """
    study = options if isinstance(options, Study) else Study.of(options)
    found: Comparison = _answered("compare", study, more)
    return found


@_with_options
def sweep(
    swept: Study | Scenario,
    values: Mapping[str, str | Sequence[object]] | None = None,
    **options: Unpack[Sweeping],
) -> SweepResult:
    """Sweep one or two inputs of a scenario: what each step brings, the best, the break-even.

    Args:
        swept: a scenario, or a study, of which the reference option is swept.
        values: dotted path -> what to put there: a list (`[0, 40, 80]`, `["10 %", "20 %"]`), or a
            text as on the command line (`"0..120 step 20"`); None for what the study says.

    Raises:
        TypeError: if an option is not what it should be.
        ValueError: unless there are one or two paths with at least two values each; for a measure
            that cannot decide.
        ScenarioError: with what is wrong at any of the values.
    """
    found: SweepResult = _answered("sweep", _study_of(swept), {"values": values, **options})
    return found


@_with_options
def staff(
    staffed: Study | Scenario,
    targets: Mapping[str, object] | None = None,
    **options: Unpack[Staffing],
) -> StaffResult:
    """Find how many agents, and when: reach targets at the least cost, or maximise the margin.

    Args:
        staffed: a scenario, or a study, of which the reference option is staffed.
        targets: name -> value: `{"service_level": "80 %", "phone.asa": "30 s"}`. Names are measures
            of `sim.measures.CATALOGUE`, of which the value is the least or the most that will do,
            after a channel or a window of the calendar where they are about one.

    Raises:
        TypeError: if an option is not what it should be.
        ValueError: for a goal that is not clear, or does not fit the scenario.
    """
    found: StaffResult = _answered("staff", _study_of(staffed), {"targets": targets, **options})
    return found


@_with_options
def size(
    sized: Study | Scenario,
    targets: Mapping[str, object] | None = None,
    **options: Unpack[Sizing],
) -> SizeResult:
    """Find the fewest hours for each of several service levels, each as sure as `staff` finds it.

    Args:
        sized: a scenario, or a study, of which the reference option is staffed.
        targets: as of `staff`, a service level among them, the first of which is gone over; None
            for what the study says.

    Raises:
        TypeError: if an option is not what it should be.
        ValueError: for a goal that is not clear, says no service level, or does not fit the
            scenario; for levels that are no shares.
    """
    found: SizeResult = _answered("size", _study_of(sized), {"targets": targets, **options})
    return found


def _study_of(asked: Study | Scenario) -> Study:
    """A study, or that of a single scenario."""
    if isinstance(asked, Study):
        return asked
    scenario = border.scenario_of(asked)
    study = Study.of({scenario.name or "scenario": scenario})
    return dataclasses.replace(study, question="")  # it is for the answer to say


def _answered(command: str, question: Study | Scenario, options: Mapping[str, object]) -> Any:
    """The answer of a command to a question."""
    said = border.checked_options(command, options)
    with runner_of(said) as runner:
        return answer(command, question, said, runner)


def trace(
    scenario: Scenario, customer: int, *, replication: int = 0, seed: int | None = None
) -> str:
    """One customer's story in one replication, a line an event.

    Customers are numbered by arrival from 0, those of warm-up days first.

    Raises:
        TypeError: if a number is none.
        ValueError: if there is no such customer.
    """
    from sim.engine.reference.traced import watch

    scenario = border.scenario_of(scenario)
    seed = border.number_of("seed", scenario.run.seed if seed is None else seed)
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
    events = story(scenario, log, seen, setting.roster, customer)
    return "\n".join(
        f"{clock(scenario, event.time)}  contact {event.contact}  {event.text}" for event in events
    )
