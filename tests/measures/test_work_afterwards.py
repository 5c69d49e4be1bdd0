"""Work on counted customers that is done when nobody counts the hours any more."""

import pytest

import sim

# Two calls on Monday, the only counted day, to one agent who is always there: at 23:50 and at
# 23:55, 30 minutes each and 6 minutes of wrap-up. The first is worked on until 00:26, of which 26
# minutes after midnight; the second from 00:26, all its 36 minutes: 62 minutes after.
LATE = """
calendar: {days: 1}
reasons:
  calls: {arrivals: {replay: "85800 86100"}, handle: 30 min, wrap: 6 min}
pools: {night: {agents: 1}}
run: {replications: 2}
"""


def test_it_is_told_beside_the_hours_that_are_counted() -> None:
    result = sim.run(sim.loads(LATE))
    assert result.get("hours_after").value == pytest.approx(62 / 60)
    assert result.get("hours_after", by="channel", group="phone").value == pytest.approx(62 / 60)
    assert result.get("hours").value == 24
    assert "62" not in result.summary()
    assert "1.03 h of work on these customers were done after" in " ".join(result.summary().split())


def test_a_week_with_little_of_it_does_not_speak_of_it() -> None:
    early = sim.run(sim.loads(LATE.replace("85800 86100", "0 600")))
    assert early.get("hours_after").value == 0
    assert "counted days" not in early.summary()
