"""The scenarios of these tests by name: those made by hand, and three fixed series."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from both import Known
from by_hand import BY_HAND, DAYS_BY_HAND, PASSED_ON_BY_HAND

SERIES = 150
"""Scenarios of each fixed series in which faults are looked for."""

BY_RULES = [*(f"hand {k}" for k in range(len(BY_HAND))), *(f"series {k}" for k in range(SERIES))]
DAYS = [
    *(f"hand, days {k}" for k in range(len(DAYS_BY_HAND))),
    *(f"series, days {k}" for k in range(SERIES)),
]
PASSED_ON = [
    *(f"hand, passed on {k}" for k in range(len(PASSED_ON_BY_HAND))),
    *(f"series, passed on {k}" for k in range(SERIES)),
    *(f"series, conferences {k}" for k in range(SERIES)),
]

FOUND = Path(__file__).with_name("found.json")
"""Where each fault was found when somebody last looked: there one looks first. To write it again:
`PYTHONPATH=tests/engine python tests/parity/test_faults.py`.
"""


@cache
def known(name: str) -> Known:
    series, _, number = name.rpartition(" ")
    k = int(number)
    by_hand = {"hand": BY_HAND, "hand, days": DAYS_BY_HAND, "hand, passed on": PASSED_ON_BY_HAND}
    if series in by_hand:
        return Known.of_data(by_hand[series][k])
    of_series = {
        "series": Known.of_series,
        "series, days": Known.of_days,
        "series, passed on": Known.with_transfers,
        "series, conferences": Known.with_conferences,
    }
    return of_series[series](k)


@cache
def found_before() -> dict[str, str]:
    return dict(json.loads(FOUND.read_text(encoding="utf-8"))) if FOUND.exists() else {}


def telling(series: str, first: int) -> list[int]:
    """The numbers of a series that tell most: so many first ones, and where a fault was found."""
    found = [one.rpartition(" ") for one in found_before().values()]
    return sorted({*range(first), *(int(number) for name, _, number in found if name == series)})
