"""Rules of days put into a random scenario: events that close, values by time, profiles."""

from __future__ import annotations

import json
import random
from typing import Any

from centre import clock

Data = dict[str, Any]


def with_day_rules(data: Data) -> Data:
    """The same with rules of days, by luck of its own."""
    maker = _Maker(random.Random(json.dumps(data, sort_keys=True)), data)
    maker.close_channels()
    for name, reason in data["reasons"].items():
        maker.change_reason(name, reason)
    return data


class _Maker:
    def __init__(self, rng: random.Random, data: Data) -> None:
        self.rng, self.data = rng, data
        self.events = data["calendar"].setdefault("events", {})
        self.first = data["calendar"].get("start", "2026-01-05")
        self.holidays = "holidays" in data["calendar"]

    def maybe(self, chance: float) -> bool:
        return self.rng.random() < chance

    def times(self, days: str | None = None) -> str:
        """An hour or less of the busy ones."""
        some = ["daily", "mon", self.first, *(["holiday"] if self.holidays else [])]
        start = 60 * self.rng.randint(0, 80)
        end = start + 60 * self.rng.randint(1, 60)
        return f"{days or self.rng.choice(some)} {clock(start)}-{clock(end)}"

    def close_channels(self) -> None:
        """Channels with people are closed for a while, once or twice."""
        able = [name for name, one in self.data["channels"].items() if not one.get("unlimited")]
        for k in range(self.rng.randint(0, 4)):
            closed = self.rng.sample(able, self.rng.randint(1, len(able)))
            event = {"at": self.times(), "channels": dict.fromkeys(closed, "closed")}
            self.events[f"down {k}"] = event

    def change_reason(self, name: str, reason: Data) -> None:
        for field in ("handle", "wrap", "patience"):
            if field in reason and self.maybe(0.4):
                other = self.rng.choice(["40 s", "90 s", reason[field]])
                lines = {self.times("daily"): other, self.times("mon"): reason[field]}
                reason[field] = {**lines, "other": reason[field]}
        if self.maybe(0.3):
            longer = {name: {"handle": self.rng.choice([0, 0.5, 1.7])}}
            self.events[f"longer {name}"] = {"at": self.times(), "reasons": longer}
        if self.maybe(0.7) and "closed" in reason:
            reason["closed"].pop("after", None)
        if self.maybe(0.3):
            reason.pop("arrivals", None)
            reason.setdefault("volume", "30 per day")
            busy = {self.times("daily"): 3, "daily 00:00-01:00": 1}
            self.data.setdefault("profiles", {})[name] = busy
            reason["profile"] = name
