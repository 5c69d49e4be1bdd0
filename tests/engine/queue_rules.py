"""Rules of queues put into a random scenario: balking by the queue, ways out, announcements."""

from __future__ import annotations

import json
import random
from typing import Any

Data = dict[str, Any]


def with_queue_rules(data: Data) -> Data:
    """The scenario, or the same with rules of queues, by luck of its own: the rest stays."""
    rng = random.Random(json.dumps(data, sort_keys=True))
    if rng.random() < 0.5:
        return data
    maker = _Maker(rng, data)
    for name, channel in data["channels"].items():
        if channel.get("live"):
            maker.change_channel(name, channel)
    for reason in data["reasons"].values():
        maker.change_reason(reason)
    if maker.maybe(0.4):
        data["lines"] = maker.lines()
    if maker.maybe(0.4):
        maker.change_order()
    for channel in data["channels"].values():
        if "callback" in channel:
            channel["callback"] |= maker.later_calls()
    for name, channel in data["channels"].items():
        if "due" in channel and maker.maybe(0.6):
            maker.call_from(name)
    return data


class _Maker:
    def __init__(self, rng: random.Random, data: Data) -> None:
        self.rng, self.data = rng, data

    def maybe(self, chance: float) -> bool:
        return self.rng.random() < chance

    def seconds(self, most: int) -> str:
        step = self.rng.choice([1, 60])
        return f"{step * self.rng.randint(0, most // step)} s"

    def later_calls(self) -> Data:
        """When it is offered, for how long, how often and how long it is called."""
        said = {
            "hours": f"daily 00:00:00-01:{self.rng.randint(0, 59):02d}:00",
            "patience": self.seconds(3000),
            "attempts": self.rng.choice([2, 3]),
            "again_after": self.seconds(900),
            "handle": self.rng.choice([0.5, 1.5]),
        }
        return {name: one for name, one in said.items() if self.maybe(0.5)}

    def call_from(self, name: str) -> None:
        """Agents call the customers of a channel, whose work is not put down."""
        said: Data = {
            "reach": self.rng.choice([0.2, 0.7, 1]),
            "reach_at": {
                "daily 00:20-00:40": self.rng.choice([0, 0.5]),
                f"daily 00:00-01:{self.rng.randint(0, 59):02d}": 1,
            },
            "reach_again": self.rng.choice([0.5, 0.9]),
            "right_party": self.rng.choice([0.4, 1]),
            "wrong_party": self.seconds(60),
            "preview": self.seconds(30),
            "ring": self.seconds(60),
            "attempts": self.rng.choice([1, 2, 4]),
            "again_after": self.seconds(900),
        }
        channel = self.data["channels"][name]
        for gone in ("hours", "queue_limit", "hand_over"):
            channel.pop(gone, None)
        for other in self.data["channels"].values():
            other["interrupts"] = [one for one in other.get("interrupts", []) if one != name]
        always = ("reach", "right_party", *(["attempts"] if self.maybe(0.7) else []))
        channel["outbound"] = {
            key: one for key, one in said.items() if key in always or self.maybe(0.5)
        }

    def lines(self) -> Data:
        """One or two groups of lines; long menus, so that they matter."""
        channels = [one for one, said in self.data["channels"].items() if "due" not in said]
        self.rng.shuffle(channels)
        first = self.rng.randint(1, len(channels))
        groups = [channels[:first], *([channels[first:]] if self.maybe(0.5) else [])]
        return {
            f"group {k}": {"count": self.rng.choice([1, 2, 3, 5, 9]), "channels": group}
            for k, group in enumerate(groups)
            if group
        }

    def change_order(self) -> None:
        """Head starts, priorities that grow, newest first, the age of a backlog."""
        reasons, channels = self.data["reasons"], self.data["channels"]
        if self.maybe(0.7):
            self.join_at_once()
        steady = any("after" in step for step in self.steps())  # then no order but the usual
        for place, reason in enumerate(reasons.values()):
            if self.maybe(0.5) and not steady:
                causes = self.rng.sample(["retry", "again", "returned", "overdue", "exit"], 2)
                starts = {cause: self.seconds(600) for cause in causes}
                reason["head_start"] = {"usual": self.seconds(300), **starts}
            if self.maybe(0.5):
                grows = {
                    "start": reason.get("priority", 0),
                    "per_minute": self.rng.choice([0.2, 1]),
                }
                reason["priority"] = {**grows, **({"at_most": 3} if self.maybe(0.5) else {})}
                luck = random.Random(json.dumps(reason, sort_keys=True))  # the rest stays
                if luck.random() < 0.4:
                    jump = {"after": f"{luck.choice([0, 30, 120, 600])} s", "then": 4}
                    reason["priority"] = {"start": grows["start"], **jump}
            if place == 0 and "mail" in reason["channels"] and not steady:
                waiting = {"waiting": {"mail": 7}, "age": {"uniform": ["0 s", "3000 s"]}}
                start = self.data["calendar"].get("start", "2026-01-05")
                event = {"at": f"{start} 00:20", "reasons": {next(iter(reasons)): waiting}}
                self.data["calendar"]["events"] = {"backlog": event}
        for name, channel in channels.items():
            if self.maybe(0.4) and not channel.get("unlimited") and not steady:
                channel["order"] = "newest_first"
                for number, reason in enumerate(reasons.values()):
                    if name in reason["channels"]:  # nobody else at this priority
                        reason["priority"] = 10 + number

    def steps(self) -> list[Any]:
        return [step for route in self.data.get("routing", []) for step in route["to"]]

    def join_at_once(self) -> None:
        for step in self.steps():
            if isinstance(step, dict):
                step.pop("after", None)

    def change_channel(self, name: str, channel: Data) -> None:
        others = ["end", *(one for one in self.data["channels"] if one != name)]
        if self.maybe(0.5):
            channel["exits"] = [self.exit(others) for _ in range(self.rng.randint(1, 3))]
        if self.maybe(0.3):
            factor = self.rng.choice([0.3, 0.9, 1.5])
            channel["announcement"] = {"when_wait_over": self.seconds(300), "patience": factor}

    def exit(self, others: list[str]) -> Data:
        way: Data = {
            "to": self.rng.choice(others),
            "accept": self.rng.choice([0, 0.3, 0.6, 1, 1]),
        }
        if self.maybe(0.6):
            return {**way, "after": self.seconds(self.rng.choice([60, 600]))}
        if self.maybe(0.6):
            way["when_wait_over"] = self.seconds(900)
        if self.maybe(0.5) or "when_wait_over" not in way:
            way["when_waiting"] = self.rng.randint(0, 6)
        return way

    def change_reason(self, reason: Data) -> None:
        if self.maybe(0.3):
            reason["balk"] = {"by_wait": [[self.seconds(60), 0.1], ["200 s", 0.4], ["900 s", 1]]}
        elif self.maybe(0.3):
            reason["balk"] = {"by_queue": [[self.rng.randint(0, 2), 0], [5, 0.9]]}
