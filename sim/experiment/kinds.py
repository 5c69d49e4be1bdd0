"""The kinds of study, found by the names of their commands.

A kind is a module of this folder, called as its command is. It has a function of its own name,
which gives the result of `(question, runner, on_stage)`; the class of the result, whose `kind` is
that name; and `asked(question, options)`, the question as options of its own ask it, if it has any.
What it can be asked stands in `sim.options`, how it is shown in modules of `sim.report`.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from sim.experiment.runner import OnStage, Runner
    from sim.experiment.study import Study
    from sim.scenario import Scenario


ASKED_OF_ALL = ("against", "decide", "replications", "seed")
"""Options with which any study can be asked: see `Study.asking`."""


def kind_module(command: str) -> Any:
    """The module of a kind."""
    return import_module(f"sim.experiment.{command}")


RUNNING = ("engine", "jobs", "cluster", "store", "on_progress")
"""Options that say how replications are run, whatever is asked: see `Runner`."""


def runner_of(options: Mapping[str, Any]) -> Runner:
    """The runner that options ask for; errors as of `Runner`."""
    from sim.experiment.runner import Runner

    return Runner(**{name: options[name] for name in RUNNING if name in options})


def answer(
    command: str,
    question: Study | Scenario,
    options: Mapping[str, Any],
    runner: Runner,
    on_stage: OnStage | None = None,
) -> Any:
    """The result of a command.

    Args:
        command: a name of `sim.options.COMMANDS`.
        question: a study, or for `run` a scenario.
        options: of the command, checked (`sim.experiment.border.checked_options`).
        runner: runs it.
        on_stage: told before each stage how many replications are probably left to run.

    Raises:
        ValueError: for a question that is not clear, or cannot be answered.
        ScenarioError: with what is wrong with a scenario, or with values to try.
    """
    module, asked = kind_module(command), question
    if command != "run":
        said = {name: options[name] for name in ASKED_OF_ALL if name in options}
        asked = cast("Study", question).asking(**said)
    if hasattr(module, "asked"):
        asked = module.asked(asked, options)
    return getattr(module, command)(asked, runner, on_stage)
