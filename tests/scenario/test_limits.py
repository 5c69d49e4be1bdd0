"""Files that are no scenarios, sizes beyond reason, and what a start may cost."""

from __future__ import annotations

import contextlib
import difflib
import gc
import json
import subprocess
import sys
import time

import pytest

from sim.data.guess import norm
from sim.experiment.grid import first_of, in_steps
from sim.experiment.sizes import SizeText
from sim.garbage import UNCOLLECTED
from sim.scenario import Fault, ScenarioError, load, loads, source, to_yaml
from sim.scenario.levers import instead, is_lever
from sim.scenario.numbers import parse_duration, parse_share
from sim.scenario.source import MOST_BYTES, Node, resolve_plain
from sim.scenario.times import TimesOfWeek
from sim.scenario.uncertain import Prior
from sim.scenario.values import Volume

SHORTEST = """
reasons: {calls: {volume: 1000 per day, handle: 3 min}}
pools: {team: {agents: 12}}
"""


def refused(path) -> str:
    with pytest.raises(ScenarioError) as caught:
        load(path)
    return str(caught.value)


def test_no_file_and_no_file_name(tmp_path):
    assert refused(tmp_path / "none.yaml").endswith("none.yaml: there is no such file")
    assert refused(tmp_path).endswith("is a folder, not a file")
    assert "cannot be read" in refused("a\0b")
    assert "cannot be read" in refused("a" * 5000)


def test_a_file_in_a_file(tmp_path):
    (tmp_path / "a.yaml").write_text(SHORTEST)
    assert "not a file" in refused(tmp_path / "a.yaml" / "b.yaml")


def test_a_file_beyond_20_mb(tmp_path):
    file = tmp_path / "large.yaml"
    file.write_bytes(b"#" * (MOST_BYTES + 1))
    assert refused(file).endswith("is larger than 20 MB")
    with pytest.raises(ScenarioError, match="is larger than 20 MB"):
        loads("#" * (MOST_BYTES + 1))


def test_a_byte_order_mark_and_windows_lines_are_fine(tmp_path):
    file = tmp_path / "windows.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + SHORTEST.replace("\n", "\r\n").encode())
    assert load(file) == loads(SHORTEST)


def test_a_directive_of_yaml_1_1_changes_nothing():
    text = "%YAML 1.1\n---\nname: on\n" + SHORTEST.lstrip()
    assert loads(text).name == "on"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("18:00", "18:00"),
        ("on", "on"),
        ("yes", "yes"),
        ("1_000", "1_000"),
        ("2026-01-05", "2026-01-05"),
        ("12", 12),
        ("0x1F", 31),
        ("0o17", 15),
        ("017", 17),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("true", True),
        ("~", None),
        ("", None),
    ],
)
def test_plain_scalars_by_yaml_1_2(text, value):
    found = resolve_plain(text)
    assert found == value
    assert type(found) is type(value)


def test_the_error_is_sorted_and_says_everything():
    faults = [Fault("b", 1, "x", "wrong"), Fault("a", 10, "y", "wrong"), Fault("a", 9, "", "bad")]
    error = ScenarioError(faults)
    assert str(error) == "a:9: bad\na:10: y: wrong\nb:1: x: wrong"
    assert error.faults == sorted(faults)


def test_importing_and_loading_needs_nothing_heavy(tmp_path):
    (tmp_path / "a.yaml").write_text(SHORTEST)
    code = (
        "import sys, sim.scenario as s; s.load(sys.argv[1]);"
        "print([m for m in ('numpy', 'pandas', 'scipy', 'holidays') if m in sys.modules])"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "a.yaml")]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_hundreds_of_faulty_lines_are_all_looked_at():
    """Each line is compared with the different lines before it, and each fault with the others."""
    lines = "\n".join("  - {channel: 3, to: [team]}" for _ in range(500))
    with pytest.raises(ScenarioError) as caught:
        loads(f"{SHORTEST}\nrouting:\n{lines}\n")
    assert len(caught.value.faults) >= 500


