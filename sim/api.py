"""What `import sim` offers: load, run, compare, sweep, staff, size, follow a customer.

Keyword options are those of the command line, where they have the same words (`sim.options`).
Nothing heavy is imported before it is asked for: `sim --help` reads here which options there are.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypedDict, TypeVar, Unpack, get_args, get_origin
from typing import get_type_hints as hints_of

from sim.options import OPTIONS

if TYPE_CHECKING:
    from sim.experiment.compare import Comparison
    from sim.experiment.run import Result
    from sim.experiment.size import SizeResult
    from sim.experiment.staff import StaffResult
    from sim.experiment.study import Study
    from sim.experiment.sweep import SweepResult
    from sim.scenario import Scenario
    from sim.tables import ContactLog

__all__ = ["compare", "run", "size", "staff", "sweep", "trace"]

F = TypeVar("F", bound=Callable[..., object])


# --- what each can be asked -------------------------------------------------------------------


class Running(TypedDict, total=False):
    """How replications are run, whatever is asked."""

    replications: int | None
    seed: int | None
    engine: str | None
    jobs: int | None
    cluster: str | None
    store: Path | None
    on_progress: Callable[[int, int], None] | None


class RunOptions(Running, total=False):
    """Of `run`."""

    days: int | None
    on_replication: Callable[[int, ContactLog], None] | None


class CompareOptions(Running, total=False):
    """Of `compare`."""

    against: str | None
    decide: str | None


class SweepOptions(Running, total=False):
    """Of `sweep`, besides its values."""

    decide: str | None


class Planning(Running, total=False):
    """Of `staff` and `size`: fields of the goal of a staffing, as in a study file."""

    good_days: str | None
    pools: Sequence[str] | None
    hours: str | None
    blocks: str | None
    shifts: Mapping[str, object] | Sequence[str] | None
    at_least: int | None
    at_most: int | None


class StaffOptions(Planning, total=False):
    """Of `staff`, besides its targets."""

    maximise: Literal["margin"] | None


class SizeOptions(Planning, total=False):
    """Of `size`, besides its targets."""

    levels: Sequence[str] | None


_KINDS: dict[str, dict[str, Any]] = {}


def options_of(command: str) -> dict[str, Any]:
    """Name -> what a value is: int, str, Path, Sequence, Mapping or a function.

    First what is asked, then how, then what every command has.
    """
    return _KINDS[command]


def _with(kind: type) -> Callable[[F], F]:
    """A function with these options, told in its documentation and its signature."""
    names = {"Callable": Callable, "ContactLog": Any, "Path": Path}
    hints = hints_of(kind, localns=names)
    more = [name for name in hints if name not in Running.__annotations__]

    def told(function: F) -> F:
        signature = inspect.signature(function)
        _, *named, _ = signature.parameters  # what it is asked of, options by name, the others
        _KINDS[function.__name__] = found = dict.fromkeys(named, Mapping) | {
            name: _kind_of(hints[name]) for name in (*more, *Running.__annotations__)
        }
        said = "\n".join(f"    {name}: {OPTIONS[name].help}" for name in found)
        function.__doc__ = f"{inspect.cleandoc(function.__doc__ or '')}\n\nOptions:\n{said}"
        others = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=hint)
            for name, hint in hints.items()
        ]
        taken = [*signature.parameters.values()][:-1] + others
        function.__signature__ = signature.replace(parameters=taken)  # type: ignore[attr-defined]
        return function

    return told


def _kind_of(hint: Any) -> Any:
    [first, *_] = [one for one in get_args(hint) if one is not type(None)]
    origin = get_origin(first)
    return str if origin is Literal else origin or first


# --- to ask -----------------------------------------------------------------------------------


@_with(RunOptions)
def run(scenario: Scenario, **options: Unpack[RunOptions]) -> Result:
    """Run a scenario and estimate every measure.

    Raises:
        TypeError: if the scenario is none, or an option is not what it should be.
        ValueError: if a number is out of range, there is no such engine, no cluster at the
            address, or the store cannot be used.
    """
    from sim.experiment.border import scenario_of

    found: Result = _answered("run", scenario_of(scenario), options)
    return found


@_with(CompareOptions)
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
    from sim.experiment.study import Study

    study = options if isinstance(options, Study) else Study.of(options)
    found: Comparison = _answered("compare", study, more)
    return found


@_with(SweepOptions)
def sweep(
    swept: Study | Scenario,
    values: Mapping[str, str | Sequence[object]] | None = None,
    **options: Unpack[SweepOptions],
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


@_with(StaffOptions)
def staff(
    staffed: Study | Scenario,
    targets: Mapping[str, object] | None = None,
    **options: Unpack[StaffOptions],
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


@_with(SizeOptions)
def size(
    sized: Study | Scenario,
    targets: Mapping[str, object] | None = None,
    **options: Unpack[SizeOptions],
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
    from sim.experiment.border import scenario_of
    from sim.experiment.study import Study

    if isinstance(asked, Study):
        return asked
    scenario = scenario_of(asked)
    return Study.of({scenario.name or "scenario": scenario})


def _answered(command: str, question: Study | Scenario, options: Mapping[str, object]) -> Any:
    """The answer of a command to a question."""
    from sim.experiment.border import checked_options
    from sim.experiment.kinds import answer, runner_of

    said = checked_options(command, options_of(command), options)
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
    from sim.draws import draw, prepare
    from sim.engine import make_plan
    from sim.engine.reference.traced import watch
    from sim.experiment import border
    from sim.report.trace import clock, story

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
