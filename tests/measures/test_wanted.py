"""Components one at a time: each is what it is among all others."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from test_estimates import WEEK

from sim.draws import draw, prepare
from sim.draws.luck import customer_luck
from sim.engine import make_plan, simulate
from sim.measures import COMPONENTS, Basis, Tally, components_of, make_basis, measure
from sim.measures.components import needed
from sim.measures.tally import COLUMN
from sim.scenario import Scenario, load, loads

VALID = Path(__file__).parents[1] / "scenarios" / "valid"

SCARCE = """
# too few lines and people; customers who write when nobody picks up, and a list to be called
calendar: {start: 2026-11-23, days: 2}
linked: true
profiles: {flat: {daily 00:00-24:00: 1}}
reasons:
  orders:
    volume: 1500 per day
    profile: flat
    channels: {phone: 70 %, mail: 30 %}
    handle: 6 min
    patience: {exponential: 1 min}
    retry: {chance: 60 %, after: 3 min}
  renewal:
    volume: 100 per day
    profile: flat
    channels: {list: 100 %}
    handle: 3 min
  letters: {volume: 300 per day, profile: flat, channels: {letter: 100 %}, handle: 2 h}
channels:
  letter: {due: 1 d}
  phone:
    cost_per_waiting_minute: 0.05
    exits: [{after: 30 s, accept: 30 %, to: mail}]
    callback: {accept: 5 %, patience: 1 min}
  mail: {due: 1 h, overdue: {chance: 60 %, on: phone}, expires: 3 h}
  list: {due: 2 d, outbound: {reach: 40 %, right_party: 80 %, ring: 20 s, cost_per_contact: 0.1}}
pools:
  first: {agents: {daily 00:00-24:00: 3}, answers: [phone, list]}
  second: {agents: {daily 00:00-24:00: 2}, answers: [phone, mail]}
  clerk: {agents: {daily 00:00-24:00: 1}, answers: [letter]}
lines: {main number: {count: 8, channels: [phone]}}
run: {short_abandon: 4 s}
"""


def scenarios() -> list[Scenario]:
    names = ("ai_agent", "everything", "people", "transfers", "contracts")
    return [loads(WEEK), loads(SCARCE), *(load(VALID / f"{name}.yaml") for name in names)]


Measuring = Callable[..., Tally]


def measuring(scenario: Scenario) -> tuple[Basis, Measuring]:
    """What adds up one replication, told what is wanted of it."""
    setting = prepare(scenario)
    basis = make_basis(setting)
    draws = draw(setting, 3, 0)
    luck = customer_luck(setting, 3, 0, draws.reason_size)
    return basis, partial(measure, basis, draws, luck, *simulate(make_plan(setting), draws))


def test_a_component_alone_is_what_it_is_among_all() -> None:
    there = set()
    for scenario in scenarios():
        _, measured = measuring(scenario)
        everything = measured()
        for name in COMPONENTS:
            tally = measured({name})
            column = COLUMN[name]
            assert np.array_equal(tally.sums[:, column], everything.sums[:, column]), name
            if everything.sums[:, column].any():
                there.add(name)
            others = [COLUMN[one] for one in COMPONENTS if one not in needed({name})]
            assert np.isnan(tally.sums[:, others]).all(), name
            assert not tally.waits
            assert tally.ends is None
    assert COMPONENTS.keys() - there == set()


@pytest.mark.parametrize(
    "splits", [("total",), ("pool", "source", "channel"), ("agent",), ("hour",)]
)
def test_splits_alone_are_what_they_are_among_all(splits: tuple[str, ...]) -> None:
    for scenario in scenarios():
        basis, measured = measuring(scenario)
        everything = measured().only(basis.slices, splits)
        for wanted in (COMPONENTS, *({name} for name in COMPONENTS)):
            tally = measured(wanted, splits)
            columns = [COLUMN[name] for name in needed(wanted)]
            assert tally.splits == everything.splits == splits
            # by time money is added up in another order, where less is told apart
            known = everything.sums[:, columns]
            assert np.allclose(tally.sums[:, columns], known, rtol=1e-12, atol=1e-12), wanted


def test_the_components_of_measures() -> None:
    assert components_of(["phone.asa", "hours"]) == {"wait_of_answered", "answered", "duty"}
    with pytest.raises(KeyError, match="waits_of_answered"):
        needed(components_of(["wait_p90"]))
