"""What the page shows is what `sim run` and `sim compare` say, to the last digit."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

import sim
from sim.experiment.study import Option, Study
from sim.live.trial import Pair, Trials, stages, view

SHIPPED = Path(__file__).parents[2] / "scenarios" / "shop" / "base.yaml"
AGENTS = "pools.team.agents.mon-fri 09:00-18:00"

VARIANTS = {
    "small": [
        {AGENTS: "3"},
        {"reasons.calls.volume": "750 per week", "pools.team.contract.per_hour": "25"},
    ],
    "shipped": [
        {
            "pools.in_house.agents.mon 09:00-18:00": "19",
            "reasons.tracking.volume": "2200 per week",
            "gross_margin": "30 %",
        },
    ],
}


@pytest.fixture
def options(shop: Path) -> dict[str, Option]:
    return {"small": Option.of_file(shop / "shop.yaml"), "shipped": Option.of_file(SHIPPED)}


def pair_of(trials: Trials, option: Option, changes: dict[str, str], replications: int) -> Pair:
    pair = trials.pair(option, str(changes), lambda: option.changed(changes))
    assert trials.extend([pair.base, pair.variant], replications)
    return pair


@pytest.mark.parametrize("name", VARIANTS)
def test_a_baseline_alone_is_what_run_says(options: dict[str, Option], name: str) -> None:
    trials = Trials(2)
    pair = pair_of(trials, options[name], {}, 6)
    trials.close()
    shown = view(pair, 6)
    result = sim.run(options[name].scenario, replications=6)
    assert pair.same
    assert len(shown["measures"]) > 10
    for one in shown["measures"]:
        row = result.get(one["name"])
        for side in ("base", "variant"):
            assert (one[side]["value"], one[side]["low"], one[side]["high"]) == row[3:6]
        assert one["difference"] is None


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_and_its_differences_are_what_compare_says(
    options: dict[str, Option], name: str
) -> None:
    trials, option = Trials(2), options[name]
    for changes in VARIANTS[name]:
        pair = pair_of(trials, option, changes, 6)
        study = Study.of({"baseline": option.changed({}), "variant": option.changed(changes)})
        compared = sim.compare(study, replications=6)
        shown = view(pair, 6)["measures"]
        assert len(shown) > 10
        for one in shown:
            for side, outcome in (("base", "baseline"), ("variant", "variant")):
                row = compared.outcomes[outcome].get(one["name"])
                told = one[side]["value"], one[side]["low"], one[side]["high"]
                # regressed beside other groups: sums may be rounded otherwise
                assert told == pytest.approx(row[3:6], rel=1e-12, nan_ok=True)
            difference = compared.difference("variant", one["name"])
            assert difference is not None
            told = one["difference"]
            assert (told["value"], told["low"], told["high"]) == difference[4:7], one["name"]
    trials.close()


def test_pictures_tell_the_means_of_the_table(options: dict[str, Option]) -> None:
    trials = Trials(2)
    shown = view(pair_of(trials, options["small"], VARIANTS["small"][1], 12), 12)
    trials.close()
    table = {
        one["name"]: (one["base"]["value"], one["variant"]["value"]) for one in shown["measures"]
    }
    for side in (0, 1):
        answered = [
            one for one in shown["ends"] if one["side"] == side and one["part"] == "Answered"
        ]
        assert [one["value"] for one in answered] == [table["answered"][side]]
        cost = sum(one["value"] for one in shown["costs"] if one["side"] == side)
        assert cost == pytest.approx(table["cost"][side])
        hours = [one["unanswered"] for one in shown["hours"] if one["side"] == side]
        assert sum(filter(None, hours)) == pytest.approx(table["unanswered"][side])


def test_the_same_values_written_otherwise_are_the_baseline(options: dict[str, Option]) -> None:
    trials = Trials(1)
    pair = trials.pair(
        options["shipped"],
        "hours",
        lambda: options["shipped"].changed({"channels.email.due": "1 d"}),
    )
    trials.close()
    assert pair.same


def test_what_cannot_be_compared_is_a_fault(options: dict[str, Option]) -> None:
    trials, option = Trials(1), options["small"]
    with pytest.raises(sim.ScenarioError, match="6 in `variant`, but 7 in `baseline`"):
        trials.pair(option, "days", lambda: option.changed({"calendar.days": "6"}))
    trials.close()


def test_fewer_replications_are_the_first_of_more(options: dict[str, Option]) -> None:
    trials = Trials(2)
    pair = pair_of(trials, options["small"], {}, 12)
    ten = view(pair, 10)["measures"][0]["base"]["value"]
    trials.close()
    assert ten == sim.run(options["small"].scenario, replications=10).get("service_level").value


def test_what_nobody_wants_any_more_is_left_out(options: dict[str, Option]) -> None:
    trials = Trials(1)
    some = trials.pair(options["small"], "", lambda: options["small"].changed({})).base
    assert not trials.extend([some], 20, wanted=lambda: len(some) < 3)
    assert len(some) == 3
    assert trials.extend([some], 5)  # and can be gone on with
    assert len(some) == 5
    trials.close()


@pytest.mark.parametrize(
    ("replications", "shown"), [(50, [4, 8, 16, 32, 50]), (4, [4]), (3, [3]), (11, [4, 8, 11])]
)
def test_the_first_answer_needs_few_replications(replications: int, shown: list[int]) -> None:
    assert list(stages(replications)) == shown


def test_a_lost_process_is_made_up_for(options: dict[str, Option]) -> None:
    trials = Trials(2)
    there = pair_of(trials, options["small"], VARIANTS["small"][0], 2)
    for process in multiprocessing.active_children():
        process.kill()
    pair = pair_of(trials, options["small"], {}, 6)
    trials.close()
    assert pair.base is there.base
    result = sim.run(options["small"].scenario, replications=6)
    for one in view(pair, 6)["measures"]:
        assert one["base"]["value"] == pytest.approx(result.get(one["name"]).value)
