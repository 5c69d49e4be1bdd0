"""`extends` and overrides: what replaces what, and where its faults are told."""

from __future__ import annotations

import pytest

from sim.scenario import ScenarioError, load, loads
from sim.scenario.distributions import Constant, Exponential, Lognormal
from sim.scenario.times import TimesOfWeek

BASE = """
name: base
reasons:
  calls:
    volume: 1000 per day
    handle: {lognormal: {mean: 3 min, cv: 1}}
    retry: {chance: 10 %, after: 5 min}
  orders: {volume: 10 per day, handle: 2 min}
channels: {phone: {queue_limit: 3}}
pools:
  team: {agents: {mon-fri 09:00-18:00: 12, sat: 3}}
  more: {agents: 2, answers: [phone]}
routing: [{to: [team, {pool: more, after: 10 s}]}]
"""


@pytest.fixture
def write(tmp_path):
    def write(name: str, text: str) -> str:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
        return str(tmp_path / name)

    write("base.yaml", BASE)
    return write


def test_mappings_merge_key_by_key(write):
    scenario = load(write("over.yaml", "extends: base.yaml\ncurrency: CHF\nname: over"))
    assert (scenario.name, scenario.currency) == ("over", "CHF")
    assert list(scenario.reasons) == ["calls", "orders"]


def test_a_distribution_is_replaced_whole(write):
    handles = "{calls: {handle: {exponential: 1 min}}, orders: {handle: 5 s}}"
    over = f"extends: base.yaml\nreasons: {handles}"
    scenario = load(write("over.yaml", over))
    assert scenario.reasons["calls"].handle.at("phone") == Exponential(60)
    assert scenario.reasons["orders"].handle.at("phone") == Constant(5)


def test_null_removes_and_lists_are_replaced(write):
    over = """
extends: base.yaml
reasons: {orders: null, calls: {retry: ~}}
pools: {more: }
routing: [{to: [{pool: team, keep_free: 1}]}]
"""
    scenario = load(write("over.yaml", over))
    assert list(scenario.reasons) == ["calls"]
    assert scenario.reasons["calls"].retry is None
    assert list(scenario.pools) == ["team"]
    assert scenario.routing[0].to[0].keep_free == 1


def test_the_same_times_replace_others_add(write):
    over = "extends: base.yaml\npools: {team: {agents: {Mon-Fri 9:00-18:00: 14, sun: 1}}}"
    agents = load(write("over.yaml", over)).pools["team"].agents
    assert agents == {
        TimesOfWeek.read("mon-fri 09:00-18:00"): 14,
        TimesOfWeek.read("sat"): 3,
        TimesOfWeek.read("sun"): 1,
    }


def test_bases_are_relative_to_the_file_that_names_them(write):
    write("deep/middle.yaml", "extends: ../base.yaml\nname: middle")
    assert load(write("top.yaml", "extends: deep/middle.yaml")).name == "middle"


def test_later_bases_go_over_earlier_ones(write):
    write("a.yaml", "name: a\ncurrency: CHF")
    write("b.yaml", "name: b")
    scenario = load(write("top.yaml", "extends: [base.yaml, a.yaml, b.yaml]"))
    assert (scenario.name, scenario.currency) == ("b", "CHF")


def test_a_fault_is_told_where_it_was_said(write):
    write("base.yaml", BASE.replace("sat: 3", "sat: -3"))
    top = write("top.yaml", "extends: base.yaml\n\ncurrency: 5\nrun: {seed: x}")
    with pytest.raises(ScenarioError) as caught:
        load(top)
    places = [(fault.file.rsplit("/")[-1], fault.line, fault.path) for fault in caught.value.faults]
    assert places == [
        ("base.yaml", 11, "pools.team.agents.sat"),
        ("top.yaml", 3, "currency"),
        ("top.yaml", 4, "run.seed"),
    ]


def test_a_long_circle_is_found(write):
    write("a.yaml", "extends: b.yaml")
    write("b.yaml", "extends: ./c.yaml")
    write("c.yaml", "extends: a.yaml")
    with pytest.raises(ScenarioError, match=r"c\.yaml:1: extends: `a.yaml` extends this file"):
        load(write("top.yaml", "extends: a.yaml"))


def test_a_base_may_be_extended_twice(write):
    write("a.yaml", "extends: base.yaml\ncurrency: CHF")
    write("b.yaml", "extends: base.yaml\nlinked: true")
    scenario = load(write("top.yaml", "extends: [a.yaml, b.yaml]"))
    assert (scenario.currency, scenario.linked) == ("CHF", True)


