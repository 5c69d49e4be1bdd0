"""What a study is made of: options over a base, values to try, sizes, names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.experiment.sizes import SizeText
from sim.experiment.study import Option, Precision, Size, Study
from sim.experiment.study_file import load_study
from sim.experiment.unknowns import varied
from sim.measures import CATALOGUE
from sim.scenario import ScenarioError, files, limits, merge, reading
from sim.scenario.distributions import Constant
from sim.scenario.faults import Wrong
from sim.scenario.reading import is_study
from sim.scenario.source import read_value
from sim.scenario.write import flow_text

BASE = """
name: base
calendar: {start: 2026-01-05, days: 2}
reasons:
  calls:
    volume: 100 per day
    handle: 3 min
    patience: 2 min
    closed: {returns: 20 %}
pools:
  team: {agents: {mon-fri 09:00-18:00: 3, sat: 1}, presence: 90 %}
routing: [{to: [team]}]
run: {seed: 3, confidence: 90 %}
"""
PARTNER = """
pools: {partner: {agents: 1}}
routing: [{to: [team, partner]}]
"""
FEWER = "pools: {team: {agents: {sat: null}}}"


@pytest.fixture
def write(tmp_path):
    def write(name: str, text: str) -> Path:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    write("base.yaml", BASE)
    write("partner.yaml", PARTNER)
    write("fewer.yaml", FEWER)
    write("deep/later.yaml", "extends: ../base.yaml\npools: {team: {agents: {sun: 2}}}")
    write("deep/slow.yaml", "extends: ../base.yaml\nreasons: {calls: {handle: 5 min}}")
    return write


@pytest.fixture
def study(write):
    def study(text: str, **overrides: object) -> Study:
        file = write("study.yaml", f"study: Which?\n{text}")
        return load_study(file, overrides=overrides)

    return study


# --- options ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "changes"),
    [
        ([], "linked: false"),
        ([], "pools: {team: {agents: {Mon-Fri 9:00 - 18:00: 7}}}"),
        ([], "pools: {team: {agents: {sat: null, sun: 3}, presence: null}}, linked: true"),
        ([], "reasons: {calls: {handle: {exponential: 5 min}, closed: null}}"),
        (["partner.yaml"], "pools: {partner: {presence: 80 %}}"),
        (["deep/later.yaml"], "currency: EUR"),
        (["partner.yaml", "deep/slow.yaml"], "name: mix"),
    ],
)
def test_an_option_is_merged_over_the_base_as_extends_merges(study, write, files, changes):
    extends = f"extends: [{', '.join(files)}], " if files else ""
    option = study(f"base: base.yaml\noptions: {{one: {{{extends}{changes}}}}}").options["one"]
    plain = write("plain.yaml", f"{{extends: [{', '.join(['base.yaml', *files])}], {changes}}}")
    assert option.scenario == sim.load(plain)


def test_a_fragment_goes_over_the_base_and_a_file_with_a_base_of_its_own_replaces_it(study, write):
    write("other.yaml", "extends: base2.yaml\npools: {team: {presence: 50 %}}")
    write("base2.yaml", BASE.replace("100 per day", "700 per day").replace("sat: 1", "sun: 1"))
    options = study("""
base: base.yaml
options:
  fewer: {extends: fewer.yaml}
  other: {extends: other.yaml}
""").options
    assert [str(line) for line in options["fewer"].scenario.pools["team"].agents] == [
        "mon-fri 09:00-18:00"
    ]
    other = options["other"].scenario
    assert (
        other.reasons["calls"].volume
        == sim.load(write("b.yaml", "extends: base2.yaml")).reasons["calls"].volume
    )
    assert [str(line) for line in other.pools["team"].agents] == ["mon-fri 09:00-18:00", "sun"]


def test_files_that_share_a_base_make_a_mix(study):
    # `slow.yaml` repeats the base; that must not take back what `later.yaml` changed in it
    mixed = study("""
