"""Every check passes on a good log and is seen to fail on a planted fault."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tiny_log import HOUR, SHOP, Tiny, answered, ended

from sim.measures import checks
from sim.measures.tally import COLUMN
from sim.tables import Cause, Outcome

NINE = 9 * HOUR


def good() -> Tiny:
    again = {"customer": 1, "cause": Cause.RETRY, "parent": 1, "attempt": 1}
    return Tiny(
        [
            answered(NINE, 5.0, 60.0, 10.0),
            ended(Outcome.ABANDONED, NINE, 30.0),
            answered(NINE, 0.0, 60.0, channel="chat", agent=1),
            answered(NINE, 0.0, 70.0, channel="chat", agent=1),
            answered(NINE + 600, 0.0, 60.0, **again),
        ],
        [(0, NINE, NINE + HOUR, NINE + HOUR), (1, NINE, NINE + HOUR, NINE + HOUR)],
    )


def failed(tiny: Tiny, **changes: object) -> list[str]:
    """The names of the checks that fail when columns of the log are changed."""
    log = tiny.log
    for name, value in changes.items():
        row, new = value  # type: ignore[misc]
        column = getattr(log, name).copy()
        column[row] = new
        log = replace(log, **{name: column})
    found = checks(tiny.basis, tiny.draws, log, tiny.duty, tiny.tally)
    return [check.name for check in found if not check.passed]


def test_a_good_log_passes() -> None:
    assert failed(good()) == []


@pytest.mark.parametrize(
    ("changes", "law"),
    [
        ({"outcome": (1, 9)}, "every contact ends in exactly one way"),
        ({"ended": (1, np.nan)}, "every contact ends in exactly one way"),
        ({"ended": (1, NINE - 1)}, "times of a contact follow each other"),
        ({"freed": (0, NINE + 10)}, "times of a contact follow each other"),
        (
            {"agent": (1, 0)},
            "contacts answered or called back in vain, and only they, have an agent",
        ),
        (
            {"pool": (0, 1)},
            "contacts answered or called back in vain, and only they, have an agent",
        ),
        (
            {"talked": (0, np.nan)},
            "contacts answered or called back in vain, and only they, have an agent",
        ),
        (
            {"agent": (0, 99)},
            "contacts answered or called back in vain, and only they, have an agent",
        ),
        ({"customer": (4, 0)}, "contacts belong to their customer"),
        ({"reason": (0, 1)}, "contacts belong to their customer"),
        ({"parent": (4, 4)}, "contacts belong to their customer"),
        ({"channel": (0, 3)}, "agents answer what their pool answers"),
        ({"agent": (0, 1)}, "no agent has more in hand than fits"),
        ({"ended": (4, NINE + 2 * HOUR)}, "agents answer on duty"),
    ],
)
def test_a_planted_fault_is_found(changes: dict[str, object], law: str) -> None:
    assert law in failed(good(), **changes)


def test_duty_that_overlaps_or_ends_after_leaving_is_found() -> None:
    law = "duty ends before the agent leaves, and spells do not overlap"
    overlap = Tiny([], [(0, 0.0, HOUR, HOUR), (0, HOUR - 1, 2 * HOUR, 2 * HOUR)])
    early = Tiny([], [(0, 0.0, HOUR, HOUR - 1)])
    assert not overlap.checks()[law].passed
    assert not early.checks()[law].passed


def test_staying_after_duty_is_for_channels_that_drain() -> None:
    # Off duty at ten, there until half past; answers a call at a quarter past.
    contacts = [answered(NINE, 4500.0, 60.0)]
    spells = [(0, NINE, NINE + HOUR, NINE + 1.5 * HOUR)]
    drains = SHOP.replace("phone: {live: true}", "phone: {live: true, at_close: drain}")
    assert not Tiny(contacts, spells).checks()["agents answer on duty"].passed
    assert Tiny(contacts, spells, text=drains).checks()["agents answer on duty"].passed


@pytest.mark.parametrize(("wait", "kept"), [(HOUR - 0.5, True), (HOUR, False), (HOUR + 0.5, False)])
def test_who_goes_off_duty_takes_no_other_at_that_instant(wait: float, kept: bool) -> None:
    tiny = Tiny([answered(NINE, wait, 60.0)], [(0, NINE, NINE + HOUR, NINE + HOUR + 60)])
    assert tiny.checks()["agents answer on duty"].passed == kept


def test_sums_that_do_not_add_up_are_found() -> None:
    tiny = good()
    sums = tiny.tally.sums.copy()
    sums[tiny.basis.slices.of("channel").start, COLUMN["answered"]] += 1
    sums[0, COLUMN["cost_hours"]] = -1.0
    sums[0, COLUMN["contacts"]] += 1
    wrong = replace(tiny.tally, sums=sums)
    found = checks(tiny.basis, tiny.draws, tiny.log, tiny.duty, wrong)
    names = {check.name: check.detail for check in found if not check.passed}
    assert "answered" in names["groups add up to the total: channel"]
    assert "cost_hours" in names["cost is the sum of its parts"]
    assert names["outcomes add up to contacts"] == "5 outcomes of 5 contacts"
