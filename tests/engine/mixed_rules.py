"""Random scenarios that mix four rules of contacts in more than one step, and what comes of it."""

from __future__ import annotations

import random
from copy import deepcopy
from itertools import combinations
from typing import Any

import numpy as np
import queue_rules
import strategies
from centre import clock, scenario_of

from sim.scenario import Scenario, ScenarioError
from sim.tables import Cause, ContactLog, Outcome

Data = dict[str, Any]

LATEST = "conference"
RULES = ("cold", "warm", "ai_agent", "exit", "lines", "callback", "outbound", "order", LATEST)
MIXES = [
    *combinations(RULES[:-1], 4),
    *((*three, LATEST) for three in combinations(RULES[:-1], 3)),  # the others stay where they were
]


def some_mixed(k: int) -> tuple[Data, Data]:
    """The k-th of a fixed series, busy enough that things happen; and without its order of queues.

    Of `len(MIXES)` in a row each has other rules.
    """
    rng, rules = random.Random(f"mixed {k}"), MIXES[k % len(MIXES)]
    while True:
        data = _Mixer(rng).mixed(rules)
        ordered = deepcopy(data)
        if "order" in rules:
            queue_rules._Maker(rng, ordered).change_order()
        try:
            scenario_of(data)
            scenario_of(ordered)
        except ScenarioError:
            continue
        return ordered, data


class _Mixer(strategies._Maker):
    """Makes a scenario with some of the rules; each method but the first puts one in."""

    def mixed(self, rules: tuple[str, ...]) -> Data:
        data = self.scenario() | {"transfers": {}}
        bulk = random.Random(self.rng.randint(0, 9999))
        times = sorted(float(60 * bulk.randint(0, 60)) for _ in range(60))
        first = data["reasons"]["a"]
        first |= {"arrivals": {"replay": times}, "channels": {self.live[0]: 1}}
        for gone in ("volume", "busyness"):
            first.pop(gone, None)
        agents = {"agents": self.rng.randint(1, 3), "answers": dict.fromkeys(data["channels"], 1)}
        agents["answers"].pop("web", None)
        data["pools"]["always"] = agents
        for route in data["routing"]:
            route["to"].append("always")
        for rule in RULES:
            if rule in rules and rule != "order":
                getattr(self, f"put_{rule}")(data)
        return data

    def put_cold(self, data: Data) -> None:
        data["transfers"]["cold"] = {**self.transfer(), "share": 0.3}

    def put_warm(self, data: Data) -> None:
        hold, hand_over = self.rng.choice([5, 60, 900]), self.rng.choice([0, 20, 30.5])
        data["transfers"]["warm"] = {
            "share": {self.live[0]: 0.4},
            "to": self.rng.choice([{"pool": "always"}, {"reason": self.reasons[-1]}]),
            "after": self.rng.choice([0, 0.5, 1]),
            "warm": {"hold": f"{hold} s", "hand_over": f"{hand_over} s"},
        }

    def put_conference(self, data: Data) -> None:
        pools = [name for name, pool in data["pools"].items() if self.live[0] in pool["answers"]]
        data["transfers"]["join"] = {
            "by": [name for name in pools if "ai_agent" not in data["pools"][name]],
            "share": {self.live[0]: 0.5},
            "to": "always",
            "conference": self.distribution(0, 120),
        }

    def put_ai_agent(self, data: Data) -> None:
        data["pools"]["robot"] = {
            "agents": self.rng.choice([2, 50]),
            "answers": {self.live[0]: 1},
            "ai_agent": {
                "resolves": self.rng.choice([0, 0.3, 0.6]),
                "asks_for_person": self.rng.choice([0, 0.3]),
                "asked_after": "20 s",
                "wrong": 0.2,
                "leaves": 0.2,
                "talk": self.distribution(0, 200),
                "hands_over_to": "always",
            },
        }
        there = [{"pool": "robot"}, {"pool": "always", "after": self.duration(0, 300)}]
        data["routing"].insert(0, {"reason": "a", "channel": self.live[0], "to": there})

    def put_exit(self, data: Data) -> None:
        others = ["end", *(one for one in data["channels"] if one != self.live[0])]
        ways = [{"to": self.rng.choice(others), "after": self.duration(0, 120), "accept": 0.6}]
        if self.maybe(0.5):
            ways.insert(0, {"to": self.rng.choice(others), "when_waiting": 3, "accept": 0.5})
        data["channels"][self.live[0]]["exits"] = ways

    def put_lines(self, data: Data) -> None:
        data["lines"] = {"all": {"count": self.rng.randint(2, 6), "channels": [*self.live]}}

    def put_callback(self, data: Data) -> None:
        data["channels"][self.live[0]]["callback"] = {
            "when_wait_over": self.duration(0, 120),
            "accept": 0.6,
            "reach": 0.5,
            "attempts": self.rng.choice([1, 2, 3]),
            "again_after": self.duration(0, 600),
            "patience": self.distribution(60, 1800),
        }

    def put_outbound(self, data: Data) -> None:
        outbound = {"reach": 0.5, "right_party": 0.7, "attempts": 3, "again_after": "300 s"}
        data["channels"]["list"] = {"due": "1 h", "outbound": outbound}
        if self.maybe(0.5):
            start = 300 * self.rng.randint(0, 9)
            data["channels"]["list"]["hours"] = [
                f"daily {clock(start)}-{clock(start + 600)}",
                f"daily {clock(start + 900)}-{clock(start + 9000)}",
            ]
        data["pools"]["always"]["answers"]["list"] = 1
        data["reasons"]["a"]["channels"] = {self.live[0]: 0.8, "list": 0.2}


def fired(scenario: Scenario, log: ContactLog, unordered: ContactLog) -> set[str]:
    """The rules of which something can be seen in a log.

    Args:
        scenario: of the log.
        log: of one replication.
        unordered: of the same one without its order of queues.
    """
    outbound = np.array([one.outbound is not None for one in scenario.channels.values()])
    listed, called = outbound[log.channel], log.callback == 1
    legs = np.flatnonzero(log.cause == Cause.TRANSFER)
    held = log.talked[log.parent[legs]] > log.arrived[legs]
    seen = {
        "cold": (~held).any(),
        "warm": held.any(),
        "ai_agent": (log.cause == Cause.HAND_OVER).any(),
        "exit": (log.outcome == Outcome.FLOWED_OUT).any(),
        "lines": (log.outcome == Outcome.NO_LINE).any(),
        "callback": (called & ~listed & (log.agent >= 0)).any(),
        "outbound": (called & listed & (log.agent >= 0)).any(),
        LATEST: (log.outcome[log.is_conference] == Outcome.ANSWERED).any(),
        "order": not log.identical(unordered),
    }
    return {name for name, found in seen.items() if found}
