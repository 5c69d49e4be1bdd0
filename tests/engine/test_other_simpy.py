"""The reference engine with a SimPy that keeps its clock and heap elsewhere than those known."""

import subprocess
import sys

PLAYED = """
import simpy

known = simpy.Environment


class Other:
    "SimPy's environment as another version might have it: what it offers to all, and no more."

    def __init__(self, initial_time=0):
        self.inner = known(initial_time)

    now = property(lambda self: self.inner.now)

    def schedule(self, event, priority, delay):
        self.inner.schedule(event, priority, delay)

    def step(self):
        self.inner.step()


if OTHER:
    simpy.Environment = Other
import sim
from sim.engine.reference import floor

assert floor.AS_KNOWN is not OTHER
centre = {
    "reasons": {"calls": {"volume": "500 per day", "handle": "3 min", "patience": "2 min",
                          "retry": {"chance": "50 %", "after": "5 min", "attempts": 2}}},
    "channels": {"phone": {"hours": "daily 08:00-20:00"}},
    "pools": {"team": {"agents": {"daily 08:00-14:00": 2, "daily 14:00-20:00": 3}}},
    "run": {"replications": 2},
}
print(sim.run(sim.Scenario.of(centre), engine="reference", jobs=1).rows)
"""


def played(*, other: bool) -> str:
    code = PLAYED.replace("OTHER", str(other))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout


def test_another_simpy_gives_the_same_numbers() -> None:
    assert "contacts" in (known := played(other=False))
    assert played(other=True) == known