def test_what_two_files_extend_is_there_once(write):
    # `b` repeats the base, which must not take back what `a` changed in it
    write("a.yaml", "extends: base.yaml\nname: a\npools: {team: {agents: {sat: null}}}")
    write("b.yaml", "extends: base.yaml\nlinked: true")
    scenario = load(write("top.yaml", "extends: [a.yaml, b.yaml]"))
    assert (scenario.name, scenario.linked) == ("a", True)
    assert list(map(str, scenario.pools["team"].agents)) == ["mon-fri 09:00-18:00"]


def test_a_part_of_a_scenario_may_remove_what_lies_below_it(write):
    write("part.yaml", "reasons: {orders: null}")
    scenario = load(write("top.yaml", "extends: [base.yaml, part.yaml]"))
    assert list(scenario.reasons) == ["calls"]
    with pytest.raises(ScenarioError, match=r"part\.yaml:1: reasons.orders: says nothing"):
        load(write("top.yaml", "extends: [part.yaml, base.yaml]"))


def test_a_new_part_that_is_faulty_may_be_an_old_one_misspelt(write):
    top = write("top.yaml", "extends: base.yaml\npools: {teem: {presence: 50 %}}")
    with pytest.raises(ScenarioError) as caught:
        load(top)
    assert [fault.message for fault in caught.value.faults] == [
        "say how many there are and when, as in `mon-fri 09:00-18:00: 12`"
        " (a new pool; did you mean `team`?)"
    ]
    with pytest.raises(ScenarioError, match=r"names this pool .a new pool; did you mean `team`"):
        load(write("top.yaml", "extends: base.yaml\npools: {teem: {agents: 3}}"))


def test_a_study_is_no_base(write):
    write("study.yaml", "base: base.yaml\nstudy: Which?")
    with pytest.raises(ScenarioError, match=r"study\.yaml:2: study: this file is a study"):
        load(write("top.yaml", "extends: study.yaml"))


# --- overrides --------------------------------------------------------------------------------


def over(**values: object):
    return loads(BASE, overrides={key.replace("__", "."): value for key, value in values.items()})


def test_overrides_by_dotted_path():
    scenario = loads(
        BASE,
        overrides={
            "pools.team.presence": "90 %",
            "pools.team.agents.mon-fri 9:00-18:00": 20,
            "pools.more.agents": "{mon-fri: 4}",
            "routing.1.to.2.after": "30 s",
            "reasons.calls.handle.lognormal.mean": "4 min",
            "reasons.calls.patience": {"exponential": "76 s"},
            "run.service_level.phone": "40 s",
            "calendar.days": 14,
            "channels.phone.queue_limit": None,
            "reasons.orders": None,
            "run": {"seed": 7},
        },
    )
    team = scenario.pools["team"]
    assert team.presence.mean == 0.9
    assert team.agents[TimesOfWeek.read("mon-fri 09:00-18:00")] == 20
    assert scenario.pools["more"].agents == {TimesOfWeek.read("mon-fri"): 4}
    assert scenario.routing[0].to[1].after == 30
    assert scenario.reasons["calls"].handle.at("phone") == Lognormal(240, 1)
    assert scenario.reasons["calls"].patience.at("phone") == Exponential(76)
    assert scenario.run.service_level.at(None, "phone") == 40
    assert scenario.calendar.days == 14
    assert scenario.channels["phone"].queue_limit is None
    assert list(scenario.reasons) == ["calls"]
    assert scenario.run.seed == 7


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("pools.teem.presence", 1, "no pool has the name `teem`; did you mean `team`?"),
        ("pools.teem", {"agents": 3}, "no pool has the name `teem`"),
        ("pools.team.presense", 1, "unknown field; did you mean `presence`?"),
        ("pool.team", 1, "unknown field; did you mean `pools`?"),
        ("routing.3.to", ["team"], "`routing` is a list; allowed: 1 to 1"),
        ("routing.x", 1, "`routing` is a list"),
        ("reasons.orders.handle.phone", "3 min", "`reasons.orders.handle` is one value, `2 min`"),
        ("pools.team.presence", "half", "`half` is not a share"),
        ("reasons.calls.again", None, "there is nothing to remove"),
        ("run.seed", [1], "a list is not a whole number"),
        ("run.seed", object(), "is not a whole number"),
        ("", 1, "unknown field"),
        ("name", "[", "is not YAML"),
    ],
)
def test_a_faulty_override_is_told(path, value, message):
    with pytest.raises(ScenarioError) as caught:
        loads(BASE, overrides={path: value})
    assert message in str(caught.value)
    assert str(caught.value).startswith("override: ")


def test_overrides_do_not_reach_into_each_other():
    value = {"exponential": "76 s"}
    over(reasons__calls__patience=value)
    assert value == {"exponential": "76 s"}


def test_overrides_are_a_mapping() -> None:
    with pytest.raises(TypeError, match=r"overrides are a mapping: \{"):
        loads(BASE, overrides=["pools.team.presence=90 %"])
