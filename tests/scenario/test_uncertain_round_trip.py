"""What is written out with everything said is read again, with all that is uncertain."""

from __future__ import annotations

import pytest

import sim
from sim.scenario import to_yaml

SHOP = """
reasons:
  calls:
    volume: 100 per day
    handle: 4 min
    channels: {phone: 100 %}
    closed: {returns: 20 %, email: 20 %}
  questions: {volume: 10 per day, handle: 4 min, channels: {phone: 100 %}}
channels: {phone: {}, email: {}}
pools: {team: {agents: {mon-fri 09:00-18:00: 2}, presence: 90 %}}
"""

UNCERTAIN = """
uncertain:
  reasons.calls.closed.returns: {range: 10 % to 60 %, also: [reasons.questions.closed.returns]}
  pools.team.presence: 80 % to 95 %
"""


@pytest.mark.parametrize("text", [SHOP, SHOP + UNCERTAIN, SHOP.replace("email: 20", "lost: 80")])
def test_what_is_written_reads_the_same(text: str) -> None:
    """Also where shares that are uncertain stand beside `lost`, which is the rest of them."""
    scenario = sim.loads(text)
    written = to_yaml(scenario)
    assert sim.loads(written) == scenario
    assert to_yaml(sim.loads(written)) == written


@pytest.mark.parametrize(
    ("path", "values", "told"),
    [
        ("reasons.calls.patience.exponential", "2 min to 8 min", "is one value, `never`"),
        ("reasons.calls.patience.phone", "2 min to 8 min", "is one value, `never`"),
        ("reasons.calls.wrap.other.exponential", "10 s to 60 s", "is one value, `0 s`"),
        ("pools.team.lateness.exponential", "1 min to 9 min", "is one value, `0 s`"),
        ("pools.team.speed.phone", "80 % to 90 %", "is one value, `100 %`"),
        ("channels.phone.due", "1 h to 9 h", "has no meaning here: only for deferred channels"),
    ],
)
def test_what_nobody_said_is_not_uncertain_in_part(path: str, values: str, told: str) -> None:
    """A default has none of it: written out, the scenario would not be read again."""
    for said in (f"{path}: {values}", f"draws: {{{path}: [{', '.join(values.split(' to '))}]}}"):
        with pytest.raises(sim.ScenarioError) as caught:
            sim.loads(f"{SHOP}uncertain:\n  {said}\n")
        [fault] = caught.value.faults[:1]
        assert told in fault.message
        assert fault.path.startswith("uncertain.")


def test_a_list_of_no_channels_is_none() -> None:
    """As an empty list of anything: the channels are those that the file uses."""
    reasons = "reasons: {letters: {volume: 9 per day, handle: 1 min, channels: {post: 100 %}}}\n"
    text = reasons + "pools: {team: {agents: 2}}\n"
    scenario = sim.loads(text + "channels: {}\n")
    assert scenario == sim.loads(text) == sim.loads(to_yaml(scenario))
    assert list(scenario.channels) == ["post"]


@pytest.mark.parametrize("length", [990, 1_000, 1_030, 5_000])
def test_names_of_any_length_are_read_again(length: int) -> None:
    """YAML takes no key of over 1,024 signs, unless it says that it is one."""
    name = length * "a"
    text = f"""
reasons: {{calls: {{volume: 9 per day, handle: 1 min}}}}
channels: {{? {name} : {{}}}}
pools: {{team: {{agents: 2, answers: {name}}}}}
"""
    for more in ("", f"uncertain:\n  ? channels.{name}.cost_per_contact\n  : 1 to 2\n"):
        scenario = sim.loads(text + more)
        assert [*scenario.channels] == [name]
        assert sim.loads(to_yaml(scenario)) == scenario


def test_more_paths_that_have_the_same_value_than_anybody_means() -> None:
    """Each was looked for among all others: ten thousand took minutes."""
    also = ", ".join(f"reasons.calls.x{number}" for number in range(9_999))
    with pytest.raises(sim.ScenarioError) as caught:
        sim.loads(f"{SHOP}uncertain: {{gross_margin: {{range: 1 % to 2 %, also: [{also}]}}}}\n")
    assert [fault.message for fault in caught.value.faults] == [
        "names 10,000 paths in all; allowed: up to 500"
    ]
