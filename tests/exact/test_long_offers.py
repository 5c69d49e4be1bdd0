"""Offers that are declined or missed, over many months: M/G/1, whose service begins with them.

An agent's answers are an endless sequence. When they were 256 that started over, the mean wait of
this case was 15 % too long.
"""

from __future__ import annotations

import math

import pytest

import sim

FALSE_ALARM = 1e-8

PER_HOUR, HANDLE = 11.75, 240.0
ACCEPT, RESPONSE, TIMEOUT, PAUSE = 0.7, 20.0, 40.0, 30.0

ONE_AGENT = f"""
calendar: {{days: 300, warmup: 20}}
reasons: {{calls: {{volume: {PER_HOUR} per hour, handle: {{exponential: {HANDLE} s}}}}}}
pools:
  desk:
    agents: {{daily: 1}}
    offers:
      accept: {ACCEPT}
      response: {{exponential: {RESPONSE} s}}
      timeout: {TIMEOUT} s
      pause: {PAUSE} s
run: {{confidence: {1 - FALSE_ALARM}}}
"""


def mean_wait() -> float:
    """Pollaczek and Khinchine, and what goes by from the first offer to the answer.

    An offer is taken (p) if the response comes in time and is a yes. Else it takes the response, if
    it comes in time, or the timeout, and the pause. Of these there are q / p before the answer.
    """
    late = math.exp(-TIMEOUT / RESPONSE)
    p = ACCEPT * (1 - late)
    q = 1 - p
    x = TIMEOUT / RESPONSE
    first = RESPONSE * (1 - late * (1 + x))  # E[response; in time]
    second = RESPONSE**2 * (2 - late * (x * x + 2 * x + 2))
    failed = ((1 - ACCEPT) * first + late * TIMEOUT) / q
    failed_variance = ((1 - ACCEPT) * second + late * TIMEOUT**2) / q - failed**2
    failed += PAUSE
    taken = first / (1 - late)
    before = q / p * failed + taken
    variance = (
        HANDLE**2 + second / (1 - late) - taken**2 + q / p * failed_variance + q / p**2 * failed**2
    )
    service, rate = before + HANDLE, PER_HOUR / 3600
    return rate * (variance + service**2) / (2 * (1 - rate * service)) + before


@pytest.mark.parametrize(
    ("replications", "seen"), [(12, 0.6), pytest.param(200, 0.07, marks=pytest.mark.proof)]
)
def test_the_mean_wait_of_months_of_offers_is_that_of_the_formula(
    replications: int, seen: float
) -> None:
    # False alarm 1e-8; a difference of so much of the mean is seen.
    assert round(mean_wait(), 1) == 3990.8
    result = sim.run(sim.loads(ONE_AGENT), replications=replications, jobs=1)
    row = result.get("asa")
    assert row.low <= mean_wait() <= row.high
    assert row.high - row.low < 2 * seen * mean_wait()
