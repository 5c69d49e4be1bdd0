"""What the page shows is what `sim run` and `sim compare` say, to the last digit."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.experiment import Study
from sim.experiment.study import Option
from sim.live.trial import Trials, stages, view

PATH = "pools.team.agents.mon-fri 09:00-18:00"


def test_the_numbers_are_those_of_run_and_compare(shop: Path) -> None:
    option = Option.of_file(shop / "shop.yaml")
    variant = option.changed({PATH: "3"})
    trials = Trials(2)
    sides = [trials.played(one) for one in (option.scenario, variant)]
    assert trials.extend(sides, 12)
    shown = {one["name"]: one for one in view(*sides, 12)["measures"]}
    trials.close()
    for side, scenario in (("base", option.scenario), ("variant", variant)):
        result = sim.run(scenario, replications=12)
        for name, one in shown.items():
            row = result.get(name)
            assert (one[side]["value"], one[side]["low"], one[side]["high"]) == row[3:6], name
    pair = {"base": option.scenario, "variant": variant}
    compared = sim.compare(Study.of(pair, control_variates=False), replications=12)
    for name, one in shown.items():
        difference = compared.difference("variant", name)
        told = one["difference"]
        assert difference is not None
        assert (told["value"], told["low"], told["high"]) == difference[4:7], name


def test_fewer_replications_are_the_first_of_more(shop: Path) -> None:
    option = Option.of_file(shop / "shop.yaml")
    trials = Trials(2)
    some = trials.played(option.scenario)
    trials.extend([some], 12)
    ten = view(some, some, 10)["measures"][0]["base"]["value"]
    trials.close()
    assert ten == sim.run(option.scenario, replications=10).get("service_level").value


def test_what_nobody_wants_any_more_is_left_out(shop: Path) -> None:
    option = Option.of_file(shop / "shop.yaml")
    trials = Trials(1)
    some = trials.played(option.scenario)
    assert not trials.extend([some], 20, wanted=lambda: len(some.tallies) < 3)
    assert len(some.tallies) == 3
    assert trials.extend([some], 5)  # and can be gone on with
    assert len(some.tallies) == 5
    trials.close()


@pytest.mark.parametrize(
    ("replications", "shown"), [(50, [10, 20, 40, 50]), (10, [10]), (3, [3]), (11, [10, 11])]
)
def test_the_first_answer_needs_few_replications(replications: int, shown: list[int]) -> None:
    assert list(stages(replications)) == shown
