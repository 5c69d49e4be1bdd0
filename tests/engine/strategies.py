"""Random scenarios that mix everything the engine knows, small enough to check by brute force.

`scenarios()` is a hypothesis strategy; `some_scenario(k)` the k-th of a fixed series. A third of
them have continuous times, a third whole seconds and a third whole minutes, so that ties are the
rule. Most of what happens lies in the first two hours of a day.
"""

from __future__ import annotations

import random
from copy import deepcopy
from dataclasses import replace
from typing import Any

import numpy as np
from centre import clock, scenario_of
from day_rules import with_day_rules
from hypothesis import reject
from hypothesis import strategies as st
from queue_rules import with_queue_rules
from time_rules import with_numbers_by_time

from sim.scenario import ScenarioError
from sim.tables import Codes, Draws, Floats

Data = dict[str, Any]


def scenarios() -> st.SearchStrategy[Data]:
    """Any scenario that the language accepts, as data for `centre.run`."""
    return st.randoms(use_true_random=False).map(_accepted)


def _accepted(rng: random.Random) -> Data:
    data = random_scenario(rng)
    try:
        scenario_of(data)
    except ScenarioError:
        reject()
    return data


def some_scenario(k: int, *, plain: bool = False) -> Data:
    """The k-th scenario of a fixed series; a plain one has no rules of queues."""
    rng = random.Random(k)
    while True:
        data = _Maker(rng).scenario() if plain else random_scenario(rng)
        try:
            scenario_of(data)
        except ScenarioError:
            continue
        return data


def some_with_transfers(k: int) -> Data:
    """The k-th scenario of another fixed series, in which contacts are passed on."""
    rng = random.Random(f"transfers {k}")
    while True:
        maker = _Maker(rng)
        data = with_queue_rules(maker.scenario()) | {"transfers": maker.transfers()}
        if maker.maybe(0.5):
            maker.add_ai_agent(data)
        try:
            scenario_of(data)
        except ScenarioError:
            continue
        warm = with_warm_transfers(data, random.Random(f"warm {k}"))
        return with_times(warm, random.Random(f"times {k}"))


def some_with_conferences(k: int) -> Data:
    """The k-th scenario of another fixed series, in which agents ask others to join their talks."""
    rng = random.Random(f"conferences {k}")
    while True:
        maker = _Maker(rng)
        data = with_queue_rules(maker.scenario())
        some = maker.transfers() if maker.maybe(0.7) else {}
        data["transfers"] = some | maker.conferences()
        if maker.maybe(0.5):
            data["lines"] = {"all": {"count": rng.randint(2, 5), "channels": [*maker.live]}}
        try:
            scenario_of(data)
        except ScenarioError:
            continue
        warm = with_warm_transfers(data, random.Random(f"warm {k}"))
        return with_times(warm, random.Random(f"times {k}"))


def with_warm_transfers(data: Data, rng: random.Random) -> Data:
    """Half of the transfers to live channels become warm."""
    for name, transfer in data["transfers"].items():
        if "conference" in transfer:
            continue
        hold, hand_over = rng.choice([5, 60, 60, 900]), rng.choice([0, 20, 30.5, 120])
        warm = {"hold": f"{hold} s", "hand_over": f"{hand_over} s"}
        if rng.random() < 0.3:
            warm["hand_over"] = {"empirical": ["0 s", "30 s", "60 s"]}
        changed = data["transfers"] | {name: {**transfer, "warm": warm}}
        if rng.random() < 0.5:
            continue
        try:
            scenario_of({**data, "transfers": changed})
        except ScenarioError:
            continue
        data["transfers"] = changed
    return data


def some_days(k: int) -> Data:
    """The k-th scenario of another fixed series, in which one day is not like another."""
    rng = random.Random(f"days {k}")
    while True:
        data = with_day_rules(random_scenario(rng))
        try:
            scenario_of(data)
        except ScenarioError:
            continue
        return with_times(data, random.Random(f"times {k}"))


