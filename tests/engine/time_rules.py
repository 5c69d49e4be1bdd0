"""Numbers that depend on the time put into a random scenario, by luck of its own."""

from __future__ import annotations

import random
from typing import Any

from centre import clock

Data = dict[str, Any]

SPEEDS = [0.5, 0.8, 1, 1.7]
PRIORITIES = [-1, 0, 1, 2, 3]
SHARES = [0, 0.3, 0.7, 1]


def with_numbers_by_time(data: Data, rng: random.Random) -> Data:
    """The scenario with speeds, priorities, chances and shares that are not always the same."""
    maker = _Maker(rng)
    for pool in data["pools"].values():
        maker.change(pool, "speed", SPEEDS)
        if "priority" in pool:
            maker.change(pool, "priority", PRIORITIES)
        for field in ("resolves", "asks_for_person"):
            maker.change(pool.get("ai_agent", {}), field, SHARES)
    for reason in data["reasons"].values():
        if "again" in reason:
            maker.change(reason, "resolved", SHARES)
    shared = len(data.get("transfers", {}))
    for transfer in data.get("transfers", {}).values():
        maker.change(transfer, "share", [one / shared for one in SHARES])
    return data


class _Maker:
    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def change(self, part: Data, field: str, values: list[float]) -> None:
        """Now and then, and by reason where it is by reason."""
        if not part or self.rng.random() < 0.4:
            return
        said = part.get(field)
        if isinstance(said, dict):
            part[field] = {name: self.lines(values, one) for name, one in said.items()}
        else:
            part[field] = self.lines(values, self.rng.choice(values))

    def lines(self, values: list[float], other: float) -> Data:
        """Two lines, of an hour or less of the busy ones."""
        return {self.times(): self.rng.choice(values) for _ in range(2)} | {"other": other}

    def times(self) -> str:
        start = 60 * self.rng.randint(0, 80)
        return f"daily {clock(start)}-{clock(start + 60 * self.rng.randint(1, 60))}"
