"""What `import sim` offers: pinned, so that a change of it is meant, and told in the changelog."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest
import typer

import sim
from sim import cli
from sim.api import options_of
from sim.options import COMMANDS, OPTIONS
from sim.scenario.faults import ScenarioError

NAMES = [
    *("Comparison", "ENGINES", "Result", "Scenario", "ScenarioError", "SizeResult", "StaffResult"),
    *("Study", "StudyResult", "SweepResult", "__version__", "compare", "load", "load_result"),
    *("load_study", "loads", "run", "size", "staff", "sweep", "trace"),
]

CENTRE: dict[str, Any] = {
    "name": "A <small> centre",
    "calendar": {"days": 1},
    "reasons": {"help": {"volume": "20 per day", "handle": "4 min", "patience": "2 min"}},
    "pools": {"team": {"agents": {"mon-fri 09:00-17:00": 1}}},
}


def test_these_names_are_public_and_no_others() -> None:
    assert dir(sim) == NAMES
    for name in NAMES:
        assert getattr(sim, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'Simulation'"):
        _ = sim.Simulation


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_and_its_function_have_the_same_options(name: str) -> None:
    function: Callable[..., object] = getattr(sim, name)
    found = inspect.signature(function).parameters
    known = options_of(name)
    assert set(list(found)[1:]) == set(known)
    for option in known:
        assert f"{option}: {OPTIONS[option].help}" in (function.__doc__ or "")


def test_every_argument_and_option_has_words_and_no_words_are_for_nothing() -> None:
    commands = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]
    used = {name for name in COMMANDS for name in options_of(name)}
    for name, command in commands.items():
        for one in command.params:
            place = f"{name}.{one.name}"
            words = OPTIONS[place if place in OPTIONS else one.name]
            assert words.help
            assert words.help == one.help
            used.add(place if place in OPTIONS else one.name)
    assert used == set(OPTIONS)


def test_an_option_that_is_none_is_told_with_what_may_be_meant() -> None:
    with pytest.raises(TypeError, match=r"replicatons: `run` has no such option; did you mean"):
        sim.run(sim.Scenario.of(CENTRE), replicatons=3)  # type: ignore[call-arg]


def test_a_scenario_is_made_of_a_mapping_and_changed_into_another() -> None:
    scenario = sim.Scenario.of(CENTRE)
    more = scenario.with_({"pools.team.presence": "90 %", "calendar.days": 2})
    assert more.calendar.days == 2
    assert more.pools["team"] != scenario.pools["team"]
    assert scenario.calendar.days == 1
    assert more.with_({"pools.team.presence": "100 %", "calendar.days": 1}) == scenario
    with pytest.raises(ScenarioError, match="did you mean `team`"):
        scenario.with_({"pools.taem.presence": "90 %"})
    with pytest.raises(ScenarioError, match="lacks a unit"):
        sim.Scenario.of({**CENTRE, "reasons": {"help": {"volume": "20 per day", "handle": 4}}})
    with pytest.raises(TypeError, match="is not a mapping"):
        sim.Scenario.of("shop.yaml")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"is not a text; `Scenario.of` takes a mapping"):
        sim.loads(CENTRE)  # type: ignore[arg-type]


def test_a_scenario_is_shown_in_a_line_and_in_a_notebook_as_text() -> None:
    scenario = sim.Scenario.of(CENTRE)
    assert repr(scenario) == "<Scenario 'A <small> centre': 1 day, 1 reason, 1 channel, 1 pool>"
    shown = scenario._repr_html_()
    assert "A &lt;small&gt; centre" in shown
    assert "<small>" not in shown
    assert "20 per day" in shown


def test_without_anybody_no_interval_is_told_that_there_is_not() -> None:
    nobody = sim.Scenario.of(CENTRE).with_({"reasons.help.volume": "0 per day"})
    said = " ".join(sim.run(nobody, replications=2, jobs=1).summary().split())
    assert "0 contacts a day" in said
    assert "between" not in said
