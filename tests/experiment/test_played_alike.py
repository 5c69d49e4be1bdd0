"""What only money and satisfaction tell apart is played once, and measured for each."""

from __future__ import annotations

import pickle

import pytest
from small_week import as_bytes

import sim
from sim.experiment import simulation
from sim.experiment.runner import Runner
from sim.experiment.simulation import Simulation
from sim.experiment.store import keys_of
from sim.measures import SPLITS
from sim.scenario import Scenario
from sim.tables import ContactLog

SHOP = """
calendar: {start: 2026-01-05, days: 2, warmup: 1, windows: {evening: daily 17:00-24:00}}
currency: EUR
gross_margin: 40 %
profiles: {day: {daily 09:00-20:00: 1}}
reasons:
  buy:
    volume: 300 per day
    profile: day
    channels: {phone: 60 %, mail: 40 %}
    handle: {exponential: 4 min}
    patience: {exponential: 3 min}
    buying: {window: 76 s, unaided: 2 %, basket: {lognormal: {mean: 50, cv: 1}}}
channels:
  phone: {cost_per_contact: 0.1, cost_per_waiting_minute: 0.01}
  mail: {due: 4 h}
pools:
  team:
    agents: {daily 09:00-18:00: 4}
    presence: 90 %
    answers: [phone, mail]
    contract:
      {per_hour: 24, premium: {daily 17:00-20:00: 25 %}, overtime: 50 %, minimum_shift: 4 h}
    sells: {conversion: 13 %, basket: {lognormal: {mean: 738, cv: 0.6}}}
    satisfaction: 91 %
  experts:
    agents: {daily 16:00-20:00: 2}
    contract: {per_contact: 2, per_minute: 0.1, per_sale: 1, revenue_share: 1 %, per_week: 70,
               once: {amount: 100, over: 1000 d}, minimum_per_week: 90}
    sells: {conversion: 21 %, revenue_per_contact: 137}
"""

MEASURED = {
    "gross_margin": "30 %",
    "currency": "USD",
    "reasons.buy.buying.unaided": "5 %",
    "reasons.buy.buying.basket": 70,
    "channels.phone.cost_per_contact": 1,
    "channels.phone.cost_per_waiting_minute": 1,
    "pools.team.sells.conversion": "20 %",
    "pools.team.satisfaction": "80 %",
    "pools.team.contract.per_hour": 30,
    "pools.team.contract.premium": {"daily 10:00-12:00": "50 %"},
    "pools.team.contract.overtime": "150 %",
    "pools.team.contract.minimum_shift": "10 h",
    "pools.experts.sells.revenue_per_contact": 10,
    "pools.experts.contract.per_contact": 9,
    "pools.experts.contract.per_minute": 1,
    "pools.experts.contract.per_sale": 7,
    "pools.experts.contract.revenue_share": "9 %",
    "pools.experts.contract.per_week": 100,
    "pools.experts.contract.once": {"amount": 900, "over": "30 d"},
    "pools.experts.contract.minimum_per_week": 9000,
    "run.service_level": "60 s",
    "run.short_abandon": "5 s",
}

PLAYED = {
    "reasons.buy.handle": "4 min",
    "reasons.buy.volume": "301 per day",
    "reasons.buy.buying.window": "77 s",
    "channels.mail.due": "5 h",
    "pools.team.presence": "91 %",
    "pools.team.contract.sick_paid": "50 %",
    "pools.team.contract.paid": {"meeting": "50 %"},
    "pools.experts.agents": {"daily 16:00-20:00": 3},
    "calendar.days": 3,
}


def shop(changes: dict[str, object] | None = None) -> Scenario:
    return sim.loads(SHOP, overrides=changes)


def log_of(scenario: Scenario) -> ContactLog:
    return Simulation.of(scenario, 1, "compiled").play(0)[1]


@pytest.mark.parametrize("path", MEASURED)
def test_what_is_only_measured_leaves_the_log_as_it_is(path: str) -> None:
    changed = shop({path: MEASURED[path]})
    assert pickle.dumps(log_of(shop())) == pickle.dumps(log_of(changed))
    known, other = keys_of(shop(), 1, None, SPLITS), keys_of(changed, 1, None, SPLITS)
    assert known.played == other.played
    assert known.key != other.key


@pytest.mark.parametrize("path", PLAYED)
def test_all_else_is_played(path: str) -> None:
    changed = shop({path: PLAYED[path]})
    assert keys_of(shop(), 1, None, SPLITS).played != keys_of(changed, 1, None, SPLITS).played
    assert keys_of(shop(), 2, None, SPLITS).played != keys_of(shop(), 1, None, SPLITS).played


def test_scenarios_that_are_played_alike_are_played_once(monkeypatch: pytest.MonkeyPatch) -> None:
    scenarios = [shop(), shop({"pools.experts.agents": {"daily 16:00-20:00": 3}})]
    scenarios += [shop({path: value}) for path, value in MEASURED.items()]
    alone = []
    for one in scenarios:
        with Runner(jobs=1) as runner:
            sample = runner.sample(one, 1)
            runner.extend([sample], 10)
            alone.append(as_bytes(sample))
    played = []
    simulate = simulation.simulate
    monkeypatch.setattr(simulation, "simulate", lambda *x: played.append(1) or simulate(*x))
    with Runner(jobs=1) as runner:
        samples = [runner.sample(one, 1) for one in scenarios]
        runner.extend(samples, 10)
    assert [as_bytes(one) for one in samples] == alone
    assert len(played) == 2 * 10
