"""A parity test that cannot fail is none: faults planted in the engine's source are all found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from both import Engine, Known
from by_hand import BY_HAND, DAYS_BY_HAND, PASSED_ON_BY_HAND
from interpreted import Endless, interpreted
from planted import DAY_FAULTS, FAULTS, PASSING_FAULTS

SERIES = 150
"""Scenarios of each fixed series."""

BY_RULES = [*(f"hand {k}" for k in range(len(BY_HAND))), *(f"series {k}" for k in range(SERIES))]
DAYS = [
    *(f"hand, days {k}" for k in range(len(DAYS_BY_HAND))),
    *(f"series, days {k}" for k in range(SERIES)),
]
PASSED_ON = [
    *(f"hand, passed on {k}" for k in range(len(PASSED_ON_BY_HAND))),
    *(f"series, passed on {k}" for k in range(SERIES)),
]

ALL = [*FAULTS, *DAY_FAULTS, *PASSING_FAULTS]

FOUND = Path(__file__).with_name("found.json")
"""Where each fault was found when somebody last looked: there one looks first. To write it again:
`PYTHONPATH=tests/engine python tests/parity/test_faults.py`.
"""


@cache
def known(name: str) -> Known:
    series, _, number = name.rpartition(" ")
    k = int(number)
    match series:
        case "hand":
            return Known.of_data(BY_HAND[k])
        case "hand, days":
            return Known.of_data(DAYS_BY_HAND[k])
        case "series, days":
            return Known.of_days(k)
        case "hand, passed on":
            return Known.of_data(PASSED_ON_BY_HAND[k])
        case "series":
            return Known.of_series(k)
    return Known.with_transfers(k)


def found_in(engine: Engine, names: list[str]) -> Iterator[str]:
    """The scenarios on which an engine differs, or stumbles over its own fault."""
    yield from (name for name in names if _differs(name, engine))


def _differs(name: str, engine: Engine) -> bool:
    try:
        return bool(known(name).differences(engine))
    except (IndexError, ZeroDivisionError, OverflowError):
        return True
    except Endless:
        return not _is_long(name)


@cache
def _is_long(name: str) -> bool:
    """Whether a scenario goes on and on without a fault as well."""
    try:
        return bool(known(name).differences(interpreted()))
    except Endless:
        return True


def where_first(fault: str) -> str | None:
    where = ((FAULTS, BY_RULES), (DAY_FAULTS, DAYS), (PASSING_FAULTS, PASSED_ON))
    planted, names = next((some[fault], names) for some, names in where if fault in some)
    before = _found_before().get(fault)
    order = [before, *names] if before in names else names
    return next(found_in(interpreted(planted), order), None)


@cache
def _found_before() -> dict[str, str]:
    return dict(json.loads(FOUND.read_text(encoding="utf-8"))) if FOUND.exists() else {}


def test_without_a_fault_nothing_is_found() -> None:
    names = [
        *BY_RULES[: len(BY_HAND) + 12],
        *DAYS[: len(DAYS_BY_HAND) + 12],
        *PASSED_ON[: len(PASSED_ON_BY_HAND) + 12],
    ]
    names += [name for name in set(_found_before().values()) if name not in names]
    assert list(found_in(interpreted(), names)) == []


@pytest.mark.parametrize("fault", ALL)
def test_a_planted_fault_is_found(fault: str) -> None:
    assert where_first(fault) is not None


if __name__ == "__main__":
    where = {fault: where_first(fault) for fault in ALL}
    FOUND.write_text(json.dumps(where, indent=1) + "\n", encoding="utf-8")