def with_times(data: Data, rng: random.Random) -> Data:
    """Every other one has numbers that depend on the time, unless it is then refused."""
    if rng.random() < 0.5:
        return data
    changed = with_numbers_by_time(deepcopy(data), rng)
    try:
        scenario_of(changed)
    except ScenarioError:
        return data
    return changed


def twisted(draws: Draws, rng: random.Random) -> Draws:
    """Other spells of duty: early last contacts, breaks whole however late, slow and quick ones."""

    def some(chance: float, value: float, else_: float | Floats | Codes) -> Floats:
        chosen = [rng.random() < chance for _ in range(len(draws.duty_on))]
        return np.where(np.array(chosen, dtype=bool), value, else_)

    early = some(0.4, rng.choice([60.0, 300.0, 1500.0]), 0.0)
    return replace(
        draws,
        duty_last=np.maximum(draws.duty_off - early, draws.duty_on),
        duty_break=some(0.6, rng.choice([30.0, 300.0, 900.0, 3600.0]), 0.0),
        duty_slowness=some(0.4, rng.choice([0.5, 1.25, 1.7]), 1.0),
        duty_ends=some(0.3, 0, draws.duty_ends),
    )


def random_scenario(rng: random.Random) -> Data:
    """One scenario; a few in a hundred have a fault and are refused by the language."""
    return with_queue_rules(_Maker(rng).scenario())