base: base.yaml
options: {mix: {extends: [deep/later.yaml, fewer.yaml, deep/slow.yaml, partner.yaml]}}
""").options["mix"]
    assert [str(line) for line in mixed.scenario.pools["team"].agents] == [
        "mon-fri 09:00-18:00",
        "sun",
    ]
    assert mixed.scenario.reasons["calls"].handle.at("phone") == Constant(300)
    assert list(mixed.scenario.pools) == ["team", "partner"]


def test_without_options_the_base_is_the_only_one(study):
    found = study("base: base.yaml")
    assert list(found.options) == ["base"]
    assert found.reference.scenario == sim.load(Path(found.reference.source).with_name("base.yaml"))


def test_options_may_do_without_a_base(study):
    found = study("options: {a: {extends: base.yaml}, b: {extends: deep/slow.yaml}}")
    assert found.options["a"].scenario != found.options["b"].scenario


def test_an_empty_option_is_the_base(study):
    found = study("base: base.yaml\noptions: {a: {}, b: }")
    assert found.options["a"].scenario == found.options["b"].scenario


def test_a_base_is_read_for_every_option_and_value_to_try_but_not_for_minutes(study, monkeypatch):
    monkeypatch.setattr(limits, "MOST_READ", 4 * limits.AT_LEAST)
    options = "base: base.yaml\noptions: {a: {}, b: {}}\n"  # the base and two options: three times
    study(options)
    study("base: base.yaml\nsweep: {linked: [true, false]}")
    for more in (
        "vary: {linked: [true, false]}",
        "uncertain: {busyness: 0 to 10 %, reasons.calls.handle.exponential: 3 min to 5 min}",
    ):
        with pytest.raises(ScenarioError, match=r"^\S+:1: there is too much to try"):
            study(options + more)
    with pytest.raises(ScenarioError, match="there is too much to try"):
        study("base: base.yaml\noptions: {a: {}, b: {}, c: {}, d: {}}")


BY_TIME = ", ".join(
    f"{day} {h:02d}:{m:02d}-{h:02d}:{m + 1:02d}: 3 min"
    for day in ("mon", "tue", "wed", "thu", "fri")
    for h in range(24)
    for m in range(59)
)
MANY = "".join(
    f"  r{k}: {{volume: 9 per day, handle: {{exponential: 3 min}}}}\n" for k in range(400)
)


@pytest.mark.parametrize(
    "reasons",
    [f"  calls: {{volume: 9 per day, handle: {{{BY_TIME}, other: 4 min}}}}\n", MANY],
    ids=["by time", "many"],
)
def test_a_study_over_a_large_base_is_refused_before_it_is_tried(
    study, tmp_path, reasons, monkeypatch
):
    """What takes long to read counts more; by the mere number of values all 100 were read."""
    base = f"reasons:\n{reasons}pools: {{team: {{agents: 3}}}}\n"
    (tmp_path / "large.yaml").write_text(base)
    options = ", ".join(f"o{k}: {{run: {{seed: {k}}}}}" for k in range(100))
    read = []
    usual = reading._scenario
    monkeypatch.setattr(reading, "_scenario", lambda *a, **k: read.append(a) or usual(*a, **k))
    with pytest.raises(ScenarioError, match="there is too much to try"):
        study(f"base: {tmp_path / 'large.yaml'}\noptions: {{{options}}}")
    assert len(read) < 75


def test_a_file_that_all_reasons_name_is_read_once(tmp_path, monkeypatch):
    (tmp_path / "log.csv").write_text("time\n2026-11-23 09:00:12\n")
    reasons = ", ".join(f"r{k}: {{arrivals: {{replay: log.csv}}, handle: 3 min}}" for k in range(9))
    base = tmp_path / "replayed.yaml"
    base.write_text(
        f"calendar: {{start: 2026-11-23}}\nreasons: {{{reasons}}}\npools: {{team: {{agents: 3}}}}\n"
    )
    read = []
    usual = files.read_bytes
    monkeypatch.setattr(files, "read_bytes", lambda file: read.append(file) or usual(file))
    sim.load(base)
    assert [Path(file).name for file in read] == ["log.csv"]


def test_a_base_is_merged_once_for_all_options(study, monkeypatch):
    merged = []
    usual = merge.merge
    monkeypatch.setattr(merge, "merge", lambda *a, **k: merged.append(a) or usual(*a, **k))

    def often(options: int) -> int:
        merged.clear()
        said = ", ".join(f"o{k}: {{busyness: {k} %}}" for k in range(options))
        study(f"base: base.yaml\noptions: {{{said}}}").notes()
        return len(merged)

    assert often(9) - often(8) == often(2) - often(1) < 5  # the option's own values alone


def test_overrides_hold_for_every_option(study):
    text = "base: base.yaml\nseed: 8\nconfidence: 99 %\noptions: {a: {}, b: {calendar: {days: 4}}}"
    found = study(text, **{"calendar.days": 1})
    assert [one.scenario.calendar.days for one in found.options.values()] == [1, 1]
    assert found.options["b"].changed({"linked": True}).calendar.days == 1
    assert (found.seed, found.confidence) == (8, 0.99)


def test_the_seed_of_the_command_line_beats_the_study_and_that_the_base(study):
    assert study("base: base.yaml").seed == 3
    assert study("base: base.yaml\nseed: 8").seed == 8
    assert study("base: base.yaml\nseed: 8", **{"run.seed": 5}).seed == 5
    assert study("base: base.yaml").confidence == 0.9


# --- values to try ----------------------------------------------------------------------------


def test_a_change_is_an_override_and_leaves_no_trace(study):
    found = study("base: base.yaml\noptions: {a: {}, b: {pools: {team: {presence: 50 %}}}}")
    changes = {
        "pools.team.agents.sat": "5",
        "reasons.calls.patience": "{exponential: 1 min}",
        "reasons.calls.closed": "null",
        "routing.1.to": "[{pool: team, keep_free: 1}]",
    }
    before = {name: one.changed({}) for name, one in found.options.items()}
    base = Path(found.reference.source).with_name("base.yaml")
    for _ in range(2):
        assert found.options["a"].changed(changes) == sim.load(base, overrides=changes)
        found.options["b"].changed(changes)
    for name, option in found.options.items():
        assert option.changed({}) == before[name] == option.scenario


def test_a_file_named_by_a_value_is_relative_to_the_study(study, write, monkeypatch):
    for name, count in (("few", 3), ("many", 9)):
        write(f"{name}.csv", f"from,to,count\n2026-01-05 09:00,2026-01-05 10:00,{count}\n")
    text = "base: base.yaml\noptions: {a: {reasons: {calls: {volume: null, arrivals: {counts: "
    text += "few.csv}}}}}\nvary: {reasons.calls.arrivals.counts: [few.csv, many.csv]}"
    monkeypatch.chdir("/")
    found = study(text)
    [factor] = found.vary
    assert factor.values == ("few.csv", "many.csv")
    changed = varied(found.reference, {factor.path: "many.csv"})
    assert changed.reasons["calls"].arrivals.counts[0][2] == 9


def test_an_option_without_what_is_varied_stays_as_it_is(study):
    found = study("""
