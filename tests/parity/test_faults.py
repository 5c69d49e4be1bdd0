"""A parity test that cannot fail is none: faults planted in the engine's source are all found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache

import pytest
from both import Engine
from by_hand import BY_HAND, DAYS_BY_HAND, PASSED_ON_BY_HAND
from interpreted import Endless, interpreted
from named import BY_RULES, DAYS, FOUND, PASSED_ON, found_before, known
from planted import DAY_FAULTS, FAULTS, PASSING_FAULTS

ALL = [*FAULTS, *DAY_FAULTS, *PASSING_FAULTS]


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
    before = found_before().get(fault)
    order = [before, *names] if before in names else names
    return next(found_in(interpreted(planted), order), None)


def test_without_a_fault_nothing_is_found() -> None:
    names = [
        *BY_RULES[: len(BY_HAND) + 4],
        *DAYS[: len(DAYS_BY_HAND) + 4],
        *PASSED_ON[: len(PASSED_ON_BY_HAND) + 4],
    ]
    names += [name for name in set(found_before().values()) if name not in names]
    assert list(found_in(interpreted(), names)) == []


@pytest.mark.parametrize("fault", ALL)
def test_a_planted_fault_is_found(fault: str) -> None:
    assert where_first(fault) is not None


if __name__ == "__main__":
    where = {fault: where_first(fault) for fault in ALL}
    FOUND.write_text(json.dumps(where, indent=1) + "\n", encoding="utf-8")