def test_so_many_wrong_names_are_not_all_compared(monkeypatch):
    """What a suggestion costs grows with names times names; after 200 faults nobody reads on."""
    compared = []
    near = difflib.get_close_matches

    def counted(name, allowed, **options):
        compared.append(len(allowed))
        return near(name, allowed, **options)

    monkeypatch.setattr(difflib, "get_close_matches", counted)
    with pytest.raises(ScenarioError) as caught:
        loads(SHORTEST + "".join(f"\nreason{i}: 1" for i in range(3000)))
    assert len(caught.value.faults) == 3000
    assert "did you mean `reasons`" in str(caught.value)
    assert 0 < sum(compared) <= 20_000


def many(number, of=1):
    return {f"n{i}": of for i in range(number)}


GOOD = {"volume": "1 per day", "handle": "1 min"}
TOO_MANY = {
    "reasons": ({"reasons": many(501, GOOD)}, "reasons: has 501 entries; allowed: up to 500"),
    "pools": ({"pools": many(501, {"agents": 1})}, "pools: has 501 entries; allowed: up to 500"),
    "exits": (
        {"channels": {"phone": {"exits": [{"to": "end"}] * 101}}},
        "channels.phone.exits: has 101 entries; allowed: up to 100",
    ),
    "ways": (
        {
            "reasons": many(400, GOOD),
            "channels": many(100, {}),
            "pools": many(400, {"agents": 1}),
        },
        "reasons: too many ways: 400 reasons x 100 channels x 1 ways to be passed on, or not x "
        "400 pools; allowed: a product of 1,500,000",
    ),
    "ways by time": (
        {
            "reasons": many(400, GOOD),
            "channels": many(50, {}),
            "pools": many(50, {"agents": 1, "speed": {"mon": 1, "tue": 2, "other": 1}}),
        },
        "reasons: too many ways: 400 reasons x 50 channels x 1 ways to be passed on, or not x "
        "50 pools x 100 lines of values by time and events that change handle times; "
        "allowed: a product of 20,000,000",
    ),
    "mixture": (
        {"reasons": {"r": {**GOOD, "handle": {"mixture": [["0.5 %", "1 min"]] * 200}}}},
        "reasons.r.handle.mixture: has 200 parts; allowed: up to 100",
    ),
    "extends": ({"extends": ["a.yaml"] * 101}, "extends: names 101 files; allowed: up to 100"),
}


@pytest.mark.parametrize("kind", TOO_MANY)
def test_more_than_any_centre_has_is_refused_at_once(kind):
    said, message = TOO_MANY[kind]
    whole = {"reasons": {"r": GOOD}, "pools": {"team": {"agents": 1}}, **said}
    with pytest.raises(ScenarioError) as caught:
        loads(json.dumps(whole))
    assert str(caught.value) == f"scenario:1: {message}"


def test_no_message_is_longer_than_anybody_reads():
    with pytest.raises(ScenarioError) as caught:
        loads(json.dumps({"? ": 1})[:-1] + f',\n? "{"x" * 100_000}"\n: 1}}')
    assert max(map(len, str(caught.value).splitlines())) < 5_000
    with pytest.raises(ScenarioError) as caught:
        loads(f"{SHORTEST}\nextends: {'a/../' * 20_000}b.yaml")
    assert len(str(caught.value)) < 5_000


def test_a_large_file_is_read_without_going_through_what_is_alive_again_and_again():
    """A tree of 60,000 values would be gone through some fifty times, at growing cost."""
    text = SHORTEST + "x: [" + "[], " * 60_000 + "]\n"
    before = [one["collections"] for one in gc.get_stats()]
    with pytest.raises(ScenarioError, match="unknown field"):
        loads(text)
    after = [one["collections"] for one in gc.get_stats()]
    assert sum(after) - sum(before) < 10
    assert gc.isenabled()


