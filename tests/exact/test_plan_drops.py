"""Where a plan drops, and where two shifts meet: Markov chains of two people by name.

Ana and Bo, calls that come at random and take an exponential time, nobody abandons. The chain knows
who of the two is in a talk and, if neither is, who has been free longer. Whoever's duty ends
finishes the talk and takes no other: for the calls that wait it is as if that person were gone.
Nothing of it is read from the engine. An interval of 95 % is 2 x 1.96 standard errors wide; a value
lies beyond four of them once in 15,000 times, and the seeds are fixed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm

import sim

Floats = NDArray[np.float64]

RATE, MEAN = 2.0, 1 / 3  # calls an hour, hours a talk
MOST = 80  # calls that wait: more have a chance below 1e-12

# Who talks; if nobody, who takes the next call; if both, the calls that wait are counted on.
ANA_FIRST, BO_FIRST, ANA, BO, BOTH = range(5)


def chain(ana: bool, bo: bool) -> Floats:
    """The rates between states, of those of the two who are there, an hour."""
    if ana and bo:
        found = np.zeros((BOTH + MOST + 1, BOTH + MOST + 1))
        found[ANA_FIRST, ANA] = found[BO_FIRST, BO] = RATE
        found[ANA, BOTH] = found[BO, BOTH] = RATE
        # who has just talked has been free for less long
        found[ANA, BO_FIRST] = found[BO, ANA_FIRST] = 1 / MEAN
        found[BOTH, ANA] = found[BOTH, BO] = 1 / MEAN
        for waiting in range(MOST):
            found[BOTH + waiting, BOTH + waiting + 1] = RATE
            found[BOTH + waiting + 1, BOTH + waiting] = 2 / MEAN
    else:  # free, talking, and one, two, ... waiting
        found = np.zeros((MOST + 2, MOST + 2))
        found[np.arange(MOST + 1), np.arange(1, MOST + 2)] = RATE
        found[np.arange(1, MOST + 2), np.arange(MOST + 1)] = 1 / MEAN
    return found - np.diag(found.sum(axis=1))


def waiting_in(states: int, ahead: int) -> Floats:
    """[state] how many wait."""
    return np.maximum(np.arange(states) - ahead, 0).astype(float)


def pass_time(chances: Floats, ana: bool, bo: bool, hours: float) -> tuple[Floats, float]:
    """The chances after so many hours, and the hours that calls have waited by then, on average."""
    rates = chain(ana, bo)
    n = len(rates)
    cost = waiting_in(n, BOTH if ana and bo else 1)
    both = np.zeros((n + 1, n + 1))
    both[:n, :n], both[:n, n] = rates, cost
    after = np.append(chances, 0.0) @ expm(both * hours)
    return after[:n], float(after[n])


def alone(chances: Floats, stays: int) -> tuple[Floats, float]:
    """Of the two one stays: their chances, and that the other one is in a talk."""
    goes = ANA + BO - stays
    found = np.zeros(MOST + 2)
    found[0] = chances[ANA_FIRST] + chances[BO_FIRST] + chances[goes]
    found[1] = chances[stays]
    found[1:] += np.append(chances[BOTH:], [0.0] * (MOST + 1))[: MOST + 1]
    return found, float(chances[goes] + chances[BOTH:].sum())


def joined(chances: Floats) -> Floats:
    """Bo comes to Ana: free since now, and takes the first call that waits."""
    found = np.zeros(BOTH + MOST + 1)
    found[ANA_FIRST], found[ANA] = chances[0], chances[1]
    found[BOTH : BOTH + MOST] = chances[2:]
    return found


def simulated(staff: str) -> sim.Result:
    text = f"""
    calendar: {{days: 7}}
    profiles: {{open: {{daily 08:00-14:00: 1}}}}
    reasons:
      calls: {{volume: {RATE} per hour, profile: open, handle: {{exponential: {MEAN * 60} min}}}}
    pools: {{team: {staff}}}
    run: {{replications: 500}}
    """
    return sim.run(sim.loads(text))


def agrees(result: sim.Result, waited: float, overtime: float) -> None:
    """The hours that calls wait, and those of finishing a talk after duty, of a day."""
    for name, expected in (("queue_length", waited / 24), ("overtime_hours", 7 * overtime)):
        found = result.get(name)
        assert found.low is not None
        assert found.high is not None
        error = (found.high - found.low) / (2 * 1.96)
        assert error < 0.04 * found.value
        assert abs(found.value - expected) < 4 * error, (name, expected, found)


def ends(chances: Floats, ana: bool, bo: bool) -> float:
    """The talks that the close interrupts nobody in: they are finished in overtime."""
    if ana and bo:
        return float(chances[ANA] + chances[BO] + 2 * chances[BOTH:].sum())
    return float(chances[1:].sum())


def test_a_plan_that_drops() -> None:
    # Both have been there since 08:00; Ana, the first of the list, stays.
    start = np.zeros(BOTH + MOST + 1)
    start[ANA_FIRST] = 1
    first, before = pass_time(start, True, True, 3)
    left, talking = alone(first, ANA)
    last, after = pass_time(left, True, False, 3)
    staff = "{agents: {daily 08:00-11:00: 2, daily 11:00-14:00: 1}}"
    agrees(simulated(staff), before + after, MEAN * (talking + ends(last, True, False)))


def test_who_has_been_there_longest_leaves() -> None:
    # Ana from 08:00 on; Bo comes at 10:45; of the two Ana goes at 11:00. She has been at work all
    # along and is in a talk more often than he, who has just come.
    start = np.zeros(MOST + 2)
    start[0] = 1
    first, early = pass_time(start, True, False, 2.75)
    second, before = pass_time(joined(first), True, True, 0.25)
    left, talking = alone(second, BO)
    other = alone(second, ANA)[1]
    assert talking > 1.05 * other  # else it would tell nothing of who goes
    last, after = pass_time(left, False, True, 3)
    staff = "{agents: {daily 08:00-10:45: 1, daily 10:45-11:00: 2, daily 11:00-14:00: 1}}"
    agrees(simulated(staff), early + before + after, MEAN * (talking + ends(last, False, True)))


def shifts(*lines: str) -> str:
    said = ", ".join(f"s{k}: {{count: 1, at: {line}}}" for k, line in enumerate(lines))
    return f"{{shifts: {{{said}}}}}"


def test_two_shifts_meet() -> None:
    # At 11:00 Ana goes, or finishes her talk, and Bo comes, free: he takes the first call waiting.
    start = np.zeros(MOST + 2)
    start[0] = 1
    first, before = pass_time(start, True, False, 3)
    talking = float(first[1:].sum())
    handed = np.zeros(MOST + 2)
    handed[0] = first[0] + first[1]
    handed[1 : MOST + 1] = first[2:]
    last, after = pass_time(handed, False, True, 3)
    lines = "daily 08:00-11:00", "daily 11:00-14:00"
    agrees(simulated(shifts(*lines)), before + after, MEAN * (talking + ends(last, False, True)))
    # As head counts it is one person all day, who goes on.
    whole, all_day = pass_time(start, True, False, 6)
    one = f"{{agents: {{{lines[0]}: 1, {lines[1]}: 1}}}}"
    agrees(simulated(one), all_day, MEAN * ends(whole, True, False))