base: base.yaml
options: {alone: {}, partner: {extends: partner.yaml}}
vary: {pools.partner.presence: [50 %, 1]}
""")
    [factor] = found.vary
    alone, partner = found.options.values()
    assert varied(alone, {factor.path: "50 %"}) is alone.scenario
    assert varied(partner, {factor.path: "50 %"}).pools["partner"].presence.mean == 0.5
    with pytest.raises(ScenarioError, match="no pool has the name `partner`"):
        alone.changed({"pools.partner.presence": "50 %"})


def test_an_option_of_a_scenario_in_python_can_be_changed(write):
    scenario = sim.load(write("again.yaml", BASE))
    option = Option.of_scenario("again", scenario)
    changed = option.changed({"pools.team.presence": "50 %"})
    assert changed.pools["team"].presence.mean == 0.5
    assert option.changed({}) == scenario


def test_an_option_of_a_file_is_called_like_the_file(write):
    option = Option.of_file(write("again.yaml", BASE), overrides={"calendar.days": 3})
    assert (option.name, option.scenario.calendar.days) == ("again", 3)


words = st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S", "Zs"]), max_size=12)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(0, 1e12),
    words,
    st.sampled_from(["5", "null", "1 %", "a: b", "{x: 1}", "[1]", " 3", "# no", "-", "'", "18:00"]),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)


@given(values)
def test_a_value_as_a_text_reads_as_the_same_value(value):
    read = read_value(flow_text(value), "", []).plain()
    assert read == value
    assert type(read) is type(value)


# --- what is said of the whole ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "measure", "size"),
    [
        ("1 %", "margin", Size(0.01, relative=True)),
        ("1 %", "service_level", Size(0.01, relative=True)),
        (500, "margin", Size(500.0)),
        (2.5, "contacts", Size(2.5)),
        ("2 s", "asa", Size(2.0)),
        ("1 min", "aht", Size(60.0)),
        ("3 h", "overtime_hours", Size(3.0)),  # in hours, as the measure
        ("0.5 points", "service_level", Size(0.005)),
        ("1 point", "abandonment", Size(0.01)),
    ],
)
def test_a_size_is_in_the_unit_of_its_measure(text, measure, size):
    assert SizeText.read(text).of(CATALOGUE[measure]) == size


@pytest.mark.parametrize(
    ("text", "measure"),
    [
        (500, "service_level"),
        ("2 s", "margin"),
        ("1 point", "asa"),
        (2, "asa"),
        ("1 h", "contacts"),
    ],
)
def test_a_size_in_another_unit_is_refused(text, measure):
    with pytest.raises(Wrong, match="does not fit"):
        SizeText.read(text).of(CATALOGUE[measure])


def test_a_relative_size_is_of_what_a_value_amounts_to():
    assert Size(0.01, relative=True).of(-5000.0) == 50.0
    assert Size(50.0).of(-5000.0) == 50.0


def test_margin_decides_where_help_can_sell_else_the_service_level(study):
    assert study("base: base.yaml").decide == "service_level"
    selling = (
        "{reasons: {calls: {buying: {basket: 50}}}, pools: {team: {sells: {conversion: 1 %}}}}"
    )
    found = study(f"base: base.yaml\noptions: {{a: {{}}, b: {selling}}}\nprecision: 20")
    assert found.decide == "margin"
    assert found.precision == Precision("margin", Size(20.0))


def test_a_file_is_a_study_if_it_says_so(write):
    assert is_study(write("a.yaml", "{base: b.yaml, 'study': Who?}"))
    assert not is_study(write("b.yaml", "name: study\nreasons: {study: {volume: 3 per day}}"))
    assert not is_study(write("c.yaml", "study: [unfinished"))
    assert not is_study("no such file")


# --- from files and from Python ---------------------------------------------------------------


def test_scenario_files_make_a_study(write, tmp_path):
    write("deep/base.yaml", BASE)
    files = [tmp_path / "base.yaml", tmp_path / "deep/slow.yaml", tmp_path / "deep/base.yaml"]
    found = Study.of_files(files)
    assert list(found.options) == [f"{tmp_path.name}/base", "slow", "deep/base"]
    assert found.against == f"{tmp_path.name}/base"
    assert (found.seed, found.confidence) == (3, 0.9)
    twice = Study.of_files([tmp_path / "base.yaml", os.path.join(tmp_path, ".", "base.yaml")])
    assert list(twice.options) == [f"{tmp_path.name}/base {k}" for k in (1, 2)]


def test_scenario_files_make_a_study_that_is_asked_otherwise(tmp_path):
    """Analysts call it so: these are part of what others import."""
    (tmp_path / "one.yaml").write_text(BASE)
    (tmp_path / "two.yaml").write_text(BASE)
    files = [tmp_path / "one.yaml", tmp_path / "two.yaml"]
    said = {"run.seed": 9}
    found = Study.of_files(files, overrides=said, against="two", decide="cost")
    assert (found.against, found.decide, found.seed) == ("two", "cost", 9)


def test_all_faults_of_all_files_are_told(write):
    one = write("one.yaml", BASE.replace("90 %, sat", "").replace("presence: 90 %", "presence: 2"))
    two = write("two.yaml", BASE.replace("3 min", "3 mim"))
    with pytest.raises(ScenarioError) as caught:
        Study.of_files([one, two])
    assert {fault.file for fault in caught.value.faults} == {str(one), str(two)}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"calendar.start": "2026-01-06"}, "calendar.start"),
        ({"calendar.days": 3}, "calendar.days"),
        ({"calendar.warmup": 1}, "calendar.warmup"),
        ({"currency": "CHF"}, "currency"),
    ],
)
def test_options_of_different_days_or_currency_are_refused(change, path):
    one = sim.loads(BASE)
    with pytest.raises(ScenarioError) as caught:
        Study.of({"one": one, "other": sim.loads(BASE, overrides=change)})
    [fault] = caught.value.faults
    assert (fault.file, fault.path) == ("other", path)


def test_what_makes_a_measure_mean_two_things_is_noted():
    changes = {
        "calendar.windows": {"noon": "daily 11:00-13:00"},
        "gross_margin": "50 %",
        "run.service_level": "40 s",
        "run.short_abandon": "5 s",
    }
    found = Study.of({"one": sim.loads(BASE), "other": sim.loads(BASE, overrides=changes)})
    assert [note.path for note in found.notes()] == [
        "calendar.windows",
        "gross_margin",
        "run.service_level",
        "run.short_abandon",
    ]
    assert [note.message for note in found.notes()][2:] == [
        "40 s, but 20 s in `one`: service levels are not of the same kind",
        "5 s, but 0 s in `one`: service levels and abandonment are not of the same kind",
    ]
    assert Study.of({"one": sim.loads(BASE), "same": sim.loads(BASE)}).notes() == []


def test_a_study_in_python_names_what_it_does_not_know():
    scenarios = {"a": sim.loads(BASE), "b": sim.loads(BASE)}
    with pytest.raises(ValueError, match="no option has the name `aa`; did you mean `a`"):
        Study.of(scenarios, against="aa")
    with pytest.raises(ValueError, match="`wait_p90` is a quantile"):
        Study.of(scenarios, decide="wait_p90")
    with pytest.raises(ValueError, match="at least one option"):
        Study.of({})
    with pytest.raises(ValueError, match="`2 s` does not fit `service_level`"):
        Study.of(scenarios, indifference="2 s")


def test_a_study_in_python_says_sizes_as_a_file_does():
    scenarios = {"a": sim.loads(BASE), "b": sim.loads(BASE)}
    plain = Study.of(scenarios)
    assert (plain.question, plain.against) == ("Which is best: a or b?", "a")
    assert (plain.seed, plain.confidence, plain.precision) == (3, 0.9, None)
    assert plain.indifference == Size(0.01, relative=True)
    said = Study.of(scenarios, decide="cost", precision=50, indifference="2 %", seed=0, against="b")
    assert said.precision == Precision("cost", Size(50.0))
    assert said.indifference == Size(0.02, relative=True)
    assert (said.seed, said.against) == (0, "b")