def test_the_search_for_garbage_goes_on_when_the_last_reader_has_left():
    with UNCOLLECTED:
        with UNCOLLECTED:
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_values_that_are_nested_deeply_count_more(monkeypatch):
    monkeypatch.setattr(source, "MOST_VALUES", 1_000)
    flat, deep = "[" + "1, " * 900 + "]", "[" + ("[" * 55 + "]" * 55 + ", ") * 8 + "]"
    assert "unknown field" in str(raises(SHORTEST + f"x: {flat}\n"))
    assert "holds more than 1,000 values" in str(raises(SHORTEST + f"x: {deep}\n"))


def raises(text: str) -> ScenarioError:
    with pytest.raises(ScenarioError) as caught:
        loads(text)
    return caught.value


def test_directives_that_the_parser_compares_with_each_other():
    tags = "".join(f"%TAG !a{number}! tag:x\n" for number in range(200))
    assert "lines that begin with `%`" in str(raises(tags + "---" + SHORTEST))


def test_a_duration_of_many_spans():
    long = "1 s " * 10_000
    handle = loads(SHORTEST.replace("3 min", long)).reasons["calls"].handle
    assert handle == loads(SHORTEST.replace("3 min", "10000 s")).reasons["calls"].handle


def test_more_fields_than_there_are_names_for_are_not_told_one_by_one():
    many = "".join(f"  k{number}: 1\n" for number in range(6_000))
    text = "pools: {team: {agents: 1}}\nreasons:\n calls:\n" + many
    assert str(raises(text)) == "scenario:3: reasons.calls: has 6,000 entries; allowed: up to 5,000"
    top = many.replace("  ", "")
    assert str(raises(top)) == "scenario:1: has 6,000 entries; allowed: up to 5,000"


def test_so_many_faults_that_nobody_reads_on(monkeypatch):
    monkeypatch.setattr(source, "MOST_NOTED", 30)
    error = raises(SHORTEST + "x: 1\n" * 100 + "y: !tag 1\n")
    assert len(error.faults) == 30
    assert "stands here a second time" in str(error)


def test_as_many_pools_as_allowed_are_written_out_with_their_route():
    """Nobody says the routing: written out it names all pools."""
    pools = {f"p{number}": {"agents": 1} for number in range(500)}
    scenario = loads(json.dumps({"reasons": {"r": GOOD}, "pools": pools}))
    assert loads(to_yaml(scenario)) == scenario


@pytest.mark.parametrize(
    "text",
    [
        "x" * 100_000,
        f"1{' ' * 100_000}!",
        f"{'1' * 100_000}!",
        f"1 {' x' * 50_000}!",
        f"{' to ' * 20_000}x",
        f"1..{' ' * 100_000}2",
    ],
    ids=["letters", "spaces", "digits", "words", "to", "range"],
)
def test_a_long_text_is_read_in_a_time_that_grows_as_it_does(text):
    """Patterns that go over a text once for each of its characters took minutes for these."""
    begun = time.process_time()
    for read in (
        Volume.read,
        parse_duration,
        parse_share,
        TimesOfWeek.read,
        Prior.read,
        in_steps,
        first_of,
        SizeText.read,
        norm,
    ):
        with contextlib.suppress(ValueError):
            read(text)
    for path in (("pools", "team", "contract"), ("reasons", "calls", "handle")):
        assert not is_lever(path, Node(text, "", 1))
        instead(path, Node(text, "", 1))
    assert time.process_time() - begun < 5


def test_of_many_long_faults_a_screen_or_so_is_told():
    """Each is shortened, and 200 of them would still be a book."""
    long = "x" * 900
    fields = ", ".join(f"{long}{place}: 1" for place in range(199))
    with pytest.raises(ScenarioError) as caught:
        loads(SHORTEST.replace("handle: 3 min", f"handle: 3 min, {fields}"))
    assert len(caught.value.faults) == 199
    assert 80_000 < len(str(caught.value)) < 90_000
    assert str(caught.value).splitlines()[-1] == f"and {199 - str(caught.value).count(':2:')} more"
