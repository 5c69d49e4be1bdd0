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