class _Maker:
    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.grain = rng.choice([0, 1, 60])  # times are multiples of so many seconds; 0: any
        self.holiday = rng.random() < 0.1
        self.warmup = int(rng.random() < 0.1)
        self.live = ["phone", "chat", "call"][: rng.randint(1, 3)]
        self.deferred = ["mail", "post"][: rng.choice([0, 0, 1, 2])]
        self.web = rng.random() < 0.25
        # In some, most blocks and hours end together, and most live channels drain.
        self.closing = 300 * rng.randint(6, 20) if rng.random() < 0.35 else 0
        self.reasons = ["a", "b", "c"][: rng.randint(1, 3)]
        self.pools = ["team", "more", "extra", "night"][: rng.randint(1, 4)]
        self.answers: dict[str, dict[str, int]] = {}
        self.dues: list[str] = []

    def maybe(self, chance: float) -> bool:
        return self.rng.random() < chance

    def scenario(self) -> Data:
        rng = self.rng
        pools = {name: self.pool(name) for name in self.pools}
        self._cover(pools)
        calendar: Data = {"days": rng.choice([1, 1, 2]), "warmup": self.warmup}
        if self.holiday:
            calendar |= {"start": "2026-01-01", "holidays": "FR"}  # a Thursday
        data = {
            "calendar": calendar,
            "linked": self.maybe(0.4),
            "channels": self.channels(),
            "reasons": {name: self.reason() for name in self.reasons},
            "pools": pools,
            "routing": self.routing(),
        }
        self.put_down(data["channels"], random.Random(rng.randint(0, 9999)))
        return data

    def put_down(self, channels: Data, rng: random.Random) -> None:
        """Work that is handed over at the end of a shift, or put down for live contacts."""
        for name in self.deferred:
            channels[name]["hand_over"] = rng.random() < 0.5
            for other in self.live:
                if rng.random() < 0.7:
                    channels[other].setdefault("interrupts", []).append(name)

    # --- times --------------------------------------------------------------------------------

    def seconds(self, low: float, high: float) -> float:
        if not self.grain:
            return round(self.rng.uniform(low, high), 3)
        return self.grain * self.rng.randint(
            -int(-low // self.grain), max(1, int(high // self.grain))
        )

    def duration(self, low: float, high: float) -> str:
        return f"{self.seconds(low, high)} s"

    def distribution(self, low: float, high: float) -> Any:
        kind = self.rng.randint(0, 2 if self.grain else 5)
        if kind == 0:
            return self.duration(low, high)
        if kind <= 2:
            return {"empirical": [self.duration(low, high) for _ in range(self.rng.randint(2, 5))]}
        mean = self.duration(max(low, 1), high)
        if kind == 3:
            return {"exponential": mean}
        if kind == 4:
            return {"lognormal": {"mean": mean, "cv": self.rng.choice([0.5, 1.0, 2.0])}}
        return {"mixture": [[0.3, "0 s"], [0.7, {"exponential": mean}]]}

    def block(self) -> str:
        if self.maybe(0.06):
            return "daily 23:30-00:40"
        days = ["daily", "thu-fri", "holiday"] if self.holiday else ["daily", "mon", "mon-tue"]
        step = 60 if self.grain == 60 else 300 if self.grain else self.rng.choice([300, 7])
        start = step * self.rng.randint(0, 3000 // step)
        end = start + step * self.rng.randint(1, 7200 // step)
        if self.maybe(0.7) and start < self.closing:
            end = self.closing
        elif self.closing and self.maybe(0.5):  # comes as the others go
            start, end = self.closing, self.closing + 1800
        return f"{self.rng.choice(days)} {clock(start)}-{clock(end)}"

    # --- parts --------------------------------------------------------------------------------

    def pool(self, name: str) -> Data:
        rng = self.rng
        kinds = [*self.live, *self.deferred]
        chosen = [one for one in kinds if self.maybe(0.75)] or [rng.choice(kinds)]
        limit = rng.choice([1, 1, 2, 3])
        answers = {one: rng.choice([1, limit, limit]) for one in chosen}
        self.answers[name] = answers
        if self.maybe(0.1 if self.closing else 0.45):
            agents: Any = rng.randint(1, 3)
        else:
            agents = {
                self.block(): rng.choice([0, 1, 1, 2, 3, 4]) for _ in range(rng.randint(1, 3))
            }
        pool: Data = {"agents": agents, "answers": answers}
        if self.maybe(0.12):  # members come as they like
            hours = {self.block(): rng.choice([0.5, 0.9]) for _ in range(rng.randint(1, 2))}
            pool = {"members": rng.randint(1, 5), "sessions": hours, "answers": answers}
            pool["session"] = self.distribution(60, 3600)
        if self.maybe(0.2):
            pool["offers"] = {
                "accept": rng.choice([0, 0.5, 0.8, 1]),
                "response": self.distribution(0, 60),
                "timeout": self.duration(1, 120),
                "pause": self.duration(60, 900),
            }
        if self.maybe(0.25):
            pool["presence"] = rng.choice([0.0, 0.5, 0.9])
        if self.maybe(0.25) and "members" not in pool:
            start = 300 * rng.randint(0, 12)
            pool["breaks"] = [
                {
                    "between": f"daily {clock(start)}-{clock(start + 900)}",
                    "length": self.duration(60, 600),
                }
            ]
        paced = {one: most for one, most in answers.items() if self.maybe(0.4)}
        if paced:
            speeds = [1.0, 0.85, 0.7, 0.5, 0.25]
            pool["pace"] = {
                one: [rng.choice(speeds) for _ in range(rng.randint(1, most))]
                for one, most in paced.items()
            }
        if self.maybe(0.3):
            pool["speed"] = {rng.choice(self.reasons): rng.choice([0.5, 2, 1.3]), "other": 1}
        if self.maybe(0.3):
            pool["priority"] = {rng.choice(self.reasons): rng.randint(-1, 3)}
        return pool

    def _cover(self, pools: Data) -> None:
        """Somebody answers every channel."""
        for channel in [*self.live, *self.deferred]:
            if not any(channel in answers for answers in self.answers.values()):
                name = self.rng.choice(self.pools)
                self.answers[name][channel] = 1
                pools[name]["answers"][channel] = 1

    def channels(self) -> Data:
        rng = self.rng
        channels: Data = {}
        for name in self.live:
            channel: Data = {"live": True, "at_close": self.at_close()}
            if self.maybe(0.4):
                channel["hours"] = [self.block() for _ in range(rng.randint(1, 2))]
            if self.maybe(0.3):
                channel["queue_limit"] = rng.choice([0, 1, 3, 10])
            if self.maybe(0.15):
                channel["offer"] = "when_free"
            if self.maybe(0.15):
                channel["callback"] = {
                    "when_wait_over": self.duration(0, 600),
                    "accept": rng.choice([0.5, 1]),
                    "reach": rng.choice([0.5, 1]),
                    "ring": self.duration(0, 60),
                }
            channels[name] = channel
        for name in self.deferred:
            channel = {"due": self.duration(60, self.rng.choice([600, 3000]))}
            self.dues.append(channel["due"])
            if self.maybe(0.7):
                on = rng.choice([*self.live, *self.deferred])
                channel["overdue"] = {"chance": rng.choice([0, 0.5, 1]), "on": on}
            if self.maybe(0.4):
                channel["expires"] = self.distribution(60, 9000)
            if self.maybe(0.3):
                channel["hours"] = self.block()
            if self.maybe(0.2):
                channel["queue_limit"] = rng.choice([0, 2])
            channels[name] = channel
        if self.web:
            channels["web"] = {
                "unlimited": True,
                "resolved": rng.choice([0.0, 0.5, 1.0]),
                "otherwise": rng.choice([*self.live, *self.deferred]),
            }
        return channels

    def at_close(self) -> str:
        return "drain" if self.maybe(0.8 if self.closing else 0.3) else "dismiss"

    def reason(self) -> Data:
        rng = self.rng
        names = [*self.live, *self.deferred, *(["web"] if self.web else [])]
        reason: Data = {
            **self.demand(),
            "channels": self.shares(names),
            "handle": self.distribution(0, rng.choice([60, 300, 900])),
            "priority": rng.randint(-1, 2),
        }
        if self.maybe(0.4):
            reason["wrap"] = self.distribution(0, 120)
        if self.maybe(0.5 if self.closing else 0.8):
            reason["patience"] = self.distribution(0, rng.choice([120, 1200]))
        if self.maybe(0.2):
            reason["balk"] = rng.choice([0.3, 1.0])
        if self.maybe(0.2):
            window = {"window": self.distribution(0, 300), "lapse": rng.choice(["leave", "stay"])}
            reason["buying"] = window
        if self.maybe(0.4):
            reason["retry"] = {
                "chance": rng.choice([0.5, 1]),
                "after": self.distribution(0, 300),
                "on": rng.choice(["same", *names]),
                "attempts": rng.randint(1, 3),
            }
        if self.maybe(0.3):
            reason["resolved"] = rng.choice([0, 0.5, 0.8])
            reason["again"] = {
                "after": self.distribution(0, 600),
                "on": rng.choice(["same", *names]),
                "attempts": rng.randint(1, 2),
            }
        if self.maybe(0.5):
            others = self.shares(["returns", *names])
            if max(others.values()) < 1 or "returns" in others:
                reason["closed"] = {**others, "after": self.distribution(0, 600)}
        return reason

    def demand(self) -> Data:
        """Mostly exact times, in bulk from one seed so that examples stay small."""
        rng = self.rng
        n = rng.choice([1, 5, 20, 60])
        if not self.grain and self.maybe(0.3):
            return {"volume": f"{n} per day", "busyness": rng.choice([0, 0.5])}
        bulk = random.Random(rng.randint(0, 9999))
        low, high = (-3600 if self.warmup else 0), rng.choice([1800, 6000])
        times = (bulk.uniform(low, high) for _ in range(n))
        if self.grain:
            return {"arrivals": {"replay": [float(self.grain * (t // self.grain)) for t in times]}}
        return {"arrivals": {"replay": [round(t, 2) for t in times]}}

    def transfers(self) -> Data:
        return {f"t{k}": self.transfer() for k in range(self.rng.randint(1, 3))}

    def add_ai_agent(self, data: Data) -> None:
        """One of the pools is an AI agent, and some matters are hard."""
        rng = self.rng
        pool = rng.choice(self.pools)
        wrong = rng.choice([0, 0.2, 0.5])
        data["pools"][pool]["ai_agent"] = {
            "resolves": rng.choice([0, 0.3, 0.6, {rng.choice(self.reasons): 0.7, "other": 0.2}]),
            "asks_for_person": rng.choice([0, 0.2, 0.5]),
            "asked_after": self.duration(0, 60),
            "wrong": wrong,
            "leaves": rng.choice([0, 0.3, 1 - wrong]),
            "talk": self.distribution(0, 200),
            "hands_over_to": self.transfer()["to"],
            "handle_after": rng.choice([1, 0.8, 1.3]),
        }
        for reason in data["reasons"].values():
            reason["difficulty"] = rng.choice([0, 0, 0.5, 1])

    def conferences(self) -> Data:
        """One or two, of live channels."""
        rng = self.rng
        found: Data = {}
        for k in range(rng.randint(1, 2)):
            share = {rng.choice(self.live): rng.choice([0.2, 0.4, 1.0])}
            one: Data = {"share": share, "to": rng.choice(self.pools)}
            one["conference"] = self.distribution(0, rng.choice([30, 300]))
            if self.maybe(0.5):
                one["by"] = rng.sample(self.pools, rng.randint(1, len(self.pools)))
            found[f"join {k}"] = one
        return found

    def transfer(self) -> Data:
        rng = self.rng
        to: Data = {}
        if self.maybe(0.6):
            to["pool"] = rng.choice(self.pools)
        if self.maybe(0.3):
            to["channel"] = rng.choice([*self.live, *self.deferred])
        if self.maybe(0.3) or not to:
            to["reason"] = rng.choice(self.reasons)
        transfer: Data = {"share": rng.choice([0.2, 0.3, 0.5, 1.0]), "to": to}
        if self.maybe(0.3):
            transfer["share"] = {rng.choice(self.reasons): rng.choice([0.3, 0.6])}
        if self.maybe(0.4):
            transfer["by"] = rng.sample(self.pools, rng.randint(1, len(self.pools)))
        if self.maybe(0.6):
            transfer["after"] = rng.choice([0, 0.1, 0.5, 0.8])
        if self.maybe(0.4):
            transfer["at_most"] = rng.randint(1, 4)
        if self.maybe(0.4):
            transfer["handle"] = self.distribution(0, rng.choice([60, 600]))
        if self.maybe(0.4):
            transfer["patience"] = self.distribution(0, 600)
        return transfer

    def shares(self, names: list[str]) -> dict[str, float]:
        chosen = self.rng.sample(names, self.rng.randint(1, min(len(names), 3)))
        return dict(zip(chosen, [[1.0], [0.5, 0.5], [0.5, 0.3, 0.2]][len(chosen) - 1], strict=True))

    def routing(self) -> list[Data]:
        rng = self.rng
        routes: list[Data] = []
        for reason in self.reasons:
            for channel in [*self.live, *self.deferred]:
                able = [name for name in self.pools if channel in self.answers[name]]
                if self.maybe(0.3):
                    to = self.steps(rng.sample(able, rng.randint(1, len(able))))
                    routes.append({"reason": reason, "channel": channel, "to": to})
        routes.append({"to": self.steps(rng.sample(self.pools, len(self.pools)))})
        for route in routes:
            if any(isinstance(step, list) for step in route["to"]) and self.maybe(0.4):
                route["choose"] = "random"
        return routes

    def steps(self, pools: list[str]) -> list[Data]:
        steps: list[Data] = []
        for place, pool in enumerate(pools):
            step: Data = {"pool": pool}
            if self.maybe(0.7 if place else 0.2):
                step["after"] = self.duration(0, self.rng.choice([60, 300, 900]))
                if self.dues and self.maybe(0.3):  # pools join just as contacts fall due
                    step["after"] = self.rng.choice(self.dues)
            if self.maybe(0.25):
                step["keep_free"] = self.rng.randint(1, 2)
            steps.append(step)
        return self.side_by_side(steps)

    def side_by_side(self, steps: list[Data]) -> list[Any]:
        """Some of the pools that follow each other are of equal rank."""
        if len(steps) < 2 or self.maybe(0.6):
            return steps
        first = self.rng.randint(0, len(steps) - 2)
        past = self.rng.randint(first + 2, len(steps))
        said = {key: value for key, value in steps[first].items() if key != "pool"}
        group = [{**said, "pool": step["pool"]} for step in steps[first:past]]
        return [*steps[:first], group, *steps[past:]]
